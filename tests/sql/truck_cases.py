"""Cases of the views of a truck's moments, distances, litres and days."""

from .rows import READINGS, Case, reading, tyres
from .truck_feeds import (
    CONSUMED,
    COUNTER,
    COUNTER_EDGES,
    MOMENTS,
    MOVING,
    OF_NO_RATE,
    POSITIONS,
    RATE,
    SEVERAL,
    TANK,
)

_DAYS = (
    "select truck_id, day::varchar, count_readings, distance_km, fuel_litres, moving_speed_kmh, "
    "highest_speed_kmh, lowest_tire_pressure_kpa from mart.truck_days order by truck_id, day"
)
_KILOMETRES = "select sum(distance_km) from mart.truck_days"


def odometers(*values: float | None) -> dict[str, list]:
    """Return readings of an odometer, a minute apart."""
    return {READINGS: [reading(m, odometer_reading=v) for m, v in enumerate(values)]}


_MOMENTS = [
    *MOMENTS,
    COUNTER,
    RATE,
    TANK,
    Case(
        "The engine runs by its revolutions, else by the ignition, as the last frame says.",
        {
            READINGS: [
                reading(0, engine_rpm=1, ignition=False),
                reading(1, engine_rpm=0, ignition=True),
                reading(2, ignition=True, sequence_number=1),
                reading(2, fuel_level=50, sequence_number=2),
                reading(3, engine_rpm=900, sequence_number=1),
                reading(3, engine_rpm=0, sequence_number=2),
                reading(3, fuel_level=50, sequence_number=3),
                reading(4, engine_rpm=0, sequence_number=1),
                reading(4, engine_rpm=900, sequence_number=2),
                reading(5, fuel_level=50),
            ]
        },
        [(True,), (False,), (True,), (False,), (True,), (None,)],
        select="select is_running from core.truck_moments order by event_timestamp",
    ),
    Case("Nothing in, nothing out.", {}, [], select=_DAYS),
    Case(
        "A moment keeps its speed beside what the truck is measured by.",
        {READINGS: [reading(0, vehicle_speed=50), reading(1)]},
        [(50.0,), (None,)],
        select="select speed_kmh from core.measured_moments order by event_timestamp",
    ),
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
                reading(
                    m,
                    **({"odometer_reading": 100 + m} if m % 2 == 0 else {"fuel_consumption": 30}),
                )
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
            + [
                reading(0, "T3", odometer_reading=5, gps_latitude=48, gps_longitude=11),
                reading(1, "T3", gps_latitude=48.01, gps_longitude=11),
            ]
            + [
                reading(0, "T4", odometer_reading=5, gps_latitude=48, gps_longitude=11),
                reading(1, "T4", odometer_reading=5),
            ]
        },
        [("positions", 2.2239), ("odometer", 0.0), ("positions", 1.1119), ("odometer", 0.0)],
        select="select distance_source, round(distance_km, 4) from mart.truck_days "
        "order by truck_id",
    ),
]

VIEWS: dict[str, list[Case]] = {
    "core/truck_moments": _MOMENTS,
    "core/measured_moments": _MOMENTS,
    "core/distance_steps": [
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
                ("A", 10.0, 0),
                ("B", 1400.0, 1),
                ("C", 0.5, 0),
                ("D", 1999.5, 0),
                ("E", None, 1),
                ("F", 5.0, 0),
                ("G", None, 1),
                ("H", None, 1),
                ("I", 0.5, 0),
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
                ("A", None, 1),
                ("B", 2.5, 0),
                ("C", 11.1195, 0),
                ("D", 0.0, 0),
                ("E", 333.5848, 0),
                ("F", 0.0, 0),
                ("G", 0.2224, 0),
            ],
            select="select truck_id, round(distance_km, 4), count_left_out from mart.truck_days "
            "order by truck_id",
        ),
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
        POSITIONS,
        SEVERAL,
        CONSUMED,
        COUNTER,
        RATE,
    ],
    "core/fuel_spans": [
        TANK,
        COUNTER,
        COUNTER_EDGES,
        RATE,
        Case("Nothing in, nothing out.", {}, [], select=_DAYS),
    ],
    "core/fuelled_distances": [
        Case(
            "Consumption is litres by the distance of each step, counters by shares of time.",
            {
                READINGS: [
                    reading(0, odometer_reading=100, fuel_consumption=10),
                    reading(15, fuel_consumption=20),
                    reading(60, odometer_reading=150, fuel_consumption=40),
                    reading(90, odometer_reading=160),
                    reading(0, "T2", fuel_used=1),
                    reading(30, "T2", odometer_reading=1),
                    reading(120, "T2", fuel_used=13),
                    reading(180, "T2", odometer_reading=101),
                ]
            },
            [("T1", 50.0, 15.0), ("T2", 60.0, 9.0)],
            select="select truck_id, fuelled_km, fuelled_litres "
            "from core.fuelled_distances order by truck_id",
        ),
        Case(
            "Nothing in, nothing out.",
            {},
            [],
            select="select truck_id from core.fuelled_distances",
        ),
        COUNTER,
        RATE,
        OF_NO_RATE,
    ],
    "core/speed_spans": [
        Case("Nothing in, nothing out.", {}, [], select=_DAYS),
        Case(
            "A speed has beside it whether the engine ran; nobody may have told.",
            {
                READINGS: [
                    reading(0, vehicle_speed=3, ignition=True),
                    reading(1, vehicle_speed=2, ignition=False),
                    reading(2, vehicle_speed=1),
                ]
            },
            [(3.0, True), (2.0, False), (1.0, None)],
            select="select speed_kmh, is_running from core.speed_spans order by event_timestamp",
        ),
        MOVING,
    ],
    "mart/truck_days": [
        Case(
            "A day has its readings, kilometres, litres and speeds; the first has no distance.",
            {
                READINGS: [
                    reading(
                        0,
                        odometer_reading=100,
                        fuel_consumption=30,
                        vehicle_speed=0,
                        **tyres(804, 805, 806, 807),
                    ),
                    reading(
                        2,
                        odometer_reading=130,
                        fuel_consumption=20,
                        vehicle_speed=90,
                        **tyres(808, 803, 806, 807),
                    ),
                    reading(
                        1,
                        odometer_reading=110,
                        fuel_consumption=40,
                        vehicle_speed=60,
                        **tyres(808, 805, 802, 807),
                    ),
                    reading(1, "T2", odometer_reading=5000, vehicle_speed=0.5),
                    reading(
                        1440,
                        odometer_reading=150,
                        fuel_consumption=25,
                        vehicle_speed=30,
                        **tyres(808, 805, 806, 801),
                    ),
                ]
            },
            [
                ("T1", "2026-03-02", 3, 30.0, 8.0, 60.0, 90.0, 802.0),
                ("T1", "2026-03-03", 1, 20.0, 5.0, None, 30.0, 801.0),
                ("T2", "2026-03-02", 1, None, None, None, 0.5, None),
            ],
            select=_DAYS,
        ),
        MOVING,
        OF_NO_RATE,
        COUNTER,
        TANK,
        SEVERAL,
        POSITIONS,
        Case(
            "A misdated reading is of no day.",
            {READINGS: [reading(0), reading(-6_000_000)]},
            [("2026-03-02", 1)],
            select="select day::varchar, count_readings from mart.truck_days",
        ),
        Case("Nothing in, nothing out.", {}, [], select=_DAYS),
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
}
