"""How long a burst takes from the first record sent to the last row in RAW."""

import time
from itertools import islice

from cartwheel.environment import Environment

from benchmarks.common import Measured, fresh
from producers.demo import WORLD
from producers.sender import Sender
from producers.simulate import messages

EVENTS = 150_000
MALFORMED = 10  # the demo's world sends a few on purpose
RUNS = 3


def measure() -> list[Measured]:
    """Send the first 150,000 events of the demo's world as fast as possible."""
    burst = list(islice(messages(WORLD), EVENTS))
    times = []
    for _ in range(RUNS):
        with fresh() as environment:
            began = time.perf_counter()
            Sender(environment.client("kinesis"), progress=False).send(burst)
            while _rows(environment) < EVENTS - MALFORMED:
                time.sleep(0.1)
            times.append(time.perf_counter() - began)
    return [Measured("150,000 events, from the sender to RAW", "below 10 s", "s", times)]


def _rows(environment: Environment) -> int:
    return int(
        environment.warehouse.scalar(
            "select (select count(*) from raw.click_events) "
            "+ (select count(*) from raw.truck_telemetry) "
            "+ (select count(*) from raw.order_lines) + (select count(*) from raw.operations)"
        )
    )
