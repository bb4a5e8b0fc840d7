"""A large world's readings into RAW past the streams: how fast, and how much disk."""

import itertools
import os
import tempfile
import time
from pathlib import Path

from cartwheel.delivery import loading
from cartwheel.events import TELEMETRY

from benchmarks.common import Measured, fresh
from producers.output import write
from producers.simulate import messages
from producers.simulate.settings import make

READINGS = int(os.environ.get("CARTWHEEL_LOAD", "2_000_000"))
TRUCKS = 1000
_A_DAY = TRUCKS * 1440


def measure() -> list[Measured]:
    """Load a world's readings once, and tell what 50 million would take at that rate."""
    with tempfile.TemporaryDirectory() as name, fresh() as environment:
        folder = Path(name)
        days = -(-READINGS // _A_DAY)
        world = messages(make({"trucks": TRUCKS, "days": days}, "the benchmark"))
        readings = (made for made in world if made.stream == TELEMETRY.stream)
        write(itertools.islice(readings, READINGS), folder, "parquet", progress=False)
        before = _size(Path(os.environ["CARTWHEEL_HOME"]))
        began = time.perf_counter()
        done = loading.load(environment, folder, lambda _: None)
        seconds = time.perf_counter() - began
        found = sum(one.rows + one.quarantined for one in done)
        if found != READINGS:
            raise RuntimeError(f"RAW and quarantine hold {found} readings instead of {READINGS}")
        grown = _size(Path(os.environ["CARTWHEEL_HOME"])) - before + _size(folder)
    share = 50_000_000 / READINGS
    return [
        Measured(f"Load of {READINGS:,} readings past the streams", "", "s", [seconds]),
        Measured("… 50 million at that rate", "10 min", "min", [seconds * share / 60]),
        Measured("… and their disk: files, lake, warehouse", "20 GB", "GB", [grown * share / 1e9]),
    ]


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
