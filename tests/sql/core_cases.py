"""Cases of the CORE views: each event once, whatever came twice."""

from dataclasses import replace
from typing import Any

from .rows import (
    CLICKS,
    LINES,
    OPERATIONS,
    READINGS,
    START,
    Case,
    Row,
    at,
    click,
    line,
    operation,
    reading,
)

_YEAR = 365 * 1440 + 350
_FIVE_YEARS_BACK = -1826 * 1440  # 2021-03-02, five years before the start
DELIVERY: Row = {
    "order_id": "O1", "truck_id": "T1", "status": "delivered", "promised_from": at(5),
    "promised_until": at(65), "latitude": 48.1, "longitude": 11.5, "weight_kg": 3.5,
    "reason": "rain",
}  # fmt: skip
SERVICE: Row = {
    "truck_id": "T1", "service": "repair", "component": "alternator", "litres": 80.5,
    "cost": 120.25, "odometer": 1000.5,
}  # fmt: skip
CHANGE: Row = {
    "product_id": "P1", "product_name": "Cup", "price": 4.75, "stock_band": "low",
    "withdrawn": True, "category": "laptop",
}  # fmt: skip
SHIFT: Row = {"driver_id": "D1", "truck_id": "T1", "duty": "on"}
DRIVING: Row = {
    "truck_id": "T1", "event_type": "harsh_brake", "latitude": 48.1, "longitude": 11.5,
    "speed": 61.5, "magnitude": 4.25, "seconds": 2.0,
}  # fmt: skip
DEPOT: Row = {
    "depot_id": "DEPOT-1", "depot_name": "North", "latitude": 48.1, "longitude": 11.5,
    "opens": "06:00", "closes": "23:00", "withdrawn": True,
}  # fmt: skip
TRUCK: Row = {
    "truck_id": "T1", "depot_id": "DEPOT-1", "truck_class": "7.5 t", "capacity_kg": 1500.5,
    "tank_litres": 120.5, "withdrawn": True,
}  # fmt: skip


def _once(view: str, table: str, make: Any) -> list[Case]:
    """Return the cases that hold of every view that takes each event once."""
    chosen = f"select shard_id, sequence_number::number, file_name, file_row from {view}"
    count = f"select event_id, count(*) from {view} group by event_id order by event_id"
    rivals: dict[str, tuple[Row, Row]] = {
        "sequence number, as a number": (
            {"sequence_number": 9, "shard_id": "s2"},
            {"sequence_number": 10, "shard_id": "s1"},
        ),
        "shard, under one sequence number": (
            {"shard_id": "s1", "file_name": "f2"},
            {"shard_id": "s2", "file_name": "f1"},
        ),
        "file, of a record loaded twice": (
            {"file_name": "f1", "file_row": 2},
            {"file_name": "f2", "file_row": 1},
        ),
        "row, of a record twice in a file": ({"file_row": 7}, {"file_row": 8}),
    }
    same: Row = {"event_id": "a", "sequence_number": 5}
    return [
        Case("Nothing in, nothing out.", {table: []}, [], select=count),
        Case(
            "An event told or loaded twice comes once; two events of equal content are two.",
            {
                table: [
                    make(event_id="a"),
                    make(event_id="a"),
                    make(event_id="b", sequence_number=9),
                    make(event_id="b", sequence_number=9, file_name="file-1"),
                    make(event_id="c"),
                ]
            },
            [("a", 1), ("b", 1), ("c", 1)],
            select=count,
        ),
        *(
            Case(
                f"Of an event told twice the greatest counts, as in the histories: {name}.",
                {table: [make(**{**same, **less}), make(**{**same, **more})]},
                [_lineage({**same, "file_row": 2, **more})],
                select=chosen,
            )
            for name, (less, more) in rivals.items()
        ),
    ]


def _lineage(says: Row) -> tuple[Any, ...]:
    whole = {"shard_id": "shard-0", "file_name": "file-0", **says}
    return tuple(whole[n] for n in ("shard_id", "sequence_number", "file_name", "file_row"))


def _operation(kind: str) -> Any:
    return lambda **says: operation(kind, **says)


def _whole(view: str, kind: str, says: Row) -> Case:
    """Return the case that shows every column of a view of the operations."""
    lineage = {
        "stream": "OperationsStream", "shard_id": "s1", "sequence_number": 7,
        "arrived_at": at(9), "file_name": "f1", "file_row": 4, "loaded_at": at(10),
    }  # fmt: skip
    columns = ["event_id", "event_timestamp", *says, *lineage]
    shown = [
        "sequence_number::number" if c == "sequence_number" else
        "loaded_at::timestamp_ntz" if c == "loaded_at" else c
        for c in columns
    ]  # fmt: skip
    return Case(
        "Every column is handed on; operations of another kind are not its rows.",
        {
            OPERATIONS: [
                operation(kind, event_id="a", **says, **lineage),
                operation("another_kind", event_id="b"),
            ]
        },
        [("a", START, *says.values(), *lineage.values())],
        select=f"select {', '.join(shown)} from {view}",
    )


