"""How fast the sender fills the embedded Kinesis."""

import time

from cartwheel.deploy import stacks, templates

from benchmarks.common import Measured, fresh
from producers.sender import Sender
from producers.simulate import Settings, messages

RUNS = 5


def measure() -> list[Measured]:
    """Send one simulated day five times; the consumers are taken away, so that it is sending."""
    day = list(messages(Settings(days=1)))
    rates = []
    with fresh() as environment:
        for template in templates.WITH_FUNCTIONS:
            stacks.delete(environment, template.stack)
        for _ in range(RUNS):
            began = time.perf_counter()
            Sender(environment.client("kinesis"), progress=False).send(day)
            rates.append(len(day) / (time.perf_counter() - began))
    return [Measured("Sender into the embedded Kinesis", "at least 40,000/s", "records/s", rates)]
