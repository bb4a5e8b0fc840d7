"""Cases of the MART views."""

from .rows import (
    CLICKS,
    LINES,
    OPERATIONS,
    READINGS,
    Case,
    at,
    click,
    line,
    operation,
    reading,
)

TYRES = (
    "tire_pressure_front_left", "tire_pressure_front_right",
    "tire_pressure_rear_left", "tire_pressure_rear_right",
)  # fmt: skip
_RECONCILIATION = (
    "select stream, count_rows, count_records, count_events, first_happened_at, "
    "last_happened_at, last_arrived_at, last_loaded_at::timestamp_ntz "
    "from mart.reconciliation order by stream"
)
_TRUCKS = "select * from mart.trucks order by truck_id"
_DAYS = (
    "select truck_id, day::varchar, count_readings, distance_km, fuel_litres, moving_speed_kmh, "
    "highest_speed_kmh, lowest_tire_pressure_kpa from mart.truck_days order by truck_id, day"
)
_KILOMETRES = "select sum(distance_km) from mart.truck_days"
_SESSIONS = (
    "select session_id, started_at, ended_at, device_type, referrer_url, user_type, location, "
    "count_events, count_products, has_view, has_click, has_add_to_cart, has_purchase, revenue "
    "from mart.sessions order by session_id"
)


def tyres(*pressures: float | None) -> dict[str, float | None]:
    """Return the pressures of the four wheels."""
    return dict(zip(TYRES, pressures, strict=True))


def odometers(*values: float | None) -> dict[str, list]:
    """Return readings of an odometer, a minute apart."""
    return {READINGS: [reading(m, odometer_reading=v) for m, v in enumerate(values)]}


_COMMON = {"device_type": "mobile", "referrer_url": "r", "user_type": "new", "location": "Lyon"}

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

_COLUMNS = (
    "odometer_km", "fuel_used", "fuel_rate", "fuel_consumption", "fuel_level", "speed_kmh",
    "latitude", "longitude",
)  # fmt: skip
_SAID = {
    "odometer_reading": 5.0, "fuel_used": 6.0, "fuel_rate": 7.0, "fuel_consumption": 8.0,
    "fuel_level": 9.0, "vehicle_speed": 10.0, "gps_latitude": 11.0, "gps_longitude": 12.0,
}  # fmt: skip
_MOMENTS = [
    Case(
        "Of the frames of one time each field has what arrived last and says it.",
        {
            READINGS: [
                reading(0, **{name: value + 100 for name, value in _SAID.items()
                              if not name.startswith("gps")}),
                reading(0, **_SAID),
                reading(0),
                reading(0, gps_speed=3, gps_latitude=0.0, gps_longitude=0.0,
                        odometer_reading=10_000_001),
                reading(1, gps_speed=3, gps_latitude=0.0, gps_longitude=1.0),
                reading(2, gps_latitude=1.0, gps_longitude=0.0, odometer_reading=-1),
                reading(3, odometer_reading=10_000_000),
                reading(-6_000_000, odometer_reading=1),
            ]
        },
        [
            (5.0, 6.0, 7.0, 8.0, 9.0, 3.0, 11.0, 12.0),
            (None, None, None, None, None, 3.0, 0.0, 1.0),
            (None, None, None, None, None, None, 1.0, 0.0),
            (10_000_000.0, *[None] * 7),
        ],
        select=f"select {', '.join(_COLUMNS)} from core.truck_moments order by event_timestamp",
    ),
    Case(
        "What a truck is measured by takes two values of a counter, a level or a rate.",
        {
            READINGS: [
                row
                for truck, first, second in (
                    ("A", {"odometer_reading": 5}, {}),
                    ("B", {"odometer_reading": 5, "gps_latitude": 1.0}, {"odometer_reading": 5}),
                    ("C", {"odometer_reading": 5, "gps_latitude": 1.0},
                     {"odometer_reading": 5, "gps_latitude": 1.0}),
                    ("D", {"odometer_reading": 5, "gps_latitude": 1.0},
                     {"odometer_reading": 6, "gps_latitude": 1.0}),
                    ("E", {"fuel_used": 1, "fuel_rate": 1}, {"fuel_consumption": 1}),
                    ("F", {"fuel_used": 1, "fuel_rate": 1}, {"fuel_rate": 1}),
                    ("G", {"fuel_used": 1, "fuel_rate": 1}, {"fuel_used": 1, "fuel_rate": 1}),
                    ("H", {"fuel_level": 1}, {"fuel_level": 1}),
                    ("I", {"fuel_level": 1, "fuel_used": 1}, {"fuel_rate": 1}),
                )
                for row in (
                    reading(0, truck, gps_longitude=5.0, **first),
                    reading(1, truck, gps_longitude=5.0, **second),
                )
            ]
        },
        [
            ("A", False, None), ("B", True, None), ("C", False, None), ("D", True, None),
            ("E", False, "consumption"), ("F", False, "rate"), ("G", False, "counter"),
            ("H", False, "tank"), ("I", False, None),
        ],
        select="select distinct truck_id, has_odometer, fuel_source from core.truck_moments "
        "order by truck_id",
    ),
]  # fmt: skip

