"""What the records look like: one layout a kind, in the shape of the events of the library."""

from typing import NamedTuple

from cartwheel.events import CLICK, OPERATION, ORDER_LINE, TELEMETRY, Kind

from producers.simulate.ground.geography import Geography
from producers.simulate.ground.names import depots
from producers.simulate.shop.browsing import Band, Step
from producers.simulate.shop.catalogue import Catalogue
from producers.simulate.shop.customers import BROWSERS, DEVICES
from producers.simulate.shop.sessions import REFERRER_URLS
from producers.simulate.trucks.components import COMPONENTS
from producers.simulate.trucks.journey import Event
from producers.simulate.trucks.order_book import Reason, Status
from producers.simulate.trucks.workshop import Service
from producers.simulate.wire.layout import (
    Field,
    Key,
    Layout,
    bare,
    flag,
    instant,
    local,
    name,
    number,
    padded,
    word,
)

TRUCK_WIDTH, SESSION_WIDTH, ORDER_WIDTH, CUSTOMER_WIDTH = 4, 10, 9, 7
BRAKE_STATUSES = ("good", "worn", "critical")
TRANSMISSION_STATUSES = ("normal", "slipping", "fault")
USER_TYPES = ("returning", "new")
DUTIES = ("on", "off")
HOURS = tuple(f"{minute // 60:02}:{minute % 60:02}" for minute in range(0, 24 * 60 + 1, 30))
EXPERIMENT = ("checkout:control", "checkout:treatment")


class Wire(NamedTuple):
    """A kind of record: its stream, its text, and its event id alone."""

    kind: Kind
    layout: Layout
    identity: Layout


def _wire(kind: Kind, identity: tuple[str | Field, ...], *rest: str | Field | Key) -> Wire:
    layout = Layout('{"event_id":"', *identity, '"', *rest, "}")
    return Wire(kind, layout, Layout(Key(identity)))


def telemetry(world_id: str) -> Wire:
    """Return the readings' shape."""
    return _wire(
        TELEMETRY,
        (f"{world_id}-t", padded("truck", TRUCK_WIDTH), "-", padded("place", 8)),
        ',"truck_id":"', Key(("T", padded("truck", TRUCK_WIDTH))), '","timestamp":', instant("at"),
        ',"gps":{"latitude":', number("latitude", 6), ',"longitude":', number("longitude", 6),
        ',"altitude":', number("altitude", 1), ',"speed":', number("gps_speed", 1),
        '},"vehicle_speed":', number("speed", 1),
        ',"engine":{"rpm":', number("rpm", 0), ',"fuel_level":', number("fuel_level", 2),
        ',"temperature":', number("temperature", 1), ',"oil_pressure":', number("oil", 1),
        ',"battery_voltage":', number("volts", 2),
        '},"odometer":', number("odometer", 3), ',"fuel_consumption":', number("consumption", 2),
        ',"health":{"brake_status":', word("brakes", BRAKE_STATUSES),
        ',"tire_pressure":{"front_left":', number("tyre_0", 1),
        ',"front_right":', number("tyre_1", 1), ',"rear_left":', number("tyre_2", 1),
        ',"rear_right":', number("tyre_3", 1),
        '},"transmission_status":', word("transmission", TRANSMISSION_STATUSES),
        '},"environment":{"temperature":', number("ambient", 1),
        ',"humidity":', number("humidity", 1), ',"pressure":', number("pressure", 1),
        '},"ignition":', flag("ignition"), ',"fuel_rate":', number("fuel_rate", 2),
        ',"fuel_used":', number("fuel_used", 1),
    )  # fmt: skip


def click(world_id: str, catalogue: Catalogue, geography: Geography) -> Wire:
    """Return the clicks' shape."""
    pages = [f"/products/{product.lower()}" for product in catalogue.ids]
    return _wire(
        CLICK,
        (f"{world_id}-s", padded("session", SESSION_WIDTH), "-", padded("place", 4)),
        ',"session_id":"', Key(("S", padded("session", SESSION_WIDTH))),
        '","event_type":', word("step", Step.words()), ',"timestamp":', instant("at"),
        ',"user_id":', name("user", "C", CUSTOMER_WIDTH), ',"page":', word("product", pages),
        ',"product_id":', word("product", catalogue.ids),
        ',"product_name":', word("product", catalogue.names),
        ',"device_type":', word("device", DEVICES),
        ',"referrer_url":', word("referrer", REFERRER_URLS),
        ',"location":', word("depot", geography.names), ',"browser":', word("browser", BROWSERS),
        ',"user_type":', word("is_new", USER_TYPES), ',"quantity":', number("pieces", 0),
        ',"price":', number("paid", 2), ',"order_id":', name("order", "O", ORDER_WIDTH),
        ',"campaign":', name("campaign", "campaign-", 3),
        ',"experiment":', word("is_treated", EXPERIMENT),
        ',"shown_price":', number("price", 2), ',"stock_band":', word("band", Band.words()),
        ',"promised_at":', instant("promised_at"),
        ',"category":', word("product", catalogue.categories),
    )  # fmt: skip


