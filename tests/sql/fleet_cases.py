"""Cases of the queries of the fleet."""

from typing import Any

from .rows import READINGS, Case, Row, at, reading, tyres

_HOUR: Row = {"truck_id": "T1", "since": at(0), "until": at(60), "seconds": 60}


_SIGNALS = (
    "gps_latitude", "gps_longitude", "position_at", "speed_kmh", "speed_at", "fuel_level",
    "fuel_level_at", "engine_temperature", "engine_temperature_at", "odometer_reading",
    "odometer_at", "brake_status", "brake_status_at", "lowest_tire_pressure_kpa",
    "tire_pressure_at", "count_misdated",
)  # fmt: skip
_TOTALS = (
    "count_readings", "distance_km", "fuel_litres", "litres_per_100_km", "fuelled_km",
    "fuelled_litres", "distance_source", "fuel_source", "tank_percent", "known_hours",
    "moving_hours", "count_left_out",
)  # fmt: skip


def _fleet_row(truck: str, minute: float, **says: Any) -> tuple[Any, ...]:
    """Return a row of the fleet, of which a case says what is known."""
    said = {"count_misdated": 0, **says}
    assert set(said) <= {*_SIGNALS, *_TOTALS}
    return (truck, at(minute), *(said.get(name) for name in (*_SIGNALS, *_TOTALS)))


def _running(minute: float, truck: str = "T1", **says: float) -> Row:
    """Return a reading of a warm running engine."""
    return reading(minute, truck, engine_rpm=1500, engine_temperature=88, **says)


def _warm(
    minute: float,
    volts: float,
    oil: float | None,
    celsius: float | None,
    *wheels: float,
    rpm: float = 1500,
) -> Row:
    """Return a reading of all signals of a truck's condition."""
    return reading(
        minute,
        battery_voltage=volts,
        oil_pressure=oil,
        engine_temperature=celsius,
        engine_rpm=rpm,
        **tyres(*wheels),
    )


