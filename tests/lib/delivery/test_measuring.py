"""Lake and warehouse are measured from outside, by value."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cartwheel.aws import lake
from cartwheel.cli import main
from cartwheel.delivery import batches, measuring
from cartwheel.drills.causes import dead_letter, event
from cartwheel.environment import Environment
from cartwheel.events import ORDER_LINE, TELEMETRY
from cartwheel.local import processes
from cartwheel.local.files import Files
from click.testing import CliRunner

Values = dict[tuple[str, str], float]


def figures(environment: Environment, now: datetime | None = None) -> Values:
    return {
        (each.name, " ".join(each.of.values())): each.value
        for each in measuring.figures(measuring.look(environment, now))
    }


def wait_for(check: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not check():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)


def line(number: int) -> bytes:
    return json.dumps(
        {
            "event_id": f"measuring-{number}-{time.time_ns()}", "invoice_no": "1",
            "stock_code": "A", "quantity": 1, "invoice_date": "2026-01-01T00:00:00.000000",
            "unit_price": 1.5, "stream": "test", "shard_id": "measuring",
            "sequence_number": str(time.time_ns()).zfill(60),
            "arrived_at": f"{datetime.now(UTC).replace(tzinfo=None).isoformat()}",
        }
    ).encode()  # fmt: skip


@contextmanager
def halted_loader(home: Path) -> Iterator[None]:
    pid = processes.read_state(Files(home))["snowpipe"].pid
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.fixture
def folder(environment: Environment) -> Iterator[str]:
    """The folder of this hour, whose objects of a test go again."""
    prefix = f"{ORDER_LINE.prefix}{datetime.now(UTC):%Y/%m/%d/%H}/measuring-"
    yield prefix
    for each in lake.objects(environment, prefix):
        environment.client("s3").delete_object(Bucket=environment.lake_bucket, Key=each.key)


def test_an_object_that_waits_is_late_until_it_is_loaded(
    environment: Environment, home: Path, folder: str
) -> None:
    """The oldest that waits counts; what is loaded waits no more, and a newer row is fresher."""
    wait_for(lambda: figures(environment)["LoadDelay", "orders"] == 0)
    with halted_loader(home):
        for number in (1, 2):
            lake.write(environment, f"{folder}{number}", line(number))
            time.sleep(1.1)  # S3 tells a time in whole seconds
        now = datetime.now(UTC) + timedelta(seconds=30)
        found = figures(environment, now)
        first = lake.objects(environment, f"{folder}1")[0].written_at
        delay = found["LoadDelay", "orders"]
        assert delay == pytest.approx((now - first).total_seconds())
        assert delay >= 32.2
        assert found["ObjectsCreated", "orders"] >= 2
        later = figures(environment, now + timedelta(seconds=60))
        assert later["LoadDelay", "orders"] == pytest.approx(delay + 60)
        assert later["ObjectsCreated", "orders"] == 0
    wait_for(lambda: figures(environment)["LoadDelay", "orders"] == 0)
    after = figures(environment)
    assert 0 < after["Freshness", "RAW.ORDER_LINES"] < 60
    asked = datetime.now(UTC) + timedelta(hours=2)
    assert 7200 <= figures(environment, asked)["Freshness", "RAW.ORDER_LINES"] < 7300


def failed_before(environment: Environment, key: str) -> float:
    """Let an object fail to load, and return how many had failed before it."""
    before = figures(environment)["LoadsFailed", ""]
    lake.write(environment, key, b"no JSON")
    wait_for(lambda: figures(environment)["LoadsFailed", ""] == before + 1)
    return before


def test_an_object_that_cannot_be_loaded_is_no_late_one(
    environment: Environment, folder: str
) -> None:
    """It has failed, until it lies in the lake no more."""
    key = f"{folder}bad"
    before = failed_before(environment, key)
    wait_for(lambda: figures(environment)["LoadDelay", "orders"] == 0)
    environment.client("s3").delete_object(Bucket=environment.lake_bucket, Key=key)
    assert figures(environment)["LoadsFailed", ""] == before


def test_an_object_that_failed_and_is_in_raw_has_not_failed(
    environment: Environment, folder: str
) -> None:
    """Once it was corrected and reloaded, nobody has to do anything."""
    key = f"{folder}mended"
    before = failed_before(environment, key)
    lake.write(environment, key, line(1))
    done = CliRunner().invoke(main, ["reload", key])
    assert done.exit_code == 0, done.output
    assert figures(environment)["LoadsFailed", ""] == before


def test_a_batch_that_was_given_up_waits_until_it_is_sent_again(environment: Environment) -> None:
    """One that was resent is a dead letter no more; one that cannot be read is one."""
    key = batches.PREFIX + "measuring/shardId-000000000000/2026/01/01/x"
    resent = batches.RESENT_PREFIX + key.removeprefix(batches.PREFIX)
    before = figures(environment)["DeadLetters", ""]
    document = dead_letter(event(TELEMETRY.stream, 1))
    lake.write(environment, key, json.dumps(document).encode())
    assert figures(environment)["DeadLetters", ""] == before + 1
    lake.write(environment, resent, b"{}")
    assert figures(environment)["DeadLetters", ""] == before
    unreadable = batches.PREFIX + "measuring/unreadable"
    lake.write(environment, unreadable, b"{")
    assert figures(environment)["DeadLetters", ""] == before + 1
    for each in (key, resent, unreadable):
        environment.client("s3").delete_object(Bucket=environment.lake_bucket, Key=each)


def test_the_command_tells_what_it_measured(environment: Environment) -> None:
    """A line a figure, with its unit."""
    done = CliRunner().invoke(main, ["measure"])
    assert done.exit_code == 0, done.output
    words = [line.split() for line in done.output.splitlines()]
    assert [(one[:2], one[-1]) for one in words if one[0] == "LoadDelay"] == [
        (["LoadDelay", prefix], "seconds")
        for prefix in ("clickstream-data", "telemetry-data", "orders", "operations")
    ]
    assert [(one[0], one[-1]) for one in words if one[0] == "DeadLetters"] == [
        ("DeadLetters", "count")
    ]
    now = datetime.now(UTC)
    told = environment.client("cloudwatch").get_metric_statistics(
        Namespace="Cartwheel", MetricName="DeadLetters", Period=60, Statistics=["SampleCount"],
        StartTime=now - timedelta(minutes=2), EndTime=now + timedelta(minutes=1),
    )  # fmt: skip
    assert told["Datapoints"]


def test_a_look_that_fails_does_not_end_the_looking(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --every it says so and looks again; without, it fails."""
    from botocore.exceptions import EndpointConnectionError

    looks = 0

    def away(_: Environment) -> list[object]:
        nonlocal looks
        looks += 1
        if looks == 3:
            raise KeyboardInterrupt
        raise EndpointConnectionError(endpoint_url="https://s3")

    monkeypatch.setattr(measuring, "look", away)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    done = CliRunner().invoke(main, ["measure", "--every", "60"])
    assert looks == 3
    assert done.output.count("not measured: Could not connect") == 2
    looks = 0
    assert CliRunner().invoke(main, ["measure"]).exit_code == 1
    assert looks == 1
