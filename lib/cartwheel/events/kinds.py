"""
The kinds of events: stream, lake prefix, RAW table; decoding them, and the rows they become.
"""

import functools
import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import astuple

from cartwheel.events.records import (
    Click,
    DeliveryEvent,
    DepotMaster,
    DriverShift,
    DrivingEvent,
    Engine,
    Event,
    Gps,
    Health,
    Lineage,
    Operation,
    OrderLine,
    ProductChange,
    Telemetry,
    TirePressure,
    TruckMaster,
    TruckService,
    Weather,
)
from cartwheel.events.rules import (
    check_click,
    check_delivery,
    check_order_line,
    check_timestamp,
    wire_time,
)
from cartwheel.events.shapes import ours
from cartwheel.events.tolerance import parse, tolerate

SEQUENCE_DIGITS = 60
_BESIDE = ("extra", "set_aside")
_CLICK_FIELDS = tuple(f for f in Click.__struct_fields__ if f not in _BESIDE)


def _tag(struct: type[msgspec.Struct]) -> str:
    return str(struct.__struct_config__.tag)


def _click_columns(event: Click) -> dict[str, Any]:
    columns = {f: getattr(event, f) for f in _CLICK_FIELDS}
    columns["event_timestamp"] = wire_time(columns.pop("timestamp"))
    if event.promised_at is not None:
        columns["promised_at"] = wire_time(event.promised_at)
    return columns


def _named(prefix: str, part: type[msgspec.Struct]) -> tuple[str, ...]:
    return tuple(f"{prefix}_{f}" for f in part.__struct_fields__)


_ENGINE, _HEALTH = Engine(), Health()
_GPS_NAMES, _TIRE_NAMES = _named("gps", Gps), _named("tire_pressure", TirePressure)
_WEATHER_NAMES = _named("environment", Weather)


def _part(names: tuple[str, ...], part: msgspec.Struct | None) -> dict[str, Any]:
    return {} if part is None else dict(zip(names, astuple(part), strict=True))