def fixes(truck: str, *places: tuple[float, float, float]) -> list[Row]:
    """Return readings of positions: minute, latitude, longitude."""
    return [
        reading(minute, truck, gps_latitude=latitude, gps_longitude=longitude)
        for minute, latitude, longitude in places
    ]


_CLOCKS = Case(
    "A clock that was years back is told, by what followed it and by its arrival.",
    {
        READINGS: [
            reading(-1024 * 7 * 1440, event_id="a", truck_id="T1"),
            reading(-1024 * 7 * 1440 + 5, event_id="b", truck_id="T1"),
            reading(0, event_id="c", truck_id="T1"),
            reading(-1024 * 7 * 1440, event_id="d", truck_id="T2"),
            reading(-1024 * 7 * 1440, event_id="e", truck_id="T3"),
            reading(
                0,
                event_id="f",
                truck_id="T3",
            ),
            reading(
                -1024 * 7 * 1440 + 9,
                event_id="g",
                truck_id="T3",
                arrived_at=at(-1024 * 7 * 1440 + 10),
            ),
            reading(-6 * _YEAR, event_id="h", truck_id="T4"),
            reading(-3 * _YEAR, event_id="i", truck_id="T4"),
            reading(0, event_id="j", truck_id="T4"),
            reading(-5 * _YEAR + 3 * 1440, event_id="k", truck_id="T5"),
            reading(0, event_id="l", truck_id="T5"),
            reading(-5 * _YEAR - 3 * 1440, event_id="m", truck_id="T6"),
            reading(0, event_id="n", truck_id="T6"),
            reading(-5 * _YEAR - 3 * 1440, event_id="o", truck_id="T7", arrived_at=at(-10)),
            reading(0, event_id="p", truck_id="T7"),
            reading(-5 * _YEAR - 3 * 1440, event_id="q", truck_id="T8", arrived_at=at(-6 * 1440)),
            reading(0, event_id="r", truck_id="T8"),
            reading(-18 * _YEAR, event_id="s", truck_id="T9"),
            reading(-12 * _YEAR, event_id="t", truck_id="T9"),
            reading(0, event_id="u", truck_id="T9"),
            reading(_FIVE_YEARS_BACK, event_id="v", truck_id="TA"),
            reading(0, event_id="w", truck_id="TA"),
            reading(
                _FIVE_YEARS_BACK - 365 * 1440,
                event_id="x",
                truck_id="TB",
                arrived_at=at(-365 * 1440),
            ),
            reading(0, event_id="y", truck_id="TB"),
            reading(_FIVE_YEARS_BACK - 365 * 1440, event_id="z4", truck_id="TD"),
            reading(_FIVE_YEARS_BACK, event_id="z5", truck_id="TD"),
            reading(0, event_id="z6", truck_id="TD"),
            reading(-18 * _YEAR, event_id="z0", truck_id="TC"),
            reading(-6 * _YEAR, event_id="z1", truck_id="TC"),
            reading(-3 * _YEAR, event_id="z2", truck_id="TC"),
            reading(0, event_id="z3", truck_id="TC"),
        ]
    },
    [
        (event, event in ("a", "b", "e", "m", "o", "s", "t", "z0"))
        for event in (*"abcdefghijklmnopqrstuvwxy", *(f"z{n}" for n in range(7)))
    ],
    select="select event_id, is_misdated from core.truck_readings order by event_id",
)

