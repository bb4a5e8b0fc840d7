"""
Routes of vehicles: problems of the literature's files, and solving them with PyVRP.

Files are VRPLIB's (capacitated and all that PyVRP reads of it) and Solomon's (time windows).
Source of the solver: Wouda, Lan, Kool (2024), PyVRP: a high-performance VRP solver package.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyvrp
from numpy.typing import NDArray
from pyvrp.stop import MaxIterations, MaxRuntime, MultipleCriteria, StoppingCriterion

from cartwheel.errors import UsageError

SOLOMON_SCALE = 1000  # so that rounding to whole numbers is a thousandth of a unit
# Distance units that a vehicle costs in Solomon's files: fewer vehicles come before less way.
VEHICLE = 10_000
_HEAD_LINES = 5
SOLOMON_COLUMNS = 7


@dataclass(frozen=True)
class Problem:
    """
    A problem of routes.

    Attributes
    ----------
    name
        Of its file.
    data
        As PyVRP takes it: whole numbers, each ``scale`` times the file's.
    scale
        How many of its units are one of the file's.
    vehicles_first
        Whether fewer vehicles are better than any shorter way, as in Solomon's files.
    """

    name: str
    data: pyvrp.ProblemData
    scale: int = 1
    vehicles_first: bool = False


@dataclass(frozen=True)
class Routes:
    """
    A solution.

    Attributes
    ----------
    routes
        The customers of each vehicle in the sequence of its route; the first customer is 1.
    distance
        Of all routes, in the file's unit.
    cost
        What the solver made small, in the units of its data.
    is_feasible
        Whether every limit is kept and every customer is served.
    seconds, iterations
        What it took.
    """

    routes: list[list[int]]
    distance: float
    cost: float
    is_feasible: bool
    seconds: float
    iterations: int


def read(path: Path) -> Problem:
    """
    Read a VRPLIB or a Solomon file.

    Raises
    ------
    UsageError
        If it is not there, or neither.
    """
    try:
        head = path.read_text(encoding="utf-8").splitlines()[:_HEAD_LINES]
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read as text: {error}") from None
    is_solomon = any(line.strip().upper() == "VEHICLE" for line in head)
    try:
        return _solomon(path) if is_solomon else Problem(path.stem, pyvrp.read(path, "round"))
    except (ValueError, TypeError, KeyError, IndexError, RuntimeError) as error:
        raise UsageError(
            f"{path} is no VRPLIB and no Solomon file that can be solved: {error}. A VRPLIB file "
            "says DIMENSION, CAPACITY and where the nodes lie, a Solomon file VEHICLE and CUSTOMER."
        ) from None


def _solomon(path: Path) -> Problem:
    """Read Solomon's table; vrplib would take a number with decimals for -1."""
    lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    vehicles, capacity = (int(word) for word in lines[3])
    rows = np.array([[float(word) for word in line] for line in lines[6:]])
    if rows.ndim != 2 or rows.shape[1] != SOLOMON_COLUMNS or len(rows) < 2:
        raise ValueError(f"a customer has {SOLOMON_COLUMNS} numbers, and there is at least one")
    places, demand = rows[:, 1:3], _whole(rows[:, 3], 1)
    way: Any = _whole(np.linalg.norm(places[:, None] - places[None], axis=2), SOLOMON_SCALE)
    early, late, service = (_whole(rows[:, n], SOLOMON_SCALE) for n in (4, 5, 6))
    data = pyvrp.ProblemData(
        locations=[pyvrp.Location(float(x), float(y)) for x, y in places],
        clients=[
            pyvrp.Client(
                location=place,
                delivery=[int(demand[place])],
                service_duration=int(service[place]),
                tw_early=int(early[place]),
                tw_late=int(late[place]),
            )
            for place in range(1, len(rows))
        ],
        depots=[pyvrp.Depot(location=0)],
        vehicle_types=[
            pyvrp.VehicleType(
                num_available=vehicles,
                capacity=[capacity],
                fixed_cost=VEHICLE * SOLOMON_SCALE,
                tw_early=int(early[0]),
                tw_late=int(late[0]),
            )
        ],
        distance_matrices=[way],
        duration_matrices=[way],
    )
    return Problem(path.stem, data, SOLOMON_SCALE, vehicles_first=True)


def _whole(values: NDArray[np.float64], scale: int) -> NDArray[np.int64]:
    return np.rint(scale * values).astype(np.int64)


def solve(
    problem: Problem | pyvrp.ProblemData,
    *,
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int = 1,
) -> Routes:
    """
    Solve a problem: until the time is over, or after so many iterations, whatever comes first.

    Raises
    ------
    UsageError
        If neither is given, or one of them is not above zero.
    """
    if isinstance(problem, pyvrp.ProblemData):
        problem = Problem("problem", problem)
    for name, value in (("seconds", seconds), ("iterations", iterations)):
        if value is not None and not value > 0:
            raise UsageError(f"{name}: must be above 0, got {value}.")
    limits: list[StoppingCriterion] = [
        *([] if seconds is None else [MaxRuntime(seconds)]),
        *([] if iterations is None else [MaxIterations(iterations)]),
    ]
    if not limits:
        raise UsageError("seconds or iterations: one of them is needed.")
    began = time.perf_counter()
    result = pyvrp.solve(
        problem.data, MultipleCriteria(limits), seed=seed, collect_stats=False, display=False
    )
    taken = time.perf_counter() - began
    best = result.best
    return Routes(
        routes=[[visit.idx + 1 for visit in route if visit.is_client()] for route in best.routes()],
        distance=best.distance() / problem.scale,
        cost=result.cost(),
        is_feasible=best.is_feasible(),
        seconds=taken,
        iterations=result.num_iterations,
    )


def as_text(found: Routes) -> str:
    """Return the routes as VRPLIB's solution files have them."""
    lines = [
        f"Route #{number}: {' '.join(map(str, route))}"
        for number, route in enumerate(found.routes, 1)
    ]
    return "\n".join([*lines, f"Cost {found.distance:.10g}"])
