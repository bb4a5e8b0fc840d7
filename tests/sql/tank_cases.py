"""Cases of the views and queries of what is in the tanks."""

from typing import Any

from .rows import OPERATIONS, READINGS, Case, Row, at, operation, reading

_PLATEAUS = (
    "select truck_id, stand_number, datediff('minute', '2026-03-02', began_at), "
    "datediff('minute', '2026-03-02', ended_at), count_levels, level_first, level_last, "
    "odometer_first_km, odometer_last_km from core.tank_plateaus order by truck_id, plateau_number"
)
_CHANGES = (
    "select truck_id, kind, datediff('minute', '2026-03-02', earliest_at), "
    "datediff('minute', '2026-03-02', happened_at), has_stood, round(percent, 6), receipt_id, "
    "receipt_litres from core.tank_changes order by truck_id, happened_at"
)
_SCALES = (
    "select truck_id, count_receipts, is_calibrated, litres_per_percent "
    "from mart.tank_scales order by truck_id"
)
_EVENTS = (
    "select truck_id, kind, datediff('minute', earliest_at, happened_at), "
    "datediff('minute', '2026-03-02', happened_at), round(percent, 6), round(litres, 6), "
    "receipt_litres from mart.tank_events order by truck_id, happened_at, kind"
)


def stands(*levels: float, minute: float = 0, truck: str = "T1", km: float = 100.0) -> list[Row]:
    """Return readings of a truck that stands, a minute apart."""
    return [
        reading(minute + n, truck, vehicle_speed=0, fuel_level=level, odometer_reading=km)
        for n, level in enumerate(levels)
    ]


def drives(*levels: float, minute: float = 0, truck: str = "T1", km: float = 100.0) -> list[Row]:
    """Return readings of a truck on its way at 60 km/h, a minute apart."""
    return [
        reading(minute + n, truck, vehicle_speed=60, fuel_level=level, odometer_reading=km + n)
        for n, level in enumerate(levels)
    ]


def receipt(litres: float, minute: float, name: str, truck: str = "T1", **says: Any) -> Row:
    """Return a receipt."""
    told = {"service": "refuel", "litres": litres, "event_id": name, **says}
    return operation("truck_service", minute, truck_id=truck, **told)


def master(tank: float | None, minute: float = 0, truck: str = "T1") -> Row:
    """Return a truck's master data."""
    return operation("truck", minute, truck_id=truck, tank_litres=tank)


