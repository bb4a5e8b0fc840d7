"""
The records that cross the wire, their rules, and the rows they become.

A producer encodes a :class:`Click`, :class:`Telemetry` or :class:`OrderLine` as
JSON; a function decodes it with :func:`decode`, which says field, value and rule
of whatever does not fit, and lands :func:`row`. This module imports neither
boto3 nor the connector: it is all that the Lambda functions need.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

Text = Annotated[str, Meta(min_length=1, max_length=2048)]
Key = Annotated[str, Meta(min_length=1, max_length=256)]
Price = Annotated[float, Meta(ge=0, le=1e9)]
Percent = Annotated[float, Meta(ge=0, le=100)]
Celsius = Annotated[float, Meta(ge=-100, le=2000)]
Kilopascal = Annotated[float, Meta(ge=0, le=5000)]
KilometresPerHour = Annotated[float, Meta(ge=0, le=500)]

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
CLOCK_TOLERANCE = timedelta(minutes=15)
# A shop's local time runs at most 14 hours ahead of UTC.
LARGEST_UTC_OFFSET = timedelta(hours=14)
SEQUENCE_DIGITS = 60


class _Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    event_id: Key


class Click(_Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One step of a visitor in the shop; prices in the shop's currency."""

    session_id: Key
    event_type: Literal["view", "click", "add_to_cart", "purchase"]
    timestamp: datetime
    user_id: Key | None = None
    page: Text | None = None
    product_id: Key | None = None
    product_name: Text | None = None
    device_type: Literal["mobile", "desktop", "tablet"] | None = None
    referrer_url: Text | None = None
    location: Text | None = None
    browser: Text | None = None
    user_type: Literal["new", "returning"] | None = None
    quantity: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    price: Price | None = None
    order_id: Key | None = None
    campaign: Key | None = None
    experiment: Key | None = None
    shown_price: Price | None = None
    stock_band: Key | None = None
    promised_at: datetime | None = None


