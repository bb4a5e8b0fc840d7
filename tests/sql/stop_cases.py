"""Cases of the views of a truck's movements, stops and trips."""

from typing import Any

from .rows import READINGS, Case, Row, at, reading

_MOVEMENTS = (
    "select truck_id, datediff('second', '2026-03-02', began_at), seconds, step_km, is_standing "
    "from core.movements order by truck_id, began_at"
)
_STANDING = "select is_standing from core.movements order by truck_id, began_at"
_STOPS = (
    "select truck_id, datediff('second', '2026-03-02', arrived_at), "
    "datediff('second', '2026-03-02', left_at), seconds, is_last, engine_seconds "
    "from mart.stops order by truck_id, arrived_at"
)
_TRIPS = (
    "select truck_id, trip_number, datediff('second', '2026-03-02', began_at), "
    "datediff('second', '2026-03-02', ended_at), distance_km, moving_seconds, standing_seconds, "
    "unknown_seconds from mart.trips order by truck_id, trip_number"
)


def drive(*speeds: float | None, minute: float = 0, km: float = 100, **says: Any) -> list[Row]:
    """Return readings a minute apart; the odometer follows the speeds before."""
    made = []
    for number, speed in enumerate(speeds):
        made.append(reading(minute + number, vehicle_speed=speed, odometer_reading=km, **says))
        km += (speed or 0) / 60
    return made


def places(*east: float, minute: float = 0, **says: Any) -> list[Row]:
    """Return readings a minute apart at longitudes of so many kilometres on the equator."""
    return [
        reading(minute + n, gps_latitude=1e-9, gps_longitude=10 + km / 111.19492664455873, **says)
        for n, km in enumerate(east)
    ]  # fmt: skip


# At 60 km/h: 30 s to the stop, two minutes there, 30 s until the next reading.
VISIT = [
    reading(0, vehicle_speed=60.0, odometer_reading=100.0, engine_rpm=900),
    reading(1, vehicle_speed=0.0, odometer_reading=100.5, engine_rpm=900),
    reading(2, vehicle_speed=0.5, odometer_reading=100.5, engine_rpm=0),
    reading(3, vehicle_speed=60.0, odometer_reading=101.0, engine_rpm=900),
]

_WHOLE = (
    "select truck_id, datediff('second', '2026-03-02', began_at), "
    "datediff('second', '2026-03-02', ended_at), seconds, speed_before_kmh, speed_after_kmh, "
    "is_running, round(latitude, 6), round(longitude, 6), round(latitude_after, 6), "
    "round(longitude_after, 6), round(step_km, 6), is_standing "
    "from core.movements order by truck_id, began_at"
)

_EDGES = (
    "select truck_id, datediff('second', '2026-03-02', moves_from), "
    "datediff('second', '2026-03-02', moves_until), is_standing "
    "from core.movements order by truck_id, began_at"
)

