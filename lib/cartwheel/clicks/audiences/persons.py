"""The identified visitors: when they came last, how often they bought, for how much and what."""

from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from cartwheel.clicks.predicates import Columns, checked
from cartwheel.display import current
from cartwheel.finding import Finding, counted
from cartwheel.warehouse import Warehouse, sqlfiles
from cartwheel.warehouse.connection import bindable, query_text
from cartwheel.warehouse.provenance import made_from

# What a rule may ask.
COLUMNS = (
    "user_id", "days_since_first", "days_since_visit", "count_visits", "visits_7_days",
    "visits_28_days", "count_orders", "days_since_order", "revenue", "recency", "frequency",
    "money", "device_type", "location", "favourite_category", "favourite_share", "count_seen",
    "seen_7_days", "count_carted", "count_bought", "days_since_bought", "count_left",
    "left_value", "days_since_left", "price_fell", "count_messages",
)  # fmt: skip
_PERSON = Columns(
    "a person", {name: ("person", name) for name in COLUMNS}, "count_left > 0"
)  # fmt: skip


def read(
    warehouse: Warehouse, at: datetime, until: datetime, category: str = "", where: str = ""
) -> pd.DataFrame:
    """
    Return each identified visitor but bots as known at a moment, and what came until another.

    Parameters
    ----------
    category
        Whose products the counts and the carts are about; empty for all.
    where
        A rule; empty for everybody.

    Returns
    -------
    DataFrame
        Rows, by ``user_id``: what a rule may ask, ``has_bought_after``, ``paid_after`` (null if a
        purchase does not say it) and ``is_in``.

    Raises
    ------
    UsageError
        If the rule is not allowed.
    """
    values: dict[str, Any] = {"as_of": at, "until": until, "category": category or None}
    (query,) = sqlfiles.statements(query_text("clicks/audiences/persons"))
    rule = checked(where, "where", values, _PERSON) if where else "true"
    sql, names = sqlfiles.positional(
        f"select *, coalesce({rule}, false) as is_in from ({query}) as person order by user_id"
    )
    return warehouse.query(sql, [bindable(values[name]) for name in names])


def categories(warehouse: Warehouse) -> list[str]:
    """Return the categories of the products, the one that is seen most first."""
    return list(warehouse.query_file("clicks/audiences/categories")["category"])


def spent(persons: pd.DataFrame) -> Finding:
    """
    Say how few buyers brought half of the money.

    Returns
    -------
    Finding
        Rows: ``recency`` and ``frequency`` (fifths, 5 the latest and most frequent),
        ``count_people``, ``orders`` and ``days_since_order`` (means), ``revenue`` (known),
        ``share`` (of all of it).
    """
    buyers = persons[persons["count_orders"] > 0]
    known = buyers["revenue"].astype(float)
    total = float(known.sum())
    rows = (
        buyers.assign(known=known)
        .groupby(["recency", "frequency"], as_index=False)
        .agg(
            count_people=("user_id", "size"), orders=("count_orders", "mean"),
            days_since_order=("days_since_order", "mean"), revenue=("known", "sum"),
        )
    )  # fmt: skip
    rows = made_from(rows.assign(share=rows["revenue"] / total if total > 0 else np.nan), persons)
    if buyers.empty:
        return Finding("No identified visitor has bought anything", rows)
    if not total > 0:
        return Finding(f"What {counted(len(buyers), 'buyer')} paid is unknown", rows)
    ranked = known.dropna().sort_values(ascending=False).cumsum()
    few = int((ranked < total / 2).sum()) + 1
    what = "the revenue" if known.notna().all() else "the known revenue"
    if len(buyers) == 1:
        return Finding(f"One buyer brought {what}, {current().money(total)}", rows)
    return Finding(
        f"{few:,} of {len(buyers):,} buyers brought half of {what}, {current().money(total)}", rows
    )


def tastes(persons: pd.DataFrame) -> Finding:
    """
    Say what most people look at most.

    Returns
    -------
    Finding
        Rows, the most people first: ``category``, ``count_people``, ``share`` (of those with
        one), ``count_buyers``.
    """
    told = persons.dropna(subset=["favourite_category"])
    rows = (
        told.assign(is_buyer=told["count_orders"] > 0)
        .groupby("favourite_category", as_index=False)
        .agg(count_people=("user_id", "size"), count_buyers=("is_buyer", "sum"))
        .rename(columns={"favourite_category": "category"})
        .sort_values(["count_people", "category"], ascending=[False, True], ignore_index=True)
    )
    rows = made_from(rows.assign(share=rows["count_people"] / max(1, len(told))), persons)
    if rows.empty:
        return Finding("The source does not say the products' categories", rows)
    most = rows[rows["count_people"] == rows["count_people"].max()]
    if len(rows) == 1:
        return Finding(f"{rows['category'].iloc[0]} is everybody's favourite category", rows)
    if len(most) > 1:
        return Finding(f"{len(most)} categories are the favourites of equally many", rows)
    name, share = most["category"].iloc[0], most["share"].iloc[0]
    return Finding(f"{name} is what {share:.0%} of {len(told):,} people look at most", rows)
