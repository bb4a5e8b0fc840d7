"""Cases of the queries of the lookups."""

from datetime import datetime, timedelta
from typing import Any

from .rows import BESIDE, LINES, PERSONAL, PRODUCTS, READINGS, START, Case, Row, at, line, reading

# When the rows arrive: a second after one another.
ARRIVED = START + timedelta(days=30)
NUMBERS = (
    "gps_latitude", "gps_longitude", "gps_altitude", "gps_speed", "gps_heading", "gps_satellites",
    "gps_hdop", "vehicle_speed", "engine_rpm", "fuel_level", "engine_temperature", "oil_pressure",
    "battery_voltage", "odometer_reading", "fuel_consumption",
)  # fmt: skip
FIELDS = (
    *NUMBERS, "brake_status", "tire_pressure_front_left", "tire_pressure_front_right",
    "tire_pressure_rear_left", "tire_pressure_rear_right", "transmission_status",
    "environment_temperature", "environment_humidity", "environment_pressure", "ignition",
    "fuel_rate", "fuel_used", "engine_hours", "driver_id", "lamps", "trouble_codes",
)  # fmt: skip
TEXTS = ("brake_status", "transmission_status", "driver_id")
LISTS = ("lamps", "trouble_codes")


def _number(place: int) -> str:
    return str(place).zfill(60)


def _value(name: str) -> Any:
    if name in LISTS:
        return ["a"]
    return "worn" if name in TEXTS else True if name == "ignition" else 7.0


def _read(place: int, row: Row, event_id: str = "", shard: str = "shard-0") -> tuple[Any, ...]:
    """Return a reading as the query gives it; its place among the rows is its number."""
    said = {n: '["a"]' if v == ["a"] else v for n, v in row.items()}
    return (
        event_id or f"e{place}", row["truck_id"], row["event_timestamp"],
        *(said.get(name) for name in FIELDS),
        _number(row.get("sequence_number", place)), shard,
        row.get("arrived_at", ARRIVED + timedelta(seconds=place)),
    )  # fmt: skip


def _line(place: int, row: Row, event_id: str = "", shard: str = "shard-0") -> tuple[Any, ...]:
    return (
        event_id or f"e{place}", row["invoice_no"], row["stock_code"], row.get("description"),
        row["quantity"], row["unit_price"], row["invoice_date"], row.get("customer_id"),
        row["country"], _number(place), shard, ARRIVED + timedelta(seconds=place),
    )  # fmt: skip


_ORDERS = [
    line("I2", customer_id="C1", shard_id="load-1"),
    {**line(), "invoice_no": None, "event_id": "none"},
    line("I1", event_id="twice", quantity=4, description="Lamp"),
    line("I0", event_id="z", quantity=-1, unit_price=0.5),
    {**line(), "invoice_no": None},
]
# Each field is said twice, and by no other reading; the last one says nothing.
_FIELDS = [
    *(reading(place, **{name: _value(name)}) for place, name in enumerate(FIELDS)),
    *(reading(100 + place, **{name: _value(name)}) for place, name in enumerate(FIELDS)),
    reading(200),
][::-1]
_LATE = ARRIVED + timedelta(days=1)
# Of one time: the greatest number, then shard, then event says what was said last.
_TIES = [
    reading(1, sequence_number=8, vehicle_speed=1.0),
    reading(1, sequence_number=9, vehicle_speed=2.0, shard_id="shard-0"),
    reading(1, sequence_number=9, vehicle_speed=3.0, shard_id="shard-1", event_id="a"),
    reading(1, sequence_number=9, vehicle_speed=4.0, shard_id="shard-1", event_id="b"),
    reading(0, sequence_number=99, vehicle_speed=5.0),
]
_TWO = [
    reading(0, "T2", vehicle_speed=1.0),
    reading(1, vehicle_speed=2.0, arrived_at=_LATE - timedelta(seconds=1)),
    reading(2, vehicle_speed=3.0, arrived_at=_LATE),
    reading(3, vehicle_speed=4.0, arrived_at=_LATE + timedelta(days=1)),
]
_LOADED = [
    reading(0, vehicle_speed=1.0),
    reading(1, vehicle_speed=2.0, shard_id="load-1", arrived_at=_LATE),
    reading(0.5),
]
_MOMENTS = [
    reading(0, arrived_at=_LATE),
    reading(0, arrived_at=_LATE - timedelta(days=1)),
    reading(1, arrived_at=_LATE - timedelta(seconds=1)),
    reading(2, arrived_at=_LATE, shard_id="load-x"),
    reading(5, "T2", arrived_at=_LATE, shard_id="load-x"),
    reading(5, "T2", arrived_at=_LATE - timedelta(days=2)),
    reading(0, arrived_at=_LATE + timedelta(days=3)),
    reading(1, arrived_at=_LATE),
    reading(1, "T3", arrived_at=_LATE, shard_id="load-x"),
    reading(4, "T4", arrived_at=_LATE - timedelta(days=9)),
]
_BUILT = {"made_at": at(0), "valid_until": at(60)}


