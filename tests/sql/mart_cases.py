"""Cases of the MART views."""

from typing import Any

from .rows import (
    CLICKS,
    LINES,
    OPERATIONS,
    READINGS,
    Case,
    Row,
    at,
    click,
    line,
    operation,
    reading,
    tyres,
)

_RECONCILIATION = (
    "select stream, count_rows, count_records, count_events, first_happened_at, "
    "last_happened_at, last_arrived_at, last_loaded_at::timestamp_ntz "
    "from mart.reconciliation order by stream"
)
_TRUCKS = "select * from mart.trucks order by truck_id"
_SESSIONS = (
    "select session_id, started_at, ended_at, device_type, referrer_url, user_type, location, "
    "count_events, count_products, has_view, has_click, has_add_to_cart, has_purchase, revenue "
    "from mart.sessions order by session_id"
)


_COMMON = {"device_type": "mobile", "referrer_url": "r", "user_type": "new", "location": "Lyon"}

_BOTS = "select session_id, user_id, bot_probability from mart.sessions where session_id < 'H'"


def _paced(session: str, *pauses: float, **says: Any) -> list[Row]:
    """Return the views of a visit with so many seconds between them."""
    ends = [sum(pauses[:n]) / 60 for n in range(len(pauses) + 1)]
    return [click(session, minute=minute, **says) for minute in ends]


# Who shops pauses for 1, 2, … 100 s: 5.95 s are quick, 20.8 s are brisk.
_SHOPPERS = [
    row
    for n in range(50)
    for row in (
        *_paced(f"H{n}", 2 * n + 1),
        click(f"H{n}", "add_to_cart", (4 * n + 3) / 60),
    )
]


def _odds(quick: int, brisk: int, slow: int) -> float:
    """Return how likely a bot came after so many pauses of each kind."""
    odds = 1 / 99 * 10**quick * (40 / 15) ** brisk * (1 / 8) ** slow
    return odds / (1 + odds)


_AGENTS = (
    "Googlebot/2.1", "Screaming CRAWLer", "Baiduspider", "HeadlessChrome/120", "python-httpx/0.27",
    "curl/8.5", "Wget/1.21", "Some/1.0 (+https://e.example)",
)  # fmt: skip
LANDED = {
    CLICKS: [
        click("S", minute=1, event_id="a", sequence_number=1, shard_id="s1",
              arrived_at=at(2), loaded_at=at(3)),
        click("S", minute=5, event_id="a", sequence_number=1, shard_id="s2",
              arrived_at=at(6), loaded_at=at(7)),
        click("S", minute=1, event_id="a", sequence_number=1, shard_id="s1",
              arrived_at=at(2), loaded_at=at(4), file_name="again"),
    ],
    READINGS: [reading(7, arrived_at=at(8), loaded_at=at(9))],
    LINES: [
        line(invoice_date=at(-9999), arrived_at=at(11), loaded_at=at(12)),
        line(invoice_date=at(-99), arrived_at=at(10), loaded_at=at(10)),
    ],
    OPERATIONS: [operation("x", 13, arrived_at=at(14), loaded_at=at(15))],
}  # fmt: skip
LANDED_ROWS = [
    ("ClickDataStream", 3, 2, 1, at(1), at(5), at(6), at(7)),
    ("OperationsStream", 1, 1, 1, at(13), at(13), at(14), at(15)),
    ("TruckTelemetry", 1, 1, 1, at(7), at(7), at(8), at(9)),
    ("ecommerce_data_stream", 2, 2, 2, at(-9999), at(-99), at(11), at(12)),
]

