"""The function between a stream and the lake loses nothing of a batch."""

import base64
import json
import threading
import time
from datetime import UTC, datetime
from typing import Any

import lake_writer
import pytest
import records
from botocore.exceptions import ClientError


def batch(*payloads: bytes, first: int = 1) -> dict[str, Any]:
    """Make the event that Lambda hands over for records of one shard."""
    return {
        "Records": [
            {
                "eventID": f"shardId-000000000000:{number}",
                "kinesis": {
                    "sequenceNumber": str(number),
                    "partitionKey": f"key-{number}",
                    "data": base64.b64encode(payload).decode(),
                    "approximateArrivalTimestamp": datetime(2026, 11, 21, tzinfo=UTC).timestamp(),
                },
            }
            for number, payload in enumerate(payloads, first)
        ]
    }


def reading(number: int, **more: Any) -> bytes:
    record = {"event_id": f"e{number}", "truck_id": "T1", "timestamp": "2026-11-20T00:00:00Z"}
    return json.dumps(record | more).encode()


class Context:
    """Lambda's context with the time that is left."""

    def __init__(self, seconds: float = 120) -> None:
        self._ends = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        return int((self._ends - time.monotonic()) * 1000)


class Recorder:
    """Stands for Firehose and S3: keeps what it is handed, fails if told to."""

    def __init__(self) -> None:
        self.blocks: list[bytes] = []
        self.objects: dict[str, bytes] = {}
        self.fails = False
        self.throttles = 0

    def put_record(self, DeliveryStreamName: str, Record: dict[str, bytes]) -> None:
        if self.fails:
            raise ConnectionError("Firehose is away")
        if self.throttles:
            self.throttles -= 1
            error = {"Code": "ServiceUnavailableException", "Message": "Slow down."}
            raise ClientError({"Error": error}, "PutRecord")
        self.blocks.append(Record["Data"])

    def put_object(self, Bucket: str, Key: str, Body: bytes) -> None:
        self.objects[Key] = Body


