"""The live counts of a product's clicks, by event minute."""

import os
from datetime import datetime, timedelta
from typing import Any

import boto3

from api.callers import Caller
from api.items import number_of
from api.requests import Request

MINUTES, MOST_MINUTES = 60, 1440

dynamodb = boto3.client("dynamodb")


def of_product(request: Request, _: Caller) -> dict[str, Any]:
    """Return how often a product was clicked in the last minutes; a minute without is not told."""
    minutes = number_of(request, "minutes", MINUTES, MOST_MINUTES)
    first = request.received_at - timedelta(minutes=minutes - 1)
    product = request.path["id"]
    pages = dynamodb.get_paginator("query").paginate(
        TableName=os.environ["COUNT_TABLE"],
        KeyConditionExpression="Item_ID = :item and #at between :first and :last",
        ExpressionAttributeNames={"#at": "Timestamp"},
        ExpressionAttributeValues={
            ":item": {"S": product},
            ":first": {"S": _minute(first)},
            ":last": {"S": _minute(request.received_at)},
        },
    )
    items = [item for page in pages for item in page["Items"]]
    counts = [(item["Timestamp"]["S"], int(item["Click_Counts"]["N"])) for item in items]
    return {
        "product_id": product,
        "product_name": items[-1]["Item_Name"]["S"] if items else None,
        "minutes": minutes,
        "clicks": sum(count for _, count in counts),
        "by_minute": [{"minute": minute, "clicks": count} for minute, count in counts],
    }


def _minute(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:00Z")
