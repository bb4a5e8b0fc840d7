"""Cases of the views and queries of who drove which truck, and how."""

from typing import Any

from .rows import OPERATIONS, READINGS, Case, Row, at, operation, reading

_SHIFTS = (
    "select truck_id, driver_id, datediff('minute', '2026-03-02', began_at), "
    "datediff('minute', '2026-03-02', ended_at) from mart.shifts order by truck_id, began_at"
)
_LOG = (
    "select truck_id, driver_id, datediff('second', '2026-03-02', happened_at), kind, speed_kmh, "
    "round(kilometres, 6), event_type, seconds, engine_seconds, latitude "
    "from mart.driver_log order by truck_id, happened_at, kind"
)


def shift(driver: str, begins: float, ends: float | None, truck: str = "T1") -> list[Row]:
    """Return a driver's shift in minutes; without an end it was never told."""
    told = [("on", begins)] + ([] if ends is None else [("off", ends)])
    return [
        operation("driver_shift", minute, driver_id=driver, truck_id=truck, duty=duty)
        for duty, minute in told
    ]


def box(kind: str, minute: float, truck: str = "T1", **says: Any) -> Row:
    """Return what a telematics box tells."""
    return operation("driving_event", minute, truck_id=truck, event_type=kind, **says)


def drive(*speeds: float, minute: float = 0, truck: str = "T1", **says: Any) -> list[Row]:
    """Return readings a minute apart."""
    return [reading(minute + n, truck, vehicle_speed=v, **says) for n, v in enumerate(speeds)]


SHIFTS = [
    Case("Nothing in, nothing out.", {}, [], select=_SHIFTS),
    Case(
        "A shift lasts from on to off; each driver and each truck has shifts of its own.",
        {
            OPERATIONS: [
                *shift("D1", 0, 60), *shift("D1", 120, 180), *shift("D2", 60, 120),
                *shift("D3", 10, 20, "T2"), *shift("D4", 30, 40, "T2"),
            ]
        },
        [
            ("T1", "D1", 0, 60), ("T1", "D2", 60, 120), ("T1", "D1", 120, 180),
            ("T2", "D3", 10, 20), ("T2", "D4", 30, 40),
        ],
        select=_SHIFTS,
    ),
    Case(
        "A gap in the rota: a shift without an end and an end without a shift are nobody's.",
        {
            OPERATIONS: [
                *shift("D1", 0, None), *shift("D1", 100, 160),
                operation("driver_shift", 30, driver_id="D2", truck_id="T1", duty="off"),
                operation("driver_shift", 40, driver_id="D2", truck_id="T1", duty="off"),
                *shift("D3", 300, None),
            ]
        },
        [("T1", "D1", 100, 160)],
        select=_SHIFTS,
    ),
    Case(
        "Where two shifts overlap nobody knows who drove; before and behind it is known.",
        {OPERATIONS: [*shift("D1", 0, 60), *shift("D2", 45, 120), *shift("D3", 70, 80)]},
        [
            ("T1", "D1", 0, 45), ("T1", "D2", 60, 70), ("T1", "D2", 80, 120),
        ],
        select=_SHIFTS,
    ),
    Case(
        "Who takes another truck has left the one before, also at the same moment.",
        {
            OPERATIONS: [
                *shift("D1", 0, 90), *shift("D1", 60, 120, "T2"),
                *shift("D2", 200, 260), *shift("D2", 260, 300, "T2"),
                *shift("D3", 400, 500, "T3"), *shift("D4", 410, 420, "T4"),
                *shift("D5", 0, 50, "T6"), *shift("D5", 0, 40, "T5"),
                *shift("D6", 0, 90, "T7"), *shift("D6", 80, 85, "T9"), *shift("D6", 60, 70, "T8"),
                *shift("D7", 0, 90, "TB"), *shift("D7", 60, 95, "TA"),
            ]
        },
        [
            ("T1", "D1", 0, 60), ("T1", "D2", 200, 260), ("T2", "D1", 60, 120),
            ("T2", "D2", 260, 300), ("T3", "D3", 400, 500), ("T4", "D4", 410, 420),
            ("T6", "D5", 0, 50), ("T7", "D6", 0, 60), ("T8", "D6", 60, 70), ("T9", "D6", 80, 85),
            ("TA", "D7", 60, 95), ("TB", "D7", 0, 60),
        ],
        select=_SHIFTS,
    ),
    Case(
        "A truck that is left and taken again at once was driven all the time.",
        {OPERATIONS: [*shift("D1", 60, 120), *shift("D1", 0, 60)]},
        [("T1", "D1", 0, 60), ("T1", "D1", 60, 120)],
        select=_SHIFTS,
    ),
]  # fmt: skip