_FUEL = [
    Case(
        "A counter's litres come first, idling with them; what goes back or leaps is out.",
        {
            READINGS: [
                reading(0, odometer_reading=100, fuel_used=1000, fuel_rate=1,
                        fuel_consumption=1, fuel_level=90),
                reading(10, odometer_reading=110, fuel_used=1004, fuel_rate=1),
                reading(20, odometer_reading=110, fuel_used=1005),
                reading(30, odometer_reading=120, fuel_used=50),
                reading(40, odometer_reading=130, fuel_used=53),
                reading(50, odometer_reading=140, fuel_used=153),
                reading(51, odometer_reading=150),
                reading(52, odometer_reading=160, fuel_used=158),
                reading(60, odometer_reading=170),
                reading(1450, odometer_reading=180, fuel_used=160),
            ]
        },
        [
            ("2026-03-02", 70.0, 13.0, 50.0, "counter", None),
            ("2026-03-03", 10.0, 2.0, 10.0, "counter", None),
        ],
        select="select day::varchar, distance_km, fuel_litres, fuelled_km, fuel_source, "
        "tank_percent from mart.truck_days order by day",
    ),
    Case(
        "How far a counter may go, to the edge.",
        {
            READINGS: [
                reading(0, "A", fuel_used=100), reading(60, "A", fuel_used=320),
                reading(0, "B", fuel_used=100), reading(60, "B", fuel_used=320.5),
                reading(0, "C", fuel_used=100), reading(60, "C", fuel_used=100),
                reading(0, "D", fuel_used=100), reading(30, "D", fuel_used=219),
                reading(0, "E", fuel_used=100), reading(90, "E", fuel_used=419),
                reading(0, "F", fuel_used=100, fuel_rate=5), reading(60, "F", fuel_rate=6),
            ]
        },
        [("A", 220.0, "counter"), ("B", None, "counter"), ("C", 0.0, "counter"),
         ("D", 119.0, "counter"), ("E", 319.0, "counter"), ("F", 6.0, "rate")],
        select="select truck_id, fuel_litres, fuel_source from mart.truck_days "
        "order by truck_id",
    ),
    Case(
        "A rate holds from reading to reading, idling too, but not across a gap.",
        {
            READINGS: [
                *(reading(6 * n, fuel_rate=10 * n, odometer_reading=10 * n)
                  for n in range(4)),
                reading(48, fuel_rate=100, odometer_reading=70),
                reading(79, fuel_rate=100, odometer_reading=80),
                reading(81, fuel_consumption=7),
                reading(2, "T2", fuel_rate=9), reading(3, "T2", fuel_level=9),
                *(reading(60 * n, "T3", fuel_rate=10, odometer_reading=n) for n in range(3)),
                reading(0, "T4", odometer_reading=0, fuel_used=100), reading(5, "T4", fuel_used=9),
                reading(10, "T4", odometer_reading=5, fuel_used=10),
                reading(15, "T4", fuel_used=11), reading(20, "T4", fuel_used=2),
                reading(25, "T4", odometer_reading=12, fuel_used=1),
            ]
        },
        [("T1", 56.0, 70.0, 80.0, "rate"), ("T2", None, None, None, None),
         ("T3", 20.0, 2.0, 2.0, "rate"), ("T4", 2.0, 5.0, 12.0, "counter")],
        select="select truck_id, fuel_litres, fuelled_km, distance_km, fuel_source "
        "from mart.truck_days order by truck_id",
    ),
    Case(
        "Of a tank only its share is known; what was filled is no fall.",
        {
            READINGS: [
                reading(0, fuel_level=80, odometer_reading=1),
                reading(1, fuel_level=81, odometer_reading=2), reading(2, fuel_level=70),
                reading(3, fuel_level=79.5), reading(4, fuel_level=60),
                reading(5, fuel_level=70), reading(6, fuel_level=65, odometer_reading=5),
                reading(0, "T2", fuel_level=50), reading(0, "T3", fuel_level=50),
                reading(1, "T3", fuel_level=40), reading(1440, "T3", fuel_level=30),
            ]
        },
        [("T1", "2026-03-02", None, None, 25.0, "tank"),
         ("T2", "2026-03-02", None, None, None, None),
         ("T3", "2026-03-02", None, None, 10.0, "tank"),
         ("T3", "2026-03-03", None, None, 10.0, "tank")],
        select="select truck_id, day::varchar, fuel_litres, fuelled_km, tank_percent, "
        "fuel_source from mart.truck_days order by truck_id, day",
    ),
]  # fmt: skip

