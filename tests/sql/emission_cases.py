"""Cases of the queries of what the trucks burnt and delivered."""

from datetime import datetime
from typing import Any

from .rows import OPERATIONS, READINGS, Case, Row, at, operation, reading

DAY = 1440
TIME = {"since": at(0), "until": at(2 * DAY)}


def drive(minute: float, kilometres: float, speed: float, **says: Any) -> Row:
    """Return a reading with an odometer and a consumption of 20 L/100 km."""
    fields = {"odometer_reading": 100 + kilometres, "vehicle_speed": speed, **says}
    return reading(minute, **{"fuel_consumption": 20.0, **fields})


TRUCKS = [
    Case("Nothing in, nothing out.", {}, [], TIME),
    Case(
        "The days of the time count, and the minutes with the engine on at a stand.",
        {
            READINGS: [
                drive(-10, -1, 20), drive(-9, 0, 20), drive(0, 0, 0.5, ignition=True),
                drive(1, 0, 1.0, ignition=True),
                drive(2, 1, 30, ignition=True), drive(3, 2, 0, ignition=False),
                drive(4, 2, 0, ignition=True), drive(5, 3, 1.5, ignition=True),
                drive(6, 4, 60, ignition=True),
                drive(DAY + 1, 14, 0, ignition=True), drive(DAY + 2, 14, 0, ignition=True),
                drive(2 * DAY, 34, 0, ignition=True), drive(2 * DAY + 1, 34, 9),
                reading(1, "T2", vehicle_speed=0), reading(2, "T2", vehicle_speed=0),
            ]
        },
        [
            ("T1", 14.0, 2.8, 4 / 60), ("T2", None, None, None),
        ],
        TIME,
    ),
    Case(
        "The whole first day counts; without a stand the idling is unknown, with the engine off 0.",
        {
            READINGS: [
                drive(-700, -5, 40), drive(-1, 0, 0, ignition=True), drive(0, 1, 0, ignition=False),
                drive(1, 2, 50, ignition=True), drive(2, 3, 50, ignition=True),
                drive(700, 5, 50, ignition=True),
                *[reading(n, "T2", vehicle_speed=50, odometer_reading=n) for n in (0, 1, 2)],
            ]
        },
        [("T1", 5.0, 1.0, 0.0), ("T2", 2.0, None, None)],
        {"since": datetime(2026, 3, 2, 9), "until": at(701)},
    ),
]  # fmt: skip


def depot(name: str, minute: float, latitude: float | None, longitude: float | None = 10.0) -> Row:
    """Return a change of a depot."""
    place = {"latitude": latitude, "longitude": longitude}
    return operation("depot", minute, depot_id=name, **place)


def truck(name: str, minute: float, depot_id: str | None) -> Row:
    """Return a change of a truck."""
    return operation("truck", minute, truck_id=name, depot_id=depot_id)


def step(status: str, minute: float, truck: str | None = "T1", **says: Any) -> Row:
    """Return a step of a delivery, half a degree (55.6 km) north of the depot at 50 degrees."""
    place = {"latitude": 50.5, "longitude": 10.0, "weight_kg": 20.0}
    return operation("delivery_event", minute, truck_id=truck, status=status, **{**place, **says})


HALF_DEGREE = 55.59746332227937  # km, of a sphere of 6,371 km
DELIVERIES = [
    Case("Nothing in, nothing out.", {}, [], TIME),
    Case(
        "Delivered and failed steps of the time count; the way is from the truck's last depot.",
        {
            OPERATIONS: [
                depot("D1", 5, 50.0), depot("D1", 1, 70.0), depot("D1", 9, None),
                depot("D1", 10, 1.0, None), depot("D2", 1, 0.0),
                truck("T1", 1, "D2"), truck("T1", 2, "D1"), truck("T1", 3, None),
                truck("T3", 1, "D9"),
                step("delivered", 0), step("delivered", 100, weight_kg=10.0),
                step("failed", 50), step("out", 40), step("cancelled", 60),
                step("delivered", 2 * DAY), step("delivered", -1), step("delivered", 70, None),
                step("delivered", 80, "T2"), step("delivered", 80, "T3"), step("failed", 90, "T3"),
                step("failed", 5, "T4"), step("out", 5, "T5"),
            ]
        },
        [
            ("T1", 2, 1, 2, 0.03 * HALF_DEGREE), ("T2", 1, 0, 0, None), ("T3", 1, 1, 0, None),
            ("T4", 0, 1, 0, None),
        ],
        TIME,
    ),
    Case(
        "A delivery without a weight or a place is counted, not weighed.",
        {
            OPERATIONS: [
                depot("D1", 5, 50.0), truck("T1", 1, "D1"), step("delivered", 1),
                step("delivered", 2, weight_kg=None), step("delivered", 3, latitude=None),
            ]
        },
        [("T1", 3, 0, 1, 0.02 * HALF_DEGREE)],
        TIME,
    ),
]  # fmt: skip

QUERIES = {"fleet/emissions/trucks": TRUCKS, "fleet/emissions/deliveries": DELIVERIES}
