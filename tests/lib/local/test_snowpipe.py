"""The Snowpipe runner loads every good file once, records every bad one, and goes on."""

import json
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cartwheel.aws import lake
from cartwheel.delivery import landing
from cartwheel.environment import Environment
from cartwheel.local import snowpipe
from cartwheel.local.files import Files
from cartwheel.local.snowpipe import _objects
from cartwheel.warehouse import Warehouse

PREFIX = "orders/test/"


def line(number: int, **changes: Any) -> dict[str, Any]:
    """Make a row of the lake."""
    return {
        "event_id": f"snowpipe-{number}",
        "invoice_no": "1",
        "stock_code": "A",
        "quantity": 1,
        "invoice_date": "2026-01-01T00:00:00.000000",
        "unit_price": 1.5,
        "country": "USA",
        "stream": "test",
        "shard_id": "shard-0",
        "sequence_number": str(number).zfill(60),
        "arrived_at": "2026-01-01T00:00:00.000000",
        **changes,
    }


def file_of(*lines: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(entry).encode() + b"\n" for entry in lines)


def rows(environment: Environment, key: str) -> int:
    sql = "select count(*) from raw.order_lines where file_name = ?"
    return int(environment.warehouse.scalar(sql, (key,)))


def wait_for(check: Any, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)


def failures(environment: Environment) -> dict[str, str]:
    found = landing.load_failures(environment.warehouse)
    return dict(zip(found["file_name"], found["first_error_message"], strict=True))


def test_good_files_are_loaded_and_bad_ones_recorded(environment: Environment) -> None:
    """A bad file in a group is skipped with its reason; every other file is loaded."""
    good = [f"{PREFIX}good-{n}.json" for n in range(6)]
    for number, key in enumerate(good):
        lake.write(environment, key, file_of(line(10 * number), line(10 * number + 1)))
    bad = {
        f"{PREFIX}no-json.json": b"this is no JSON\n",
        f"{PREFIX}wrong-type.json": file_of(line(100), line(101, quantity="many")),
        f"{PREFIX}no-key.json": file_of(line(102, event_id=None)),
    }
    for key, body in bad.items():
        lake.write(environment, key, body)
    wait_for(lambda: set(bad) <= set(failures(environment)))
    wait_for(lambda: all(rows(environment, key) == 2 for key in good))
    assert all(rows(environment, key) == 0 for key in bad)
    assert all(failures(environment)[key] for key in bad)


@pytest.mark.parametrize("name", ["it's.json", 'a"b.json', "ü 🚚.json", "a+b&c.json"])
def test_a_files_name_is_data(environment: Environment, name: str) -> None:
    """Quotes, blanks and any letters in an object's key are loaded like others."""
    key = f"{PREFIX}names/{name}"
    lake.write(environment, key, file_of(line(hash(name) % 10**9)))
    wait_for(lambda: rows(environment, key) == 1)


def test_keys_that_are_no_file_names_are_loaded_like_others(
    environment: Environment, home: Path
) -> None:
    """Long, empty, wildcard and climbing parts of a key are data; each object is its own."""
    names = ["x" * 300, "a/c", "a//c", "*", "p?", "../../../../escaped"]
    keys = [f"{PREFIX}odd/{name}.json" for name in names]
    for number, key in enumerate(keys, 700):
        lake.write(environment, key, file_of(line(number)))
    wait_for(lambda: all(rows(environment, key) == 1 for key in keys))
    found = environment.warehouse.execute(
        "select file_name, event_id from raw.order_lines where file_name like ? order by 2",
        (f"{PREFIX}odd/%",),
    )
    assert [row[0] for row in found] == keys
    assert not list(home.rglob("escaped*"))


