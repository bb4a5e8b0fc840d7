"""What a record holds: the structs that cross the wire, with their units and limits."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from cartwheel.events.signals import SIGNALS

Text = Annotated[str, Meta(min_length=1, max_length=2048)]
Key = Annotated[str, Meta(min_length=1, max_length=256)]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Hour = Annotated[str, Meta(pattern=r"^([01]\d|2[0-4]):[0-5]\d$")]
Price = Annotated[float, Meta(ge=0, le=1e9)]
Speed = Annotated[float, SIGNALS["vehicle_speed"].surely]
Pressure = Annotated[float, SIGNALS["health.tire_pressure.front_left"].surely]


class SetAside(msgspec.Struct, frozen=True):
    """A value that an event came with and that is not believed: the event says null instead."""

    field: str
    value: str
    rule: str


class _Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    event_id: Key
    # What the record said beyond our fields, and what was not believed; null if nothing.
    extra: dict[str, Any] | None = None
    set_aside: tuple[SetAside, ...] | None = None


class Click(_Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    One step of a visitor in the shop; prices in the shop's currency.

    ``click_count`` is for sources that send sums; ``order_total`` for a purchase whose
    products are not said.
    """

    session_id: Key | None = None
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
    category: Key | None = None
    user_agent: Text | None = None
    order_total: Price | None = None
    click_count: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None


