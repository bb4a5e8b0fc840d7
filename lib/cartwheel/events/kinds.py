"""
The kinds of events: stream, lake prefix, RAW table; decoding them, and the rows they become.
"""

import functools
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from cartwheel.events.records import (
    Click,
    DeliveryEvent,
    Engine,
    Event,
    Health,
    Lineage,
    Operation,
    OrderLine,
    ProductChange,
    Telemetry,
    TruckService,
)
from cartwheel.events.rules import (
    EventError,
    check_click,
    check_delivery,
    check_order_line,
    check_timestamp,
    wire_time,
)

SEQUENCE_DIGITS = 60

_TAG = "operation"
_PATH = re.compile(r" - at `\$\.?(.*)`$")
_FIELD = re.compile(r"(?:field|contains unknown field) `([^`]+)`")


def _tag(struct: type[msgspec.Struct]) -> str:
    return str(struct.__struct_config__.tag)


def _allowed(kind: "Kind", record: Any, field: str) -> list[str]:
    """Return the words that a field of fixed words admits."""
    if len(kind.structs) > 1 and field == _TAG:
        return [_tag(struct) for struct in kind.structs]
    tag = record.get(_TAG) if isinstance(record, dict) else None
    meant = next((s for s in kind.structs if _tag(s) == tag), kind.structs[0])
    hint = get_type_hints(meant).get(field)
    literals = [hint, *get_args(hint)]
    return [word for h in literals if get_origin(h) is Literal for word in get_args(h)]


def _explain(kind: "Kind", error: Exception, data: bytes) -> EventError:
    """Add the field's value and the allowed words, which msgspec leaves out of its message."""
    message = str(error)
    found = _PATH.search(message)
    path = found[1] if found else ""
    rule = _PATH.sub("", message)
    record: Any = _leniently(data)
    value = record
    for part in [p for p in path.split(".") if p]:
        value = value.get(part) if isinstance(value, dict) else value
    if named := _FIELD.search(rule):
        path = f"{path}.{named[1]}".strip(".")
        value = value.get(named[1]) if isinstance(value, dict) else value
    if words := _allowed(kind, record, path):
        rule = f"must be one of {', '.join(words)}"
    return EventError(path or "record", value, rule)


def _leniently(data: bytes) -> Any:
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError):
        return data[:80]  # a rule was broken before the decoder came to what is no JSON


def _click_columns(event: Click) -> dict[str, Any]:
    columns = {f: getattr(event, f) for f in event.__struct_fields__}
    columns["event_timestamp"] = wire_time(columns.pop("timestamp"))
    if event.promised_at is not None:
        columns["promised_at"] = wire_time(event.promised_at)
    return columns


def _prefixed(prefix: str, part: msgspec.Struct | None) -> dict[str, Any]:
    if part is None:
        return {}
    return {f"{prefix}_{f}": getattr(part, f) for f in part.__struct_fields__}


def _telemetry_columns(event: Telemetry) -> dict[str, Any]:
    engine, health = event.engine or Engine(), event.health or Health()
    return {
        "event_id": event.event_id,
        "truck_id": event.truck_id,
        "event_timestamp": wire_time(event.timestamp),
        **_prefixed("gps", event.gps),
        "vehicle_speed": event.vehicle_speed,
        "engine_rpm": engine.rpm,
        "fuel_level": engine.fuel_level,
        "engine_temperature": engine.temperature,
        "oil_pressure": engine.oil_pressure,
        "battery_voltage": engine.battery_voltage,
        "odometer_reading": event.odometer,
        "fuel_consumption": event.fuel_consumption,
        "brake_status": health.brake_status,
        **_prefixed("tire_pressure", health.tire_pressure),
        "transmission_status": health.transmission_status,
        **_prefixed("environment", event.environment),
    }


