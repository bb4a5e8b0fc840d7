"""What a record holds: the structs that cross the wire, with their units and limits."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Text = Annotated[str, Meta(min_length=1, max_length=2048)]
Key = Annotated[str, Meta(min_length=1, max_length=256)]
Price = Annotated[float, Meta(ge=0, le=1e9)]
Percent = Annotated[float, Meta(ge=0, le=100)]
Celsius = Annotated[float, Meta(ge=-100, le=2000)]
Kilopascal = Annotated[float, Meta(ge=0, le=5000)]
KilometresPerHour = Annotated[float, Meta(ge=0, le=500)]


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


class DeliveryEvent(
    _Record, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="operation",
    tag="delivery_event",
):  # fmt: skip
    """One step of an order's way to its customer; the place is the customer's (WGS 84)."""

    order_id: Key
    truck_id: Key | None = None
    status: Literal["loaded", "out", "delivered", "failed", "cancelled"]
    timestamp: datetime
    promised_from: datetime
    promised_until: datetime
    latitude: Annotated[float, Meta(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Meta(ge=-180, le=180)] | None = None
    weight_kg: Annotated[float, Meta(ge=0, le=100_000)] | None = None
    reason: Key | None = None

    @property
    def subject(self) -> str:
        """What the event is about: its place in a stream goes by it."""
        return self.order_id


class TruckService(
    _Record, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="operation",
    tag="truck_service",
):  # fmt: skip
    """What was done to a truck: litres, the shop's currency, km."""

    truck_id: Key
    service: Literal["refuel", "workshop_in", "workshop_out", "in_service", "out_of_service"]
    timestamp: datetime
    component: Key | None = None
    litres: Annotated[float, Meta(ge=0, le=100_000)] | None = None
    cost: Price | None = None
    odometer: Annotated[float, Meta(ge=0, le=1e8)] | None = None

    @property
    def subject(self) -> str:
        """What the event is about: its place in a stream goes by it."""
        return self.truck_id


class ProductChange(
    _Record, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="operation",
    tag="product_change",
):  # fmt: skip
    """A product as it is from now on; one that is withdrawn is sold no more."""

    product_id: Key
    timestamp: datetime
    product_name: Text | None = None
    price: Price
    stock_band: Literal["in_stock", "low", "out"]
    withdrawn: bool = False

    @property
    def subject(self) -> str:
        """What the event is about: its place in a stream goes by it."""
        return self.product_id


Operation = DeliveryEvent | TruckService | ProductChange
Event = Click | Telemetry | OrderLine | Operation


class Lineage(msgspec.Struct, frozen=True, kw_only=True):
    """Where a record came from: the part of a row that makes it traceable."""

    stream: str
    shard_id: str
    sequence_number: str
    arrived_at: datetime