class Gps(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Degrees (WGS 84), metres above sea level, km/h, degrees from north."""

    latitude: Annotated[float, SIGNALS["gps.latitude"].surely] | None = None
    longitude: Annotated[float, SIGNALS["gps.longitude"].surely] | None = None
    altitude: Annotated[float, SIGNALS["gps.altitude"].surely] | None = None
    speed: Speed | None = None
    heading: Annotated[float, SIGNALS["gps.heading"].surely] | None = None
    satellites: Annotated[int, SIGNALS["gps.satellites"].surely] | None = None
    hdop: Annotated[float, SIGNALS["gps.hdop"].surely] | None = None


class Engine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Revolutions per minute, tank level in %, °C, kPa, volts."""

    rpm: Annotated[float, SIGNALS["engine.rpm"].surely] | None = None
    fuel_level: Annotated[float, SIGNALS["engine.fuel_level"].surely] | None = None
    temperature: Annotated[float, SIGNALS["engine.temperature"].surely] | None = None
    oil_pressure: Annotated[float, SIGNALS["engine.oil_pressure"].surely] | None = None
    battery_voltage: Annotated[float, SIGNALS["engine.battery_voltage"].surely] | None = None


class TirePressure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of the four wheels, kPa."""

    front_left: Pressure | None = None
    front_right: Pressure | None = None
    rear_left: Pressure | None = None
    rear_right: Pressure | None = None


class Health(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the truck reports of itself."""

    brake_status: Key | None = None
    tire_pressure: TirePressure | None = None
    transmission_status: Key | None = None


class Weather(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Around the truck: °C, relative humidity in %, hPa."""

    temperature: Annotated[float, SIGNALS["environment.temperature"].surely] | None = None
    humidity: Annotated[float, SIGNALS["environment.humidity"].surely] | None = None
    pressure: Annotated[float, SIGNALS["environment.pressure"].surely] | None = None


class Telemetry(_Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    One reading of a truck; null where it has no sensor.

    km/h, km, litres per 100 km; ``fuel_rate`` in litres an hour, ``fuel_used`` and
    ``engine_hours`` are counters over the truck's life; ``lamps`` are the warning lamps that
    are lit, ``trouble_codes`` the codes that the truck stores.
    """

    truck_id: Key
    timestamp: datetime
    gps: Gps | None = None
    vehicle_speed: Speed | None = None
    engine: Engine | None = None
    odometer: Annotated[float, SIGNALS["odometer"].surely] | None = None
    fuel_consumption: Annotated[float, SIGNALS["fuel_consumption"].surely] | None = None
    health: Health | None = None
    environment: Weather | None = None
    ignition: bool | None = None
    fuel_rate: Annotated[float, SIGNALS["fuel_rate"].surely] | None = None
    fuel_used: Annotated[float, SIGNALS["fuel_used"].surely] | None = None
    engine_hours: Annotated[float, SIGNALS["engine_hours"].surely] | None = None
    driver_id: Key | None = None
    lamps: tuple[Key, ...] | None = None
    trouble_codes: tuple[Key, ...] | None = None


class OrderLine(_Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of an invoice; ``InvoiceDate`` is the shop's local time, without offset."""

    InvoiceNo: Key | None = None
    StockCode: Key
    Description: Annotated[str, Meta(max_length=2048)] | None = None
    Quantity: Annotated[int, Meta(ge=-(10**9), le=10**9)]
    InvoiceDate: datetime
    UnitPrice: Annotated[float, Meta(ge=-1e9, le=1e9)]
    CustomerID: Key | None = None
    Country: Key | None = None


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
    latitude: Latitude | None = None
    longitude: Longitude | None = None
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
    category: Key | None = None

    @property
    def subject(self) -> str:
        """What the event is about: its place in a stream goes by it."""
        return self.product_id


class DriverShift(
    _Record, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="operation",
    tag="driver_shift",
):  # fmt: skip
    """A driver who takes a truck over (on), or leaves it (off)."""

    driver_id: Key
    truck_id: Key
    duty: Literal["on", "off"]
    timestamp: datetime

    @property
    def subject(self) -> str:
        """What the event is about: its place in a stream goes by it."""
        return self.truck_id


class DrivingEvent(
    _Record, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="operation",
    tag="driving_event",
):  # fmt: skip
    """
    What a telematics box notices of the driving; its time is that of its beginning.

    km/h; ``magnitude`` in m/s², of speeding in km/h above the limit; how many seconds it lasted.
    """

    truck_id: Key
    event_type: Literal["harsh_brake", "harsh_acceleration", "harsh_corner", "speeding"]
    timestamp: datetime
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    speed: Speed | None = None
    magnitude: Annotated[float, Meta(ge=0, le=1000)] | None = None
    seconds: Annotated[float, Meta(ge=0, le=86_400)] | None = None

    @property
    def subject(self) -> str:
        """What the event is about: its place in a stream goes by it."""
        return self.truck_id


class DepotMaster(
    _Record, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="operation",
    tag="depot",
):  # fmt: skip
    """A depot as it is from now on; its hours on its own clock. A given up one is withdrawn."""

    depot_id: Key
    timestamp: datetime
    depot_name: Text | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    opens: Hour | None = None
    closes: Hour | None = None
    withdrawn: bool = False

    @property
    def subject(self) -> str:
        """What the event is about: its place in a stream goes by it."""
        return self.depot_id


class TruckMaster(
    _Record, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="operation",
    tag="truck",
):  # fmt: skip
    """A truck as it is from now on: kg, litres. One that is sold or scrapped is withdrawn."""

    truck_id: Key
    timestamp: datetime
    depot_id: Key | None = None
    truck_class: Key | None = None
    capacity_kg: Annotated[float, Meta(ge=0, le=100_000)] | None = None
    tank_litres: Annotated[float, Meta(ge=0, le=10_000)] | None = None
    withdrawn: bool = False

    @property
    def subject(self) -> str:
        """What the event is about: its place in a stream goes by it."""
        return self.truck_id


Operation = (
    DeliveryEvent
    | TruckService
    | ProductChange
    | DriverShift
    | DrivingEvent
    | DepotMaster
    | TruckMaster
)
Event = Click | Telemetry | OrderLine | Operation


class Lineage(msgspec.Struct, frozen=True, kw_only=True):
    """Where a record came from: the part of a row that makes it traceable."""

    stream: str
    shard_id: str
    sequence_number: str
    arrived_at: datetime