LOG = [
    Case("Nothing in, nothing out.", {}, [], select=_LOG),
    Case(
        "Driving, events and stops are the driver's on duty, from the first moment to the last.",
        {
            READINGS: [
                *drive(60, 30, 0, 0, 0, 1, 1.5, 90, engine_rpm=700),
                *drive(30, 30, 30, truck="T2"),
                *drive(0, 0, 0, minute=200, truck="T3"),
            ],
            OPERATIONS: [
                *shift("D1", 0, 3), *shift("D2", 1, 2, "T2"), *shift("D3", 5, 6),
                *shift("D1", 7, 8),
                box("harsh_brake", 0.5, speed=42, seconds=2, latitude=5, longitude=6),
                box("harsh_corner", 1), box("speeding", 5.5),
                box("speeding", 3, seconds=9),
                box("harsh_corner", 1, "T2"), box("harsh_corner", 0, "T9", speed=7),
                box("harsh_corner", 2, "T2", speed=7),
            ],
        },
        [
            ("T1", "D1", 0, "driving", 60.0, 1.0, None, None, None, None),
            ("T1", "D1", 30, "event", 42.0, None, "harsh_brake", 2.0, None, 5.0),
            ("T1", "D1", 60, "driving", 30.0, 0.5, None, None, None, None),
            ("T1", "D1", 60, "event", 30.0, None, "harsh_corner", None, None, None),
            ("T1", "D1", 120, "stop", 30.0, None, None, 120.0, 120.0, None),
            ("T1", None, 180, "event", 30.0, None, "speeding", 9.0, None, None),
            ("T1", "D3", 330, "event", 30.0, None, "speeding", None, None, None),
            ("T1", None, 360, "driving", 1.5, 0.025, None, None, None, None),
            ("T2", None, 0, "driving", 30.0, 0.5, None, None, None, None),
            ("T2", "D2", 60, "driving", 30.0, 0.5, None, None, None, None),
            ("T2", "D2", 60, "event", 30.0, None, "harsh_corner", None, None, None),
            ("T2", None, 120, "event", 7.0, None, "harsh_corner", None, None, None),
            ("T3", None, 12000, "stop", None, None, None, 120.0, None, None),
            ("T9", None, 0, "event", 7.0, None, "harsh_corner", None, None, None),
        ],
        select=_LOG,
    ),
    Case(
        "A gap is no driving, and a minute's stand no stop; hours and places are theirs.",
        {
            READINGS: [
                *drive(60, 60, 60, 0, 0, 60, gps_longitude=7, gps_latitude=5),
                *drive(60, 60, 0, 0, 0, minute=90, gps_longitude=7, gps_latitude=5),
            ]
        },
        [
            ("driving", 1 / 60, None), ("driving", 1 / 60, None), ("driving", 1 / 60, None),
            ("driving", 1 / 60, None), ("driving", 1 / 60, None), ("stop", None, 7.0),
        ],
        select="select kind, hours, longitude from mart.driver_log order by happened_at, kind",
    ),
]  # fmt: skip


def _burning(*speeds: float, minute: float = 0, truck: str = "T1", **says: Any) -> list[Row]:
    """Return readings of a truck that burns a litre on five kilometres."""
    made, km = [], 1000.0 + minute / 1024
    for number, speed in enumerate(speeds):
        told = {"vehicle_speed": speed, "odometer_reading": km, "fuel_used": km / 5, **says}
        made.append(reading(minute + number, truck, **told))
        km += speed / 60
    return made


