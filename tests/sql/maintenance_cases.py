"""Cases of the view and the queries of the parts' condition and the visits to the workshop."""

from datetime import datetime
from typing import Any

from .rows import OPERATIONS, READINGS, Case, Row, at, operation, reading

_VISITS = (
    "select truck_id, component, datediff('minute', '2026-03-02', stopped_at), "
    "datediff('minute', '2026-03-02', entered_at), datediff('minute', '2026-03-02', left_at), "
    "cost, is_roadside from mart.workshop_visits order by truck_id, component, "
    "coalesce(stopped_at, entered_at)"
)
ALL = {"since": at(-100_000), "until": at(100_000)}
ZONE = {"zone": "UTC", **ALL}


def step(service: str, minute: float, part: str | None = "battery", **says: Any) -> Row:
    """Return a step of a visit of truck T1."""
    fields = {"truck_id": "T1", "service": service, "component": part, **says}
    return operation("truck_service", minute, **fields)


def visit(stopped: float, entered: float, left: float, **says: Any) -> list[Row]:
    """Return a whole visit, told in another order than it happened."""
    return [
        step("workshop_out", left, **{"cost": 390.0, **says}), step("workshop_in", entered, **says),
        step("out_of_service", stopped, **says),
    ]  # fmt: skip


VISITS = [
    Case("Nothing in, nothing out.", {}, [], select=_VISITS),
    Case(
        "Who stopped before the workshop failed on the road; who stopped there did not.",
        {
            OPERATIONS: [
                *visit(0, 60, 900), *visit(2000, 2000, 3000, cost=200.0),
                *visit(10, 40, 50, truck_id="T2"), *visit(20, 20, 70, part="cooling"),
                *visit(30, 30, 30, truck_id="T3"),
            ]
        },
        [
            ("T1", "battery", 0, 60, 900, 390.0, True),
            ("T1", "battery", 2000, 2000, 3000, 200.0, False),
            ("T1", "cooling", 20, 20, 70, 390.0, False),
            ("T2", "battery", 10, 40, 50, 390.0, True),
            ("T3", "battery", 30, 30, 30, 390.0, False),
        ],
        select=_VISITS,
    ),
    Case(
        "Of a stop without a visit and a visit without a stop nobody knows whether it failed.",
        {
            OPERATIONS: [
                step("out_of_service", 0), step("out_of_service", 100), step("in_service", 130),
                step("workshop_in", 160), step("workshop_in", 500, cost=5.0),
                step("out_of_service", 0, truck_id="T2"), step("out_of_service", 10, truck_id="T2"),
                step("workshop_out", 20, truck_id="T2", cost=7.0),
                step("workshop_in", 550, truck_id="T3", cost=99.0),
                step("workshop_out", 1000, truck_id="T4", cost=11.0),
                step("workshop_in", 1000, truck_id="T4"),
                step("workshop_in", 40, truck_id="T2"), step("workshop_in", 50, truck_id="T2"),
                step("workshop_out", 600, cost=10.0),
                step("workshop_out", 700, cost=20.0), step("out_of_service", 800),
                step("workshop_out", 900, cost=30.0), step("in_service", 950),
                step("out_of_service", 960), step("workshop_in", 970), step("refuel", 980, None),
                step("in_service", 985, "cooling"),
            ]
        },
        [
            ("T1", "battery", 0, None, None, None, None),
            ("T1", "battery", 100, 160, None, None, True),
            ("T1", "battery", None, 500, 600, 10.0, None),
            ("T1", "battery", 800, None, 900, 30.0, None),
            ("T1", "battery", 960, 970, None, None, True),
            ("T2", "battery", 0, None, None, None, None),
            ("T2", "battery", 10, None, 20, 7.0, None),
            ("T2", "battery", None, 40, None, None, None),
            ("T2", "battery", None, 50, None, None, None),
            ("T3", "battery", None, 550, None, None, None),
            ("T4", "battery", None, 1000, 1000, 11.0, None),
        ],
        select=_VISITS,
    ),
    Case(
        "A component that nobody names is no visit of a part; the first step may be an entry.",
        {OPERATIONS: [*visit(0, 60, 900, part=None), step("workshop_in", 5, "cooling")]},
        [("T1", "cooling", None, 5, None, None, None)],
        select=_VISITS,
    ),
]  # fmt: skip

# Of so many no order left to chance is the right one.
_PARTS = [f"part {n:02d}" for n in range(20)]

IN_TIME = [
    Case("Nothing in, nothing out.", {}, [], ALL),
    Case(
        "Visits that began in the time, from its first moment to before its last, in order.",
        {
            OPERATIONS: [
                *visit(60, 90, 100), *visit(20, 30, 40, truck_id="T2"), *visit(20, 30, 50),
                *visit(20, 30, 45, part="cooling"), *visit(10, 30, 40, part="tyre"),
                *visit(100, 110, 120, part="brakes"), step("workshop_in", 70, "alternator"),
            ]
        },
        [
            ("T1", "battery", at(20), at(20), at(30), at(50), 390.0, True),
            ("T1", "cooling", at(20), at(20), at(30), at(45), 390.0, True),
            ("T2", "battery", at(20), at(20), at(30), at(40), 390.0, True),
            ("T1", "battery", at(60), at(60), at(90), at(100), 390.0, True),
            ("T1", "alternator", at(70), None, at(70), None, None, None),
        ],
        {"since": at(20), "until": at(100)},
    ),
    Case(
        "Of visits that began together those of many parts come in the parts' order.",
        {OPERATIONS: [step("workshop_in", 20, part) for part in reversed(_PARTS)]},
        [("T1", part, at(20), None, at(20), None, None, None) for part in _PARTS],
        ALL,
    ),
]  # fmt: skip


