"""Feeds of trucks, each with what a day of theirs has: cases that several views share."""

from .rows import READINGS, TYRES, Case, reading, tyres

_COLUMNS = (
    "odometer_km", "fuel_used", "fuel_rate", "fuel_consumption", "fuel_level", "speed_kmh",
    "latitude", "longitude",
)  # fmt: skip
_SAID = {
    "odometer_reading": 5.0, "fuel_used": 6.0, "fuel_rate": 7.0, "fuel_consumption": 8.0,
    "fuel_level": 9.0, "vehicle_speed": 10.0, "gps_latitude": 11.0, "gps_longitude": 12.0,
}  # fmt: skip
_SENSORS = {
    "vehicle_speed": 10.0, "engine_rpm": 11.0, "engine_temperature": 12.0, "oil_pressure": 13.0,
    "battery_voltage": 14.0, "transmission_status": "ok", "brake_status": "worn",
    "environment_temperature": 15.0,
}  # fmt: skip
_WHEELS = tyres(804, 803, 802, 801)
MOMENTS = [
    Case(
        "Each sensor keeps what it told last; the lowest tyre is that of all frames of a time.",
        {
            READINGS: [
                reading(0, **dict.fromkeys(_SENSORS, 1), **tyres(1, 1, 1, 1)),
                reading(0, **_SENSORS, **_WHEELS),
                reading(0),
                *(reading(n, **(_WHEELS | {wheel: 700 + n})) for n, wheel in enumerate(TYRES, 1)),
                *(reading(5, **{wheel: kpa}) for wheel, kpa in _WHEELS.items()),
                reading(6, **tyres(900, None, None, None)),
            ]
        },
        [
            (3, *_SENSORS.values(), 801.0),
            *((1, *[None] * len(_SENSORS), 700.0 + n) for n in (1, 2, 3, 4)),
            (4, *[None] * len(_SENSORS), 801.0),
            (1, *[None] * len(_SENSORS), 900.0),
        ],
        select=f"select count_readings, {', '.join(_SENSORS)}, lowest_tire_kpa "
        "from core.truck_moments order by event_timestamp",
    ),
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
        select="select distinct truck_id, has_odometer, fuel_source from core.measured_moments "
        "order by truck_id",
    ),
]  # fmt: skip

COUNTER = Case(
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
)  # fmt: skip
COUNTER_EDGES = Case(
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
)  # fmt: skip
RATE = Case(
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
     ("T3", 20.0, 2.0, 2.0, "rate"), ("T4", 2.0, 4.8333, 12.0, "counter")],
    select="select truck_id, fuel_litres, round(fuelled_km, 4), distance_km, fuel_source "
    "from mart.truck_days order by truck_id",
)  # fmt: skip
OF_NO_RATE = Case(
    "Litres without kilometres, and kilometres without litres, are of no rate.",
    {
        READINGS: [
            reading(0, odometer_reading=100, fuel_used=100),
            reading(60, odometer_reading=200, fuel_used=130),
            reading(120, fuel_used=160),
            reading(180, odometer_reading=50, fuel_used=190),
            reading(240, odometer_reading=150), reading(300, odometer_reading=350),
            reading(360, odometer_reading=450, fuel_used=310),
            reading(420, fuel_used=340),
            reading(0, "T2", fuel_used=1), reading(60, "T2", odometer_reading=1),
            reading(120, "T2", fuel_used=13), reading(180, "T2", odometer_reading=101),
        ]
    },
    [("T1", 500.0, 240.0, 500.0, 150.0), ("T2", 100.0, 12.0, 50.0, 6.0)],
    select="select truck_id, distance_km, fuel_litres, fuelled_km, fuelled_litres "
    "from mart.truck_days order by truck_id",
)  # fmt: skip
TANK = Case(
    "Of a tank only its share is known; what was filled is no fall.",
    {
        READINGS: [
            reading(0, fuel_level=80, odometer_reading=1),
            reading(1, fuel_level=81, odometer_reading=2), reading(2, fuel_level=73),
            reading(3, fuel_level=79.5), reading(4, fuel_level=71),
            reading(5, fuel_level=81), reading(6, fuel_level=76, odometer_reading=5),
            reading(0, "T2", fuel_level=50), reading(0, "T3", fuel_level=50),
            reading(0, "T4", fuel_level=50), reading(30, "T4", fuel_level=30),
            reading(60, "T4", fuel_level=10.5), reading(61, "T4", fuel_level=0.5),
            reading(1, "T3", fuel_level=40), reading(1440, "T3", fuel_level=30),
        ]
    },
    [("T1", "2026-03-02", None, None, 14.0, "tank"),
     ("T2", "2026-03-02", None, None, None, None),
     ("T3", "2026-03-02", None, None, 10.0, "tank"),
     ("T3", "2026-03-03", None, None, 10.0, "tank"),
     ("T4", "2026-03-02", None, None, 29.5, "tank")],
    select="select truck_id, day::varchar, fuel_litres, fuelled_km, tank_percent, "
    "fuel_source from mart.truck_days order by truck_id, day",
)  # fmt: skip

MOVING = Case(
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
)  # fmt: skip

POSITIONS = Case(
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
)  # fmt: skip
SEVERAL = Case(
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
)  # fmt: skip
CONSUMED = Case(
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
)  # fmt: skip
