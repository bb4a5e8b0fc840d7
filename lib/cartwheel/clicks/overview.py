"""The shop at a glance: visits, products, how far visits go."""

from datetime import datetime, timedelta
from typing import NamedTuple

import pandas as pd

from cartwheel.errors import CartwheelError, UsageError
from cartwheel.warehouse import Warehouse


class Window(NamedTuple):
    """The visits to look at: those that began in a time (UTC), of one device or of all."""

    since: datetime
    until: datetime
    device: str | None = None


DEVICES = ("mobile", "desktop", "tablet")


def whole(warehouse: Warehouse) -> Window:
    """
    Return the window that holds every click.

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
    return Window(first.to_pydatetime(), last.to_pydatetime() + timedelta(seconds=1))


def part(window: Window, percent: tuple[int, int], device: str | None) -> Window:
    """
    Return a part of a window, from and to in percent of its time, for one device or all.

    Raises
    ------
    UsageError
        If there is no such device.
    """
    if device is not None and device not in DEVICES:
        raise UsageError(f"There is no device {device!r}; there are {', '.join(DEVICES)}.")
    length = window.until - window.since
    low, high = percent
    return Window(window.since + length * low / 100, window.since + length * high / 100, device)


def summary(warehouse: Warehouse, window: Window) -> pd.Series:
    """Return ``count_sessions``, ``count_events``, ``count_buying_sessions``, ``revenue``."""
    return warehouse.query_file("clicks/summary", **window._asdict()).iloc[0]


def funnel(warehouse: Warehouse, window: Window) -> pd.DataFrame:
    """Return ``step`` and ``count_sessions``: the visits that went at least so far."""
    return warehouse.query_file("clicks/funnel", **window._asdict())


def course(warehouse: Warehouse, window: Window) -> pd.DataFrame:
    """Return ``slice_at`` and ``count_sessions``, by hour, or by day beyond a week."""
    by_day = window.until - window.since > timedelta(days=7)
    return warehouse.query_file("clicks/course", by_day=by_day, **window._asdict())


def products(warehouse: Warehouse, window: Window, limit: int = 12) -> pd.DataFrame:
    """
    Return the products that most visits saw.

    Returns
    -------
    DataFrame
        ``product_id``, ``product``, ``count_sessions``, ``count_carted``,
        ``count_bought``, ``revenue``.
    """
    return warehouse.query_file("clicks/products", limit=limit, **window._asdict())


def devices(warehouse: Warehouse, window: Window) -> pd.DataFrame:
    """Return ``device``, ``count_sessions``, ``count_buying_sessions``."""
    return warehouse.query_file("clicks/devices", since=window.since, until=window.until)
