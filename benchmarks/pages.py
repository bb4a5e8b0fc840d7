"""The queries of the fleet's and the shop's pages on a month of a hundred trucks."""

import os
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from cartwheel.clicks import overview as clicks
from cartwheel.clicks import refreshing as shop
from cartwheel.delivery import loading
from cartwheel.fleet import overview
from cartwheel.fleet import refreshing as fleet
from cartwheel.paths import SQL
from cartwheel.warehouse import Warehouse, sqlfiles
from cartwheel.warehouse.connection import query_text

from benchmarks.common import Measured, fresh
from producers.output import write
from producers.simulate import messages
from producers.simulate.settings import make

WORLD = {"trucks": 100, "days": int(os.environ.get("CARTWHEEL_DAYS", "30"))}
RUNS = 20
FOLDERS = ("fleet", "clicks/overview")
# A hundredth more: the last hundredth of the time of each truck once more, a day later.
MORE = """
insert into raw.truck_telemetry ({columns})
select {values}
from raw.truck_telemetry
where event_timestamp >= dateadd('minute', -{minutes}, cast(? as timestamp_ntz))
"""


def measure() -> list[Measured]:
    """Time each query 20 times, and the refresh that makes what they read."""
    with tempfile.TemporaryDirectory() as name, fresh() as environment:
        write(messages(make(WORLD, "the benchmark")), Path(name), "parquet", progress=False)
        loading.load(environment, Path(name), lambda _: None)
        warehouse = environment.warehouse
        whole = _seconds(lambda: fleet.refresh(warehouse))
        visits = _seconds(lambda: shop.refresh(warehouse))
        again = [_seconds(lambda: fleet.refresh(warehouse)) for _ in range(5)]
        slowest, name_of_it, overall = _queries(warehouse)
        _add_a_hundredth(warehouse)
        more = _seconds(lambda: fleet.refresh(warehouse))
    of = f"{WORLD['trucks']} trucks, {WORLD['days']} days"
    return [
        Measured(f"A page's query, {of}: p95 of the slowest ({name_of_it})", "1 s", "s", [slowest]),
        Measured("… p95 of all", "1 s", "s", [overall]),
        Measured("The fleet's tables made from nothing", "", "s", [whole]),
        Measured("… refreshed after 1 % new readings, of all trucks", "", "s", [more]),
        Measured("… with nothing new", "", "s", again),
        Measured("The shop's tables made from nothing", "", "s", [visits]),
    ]


def _seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _queries(warehouse: Warehouse) -> tuple[float, str, float]:
    """Return the p95 of the slowest query, its name, and the p95 of all runs of all."""
    time_shown = overview.span(warehouse)
    values = {
        **clicks.Visits(time_shown).parameters,
        "truck_id": warehouse.scalar("select min(truck_id) from mart.trucks"),
        "driver_id": warehouse.scalar("select min(driver_id) from mart.shifts"),
        "seconds": 3600, "zone": "Europe/Berlin", "by_day": True, "limit": 12,
    }  # fmt: skip
    took: dict[str, list[float]] = {}
    for folder in FOLDERS:
        for path in sorted((SQL / "queries" / folder).rglob("*.sql")):
            query = str(path.relative_to(SQL / "queries").with_suffix(""))
            (text,) = sqlfiles.statements(query_text(query))
            asked = {each: values[each] for each in sqlfiles.positional(text)[1]}
            took[query] = [
                _seconds(lambda q=query, a=asked: warehouse.query_file(q, **a))  # type: ignore[misc]
                for _ in range(RUNS)
            ]
    high = {query: float(np.percentile(runs, 95)) for query, runs in took.items()}
    worst = max(high, key=lambda query: high[query])
    every = [seconds for runs in took.values() for seconds in runs]
    return high[worst], worst, float(np.percentile(every, 95))


def _add_a_hundredth(warehouse: Warehouse) -> None:
    columns = [str(row["name"]).lower() for row in warehouse.rows("desc table raw.truck_telemetry")]
    changed = {
        "event_id": "concat('again-', event_id)",
        "event_timestamp": "dateadd('day', 1, event_timestamp)",
        "file_name": "concat('again-', file_name)",
    }
    last = warehouse.scalar("select max(event_timestamp) from raw.truck_telemetry")
    statement = MORE.format(
        columns=", ".join(columns),
        values=", ".join(changed.get(column, column) for column in columns),
        minutes=int(timedelta(days=WORLD["days"]).total_seconds() / 60 / 100),
    )
    warehouse.execute(statement, [last.isoformat()])