PLATEAUS = [
    Case("Nothing in, nothing out.", {}, [], select=_PLATEAUS),
    Case(
        "A stand is a plateau; a jump of one percent parts it, less does not.",
        {
            READINGS: [
                *stands(50, 50, 50, 50, 50, 50, 50, 50.5, 51, 52, 52, 30),
                *drives(29, 29.5, 28.5, minute=12),
                *stands(29, minute=15, km=110), *stands(7, 7, truck="T2", minute=1, km=5),
            ]
        },
        [
            ("T1", 0, 0, 8, 9, 50.0, 50.3, 100.0, 100.0),
            ("T1", 0, 9, 10, 2, 52.0, 52.0, 100.0, 100.0),
            ("T1", 0, 11, 11, 1, 30.0, 30.0, 100.0, 100.0),
            ("T1", 3, 15, 15, 1, 29.0, 29.0, 110.0, 110.0),
            ("T2", 0, 1, 2, 2, 7.0, 7.0, 5.0, 5.0),
        ],
        select=_PLATEAUS,
    ),
    Case(
        "Five levels count at each end, and the first only if it is alone.",
        {READINGS: stands(49.25, 50, 50.25, 50.5, 50.75, 51, 51.5, 52, 52.25)},
        [("T1", 0, 0, 8, 9, 50.5, 51.5, 100.0, 100.0)],
        select=_PLATEAUS,
    ),
    Case(
        "A truck whose levels are restless as it stands jumps by nine usual steps only.",
        {
            READINGS: [
                *stands(50, 50.25, 50, 50.25, 50, 52, 52.25, 52, 52.25, 54.5),
                *stands(*[20, 20.25, 20] * 3, 17.5, 17.75, truck="T2"),
            ]
        },
        [
            ("T1", 0, 0, 8, 9, 50.5, 51.7, 100.0, 100.0),
            ("T1", 0, 9, 9, 1, 54.5, 54.5, 100.0, 100.0),
            ("T2", 0, 0, 8, 9, 20.1, 20.1, 100.0, 100.0),
            ("T2", 0, 9, 10, 2, 17.75, 17.625, 100.0, 100.0),
        ],
        select=_PLATEAUS,
    ),
    Case(
        "A needle that stuck on the way is left out, until it moves again.",
        {
            READINGS: [
                *stands(50, 50), *drives(*[49.0, 49.5] * 20, minute=2, km=100),
                *drives(*[48] * 5, minute=42, km=140),
                reading(47, vehicle_speed=1, fuel_level=48, odometer_reading=145),
                *stands(48, 48, minute=48, km=146),
                *stands(40, 40, minute=50, km=146),
                *stands(50, 50, truck="T2"), *drives(*[48] * 5, minute=2, truck="T2"),
                *stands(48, minute=7, truck="T2", km=105),
                *(row for n, level in enumerate((50, 49, 48)) for row in (
                    *drives(level, minute=2 * n, truck="T3", km=2 * n),
                    *stands(level, minute=2 * n + 1, truck="T3", km=2 * n + 1))),
                *drives(*[47] * 15, minute=6, truck="T3", km=6),
                *stands(47, minute=21, truck="T3", km=21),
                *drives(*[46] * 16, minute=22, truck="T3", km=22),
                *stands(46, minute=38, truck="T3", km=38),
            ]
        },
        [
            ("T1", 0, 0, 1, 2, 50.0, 50.0, 100.0, 100.0),
            ("T1", 46, 50, 51, 2, 40.0, 40.0, 146.0, 146.0),
            ("T2", 0, 0, 1, 2, 50.0, 50.0, 100.0, 100.0),
            ("T2", 5, 7, 7, 1, 48.0, 48.0, 105.0, 105.0),
            ("T3", 1, 1, 1, 1, 50.0, 50.0, 1.0, 1.0), ("T3", 2, 3, 3, 1, 49.0, 49.0, 3.0, 3.0),
            ("T3", 3, 5, 5, 1, 48.0, 48.0, 5.0, 5.0), ("T3", 18, 21, 21, 1, 47.0, 47.0, 21.0, 21.0),
        ],
        select=_PLATEAUS,
    ),
    Case(
        "Trucks know nothing of each other; a truck that rolls a little stands.",
        {
            READINGS: [
                reading(0, "T2", odometer_reading=7, vehicle_speed=60, fuel_level=20),
                reading(1, fuel_level=50, vehicle_speed=0.5),
                reading(2, "T2", fuel_level=20, vehicle_speed=0),
                reading(3, fuel_level=50, vehicle_speed=1.5),
                reading(4, "T2", fuel_level=20, vehicle_speed=0, odometer_reading=7.0625),
                reading(5, "T2", fuel_level=20, vehicle_speed=0, odometer_reading=7.125),
                *stands(*[80, 81] * 5, truck="T3"), *stands(60, 60, 61.5, 61.5, truck="T4"),
            ]
        },
        [
            ("T1", 0, 1, 1, 1, 50.0, 50.0, None, None),
            ("T2", 1, 2, 5, 3, 20.0, 20.0, 7.0, 7.125),
            ("T3", 0, 0, 9, 10, 80.6, 80.6, 100.0, 100.0),
            ("T4", 0, 0, 1, 2, 60.0, 60.0, 100.0, 100.0),
            ("T4", 0, 2, 3, 2, 61.5, 61.5, 100.0, 100.0),
        ],
        select=_PLATEAUS,
    ),
    Case(
        "Speed, odometer and level may come in frames of their own; without speed nothing is told.",
        {
            READINGS: [
                reading(0, vehicle_speed=0.5), reading(1, odometer_reading=7),
                reading(2, fuel_level=60),
                reading(3, vehicle_speed=1), reading(4, fuel_level=59),
                reading(5, vehicle_speed=0.5, odometer_reading=9), reading(6, fuel_level=58),
                reading(7, truck="T2", fuel_level=44),
            ]
        },
        [
            ("T1", 0, 2, 2, 1, 60.0, 60.0, 7.0, 7.0),
            ("T1", 1, 6, 6, 1, 58.0, 58.0, 9.0, 9.0),
        ],
        select=_PLATEAUS,
    ),
]  # fmt: skip