def _telemetry_columns(event: Telemetry) -> dict[str, Any]:
    engine, health = event.engine or _ENGINE, event.health or _HEALTH
    return {
        "event_id": event.event_id,
        "truck_id": event.truck_id,
        "event_timestamp": wire_time(event.timestamp),
        **_part(_GPS_NAMES, event.gps),
        "vehicle_speed": event.vehicle_speed,
        "engine_rpm": engine.rpm,
        "fuel_level": engine.fuel_level,
        "engine_temperature": engine.temperature,
        "oil_pressure": engine.oil_pressure,
        "battery_voltage": engine.battery_voltage,
        "odometer_reading": event.odometer,
        "fuel_consumption": event.fuel_consumption,
        "brake_status": health.brake_status,
        **_part(_TIRE_NAMES, health.tire_pressure),
        "transmission_status": health.transmission_status,
        **_part(_WEATHER_NAMES, event.environment),
        "ignition": event.ignition,
        "fuel_rate": event.fuel_rate,
        "fuel_used": event.fuel_used,
        "engine_hours": event.engine_hours,
        "driver_id": event.driver_id,
        "lamps": event.lamps,
        "trouble_codes": event.trouble_codes,
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


def _check_reading(event: Telemetry, arrived_at: datetime) -> Telemetry:
    check_timestamp(event, arrived_at)
    return event


def _check_operation(event: Operation, arrived_at: datetime) -> Operation:
    check_timestamp(event, arrived_at)
    if isinstance(event, DeliveryEvent):
        check_delivery(event)
    return event


def _operation_columns(event: Operation) -> dict[str, Any]:
    columns = {f: getattr(event, f) for f in event.__struct_fields__ if f not in _BESIDE}
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
    check: Callable[[Any, datetime], Any]
    columns: Callable[[Any], dict[str, Any]]


CLICK = Kind(
    "click", "ClickDataStream", "clickstream-data/", "RAW.CLICK_EVENTS",
    (Click,), "session_id", check_click, _click_columns,
)  # fmt: skip
TELEMETRY = Kind(
    "telemetry", "TruckTelemetry", "telemetry-data/", "RAW.TRUCK_TELEMETRY",
    (Telemetry,), "truck_id", _check_reading, _telemetry_columns,
)  # fmt: skip
ORDER_LINE = Kind(
    "order_line", "ecommerce_data_stream", "orders/", "RAW.ORDER_LINES",
    (OrderLine,), "InvoiceNo", check_order_line, _order_line_columns,
)  # fmt: skip
OPERATION = Kind(
    "operation", "OperationsStream", "operations/", "RAW.OPERATIONS",
    (
        DeliveryEvent, TruckService, ProductChange, DriverShift, DrivingEvent, DepotMaster,
        TruckMaster,
    ),
    "subject", _check_operation, _operation_columns,
)  # fmt: skip
KINDS = {kind.name: kind for kind in (CLICK, TELEMETRY, ORDER_LINE, OPERATION)}
BY_STREAM = {kind.stream: kind for kind in KINDS.values()}
_DECODERS: dict[str, msgspec.json.Decoder[Any]] = {
    kind.name: msgspec.json.Decoder(functools.reduce(operator.or_, kind.structs))  # type: ignore[arg-type]
    for kind in KINDS.values()
}


# What an event must say, as bytes: a record that says one of them twice is looked at again.
_REQUIRED: dict[str, tuple[bytes, ...]] = {
    kind.name: tuple(
        f'"{name}":'.encode()
        for name in dict.fromkeys(
            f.encode_name for s in kind.structs for f in msgspec.structs.fields(s) if f.required
        )
    )
    for kind in KINDS.values()
}


def decode(kind: Kind, data: bytes, arrived_at: datetime, record_id: str | None = None) -> Any:
    """
    Decode and check one record.

    An optional value that is broken or impossible becomes null; ``set_aside`` of the event
    says field, value and rule. Unknown fields are kept in ``extra``.

    Parameters
    ----------
    kind
        What the record must be.
    data
        The record's bytes: one JSON object, UTF-8.
    arrived_at
        When the stream received it; times are checked against it.
    record_id
        The id of a click or an order line whose producer gives none: shard and sequence number.

    Returns
    -------
    Event

    Raises
    ------
    EventError
        If a required field is missing or broken, or the bytes are no JSON object: the field,
        its value and the rule.
    """
    try:
        event = _DECODERS[kind.name].decode(data)
        is_plain = event.extra is None and event.set_aside is None
        for name in _REQUIRED[kind.name]:
            if data.count(name) > 1:
                is_plain = False
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        is_plain = False
    if not is_plain:
        record = ours(kind.name, parse(data), arrived_at, record_id)
        event = tolerate(kind.structs, record)
    return kind.check(event, arrived_at)


def schema(kind: Kind) -> dict[str, Any]:
    """Return the JSON Schema of a kind's events as they are sent; other fields are allowed."""
    made = msgspec.json.schema(functools.reduce(operator.or_, kind.structs))  # type: ignore[arg-type]
    for definition in made["$defs"].values():
        definition.pop("additionalProperties", None)
        for name in _BESIDE:
            definition["properties"].pop(name, None)
    made["$defs"].pop("SetAside", None)
    return made


def encode(event: Event) -> bytes:
    """Encode an event for the wire, as compact JSON."""
    return msgspec.json.encode(event)


# Records that are put together, or loaded, arrive at one time.
_arrival = functools.lru_cache(1024)(wire_time)


def row(kind: Kind, event: Any, lineage: Lineage) -> bytes:
    """Return an event as the row that lands in the lake: flat JSON with its lineage."""
    columns = kind.columns(event)
    columns["extra"] = event.extra
    columns["set_aside"] = event.set_aside
    columns["stream"] = lineage.stream
    columns["shard_id"] = lineage.shard_id
    columns["sequence_number"] = lineage.sequence_number.zfill(SEQUENCE_DIGITS)
    columns["arrived_at"] = _arrival(lineage.arrived_at)
    return msgspec.json.encode(columns)
