"""Batches that Lambda gave up are listed, counted and sent again."""

import base64
import json
from collections.abc import Iterator

import pytest
from cartwheel.aws import kinesis, lake
from cartwheel.delivery import batches, quarantine, reconciliation
from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError, UsageError
from cartwheel.events import CLICK, TELEMETRY

SHARD = "shardId-000000000000"
FOLDER = "aws/lambda/00000000-1111-2222-3333-444444444444/" + SHARD + "/2026/11/25/"


def given_up(
    environment: Environment, name: str, payloads: list[bytes], function: str, stream: str,
    first: int,
) -> str:  # fmt: skip
    """Put an object into the lake as Lambda's documentation shows it; return its key."""
    records = [
        {
            "eventID": f"{SHARD}:{number}",
            "kinesis": {
                "sequenceNumber": str(number),
                "partitionKey": "a-key",
                "data": base64.b64encode(payload).decode(),
                "approximateArrivalTimestamp": 1_700_000_000.5,
            },
        }
        for number, payload in enumerate(payloads, first)
    ]
    document = {
        "requestContext": {
            "requestId": "c9b8fa9f-5a7f-xmpl-af9c-0c604cde93a5",
            "functionArn": f"arn:aws:lambda:eu-central-1:123456789012:function:{function}",
            "condition": "RecordAgeExceeded",
            "approximateInvokeCount": 90,
        },
        "responseContext": {"statusCode": 200, "functionError": "Unhandled"},
        "version": "1.0",
        "timestamp": "2026-11-25T00:38:06.021Z",
        "KinesisBatchInfo": {
            "shardId": SHARD,
            "startSequenceNumber": str(first),
            "endSequenceNumber": str(first + len(payloads) - 1),
            "approximateArrivalOfFirstRecord": "2026-11-25T00:38:04.835Z",
            "approximateArrivalOfLastRecord": "2026-11-25T00:38:05.580Z",
            "batchSize": len(payloads),
            "streamArn": f"arn:aws:kinesis:eu-central-1:123456789012:stream/{stream}",
        },
        "payload": json.dumps({"Records": records}),
    }
    lake.write(environment, FOLDER + name, json.dumps(document).encode())
    return FOLDER + name


@pytest.fixture
def cleared(environment: Environment) -> Iterator[Environment]:
    yield environment
    client = environment.client("s3")
    for prefix in (batches.PREFIX, batches.RESENT_PREFIX):
        for item in lake.objects(environment, prefix):
            client.delete_object(Bucket=environment.lake_bucket, Key=item.key)


def readings(name: str, number: int) -> list[bytes]:
    return [
        json.dumps(
            {"event_id": f"{name}-{n}", "truck_id": "TB", "timestamp": "2026-11-01T00:00:00Z"}
        ).encode()
        for n in range(number)
    ]


def telemetry(environment: Environment, before: dict, sent: int) -> reconciliation.Entry:
    entries = reconciliation.wait_until_balanced(environment, {TELEMETRY.stream: sent}, 60, before)
    return next(entry for entry in entries if entry.stream == TELEMETRY.stream)


def test_a_batch_that_was_given_up_is_counted_until_it_is_sent_again(
    cleared: Environment,
) -> None:
    """What was sent and given up is neither missing nor landed; resent, it lands."""
    before = reconciliation.take(cleared)
    payloads = readings("given-up", 12)
    key = given_up(cleared, "a", payloads, "TruckDataProcessor", TELEMETRY.stream, 10**40)
    entry = telemetry(cleared, before, 12)
    assert (entry.landed.given_up, entry.missing, entry.balanced) == (12, 0, True)
    (batch,) = batches.entries(cleared, TELEMETRY.stream)
    assert (batch.count, batch.resent, batch.reason) == (12, False, "RecordAgeExceeded")
    assert batches.entries(cleared, CLICK.stream) == []

    assert quarantine.resend(cleared, key)["count"] == 12
    entry = telemetry(cleared, before, 12)
    assert (entry.landed.records, entry.landed.given_up, entry.missing) == (12, 0, 0)
    assert batches.entries(cleared)[0].resent


def test_a_part_that_had_landed_is_not_given_up(cleared: Environment) -> None:
    """Records of the batch that are in RAW or in quarantine already are counted there alone."""
    before = reconciliation.take(cleared)
    kinesis.put(
        cleared,
        TELEMETRY.stream,
        [{"Data": data, "PartitionKey": "k"} for data in [*readings("part", 3), b"poison"]],
    )
    telemetry(cleared, before, 4)
    numbers = [
        int(row[0])
        for row in cleared.warehouse.execute(
            "select sequence_number from raw.truck_telemetry where startswith(event_id, 'part-')"
        )
    ]
    # The poison came last, so that its number follows theirs.
    given_up(
        cleared, "b", readings("part", 3), "TruckDataProcessor", TELEMETRY.stream, min(numbers)
    )
    document = json.loads(lake.read(cleared, FOLDER + "b"))
    document["KinesisBatchInfo"] |= {"endSequenceNumber": "9" * 56, "batchSize": 6}
    lake.write(cleared, FOLDER + "b", json.dumps(document).encode())
    entry = telemetry(cleared, before, 6)
    assert (entry.landed.records, entry.landed.quarantined) == (3, 1)
    assert (entry.landed.given_up, entry.missing) == (2, 0)