_MOVING = [
    Case(
        "Moving is counted in hours: a speed holds until the next, but not across a gap.",
        {
            READINGS: [
                *(reading(m, vehicle_speed=60) for m in range(0, 120, 2)),
                *(reading(120 + m, gps_speed=0) for m in range(0, 60, 2)),
                reading(188, vehicle_speed=30), reading(190, vehicle_speed=1),
                reading(198, vehicle_speed=90), reading(199, fuel_level=50),
                reading(209, vehicle_speed=90),
                *(reading(1440 + m, vehicle_speed=6) for m in range(0, 60, 3)),
                reading(5, "T2", vehicle_speed=60),
                reading(1, "T3", vehicle_speed=1.5), reading(61, "T3", vehicle_speed=80),
                reading(5, "T4", vehicle_speed=0), reading(65, "T4", vehicle_speed=80),
                reading(5, "T5", vehicle_speed=0), reading(5, "T6", gps_speed=40),
            ]
        },
        [("T1", "2026-03-02", 3.3, 2.0333, 59.5082, 90.0),
         ("T1", "2026-03-03", 0.95, 0.95, 6.0, 6.0),
         ("T2", "2026-03-02", None, None, None, 60.0),
         ("T3", "2026-03-02", 1.0, 1.0, 1.5, 80.0), ("T4", "2026-03-02", 1.0, 0.0, None, 80.0),
         ("T5", "2026-03-02", None, None, None, 0.0), ("T6", "2026-03-02", None, None, None, 40.0)],
        select="select truck_id, day::varchar, known_hours, round(moving_hours, 4), "
        "round(moving_speed_kmh, 4), highest_speed_kmh from mart.truck_days "
        "order by truck_id, day",
    ),
]  # fmt: skip

