"""
The records that cross the wire, their rules, and the rows they become.

A producer encodes a :class:`Click`, :class:`Telemetry`, :class:`OrderLine` or an
operation as JSON; a function decodes it with :func:`decode`, which says field, value
and rule of whatever does not fit, and lands :func:`row`. This package imports neither
boto3 nor the connector: it is all that the Lambda functions need.
"""

from cartwheel.events.kinds import (
    BY_STREAM,
    CLICK,
    KINDS,
    OPERATION,
    ORDER_LINE,
    SEQUENCE_DIGITS,
    TELEMETRY,
    Kind,
    decode,
    encode,
    row,
    schema,
)
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
    OrderLine,
    ProductChange,
    Telemetry,
    TirePressure,
    TruckMaster,
    TruckService,
    Weather,
)
from cartwheel.events.rules import EventError, to_utc, wire_time

__all__ = [
    "BY_STREAM",
    "CLICK",
    "KINDS",
    "OPERATION",
    "ORDER_LINE",
    "SEQUENCE_DIGITS",
    "TELEMETRY",
    "Click",
    "DeliveryEvent",
    "DepotMaster",
    "DriverShift",
    "DrivingEvent",
    "Engine",
    "Event",
    "EventError",
    "Gps",
    "Health",
    "Kind",
    "Lineage",
    "OrderLine",
    "ProductChange",
    "Telemetry",
    "TirePressure",
    "TruckMaster",
    "TruckService",
    "Weather",
    "decode",
    "encode",
    "row",
    "schema",
    "to_utc",
    "wire_time",
]
