"""What the records look like: one layout a kind, in the shape of the events of the library."""

from typing import NamedTuple

from cartwheel.events import CLICK, OPERATION, ORDER_LINE, TELEMETRY, Kind

from producers.simulate.ground.geography import Geography
from producers.simulate.shop.browsing import Band, Step
from producers.simulate.shop.catalogue import Catalogue
from producers.simulate.shop.customers import BROWSERS, DEVICES
from producers.simulate.shop.sessions import REFERRER_URLS
from producers.simulate.trucks.components import COMPONENTS
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
