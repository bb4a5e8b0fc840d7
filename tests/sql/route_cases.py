"""Cases of what routes are learned from and compared with."""

from typing import Any

from .emission_cases import depot
from .rows import OPERATIONS, READINGS, Case, Row, at, operation
from .stop_cases import drive, places

TIME = {"since": at(0), "until": at(60)}


def truck(name: str, minute: float, home: str | None, kilograms: float | None = None) -> Row:
    """Return a change of a truck."""
    return operation("truck", minute, truck_id=name, depot_id=home, capacity_kg=kilograms)


def step(
    status: str, minute: float, order: str = "O1", truck: str | None = "T1", **says: Any
) -> Row:
    """Return a step of a delivery."""
    fields = {"order_id": order, "latitude": 50.5, "longitude": 10.0, "weight_kg": 20.0}
    return operation("delivery_event", minute, truck_id=truck, status=status, **{**fields, **says})


DEPOTS = [
    Case(
        "What was told last of each counts; null unsays nothing.",
        {
            OPERATIONS: [
                depot("D1", 1, 70.0), depot("D1", 5, 50.0), depot("D1", 9, None),
                depot("D1", 10, 1.0, None),
                depot("D1", 11, None, 99.0), depot("D2", 1, 60.0, 11.0),
                truck("T1", 1, "D2", 900.0), truck("T1", 2, "D1", 800.0), truck("T1", 3, None),
                truck("T2", 1, "D9"), truck("T3", 1, None, 5.0), truck("T4", 3, "D2"),
            ]
        },
        [
            ("T1", "D1", 800.0, 50.0, 10.0), ("T2", "D9", None, None, None),
            ("T3", None, 5.0, None, None), ("T4", "D2", None, 60.0, 11.0),
        ],
        select="select * from mart.truck_depots order by truck_id",
    ),
    Case("Nothing in, nothing out.", {}, [], select="select * from mart.truck_depots"),
]  # fmt: skip


def trip(minute: float, *, truck: str = "T1", km: float = 100.0) -> list[Row]:
    """Return readings of a stop, three kilometres to the east in three minutes, and a stop."""
    speeds = (0.0, 0.0, 0.0, 60.0, 60.0, 60.0, 0.0, 0.0, 0.0)
    east = (0.0, 0.0, 0.0, 0.5, 1.5, 2.5, 3.0, 3.0, 3.0)
    made = places(*east, minute=minute, truck=truck)
    return [
        {**row, "vehicle_speed": v, "odometer_reading": km + e}
        for row, v, e in zip(made, speeds, east, strict=True)
    ]


_EAST = 10 + 3 / 111.19492664455873
DRIVES = [
    Case("Nothing in, nothing out.", {}, [], TIME),
    Case(
        "Each drive that began in the time, from stop to stop; none without places or with a gap.",
        {
            READINGS: [
                *trip(-3), *trip(-2.5, truck="T0"), *trip(10, truck="T2"), *trip(57.5, truck="T3"),
                *drive(0, 0, 0, 60, 60, 0, 0, 0, truck="T4"),
                *places(0, 0, 0, 1, 1.01, 1.02, truck="T5"),
                *(row for row in trip(20, truck="T6") if row["event_timestamp"] != at(24)),
                *trip(20, truck="T2", km=109.0),
                *trip(5, truck="T7")[:5], *trip(105, truck="T7")[5:],
            ]
        },
        [
            ("T0", at(0), at(3), 1e-9, 10.0, 1e-9, _EAST, 3.0),
            ("T2", at(12.5), at(15.5), 1e-9, 10.0, 1e-9, _EAST, 3.0),
            ("T2", at(18), at(20), 1e-9, _EAST, 1e-9, 10.0, 6.0),
            ("T2", at(22.5), at(25.5), 1e-9, 10.0, 1e-9, _EAST, 3.0),
            ("T5", at(2), at(3), 1e-9, 10.0, 1e-9, 10 + 1 / 111.19492664455873, 1.0),
            ("T6", at(22.5), at(25.5), 1e-9, 10.0, 1e-9, _EAST, 3.0),
        ],
        TIME,
    ),
]  # fmt: skip

