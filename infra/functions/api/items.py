"""Items of DynamoDB as documents, and pages of them."""

import base64
import binascii
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import boto3
from boto3.dynamodb.types import TypeDeserializer
from keys import READING

from api.problems import Problem
from api.requests import Request

LIMIT, MOST = 100, 1000

dynamodb = boto3.client("dynamodb")
_deserialize = TypeDeserializer().deserialize
Document = dict[str, Any]


@dataclass(frozen=True)
class Table:
    """A table, and what the two parts of its key are called."""

    name: str
    partition: str
    sort: str


def document(item: dict[str, Any]) -> Document:
    """Return an item without what is for us alone, which begins with a capital."""
    return {
        name: _plain(_deserialize(value))
        for name, value in item.items()
        if name == READING or not name[0].isupper()
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def one(table: Table, partition: str, sort: str | None = None) -> Document | None:
    """Return an item as a document, None if there is none."""
    key = {table.partition: {"S": partition}}
    if sort is not None:
        key[table.sort] = {"S": sort}
    found = dynamodb.get_item(TableName=table.name, Key=key).get("Item")
    return None if found is None else document(found)


def page(
    request: Request,
    table: Table,
    partition: str,
    *,
    prefix: str = "",
    between: tuple[str, str] | None = None,
    is_wanted: Callable[[Document], bool] = lambda _: True,
    newest_first: bool = False,
) -> tuple[list[tuple[str, Document]], str | None]:
    """
    Return some items of a partition, and the token of the page after them.

    Parameters
    ----------
    prefix
        What the sort keys begin with.
    between
        The first and the last sort key.
    is_wanted
        What is left out is not counted.

    Returns
    -------
    list of (str, dict)
        Sort key and document.
    str or None
        None if this is the last page.
    """
    limit, after = limit_of(request), _after(request)
    found: list[tuple[str, Document]] = []
    condition, values = _condition(prefix, between)
    asked: dict[str, Any] = {
        "TableName": table.name,
        "KeyConditionExpression": f"#partition = :partition{condition}",
        "ExpressionAttributeNames": {"#partition": table.partition},
        "ExpressionAttributeValues": {":partition": {"S": partition}} | values,
        "ScanIndexForward": not newest_first,
        "PaginationConfig": {"PageSize": limit + 2},
    }
    if condition:
        asked["ExpressionAttributeNames"]["#sort"] = table.sort
    if after is not None:
        asked["ExclusiveStartKey"] = {table.partition: {"S": partition}, table.sort: {"S": after}}
    for sort, each in _items(table, asked):
        if not is_wanted(each):
            continue
        if len(found) == limit:
            return found, token(found[-1][0])
        found.append((sort, each))
    return found, None


def _condition(prefix: str, between: tuple[str, str] | None) -> tuple[str, dict[str, Any]]:
    if prefix:
        return " and begins_with(#sort, :prefix)", {":prefix": {"S": prefix}}
    if between is None:
        return "", {}
    first, last = between
    return " and #sort between :first and :last", {":first": {"S": first}, ":last": {"S": last}}


def _items(table: Table, asked: dict[str, Any]) -> Iterator[tuple[str, Document]]:
    for found in dynamodb.get_paginator("query").paginate(**asked):
        for item in found["Items"]:
            yield item[table.sort]["S"], document(item)


def limit_of(request: Request) -> int:
    """Return how many a page is to have."""
    return number_of(request, "limit", LIMIT, MOST)


def number_of(request: Request, name: str, default: int, most: int) -> int:
    """
    Return a number that is asked for.

    Raises
    ------
    Problem
        If it is none from 1 to the most.
    """
    text = request.query.get(name, str(default))
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= most):
        raise Problem(400, "Not readable", f"{name} = {text!r} must be a number from 1 to {most}.")
    return int(text)


def token(place: str) -> str:
    """Return the token of the page after a place."""
    return base64.urlsafe_b64encode(place.encode()).decode()


def _after(request: Request) -> str | None:
    """Return the place after which a page begins; a token leads nowhere else than it."""
    text = request.query.get("next")
    if text is None:
        return None
    try:
        place = base64.b64decode(text.encode("ascii"), b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError):
        place = ""
    if not 0 < len(place.encode()) <= 1024:
        raise Problem(400, "Not readable", "next is no token of a page that was answered.")
    return place


def after_of(request: Request, partition: str) -> dict[str, Any]:
    """Return where a scan of single items goes on."""
    after = _after(request)
    return {} if after is None else {"ExclusiveStartKey": {partition: {"S": after}}}


def moment_of(request: Request, name: str, default: datetime) -> datetime:
    """
    Return a time that is asked for; one without an offset is UTC.

    Raises
    ------
    Problem
        If it is no time in ISO 8601.
    """
    text = request.query.get(name)
    if text is None:
        return default
    try:
        # In a query a plus that nobody escaped is a blank.
        moment = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise Problem(
            400,
            "Not readable",
            f"{name} = {text!r} must be a time in ISO 8601, such as 2026-11-20T08:00:00Z.",
        ) from None


def missing(detail: str) -> Problem:
    """Return the problem of something that is not there."""
    return Problem(404, "Not found", detail)
