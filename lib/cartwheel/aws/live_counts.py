"""DynamoDB: the live counts of the clicks."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from cartwheel.environment import Environment

COUNTS = "ClickStreamData"


def _items(environment: Environment) -> Iterator[dict[str, Any]]:
    pages = environment.client("dynamodb").get_paginator("scan").paginate(TableName=COUNTS)
    for page in pages:
        yield from page["Items"]


def total(environment: Environment) -> int:
    """Return the number of clicks that were counted."""
    return sum(int(item["Click_Counts"]["N"]) for item in _items(environment))


def by_item(environment: Environment, limit: int = 20) -> pd.DataFrame:
    """
    Return the most clicked items.

    Returns
    -------
    DataFrame
        ``item_id``, ``item_name``, ``count_clicks``, the largest first.
    """
    counts: dict[str, int] = {}
    names: dict[str, str] = {}
    for item in _items(environment):
        key = item["Item_ID"]["S"]
        counts[key] = counts.get(key, 0) + int(item["Click_Counts"]["N"])
        names[key] = item["Item_Name"]["S"]
    ranked = sorted(counts, key=lambda key: (-counts[key], key))[:limit]
    return pd.DataFrame(
        {
            "item_id": ranked,
            "item_name": [names[key] for key in ranked],
            "count_clicks": [counts[key] for key in ranked],
        }
    )
