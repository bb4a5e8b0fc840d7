"""The shop at a glance: visits, products, how far visits go."""

from datetime import timedelta
from typing import Any, NamedTuple

import pandas as pd

from cartwheel.errors import CartwheelError, unknown
from cartwheel.timeframe import Interval
from cartwheel.warehouse import Warehouse


class Visits(NamedTuple):
    """The visits to look at: those that began in a time, of one device or (None) of all."""

    interval: Interval
    device: str | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        """What a query binds."""
        return {**self.interval._asdict(), "device": self.device}


DEVICES = ("mobile", "desktop", "tablet")


def span(warehouse: Warehouse) -> Interval:
    """
    Return the time from the first to just after the last click.

    Raises
    ------
    CartwheelError
        If nobody has clicked yet.
    """
    first, last = warehouse.query_file("clicks/span").iloc[0]
    if pd.isna(first):
        raise CartwheelError(
            "Nobody has clicked yet: run 'python -m producers simulate' and wait some seconds."
        )
    return Interval.holding(first.to_pydatetime(), last.to_pydatetime())


def chosen_device(device: str) -> str | None:
    """
    Return a device, None for an empty text, which means all.

    Raises
    ------
    UsageError
        If there is no such device.
    """
    if device and device not in DEVICES:
        raise unknown("device", device, DEVICES)
    return device or None


def summary(warehouse: Warehouse, chosen: Visits) -> pd.Series:
    """Return ``count_sessions``, ``count_events``, ``count_buying_sessions``, ``revenue``."""
    return warehouse.query_file("clicks/summary", **chosen.parameters).iloc[0]


def funnel(warehouse: Warehouse, chosen: Visits) -> pd.DataFrame:
    """Return ``step`` and ``count_sessions``: the visits that went at least so far."""
    return warehouse.query_file("clicks/funnel", **chosen.parameters)


def trend(warehouse: Warehouse, chosen: Visits) -> pd.DataFrame:
    """Return ``slice_at`` and ``count_sessions``, by hour, or by day beyond a week."""
    by_day = chosen.interval.length > timedelta(days=7)
    return warehouse.query_file("clicks/trend", by_day=by_day, **chosen.parameters)


def products(warehouse: Warehouse, chosen: Visits, limit: int = 12) -> pd.DataFrame:
    """
    Return the products that most visits saw.

    Returns
    -------
    DataFrame
        ``product_id``, ``product``, ``count_sessions``, ``count_carted``,
        ``count_bought``, ``revenue``.
    """
    return warehouse.query_file("clicks/products", limit=limit, **chosen.parameters)


def devices(warehouse: Warehouse, chosen: Visits) -> pd.DataFrame:
    """Return ``device``, ``count_sessions``, ``count_buying_sessions``."""
    return warehouse.query_file("clicks/devices", **chosen.interval._asdict())
