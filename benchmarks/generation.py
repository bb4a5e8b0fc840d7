"""How fast the world is made, in how much memory, and whether live mode keeps its schedule."""

import subprocess
import sys
import time
from itertools import islice

import psutil

from benchmarks.common import Measured, fresh
from producers.prefetch import prefetch
from producers.sender import Sender
from producers.simulate import Settings, messages
from producers.simulate.settings import make

RUNS = 5
LIVE_SECONDS = 60
LIVE_RATE = 5_000
BACKFILL = """
import collections, resource
from producers.simulate import messages
from producers.simulate.settings import make
settings = make({"trucks": 100, "days": 365}, "the benchmark")
last = collections.deque(enumerate(messages(settings), 1), 1)
print(last[0][0], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)
"""


def measure() -> list[Measured]:
    """Make a default week on one core, a year of 100 trucks, and a minute at 5,000 events/s."""
    rates = _rates()
    count, gibibytes, seconds = _backfill()
    return [
        Measured(
            "The world, made and encoded on one core", "at least 100,000/s", "events/s", rates
        ),
        Measured("Live mode at 5,000 events/s, behind schedule", "within 1 s", "s", _live()),
        Measured("100 trucks, 365 days: memory", "below 2 GiB", "GiB", [gibibytes]),
        Measured(f"… its {count / 1e6:.0f} million events", "", "s", [seconds]),
    ]


def _rates() -> list[float]:
    own, allowed = psutil.Process(), psutil.Process().cpu_affinity()
    own.cpu_affinity(allowed[:1])
    rates = []
    try:
        for _ in range(RUNS + 1):  # the first compiles, or loads what was compiled
            began = time.perf_counter()
            count = sum(1 for _ in messages(Settings()))
            rates.append(count / (time.perf_counter() - began))
    finally:
        own.cpu_affinity(allowed)
    return rates[1:]


def _backfill() -> tuple[int, float, float]:
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", BACKFILL], check=True, capture_output=True, text=True
    )
    count, gibibytes = done.stdout.split()
    return int(count), float(gibibytes), time.perf_counter() - began


def _live() -> list[float]:
    """Pace a world so that 5,000 events leave a second, on average."""
    settings = make({"trucks": 100, "customers": 25_000, "days": 2}, "the benchmark")
    day = list(islice(messages(settings), LIVE_RATE * LIVE_SECONDS))
    speed = (day[-1].at - day[0].at) / LIVE_SECONDS
    behind = []
    for _ in range(3):
        with fresh() as environment:
            sender = Sender(environment.client("kinesis"), speed, progress=False)
            sent = sender.send(prefetch(islice(messages(settings), len(day))))
            behind.append(sent.behind)
    return behind