class Gps(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Degrees (WGS 84), metres above sea level, km/h."""

    latitude: Annotated[float, Meta(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Meta(ge=-180, le=180)] | None = None
    altitude: Annotated[float, Meta(ge=-500, le=20_000)] | None = None
    speed: KilometresPerHour | None = None


class Engine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Revolutions per minute, tank level in %, °C, kPa, volts."""

    rpm: Annotated[float, Meta(ge=0, le=20_000)] | None = None
    fuel_level: Percent | None = None
    temperature: Celsius | None = None
    oil_pressure: Kilopascal | None = None
    battery_voltage: Annotated[float, Meta(ge=0, le=1000)] | None = None


class TirePressure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of the four wheels, kPa."""

    front_left: Kilopascal | None = None
    front_right: Kilopascal | None = None
    rear_left: Kilopascal | None = None
    rear_right: Kilopascal | None = None


class Health(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the truck reports of itself."""

    brake_status: Key | None = None
    tire_pressure: TirePressure | None = None
    transmission_status: Key | None = None


class Weather(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Around the truck: °C, relative humidity in %, hPa."""

    temperature: Annotated[float, Meta(ge=-100, le=100)] | None = None
    humidity: Percent | None = None
    pressure: Annotated[float, Meta(ge=300, le=1200)] | None = None


class Telemetry(_Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One reading of a truck: km/h, km, litres per 100 km; null where it has no sensor."""

    truck_id: Key
    timestamp: datetime
    gps: Gps | None = None
    vehicle_speed: KilometresPerHour | None = None
    engine: Engine | None = None
    odometer: Annotated[float, Meta(ge=0, le=1e8)] | None = None
    fuel_consumption: Annotated[float, Meta(ge=0, le=10_000)] | None = None
    health: Health | None = None
    environment: Weather | None = None


class OrderLine(_Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of an invoice; ``InvoiceDate`` is the shop's local time, without offset."""

    InvoiceNo: Key
    StockCode: Key
    Description: Annotated[str, Meta(max_length=2048)] | None
    Quantity: Annotated[int, Meta(ge=-(10**9), le=10**9)]
    InvoiceDate: datetime
    UnitPrice: Annotated[float, Meta(ge=-1e9, le=1e9)]
    CustomerID: Key | None
    Country: Key


Event = Click | Telemetry | OrderLine


class Lineage(msgspec.Struct, frozen=True, kw_only=True):
    """Where a record came from: the part of a row that makes it traceable."""

    stream: str
    shard_id: str
    sequence_number: str
    arrived_at: datetime


class EventError(ValueError):
    """
    A record is not an event.

    Attributes
    ----------
    field, value, rule
        What did not fit: the dotted name, what stood there, what is allowed.
    """

    def __init__(self, field: str, value: Any, rule: str) -> None:
        try:
            shown = repr(value)
        except RecursionError:
            shown = "a deeply nested value"
        shown = shown if len(shown) <= 120 else shown[:117] + "..."
        super().__init__(f"{field}: {rule}, got {shown}")
        self.field, self.value, self.rule = field, value, rule


_PATH = re.compile(r" - at `\$\.?(.*)`$")
_FIELD = re.compile(r"(?:field|contains unknown field) `([^`]+)`")


def _allowed(struct: type[msgspec.Struct], field: str) -> list[str]:
    """Return the words that a field of fixed words admits."""
    hint = get_type_hints(struct).get(field)
    literals = [hint, *get_args(hint)]
    return [word for h in literals if get_origin(h) is Literal for word in get_args(h)]


def _explain(struct: type[msgspec.Struct], error: Exception, data: bytes) -> EventError:
    """Add the field's value and the allowed words, which msgspec leaves out of its message."""
    message = str(error)
    found = _PATH.search(message)
    path = found[1] if found else ""
    rule = _PATH.sub("", message)
    value: Any = _leniently(data)
    for part in [p for p in path.split(".") if p]:
        value = value.get(part) if isinstance(value, dict) else value
    if named := _FIELD.search(rule):
        path = f"{path}.{named[1]}".strip(".")
        value = value.get(named[1]) if isinstance(value, dict) else value
    if words := _allowed(struct, path):
        rule = f"must be one of {', '.join(words)}"
    return EventError(path or "record", value, rule)


def _leniently(data: bytes) -> Any:
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError):
        return data[:80]  # a rule was broken before the decoder came to what is no JSON


def to_utc(moment: datetime) -> datetime:
    """Return the instant in UTC; a time without offset is UTC already."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def wire_time(moment: datetime) -> str:
    """Write an instant as the warehouse reads it: UTC, without offset, microseconds."""
    return to_utc(moment).replace(tzinfo=None).isoformat(timespec="microseconds")


def _instant(field: str, moment: datetime) -> datetime:
    try:
        instant = to_utc(moment)
    except OverflowError:
        raise EventError(field, str(moment), "must be a time between 2000 and 9999") from None
    if instant < EARLIEST:
        raise EventError(field, str(moment), "must not be before 2000-01-01")
    return instant


def _check_instant(field: str, moment: datetime, arrived_at: datetime) -> None:
    instant = _instant(field, moment)
    if instant > to_utc(arrived_at) + CLOCK_TOLERANCE:
        raise EventError(field, str(moment), "must not be later than arrival + 15 minutes")


def _check_click(event: Click, arrived_at: datetime) -> None:
    _check_instant("timestamp", event.timestamp, arrived_at)
    if event.event_type == "purchase":
        for field in ("product_id", "quantity", "price", "order_id"):
            if getattr(event, field) is None:
                raise EventError(field, None, "is required on a purchase")
    if event.promised_at is not None:
        _instant("promised_at", event.promised_at)


def _check_telemetry(event: Telemetry, arrived_at: datetime) -> None:
    _check_instant("timestamp", event.timestamp, arrived_at)


def _check_order_line(event: OrderLine, arrived_at: datetime) -> None:
    moment = event.InvoiceDate
    if moment.tzinfo is not None:
        raise EventError("InvoiceDate", str(moment), "must be the shop's local time, no offset")
    latest = to_utc(arrived_at) + CLOCK_TOLERANCE + LARGEST_UTC_OFFSET
    if moment.replace(tzinfo=UTC) > latest:
        raise EventError("InvoiceDate", str(moment), "must not lie in the future")


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


@dataclass(frozen=True)
class Kind:
    """A kind of event: its stream, its lake prefix, its RAW table and its rules."""

    name: str
    stream: str
    prefix: str
    table: str
    struct: type[msgspec.Struct]
    partition_key: str
    check: Callable[[Any, datetime], None]
    columns: Callable[[Any], dict[str, Any]]


CLICK = Kind(
    "click", "ClickDataStream", "clickstream-data/", "RAW.CLICK_EVENTS",
    Click, "session_id", _check_click, _click_columns,
)  # fmt: skip
TELEMETRY = Kind(
    "telemetry", "TruckTelemetry", "telemetry-data/", "RAW.TRUCK_TELEMETRY",
    Telemetry, "truck_id", _check_telemetry, _telemetry_columns,
)  # fmt: skip
ORDER_LINE = Kind(
    "order_line", "ecommerce_data_stream", "orders/", "RAW.ORDER_LINES",
    OrderLine, "InvoiceNo", _check_order_line, _order_line_columns,
)  # fmt: skip
KINDS = {kind.name: kind for kind in (CLICK, TELEMETRY, ORDER_LINE)}
BY_STREAM = {kind.stream: kind for kind in KINDS.values()}
_DECODERS = {kind.name: msgspec.json.Decoder(kind.struct) for kind in KINDS.values()}


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
    Click | Telemetry | OrderLine

    Raises
    ------
    EventError
        Naming the field, its value and the rule it breaks.
    """
    try:
        event = _DECODERS[kind.name].decode(data)
    except msgspec.ValidationError as error:
        raise _explain(kind.struct, error, data) from None
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
