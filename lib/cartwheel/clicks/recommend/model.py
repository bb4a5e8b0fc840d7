"""What to recommend, made in the warehouse from what visits looked at one after the other."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import pandas as pd

from cartwheel.clicks import overview, refreshing
from cartwheel.clicks.recommend.weights import Weights
from cartwheel.errors import UsageError
from cartwheel.warehouse import Warehouse
from cartwheel.warehouse.connection import statement

LIMIT = 10
LEAST_SURPRISE = 10.83  # of chi-squared with one degree of freedom, one in a thousand is above
STEPS = {"mart.visit_steps": "clicks/recommend/steps"}
# Each table of the model: the query that fills it.
MODEL = {
    "mart.next_products": "clicks/recommend/pairs",
    "mart.next_pairs": "clicks/recommend/seconds",
    "mart.popular_products": "clicks/recommend/popular",
}
# What is made of the model, and of what carts lead to.
LISTS = {
    "mart.companions": "clicks/recommend/companions",
    "mart.product_recommendations": "clicks/recommend/products",
    "mart.person_recommendations": "clicks/recommend/people",
}


class Built(NamedTuple):
    """What a build made: lists of products and of persons, and when they hold."""

    count_products: int
    count_persons: int
    made_at: datetime
    valid_until: datetime


def build(
    warehouse: Warehouse,
    weights: Weights = Weights(),  # noqa: B008 - immutable
    *,
    limit: int = LIMIT,
    valid: timedelta = timedelta(days=1),
) -> Built:
    """
    Make the recommendations anew: ``mart.product_recommendations`` and those of persons.

    In one transaction: who reads has the old ones until the new are whole.

    Parameters
    ----------
    limit
        Products recommended beside each product, and to each person.
    valid
        How long they hold, from the last click on.

    Raises
    ------
    CartwheelError
        If nobody has clicked yet.
    UsageError
        If a weight or the limit is outside of what it may be.
    """
    if limit < 1:
        raise UsageError(f"limit: 1 or more products are recommended, got {limit!r}.")
    refreshing.ready(warehouse)
    made_at = overview.span(warehouse).until
    values = {
        **weights.checked().of_pairs, **weights.of_scores, "until": made_at, "limit": limit,
        "least_surprise": LEAST_SURPRISE, "valid_until": made_at + valid,
    }  # fmt: skip
    with warehouse.transaction():
        for table, query in (STEPS | MODEL | LISTS).items():
            warehouse.execute(f"delete from {table}")
            sql, bound = statement(query, values)
            warehouse.execute(f"insert into {table} {sql}", bound)
    count_products, count_persons = (
        int(warehouse.scalar(f"select count(*) from mart.{who}_recommendations where place = 1"))
        for who in ("product", "person")
    )
    return Built(count_products, count_persons, made_at, values["valid_until"])


def request(
    warehouse: Warehouse,
    items: Sequence[str],
    weights: Weights = Weights(),  # noqa: B008 - immutable
    *,
    limit: int = LIMIT,
    is_new_only: bool = False,
) -> pd.DataFrame:
    """
    Return what to recommend in a visit, by the model as it was built last.

    Parameters
    ----------
    items
        Products that the visit looked at, in their order; none for a visit that begins.
    is_new_only
        Leave out the products themselves?

    Returns
    -------
    DataFrame
        ``request_id``, ``place``, ``product_id``, ``score``, ``because_id`` (the product that led
        to it, null if it is only popular); never what is sold out or withdrawn.
    """
    last = list(items)[::-1][: weights.memory]
    return warehouse.query_file(
        "clicks/recommend/request",
        items=json.dumps(last or [None]),
        is_new_only=is_new_only,
        limit=limit,
        **weights.checked().of_scores,
    )
