"""What was put into a cart: was it bought, and what of its circumstances counts for that."""

from typing import Any

import numpy as np
import pandas as pd

from cartwheel.display import current
from cartwheel.estimation import logit
from cartwheel.estimation.indicators import indicators
from cartwheel.timeframe import Interval
from cartwheel.warehouse import Warehouse

_MOST_VALUES = 6  # of a column that are told apart, the most frequent
_LISTED = ("device_type", "referrer_url", "user_type", "campaign", "stock_band")
LATE, FIRST, PROMISED = "last delivery late", "no delivery before", "day promised later"


def read(warehouse: Warehouse, time: Interval) -> pd.DataFrame:
    """
    Return each product that a visit carted; a day ends on the environment's clock.

    Returns
    -------
    DataFrame
        Rows: ``session_id``, ``user_id``, ``product_id``, ``seen_at``, ``is_bought``, ``arm``,
        ``device_type``, ``referrer_url``, ``user_type``, ``campaign``, ``stock_band``,
        ``shown_price``, ``promised_days``, ``hours_left`` (of the day), ``is_last_late`` (of the
        last delivery before that day; null without one),
        ``price_ratio`` (to the first price seen), ``was_left`` (in the cart before, not bought).
    """
    zone = current().zone_key
    return warehouse.query_file("clicks/carts/bought", zone=zone, **time._asdict())


def circumstances(carts: pd.DataFrame) -> pd.DataFrame:
    """
    Return what may count for a purchase as numbers, a column each; unknown is a value of its own.

    Of a column of names the most frequent value is what the others are compared with.
    """
    told: dict[str, Any] = {
        LATE: _is(carts["is_last_late"], True),
        FIRST: carts["is_last_late"].isna(),
        PROMISED: carts["promised_days"],
        "promise unknown": carts["promised_days"].isna(),
        # Of what is carted as the day ends less is bought in the same visit.
        "late at night": np.exp(-carts["hours_left"].astype(float)),
        "in the cart before": _is(carts["was_left"], True),
        "price": np.log(carts["price_ratio"].astype(float).where(carts["price_ratio"] > 0)),
    }
    told |= indicators(carts, _LISTED, _MOST_VALUES)
    return pd.DataFrame(told).astype(float).fillna(0.0)


def _is(column: "pd.Series[Any]", value: object) -> "pd.Series[Any]":
    return column.astype(object).eq(value)


def effects(carts: pd.DataFrame, also: dict[str, Any] | None = None) -> dict[str, logit.Effect]:
    """
    Return the effect of each circumstance on the log-odds that a carted product is bought.

    Parameters
    ----------
    also
        Further columns, by name; they come first.
    """
    if carts.empty:
        return {}
    columns = circumstances(carts)
    for name, values in reversed((also or {}).items()):
        columns.insert(0, name, np.asarray(values, dtype=float))
    return dict(logit.fit(columns, carts["is_bought"].astype(float), carts["user_id"]))