QUERIES: dict[str, list[Case]] = {
    "fleet/overview/span": [
        Case("A truck that was never read has no time.", {}, [(None, None)], {"truck_id": "T1"}),
        Case(
            "From the first to the last reading of this truck.",
            {READINGS: [reading(0, "T2"), reading(5), reading(1), reading(9), reading(10, "T2"),
                        reading(-6_000_000)]},
            [(at(1), at(9))],
            {"truck_id": "T1"},
        ),
        Case(
            "Of all trucks together.",
            {READINGS: [reading(2, "T2"), reading(5), reading(10, "T3")]},
            [(at(2), at(10))],
            {"truck_id": None},
        ),
    ],
    "fleet/overview/movement": [
        Case(
            "A truck that was never read has no hours.", {}, [(0, None, None, None)],
            {"truck_id": "T1", "since": at(0), "until": at(60)},
        ),
        Case(
            "Hours of this truck in the time: known, in motion, and their mean speed.",
            {
                READINGS: [
                    reading(-10, vehicle_speed=90), reading(0, vehicle_speed=60),
                    reading(10, vehicle_speed=30), reading(30, vehicle_speed=1),
                    reading(40, vehicle_speed=2), reading(59, vehicle_speed=0),
                    reading(60, vehicle_speed=90), reading(300, vehicle_speed=90),
                    reading(5, "T2", vehicle_speed=90), reading(15, "T2", vehicle_speed=90),
                ]
            },
            [(5, 1.0, 49 / 60, (60 * 10 + 30 * 20 + 2 * 19) / 49)],
            {"truck_id": "T1", "since": at(0), "until": at(60)},
        ),
        Case(
            "Of a truck that stood the speed in motion is unknown.",
            {READINGS: [reading(0, vehicle_speed=0), reading(10, vehicle_speed=0)]},
            [(2, 1 / 6, 0.0, None)],
            {"truck_id": "T1", "since": at(0), "until": at(60)},
        ),
    ],
    "fleet/overview/readings": [
        Case("A truck that was never read has no slice.", {}, [], _HOUR),
        Case(
            "The means of each slice of this truck in the time; of the engine its hottest.",
            {
                READINGS: [
                    reading(-0.5, vehicle_speed=99),
                    reading(0, vehicle_speed=10, fuel_level=50, engine_temperature=80,
                            engine_rpm=1000, gps_latitude=48.0, gps_longitude=11.0),
                    reading(0.5, vehicle_speed=30, fuel_level=49, engine_temperature=90,
                            engine_rpm=2000, gps_latitude=48.0, gps_longitude=11.0),
                    reading(0.5, "T2", vehicle_speed=99),
                    reading(59.9, vehicle_speed=7),
                    reading(3, gps_latitude=48.05, gps_longitude=11.05),
                    reading(60, vehicle_speed=99),
                ]
            },
            [
                (at(0), 48.0, 11.0, 20.0, 49.5, 90.0, 1500.0),
                (at(3), 48.05, 11.05, None, None, None, None),
                (at(59), None, None, 7.0, None, None, None),
            ],
            _HOUR,
        ),
        Case(
            "A speed by GPS is one too; a reading with a wrong date is of no slice.",
            {READINGS: [reading(0, gps_speed=10, arrived_at=at(4_000_000)),
                        reading(6_000_000, gps_speed=1)]},
            [],
            _HOUR,
        ),
        Case(
            "Without the vehicle's own speed that of GPS counts.",
            {READINGS: [reading(0, gps_speed=10), reading(0.5, vehicle_speed=20, gps_speed=90)]},
            [(at(0), None, None, 15.0, None, None, None)],
            _HOUR,
        ),
        Case(
            "A reading told twice counts once.",
            {
                READINGS: [
                    reading(0, vehicle_speed=10, event_id="a"),
                    reading(0, vehicle_speed=10, event_id="a"),
                    reading(0.5, vehicle_speed=40, event_id="b"),
                ]
            },
            [(at(0), None, None, 25.0, None, None, None)],
            _HOUR,
        ),
        Case(
            "Slices of two minutes begin at even ones.",
            {READINGS: [reading(1.5, vehicle_speed=10), reading(2, vehicle_speed=20)]},
            [
                (at(0), None, None, 10.0, None, None, None),
                (at(2), None, None, 20.0, None, None, None),
            ],
            {**_HOUR, "seconds": 120},
        ),
        Case(
            "A position at 0,0 is no fix.",
            {
                READINGS: [
                    reading(0, gps_latitude=48.1, gps_longitude=11.5),
                    reading(0.5, gps_latitude=0.0, gps_longitude=0.0),
                ]
            },
            [(at(0), 48.1, 11.5, None, None, None, None)],
            _HOUR,
        ),
        Case(
            "On the equator and at Greenwich there are fixes too, the last of a slice counts.",
            {
                READINGS: [
                    reading(0, gps_latitude=0.0, gps_longitude=20.0),
                    reading(0.5, gps_latitude=0.0, gps_longitude=20.01),
                    reading(1, gps_latitude=51.5, gps_longitude=0.0),
                    reading(1.5, gps_latitude=51.49, gps_longitude=0.0),
                ]
            },
            [
                (at(0), 0.0, 20.01, None, None, None, None),
                (at(1), 51.49, 0.0, None, None, None, None),
            ],
            _HOUR,
        ),
        Case(
            "A fix out of the time, or of another truck, is of no slice.",
            {
                READINGS: [
                    reading(0.2, gps_latitude=48.0, gps_longitude=11.0),
                    reading(0.7, vehicle_speed=10), reading(1.2, vehicle_speed=20),
                    reading(1.5, gps_latitude=48.0, gps_longitude=11.0),
                    reading(0.8, "T2", gps_latitude=48.0, gps_longitude=11.0),
                ]
            },
            [(at(m), None, None, 10.0 * (m + 1), None, None, None) for m in (0, 1)],
            {**_HOUR, "since": at(0.5), "until": at(1.5)},
        ),
        Case(
            "Two positions on both sides of the date line do not meet at Greenwich.",
            {
                READINGS: [
                    reading(0, gps_latitude=-17.0, gps_longitude=179.999),
                    reading(0.5, gps_latitude=-17.0, gps_longitude=-179.999),
                ]
            },
            [(at(0), -17.0, -179.999, None, None, None, None)],
            _HOUR,
        ),
    ],
    "fleet/overview/trucks": [
        Case("Nothing in, nothing out.", {}, []),
        Case(
            "Each truck with its last values, whole distance and fuel; unknown stays unknown.",
            {
                READINGS: [
                    reading(0, odometer_reading=100, fuel_consumption=30),
                    reading(1, odometer_reading=110, fuel_consumption=30),
                    reading(1440, odometer_reading=130, fuel_consumption=40),
                    reading(3, "T2", vehicle_speed=5),
                    reading(1, "T6", odometer_reading=100, fuel_consumption=30),
                    reading(2, "T6", odometer_reading=101, fuel_consumption=30),
                    reading(1, "T3", odometer_reading=100, fuel_consumption=30),
                    reading(3, "T3", odometer_reading=100, fuel_consumption=30),
                    reading(0, "T4", fuel_level=80, vehicle_speed=5),
                    reading(30, "T4", fuel_level=70, vehicle_speed=0),
                    reading(60, "T4", fuel_level=69, vehicle_speed=5),
                    reading(1470, "T4", fuel_level=60, vehicle_speed=5),
                    reading(1500, "T4", fuel_level=59, vehicle_speed=5),
                    reading(-6_000_000, "T4", fuel_level=90, vehicle_speed=5),
                    reading(-5_999_999, "T4", fuel_level=90, vehicle_speed=5),
                    reading(0, "T5", odometer_reading=100, gps_latitude=48.0, gps_longitude=11.0),
                    reading(1, "T5", odometer_reading=5000, gps_latitude=48.0, gps_longitude=11.0),
                    reading(1440, "T5", odometer_reading=50, gps_latitude=48.0, gps_longitude=11.0),
                    reading(1441, "T5", odometer_reading=51, gps_latitude=48.0, gps_longitude=11.0),
                ],
            },
            [
                _fleet_row(
                    "T1", 1440, odometer_reading=130.0, odometer_at=at(1440), count_readings=3,
                    distance_km=30.0, fuel_litres=11.0, litres_per_100_km=36.666666666666664,
                    fuelled_km=30.0, fuelled_litres=11.0, distance_source="odometer",
                    fuel_source="consumption", count_left_out=0,
                ),
                _fleet_row("T2", 3, speed_kmh=5.0, speed_at=at(3), count_readings=1),
                _fleet_row(
                    "T3", 3, odometer_reading=100.0, odometer_at=at(3), count_readings=2,
                    distance_km=0.0, fuel_litres=0.0, fuelled_km=0.0, fuelled_litres=0.0,
                    distance_source="odometer", fuel_source="consumption", count_left_out=0,
                ),
                _fleet_row(
                    "T4", 1500, fuel_level=59.0, fuel_level_at=at(1500), speed_kmh=5.0,
                    speed_at=at(1500), count_readings=5, fuel_source="tank", tank_percent=21.0,
                    known_hours=1.5, moving_hours=1.0, count_misdated=2,
                ),
                _fleet_row(
                    "T5", 1441, gps_latitude=48.0, gps_longitude=11.0, position_at=at(1441),
                    odometer_reading=51.0, odometer_at=at(1441), count_readings=4,
                    distance_km=1.0, distance_source="odometer", count_left_out=2,
                ),
                _fleet_row(
                    "T6", 2, odometer_reading=101.0, odometer_at=at(2), count_readings=2,
                    distance_km=1.0, fuel_litres=0.3, litres_per_100_km=30.0, fuelled_km=1.0,
                    fuelled_litres=0.3, distance_source="odometer", fuel_source="consumption",
                    count_left_out=0,
                ),
            ],
        ),
        Case(
            "With consumption in every second reading its mean is what was told.",
            {
                READINGS: [
                    reading(m, odometer_reading=100 + m, fuel_consumption=30 if m % 2 else None)
                    for m in range(60)
                ],
            },
            [
                _fleet_row(
                    "T1", 59, odometer_reading=159.0, odometer_at=at(59), count_readings=60,
                    distance_km=59.0, fuel_litres=9.0, litres_per_100_km=30.0,
                    fuelled_km=30.0, fuelled_litres=9.0, distance_source="odometer",
                    fuel_source="consumption",
                    count_left_out=0,
                )
            ],
        ),
    ],
    "fleet/health/signals": [
        Case("Nothing in, nothing out.", {}, []),
        Case(
            "Medians of the last day on which the engine ran: oil and heat of the warm engine.",
            {
                READINGS: [
                    _running(4, battery_voltage=10, oil_pressure=100, **tyres(1, 1, 1, 1)),
                    _warm(1440, 28, 300, 75.5, 650, 900, 900, 900),
                    _warm(1441, 29, 320, 87, 900, 700, 900, 900),
                    _warm(1442, 27.5, 500, 70, 900, 900, 750, 900),
                    _warm(1443, 27, 510, 75, 900, 900, 900, 801),
                    _warm(1445, 20, 390, 99, 850, 850, 850, 850, rpm=1),
                    _warm(1444, 25, 100, 90, 850, 850, 850, 850, rpm=0),
                    _warm(1450, 26, None, None, 850, 850, 850, 850, rpm=0),
                    reading(1451, engine_rpm=0, battery_voltage=20),
                    _running(3, "T2", battery_voltage=20),
                ]
            },
            [
                ("T1", 27.5, 25.0, 320.0, 87.0, 801.0),
                ("T2", 20.0, None, None, 88.0, None),
            ],
        ),
        Case(
            "The day reaches back from the last reading with the engine on, its end included.",
            {
                READINGS: [
                    _running(0, battery_voltage=27),
                    _running(1440, battery_voltage=29),
                    reading(3000, engine_rpm=0, battery_voltage=25),
                ]
            },
            [("T1", 28.0, 25.0, None, 88.0, None)],
        ),
        Case(
            "The day of a truck is its own.",
            {
                READINGS: [
                    *(_running(minute, battery_voltage=28) for minute in (0, 1)),
                    _running(3000, battery_voltage=20),
                    _running(0, "T2", battery_voltage=25),
                ]
            },
            [("T1", 20.0, None, None, 88.0, None), ("T2", 25.0, None, None, 88.0, None)],
        ),
        Case(
            "The medians are not means: one wild reading changes nothing.",
            {
                READINGS: [
                    _running(m, battery_voltage=v, oil_pressure=10 * v, **tyres(v, 900, 900, 900))
                    for m, v in enumerate((28, 29, 90))
                ]
            },
            [("T1", 29.0, None, 290.0, 88.0, 29.0)],
        ),
        Case(
            "A truck that never says whether its engine runs still shows its other signals.",
            {READINGS: [reading(0, **tyres(801, 802, 803, 804))]},
            [("T1", None, None, None, None, 801.0)],
        ),
        Case(
            "Oil and heat count unless the revolutions say that the engine stood, or the heat "
            "that it was cold.",
            {
                READINGS: [
                    reading(0, oil_pressure=300, battery_voltage=14, engine_temperature=90),
                    reading(1, oil_pressure=310), reading(2, oil_pressure=340, engine_rpm=1500),
                    reading(3, oil_pressure=5, engine_rpm=0),
                    reading(4, oil_pressure=900, engine_temperature=20),
                    reading(-6_000_000, oil_pressure=1, engine_temperature=99),
                    reading(-6_000_001, "T2", oil_pressure=1), reading(0, "T2"),
                ]
            },
            [("T1", None, None, 310.0, 90.0, None), ("T2", None, None, None, None, None)],
        ),
        Case(
            "The lowest of the wheels that are measured is told.",
            {READINGS: [_running(0, **tyres(801, None, 803, 804))]},
            [("T1", None, None, None, 88.0, 801.0)],
        ),
    ],
}  # fmt: skip