def warm(minute: float, truck: str = "T1", **says: Any) -> Row:
    """Return a reading of a warm engine at work."""
    return reading(
        minute,
        truck,
        **{"engine_rpm": 1200.0, "engine_temperature": 90.0, "vehicle_speed": 60.0, **says},
    )


_FIRST, _NEXT = datetime(2026, 3, 2), datetime(2026, 3, 3)
DAYS = [
    Case("Nothing in, nothing out.", {}, [], ZONE),
    Case(
        "Each truck's day has medians: charging while it runs, resting while it does not.",
        {
            READINGS: [
                warm(0, battery_voltage=28.0, oil_pressure=300.0, environment_temperature=10.0),
                warm(1, battery_voltage=28.4, oil_pressure=310.0, environment_temperature=11.0,
                     engine_temperature=94.0, engine_rpm=1300.0, vehicle_speed=40.0),
                warm(2, battery_voltage=24.0, oil_pressure=330.0, environment_temperature=15.0,
                     engine_temperature=91.0, engine_rpm=1500.0, vehicle_speed=29.0),
                reading(3, engine_rpm=0.0, battery_voltage=25.0, environment_temperature=2.0,
                        oil_pressure=0.0, engine_temperature=80.0),
                reading(4, ignition=False, battery_voltage=25.6, environment_temperature=3.0),
                reading(9, ignition=False, battery_voltage=25.1, environment_temperature=7.0),
                reading(5, ignition=True, battery_voltage=29.0, oil_pressure=290.0),
                reading(6, battery_voltage=1.0, oil_pressure=1.0, environment_temperature=99.0),
                warm(7, engine_temperature=75.0, oil_pressure=900.0, engine_rpm=None,
                     vehicle_speed=10.0),
                warm(8, engine_temperature=75.0, oil_pressure=100.0, vehicle_speed=10.0),
                reading(0, "T2", battery_voltage=12.0, engine_rpm=0.0),
                warm(1440, battery_voltage=27.0),
            ]
        },
        [
            ("T1", _FIRST, 28.2, 25.1, 91.0, 305.0, None, None, 11.0, 3.0, 43.0, 1300.0),
            ("T1", _NEXT, 27.0, None, 90.0, None, None, None, None, None, 60.0, 1200.0),
            ("T2", _FIRST, None, 12.0, None, None, None, None, None, None, None, None),
        ],
        ZONE,
    ),
    Case(
        "Revolutions for the speed are the highest gear's, of ten fast readings and more.",
        {
            READINGS: [
                *[warm(n, engine_rpm=900.0 + n, vehicle_speed=60.0) for n in range(10)],
                *[warm(20 + n, engine_rpm=1140.0, vehicle_speed=60.0) for n in range(3)],
                warm(30, engine_rpm=600.0, vehicle_speed=29.0),
                warm(31, engine_rpm=0.0, vehicle_speed=60.0),
                *[warm(1440 + n, engine_rpm=900.0, vehicle_speed=60.0) for n in range(9)],
                *[warm(1460 + n, engine_rpm=900.0, vehicle_speed=29.0) for n in range(5)],
                warm(1470, engine_rpm=435.0, vehicle_speed=29.0),
            ]
        },
        [
            ("T1", _FIRST, None, None, 90.0, None, 15.075, None, None, None,
             (13 * 60 + 29) / 14, 905.5),
            ("T1", _NEXT, None, None, 90.0, None, None, None, None, None,
             (9 * 60 + 6 * 29) / 15, 900.0),
        ],
        ZONE,
    ),
    Case(
        "The limits: one revolution runs, 75 degrees are cold, 30 km/h are fast, a quarter more.",
        {
            READINGS: [
                *[warm(n, engine_rpm=1.0, vehicle_speed=30.0, battery_voltage=28.0)
                  for n in range(10)],
                warm(10, engine_rpm=1.0, engine_temperature=75.5, oil_pressure=99.0,
                     vehicle_speed=30.0),
                *[warm(n, "T2", engine_rpm=960.0) for n in range(9)],
                warm(9, "T2", engine_rpm=1200.0),
            ]
        },
        [
            ("T1", _FIRST, 28.0, None, 90.0, 99.0, 1 / 30, None, None, None, 30.0, 1.0),
            ("T2", _FIRST, None, None, 90.0, None, 16.0, None, None, None, 60.0, 960.0),
        ],
        ZONE,
    ),
    Case(
        "The share of warnings is of the readings that say a word; a zone has its own days.",
        {
            READINGS: [
                reading(4),
                *(
                    reading(minute, transmission_status=word)
                    for minute, word in (
                        (0, "normal"), (1, "slipping"), (2, "fault"), (3, "normal"),
                        (-400, "normal"), (360, "fault"), (900, "normal"),
                    )
                ),
            ]
        },
        [
            ("T1", datetime(2026, 3, 1), *[None] * 5, 0.5, *[None] * 4),
            ("T1", _FIRST, *[None] * 5, 1.0, *[None] * 4),
        ],
        {"zone": "America/Chicago", "since": at(0), "until": at(900)},
    ),
    Case(
        "A reading of a clock that was years back is of no day.",
        {
            READINGS: [
                reading(0, battery_voltage=12.0, engine_rpm=0.0),
                reading(-10 * 525_600, battery_voltage=1.0, engine_rpm=0.0),
            ]
        },
        [("T1", _FIRST, None, 12.0, *[None] * 8)],
        {"zone": "UTC", "since": at(-100 * 525_600), "until": at(10)},
    ),
]  # fmt: skip

VIEWS = {"mart/workshop_visits": VISITS}
QUERIES = {"fleet/maintenance/visits": IN_TIME, "fleet/maintenance/days": DAYS}
