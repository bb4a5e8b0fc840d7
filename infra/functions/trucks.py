"""
TelemetryToDynamoDBProcessor: each truck as it was told last, and its readings of some weeks.

``TruckState`` has an item for each truck, ``TruckTelemetry`` one for each moment of it (Truck_ID,
Timestamp), which DynamoDB deletes some weeks after it arrived. Gateways send a moment in
several records, each of some fields; ``Told`` says by which record each field was told, so that
the latest moment, and of one moment the greatest lineage, holds field by field, as in the
warehouse.
"""

import json
import os
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

import boto3
from botocore.config import Config
from cartwheel.events import TELEMETRY
from keys import READING
from lookups import Item, Items, Key, Row, lineage, number, rows_of, settle
from metrics import measured

# A transaction writes a moment each, and the truck.
ROWS = 98
# Of a transaction of 4 MB: a list that is longer is left to the warehouse.
LIST_BYTES = 8_192
BESIDE = ("event_id", "truck_id", "event_timestamp", "sequence_number", "shard_id", "arrived_at")
DAY = 86_400
TOLD = "Told"
# What is sent is made here, so that checking its types again only takes time.
dynamodb = boto3.client("dynamodb", config=Config(parameter_validation=False))


def handle(event: dict[str, Any], context: object) -> dict[str, int]:
    """Keep a batch of one shard, or rows of the warehouse."""
    # By truck, so that a transaction is full of moments and has one or two trucks.
    rows = sorted(rows_of(TELEMETRY, event), key=itemgetter("truck_id"))
    settle(_items, tell, rows, ROWS)
    return {"kept": len(rows)}


handler = measured(handle)


def _items() -> Items:
    names = {
        os.environ["TRUCK_STATE"]: ("Truck_ID",),
        os.environ["TRUCK_TELEMETRY"]: ("Truck_ID", "Timestamp"),
    }
    return Items(dynamodb, names)


def tell(items: Items, rows: list[Row]) -> None:
    """Change the trucks and the moments that readings tell of."""
    truck, moments = os.environ["TRUCK_STATE"], os.environ["TRUCK_TELEMETRY"]
    places = [
        (Key(truck, row["truck_id"]), Key(moments, row["truck_id"], row["event_timestamp"]))
        for row in rows
    ]
    items.read(key for pair in places for key in pair)
    news: dict[Key, tuple[dict[str, str], Row]] = {}
    for row, (state, moment) in zip(rows, places, strict=True):
        said, record = _said(row), f"{row['event_timestamp']} {lineage(row)}"
        if state not in news:
            news[state] = _records(items[state]), {}
        told, fields = news[state]
        newer = [name for name in (*said, "timestamp") if record > told.get(name, "")]
        told |= dict.fromkeys(newer, record)
        fields |= {name: said.get(name, row["event_timestamp"]) for name in newer}
        _keep(items, moment, said, record, row)
    # What a batch tells of a truck is mostly told anew by its next row, so it is made once.
    for state, (told, fields) in news.items():
        if fields:
            stored = {name: _stored(value) for name, value in fields.items()}
            items[state] = {**items[state], **stored, TOLD: _by_record(told)}


def _said(row: Row) -> Row:
    """Return the fields that a reading says."""
    return {
        name: value
        for name, value in row.items()
        if value is not None
        and name not in BESIDE
        and not (isinstance(value, (list, tuple)) and len(json.dumps(value)) > LIST_BYTES)
    }


def _stored(value: Any) -> Any:
    """Return a value as DynamoDB takes it."""
    if isinstance(value, tuple):
        return list(value)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number(value) if is_number else value


def _records(item: Item) -> dict[str, str]:
    """Return by which record each field of an item is told."""
    return {name: by for by, names in item.get(TOLD, {}).items() for name in names.split()}


def _told(item: Item, said: Row, record: str) -> dict[str, str] | None:
    """Return by which record each field is told after this one, None if it tells no news."""
    told = _records(item)
    newer = [name for name in said if record > told.get(name, "")]
    return told | dict.fromkeys(newer, record) if newer or not item else None


def _by_record(told: dict[str, str]) -> dict[str, str]:
    """Return the names of the fields by their records: most items have one or two."""
    records: dict[str, list[str]] = {}
    for name, by in told.items():
        records.setdefault(by, []).append(name)
    return {by: " ".join(names) for by, names in records.items()}


def _keep(items: Items, key: Key, said: Row, record: str, row: Row) -> None:
    """
    Keep a moment, until so many days after its last record arrived.

    Its fields are one attribute: of that many items each attribute has its price in time.
    """
    item = items[key]
    arrived = datetime.fromisoformat(row["arrived_at"]).replace(tzinfo=UTC)
    until = int(arrived.timestamp()) + int(os.environ["DAYS"]) * DAY
    told = _told(item, said, record)
    if told is None and until <= item["Expires_At"]:
        return
    changed = {**item, "Expires_At": max(until, item.get("Expires_At", 0))}
    if told is not None:
        fields = json.loads(item.get(READING, "{}"))
        fields |= {name: said[name] for name, by in told.items() if by == record}
        changed |= {READING: json.dumps(fields, sort_keys=True), TOLD: _by_record(told)}
    items[key] = changed