VIEWS: dict[str, list[Case]] = {
    "core/truck_fixes": [
        Case("Nothing in, nothing out.", {}, [], select="select * from core.truck_fixes"),
        Case(
            "A fix that no truck reaches from any neighbour is out; who was moved goes on.",
            {
                READINGS: [
                    # Out and back in a minute each; at the beginning; at the end; alone; two.
                    *fixes("A", (0, 48, 11), (1, 49, 11), (2, 48.01, 11)),
                    *fixes("B", (0, 20, 11), (1, 48, 11), (2, 48.01, 11), (3, 80, 11)),
                    *fixes("C", (0, 48, 11)),
                    *fixes("D", (0, 48, 11), (1, 49, 11)),
                    # Moved while it was silent, or at once.
                    *fixes("E", (0, 48, 11), (1, 48.01, 11), (2, 20, 11), (3, 20.01, 11)),
                    *fixes("F", (0, 48, 11), (600, 50, 11)),
                    # At 0,0; on the equator; at Greenwich; with a wrong date.
                    *fixes(
                        "G",
                        (0, 0, 0),
                        (1, 0, 5),
                        (2, 0, 5.01),
                        (3, 5, 0),
                        (4, 5, 0.01),
                        (-6_000_000, 5, 0),
                    ),
                    # Every other is somewhere else.
                    *fixes(
                        "H", (0, 48, 30), (1, 20, 30), (2, 48.01, 30), (3, 60, 30), (4, 48.02, 30)
                    ),
                    *fixes("I", (0, 1, 0)),
                    *fixes("J", (0, 0, 1)),
                    *fixes("K", (0, 0, 0)),
                ]
            },
            [
                ("A", at(0), 48.0, 11.0),
                ("A", at(2), 48.01, 11.0),
                ("B", at(1), 48.0, 11.0),
                ("B", at(2), 48.01, 11.0),
                ("C", at(0), 48.0, 11.0),
                *(("E", at(m), lat, 11.0) for m, lat in enumerate((48.0, 48.01, 20.0, 20.01))),
                ("F", at(0), 48.0, 11.0),
                ("F", at(600), 50.0, 11.0),
                ("G", at(1), 0.0, 5.0),
                ("G", at(2), 0.0, 5.01),
                ("G", at(3), 5.0, 0.0),
                ("G", at(4), 5.0, 0.01),
                ("H", at(0), 48.0, 30.0),
                ("H", at(2), 48.01, 30.0),
                ("H", at(4), 48.02, 30.0),
                ("I", at(0), 1.0, 0.0),
                ("J", at(0), 0.0, 1.0),
            ],
            select="select * from core.truck_fixes order by truck_id, event_timestamp",
        ),
        Case(
            "How far a fix may be, to the edge; of one time the last counts.",
            {
                READINGS: [
                    # In one minute 3,433.3 m, in two 6,766.7 m.
                    *fixes("A", (0, 48, 11), (1, 48.0308755, 11)),
                    *fixes("B", (0, 48, 11), (1, 48.03088, 11)),
                    *fixes("C", (0, 48, 11), (1, 20, 11), (2, 48.0608523, 11)),
                    *fixes("D", (0, 48, 11), (1, 20, 11), (2, 48.060859, 11)),
                    *fixes("E", (0, 10, 10), (0, 48, 12), (1, 48.01, 12)),
                ]
            },
            [
                ("A", at(0), 48.0, 11.0),
                ("A", at(1), 48.0308755, 11.0),
                ("C", at(0), 48.0, 11.0),
                ("C", at(2), 48.0608523, 11.0),
                ("E", at(0), 48.0, 12.0),
                ("E", at(1), 48.01, 12.0),
            ],
            select="select * from core.truck_fixes order by truck_id, event_timestamp",
        ),
    ],
    "core/clicks": _once("core.clicks", CLICKS, lambda **s: click("S1", **s)),
    "core/truck_readings": [
        *_once("core.truck_readings", READINGS, lambda **s: reading(0, **s)),
        _CLOCKS,
        Case(
            "Misdated is a truck's event at a time: not its others, nor another truck's.",
            {
                READINGS: [
                    reading(-6 * _YEAR, event_id="a"),
                    reading(0, event_id="a"),
                    reading(-6 * _YEAR, event_id="b", arrived_at=at(-6 * _YEAR)),
                    reading(-6 * _YEAR, "T2", event_id="a"),
                ]
            },
            [("T1", "a", False), ("T1", "a", True), ("T1", "b", False), ("T2", "a", False)],
            select="select truck_id, event_id, is_misdated from core.truck_readings "
            "order by 1, 2, 3",
        ),
    ],
    "core/misdated_readings": [
        Case("Nothing in, nothing out.", {}, [], select="select * from core.misdated_readings"),
        Case(
            "A reading told twice is one, and is told with its time.",
            {
                READINGS: [
                    reading(-6 * _YEAR, event_id="a"),
                    reading(-6 * _YEAR, event_id="a"),
                    reading(0, event_id="b"),
                ]
            },
            [("T1", "a", at(-6 * _YEAR))],
            select="select * from core.misdated_readings",
        ),
        replace(
            _CLOCKS,
            claim="A reading of a clock that was years back is told once.",
            expected=[
                ("T1", "a"),
                ("T1", "b"),
                ("T3", "e"),
                ("T6", "m"),
                ("T7", "o"),
                ("T9", "s"),
                ("T9", "t"),
                ("TC", "z0"),
            ],
            select="select truck_id, event_id from core.misdated_readings order by event_id",
        ),
    ],
    "core/order_lines": _once("core.order_lines", LINES, line),
    "core/delivery_events": [
        *_once("core.delivery_events", OPERATIONS, _operation("delivery_event")),
        _whole("core.delivery_events", "delivery_event", DELIVERY),
    ],
    "core/truck_services": [
        *_once("core.truck_services", OPERATIONS, _operation("truck_service")),
        _whole("core.truck_services", "truck_service", SERVICE),
    ],
    "core/product_changes": [
        *_once("core.product_changes", OPERATIONS, _operation("product_change")),
        _whole("core.product_changes", "product_change", CHANGE),
    ],
    "core/driver_shifts": [
        *_once("core.driver_shifts", OPERATIONS, _operation("driver_shift")),
        _whole("core.driver_shifts", "driver_shift", SHIFT),
    ],
    "core/driving_events": [
        *_once("core.driving_events", OPERATIONS, _operation("driving_event")),
        _whole("core.driving_events", "driving_event", DRIVING),
    ],
    "core/depot_changes": [
        *_once("core.depot_changes", OPERATIONS, _operation("depot")),
        _whole("core.depot_changes", "depot", DEPOT),
    ],
    "core/truck_changes": [
        *_once("core.truck_changes", OPERATIONS, _operation("truck")),
        _whole("core.truck_changes", "truck", TRUCK),
    ],
}