MOVEMENTS = [
    Case(
        "When it set off and when it came is told by the speed at the other end, within the step; "
        "only if it stood at one end; without a way or a speed by the readings.",
        {
            READINGS: [
                *VISIT,
                *(reading(m, "T2", vehicle_speed=v, odometer_reading=km) for m, v, km in (
                    (0, 0, 1), (1, 30, 2), (2, 30, 2.1), (3, 1, 2.2), (4, 0.9, 4.2),
                    (5, 0.5, 4.3))),
                *(reading(m, "T3", vehicle_speed=v) for m, v in ((0, 0), (1, 30), (2, 0))),
                *(reading(m, "T4", vehicle_speed=v, odometer_reading=km) for m, v, km in (
                    (0, 0, 1), (1, 1, 1.01), (2, 1, 1.02), (3, 0, 1.03))),
            ]
        },
        [
            ("T1", 0, 30, False), ("T1", 60, 120, True), ("T1", 150, 180, False),
            ("T2", 0, 60, False), ("T2", 60, 120, False), ("T2", 120, 180, False),
            ("T2", 180, 240, False), ("T2", 240, 300, False),
            ("T3", 0, 60, False), ("T3", 60, 120, False),
            ("T4", 24, 60, False), ("T4", 60, 120, False), ("T4", 120, 156, False),
        ],
        select=_EDGES,
    ),
    Case(
        "Below 1 km/h at both ends a truck stands; each truck has moments of its own.",
        {READINGS: [*drive(0, 0, 60, 60, 0.5, 0.5), *drive(60, 60, truck="T2", minute=1)]},
        [
            ("T1", 0, 60, 0.0, True),
            ("T1", 60, 60, 0.0, False),
            ("T1", 120, 60, 1.0, False),
            ("T1", 180, 60, 1.0, False),
            ("T1", 240, 60, 0.5 / 60, True),
            ("T2", 60, 60, 1.0, False),
        ],
        select=_MOVEMENTS,
    ),
    Case("Nothing in, nothing out; a single reading says nothing.", {}, [], select=_MOVEMENTS),
    Case(
        "Trucks know nothing of each other: neither places, nor speeds, nor usual intervals.",
        {
            READINGS: [
                reading(0, gps_latitude=5, gps_longitude=7, odometer_reading=90, vehicle_speed=9),
                reading(0.5, "T2", vehicle_speed=0, engine_rpm=700),
                reading(1, gps_latitude=5, gps_longitude=7.01, odometer_reading=91),
                reading(1.5, "T2", vehicle_speed=8),
                reading(2, gps_latitude=5, gps_longitude=7.02, odometer_reading=92),
                reading(3, vehicle_speed=0),
                reading(3, "T3", odometer_reading=5),
                reading(4, "T3", odometer_reading=5),
                reading(44, "T3", odometer_reading=6),
                *(reading(5 + m / 60, "T4", vehicle_speed=0) for m in range(9)),
            ]
        },
        [
            ("T1", 0, 180, 180, 9.0, 0.0, None, 5.0, 7.0, 5.0, 7.02, 2.0, False),
            ("T2", 30, 90, 60, 0.0, 8.0, True, None, None, None, None, None, False),
            ("T3", 180, 240, 60, None, None, None, None, None, None, None, 0.0, True),
            ("T3", 240, 2640, 2400, None, None, None, None, None, None, None, 1.0, True),
            *(
                ("T4", 300 + n, 301 + n, 1, 0.0, 0.0, *[None] * 6, True)
                for n in range(8)
            ),
        ],
        select=_WHOLE,
    ),
    Case(
        "Two standstills 50 m apart are one; a gap as well; without speed 2 km/h are too much.",
        {
            READINGS: [
                *(reading(m, vehicle_speed=0, odometer_reading=km)
                  for m, km in ((0, 10), (1, 10.04998), (2, 10.10048))),
                *(reading(m, "T2", odometer_reading=km)
                  for m, km in ((0, 10), (1, 10.03332), (2, 10.06667))),
                *(reading(m, "T3", vehicle_speed=0, odometer_reading=km)
                  for m, km in ((0, 10), (1, 10), (2, 10), (3, 10), (60, 10.04998),
                                (120, 10.10048))),
            ]
        },
        [(True,), (False,), (True,), (False,), (True,), (True,), (True,), (True,), (None,)],
        select=_STANDING,
    ),
    Case("A single reading is no movement.", {READINGS: drive(0)}, [], select=_MOVEMENTS),
    Case(
        "At 1 km/h it does not stand; nor if its two standstills are more than 50 m apart.",
        {
            READINGS: [
                reading(0, vehicle_speed=1, odometer_reading=10),
                reading(1, vehicle_speed=0, odometer_reading=10),
                reading(2, vehicle_speed=0, odometer_reading=10.0625),
                reading(3, vehicle_speed=0, odometer_reading=10.09375),
                reading(4, vehicle_speed=1, odometer_reading=10.09375),
            ]
        },
        [(False,), (False,), (True,), (False,)],
        select=_STANDING,
    ),
    Case(
        "Speeds in frames of their own are compared by the odometer before each.",
        {
            READINGS: [
                reading(0, odometer_reading=10),
                reading(1, vehicle_speed=0),
                reading(2, odometer_reading=11),
                reading(3, vehicle_speed=0),
                reading(4, vehicle_speed=0),
            ]
        },
        [("T1", 60, 120, 1.0, False), ("T1", 180, 60, 0.0, True)],
        select=_MOVEMENTS,
    ),
    Case(
        "Over a gap an odometer that has not moved says that it stood, else nobody knows.",
        {
            READINGS: [
                *drive(0, 0, 0), *drive(0, 0, minute=60), *drive(0, 0, minute=120, km=140),
            ]
        },
        [(True,), (True,), (True,), (True,), (None,), (True,)],
        select=_STANDING,
    ),
    Case(
        "Five usual intervals are no gap yet; without odometer a gap is unknown.",
        {
            READINGS: [
                *(reading(m, vehicle_speed=0) for m in (0, 1, 2, 3, 8, 14)),
            ]
        },
        [(True,), (True,), (True,), (True,), (None,)],
        select=_STANDING,
    ),
    Case(
        "Without speed a truck stands that comes less than 2 km/h far, by odometer or position.",
        {READINGS: [*places(0, 0.03, 0.07), *(
            reading(m, "T2", odometer_reading=v) for m, v in enumerate((5, 5, 5.5))
        )]},
        [(True,), (False,), (True,), (False,)],
        select=_STANDING,
    ),
    Case(
        "A single speed is not what a truck is judged by.",
        {READINGS: [reading(0, vehicle_speed=0), *places(0, 5, minute=1)]},
        [(False,)],
        select=_STANDING,
    ),
    Case(
        "An odometer counts before positions; one that goes back leaves them to count.",
        {
            READINGS: [
                {**row, "vehicle_speed": 30, "odometer_reading": km}
                for row, km in zip(places(0, 0.5, 1.0), (7, 7.75, 3), strict=True)
            ]
        },
        [(0.75,), (0.5,)],
        select="select round(step_km, 6) from core.movements order by began_at",
    ),
    Case(
        "A step that no truck can drive is unknown: 4.25 km in a minute is possible, 4.5 is not.",
        {
            READINGS: [
                reading(m, vehicle_speed=50, odometer_reading=km)
                for m, km in enumerate((0, 4.25, 8.75))
            ]
        },
        [(4.25,), (None,)],
        select="select step_km from core.movements order by began_at",
    ),
    Case(
        "The engine runs by its revolutions, else by the ignition; places are those at the ends.",
        {
            READINGS: [
                {**row, "vehicle_speed": 30, **says}
                for row, says in zip(
                    places(0, 1, 2, 3),
                    ({"engine_rpm": 0, "ignition": True}, {"ignition": True}, {}, {}),
                    strict=True,
                )
            ]
        },
        [(False, 10.0, 10.009), (True, 10.009, 10.018), (None, 10.018, 10.027)],
        select="select is_running, round(longitude, 3), round(longitude_after, 3) "
        "from core.movements order by began_at",
    ),
]  # fmt: skip