@pytest.fixture
def lake(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder = Recorder()
    monkeypatch.setattr(lake_writer, "firehose", recorder)
    monkeypatch.setattr(lake_writer, "s3", recorder)
    for name, value in (("KIND", "telemetry"), ("DELIVERY_STREAM", "d"), ("LAKE_BUCKET", "b")):
        monkeypatch.setenv(name, value)
    return recorder


def test_every_valid_record_of_a_batch_lands_in_one_firehose_record(lake: Recorder) -> None:
    """A batch is one Firehose record of newline-delimited JSON that ends with a newline."""
    done = lake_writer.handle(batch(*(reading(n) for n in range(50))), Context())
    assert done == {"landed": 50, "quarantined": 0}
    (block,) = lake.blocks
    assert block.endswith(b"\n")
    rows = [json.loads(line) for line in block.splitlines()]
    assert [r["event_id"] for r in rows] == [f"e{n}" for n in range(50)]


def test_a_block_stays_below_a_thousand_kibibytes(lake: Recorder) -> None:
    """However large the rows, no Firehose record is larger than Firehose takes."""
    rows = [bytes([65 + n % 26]) * 300_000 for n in range(9)]
    made = list(lake_writer.blocks(rows))
    assert all(len(block) <= 1_000 * 1024 for block in made)
    assert b"".join(made) == b"".join(row + b"\n" for row in rows)


def test_a_bad_record_is_kept_with_its_bytes_and_the_batch_goes_on(lake: Recorder) -> None:
    """What does not validate lies in quarantine with reason and original bytes."""
    bad = b'{"event_id": "e", "truck_id": 7}\xff'
    done = lake_writer.handle(batch(reading(1), bad, reading(3)), Context())
    assert done == {"landed": 2, "quarantined": 1}
    ((key, body),) = lake.objects.items()
    assert key == "quarantine/TruckTelemetry/shardId-000000000000/2.json"
    document = json.loads(body)
    assert base64.b64decode(document["payload"]) == bad
    assert document["reason"].startswith("record: must be one JSON object")
    assert document["partition_key"] == "key-2"


def test_a_fault_of_the_decoder_blocks_no_shard(
    lake: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record that the decoder breaks on is quarantined, and the batch goes on."""
    decode = records.decode

    def breaking(kind: Any, data: bytes, *more: Any) -> Any:
        if b"e2" in data:
            raise OverflowError("a fault")
        return decode(kind, data, *more)

    monkeypatch.setattr(records, "decode", breaking)
    done = lake_writer.handle(batch(reading(1), reading(2), reading(3)), Context())
    assert done == {"landed": 2, "quarantined": 1}
    (body,) = lake.objects.values()
    assert "OverflowError" in json.loads(body)["reason"]


def test_a_repeated_batch_overwrites_the_same_quarantine_object(lake: Recorder) -> None:
    """A retry does not make a second object of the same record."""
    for _ in range(3):
        lake_writer.handle(batch(b"{}"), Context())
    assert len(lake.objects) == 1


def test_a_dependency_that_fails_is_raised(lake: Recorder) -> None:
    """A failing Firehose fails the batch, so that the whole of it comes again."""
    lake.fails = True
    with pytest.raises(ConnectionError):
        lake_writer.handle(batch(reading(1)), Context())


def test_a_block_that_fails_fails_the_batch_when_the_others_have_ended(
    lake: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is still under way when the batch is handed back to be tried again."""
    put, began = lake.put_record, []

    def first_fails(**words: Any) -> None:
        began.append(words)
        if len(began) == 1:
            raise ConnectionError("Firehose is away")
        time.sleep(0.1)
        put(**words)

    monkeypatch.setattr(lake, "put_record", first_fails)
    rows = [reading(n, health={"brake_status": "x" * 200}) for n in range(4000)]
    with pytest.raises(ConnectionError, match="Firehose is away"):
        lake_writer.handle(batch(*rows), Context())
    assert len(began) > 2 and len(lake.blocks) == len(began) - 1


def test_an_empty_batch_is_nothing(lake: Recorder) -> None:
    """A batch without records lands nothing and fails nothing."""
    assert lake_writer.handle({"Records": []}, Context()) == {"landed": 0, "quarantined": 0}
    assert lake.blocks == []


def test_a_record_keeps_its_place_in_the_stream() -> None:
    """Shard, sequence number and arrival are those of the stream."""
    from cartwheel.events import TELEMETRY

    good, bad = records.decode_batch(TELEMETRY, batch(reading(1), first=7))
    assert not bad
    assert good[0].lineage.sequence_number == "7".zfill(60)
    assert good[0].lineage.arrived_at == datetime(2026, 11, 21, tzinfo=UTC)


def test_a_firehose_that_throttles_is_asked_again(
    lake: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond Firehose's quota the function waits and asks again: nothing is lost or doubled."""
    monkeypatch.setattr(lake_writer.time, "sleep", lambda _: None)
    lake.throttles = 20
    done = lake_writer.handle(batch(*(reading(n) for n in range(5))), Context())
    assert done == {"landed": 5, "quarantined": 0}
    assert len(lake.blocks) == 1


def test_a_batch_fails_before_its_time_is_over(
    lake: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While Firehose takes nothing the batch fails in time, and stays in the stream."""
    monkeypatch.setattr(lake_writer.time, "sleep", lambda _: None)
    lake.throttles = 10**9
    began = time.monotonic()
    with pytest.raises(ClientError, match="Slow down"):
        lake_writer.handle(batch(reading(1)), Context(lake_writer.SPARE_SECONDS + 1))
    assert time.monotonic() - began < 5 and lake.blocks == []


def test_a_flood_of_poison_is_kept_at_once(lake: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch of nothing but poison is put by many threads, every record of it."""
    at_once, most, counting = 0, 0, threading.Lock()
    put = lake.put_object

    def slow(**words: Any) -> None:
        nonlocal at_once, most
        with counting:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.005)
        put(**words)
        with counting:
            at_once -= 1

    monkeypatch.setattr(lake, "put_object", slow)
    done = lake_writer.handle(batch(*([b"poison"] * 400)), Context())
    assert done == {"landed": 0, "quarantined": 400}
    assert len(lake.objects) == 400 and most == records.AT_ONCE