def test_live_counts_that_missed_a_batch_are_told_from_a_loss() -> None:
    """Between what the lake holds and what the counter gave up everything adds up; no more."""
    landed = reconciliation.Landed(records=10, events=10, counted=7, uncounted=3)
    assert reconciliation.Entry(CLICK.stream, 10, landed).balanced
    lost = reconciliation.Landed(records=10, events=10, counted=6, uncounted=3)
    assert not reconciliation.Entry(CLICK.stream, 10, lost).balanced
    alone = reconciliation.Landed(records=8, events=8, counted=10, given_up=2, counted_alone=2)
    assert reconciliation.Entry(CLICK.stream, 10, alone).balanced


@pytest.mark.parametrize("function", batches.LOOKUPS)
def test_a_batch_that_a_lookup_missed_is_no_loss(cleared: Environment, function: str) -> None:
    """It landed by another function; what the lookup lacks is told by its own comparison."""
    before = reconciliation.take(cleared)
    given_up(cleared, "e", readings("missed", 5), function, TELEMETRY.stream, 10**42)
    assert batches.entries(cleared)[0].was_for_lookups
    assert reconciliation.take(cleared) == before


@pytest.mark.parametrize("document", [b"{", b"{}", b"[]", b"\xff", b'{"KinesisBatchInfo": null}'])
def test_what_is_no_batch_stops_no_list_and_no_count(cleared: Environment, document: bytes) -> None:
    """A foreign object under the prefix is listed as unreadable, and counted nowhere."""
    lake.write(cleared, FOLDER + "c", document)
    (batch,) = batches.entries(cleared)
    assert (batch.stream, batch.count) == ("", 0) and "unreadable" in batch.reason
    assert reconciliation.take(cleared)[TELEMETRY.stream].given_up == 0
    with pytest.raises(CartwheelError, match=r"/c is no batch .*Move it out of aws/lambda/"):
        quarantine.resend(cleared, FOLDER + "c")
    with pytest.raises(UsageError, match="not edited"):
        quarantine.resend(cleared, FOLDER + "c", b"{}")


def test_a_batch_that_is_not_there_is_misuse(cleared: Environment) -> None:
    """As for a record in quarantine, the message says where the keys are."""
    with pytest.raises(UsageError, match="quarantine list"):
        batches.show(cleared, batches.PREFIX + "none")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"data": "!!!"}, "holds no records of Kinesis"),
        ({"partitionKey": 3}, "holds no records of Kinesis"),
        ({"partitionKey": ""}, "holds no records of Kinesis"),
    ],
)
def test_a_batch_is_sent_whole_or_not_at_all(
    cleared: Environment, change: dict[str, object], said: str
) -> None:
    """A record that cannot be read, or one too few, and nothing is sent nor said to be."""
    data = readings("whole", 2)
    key = given_up(cleared, "d", data, "TruckDataProcessor", TELEMETRY.stream, 10**41)
    document = json.loads(lake.read(cleared, key))
    payload = json.loads(document["payload"])
    broken = {"Records": [payload["Records"][0] | {}, *payload["Records"][1:]]}
    broken["Records"][1]["kinesis"] |= change
    for records, reason in ((broken, said), ({"Records": payload["Records"][:1]}, "batchSize")):
        lake.write(cleared, key, json.dumps(document | {"payload": json.dumps(records)}).encode())
        with pytest.raises(CartwheelError, match=reason):
            quarantine.resend(cleared, key)
    assert not batches.entries(cleared)[0].resent


def test_a_record_of_a_foreign_stream_or_without_its_bytes_is_refused(
    cleared: Environment,
) -> None:
    """No traceback for a document that no function wrote."""
    document = {
        "stream": "Other", "shard_id": "s", "sequence_number": "1", "arrived_at": "x",
        "partition_key": "k", "reason": "r", "payload": "!!!",
    }  # fmt: skip
    key = "quarantine/Other/s/1.json"
    lake.write(cleared, key, json.dumps(document).encode())
    try:
        with pytest.raises(UsageError, match="stream 'Other'"):
            quarantine.resend(cleared, key, b"{}")
        with pytest.raises(CartwheelError, match="not base64"):
            quarantine.show(cleared, key).original()
    finally:
        cleared.client("s3").delete_object(Bucket=cleared.lake_bucket, Key=key)
