"""Measure every goal, and print the table of ``docs/benchmarks.md``."""

import platform
import sys
from datetime import UTC, datetime

import psutil

from benchmarks import (
    api,
    controls,
    generation,
    histories,
    intent,
    landing,
    latency,
    loading,
    pages,
    plain,
    recommending,
    retail,
    routing,
    sending,
)
from benchmarks.truth import run

ALL = {
    "generation": generation,
    "sending": sending,
    "landing": landing,
    "loading": loading,
    "pages": pages,
    "histories": histories,
    "latency": latency,
    "controls": controls,
    "retail": retail,
    "api": api,
    "plain": plain,
    "routing": routing,
    "recommending": recommending,
    "intent": intent,
}


def main() -> None:
    """Run the benchmarks that are named, or all."""
    if sys.argv[1:2] == ["truth"]:
        run.main(sys.argv[2:])
    names = sys.argv[1:] or list(ALL)
    if unknown := set(names) - set(ALL):
        sys.exit(f"Unknown: {', '.join(unknown)}; there are {', '.join(ALL)}.")
    memory = psutil.virtual_memory().total / 2**30
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, "
        f"{psutil.cpu_count()} cores, {memory:.0f} GiB; each stack fresh, set-up excluded"
    )
    measured = [line for name in names for line in ALL[name].measure()]
    print("\n| what | goal | median | from … to | runs |\n|---|---|---|---|---|")
    for line in measured:
        print(line)


if __name__ == "__main__":
    main()