# 20 km on which 4 % are burnt, and a stand: 0.2 % a kilometre.
LEG = [*stands(50, 50), *drives(49, 47, minute=2), *stands(46, 46, 46, minute=4, km=120)]

CHANGES = [
    Case("Nothing in, nothing out.", {}, [], select=_CHANGES),
    Case(
        "A rise on the way is filled in, with what was burnt until then; a fall is lost.",
        {
            READINGS: [
                *LEG, *drives(45, minute=7, km=121), *stands(90, 90, 85, 85, minute=8, km=130),
                *drives(85, minute=12, km=131), *stands(81, 81, minute=13, km=150),
                *drives(80, minute=15, km=151), *stands(70, 70, minute=16, km=170),
                *stands(30, 30, 36, 36, truck="T2", km=7),
            ],
            OPERATIONS: [receipt(55, 9, "R1"), receipt(50, 9, "R2"), receipt(7, 0, "R3", "T2")],
        },
        [
            ("T1", "refuel", 6, 8, False, 46.0, "R1", 55.0),
            ("T1", "loss", 9, 10, True, -5.0, None, None),
            ("T1", "loss", 14, 16, False, -7.0, None, None),
            ("T2", "refuel", 1, 2, True, 6.0, "R3", 7.0),
        ],
        select=_CHANGES,
    ),
    Case(
        "Where it stood, five percent are filled in and one is lost, with two levels beside.",
        {
            READINGS: [
                *stands(50, 50, 55, 55), *stands(50, 50, 54.5, 54.5, truck="T2"),
                *stands(50, 50, 49, 49, truck="T3"), *stands(50, 50, 53, 53, truck="T4"),
                *stands(50, 48.5, 48.5, 48.5, truck="T5"), *stands(50, 50, 50, 48.5, truck="T6"),
                *stands(50, 50, truck="T7"), *drives(50, minute=2, truck="T7"),
                *stands(48.5, 48.5, minute=3, truck="T7", km=101),
                *stands(50, 47.5, 47.5, 47.5, truck="T8"),
                *stands(50, 50, truck="T9"), *stands(49, 49, minute=2, truck="T9"),
            ]
        },
        [
            ("T1", "refuel", 1, 2, True, 5.0, None, None),
            ("T3", "loss", 1, 2, True, -1.0, None, None),
            ("T8", "loss", 0, 1, True, -2.5, None, None),
            ("T9", "loss", 1, 2, True, -1.0, None, None),
        ],
        select=_CHANGES,
    ),
    Case(
        "On its way a fall is a loss beyond what the truck usually burns there, and three tenths.",
        {
            READINGS: [
                *drives(50, 50, 51, truck="T4"), *stands(50, 50, 44, 44, minute=3, truck="T4"),
                *(row for n, (level, km) in enumerate((
                    (50, 0), (48, 10), (46, 20), (44, 30), (38.925, 40), (33.775, 50), (31.775, 60),
                    (28.4, 61), (28, 63),
                )) for row in (*stands(level, minute=2 * n, km=km),
                               *drives(level, minute=2 * n + 1, km=km))),
                *(row for n, (level, km) in enumerate(((50, 0), (52, 10), (54, 20), (51.5, 30)))
                  for row in (*stands(level, minute=2 * n, km=km, truck="T2"),
                              *drives(level, minute=2 * n + 1, km=km, truck="T2"))),
                *(row for n, (level, km) in enumerate(((50, 0), (49, 2), (46.25, 4)))
                  for row in (*stands(level, minute=2 * n, km=km, truck="T3"),
                              *drives(level, minute=2 * n + 1, km=km, truck="T3"))),
            ]
        },
        [
            ("T1", "loss", 8, 10, False, -3.15, None, None),
            ("T1", "loss", 12, 14, False, -3.175, None, None),
            ("T2", "loss", 4, 6, False, -2.5, None, None),
            ("T4", "loss", 4, 5, True, -6.0, None, None),
        ],
        select=_CHANGES,
    ),
    Case(
        "A receipt may be a quarter of an hour early and an hour late; of several the nearest.",
        {
            READINGS: [
                *(row for truck in ("T1", "T2", "T3", "T4") for row in stands(
                    10, 10, 50, 50, truck=truck)),
                *stands(10, 10, 50, 50, 10, 10, *[10] * 4, 60, 60, truck="T5"),
                *stands(10, 10, 50, 50, 10, 10, *[10] * 4, 60, 60, truck="T6"),
                *stands(50, 50, 10, 10, truck="T7"), *stands(10, 10, 50, 50, truck="T8"),
                *stands(10, 10, 50, 50, truck="T9"),
                *stands(10, 10, 50, 50, 10, 10, *[10] * 4, 60, 60, truck="TA"),
            ],
            OPERATIONS: [
                receipt(1, -14, "A1"), receipt(2, 62, "A2", "T2"), receipt(3, -15, "A3", "T3"),
                receipt(4, 63, "A4", "T4"), receipt(5, 3, "A5", "T5"), receipt(6, 6, "A6", "T6"),
                receipt(7, 2, "A7", "T7"), receipt(8, 2, "A8", "T8", service="repair"),
                receipt(0, 2, "A9", "T8"), receipt(9, 20, "B1", "T8"), receipt(1, 7, "B3", "T9"),
                receipt(2, 5, "B4", "T9"), receipt(3, 5, "B2", "T9"), receipt(0.5, 2.5, "B5", "T1"),
                receipt(4, 11, "B6", "TA"),
            ],
        },
        [
            ("T1", "refuel", 1, 2, True, 40.0, "B5", 0.5),
            ("T2", "refuel", 1, 2, True, 40.0, "A2", 2.0),
            ("T3", "refuel", 1, 2, True, 40.0, None, None),
            ("T4", "refuel", 1, 2, True, 40.0, None, None),
            ("T5", "refuel", 1, 2, True, 40.0, "A5", 5.0),
            ("T5", "loss", 3, 4, True, -40.0, None, None),
            ("T5", "refuel", 9, 10, True, 50.0, None, None),
            ("T6", "refuel", 1, 2, True, 40.0, "A6", 6.0),
            ("T6", "loss", 3, 4, True, -40.0, None, None),
            ("T6", "refuel", 9, 10, True, 50.0, None, None),
            ("T7", "loss", 1, 2, True, -40.0, None, None),
            ("T8", "refuel", 1, 2, True, 40.0, "B1", 9.0),
            ("T9", "refuel", 1, 2, True, 40.0, "B2", 3.0),
            ("TA", "refuel", 1, 2, True, 40.0, None, None),
            ("TA", "loss", 3, 4, True, -40.0, None, None),
            ("TA", "refuel", 9, 10, True, 50.0, "B6", 4.0),
        ],
        select=_CHANGES,
    ),
]  # fmt: skip