ORDERS = [
    Case("Nothing in, nothing out.", {}, [], TIME),
    Case(
        "Each order of a truck as it ended, with the hand-over from its coming or its promise.",
        {
            OPERATIONS: [
                depot("D1", 1, 50.0), truck("T1", 1, "D1"),
                step("loaded", 1), step("out", 2), step("delivered", 8, promised_from=at(5.5)),
                step("loaded", 1, "O2", promised_until=at(20)), step("failed", 9, "O2"),
                step("failed", 7.5, "O3"), step("delivered", 8.5, "O3", promised_from=at(6.75)),
                step("loaded", 3, "O4", "T2"), step("delivered", 30, "O5", "T2", weight_kg=None),
                step("delivered", 60, "O6"), step("delivered", -1, "O7"),
                step("cancelled", 5, "O8", None), step("delivered", 0, "O9"),
                step("loaded", 5, "O0"), step("loaded", 6, "O0"),
                step("delivered", 7.5, "OC", "T2"), step("delivered", 40, "O1", "T2"),
                step("delivered", 4.5, "OD", "T3"),
                step("delivered", 10, "OA"), step("delivered", 10.25, "OB"),
            ],
            READINGS: [*trip(0), *drive(0, 0, 0, 60, 0, 0, 0, truck="T3")],
        },
        [
            ("T1", "D1", "O1", at(1), at(8), True, 50.5, 10.0, 20.0, at(5.5), None, 150),
            ("T1", "D1", "O2", at(1), at(9), False, 50.5, 10.0, 20.0, None, at(20), None),
            ("T1", "D1", "O0", at(5), None, False, 50.5, 10.0, 20.0, None, None, None),
            ("T1", "D1", "O3", None, at(8.5), True, 50.5, 10.0, 20.0, at(6.75), None, 105),
            ("T1", "D1", "O9", None, at(0), True, 50.5, 10.0, 20.0, None, None, None),
            ("T1", "D1", "OA", None, at(10), True, 50.5, 10.0, 20.0, None, None, 270),
            ("T1", "D1", "OB", None, at(10.25), True, 50.5, 10.0, 20.0, None, None, None),
            ("T2", None, "O4", at(3), None, False, 50.5, 10.0, 20.0, None, None, None),
            ("T2", None, "O1", None, at(40), True, 50.5, 10.0, 20.0, None, None, None),
            ("T2", None, "O5", None, at(30), True, 50.5, 10.0, None, None, None, None),
            ("T2", None, "OC", None, at(7.5), True, 50.5, 10.0, 20.0, None, None, None),
            ("T3", None, "OD", None, at(4.5), True, 50.5, 10.0, 20.0, None, None, 30),
        ],
        TIME,
    ),
]  # fmt: skip

TRUCKS = [
    Case("Nothing in, nothing out.", {}, [], TIME),
    Case(
        "What each truck drove in the time from its first loading on, with its depot.",
        {
            OPERATIONS: [
                depot("D1", 1, 50.0), truck("T1", 1, "D1", 800.0),
                step("loaded", 12), step("loaded", 30), step("out", 1), step("loaded", -5),
                step("loaded", 70, truck="T2"), step("loaded", 1, truck="T3"),
                step("loaded", 60, truck="T6"), step("loaded", 0, truck="T7"),
                step("loaded", 5, truck="T7"), step("loaded", 2.5, truck="T8"),
            ],
            READINGS: [
                *(dict(row, odometer_reading=None, gps_latitude=None, gps_longitude=None)
                  for row in trip(0, truck="T9")),
                *trip(10, truck="T9"),
                *trip(0, truck="T6"), *trip(0, truck="T7"), *trip(0, truck="T8"),
                *trip(0), *trip(15, km=103.0), *trip(30, km=106.0), *trip(57.5, km=109.0),
                *trip(0, truck="T2"), *trip(-10, truck="T3"),
                *(dict(row, odometer_reading=None) for row in drive(
                    0, 0, 0, 60, 60, 0, 0, 0, truck="T4")),
            ],
        },
        [
            ("T1", "D1", 800.0, 50.0, 10.0, at(17.5), at(35.5), 1e-9, 10.0, 6.0),
            ("T2", None, None, None, None, at(2.5), at(5.5), 1e-9, 10.0, 3.0),
            ("T4", None, None, None, None, at(2), at(5), None, None, None),
            *((name, None, None, None, None, at(2.5), at(5.5), 1e-9, 10.0, 3.0)
              for name in ("T6", "T7", "T8")),
            ("T9", None, None, None, None, at(2), at(15.5), 1e-9, 10.0, None),
        ],
        TIME,
    ),
]  # fmt: skip

QUERIES = {
    "fleet/routes/drives": DRIVES, "fleet/routes/orders": ORDERS, "fleet/routes/trucks": TRUCKS,
}  # fmt: skip
VIEWS = {"mart/truck_depots": DEPOTS}
