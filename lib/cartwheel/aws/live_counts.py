"""DynamoDB: the live counts of the clicks."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from cartwheel.environment import Environment

COUNTS = "ClickStreamData"
# A minute as the function writes it.
MINUTE = "%Y-%m-%dT%H:%M:00Z"


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


def of_last(
    environment: Environment, items: Iterable[str], until: datetime, minutes: int = 60
) -> dict[str, int]:
    """
    Return how often each of some items was clicked in the last minutes.

    It reads these items' minutes alone, however many items and minutes there are.

    Parameters
    ----------
    until
        The end, in UTC; its minute is one of them.
    """
    first = until - timedelta(minutes=minutes - 1)
    pages = environment.client("dynamodb").get_paginator("query")
    found = {}
    for item in items:
        answers = pages.paginate(
            TableName=COUNTS,
            KeyConditionExpression="Item_ID = :item and #at between :first and :last",
            ExpressionAttributeNames={"#at": "Timestamp"},
            ExpressionAttributeValues={
                ":item": {"S": item},
                ":first": {"S": first.strftime(MINUTE)},
                ":last": {"S": until.strftime(MINUTE)},
            },
        )
        found[item] = sum(
            int(minute["Click_Counts"]["N"]) for answer in answers for minute in answer["Items"]
        )
    return found
