"""DynamoDB: what the lookups hold, and how they are handed rows."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError

# Of a function's 6 MB and of its time.
REQUEST_BYTES, REQUEST_ROWS = 3_000_000, 500
SUMMARY = "-"
Item = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Customers:
    """What the summaries of all customers come to."""

    lines: int
    net_amount: Decimal


def items(environment: Environment, table: str, *attributes: str) -> Iterator[Item]:
    """Give these attributes of each item of a table."""
    names = {f"#{place}": name for place, name in enumerate(attributes)}
    pages = environment.client("dynamodb").get_paginator("scan").paginate(
        TableName=table,
        ProjectionExpression=", ".join(names),
        ExpressionAttributeNames=names,
    )  # fmt: skip
    for page in pages:
        yield from page["Items"]


def _count(environment: Environment, table: str, condition: str, **values: Any) -> int:
    """Count the items of a table that a condition holds of, without fetching them."""
    pages = (
        environment.client("dynamodb")
        .get_paginator("scan")
        .paginate(TableName=table, Select="COUNT", FilterExpression=condition, **values)
    )
    return sum(int(page["Count"]) for page in pages)


def count_lines(environment: Environment) -> int:
    """Return how many lines the invoices hold."""
    return _count(environment, "Invoices", "attribute_exists(stock_code)")


def customers(environment: Environment) -> Customers:
    """Return what the customers' summaries come to."""
    lines, net_amount = 0, Decimal(0)
    for item in items(environment, "Customers", "Part", "lines", "net_amount"):
        if item["Part"]["S"] == SUMMARY:
            lines += int(item["lines"]["N"])
            net_amount += Decimal(item["net_amount"]["N"])
    return Customers(lines, net_amount)


def newest(environment: Environment) -> dict[str, str]:
    """Return each truck's newest moment, in ISO 8601."""
    found = items(environment, "TruckState", "Truck_ID", "timestamp")
    return {item["Truck_ID"]["S"]: item["timestamp"]["S"] for item in found}


def count_moments(environment: Environment, now: float) -> int:
    """Return how many moments of trucks are kept, but for those that are to go by now."""
    until = {":now": {"N": str(int(now))}}
    return _count(
        environment, "TruckTelemetry", "Expires_At > :now", ExpressionAttributeValues=until
    )


def hand_over(
    environment: Environment,
    function: str,
    rows: Iterable[dict[str, Any]],
    tell: Callable[[int], None],
) -> int:
    """
    Let a lookup's function keep rows of the warehouse; return how many.

    Parameters
    ----------
    tell
        Told how many more are kept, from time to time.

    Raises
    ------
    CartwheelError
        If the function fails; what it was handed before is kept.
    """
    count = 0
    for body, size in _bodies(rows):
        answer = environment.client("lambda").invoke(FunctionName=function, Payload=body)
        if "FunctionError" in answer:
            told = answer["Payload"].read().decode(errors="replace")
            raise CartwheelError(
                f"{function} failed after {count:,} rows: {told[:500]}. Remove the cause and run "
                "the same again."
            )
        count += size
        tell(size)
    return count


def _bodies(rows: Iterable[dict[str, Any]]) -> Iterator[tuple[bytes, int]]:
    parts: list[bytes] = []
    size = 0
    for row in rows:
        text = json.dumps(row).encode()
        if parts and (size + len(text) > REQUEST_BYTES or len(parts) == REQUEST_ROWS):
            yield b'{"rows":[' + b",".join(parts) + b"]}", len(parts)
            parts, size = [], 0
        parts.append(text)
        size += len(text) + 1
    if parts:
        yield b'{"rows":[' + b",".join(parts) + b"]}", len(parts)
