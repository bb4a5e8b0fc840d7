"""Routes of the literature: our cost and time beside PyVRP's own, and the gap to the best known."""

import json
import math
import os
import time
from pathlib import Path

import pyvrp
import vrplib
from cartwheel.fleet import routes
from pyvrp.stop import MaxIterations

from benchmarks.common import Measured

ITERATIONS = int(os.environ.get("CARTWHEEL_ROUTING", "1000"))
SEED = 1
LARGEST = 200


def measure() -> list[Measured]:
    """Solve every instance twice, and compare: the order alternates."""
    folder = Path(os.environ["CARTWHEEL_DATA"]) / "routing"
    vrp = [p for p in sorted(folder.glob("cvrp_x/*.vrp")) if _size(p) <= LARGEST]
    best = {
        path.stem: float(vrplib.read_solution(path.with_suffix(".sol"))["cost"]) for path in vrp
    }
    ours, gaps = _compared(vrp)
    known = [100 * (gaps[name] / best[name] - 1) for name in best]
    told = json.loads((folder / "solomon_bks_recomputed.json").read_text(encoding="utf-8"))
    solomon = sorted(folder.glob("solomon/*/*/*.txt"))
    other, found = _compared(solomon)
    more, further = _solomon(told, found)
    return [
        Measured(f"X, n up to {LARGEST}: above the best known", "", "%", known),
        Measured("Solomon: vehicles above the best known", "", "", [float(more)]),
        Measured("… distance above it, where the vehicles are as many", "", "%", further),
        Measured(
            "Time against PyVRP alone, all instances", "at most 1.02", "×",
            [(sum(x for x, _ in ours + other)) / sum(y for _, y in ours + other)],
        ),
    ]  # fmt: skip


def _size(path: Path) -> int:
    return int(path.stem.split("-n")[1].split("-")[0])


def _compared(paths: list[Path]) -> tuple[list[tuple[float, float]], dict[str, float]]:
    """Return seconds of ours and of PyVRP alone, and our costs; equal costs are required."""
    seconds, costs = [], {}
    for number, path in enumerate(paths):
        problem = routes.read(path)
        taken = {}
        for who in ("ours", "bare") if number % 2 else ("bare", "ours"):
            began = time.perf_counter()
            if who == "ours":
                found = routes.solve(problem, iterations=ITERATIONS, seed=SEED)
            else:
                bare = pyvrp.solve(
                    problem.data, MaxIterations(ITERATIONS), seed=SEED, collect_stats=False,
                    display=False,
                )  # fmt: skip
            taken[who] = time.perf_counter() - began
        if found.cost != bare.cost():
            raise RuntimeError(f"{path.stem}: our cost {found.cost} is not PyVRP's {bare.cost()}")
        seconds.append((taken["ours"], taken["bare"]))
        costs[path.stem.upper() if problem.vehicles_first else path.stem] = (
            found.distance + len(found.routes) * routes.VEHICLE if problem.vehicles_first
            else found.distance
        )  # fmt: skip
    return seconds, costs


def _solomon(told: list[dict[str, object]], found: dict[str, float]) -> tuple[int, list[float]]:
    """Return how many vehicles more than the best known, and by how much the rest is longer."""
    more, further = 0, []
    for each in told:
        vehicles, distance = divmod(found[str(each["instance"])], routes.VEHICLE)
        fewest = int(str(each["vehicles"]))
        more += int(vehicles) - fewest
        if vehicles == fewest:
            further.append(100 * (distance / float(str(each["distance"])) - 1))
    return more, further or [math.nan]