STOPS = [
    Case(
        "It came and left when its way at its speed says; its engine ran as long as it is told.",
        {READINGS: VISIT},
        [("T1", 30, 150, 120, False, 60)],
        select=_STOPS,
    ),
    Case("Nothing in, nothing out.", {}, [], select=_STOPS),
    Case(
        "At 1 km/h the way of a few metres takes its time, to the second; a gap ends a stop.",
        {READINGS: [
            *(reading(m, "T1", vehicle_speed=v, odometer_reading=km)
              for m, v, km in ((0, 1, 5), (1, 0, 5.0078125), (2, 0, 5.0078125), (3, 1, 5.015625))),
            *(reading(m, "T2", vehicle_speed=v, odometer_reading=km) for m, v, km in (
                (0, 40, 5), (1, 0, 5.5), (2, 0, 5.5), (3, 0, 5.5), (40, 0, 9), (41, 0, 9),
                (42, 0, 9), (43, 40, 9.5))),
            *(reading(m + 0.5, "T3", vehicle_speed=0, engine_rpm=r, odometer_reading=1)
              for m, r in ((0, 900), (1, 900), (2.5, 0), (3.5, 0))),
        ]},
        [
            ("T1", 28, 152, 124, False, None), ("T2", 45, 180, 135, False, None),
            ("T2", 2400, 2535, 135, False, None), ("T3", 30, 240, 210, True, 150),
        ],
        select=_STOPS,
    ),
    Case(
        "A truck that stands as its readings begin and end stood from the first to the last.",
        {READINGS: [*drive(0, 0, 60, 60, 0, 0, 0), *drive(0, 0, truck="T2")]},
        [
            ("T1", 0, 120, 120, False, None),
            ("T1", 240, 360, 120, True, None),
            ("T2", 0, 60, 60, True, None),
        ],
        select=_STOPS,
    ),
    Case(
        "Fifty-nine seconds are no stop.",
        {READINGS: [
            reading(m, vehicle_speed=v, odometer_reading=km)
            for m, v, km in ((0, 60, 0), (0.5, 0, 0.5), (1, 0, 0.5), (1.5, 62, 1.0))
        ]},
        [],
        select=_STOPS,
    ),
    Case(
        "Behind a gap, and before one, it stood from the first moment to the last one known.",
        {READINGS: [
            *drive(60, 60), *drive(0, 0, 0, minute=60, km=150), *drive(60, 60, minute=120, km=152),
        ]},
        [("T1", 3600, 3720, 120, False, None)],
        select=_STOPS,
    ),
    Case(
        "A way of which nothing is known is taken as short: it came with the first moment.",
        {READINGS: [reading(m, vehicle_speed=v) for m, v in enumerate((60, 0, 0, 60))]},
        [("T1", 60, 120, 60, False, None)],
        select=_STOPS,
    ),
    Case(
        "A crawl of 1 km/h is a way, what is slower is none.",
        {READINGS: [
            *(reading(m, vehicle_speed=v, odometer_reading=km)
              for m, v, km in ((0, 1, 5), (1, 0, 5.0078125), (2, 0, 5.0078125), (3, 1, 5.015625))),
            *(reading(m, "T2", vehicle_speed=v, odometer_reading=km)
              for m, v, km in ((0, 0.5, 5), (1, 0, 5.125), (2, 0, 5.125), (3, 0.5, 5.25))),
        ]},
        [("T1", 28, 152, 124, False, None), ("T2", 60, 120, 60, False, None)],
        select=_STOPS,
    ),
    Case(
        "Where it stood is where it was last; each truck's stops are numbered.",
        {READINGS: [
            {**row, "vehicle_speed": v, "truck_id": truck}
            for truck in ("T1", "T2")
            for row, v in zip(places(0, 0, 2, 4, 4, 4.01, 6), (0, 0, 60, 0, 0, 0, 60), strict=True)
        ]},
        [
            *[(1, 60, 0.0, 10.0), (2, 120, 0.0, 10.036063)] * 2,
        ],
        select="select stop_number, seen_seconds, round(latitude, 6), round(longitude, 6) "
        "from mart.stops "
        "order by truck_id, stop_number",
    ),
    Case(
        "An engine of which one part is unknown ran nobody knows how long.",
        {READINGS: [
            reading(m, vehicle_speed=0, engine_rpm=rpm)
            for m, rpm in enumerate((900, None, 900, 900))
        ]},
        [("T1", 0, 180, 180, True, None)],
        select=_STOPS,
    ),
]  # fmt: skip

