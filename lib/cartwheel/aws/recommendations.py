"""DynamoDB: the recommendations that the API answers."""

import random
import time
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from boto3.dynamodb.types import TypeSerializer

from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError

TABLE = "Recommendations"
# Of a request that writes; and how often what was left of one is sent again.
ITEMS, ATTEMPTS = 25, 10
_serialize = TypeSerializer().serialize


def publish(environment: Environment, items: Iterable[Mapping[str, Any]], edition: str) -> int:
    """
    Put an edition in the place of the one before; return how many items it has.

    Parameters
    ----------
    items
        ``Subject``, which is the key, and what is answered for it.
    edition
        Its name. What bears another one is removed when all of this one is there, so that an
        interrupted run leaves both, and the next one goes on.
    """
    count = 0
    puts = ({"PutRequest": {"Item": _item(each, edition)}} for each in items)
    while batch := list(islice(puts, ITEMS)):
        _write(environment, batch)
        count += len(batch)
    pages = environment.client("dynamodb").get_paginator("scan").paginate(
        TableName=TABLE, ProjectionExpression="Subject",
        FilterExpression="Edition <> :edition",
        ExpressionAttributeValues={":edition": {"S": edition}},
    )  # fmt: skip
    old = ({"DeleteRequest": {"Key": item}} for page in pages for item in page["Items"])
    while batch := list(islice(old, ITEMS)):
        _write(environment, batch)
    return count


def _item(content: Mapping[str, Any], edition: str) -> dict[str, Any]:
    return {n: _serialize(v) for n, v in content.items()} | {"Edition": {"S": edition}}


def _write(environment: Environment, requests: list[dict[str, Any]]) -> None:
    left = {TABLE: requests}
    for attempt in range(ATTEMPTS):
        answer = environment.client("dynamodb").batch_write_item(RequestItems=left)
        left = answer.get("UnprocessedItems") or {}
        if not left:
            return
        time.sleep(random.uniform(0, 0.05 * 2**attempt))
    raise CartwheelError(f"DynamoDB is busy: {TABLE} is not written whole. Run the same again.")