def test_a_repeated_notification_loads_nothing_twice(environment: Environment) -> None:
    """The same object announced again, alone or with others, stays loaded once."""
    key = f"{PREFIX}again.json"
    lake.write(environment, key, file_of(line(500)))
    wait_for(lambda: rows(environment, key) == 1)
    queue = environment.client("sqs").get_queue_url(QueueName=snowpipe.LOAD_QUEUE)["QueueUrl"]
    bucket = environment.lake_bucket
    record = {
        "eventName": "ObjectCreated:Put",
        "s3": {"bucket": {"name": bucket}, "object": {"key": key}},
    }
    for _ in range(3):
        environment.client("sqs").send_message(
            QueueUrl=queue, MessageBody=json.dumps({"Records": [record]})
        )
    after = f"{PREFIX}after.json"
    lake.write(environment, after, file_of(line(501)))
    wait_for(lambda: rows(environment, after) == 1)
    assert rows(environment, key) == 1


def test_an_object_that_is_deleted_before_it_is_loaded_harms_nobody(
    environment: Environment,
) -> None:
    """A notification without its object is passed over, and the next file is loaded."""
    queue = environment.client("sqs").get_queue_url(QueueName=snowpipe.LOAD_QUEUE)["QueueUrl"]
    record = {
        "eventName": "ObjectCreated:Put",
        "s3": {"bucket": {"name": environment.lake_bucket}, "object": {"key": f"{PREFIX}gone"}},
    }
    environment.client("sqs").send_message(
        QueueUrl=queue, MessageBody=json.dumps({"Records": [record]})
    )
    key = f"{PREFIX}there.json"
    lake.write(environment, key, file_of(line(502)))
    wait_for(lambda: rows(environment, key) == 1)


def test_the_files_of_a_burst_are_loaded_together(home: Path) -> None:
    """What arrives within half a second of the first file goes into one COPY with it."""
    arrivals = [["a"], [], ["b", "c"], []]
    waits: list[int] = []

    def receive_message(**words: Any) -> dict[str, Any]:
        waits.append(words["WaitTimeSeconds"])
        return {"Messages": arrivals.pop(0) if arrivals else []}

    runner = snowpipe.Runner(Files(home))
    client = SimpleNamespace(receive_message=receive_message)
    runner.environment = SimpleNamespace(client=lambda service: client)
    began = time.monotonic()
    assert runner._receive("a queue") == ["a", "b", "c"]
    assert 0.5 <= time.monotonic() - began < 2 and waits[:2] == [1, 0]


def test_a_notification_is_read_with_and_without_its_envelope() -> None:
    """SNS wraps what S3 sends; a key is decoded from its URL form; a test event is nothing."""
    record = {
        "eventName": "ObjectCreated:Put",
        "s3": {"bucket": {"name": "b"}, "object": {"key": "a+b%20%C3%BC.json"}},
    }
    plain = json.dumps({"Records": [record]})
    assert _objects(plain) == [("b", "a b ü.json")]
    assert _objects(json.dumps({"Message": plain})) == [("b", "a b ü.json")]
    assert _objects(json.dumps({"Event": "s3:TestEvent"})) == []


def test_a_pipe_that_a_later_migration_makes_or_replaces_is_found_with_the_next_object(
    environment: Environment, home: Path
) -> None:
    """A runner that read the pipes while migrations ran asks again before it loads."""
    runner = snowpipe.Runner(Files(home))
    every = snowpipe.read_pipes(environment, runner.files.warehouse / "stages")
    runner.pipes = [replace(pipe, definition="as it was") for pipe in every[:-1]]
    runner.learn([])
    assert runner.pipes != every
    runner.learn([(environment.lake_bucket, "orders/2026/a-file")])
    assert runner.pipes == every
    runner.environment.close()


def test_a_stage_of_the_same_name_in_another_database_changes_no_pipe(
    environment: Environment, home: Path, warehouse: Warehouse
) -> None:
    """Whatever other databases the server holds, the pipes read this deployment's lake."""
    stages = warehouse.query("show stages in account")
    assert (stages["name"].str.upper() == "LAKE").sum() > 1
    pipes = snowpipe.read_pipes(environment, Files(home).warehouse / "stages")
    assert {pipe.bucket for pipe in pipes} == {environment.lake_bucket}
