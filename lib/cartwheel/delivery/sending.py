"""Send events of one's own from Python: dicts or a DataFrame."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import pandas as pd

from cartwheel.aws import kinesis
from cartwheel.environment import Environment
from cartwheel.errors import UsageError, unknown
from cartwheel.events import KINDS, EventError, Kind, decode

# A field that only this kind has, in the order in which it is looked for.
_TOLD_BY = {"operation": "operation", "StockCode": "order_line", "truck_id": "telemetry"}


def send(
    environment: Environment,
    events: pd.DataFrame | Iterable[Mapping[str, Any]],
    kind: str | None = None,
) -> int:
    """
    Send events to their stream; return how many. All are checked before the first is sent.

    Parameters
    ----------
    events
        A row or a dict each, in the wire format (docs/wire.md). Of a DataFrame a column such as
        ``engine.rpm`` is a field of a part; NaN and NaT are not sent.
    kind
        click, telemetry, order_line or operation; by default what the fields of the first
        event tell.

    Raises
    ------
    UsageError
        If an event cannot be one of the kind, naming its place, the field, its value and the
        rule.
    CartwheelError
        If the stream takes nothing for a while.
    """
    rows = _rows(events) if isinstance(events, pd.DataFrame) else [dict(each) for each in events]
    if not rows:
        return 0
    chosen = _kind(kind, rows[0])
    now = datetime.now(UTC)
    records = [_record(chosen, place, row, now) for place, row in enumerate(rows)]
    kinesis.put(environment, chosen.stream, records)
    return len(records)


def _kind(name: str | None, first: Mapping[str, Any]) -> Kind:
    if name is None:
        name = next((kind for field, kind in _TOLD_BY.items() if field in first), "click")
    if name not in KINDS:
        raise unknown("kind", name, KINDS)
    return KINDS[name]


def _record(kind: Kind, place: int, row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    try:
        data = msgspec.json.encode(row)
        event = decode(kind, data, now, f"event {place}")
    except EventError as error:
        raise UsageError(f"Event {place} is no {kind.name}: {error}. Nothing was sent.") from None
    except (TypeError, ValueError) as error:
        raise UsageError(f"Event {place} is no JSON: {error}. Nothing was sent.") from None
    key = str(getattr(event, kind.partition_key) or event.event_id)[:256]
    if len(data) + len(key.encode()) > kinesis.RECORD_BYTES:
        raise UsageError(f"Event {place} has {len(data):,} bytes; a stream takes 1 MiB at most.")
    return {"Data": data, "PartitionKey": key}


def put(row: dict[str, Any], path: Sequence[str], value: Any) -> None:
    """Put a value at a field's path into a row; the parts on the way are made if need be."""
    for part in path[:-1]:
        row = row.setdefault(part, {})
    row[path[-1]] = value


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows = []
    for values in frame.to_dict("records"):
        row: dict[str, Any] = {}
        for name, value in values.items():
            plain = _plain(value)
            if plain is None:
                continue
            put(row, str(name).split("."), plain)
        rows.append(row)
    return rows


def _plain(value: Any) -> Any:
    """Return a cell as JSON has it, None if it holds nothing."""
    if isinstance(value, list | tuple | dict):
        return value
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value
