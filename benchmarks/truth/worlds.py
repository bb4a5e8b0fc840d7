"""A simulated world in a warehouse of its own, beside what is really so in it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from cartwheel.clicks import refreshing as shop
from cartwheel.delivery import loading
from cartwheel.fleet import refreshing as fleet
from cartwheel.warehouse import Warehouse

from benchmarks.common import fresh
from producers.output import write
from producers.simulate import Settings, messages
from producers.simulate.settings import make
from producers.simulate.truth.store import TruthTables

Values = dict[str, Any]


@dataclass(frozen=True)
class World:
    """What landed of a world, and the truth."""

    settings: Settings
    warehouse: Warehouse
    truth: dict[str, pd.DataFrame]

    def instants(self, seconds: "pd.Series[float]") -> "pd.Series[Any]":
        """Return seconds since the world's start as times in UTC, as the warehouse has them."""
        begin = pd.Timestamp(self.settings.local_midnight).tz_localize(None)
        return begin + pd.to_timedelta(seconds, unit="s")


def merged(base: Values, more: Values) -> Values:
    """Return settings with others put over them, group by group."""
    found = dict(base)
    for name, value in more.items():
        before = found.get(name)
        found[name] = (
            merged(before, value) if isinstance(value, dict) and isinstance(before, dict) else value
        )
    return found


@contextmanager
def landed(values: Values) -> Iterator[World]:
    """Simulate a world, load it past the streams, and hand it over."""
    settings = make(values, "the settings")
    truth = TruthTables()
    with tempfile.TemporaryDirectory() as folder, fresh() as environment:
        write(messages(settings, truth), Path(folder), "parquet", progress=False)
        loading.load(environment, Path(folder), lambda _: None)
        fleet.refresh(environment.warehouse)
        shop.refresh(environment.warehouse)
        yield World(settings, environment.warehouse, truth.tables())
