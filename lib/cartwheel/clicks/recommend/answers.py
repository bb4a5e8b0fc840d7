"""What is recommended beside a product or to a person, and how good that is on own visits."""

from typing import Any

import pandas as pd

from cartwheel.clicks.recommend.evaluation import OURS, evaluate
from cartwheel.errors import UsageError
from cartwheel.finding import Finding
from cartwheel.warehouse import Warehouse
from cartwheel.warehouse.provenance import made_from

_STEPS = "select session_id, product_id, stepped_at from mart.visit_steps order by stepped_at"


def names(warehouse: Warehouse) -> dict[str, str]:
    """Return the name of each product that has recommendations, the most seen first."""
    rows = warehouse.query_file("clicks/recommend/names")
    return dict(zip(rows["product_id"], rows["product"], strict=True))


def persons(warehouse: Warehouse) -> list[str]:
    """Return 50 persons that have recommendations, the best buyers first."""
    return list(warehouse.query_file("clicks/recommend/buyers")["user_id"])


def beside(warehouse: Warehouse, product: str, name: str = "") -> Finding:
    """
    Return what is recommended beside a product.

    Returns
    -------
    Finding
        Rows: ``place``, ``product_id``, ``product``, ``category``, ``price``, ``reason``.
    """
    rows = warehouse.query_file("clicks/recommend/to_product", product=product)
    return listed(rows, f"beside {name or product}" if product else "beside no product")


def to(warehouse: Warehouse, person: str) -> Finding:
    """Return what is recommended to a person; rows as :func:`beside`."""
    rows = warehouse.query_file("clicks/recommend/to_person", person=person)
    if not person:
        return Finding("No person is known to whom to recommend anything", rows)
    return listed(rows, f"to {person}")


def listed(rows: pd.DataFrame, where: str) -> Finding:
    """Say what comes first of a list."""
    if rows.empty:
        return Finding(f"Nothing is recommended {where}", rows)
    return Finding(f"Recommended {where}: {rows['product'].iloc[0]}", rows)


def tried(warehouse: Warehouse, most_steps: int = 4_000) -> pd.DataFrame:
    """
    Return how good the recommendations are on the own visits: rows of :func:`evaluate`.

    Returns
    -------
    DataFrame
        Without a row if there are too few visits.
    """
    steps = warehouse.query(_STEPS)
    try:
        return made_from(
            evaluate(steps, most_steps=most_steps, most_by_neighbours=most_steps // 4), steps
        )
    except UsageError:
        return made_from(pd.DataFrame(columns=["method", "is_new_only", "hit_rate"]), steps)


def compared(rows: pd.DataFrame, *, is_new_only: bool) -> Finding:
    """
    Say how often the next product was among those recommended, beside the next best way.

    Returns
    -------
    Finding
        Rows: those of :func:`evaluate` with or without what the visit saw before, the highest
        hit rate first.
    """
    told = rows[rows["is_new_only"].eq(is_new_only)].dropna(subset=["hit_rate"])
    told = made_from(told.sort_values("hit_rate", ascending=False, ignore_index=True), rows)
    own = told[told["method"] == OURS]
    if own.empty:
        return Finding("Too few visits to tell how good the recommendations are", told)
    ours = own.iloc[0]
    what = "A product new to the visit" if is_new_only else "The next product"
    text = f"{what} is among 20 recommended in {ours['hit_rate']:.0%} of the steps"
    others = told[told["method"] != OURS]
    if len(others):
        text += _beside(ours, others.iloc[0])
    return Finding(text, told)


def _beside(ours: "pd.Series[Any]", other: "pd.Series[Any]") -> str:
    """Say how that stands to the best of the others, if their intervals let it."""
    if ours["hit_rate_low"] > other["hit_rate_high"]:
        return f", before {other['method']} with {other['hit_rate']:.0%}"
    if ours["hit_rate_high"] < other["hit_rate_low"]:
        return f", behind {other['method']} with {other['hit_rate']:.0%}"
    return f"; no difference to {other['method']} can be seen"