_SOURCES = [
    Case(
        "A truck without odometer has the distance of its positions: leaps, drift and 0,0 out.",
        {
            READINGS: [
                reading(0, gps_latitude=48.0, gps_longitude=11.0, fuel_consumption=30),
                reading(1, gps_latitude=48.01, gps_longitude=11.0, fuel_consumption=30),
                reading(2, gps_latitude=0.0, gps_longitude=0.0, fuel_consumption=30),
                reading(3, gps_latitude=48.02, gps_longitude=11.0, fuel_consumption=30),
                reading(4, gps_latitude=48.02001, gps_longitude=11.0),
                reading(5, gps_latitude=49.0, gps_longitude=11.0),
                reading(6, gps_latitude=49.001, gps_longitude=11.0, vehicle_speed=0),
            ]
        },
        [("positions", 2.2239, 0.6672, 2.2239, 1)],
        select="select distance_source, round(distance_km, 4), round(fuel_litres, 4), "
        "round(fuelled_km, 4), count_left_out from mart.truck_days",
    ),
    Case(
        "Each truck by itself: odometers and positions of several, interleaved.",
        {
            READINGS: [
                row
                for minute in range(3)
                for row in (
                    reading(minute, "A", odometer_reading=100 + minute),
                    reading(minute + 0.2, "B", odometer_reading=900 + 2 * minute),
                    reading(minute + 0.4, "C", gps_latitude=48 + minute / 100,
                            gps_longitude=0.0),
                    reading(minute + 0.6, "D", gps_latitude=0.0,
                            gps_longitude=20 - minute / 100),
                )
            ]
        },
        [
            ("A", 2.0, 0, "odometer"), ("B", 4.0, 0, "odometer"),
            ("C", 2.2239, 0, "positions"), ("D", 2.2239, 0, "positions"),
        ],
        select="select truck_id, round(distance_km, 4), count_left_out, distance_source "
        "from mart.truck_days order by truck_id",
    ),
    Case(
        "Litres are of the kilometres whose consumption is known, its mean over the step.",
        {
            READINGS: [
                reading(0, odometer_reading=100),
                reading(1, fuel_consumption=20),
                reading(2, odometer_reading=110, fuel_consumption=40),
                reading(3, odometer_reading=130),
            ]
        },
        [(30.0, 3.0, 10.0)],
        select="select distance_km, fuel_litres, fuelled_km from mart.truck_days",
    ),
]  # fmt: skip

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
                    reading(2, gps_latitude=47.0, gps_longitude=10.0, vehicle_speed=1, fuel_level=1,
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
                 at(5), "ok", at(4), 801.0, at(3)),
                ("T2", at(1), 0.0, 5.0, at(1), 7.0, at(1), *[None] * 10),
                ("T3", at(2), 50.0, 0.0, at(2), *[None] * 12),
                ("T4", at(3), *[None] * 15),
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
            "A misdated reading is not the truck's only one, nor its last.",
            {READINGS: [reading(0, fuel_level=50), reading(-6_000_000, fuel_level=9),
                        reading(-6_000_000, brake_status="old")]},
            [(at(0), 50.0, None)],
            select="select read_at, fuel_level, brake_status from mart.trucks",
        ),
    ],
    "core/truck_moments": [
        *_MOMENTS,
        *_FUEL,
        Case("Nothing in, nothing out.", {}, [], select=_DAYS),
        Case(
            "Two events of one time, one without an odometer, change no distance.",
            {
                READINGS: [
                    reading(0, odometer_reading=100),
                    reading(1, odometer_reading=110),
                    reading(1, fuel_level=50),
                    reading(2, odometer_reading=120),
                ]
            },
            [(20.0,)],
            select=_KILOMETRES,
        ),
        Case(
            "Of two frames of one time a fix counts, not the zeros of the other.",
            {
                READINGS: [
                    reading(0, gps_latitude=48.0, gps_longitude=11.0),
                    reading(1, gps_latitude=48.01, gps_longitude=11.01, sequence_number=7),
                    reading(1, gps_latitude=0.0, gps_longitude=0.0, sequence_number=8),
                ]
            },
            [(1.3379,)],
            select="select round(distance_km, 4) from mart.truck_days",
        ),
        Case(
            "Frames that say odometer and consumption apart have their litres.",
            {
                READINGS: [
                    reading(m, **({"odometer_reading": 100 + m} if m % 2 == 0
                                  else {"fuel_consumption": 30}))
                    for m in range(5)
                ]
            },
            [(4.0, 1.2, 4.0)],
            select="select distance_km, fuel_litres, fuelled_km from mart.truck_days",
        ),
        Case(
            "An odometer that stands still while the positions move is not believed.",
            {
                READINGS: [
                    reading(m, odometer_reading=0, gps_latitude=48 + m / 100, gps_longitude=11)
                    for m in range(3)
                ]
                + [reading(m, "T2", odometer_reading=5) for m in range(2)]
                + [reading(0, "T3", odometer_reading=5, gps_latitude=48, gps_longitude=11),
                   reading(1, "T3", gps_latitude=48.01, gps_longitude=11)]
                + [reading(0, "T4", odometer_reading=5, gps_latitude=48, gps_longitude=11),
                   reading(1, "T4", odometer_reading=5)]
            },
            [("positions", 2.2239), ("odometer", 0.0), ("positions", 1.1119), ("odometer", 0.0)],
            select="select distance_source, round(distance_km, 4) from mart.truck_days "
            "order by truck_id",
        ),
    ],
    "core/distance_steps": [
        *_FUEL,
        *_SOURCES,
        Case("Nothing in, nothing out.", {}, [], select=_DAYS),
        Case(
            "An odometer that is set back loses the kilometres of that moment alone.",
            odometers(1000, 1010, 1020, 0, 10, 20),
            [(40.0,)],
            select=_KILOMETRES,
        ),
        Case(
            "An odometer that rolls over goes on.",
            odometers(999_990, 999_999, 9, 19),
            [(29.0,)],
            select=_KILOMETRES,
        ),
        Case(
            "Between two known odometer values lies their distance, whatever came between.",
            {
                READINGS: [
                    reading(m, **({"odometer_reading": 100 + m} if m % 2 == 0 else {}))
                    for m in range(60)
                ]
            },
            [(58.0,)],
            select=_KILOMETRES,
        ),
        Case(
            "A reading dated 1,024 weeks back adds no kilometre.",
            {
                READINGS: [
                    *(reading(m, odometer_reading=100 + m) for m in range(60)),
                    reading(60 - 1024 * 7 * 1440, odometer_reading=160),
                ]
            },
            [(59.0,)],
            select=_KILOMETRES,
        ),
        Case(
            "J1939's code for 'not available' adds no kilometre.",
            odometers(100, 110, 21_474_836.475),
            [(10.0,)],
            select=_KILOMETRES,
        ),
        Case(
            "What an odometer may say and how far it may go, to the edge.",
            {
                READINGS: [
                    reading(0, "A", odometer_reading=9_999_990),
                    reading(1, "A", odometer_reading=10_000_000),
                    reading(2, "A", odometer_reading=10_000_000.5),
                    reading(0, "B", odometer_reading=100),
                    reading(120, "B", odometer_reading=1500),
                    reading(240, "B", odometer_reading=2900.5),
                    reading(0, "C", odometer_reading=100),
                    reading(1, "C", odometer_reading=100),
                    reading(2, "C", odometer_reading=100.5),
                    reading(0, "D", odometer_reading=999_000),
                    reading(1430, "D", odometer_reading=999.5),
                    reading(0, "E", odometer_reading=999_500),
                    reading(1430, "E", odometer_reading=1000),
                    reading(0, "F", odometer_reading=1_000_000),
                    reading(1, "F", odometer_reading=5),
                    reading(0, "G", odometer_reading=1_000_000.5),
                    reading(1, "G", odometer_reading=5),
                    reading(0, "H", odometer_reading=998_999.5),
                    reading(1430, "H", odometer_reading=5),
                    reading(0, "I", odometer_reading=0),
                    reading(1, "I", odometer_reading=0.5),
                ]
            },
            [
                ("A", 10.0, 0), ("B", 1400.0, 1), ("C", 0.5, 0), ("D", 1999.5, 0),
                ("E", None, 1), ("F", 5.0, 0), ("G", None, 1), ("H", None, 1), ("I", 0.5, 0),
            ],
            select="select truck_id, distance_km, count_left_out from mart.truck_days "
            "order by truck_id",
        ),
        Case(
            "How fast a position may move, and how slowly, to the edge.",
            {
                READINGS: [
                    reading(0, "A", gps_latitude=10.0, gps_longitude=5.0),
                    reading(60, "A", gps_latitude=11.80314, gps_longitude=5.0),
                    reading(0, "B", gps_latitude=10.0, gps_longitude=5.0),
                    reading(60, "B", gps_latitude=10.022483, gps_longitude=5.0),
                    reading(0, "C", gps_latitude=10.0, gps_longitude=5.0),
                    reading(30, "C", vehicle_speed=0),
                    reading(60, "C", gps_latitude=10.1, gps_longitude=5.0, vehicle_speed=30),
                    reading(0, "D", gps_latitude=10.0, gps_longitude=5.0),
                    reading(1, "D", gps_latitude=10.001, gps_longitude=5.0, gps_speed=0),
                    reading(0, "E", gps_latitude=10.0, gps_longitude=5.0),
                    reading(120, "E", gps_latitude=13.0, gps_longitude=5.0),
                    reading(0, "F", gps_latitude=10.0, gps_longitude=5.0),
                    reading(30, "F", gps_latitude=10.0085, gps_longitude=5.0),
                    reading(0, "G", gps_latitude=10.0, gps_longitude=5.0),
                    reading(1, "G", gps_latitude=10.002, gps_longitude=5.0, vehicle_speed=0.5),
                ]
            },
            [
                ("A", None, 1), ("B", 2.5, 0), ("C", 11.1195, 0), ("D", 0.0, 0),
                ("E", 333.5848, 0), ("F", 0.0, 0), ("G", 0.2224, 0),
            ],
            select="select truck_id, round(distance_km, 4), count_left_out from mart.truck_days "
            "order by truck_id",
        ),
        Case(
            "Positions on both sides of the date line are close to each other.",
            {
                READINGS: [
                    reading(0, gps_latitude=0.0, gps_longitude=179.999),
                    reading(1, gps_latitude=0.0, gps_longitude=-179.999),
                ]
            },
            [(0.2224,)],
            select="select round(distance_km, 4) from mart.truck_days",
        ),
        Case(
            "An odometer that leaps to another's value leaves the leap out, and says so.",
            odometers(100, 110, 250_000, 250_010),
            [(20.0, 1, "odometer")],
            select="select distance_km, count_left_out, distance_source from mart.truck_days",
        ),
    ],
    "core/fuel_spans": [
        Case("Nothing in, nothing out.", {}, [], select=_DAYS),
        *_FUEL,
    ],
    "core/speed_spans": [
        Case("Nothing in, nothing out.", {}, [], select=_DAYS),
        *_MOVING,
    ],
    "mart/truck_days": [
        *_FUEL,
        *_MOVING,
        *_SOURCES,
        Case(
            "A misdated reading is of no day.",
            {READINGS: [reading(0), reading(-6_000_000)]},
            [("2026-03-02", 1)],
            select="select day::varchar, count_readings from mart.truck_days",
        ),
        Case("Nothing in, nothing out.", {}, [], select=_DAYS),
        Case(
            "A day has its readings, kilometres, litres and speeds; the first has no distance.",
            {
                READINGS: [
                    reading(0, odometer_reading=100, fuel_consumption=30, vehicle_speed=0,
                            **tyres(804, 805, 806, 807)),
                    reading(2, odometer_reading=130, fuel_consumption=20, vehicle_speed=90,
                            **tyres(808, 803, 806, 807)),
                    reading(1, odometer_reading=110, fuel_consumption=40, vehicle_speed=60,
                            **tyres(808, 805, 802, 807)),
                    reading(1, "T2", odometer_reading=5000, vehicle_speed=0.5),
                    reading(1440, odometer_reading=150, fuel_consumption=25, vehicle_speed=30,
                            **tyres(808, 805, 806, 801)),
                ]
            },
            [
                ("T1", "2026-03-02", 3, 30.0, 8.0, 60.0, 90.0, 802.0),
                ("T1", "2026-03-03", 1, 20.0, 5.0, None, 30.0, 801.0),
                ("T2", "2026-03-02", 1, None, None, None, 0.5, None),
            ],
            select=_DAYS,
        ),
        Case(
            "A reading told twice counts once.",
            {
                READINGS: [
                    reading(0, odometer_reading=100, event_id="a"),
                    reading(1, odometer_reading=110, event_id="b"),
                    reading(1, odometer_reading=110, event_id="b"),
                ]
            },
            [(2, 10.0)],
            select="select count_readings, distance_km from mart.truck_days",
        ),
        Case(
            "The front wheels count like the others.",
            {
                READINGS: [
                    reading(0, "T1", **tyres(700, 801, 802, 803)),
                    reading(0, "T2", **tyres(801, 701, 802, 803)),
                ]
            },
            [(700.0,), (701.0,)],
            select="select lowest_tire_pressure_kpa from mart.truck_days order by truck_id",
        ),
        Case(
            "A truck without speed, odometer or consumption has none of the three.",
            {READINGS: [reading(0), reading(1)]},
            [("T1", "2026-03-02", 2, None, None, None, None, None)],
            select=_DAYS,
        ),
        Case(
            "The lowest of the wheels that are measured is told.",
            {READINGS: [reading(0, **tyres(801, None, 803, 804))]},
            [(801.0,)],
            select="select lowest_tire_pressure_kpa from mart.truck_days",
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
                    click("S1", "purchase", 3, event_id="h", product_id="P1", quantity=1, price=1),
                    click("S1", "purchase", 3, event_id="i", product_id="P1", quantity=1, price=1),
                    click("S1", "add_to_cart", 1, event_id="j", order_id="o1", product_id="P1",
                          quantity=9, price=9),
                ]
            },
            [
                ("c", at(2), "S2", None, "o1", "P1", 20.0),
                ("e", at(3), "S1", None, "o1", "P2", 7.0),
                ("f", at(3), "S1", None, "o2", "P1", None),
                ("g", at(3), "S1", None, "o3", None, 99.0),
                ("h", at(3), "S1", None, None, "P1", 1.0),
                ("i", at(3), "S1", None, None, "P1", 1.0),
            ],
            select="select * from core.purchases order by event_id",
        ),
        Case(
            "Who bought is told.",
            {CLICKS: [click("S1", "purchase", event_id="a", user_id="u")]},
            [("u",)],
            select="select user_id from core.purchases",
        ),
    ],
    "mart/sessions": [
        Case("Nothing in, nothing out.", {}, [], select=_SESSIONS),
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
