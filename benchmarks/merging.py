"""How long it takes to merge 20,000 new readings into the history."""

import time

from cartwheel import history
from cartwheel.environment import Environment

from benchmarks.common import Measured, fresh

RUNS = 5
TRUCKS = 200
# One insert of generated readings: one a minute and truck, each unlike the one before.
INSERT = """
insert into raw.truck_telemetry (
    event_id, truck_id, event_timestamp, vehicle_speed, odometer_reading, stream, shard_id,
    sequence_number, arrived_at, file_name, file_row, loaded_at
)
select
    'e' || (seq4() + {first}), 'T' || mod(seq4(), {trucks}),
    dateadd('minute', floor((seq4() + {first}) / {trucks}), '2026-01-01'::timestamp_ntz),
    mod(seq4(), 90), seq4() + {first}, 'TruckTelemetry', 'shard-0',
    lpad(to_varchar(seq4() + {first}), 60, '0'), '2026-01-01'::timestamp_ntz,
    'file-{first}', seq4(), current_timestamp()
from table(generator(rowcount => {count}))
"""


def _insert(environment: Environment, first: int, count: int) -> None:
    environment.warehouse.execute(INSERT.format(first=first, count=count, trucks=TRUCKS))


def measure() -> list[Measured]:
    """Merge 20,000 rows into a history of 100,000 and of 1,000,000 versions."""
    made = []
    with fresh() as environment:
        first = 0
        for size in (100_000, 1_000_000):
            _insert(environment, first, size - first)
            history.merge(environment.warehouse)
            first = size
            seconds = []
            for _ in range(RUNS):
                _insert(environment, first, 20_000)
                first += 20_000
                began = time.perf_counter()
                done = history.merge(environment.warehouse)
                seconds.append(time.perf_counter() - began)
                if done.made < 20_000:
                    raise RuntimeError(f"only {done.made} versions were made")
            made.append(
                Measured(
                    f"Merge of 20,000 rows into {size:,} versions", "below 0.5 s", "s", seconds
                )
            )
    return made
