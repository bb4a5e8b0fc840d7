"""
How long merges of and questions to a history take, beside dbt's snapshots and dlt's SCD2.

All run on the same DuckDB, ours through the connector and the embedded warehouse. The
rows are in RAW, in the peers' staging, before the clock starts.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from cartwheel import history
from cartwheel.environment import Environment

from benchmarks.common import Measured, fresh

RUNS = 5
ROWS = 100_000
TRUCKS = 500
NAME = "TRUCK_TELEMETRY_DATA"
START = datetime(2000, 1, 1)
PEERS = Path(__file__).parent / "peers"
PEER_NAMES = {"dbt": "dbt snapshot", "dlt": "dlt scd2 (load step)"}
# Generated readings, one a minute and key, in one frame or in several that each say some of
# the columns; each unlike the one before. MINUTE and SECOND say when row i happened.
INSERT = """
insert into raw.truck_telemetry (
    event_id, truck_id, event_timestamp, {names},
    stream, shard_id, sequence_number, arrived_at, file_name, file_row, loaded_at
)
with generated as (
    select seq4() as n, seq4() + {first} as i from table(generator(rowcount => {count}))
)
select
    'e' || i, 'T' || cast(mod(floor(i / {frames}), {keys}) as integer),
    dateadd('second', ({minute}) * 60 + {second}, '2000-01-01'::timestamp_ntz),
    {values}, 'TruckTelemetry', 'shard-0', lpad(to_varchar(i), 60, '0'),
    dateadd('second', floor(i / 1000), '2026-01-01'::timestamp_ntz),
    'telemetry-data/' || {first} || '-' || floor(n / 2000), n, current_timestamp()
