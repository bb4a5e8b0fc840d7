"""Tables of a test's own in the embedded DynamoDB, and batches as Lambda hands them over."""

import base64
import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from boto3.dynamodb.types import TypeDeserializer
from cartwheel.environment import Environment

ARRIVED = 1_796_000_000.0
_plain = TypeDeserializer().deserialize


@contextmanager
def tables(environment: Environment, **keys: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """Make a table for each variable of a function, with the parts of its key."""
    client = environment.client("dynamodb")
    names = {}
    for variable, parts in keys.items():
        names[variable] = f"{variable}-{random.getrandbits(40)}"
        client.create_table(
            TableName=names[variable],
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": k, "AttributeType": "S"} for k in parts],
            KeySchema=[
                {"AttributeName": k, "KeyType": t}
                for k, t in zip(parts, ("HASH", "RANGE"), strict=False)
            ],
        )
    yield names
    for name in names.values():
        client.delete_table(TableName=name)


def items(environment: Environment, table: str) -> list[dict[str, Any]]:
    """Return the items of a table, without what counts their writes."""
    found = environment.client("dynamodb").scan(TableName=table, ConsistentRead=True)["Items"]
    return [
        {name: _plain(value) for name, value in item.items() if name != "Version"} for item in found
    ]


def empty(client: Any, table: str, parts: tuple[str, ...]) -> None:
    """Remove all items of a table."""
    for item in client.scan(TableName=table, ConsistentRead=True)["Items"]:
        client.delete_item(TableName=table, Key={name: item[name] for name in parts})


def batch(records: list[dict[str, Any]], numbers: list[int] | None = None) -> dict[str, Any]:
    """Return a batch of a stream: records with sequence numbers, by default from 1 on."""
    return {
        "Records": [
            {
                "eventID": f"shardId-000000000000:{number}",
                "kinesis": {
                    "sequenceNumber": str(number),
                    "partitionKey": "p",
                    "data": base64.b64encode(json.dumps(record).encode()).decode(),
                    "approximateArrivalTimestamp": ARRIVED,
                },
            }
            for number, record in zip(numbers or range(1, len(records) + 1), records, strict=True)
        ]
    }