REFUELS = [
    *stands(*[50] * 4),
    *stands(90, 90, minute=4),
    *stands(50, 50, minute=6),
    *stands(*[91] * 2, minute=8),
    *stands(50, 50, minute=10),
    *stands(*[95] * 2, minute=12),
    *stands(10, 10, 50, 50, truck="T2"),
    *stands(10, 10, 50, 50, truck="T3"),
]
PAID = [
    receipt(40, 4, "R1"), receipt(82, 8, "R2"), receipt(45, 12, "R3"),
    receipt(8, 2, "R4", "T2"), receipt(9, 9, "R5", "T2"), receipt(0, 2, "R6", "T3"),
    receipt(7, 500, "R7"), receipt(5, 1, "R8", "T9"), receipt(30, 1, "R9", service="repair"),
]  # fmt: skip
OWNED = [master(250), master(200, 1), master(300, truck="T2"), master(0, 2, "T2"), master(None, 3)]

SCALES = [
    Case("Nothing in, nothing out.", {}, [], select=_SCALES),
    Case(
        "Three receipts say what a percent is, the middle one; of fewer the last known size.",
        {
            READINGS: REFUELS,
            OPERATIONS: [*PAID, *OWNED, master(500, truck="T5"), master(0.5, truck="T6")],
        },
        [
            ("T1", 3, True, 1.0),
            ("T2", 1, False, 3.0),
            ("T5", 0, False, 5.0),
            ("T6", 0, False, 0.005),
        ],
        select=_SCALES,
    ),
]