from generated
"""
WORDS = {"brake_status": "'good'", "transmission_status": "'normal'"}
COLUMNS = history.resolve(NAME).columns


class Stream:
    """Rows that go on where the last ones ended."""

    def __init__(self, environment: Environment, keys: int, frames: int = 1) -> None:
        self.warehouse, self.keys, self.frames, self.sent = environment.warehouse, keys, frames, 0

    @property
    def minutes(self) -> int:
        """How many minutes every key has been read."""
        return self.sent // self.keys // self.frames

    def send(self, count: int, minute: str = "", second: str = "0") -> None:
        """Insert rows, in order unless another minute is said."""
        said = [
            WORDS.get(name, f"mod(i * {n + 7} + floor(i / {self.keys}), 977) / 10")
            for n, name in enumerate(COLUMNS)
        ]
        values = ", ".join(
            f"iff(mod(i, {self.frames}) = {n % self.frames}, {value}, null)"
            for n, value in enumerate(said)
        )
        usual = f"floor(i / {self.keys * self.frames})"
        self.warehouse.execute(
            INSERT.format(
                names=", ".join(COLUMNS), values=values, keys=self.keys, frames=self.frames,
                count=count, first=self.sent, minute=minute or usual, second=second,
            )
        )  # fmt: skip
        self.sent += count

    def grow(self, versions: int) -> None:
        """Merge in order until the history has so many versions."""
        while self.sent < versions:
            self.send(min(1_000_000, versions - self.sent))
            history.merge(self.warehouse, NAME)

    def late(self, percent: int, minutes: int) -> None:
        """Insert a batch of which some rows are late by up to some minutes."""
        is_late = f"mod(abs(hash(i)), 100) < {percent}"
        usual = f"floor(i / {self.keys * self.frames})"
        minute = f"{usual} - iff({is_late}, mod(abs(hash(i * 3)), {minutes}), 0)"
        self.send(ROWS, minute, f"iff({is_late}, 30, 0)")


def _timed(what: Callable[[], object]) -> float:
    began = time.perf_counter()
    what()
    return time.perf_counter() - began


def _merge(stream: Stream, send: Callable[[], None]) -> float:
    send()
    return _timed(lambda: history.merge(stream.warehouse, NAME))


def measure() -> list[Measured]:
    """Merge batches of 100,000 rows into a million and ten million versions, and ask."""
    lines = []
    with fresh() as environment:
        stream = Stream(environment, TRUCKS)
        stream.grow(1_000_000)
        _merge(stream, lambda: stream.send(ROWS))  # what is first paid for is paid for
        small = [_merge(stream, lambda: stream.send(ROWS)) for _ in range(RUNS)]
        shuffled = [_merge(stream, lambda: stream.late(100, stream.minutes)) for _ in range(2)]
        lines += [
            Measured("Merge of 100,000 rows of 500 trucks into 1M versions", "0.22 s", "s", small),
            Measured("… of wholly shuffled rows", "1.5 s", "s", shuffled),
        ]
        stream.grow(10_000_000)
        lines += _large(stream, small)
    return lines + _frames(small) + _peers(small)


def _frames(small: list[float]) -> list[Measured]:
    """Merge readings that come in three frames a minute, of one time."""
    with fresh() as environment:
        stream = Stream(environment, TRUCKS, frames=3)
        stream.grow(999_000)
        _merge(stream, lambda: stream.send(100_500))
        times = [_merge(stream, lambda: stream.send(100_500)) for _ in range(RUNS)]
    ratio = statistics.median(times) / statistics.median(small)
    return [
        Measured("100,000 rows in three frames a minute, into 1M rows", "–", "s", times),
        Measured("… against complete readings", "at most 2", "×", [ratio]),
    ]


def _large(stream: Stream, small: list[float]) -> list[Measured]:
    large, day, whole = [], [], []
    for _ in range(RUNS):  # in turns, so that a noisy minute meets all of them
        large.append(_merge(stream, lambda: stream.send(ROWS)))
        day.append(_merge(stream, lambda: stream.late(1, 24 * 60)))
        whole.append(_merge(stream, lambda: stream.late(1, stream.minutes)))
    usual = statistics.median(large)
    return [
        Measured("… into 10M versions", "0.3 s", "s", large),
        Measured("… against 1M", "at most 3", "×", [usual / statistics.median(small)]),
        Measured("… 1 % late within 24 h, against in order", "at most 2", "×", _over(day, large)),
        Measured("… 1 % late anywhere, against in order", "at most 3", "×", _over(whole, large)),
        *_questions(stream),
    ]


def _over(these: list[float], those: list[float]) -> list[float]:
    return [one / other for one, other in zip(these, those, strict=True)]


def _questions(stream: Stream) -> list[Measured]:
    warehouse = stream.warehouse
    moments = [
        START + timedelta(minutes=stream.minutes * n // (RUNS + 1)) for n in range(1, RUNS + 1)
    ]
    known_at = datetime(2026, 1, 1) + timedelta(seconds=stream.sent // 2000)
    one = [_timed(partial(history.as_of, warehouse, NAME, m, "T7")) for m in moments]
    fleet = [_timed(partial(history.as_of, warehouse, NAME, m)) for m in moments]
    known = [
        _timed(partial(history.as_known_at, warehouse, NAME, m, known_at, "T7")) for m in moments
    ]
    return [
        Measured("as_of one truck, 10M versions", "below 0.3 s", "s", one),
        Measured("as_of the fleet", "below 1 s", "s", fleet),
        Measured("as_known_at one truck", "below 1 s", "s", known),
    ]


def _peers(small: list[float]) -> list[Measured]:
    """Run ours and the peers on batches that they can take: one row of each key."""
    python = _environment()
    lines = []
    for keys in (ROWS, TRUCKS):
        what = f"One row each of {keys:,} keys into 1M versions"
        lines.append(Measured(f"{what}: ours", "–", "s", _one_row_each(keys)))
        words = [str(python), str(PEERS / "measure.py"), str(keys), "1000000", str(RUNS)]
        done = subprocess.run(words, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        for name, seconds in json.loads(done.stdout.splitlines()[-1]).items():
            lines.append(Measured(f"… {PEER_NAMES[name]}", "–", "s", seconds))
            if keys == TRUCKS:
                times = ROWS // TRUCKS
                ratio = statistics.median(seconds) * times / statistics.median(small)
                whole = f"… 100,000 rows, {times} such batches, against our one"
                lines.append(Measured(whole, "above 1", "×", [ratio]))
    return lines


def _one_row_each(keys: int) -> list[float]:
    with fresh() as environment:
        stream = Stream(environment, keys)
        stream.grow(1_000_000)
        _merge(stream, lambda: stream.send(keys))
        return [_merge(stream, lambda: stream.send(keys)) for _ in range(RUNS)]


def _environment() -> Path:
    """Return the Python of the peers' environment, made from their lock if it is not there."""
    folder = PEERS.parents[1] / ".venv-peers"
    python = folder / "bin" / "python"
    if not python.exists():
        uv = Path(sys.executable).with_name("uv")
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, folder], check=True)
        lock = PEERS / "requirements.lock"
        subprocess.run(
            [uv, "pip", "install", "--quiet", "--python", python, "--require-hashes", "-r", lock],
            check=True,
        )
    return python
