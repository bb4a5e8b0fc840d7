"""Deliveries for the history: hypothesis strategies, and the same drawn by a seed."""

import dataclasses
import random
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from .oracle import OPERATIONS, SHELVES, TELEMETRY, Row, place

# Ordinary minutes; the hours at which clocks are set in Berlin and New York; neighbours by
# a microsecond; the far past and future.
_START = datetime(2026, 3, 1)
TIMES = [
    datetime(1, 1, 2),
    datetime(1883, 11, 18, 12),
    *(_START + timedelta(minutes=minute) for minute in range(6)),
    datetime(2026, 3, 8, 7),
    datetime(2026, 3, 29, 1) - timedelta(microseconds=1),
    datetime(2026, 3, 29, 1),
    datetime(2026, 10, 25, 0, 30),
    datetime(2026, 10, 25, 1, 30),
    datetime(9999, 12, 31, 23, 59, 59, 999999),
]
TRUCKS = [("a",), ("ü\"'; --",)]
SHELF_KEYS = [("a-1", "2"), ("a", "1-2"), ("", "a-1-2"), ("日本", "\u00e9"), ("日本", "e\u0301")]
SPEEDS, BRAKES = [None, 0.0, 50.5], [None, "good"]
RPM, TYRES, SERVICES = [None, 0.0, 900.0], [600.0, 760.0], ["in_service", "out_of_service"]
PRODUCTS, WEIGHTS, REMOVED = [None, "", "soap"], [None, 1.5], [False, False, True, None]

Value = tuple[str, tuple[str, ...], datetime, tuple[tuple[str, Any], ...]]


def _telemetry(choose: Any, times: list[datetime]) -> Value:
    says = (("vehicle_speed", choose(SPEEDS)), ("brake_status", choose(BRAKES)))
    return TELEMETRY, choose(TRUCKS), choose(times), says


def _status(choose: Any, times: list[datetime]) -> Value:
    if choose([True, True, False]):
        says = (
            ("brake_status", choose(BRAKES)),
            ("engine_rpm", choose(RPM)),
            ("tire_pressure_rear_left", choose(TYRES)),
        )
        return TELEMETRY, choose(TRUCKS), choose(times), says
    return OPERATIONS, choose(TRUCKS), choose(times), (("service", choose(SERVICES)),)


def _shelf(choose: Any, times: list[datetime]) -> Value:
    says = (
        ("product", choose(PRODUCTS)),
        ("weight", choose(WEIGHTS)),
        ("removed", choose(REMOVED)),
    )
    return SHELVES, choose(SHELF_KEYS), choose(times), says


MAKERS = {"TRUCK_TELEMETRY_DATA": _telemetry, "TRUCK_STATUS": _status, "SHELF": _shelf}


def _in_files(values: list[Value], choose: Any, count_files: int, count_again: int) -> list[Row]:
    """Put values into files in order of their sequence; send some again in other files."""
    files = [f"file-{number}" for number in range(count_files)]
    rows = [
        Row(table, f"{table}/{choose(files)}", key, at, says, number)
        for number, (table, key, at, says) in enumerate(values, 1)
    ]
    for row in [choose(rows) for _ in range(count_again)]:
        rows.append(dataclasses.replace(row, file=f"{row.table}/{choose(files)}"))
    for row in rows:
        place(row)
    return rows


def _commits(rows: list[Row], choose: Any) -> list[list[Row]]:
    """Return the rows file by file, some files in two parts, as Snowpipe may commit them."""
    made = []
    for file in dict.fromkeys(row.file for row in rows):
        is_split = choose([True, False])
        parts: dict[bool, list[Row]] = {}
        for row in rows:
            if row.file == file:
                parts.setdefault(is_split and choose([True, False]), []).append(row)
        made += parts.values()
    return made


@st.composite
def deliveries(draw: st.DrawFn, name: str) -> list[list[Row]]:
    """Rows in files or parts of them, in any order, some rows again in other files."""

    def choose(options: list[Any]) -> Any:
        return draw(st.sampled_from(options))

    values = [MAKERS[name](choose, TIMES) for _ in range(draw(st.integers(1, 40)))]
    rows = _in_files(values, choose, draw(st.integers(1, 6)), draw(st.integers(0, 6)))
    return draw(st.permutations(_commits(rows, choose)))


def drawn(name: str, seed: int, count: int = 16, times: list[datetime] = TIMES) -> list[list[Row]]:
    """Return what :func:`deliveries` might draw, by a seed, of rows at some times."""
    rng = random.Random(seed)
    values = [MAKERS[name](rng.choice, times) for _ in range(count)]
    rows = _in_files(values, rng.choice, 6, 3)
    commits = _commits(rows, rng.choice)
    rng.shuffle(commits)
    return commits


def together(name: str, seeds: range, rounds: int) -> list[list[Row]]:
    """
    Return many deliveries at once in some rounds, each of keys and files of its own.

    Half of them are dense: many rows at few times, so that many fall into one version.
    """
    made: list[list[Row]] = [[] for _ in range(rounds)]
    for seed in seeds:
        rng = random.Random(-seed - 1)
        dense = [_START + timedelta(microseconds=n) for n in range(24)]
        count, times = (rng.choice([30, 80, 150]), dense) if seed % 2 else (40, TIMES)
        batches = drawn(name, seed, count, times)
        for number, batch in zip(sorted(rng.choices(range(rounds), k=6)), batches, strict=False):
            made[number] += [
                dataclasses.replace(
                    row, key=(f"{seed}|{row.key[0]}", *row.key[1:]), file=f"{seed}|{row.file}"
                )
                for row in batch
            ]
    for rows in made:
        random.Random(len(rows)).shuffle(rows)
    return made
