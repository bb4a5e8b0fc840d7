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
from typing import Any

import boto3
from botocore.config import Config
from cartwheel.events import TELEMETRY
from lookups import Item, Items, Key, Row, lineage, number, rows_of, settle

# A transaction writes a moment each, and the truck.
ROWS = 98
# Of a transaction of 4 MB: a list that is longer is left to the warehouse.
LIST_BYTES = 8_192
BESIDE = ("event_id", "truck_id", "event_timestamp", "sequence_number", "shard_id", "arrived_at")
DAY = 86_400
# What is sent is made here, so that checking its types again only takes time.
dynamodb = boto3.client("dynamodb", config=Config(parameter_validation=False))


def handle(event: dict[str, Any], context: object) -> dict[str, int]:
    """Keep a batch of one shard, or rows of the warehouse."""
    rows = rows_of(TELEMETRY, event)
    settle(_items, tell, rows, ROWS)
    return {"kept": len(rows)}


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
    for row, (state, moment) in zip(rows, places, strict=True):
        said, record = _said(row), f"{row['event_timestamp']} {lineage(row)}"
        _merge(items, state, said | {"timestamp": row["event_timestamp"]}, record)
        _merge(items, moment, said, record)
        _prolong(items, moment, row)


def _said(row: Row) -> Item:
    """Return the fields that a reading says, as DynamoDB takes them."""
    said: Item = {}
    for name, value in row.items():
        if value is None or name in BESIDE:
            continue
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            said[name] = number(value)
        elif not isinstance(value, (list, tuple)) or len(json.dumps(value)) <= LIST_BYTES:
            said[name] = list(value) if isinstance(value, tuple) else value
    return said


def _merge(items: Items, key: Key, said: Item, record: str) -> None:
    """Set the fields of an item that no greater record has told."""
    item = items[key]
    told = {f: by for by, names in item.get("Told", {}).items() for f in names.split()}
    newer = {name: value for name, value in said.items() if record > told.get(name, "")}
    if not newer and item:
        return
    told |= dict.fromkeys(newer, record)
    records: dict[str, list[str]] = {}
    for name, by in told.items():
        records.setdefault(by, []).append(name)
    items[key] = {**item, **newer, "Told": {by: " ".join(names) for by, names in records.items()}}


def _prolong(items: Items, key: Key, row: Row) -> None:
    """Keep a moment for so many days after its last record arrived."""
    arrived = datetime.fromisoformat(row["arrived_at"]).replace(tzinfo=UTC)
    until = int(arrived.timestamp()) + int(os.environ["DAYS"]) * DAY
    item = items[key]
    if until > item.get("Expires_At", 0):
        items[key] = {**item, "Expires_At": until}