_DAY: Row = {"since": at(0), "until": at(1440)}
_CHICAGO: Row = {**_DAY, "zone": "America/Chicago"}


QUERIES: dict[str, list[Case]] = {
    "fleet/drivers/exposure": [
        Case("Nothing in, nothing out.", {}, [], _CHICAGO),
        Case(
            "Kilometres by the zone's hour and by quarters of the fleet's; events in their place.",
            {
                READINGS: [
                    *drive(20, 40, 60, 60, 0, minute=10), *drive(60, 60, 0, minute=60),
                    *drive(120, 120, 0, minute=30, truck="T2"), *drive(90, 90, minute=1439),
                    *drive(90, 90, 0, minute=-3),
                ],
                OPERATIONS: [
                    *shift("D1", 0, 200),
                    box("harsh_brake", 11.5, speed=20), box("harsh_brake", 11.6, speed=20.5),
                    box("harsh_acceleration", 12, speed=59), box("harsh_corner", 60.5),
                    box("harsh_corner", 61, speed=10), box("speeding", 61, speed=121),
                    box("speeding", 70, "T7"), box("speeding", 1440, speed=5),
                    box("speeding", -0.5, speed=5),
                ],
            },
            [
                ("D1", 18, 1, 40.0, 1.0, 2, 0, 0, 0),
                ("D1", 18, 2, 60.0, 2.0, 0, 1, 0, 0),
                ("D1", 19, 1, None, 0.0, 0, 0, 1, 0),
                ("D1", 19, 2, 60.0, 2.0, 0, 0, 1, 0),
                ("D1", 19, 4, None, 0.0, 0, 0, 0, 1),
                (None, 17, 3, 90.0, 1.5, 0, 0, 0, 0),
                (None, 18, 4, 120.0, 4.0, 0, 0, 0, 0),
            ],
            _CHICAGO,
        ),
        Case(
            "Drivers and hours have rows of their own, stops none.",
            {
                READINGS: [
                    *drive(60, 0, minute=59), *drive(0, 0, 0, 0, minute=61),
                    *drive(60, 60, 0, minute=59, truck="T2"),
                ],
                OPERATIONS: [*shift("D2", 0, 200), *shift("D1", 0, 200, "T2")],
            },
            [
                ("D1", 18, 1, 60.0, 1.0, 0, 0, 0, 0), ("D1", 19, 1, 60.0, 1.0, 0, 0, 0, 0),
                ("D2", 18, 1, 60.0, 1.0, 0, 0, 0, 0),
            ],
            _CHICAGO,
        ),
        Case(
            "A quarter holds the speed that fills it.",
            {
                READINGS: [
                    *drive(15, 15, 15, 15, 30, 30, 60), *drive(120, minute=7),
                    *drive(0, minute=7.5),
                ]
            },
            [
                (None, 18, 1, 15.0, 1.0, 0, 0, 0, 0), (None, 18, 2, 30.0, 1.0, 0, 0, 0, 0),
                (None, 18, 3, 60.0, 1.0, 0, 0, 0, 0), (None, 18, 4, 120.0, 1.0, 0, 0, 0, 0),
            ],
            _CHICAGO,
        ),
    ],
    "fleet/drivers/days": [
        Case("Nothing in, nothing out.", {}, [], _DAY),
        Case(
            "What each did with each truck on a day; litres of a truck that had one driver.",
            {
                READINGS: [
                    *_burning(60, 60, 60, 0, 0, 0, 0, 0, 60, 60, 60, engine_rpm=700),
                    *_burning(0, 0, 0, engine_rpm=700, minute=11),
                    *_burning(0, 0, 0, 0, engine_rpm=0, minute=14),
                    *_burning(60, 0, 0, 0, 60, 60, minute=18, engine_rpm=700),
                    *_burning(0, 0, 0, minute=3, truck="T3"),
                    *_burning(30, 30, 30, truck="T2"), *_burning(30, 30, 30, truck="T3"),
                    *_burning(30, 30, 30, minute=-3), *_burning(30, 30, 30, minute=1440),
                    *_burning(30, 30, 30, minute=2880), *_burning(0, 0, 0, truck="T4"),
                    *_burning(30, 30, 30, truck="T5"),
                    *_burning(0, 0, truck="T6", engine_rpm=700, minute=100),
                    *_burning(0, 0, 0, minute=102, truck="T6", engine_rpm=0),
                ],
                OPERATIONS: [
                    *shift("D1", 0, 100), *shift("D2", 0, 1, "T2"), *shift("D3", 1, 2, "T2"),
                    *shift("D5", 0, 100, "T4"), *shift("D6", 0, 1, "T5"),
                    *shift("D1", 1440, 1600), *shift("D9", 200, 210), *shift("D1", 100, 120, "T6"),
                    box("harsh_brake", 205),
                    box("speeding", 1, seconds=8), box("speeding", 2, seconds=7),
                    box("harsh_brake", 2), box("harsh_corner", 2), box("harsh_acceleration", 9),
                    box("speeding", 2880, seconds=5), box("harsh_corner", -1),
                ],
            },
            [
                ("T1", "D1", at(0), 8.0, 8 / 60, 3, 2, 15.0, 3, 3, 2, 540.0, 7.0068359375,
                 1.4013671875),
                ("T1", "D9", at(0), 0.0, 0.0, 1, 0, 0.0, 0, 0, 0, 0.0, None, None),
                ("T1", "D1", at(1440), 1.0, 2 / 60, 0, 0, 0.0, 0, 0, 0, 0.0, 1.0, 0.2),
                ("T2", "D2", at(0), 0.5, 1 / 60, 0, 0, 0.0, 0, 0, 0, 0.0, None, None),
                ("T2", "D3", at(0), 0.5, 1 / 60, 0, 0, 0.0, 0, 0, 0, 0.0, None, None),
                ("T3", None, at(0), 1.5, 3 / 60, 0, 0, 0.0, 1, 0, 0, 0.0, None, None),
                ("T4", "D5", at(0), 0.0, 0.0, 0, 0, 0.0, 1, 0, 0, 0.0, None, None),
                ("T5", "D6", at(0), 0.5, 1 / 60, 0, 0, 0.0, 0, 0, 0, 0.0, None, None),
                ("T5", None, at(0), 0.5, 1 / 60, 0, 0, 0.0, 0, 0, 0, 0.0, None, None),
                ("T6", "D1", at(0), 0.0, 0.0, 0, 0, 0.0, 1, 1, 0, 120.0, None, None),
            ],
            {"since": at(0), "until": at(2880)},
        ),
    ],
    "fleet/drivers/places": [
        Case("Nothing in, nothing out.", {}, [], {**_DAY, "driver_id": "D1"}),
        Case(
            "The events of one driver in a time, in their sequence.",
            {
                OPERATIONS: [
                    *shift("D1", -60, 2000), *shift("D2", 0, 60, "T2"),
                    box("speeding", 5, speed=80, seconds=7, latitude=1, longitude=2),
                    box("harsh_brake", 5, speed=50), box("harsh_corner", 0),
                    box("harsh_corner", -1), box("harsh_corner", 1440), box("harsh_brake", 5, "T2"),
                ],
                READINGS: drive(60, 60, 0, 0, 0),
            },
            [
                ("T1", at(0), "harsh_corner", 60.0, None, None, None),
                ("T1", at(5), "harsh_brake", 50.0, None, None, None),
                ("T1", at(5), "speeding", 80.0, 7.0, 1.0, 2.0),
            ],
            {**_DAY, "driver_id": "D1"},
        ),
    ],
}  # fmt: skip
VIEWS: dict[str, list[Case]] = {"mart/shifts": SHIFTS, "mart/driver_log": LOG}
