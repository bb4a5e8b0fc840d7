"""How fast the sender fills the embedded Kinesis."""

import time

from cartwheel.deploy import stacks, templates

from benchmarks.common import Measured, fresh
from producers.sender import Sender
from producers.simulation import Settings, simulate_messages

RUNS = 5


def measure() -> list[Measured]:
    """Send one simulated day five times; the consumers are taken away, so that it is sending."""
    messages = list(simulate_messages(Settings(trucks=24, sessions=8_000, malformed=0)))
    rates = []
    with fresh() as environment:
        stacks.delete(environment, templates.FUNCTIONS.stack)
        for _ in range(RUNS):
            began = time.perf_counter()
            Sender(environment.client("kinesis"), progress=False).send(messages)
            rates.append(len(messages) / (time.perf_counter() - began))
    return [Measured("Sender into the embedded Kinesis", "at least 20,000/s", "records/s", rates)]
