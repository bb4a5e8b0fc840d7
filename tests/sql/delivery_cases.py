"""Cases of the queries of the delivery."""

from functools import partial

from .mart_cases import LANDED, LANDED_ROWS
from .rows import (
    CLICKS,
    LINES,
    OPERATIONS,
    READINGS,
    Case,
    at,
    click,
    line,
    operation,
    reading,
)


def _aside(*values: tuple[str, str, str]) -> list[dict[str, str]]:
    """Return what an event set aside."""
    return [dict(zip(("field", "value", "rule"), each, strict=True)) for each in values]


QUERIES: dict[str, list[Case]] = {
    "delivery/landed": [
        Case("Nothing in, nothing out.", {}, []),
        Case("Each stream with what landed, by name.", LANDED, LANDED_ROWS),
    ],
    "delivery/freshness": [
        Case(
            "A table without rows has no newest one.",
            {},
            [(table.upper(), None) for table in sorted((CLICKS, READINGS, LINES, OPERATIONS))],
        ),
        Case(
            "The newest arrival of each table, whenever it was loaded and whatever it tells of.",
            {
                CLICKS: [
                    click("S", arrived_at=at(1), loaded_at=at(9)),
                    click("S", 99, arrived_at=at(3), loaded_at=at(4)),
                    click("S", arrived_at=at(2), loaded_at=at(8)),
                ],
                READINGS: [reading(7, arrived_at=at(5)), reading(1, arrived_at=at(4))],
                LINES: [line(arrived_at=at(6.5)), line(arrived_at=at(7))],
                OPERATIONS: [operation("x", arrived_at=at(6)), operation("x", arrived_at=at(8))],
            },
            [
                (CLICKS.upper(), at(3)), (OPERATIONS.upper(), at(8)), (LINES.upper(), at(7)),
                (READINGS.upper(), at(5)),
            ],
        ),
    ],
    "delivery/loaded_files": [
        Case("Nothing in, nothing out.", {}, [], {"since": at(0)}),
        Case(
            "Files of each table with a row loaded at or after the moment, each once, by name.",
            {
                CLICKS: [
                    click("S", file_name="c/2", loaded_at=at(5)),
                    click("S", file_name="c/2", loaded_at=at(5)),
                    click("S", file_name="c/0", loaded_at=at(4.9)),
                    click("S", file_name="c/1", loaded_at=at(4)),
                    click("S", file_name="c/1", loaded_at=at(9)),
                ],
                READINGS: [reading(0, file_name=f"t/{n}", loaded_at=at(n)) for n in (6, 4, 5)],
                LINES: [line(file_name="o/1", loaded_at=at(5)), line(file_name="o/2"),
                        line(file_name="o/0", loaded_at=at(4))],
                OPERATIONS: [operation("x", file_name="p/1", loaded_at=at(5)),
                             operation("x", file_name="p/0", loaded_at=at(1))],
            },
            [("c/1",), ("c/2",), ("o/1",), ("o/2",), ("p/1",), ("t/5",), ("t/6",)],
            {"since": at(5)},
        ),
    ],
    "delivery/loaded_rows": [
        Case("Nothing in, nothing out.", {}, [], {"since": at(0)}),
        Case(
            "Rows of each table by the minute of their load from the moment on, repeated ones too.",
            {
                CLICKS: [
                    click("S", loaded_at=at(5)), click("S", loaded_at=at(5.9)),
                    click("S", loaded_at=at(6), sequence_number=1),
                    click("S", loaded_at=at(4.9)), click("S", loaded_at=at(6), shard_id="load-1"),
                ],
                READINGS: [reading(0, loaded_at=at(9)), reading(0, loaded_at=at(5)),
                           reading(0, loaded_at=at(4)),
                           reading(0, loaded_at=at(9), shard_id="load-1")],
                LINES: [line(loaded_at=at(5), shard_id="load-1"), line(loaded_at=at(5)),
                        line(loaded_at=at(5), shard_id="reload-1"), line(loaded_at=at(2))],
                OPERATIONS: [operation("x", loaded_at=at(7)), operation("x", loaded_at=at(5)),
                             operation("x", loaded_at=at(7), shard_id="load-1"),
                             operation("x", loaded_at=at(3))],
            },
            [
                (CLICKS.upper(), at(5), 2), (CLICKS.upper(), at(6), 1),
                (OPERATIONS.upper(), at(5), 1), (OPERATIONS.upper(), at(7), 1),
                (LINES.upper(), at(5), 2),
                (READINGS.upper(), at(5), 1), (READINGS.upper(), at(9), 1),
            ],
            {"since": at(5)},
        ),
    ],
    "delivery/loads": [
        Case("Nothing in, nothing out.", {}, [], {"since": at(0), "until": at(9)}),
        Case(
            "One row is a load.",
            {LINES: [line(file_name="a", loaded_at=at(5))]},
            [(LINES.upper(), 1, 1)],
            {"since": at(5), "until": at(9)},
        ),
        Case(
            "Files and rows from one moment until before the other; what was loaded past is none.",
            {
                table: [
                    make(file_name="a", loaded_at=at(5)), make(file_name="a", loaded_at=at(6)),
                    make(file_name="b", loaded_at=at(8.9)), make(file_name="c", loaded_at=at(9)),
                    make(file_name="d", loaded_at=at(4.9)),
                    make(file_name="e", loaded_at=at(7), shard_id="load-1"), *more,
                ]
                for table, make, more in (
                    (CLICKS, partial(click, "S"), []), (READINGS, partial(reading, 0), []),
                    (LINES, line, [line(file_name="f", loaded_at=at(7))]),
                    (OPERATIONS, partial(operation, "x"), []),
                )
            },
            [
                (CLICKS.upper(), 2, 3), (OPERATIONS.upper(), 2, 3), (LINES.upper(), 3, 4),
                (READINGS.upper(), 2, 3),
            ],
            {"since": at(5), "until": at(9)},
        ),
    ],
    "delivery/clicked": [
        Case("Nothing in, nothing out.", {}, [], {"since": at(0), "until": at(9)}),
        Case(
            "Clicks from one moment until before the other, the most first; a record that landed "
            "twice counts once, what was loaded past or names no product not at all.",
            {
                CLICKS: [
                    click("S", minute=1, product_id="B", product_name="Bed"),
                    click("S", minute=5, product_id="B", click_count=3, product_name="Ax"),
                    click("S", minute=0.9, product_id="B"),
                    click("S", minute=9, product_id="B"),
                    click("S", minute=2, product_id="C", sequence_number=70),
                    click("S", minute=2, product_id="C", sequence_number=70, file_name="again"),
                    click("S", minute=2, product_id="C", sequence_number=70, shard_id="shard-1"),
                    click("S", minute=3, product_id="A", product_name="Axe", click_count=2),
                    click("S", minute=3, product_id="A", shard_id="load-1"),
                    click("S", minute=3, product_id=None, click_count=9),
                    click("S", minute=4, product_id="C", sequence_number=71),
                    *(click("S", minute=4, product_id=f"X{n}") for n in (8, 1, 2, 3, 4, 5, 6, 7)),
                ]
            },
            [
                ("B", "Bed", 4), ("C", None, 3), ("A", "Axe", 2),
                *((f"X{n}", None, 1) for n in range(1, 8)),
            ],
            {"since": at(1), "until": at(9)},
        ),
    ],
    "delivery/shards": [
        Case("Nothing in, nothing out.", {}, []),
        Case(
            "The greatest number of each shard of each stream, as a number.",
            {
                CLICKS: [
                    click("S", sequence_number=7, stream="ClickDataStream", shard_id="shard-1"),
                    click("S", sequence_number=9, stream="ClickDataStream"),
                    click("S", sequence_number=10, stream="ClickDataStream"),
                ],
                READINGS: [reading(0, sequence_number=n, stream="TruckTelemetry") for n in (2, 3)],
                LINES: [line(sequence_number=n, stream="ecommerce_data_stream") for n in (4, 1)],
                OPERATIONS: [
                    operation("x", sequence_number=n, stream="OperationsStream") for n in (5, 3)
                ],
            },
            [
                (stream, shard, str(number).zfill(60))
                for stream, shard, number in (
                    ("ClickDataStream", "shard-0", 10), ("ClickDataStream", "shard-1", 7),
                    ("OperationsStream", "shard-0", 5), ("TruckTelemetry", "shard-0", 3),
                    ("ecommerce_data_stream", "shard-0", 4),
                )
            ],
        ),
    ],
    "delivery/set_aside": [
        Case("Nothing in, nothing out.", {}, []),
        Case(
            "Events per field and rule, each once, the most first; what set nothing aside is none.",
            {
                CLICKS: [click("S", set_aside=_aside(("device_type", "'watch'", "a word")))],
                READINGS: [
                    reading(0, event_id="a", set_aside=_aside(("odometer", "9e9", "too far"))),
                    reading(0, event_id="a", set_aside=_aside(("odometer", "9e9", "too far"))),
                    reading(1, set_aside=_aside(("odometer", "8e9", "too far"),
                                                ("engine.rpm", "'x'", "a number"))),
                    reading(2),
                ],
                LINES: [line(set_aside=_aside(("Country", "''", "empty")))],
                OPERATIONS: [operation("x", set_aside=_aside(("litres", "-1", "below"))),
                             operation("x", set_aside=_aside(("litres", "-1", "above"))),
                             *(operation("x", set_aside=_aside(("litres", "-1", f"rule {n}")))
                               for n in (5, 3, 8, 1, 9, 2)),
                             operation("x", set_aside=_aside(("cost", "-2", "below")))],
            },
            [
                ("TruckTelemetry", "odometer", "too far", 2, "9e9"),
                ("ClickDataStream", "device_type", "a word", 1, "'watch'"),
                ("OperationsStream", "cost", "below", 1, "-2"),
                ("OperationsStream", "litres", "above", 1, "-1"),
                ("OperationsStream", "litres", "below", 1, "-1"),
                *(("OperationsStream", "litres", f"rule {n}", 1, "-1") for n in (1, 2, 3, 5, 8, 9)),
                ("TruckTelemetry", "engine.rpm", "a number", 1, "'x'"),
                ("ecommerce_data_stream", "Country", "empty", 1, "''"),
            ],
        ),
    ],
    "delivery/loaded": [
        Case("Nothing in, none.", {}, [(0,)]),
        Case(
            "Records of a load, one that landed twice once; what was streamed is none.",
            {
                CLICKS: [
                    click("S", shard_id="shardId-0"), click("S", shard_id="reload-1"),
                    click("S", shard_id="load-1", sequence_number=8),
                    click("S", shard_id="load-1", sequence_number=9),
                    click("S", shard_id="load-1", sequence_number=9, file_name="again"),
                    click("S", shard_id="load-2", sequence_number=9),
                ]
            },
            [(3,)],
        ),
    ],
    "delivery/more_clicks": [
        Case("Nothing in, none.", {}, [(0,)]),
        Case(
            "What a record stands for beyond itself, a record that landed twice once.",
            {
                CLICKS: [
                    click("S"), click("S", click_count=1), click("S", click_count=2),
                    click("S", click_count=3, sequence_number=8),
                    click("S", click_count=3, sequence_number=9),
                    click("S", click_count=3, sequence_number=9, file_name="again"),
                    click("S", click_count=3, sequence_number=9, shard_id="s2"),
                ]
            },
            [(7,)],
        ),
    ],
}  # fmt: skip
