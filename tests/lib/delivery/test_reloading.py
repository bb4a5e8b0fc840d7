"""What is in the lake but not in RAW is loaded on request, once."""

import json
import time

import pytest
from cartwheel.aws import lake
from cartwheel.delivery import reconciliation, reloading
from cartwheel.environment import Environment
from cartwheel.errors import UsageError
from cartwheel.events import OPERATION

from producers.sender import Sender
from producers.simulate import Settings, messages

PREFIX = "operations/2026/01/01/"


def row(number: int) -> bytes:
    """Return an operation as a function lands it."""
    return json.dumps(
        {
            "event_id": f"reload-{number}", "operation": "truck_service",
            "event_timestamp": "2026-01-01T00:00:00", "stream": OPERATION.stream,
            "shard_id": "shardId-9", "sequence_number": str(number).zfill(60),
            "arrived_at": "2026-01-01T00:00:00",
        }
    ).encode()  # fmt: skip


def held(environment: Environment) -> list[tuple[str, str, int]]:
    return environment.warehouse.execute(
        "select event_id, file_name, file_row from raw.operations "
        "where startswith(event_id, 'reload-') order by event_id, file_row"
    )


@pytest.fixture(scope="module")
def landed(environment: Environment) -> Environment:
    """An environment with three files, one of which is bad; the others are in RAW."""
    lake.write(environment, PREFIX + "a.json", row(1) + b"\n" + row(2) + b"\n")
    lake.write(environment, PREFIX + "b.json", row(3) + b"\n")
    lake.write(environment, PREFIX + "bad.json", b'{"event_id": null}\n')
    # The runner may load them before we look: they are lost afterwards.
    deadline = 120
    while len(held(environment)) < 3 and deadline:
        deadline -= 1
        time.sleep(0.25)
    return environment


@pytest.fixture
def lost(landed: Environment) -> Environment:
    """The same, whose RAW lost their rows."""
    landed.warehouse.execute("delete from raw.operations where startswith(event_id, 'reload-')")
    return landed


def test_rows_that_raw_lost_are_loaded_from_the_lake(lost: Environment) -> None:
    """Each file that RAW has no row of is loaded whole; a bad one is named, the others go on."""
    done = reloading.reload(lost, PREFIX)
    assert sorted(done.loaded) == [PREFIX + "a.json", PREFIX + "b.json"]
    assert (done.rows, done.held, list(done.failed)) == (3, 0, [PREFIX + "bad.json"])
    assert held(lost) == [
        ("reload-1", PREFIX + "a.json", 1),
        ("reload-2", PREFIX + "a.json", 2),
        ("reload-3", PREFIX + "b.json", 1),
    ]
    again = reloading.reload(lost, PREFIX)
    assert (again.loaded, again.held) == ([], 2)
    assert len(held(lost)) == 3


def test_what_raw_holds_is_loaded_again_only_on_request(lost: Environment) -> None:
    """--again doubles rows in RAW, which CORE counts once."""
    reloading.reload(lost, PREFIX + "a")
    done = reloading.reload(lost, PREFIX + "a", again=True)
    assert (done.loaded, done.rows) == ([PREFIX + "a.json"], 2)
    assert len(held(lost)) == 4
    events = "select count(*) from core.truck_services where startswith(event_id, 'reload-')"
    assert lost.warehouse.scalar(events) == 2


def test_a_prefix_that_nothing_lands_under_is_refused(environment: Environment) -> None:
    """The message names the prefixes that there are."""
    with pytest.raises(UsageError, match="clickstream-data/, telemetry-data/"):
        reloading.reload(environment, "quarantine/")


def test_a_whole_kind_that_was_lost_comes_back(environment: Environment) -> None:
    """After RAW lost a table's rows a reload and nothing else makes the account add up again."""
    settings = Settings(trucks=1, customers=40, days=1, seed=77)
    before = reconciliation.take(environment)
    account = Sender(environment.client("kinesis"), progress=False).send(messages(settings))
    entries = reconciliation.wait_until_balanced(environment, account.sent, 120, before)
    assert all(entry.balanced for entry in entries)
    count = "select count(distinct sequence_number) from raw.operations where shard_id = ?"
    shard = ("shardId-000000000000",)
    there = environment.warehouse.scalar(count, shard)
    environment.warehouse.execute("delete from raw.operations where shard_id = ?", shard)
    reloading.reload(environment, OPERATION.prefix)
    assert environment.warehouse.scalar(count, shard) == there > 0


def test_a_file_that_lost_some_rows_is_not_held(lost: Environment) -> None:
    """A gap in a file's row numbers, or a row that a history has read, makes it load again."""
    reloading.reload(lost, PREFIX)
    lost.warehouse.execute("delete from raw.operations where event_id = 'reload-1'")
    assert reloading.reload(lost, PREFIX).loaded == [PREFIX + "a.json"]
    assert {event for event, _, _ in held(lost)} == {"reload-1", "reload-2", "reload-3"}
    lost.warehouse.execute(
        "insert into core.history_files (history_name, file_name, first_row, last_row, merge_id, "
        "claimed_at) select 'PRODUCT', ?, 1, 2, 'm', current_timestamp()",
        (PREFIX + "a.json",),
    )
    lost.warehouse.execute("delete from raw.operations where event_id = 'reload-2'")
    try:
        assert reloading.reload(lost, PREFIX).loaded == [PREFIX + "a.json"]
    finally:
        lost.warehouse.execute("delete from core.history_files where merge_id = 'm'")


def test_a_name_that_sql_could_not_hold_stops_no_other(lost: Environment) -> None:
    """Its file is named as failed; the rest is loaded."""
    odd = PREFIX + "copy of 'c'.json"
    lake.write(lost, odd, row(4) + b"\n")
    try:
        done = reloading.reload(lost, PREFIX)
        assert sorted(done.failed) == sorted([PREFIX + "bad.json", odd])
        assert "copy it to such a name" in done.failed[odd]
        assert len(done.loaded) == 2
    finally:
        lost.client("s3").delete_object(Bucket=lost.lake_bucket, Key=odd)


def test_a_prefix_without_objects_is_no_success(environment: Environment) -> None:
    """A typo is told."""
    with pytest.raises(UsageError, match="There is no object under 'telemetry-data/nothing/'"):
        reloading.reload(environment, "telemetry-data/nothing/")
