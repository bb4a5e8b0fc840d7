"""Trucks as they were told last, and their last readings; times are UTC."""

import json
import os
from datetime import UTC, datetime, timedelta
from typing import Any

from keys import READING

from api.callers import Caller
from api.items import (
    Document,
    Table,
    after_of,
    document,
    dynamodb,
    limit_of,
    missing,
    moment_of,
    one,
    page,
    token,
)
from api.problems import Problem
from api.requests import Request

HOUR = timedelta(hours=1)
EARLIEST = datetime.min.replace(tzinfo=UTC)


def _state() -> Table:
    return Table(os.environ["TRUCK_STATE"], "Truck_ID", "")


def _told(truck: str, state: Document) -> Document:
    return {"truck_id": truck} | state | {"timestamp": state["timestamp"] + "Z"}


def every(request: Request, _: Caller) -> dict[str, Any]:
    """Return trucks, each field as it was told last."""
    table, limit = _state(), limit_of(request)
    answer = dynamodb.scan(TableName=table.name, Limit=limit, **after_of(request, table.partition))
    last = answer.get("LastEvaluatedKey")
    return {
        "items": [_told(item[table.partition]["S"], document(item)) for item in answer["Items"]],
        "next": token(last[table.partition]["S"]) if last else None,
    }


def single(request: Request, _: Caller) -> dict[str, Any]:
    """Return a truck, each field as it was told last."""
    truck = request.path["id"]
    found = one(_state(), truck)
    if found is None:
        raise missing(f"There is no truck {truck!r}.")
    return _told(truck, found)


def telemetry(request: Request, _: Caller) -> dict[str, Any]:
    """Return readings of a truck from a moment on to before another, the oldest first."""
    truck = request.path["id"]
    until = moment_of(request, "until", request.received_at)
    # The first hour of all times has none before it.
    since = moment_of(request, "since", until - min(HOUR, until - EARLIEST))
    if since >= until:
        raise Problem(400, "Not readable", "since must be before until.")
    table = Table(os.environ["TRUCK_TELEMETRY"], "Truck_ID", "Timestamp")
    between = _wire(since), _wire(until - timedelta.resolution)
    items, after = page(request, table, truck, between=between)
    return {
        "truck_id": truck,
        "since": since.isoformat(),
        "until": until.isoformat(),
        "items": [
            {"timestamp": moment + "Z"} | json.loads(item[READING]) for moment, item in items
        ],
        "next": after,
    }


def _wire(moment: datetime) -> str:
    """Write a moment as the functions write the readings'."""
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds")