def _order_line_columns(event: OrderLine) -> dict[str, Any]:
    return {
        "event_id": event.event_id,
        "invoice_no": event.InvoiceNo,
        "stock_code": event.StockCode,
        "description": event.Description,
        "quantity": event.Quantity,
        "invoice_date": event.InvoiceDate.isoformat(timespec="microseconds"),
        "unit_price": event.UnitPrice,
        "customer_id": event.CustomerID,
        "country": event.Country,
    }


def _check_operation(event: Operation, arrived_at: datetime) -> None:
    check_timestamp(event, arrived_at)
    if isinstance(event, DeliveryEvent):
        check_delivery(event)


def _operation_columns(event: Operation) -> dict[str, Any]:
    columns = {f: getattr(event, f) for f in event.__struct_fields__}
    columns["operation"] = _tag(type(event))
    columns["event_timestamp"] = wire_time(columns.pop("timestamp"))
    if isinstance(event, DeliveryEvent):
        columns["promised_from"] = wire_time(event.promised_from)
        columns["promised_until"] = wire_time(event.promised_until)
    return columns


@dataclass(frozen=True)
class Kind:
    """A kind of event: its stream, its lake prefix, its RAW table and its rules."""

    name: str
    stream: str
    prefix: str
    table: str
    structs: tuple[type[msgspec.Struct], ...]
    partition_key: str
    check: Callable[[Any, datetime], None]
    columns: Callable[[Any], dict[str, Any]]


CLICK = Kind(
    "click", "ClickDataStream", "clickstream-data/", "RAW.CLICK_EVENTS",
    (Click,), "session_id", check_click, _click_columns,
)  # fmt: skip
TELEMETRY = Kind(
    "telemetry", "TruckTelemetry", "telemetry-data/", "RAW.TRUCK_TELEMETRY",
    (Telemetry,), "truck_id", check_timestamp, _telemetry_columns,
)  # fmt: skip
ORDER_LINE = Kind(
    "order_line", "ecommerce_data_stream", "orders/", "RAW.ORDER_LINES",
    (OrderLine,), "InvoiceNo", check_order_line, _order_line_columns,
)  # fmt: skip
OPERATION = Kind(
    "operation", "OperationsStream", "operations/", "RAW.OPERATIONS",
    (DeliveryEvent, TruckService, ProductChange), "subject", _check_operation, _operation_columns,
)  # fmt: skip
KINDS = {kind.name: kind for kind in (CLICK, TELEMETRY, ORDER_LINE, OPERATION)}
BY_STREAM = {kind.stream: kind for kind in KINDS.values()}
_DECODERS: dict[str, msgspec.json.Decoder[Any]] = {
    kind.name: msgspec.json.Decoder(functools.reduce(operator.or_, kind.structs))  # type: ignore[arg-type]
    for kind in KINDS.values()
}


def decode(kind: Kind, data: bytes, arrived_at: datetime) -> Any:
    """
    Decode and check one record.

    Parameters
    ----------
    kind
        What the record must be.
    data
        The record's bytes: one JSON object, UTF-8.
    arrived_at
        When the stream received it; times are checked against it.

    Returns
    -------
    Event

    Raises
    ------
    EventError
        Naming the field, its value and the rule it breaks.
    """
    try:
        event = _DECODERS[kind.name].decode(data)
    except msgspec.ValidationError as error:
        raise _explain(kind, error, data) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise EventError("record", data[:80], f"must be one JSON object ({error})") from None
    kind.check(event, arrived_at)
    return event


def encode(event: Event) -> bytes:
    """Encode an event for the wire, as compact JSON."""
    return msgspec.json.encode(event)


def row(kind: Kind, event: Any, lineage: Lineage) -> bytes:
    """Return an event as the row that lands in the lake: flat JSON with its lineage."""
    columns = kind.columns(event)
    columns["stream"] = lineage.stream
    columns["shard_id"] = lineage.shard_id
    columns["sequence_number"] = lineage.sequence_number.zfill(SEQUENCE_DIGITS)
    columns["arrived_at"] = wire_time(lineage.arrived_at)
    return msgspec.json.encode(columns)