def order_line(world_id: str, catalogue: Catalogue) -> Wire:
    """Return the order lines' shape."""
    return _wire(
        ORDER_LINE,
        (f"{world_id}-l", padded("order", ORDER_WIDTH), "-", padded("place", 2)),
        ',"InvoiceNo":"', Key(("O", padded("order", ORDER_WIDTH))),
        '","StockCode":', word("product", catalogue.ids),
        ',"Description":', word("product", catalogue.names),
        ',"Quantity":', number("pieces", 0), ',"InvoiceDate":', local("local_at"),
        ',"UnitPrice":', number("price", 2), ',"CustomerID":', name("user", "C", CUSTOMER_WIDTH),
        ',"Country":"USA"',
    )  # fmt: skip


def delivery(world_id: str) -> Wire:
    """Return the shape of the steps of deliveries."""
    return _wire(
        OPERATION,
        (f"{world_id}-d", padded("place", 10)),
        ',"operation":"delivery_event","order_id":"', Key(("O", padded("order", ORDER_WIDTH))),
        '","truck_id":', name("truck", "T", TRUCK_WIDTH),
        ',"status":', word("status", Status.words()),
        ',"timestamp":', instant("at"), ',"promised_from":', instant("promised_from"),
        ',"promised_until":', instant("promised_until"), ',"latitude":', number("latitude", 6),
        ',"longitude":', number("longitude", 6), ',"weight_kg":', number("weight_kg", 3),
        ',"reason":', word("reason", Reason.words()),
    )  # fmt: skip


def service(world_id: str) -> Wire:
    """Return the shape of the services of trucks."""
    return _wire(
        OPERATION,
        (f"{world_id}-v", padded("place", 10)),
        ',"operation":"truck_service","truck_id":"', Key(("T", padded("truck", TRUCK_WIDTH))),
        '","service":', word("service", Service.words()), ',"timestamp":', instant("at"),
        ',"component":', word("component", COMPONENTS), ',"litres":', number("litres", 2),
        ',"cost":', number("cost", 2), ',"odometer":', number("odometer", 3),
    )  # fmt: skip


def product(world_id: str, catalogue: Catalogue) -> Wire:
    """Return the shape of the changes of products."""
    return _wire(
        OPERATION,
        (f"{world_id}-p", padded("place", 10)),
        ',"operation":"product_change","product_id":"',
        Key((bare("product", catalogue.ids),)), '","timestamp":', instant("at"),
        ',"product_name":', word("product", catalogue.names), ',"price":', number("price", 2),
        ',"stock_band":', word("band", Band.words()), ',"withdrawn":', flag("withdrawn"),
        ',"category":', word("product", catalogue.categories),
    )  # fmt: skip


def shift(world_id: str) -> Wire:
    """Return the shape of drivers who take a truck or leave it."""
    return _wire(
        OPERATION,
        (f"{world_id}-h", padded("place", 10)),
        ',"operation":"driver_shift","driver_id":', name("driver", "D", TRUCK_WIDTH),
        ',"truck_id":"', Key(("T", padded("truck", TRUCK_WIDTH))),
        '","duty":', word("duty", DUTIES), ',"timestamp":', instant("at"),
    )  # fmt: skip


def driving_event(world_id: str) -> Wire:
    """Return the shape of what a telematics box notices."""
    return _wire(
        OPERATION,
        (f"{world_id}-e", padded("place", 10)),
        ',"operation":"driving_event","truck_id":"', Key(("T", padded("truck", TRUCK_WIDTH))),
        '","event_type":', word("kind", Event.words()), ',"timestamp":', instant("at"),
        ',"latitude":', number("latitude", 6), ',"longitude":', number("longitude", 6),
        ',"speed":', number("kmh", 1), ',"magnitude":', number("magnitude", 2),
        ',"seconds":', number("seconds", 0),
    )  # fmt: skip


def depot(world_id: str, geography: Geography) -> Wire:
    """Return the shape of the depots' master data."""
    return _wire(
        OPERATION,
        (f"{world_id}-b", padded("place", 10)),
        ',"operation":"depot","depot_id":"', Key((bare("depot", depots(len(geography.names))),)),
        '","timestamp":', instant("at"), ',"depot_name":', word("depot", geography.names),
        ',"latitude":', number("latitude", 6), ',"longitude":', number("longitude", 6),
        ',"opens":', word("opens", HOURS), ',"closes":', word("closes", HOURS),
    )  # fmt: skip


def truck(world_id: str, geography: Geography) -> Wire:
    """Return the shape of the trucks' master data."""
    ids = depots(len(geography.names))
    return _wire(
        OPERATION,
        (f"{world_id}-m", padded("place", 10)),
        ',"operation":"truck","truck_id":"', Key(("T", padded("truck", TRUCK_WIDTH))),
        '","timestamp":', instant("at"), ',"depot_id":', word("depot", ids),
        ',"truck_class":"7.5 t","capacity_kg":', number("capacity_kg", 0),
        ',"tank_litres":', number("tank_litres", 0),
    )  # fmt: skip