VIEWS: dict[str, list[Case]] = {
    "mart/reconciliation": [
        Case("Nothing in, nothing out.", {}, [], select=_RECONCILIATION),
        Case(
            "Each stream has its rows, its records, its events and its times.",
            LANDED,
            LANDED_ROWS,
            select=_RECONCILIATION,
        ),
    ],
    "mart/trucks": [
        Case("Nothing in, nothing out.", {}, [], select=_TRUCKS),
        Case(
            "Each signal has its last known value and its time, though each frame holds one.",
            {
                READINGS: [
                    reading(9, gps_latitude=48.1, gps_longitude=11.5),
                    reading(8, vehicle_speed=61.5, gps_speed=9),
                    reading(7, fuel_level=40.5),
                    reading(6, engine_temperature=88.5),
                    reading(5, odometer_reading=1000.5),
                    reading(4, brake_status="ok"),
                    reading(3, **tyres(804, 803, 802, 801)),
                    reading(2, gps_latitude=48.0, gps_longitude=11.4, vehicle_speed=1, fuel_level=1,
                            engine_temperature=1, odometer_reading=1, brake_status="a",
                            **tyres(901, 902, 903, 904)),
                    reading(10, gps_latitude=0.0, gps_longitude=0.0, oil_pressure=3),
                    reading(1, "T2", gps_latitude=0.0, gps_longitude=5.0, gps_speed=7),
                    reading(2, "T3", gps_latitude=50.0, gps_longitude=0.0),
                    reading(3, "T4"),
                ]
            },
            [
                ("T1", at(10), 48.1, 11.5, at(9), 61.5, at(8), 40.5, at(7), 88.5, at(6), 1000.5,
                 at(5), "ok", at(4), 801.0, at(3), 0),
                ("T2", at(1), 0.0, 5.0, at(1), 7.0, at(1), *[None] * 10, 0),
                ("T3", at(2), 50.0, 0.0, at(2), *[None] * 12, 0),
                ("T4", at(3), *[None] * 15, 0),
            ],
            select=_TRUCKS,
        ),
        Case(
            "The lowest of the wheels that are measured is told.",
            {READINGS: [reading(0, f"T{n}", **tyres(*kpa)) for n, kpa in enumerate((
                (801, None, 803, 804), (803, 801, 802, 804), (803, 804, 801, 802),
                (None, None, None, 801)))]},
            [(801.0,)] * 4,
            select="select lowest_tire_pressure_kpa from mart.trucks",
        ),
        Case(
            "Misdated readings are counted by truck.",
            {READINGS: [row for truck, count in (("T1", 2), ("T2", 1), ("T3", 0)) for row in (
                reading(0, truck), *[reading(-6_000_000, truck)] * count)]},
            [("T1", 2), ("T2", 1), ("T3", 0)],
            select="select truck_id, count_misdated from mart.trucks order by truck_id",
        ),
        Case(
            "A misdated reading is not the truck's only one, nor its last.",
            {READINGS: [reading(0, fuel_level=50), reading(-6_000_000, fuel_level=9),
                        reading(-6_000_000, brake_status="old")]},
            [(at(0), 50.0, None)],
            select="select read_at, fuel_level, brake_status from mart.trucks",
        ),
    ],
    "core/purchases": [
        Case("Nothing in, nothing out.", {}, [], select="select * from core.purchases"),
        Case(
            "Of an order each product once, as it was told first; without an order each event.",
            {
                CLICKS: [
                    click("S1", "purchase", 3, event_id="a", order_id="o1", product_id="P1",
                          quantity=2, price=5, user_id="u"),
                    click("S2", "purchase", 2, event_id="b", order_id="o1", product_id="P1",
                          quantity=3, price=5, sequence_number=9),
                    click("S2", "purchase", 2, event_id="d", order_id="o1", product_id="P1",
                          quantity=4, price=5, sequence_number=8, shard_id="z"),
                    click("S2", "purchase", 2, event_id="c", order_id="o1", product_id="P1",
                          quantity=4, price=5, sequence_number=8, shard_id="a"),
                    click("S1", "purchase", 3, event_id="e", order_id="o1", product_id="P2",
                          quantity=1, price=7, order_total=99),
                    click("S1", "purchase", 3, event_id="f", order_id="o2", product_id="P1",
                          order_total=99),
                    click("S1", "purchase", 3, event_id="g", order_id="o3", order_total=99),
                    click("S1", "purchase", 3, event_id="h", product_id="P1", quantity=1, price=1,
                          order_total=1),
                    click("S1", "purchase", 3, event_id="i", product_id="P1", quantity=2, price=3,
                          order_total=6),
                    click("S1", "add_to_cart", 1, event_id="j", order_id="o1", product_id="P1",
                          quantity=9, price=9),
                ]
            },
            [
                ("c", at(2), "S2", None, "o1", "P1", 20.0, 4, "quantity"),
                ("e", at(3), "S1", None, "o1", "P2", 7.0, 1, None),
                ("f", at(3), "S1", None, "o2", "P1", None, 1, None),
                ("g", at(3), "S1", None, "o3", None, 99.0, 1, None),
                ("h", at(3), "S1", None, None, "P1", 1.0, 1, None),
                ("i", at(3), "S1", None, None, "P1", 6.0, 1, None),
            ],
            select="select * from core.purchases order by event_id",
        ),
        Case(
            "What differs between the tellings is named; what one leaves out does not differ.",
            {
                CLICKS: [
                    click("S", "purchase", n, event_id=f"{order}{n}", order_id=order,
                          quantity=quantity, price=price, order_total=total)
                    for order, tellings in {
                        "alike": [(1, 2, 3), (1, 2, 3)], "less": [(1, 2, 3), (None, None, None)],
                        "price": [(1, 2, 3), (1, 5, 3)], "total": [(1, 2, 3), (1, 2, 9)],
                        "whole": [(1, 2, 3), (2, 3, 4)],
                    }.items()
                    for n, (quantity, price, total) in enumerate(tellings)
                ]
            },
            [
                ("alike", 2, None), ("less", 2, None), ("price", 2, "price"),
                ("total", 2, "order_total"), ("whole", 2, "quantity, price, order_total"),
            ],
            select="select order_id, count_told, differs from core.purchases order by order_id",
        ),
        Case(
            "Who bought is told.",
            {CLICKS: [click("S1", "purchase", event_id="a", user_id="u")]},
            [("u",)],
            select="select user_id from core.purchases",
        ),
    ],
    "mart/sessions": [
        Case(
            "A bot that says its name is one, a telephone is none, and of others nobody knows.",
            {CLICKS: [
                *(click(f"A{n}", user_agent=name) for n, name in enumerate(_AGENTS)),
                click("B1", user_agent="CUBOT X70"), click("B2", user_agent="Mozilla/5.0"),
                click("B3"), click("B4"), click("B4", user_agent="A Robot"),
            ]},
            [*((f"A{n}", None, 1.0) for n in range(len(_AGENTS))),
             ("B1", None, None), ("B2", None, None), ("B3", None, None), ("B4", None, 1.0)],
            select=f"{_BOTS} order by session_id",
        ),
        Case(
            "The pauses of a visit are set against those of visits that shop; users' together.",
            {CLICKS: [
                *_SHOPPERS, *_paced("A", 5, 10, 30), *_paced("B", 5.9, 5.9, user_id="U"),
                *_paced("C", 30, user_id="U"), *_paced("D", 20.7, 20.9, user_id="V"),
                *_paced("E", *[1] * 9, user_id="W"),
                click("F", "purchase", user_id="W", quantity=1, price=1), *_paced("G"),
                click("GG", event_id="z"), click("GG", minute=1 / 6, event_id="y"),
            ]},
            [
                ("A", None, _odds(1, 1, 1)), ("B", "U", _odds(2, 0, 1)), ("C", "U", _odds(2, 0, 1)),
                ("D", "V", _odds(0, 1, 1)), ("E", "W", 0.0), ("F", "W", 0.0),
                ("G", None, _odds(0, 0, 0)), ("GG", None, _odds(0, 1, 0)),
            ],
            select=f"{_BOTS} order by session_id",
        ),
        Case(
            "Of fewer than a hundred pauses of who shops nothing is learnt.",
            {CLICKS: [*_SHOPPERS[:-2], click("H49", "add_to_cart", 99 / 60),
                      *_paced("A", 1, 1, 1)]},
            [("A", None, None)],
            select=f"{_BOTS} order by session_id",
        ),
        Case("Nothing in, nothing out.", {}, [], select=_SESSIONS),
        Case(
            "Purchases that were told again with another content are counted where they count.",
            {
                CLICKS: [
                    click("S1", "purchase", 1, order_id="a", quantity=1, price=3),
                    click("S2", "purchase", 2, order_id="a", quantity=2, price=3),
                    click("S2", "purchase", 3, order_id="b", quantity=2, price=3),
                ]
            },
            [("S1", 1, 3.0), ("S2", 0, 6.0)],
            select="select session_id, count_differing, revenue from mart.sessions "
            "order by session_id",
        ),
        Case(
            "Orders are counted, one without a number by its purchase, and bots are told.",
            {
                CLICKS: [
                    *(click("S1", "purchase", 1, order_id="a", product_id=p) for p in "xy"),
                    click("S1", "purchase", 2, order_id="b"), click("S1", "purchase", 3),
                    click("S2", order_id="c"), click("S3", "view", user_agent="a bot"),
                ]
            },
            [("S1", 3, False), ("S2", 0, False), ("S3", 0, True)],
            select="select session_id, count_orders, is_bot from mart.sessions "
            "order by session_id",
        ),
        Case(
            "A visit has its times, its steps and what it brought.",
            {
                CLICKS: [
                    click("S1", "view", 3, product_id="P1", **_COMMON),
                    click("S1", "click", 1, product_id="P1"),
                    click("S1", "view", 2, product_id="P2"),
                    click("S1", "add_to_cart", 4, product_id="P1"),
                    click("S1", "purchase", 5, product_id="P1", quantity=3, price=2.5,
                          order_id="o1"),
                    click("S1", "purchase", 5, product_id="P2", quantity=1, price=0.5,
                          order_id="o1"),
                    click("S2", "view", 7, quantity=9, price=9),
                    click("S3", "click", 8),
                    click("S4", "add_to_cart", 9, product_id="P1", quantity=2, price=7),
                ]
            },
            [
                ("S1", at(1), at(5), "mobile", "r", "new", "Lyon", 6, 2,
                 True, True, True, True, 8.0),
                ("S2", at(7), at(7), None, None, None, None, 1, 0,
                 True, False, False, False, 0.0),
                ("S3", at(8), at(8), None, None, None, None, 1, 0,
                 False, True, False, False, 0.0),
                ("S4", at(9), at(9), None, None, None, None, 1, 1,
                 False, False, True, False, 0.0),
            ],
            select=_SESSIONS,
        ),
        Case(
            "A purchase told twice under one event id brings its money once.",
            {
                CLICKS: [
                    click("S1", "purchase", event_id="a", quantity=1, price=10),
                    click("S1", "purchase", event_id="a", quantity=1, price=10),
                ]
            },
            [(1, 10.0)],
            select="select count_events, revenue from mart.sessions",
        ),
        Case(
            "A purchase told again under another event id brings its money once.",
            {
                CLICKS: [
                    click("S1", "purchase", minute, product_id="PX", order_id="o1",
                          quantity=1, price=100)
                    for minute in (0, 1, 1440)
                ]
            },
            [(100.0,)],
            select="select revenue from mart.sessions",
        ),
        Case(
            "A click without a visit is of none; a second purchase without a price is unknown too.",
            {CLICKS: [click(None), click("S1", "purchase", 1, quantity=1, price=5),
                      click("S1", "purchase", 2, quantity=1), click("S2", "purchase", 3,
                                                                    quantity=1, price=2)]},
            [("S1", None), ("S2", 2.0)],
            select="select session_id, revenue from mart.sessions order by session_id",
        ),
        Case(
            "What a purchase without a price brought is not known, which is not zero.",
            {CLICKS: [click("S1"), click("S1", "purchase", 1, quantity=1)]},
            [(None,)],
            select="select revenue from mart.sessions",
        ),
    ],
}  # fmt: skip
