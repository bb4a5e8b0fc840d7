"""Prove the claims of the analyses: ``python -m benchmarks truth [AREA…]``."""

import argparse
import sys
from pathlib import Path

from benchmarks.truth import (
    audiences,
    drivers,
    experiment,
    fuel,
    maintenance,
    recommend,
    routes,
    stops,
    visitors,
)
from benchmarks.truth.claims import HEAD
from producers.simulate.settings import read

AREAS = {
    "stops": stops, "fuel": fuel, "maintenance": maintenance, "drivers": drivers, "routes": routes,
    "recommend": recommend, "experiment": experiment, "visitors": visitors,
    "audiences": audiences,
}  # fmt: skip


def main(words: list[str]) -> None:
    """Print a line a claim; end with status 1 if one does not hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks truth", description=main.__doc__)
    parser.add_argument("area", nargs="*", metavar="AREA", help=f"of {', '.join(AREAS)}; all")
    parser.add_argument("--seeds", default="1,2,3", help="of the worlds, such as 4,5,6")
    parser.add_argument("--settings", type=Path, help="TOML file with settings of the worlds")
    asked = parser.parse_args(words)
    if unknown := set(asked.area) - set(AREAS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(AREAS)}")
    try:
        seeds = [int(seed) for seed in asked.seeds.split(",")]
    except ValueError:
        parser.error(f"--seeds: whole numbers with commas between, got {asked.seeds!r}")
    more = read(asked.settings) if asked.settings else {}
    print(HEAD)
    found = []
    for name in asked.area or AREAS:
        for claim in AREAS[name].claims(seeds, more):
            print(claim, flush=True)
            found.append(claim)
    sys.exit(0 if all(claim.holds for claim in found) else 1)
