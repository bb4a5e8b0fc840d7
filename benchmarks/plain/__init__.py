"""
Ours beside the plain way that the field's descriptions take, on one embedded AWS, in one run.

The plain way: a producer that puts one record at a time, and a function without retry that
writes an object a batch, named by time. Both get the same readings: as fast as they take them,
then at a steady rate, where a reading counts from when it is due until its object is written.
"""

import io
import json
import time
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from cartwheel.aws import lake
from cartwheel.environment import Environment
from cartwheel.events import TELEMETRY, Telemetry

from benchmarks.common import Measured, fresh
from producers.message import Message, message
from producers.sender import Sender

STREAM, FUNCTION, PREFIX = "PlainTelemetry", "PlainDataProcessor", "plain/"
FAST, PLAIN_FAST = 20_000, 1_000
A_SECOND, SECONDS = 500, 10
QUIET_SECONDS, LONGEST_SECONDS = 10.0, 300.0


def measure() -> list[Measured]:
    """Report how many times as fast ours is, how much sooner, and what the plain way loses."""
    with fresh() as environment:
        _deploy(environment)
        ours, plain = _rate(environment, FAST), _rate(environment, PLAIN_FAST, is_plain=True)
        ours_at, _ = _steady(environment)
        plain_at, lost = _steady(environment, is_plain=True)
    print(
        f"plain: {ours:,.0f} against {plain:,.0f} records/s; p95 {ours_at:.2f} against "
        f"{plain_at:.2f} s at {A_SECOND}/s, where the plain way lost {lost:.1%}"
    )
    return [
        Measured("Records a second, against the plain way", "at least 10", "×", [ours / plain]),
        Measured(
            f"p95 from due to lake at {A_SECOND}/s, below the plain way's", "at least 85 %", "%",
            [100 * (1 - ours_at / plain_at)],
        ),
        Measured("… of its records the plain way loses", "", "%", [100 * lost]),
    ]  # fmt: skip


def _deploy(environment: Environment) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("handler.py", (Path(__file__).parent / "handler.py").read_text())
    environment.client("kinesis").create_stream(StreamName=STREAM, ShardCount=1)
    functions = environment.client("lambda")
    functions.create_function(
        FunctionName=FUNCTION, Runtime="python3.11", Handler="handler.handle", Timeout=60,
        Role=f"arn:aws:iam::{environment.account}:role/plain", Code={"ZipFile": packed.getvalue()},
        Environment={"Variables": {"LAKE_BUCKET": environment.lake_bucket, "PREFIX": PREFIX}},
    )  # fmt: skip
    functions.create_event_source_mapping(
        EventSourceArn=f"arn:aws:kinesis:{environment.region}:{environment.account}:stream/{STREAM}",
        FunctionName=FUNCTION, StartingPosition="TRIM_HORIZON", BatchSize=100,
    )  # fmt: skip


def _readings(name: str, count: int) -> list[Message]:
    start = datetime.now(UTC)
    return [
        message(
            TELEMETRY,
            Telemetry(event_id=f"{name}-{n}", truck_id=f"T{n % 10}", timestamp=start),
            datetime.fromtimestamp(start.timestamp() + n / A_SECOND, UTC),
        )
        for n in range(count)
    ]


def _rate(environment: Environment, count: int, *, is_plain: bool = False) -> float:
    """
    Return how many readings a second are written, from the first one sent to the last object.

    Those count too that another batch's object has replaced since.
    """
    name = f"fast-{is_plain}"
    began = time.time()
    _send(environment, _readings(name, count), is_plain=is_plain, speed=None)
    written = _written(environment, name, count, is_plain=is_plain)
    return count / (max(written.values()) - began)


def _steady(environment: Environment, *, is_plain: bool = False) -> tuple[float, float]:
    """Return the 95th percentile of seconds from due to written, and the share that is lost."""
    name, count = f"steady-{is_plain}", A_SECOND * SECONDS
    messages, began = _readings(name, count), time.time()
    _send(environment, messages, is_plain=is_plain, speed=1.0)
    written = _written(environment, name, count, is_plain=is_plain)
    waits = [
        at - (began + int(event_id.rpartition("-")[2]) / A_SECOND)
        for event_id, at in written.items()
    ]
    return float(np.percentile(waits, 95)), 1 - len(written) / count


def _send(
    environment: Environment, messages: Sequence[Message], *, is_plain: bool, speed: float | None
) -> None:
    client = environment.client("kinesis")
    if not is_plain:
        Sender(client, speed=speed, progress=False).send(messages)
        return
    began = time.time()
    for each in messages:
        if speed is not None:
            time.sleep(max(0.0, began + each.at - messages[0].at - time.time()))
        client.put_record(StreamName=STREAM, Data=each.data, PartitionKey=each.partition_key)


def _written(
    environment: Environment, name: str, count: int, *, is_plain: bool
) -> dict[str, float]:
    """Return when each reading's object was written; those that are there once it is quiet."""
    prefix = PREFIX if is_plain else TELEMETRY.prefix
    deadline, keys, since = time.monotonic() + LONGEST_SECONDS, 0, time.monotonic()
    found: dict[str, float] = {}
    while time.monotonic() < deadline and time.monotonic() - since < QUIET_SECONDS:
        time.sleep(1.0)
        found = dict(_lines(environment, prefix, name))
        if len(found) == count:
            break
        if len(found) != keys:
            keys, since = len(found), time.monotonic()
    return found


def _lines(environment: Environment, prefix: str, name: str) -> Iterator[tuple[str, float]]:
    for each in lake.objects(environment, prefix):
        for line in lake.read(environment, each.key).splitlines():
            event_id = json.loads(line)["event_id"]
            if event_id.startswith(f"{name}-"):
                yield event_id, each.written_at.timestamp()
