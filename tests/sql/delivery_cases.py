"""Cases of the queries of the delivery."""

from .mart_cases import LANDED, LANDED_ROWS
from .rows import CLICKS, LINES, OPERATIONS, READINGS, Case, click, line, operation, reading

QUERIES: dict[str, list[Case]] = {
    "delivery/landed": [
        Case("Nothing in, nothing out.", {}, []),
        Case("Each stream with what landed, by name.", LANDED, LANDED_ROWS),
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
}  # fmt: skip