EVENTS = [
    Case("Nothing in, nothing out.", {}, [], select=_EVENTS),
    Case(
        "Litres by the truck's scale, unknown without one; a receipt without a rise is told.",
        {
            READINGS: [*REFUELS, *stands(50, 50, minute=20, truck="T2")],
            OPERATIONS: [*PAID, *OWNED, receipt(0.5, 21, "R10", "T2")],
        },
        [
            ("T1", "refuel", 1, 4, 40.0, 40.0, 40.0), ("T1", "loss", 1, 6, -40.0, -40.0, None),
            ("T1", "refuel", 1, 8, 41.0, 41.0, 82.0), ("T1", "loss", 1, 10, -41.0, -41.0, None),
            ("T1", "refuel", 1, 12, 45.0, 45.0, 45.0),
            ("T2", "refuel", 1, 2, 40.0, 120.0, 8.0), ("T2", "receipt", 0, 9, None, None, 9.0),
            ("T2", "receipt", 0, 21, None, None, 0.5),
            ("T3", "refuel", 1, 2, 40.0, None, None),
        ],
        select=_EVENTS,
    ),
]  # fmt: skip

_TIME: Row = {"since": at(0), "until": at(600)}
QUERIES: dict[str, list[Case]] = {
    "fleet/fuel/events": [
        Case("Nothing in, nothing out.", {}, [], _TIME),
        Case(
            "Of the time, in their sequence.",
            {
                READINGS: [
                    *stands(10, 10, 50, 50, minute=-2, truck="T2"), *stands(10, 10, 50, 50),
                    *stands(90, 90, minute=600), *stands(90, 90, 50, 50, minute=0, truck="T0"),
                    *stands(50, 50, 90, 90, minute=-9, truck="T0"),
                ],
                OPERATIONS: [receipt(40, 3, "R1", "T2"), master(100)],
            },
            [
                ("T2", "refuel", at(-1), at(0), 40.0, None, 40.0),
                ("T0", "loss", at(1), at(2), -40.0, None, None),
                ("T1", "refuel", at(1), at(2), 40.0, 40.0, None),
            ],
            _TIME,
        ),
    ],
    "fleet/fuel/ledger": [
        Case("Nothing in, nothing out.", {}, [], _TIME),
        Case(
            "From the first stand that reaches into the time to the last one.",
            {
                READINGS: [
                    *stands(64, 64, 90, 90, 60, 60, minute=-20, km=50),
                    *drives(60, 60, minute=-3, km=95), *stands(50, minute=-1),
                    *stands(75, *(level for level in (70, 60, 90, 84, 95) for _ in range(3))),
                    *stands(60, minute=16, km=100.03125),
                    *stands(10, 10, 50, 50, minute=3, truck="T4"),
                    *drives(60, minute=500), *stands(50, 90, minute=600, km=150.03125),
                    *stands(30, 30, minute=-9, truck="T2"), *drives(30, minute=-5, truck="T2"),
                    *stands(28, minute=0, truck="T2"), *stands(99, 99, minute=-9, truck="T3"),
                    *drives(98, minute=-7, truck="T3"),
                ],
                OPERATIONS: [master(200), receipt(90, 6, "R1"), master(400, truck="T3")],
            },
            [
                ("T1", at(0), at(16), 0.03125, 2.0, 1, False, 75.0, 60.0, 41.0, 55.99375, 2, 4),
                ("T2", at(0), at(0), 0.0, None, None, None, 28.0, 28.0, 0.0, 0.0, 0, 0),
                ("T4", at(3), at(6), 0.0, None, None, None, 10.0, 50.0, 40.0, 0.0, 1, 0),
            ],
            _TIME,
        ),
    ],
}  # fmt: skip
VIEWS: dict[str, list[Case]] = {
    "core/tank_plateaus": PLATEAUS,
    "core/tank_changes": CHANGES,
    "mart/tank_scales": SCALES,
    "mart/tank_events": EVENTS,
}
