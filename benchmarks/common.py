"""What the benchmarks share: a fresh deployed stack, medians, the table at the end."""

import math
import os
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from cartwheel.deploy import steps
from cartwheel.environment import Environment
from cartwheel.local import processes, stack
from cartwheel.local.environment import LoopbackEnvironment
from cartwheel.local.files import Files

# Real data that nobody here made; see docs/benchmarks.md.
DATA = Path(os.environ.get("CARTWHEEL_DATA", Path(__file__).parents[2] / "shared" / "data"))


@dataclass(frozen=True)
class Measured:
    """One goal with what was measured; ``values`` are one per run."""

    what: str
    goal: str
    unit: str
    values: Sequence[float]

    def __str__(self) -> str:
        low, high = min(self.values), max(self.values)
        digits = _digits(statistics.median(self.values), high - low)
        middle, first, last = (
            _rounded(value, digits) for value in (statistics.median(self.values), low, high)
        )
        count = len(self.values)
        spread = f"{first} to {last}" if count > 1 else ""
        runs = f"{count} run{'s' if count > 1 else ''}"
        return f"| {self.what} | {self.goal} | {middle} {self.unit} | {spread} | {runs} |"


def _digits(value: float, spread: float) -> int:
    """Return the decimals that a spread allows: its first digit is the last that is shown."""
    leading = -math.floor(math.log10(abs(value))) if value else 0
    if spread > 0:
        return min(leading + 2, -math.floor(math.log10(spread)))
    return leading + 1


def _rounded(value: float, digits: int) -> str:
    return f"{round(value, digits):,.{max(0, digits)}f}"


@contextmanager
def fresh() -> Iterator[Environment]:
    """Start and deploy a stack in a temporary folder; end it afterwards."""
    before = os.environ.get("CARTWHEEL_HOME")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CARTWHEEL_HOME"] = folder
        files = stack.up(lambda _: None).files
        environment = LoopbackEnvironment(files)
        try:
            steps.deploy(environment, lambda _: None)
            yield environment
        finally:
            environment.close()
            stack.down(lambda _: None)
            os.environ.pop("CARTWHEEL_HOME")
            if before is not None:
                os.environ["CARTWHEEL_HOME"] = before


def resident_bytes() -> int:
    """Return the memory of this process and of the whole stack, workers included."""
    known = processes.read_state(Files(Path(os.environ["CARTWHEEL_HOME"])))
    roots = [psutil.Process(), *(psutil.Process(p.pid) for p in known.values())]
    every = {p.pid: p for root in roots for p in [root, *root.children(recursive=True)]}
    total = 0
    for process in every.values():
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total