TRIPS = [
    Case(
        "From a stop of two minutes to the next; a minute at a light is part of the trip.",
        {READINGS: [
            *drive(0, 0, 0, 60, 60, 0, 0, 30, 0, 0, 0, 60, 60),
            *drive(60, 60, 0, 0, 60, 0, 0, 60, truck="T2"),
            *drive(0, 0, 0, truck="T3"),
            *drive(60, 0, truck="T4"),
            *(reading(m, "T5", vehicle_speed=v, odometer_reading=km)
              for m, v, km in ((0.25, 60, 1), (0.5, 0, 1.25), (1.5, 0, 1.25), (1.75, 60, 1.5))),
            *(reading(m, "T6", vehicle_speed=60, odometer_reading=1) for m in (0, 1 / 60)),
        ]},
        [
            ("T1", 1, 180, 480, 2.5, 300, 60, 0),
            ("T1", 2, 660, 720, 1.0, 120, 0, 0),
            ("T2", 1, 0, 420, 3.0, 300, 120, 0),
            ("T4", 1, 0, 60, 1.0, 60, 0, 0),
            ("T5", 1, 15, 105, 0.5, 30, 60, 0),
            ("T6", 1, 0, 1, 0.0, 1, 0, 0),
        ],
        select=_TRIPS,
    ),
    Case("Nothing in, nothing out.", {}, [], select=_TRIPS),
    Case("Who only stands makes no trip.", {READINGS: drive(0, 0, 0, 0)}, [], select=_TRIPS),
    Case(
        "A gap belongs to the trip, its seconds are told apart; its kilometres are the odometer's.",
        {READINGS: [*drive(60, 60, 60), *drive(60, 60, minute=62, km=152), *drive(
            0, 0, 0, minute=64, km=154)]},
        [("T1", 1, 0, 3840, 54.0, 240, 0, 3600)],
        select=_TRIPS,
    ),
    Case(
        "Two gaps of one trip add up; a truck with gaps alone makes none.",
        {READINGS: [
            *drive(60, 60, 60), *drive(60, 60, 60, minute=62, km=152),
            *drive(60, 60, 60, minute=124, km=210),
            *drive(0, 0, 60, 60, 60, 60, 60, minute=200, km=250),
            *(reading(m, "T2", vehicle_speed=0, odometer_reading=km)
              for m, km in ((0, 1), (1, 1), (2, 1), (3, 1), (60, 50), (61, 50), (62, 50))),
        ]},
        [("T1", 1, 0, 12360, 154.0, 660, 60, 11640)],
        select=_TRIPS,
    ),
    Case(
        "It begins and ends where the truck was; drift at a light is no way.",
        {READINGS: [
            {**row, "vehicle_speed": v}
            for row, v in zip(
                places(0, 0, 0, 2, 2.03, 4, 4, 4), (0, 0, 0, 0, 0, 60, 0, 0), strict=True
            )
        ]},
        [(0.0, 10.0, 0.0, 10.035973, 3.97)],
        select="select round(latitude_from, 6), round(longitude_from, 6), round(latitude_to, 6), "
        "round(longitude_to, 6), round(distance_km, 3) from mart.trips",
    ),
]  # fmt: skip

_HOUR: Row = {"truck_id": "T1", "since": at(0), "until": at(60)}

QUERIES: dict[str, list[Case]] = {
    "fleet/stops/spells": [
        Case("Nothing in, nothing out.", {}, [], _HOUR),
        Case(
            "Trips and stops of two minutes that reach into the time, whole; of one truck.",
            {
                READINGS: [
                    *drive(0, 0, 0, 60, 60, 0, 0, 60, 0, 0, 0, 0, minute=-2, engine_rpm=700),
                    *drive(0, 0, 0, 60, truck="T2"),
                ]
            },
            [
                ("stop", at(-2), at(1), None, 120.0),
                ("trip", at(1), at(6), 3.0, None),
                ("stop", at(6), at(9), None, 180.0),
            ],
            _HOUR,
        ),
        Case(
            "What ends as the time begins, or begins as it ends, lies outside.",
            {READINGS: [*drive(0, 0, 0, 0, minute=-3), *drive(0, 0, 0, 0, minute=60, km=130)]},
            [],
            _HOUR,
        ),
    ],
}
VIEWS: dict[str, list[Case]] = {
    "core/movements": MOVEMENTS,
    "mart/stops": STOPS,
    "mart/trips": TRIPS,
}