def _recommended(table_key: str, subject: str, place: int, product: str, **says: Any) -> Row:
    return {
        table_key: subject, "place": place, "recommended_id": product, "reason": "viewed with",
        **_BUILT, **says,
    }  # fmt: skip


def _product(product: str, name: str) -> Row:
    return {
        "product_id": product, "product_name": name, "price": 1.0, "stock_band": "in_stock",
        "effective_from": datetime(2026, 1, 1), "is_current": True,
        "load_timestamp": datetime(2026, 1, 1),
    }  # fmt: skip


QUERIES: dict[str, list[Case]] = {
    "lookups/order_lines": [
        Case("Nothing in, nothing out.", {}, [], {"with_loaded": True}),
        Case(
            "Lines as they came, by invoice; none without one; those that were loaded too.",
            {LINES: _ORDERS},
            [
                _line(4, _ORDERS[3], "z"), _line(3, _ORDERS[2], "twice"),
                _line(1, _ORDERS[0], shard="load-1"),
            ],
            {"with_loaded": True},
        ),
        Case(
            "Without those that were loaded past the stream.",
            {LINES: _ORDERS},
            [_line(4, _ORDERS[3], "z"), _line(3, _ORDERS[2], "twice")],
            {"with_loaded": False},
        ),
    ],
    "lookups/readings": [
        Case("Nothing in, nothing out.", {}, [], {"since": START, "with_loaded": True}),
        Case(
            "Of old readings those that said a field last, and the last of all.",
            {READINGS: _FIELDS},
            [
                _read(place, row)
                for place, row in reversed(list(enumerate(_FIELDS, 1)))
                if row["event_timestamp"] >= at(100)
            ],
            {"since": _LATE, "with_loaded": True},
        ),
        Case(
            "Of one time the greatest number, shard and event said it last.",
            {READINGS: _TIES},
            [_read(4, _TIES[3], "b", "shard-1")],
            {"since": _LATE, "with_loaded": True},
        ),
        Case(
            "With what was loaded past the stream, which is then last.",
            {READINGS: _LOADED},
            [_read(2, _LOADED[1], shard="load-1")],
            {"since": _LATE, "with_loaded": True},
        ),
        Case(
            "Without what was loaded past the stream, of which nothing is last.",
            {READINGS: _LOADED},
            [_read(1, _LOADED[0]), _read(3, _LOADED[2])],
            {"since": _LATE, "with_loaded": False},
        ),
        Case(
            "Each truck's own; what arrived since too, at the moment itself included.",
            {READINGS: _TWO},
            [_read(3, _TWO[2]), _read(4, _TWO[3]), _read(1, _TWO[0])],
            {"since": _LATE, "with_loaded": True},
        ),
    ],
    "lookups/invoices": [
        Case("Nothing in, no line and no money.", {}, [(0, 0, 0.0, 0, 0)]),
        Case(
            "Lines once, those of customers and what they come to, cancellations net; those that "
            "came by the stream, if they were loaded too.",
            {
                LINES: [
                    line(event_id="a", customer_id="C1", quantity=4),
                    line(event_id="a", customer_id="C1", quantity=4, shard_id="load-1"),
                    line(event_id="b", customer_id="C2", quantity=-1, shard_id="load-1"),
                    line(event_id="e", customer_id="C2", quantity=2),
                    line(event_id="c", quantity=9),
                    line(event_id="d", quantity=9),
                    line(event_id="d", quantity=9),
                    {**line(customer_id="C1", quantity=9), "invoice_no": None},
                ]
            },
            [(5, 3, 12.5, 4, 2)],
        ),
    ],
    "lookups/trucks": [
        Case("Nothing in, nothing out.", {}, [], {"since": START}),
        Case(
            "A row a truck: its newest moment, moments that arrived since once each; of both what "
            "came by the stream.",
            {READINGS: _MOMENTS},
            [
                ("T1", at(2), at(1), 3, 2),
                ("T2", at(5), at(5), 1, 0),
                ("T3", at(1), None, 1, 0),
                ("T4", at(4), at(4), 0, 0),
            ],
            {"since": _LATE},
        ),
    ],
    "clicks/recommend/published": [
        Case("Nothing in, nothing out.", {}, []),
        Case(
            "The lists of persons and of products by subject and place; a product without a name.",
            {
                BESIDE: [
                    _recommended("product_id", "P2", 1, "P9"),
                    _recommended("product_id", "P1", 2, "P2"),
                    _recommended("product_id", "P1", 1, "P9"),
                ],
                PERSONAL: [_recommended("user_id", "U1", 1, "P2", because_id="P1", reason="x")],
                PRODUCTS: [_product("P2", "Lamp"), _product("P1", "Desk")],
            },
            [
                ("person", "U1", "P2", "Lamp", "P1", "x", at(0), at(60)),
                ("product", "P1", "P9", None, None, "viewed with", at(0), at(60)),
                ("product", "P1", "P2", "Lamp", None, "viewed with", at(0), at(60)),
                ("product", "P2", "P9", None, None, "viewed with", at(0), at(60)),
            ],
        ),
    ],
}  # fmt: skip
