"""Files of routing problems are read as they are meant, and solved as PyVRP solves them."""

import re
from pathlib import Path

import numpy as np
import pytest
import pyvrp
from cartwheel.cli import main
from cartwheel.errors import UsageError
from cartwheel.fleet import routes
from click.testing import CliRunner
from pyvrp.stop import MaxIterations

VRP = """NAME : four
TYPE : CVRP
DIMENSION : 5
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 2
NODE_COORD_SECTION
1 0 0
2 0 10
3 0 11
4 10 0
5 11 0
DEMAND_SECTION
1 0
2 1
3 1
4 1
5 1
DEPOT_SECTION
1
-1
EOF
"""
# Customer 2 lies nearer but opens late; a second vehicle would drive no further than one.
SOLOMON = """OWN

VEHICLE
NUMBER     CAPACITY
  3         10

CUSTOMER
CUST NO.   XCOORD.   YCOORD.   DEMAND    READY TIME   DUE DATE   SERVICE TIME

    0      0         0          0          0       {due}          0
    1      8         0          1          0         10          5
    2      4         0          1         30        100          5
    3      0        -3.5        1          0        200          5
"""


@pytest.fixture
def four(tmp_path: Path) -> Path:
    path = tmp_path / "four.vrp"
    path.write_text(VRP)
    return path


def solomon(folder: Path, due: int = 200) -> Path:
    path = folder / "own.txt"
    path.write_text(SOLOMON.format(due=due))
    return path


def test_a_capacitated_problem_has_its_best_routes(four: Path) -> None:
    """Two vehicles of two customers each, 22 out and back: 44."""
    found = routes.solve(routes.read(four), iterations=100)
    assert sorted(sorted(route) for route in found.routes) == [[1, 2], [3, 4]]
    assert (found.distance, found.cost, found.is_feasible) == (44.0, 44, True)
    assert found.iterations == 100 and found.seconds > 0


def test_solomons_windows_hold_and_fewer_vehicles_come_first(tmp_path: Path) -> None:
    """One vehicle, though it waits; places and distances keep their decimals."""
    problem = routes.read(solomon(tmp_path))
    assert problem.vehicles_first and problem.scale == 1000
    found = routes.solve(problem, iterations=100)
    (route,) = found.routes
    assert route.index(1) < route.index(2) and sorted(route) == [1, 2, 3]
    assert found.distance == pytest.approx(8 + 4 + 28.25**0.5 + 3.5, abs=0.002)
    assert found.is_feasible


def test_the_wrapper_changes_nothing(tmp_path: Path) -> None:
    """With the same seed and iterations the cost is that of PyVRP alone, from file or data."""
    rng = np.random.default_rng(5)
    nodes = "\n".join(f"{n + 1} {x} {y}" for n, (x, y) in enumerate(rng.integers(0, 99, (31, 2))))
    demand = "\n".join(f"{n + 1} {0 if n == 0 else 1 + n % 4}" for n in range(31))
    text = VRP.replace("DIMENSION : 5", "DIMENSION : 31").replace("CAPACITY : 2", "CAPACITY : 12")
    text = re.sub(
        r"(?s)NODE_COORD_SECTION\n.*?DEMAND", f"NODE_COORD_SECTION\n{nodes}\nDEMAND", text
    )
    text = re.sub(r"(?s)DEMAND_SECTION\n.*?DEPOT", f"DEMAND_SECTION\n{demand}\nDEPOT", text)
    path = tmp_path / "many.vrp"
    path.write_text(text)
    for seed in (1, 7):
        bare = pyvrp.solve(pyvrp.read(path, "round"), MaxIterations(60), seed=seed, display=False)
        ours = routes.solve(routes.read(path), iterations=60, seed=seed)
        data = routes.solve(routes.read(path).data, iterations=60, seed=seed)
        assert ours.cost == data.cost == bare.cost() and ours.routes == data.routes


def test_a_limit_of_time_is_kept(four: Path) -> None:
    """Whatever comes first ends the search; without a limit there would be no end."""
    assert routes.solve(routes.read(four), seconds=0.2, iterations=10**9).seconds < 5
    with pytest.raises(UsageError, match="one of them is needed"):
        routes.solve(routes.read(four))
    with pytest.raises(UsageError, match="seconds: must be above 0, got -1"):
        routes.solve(routes.read(four), seconds=-1)


def test_the_command_prints_a_solution_file(four: Path, tmp_path: Path) -> None:
    """Routes and cost as VRPLIB has them, on the terminal and in the file."""
    out = tmp_path / "four.sol"
    done = CliRunner().invoke(
        main, ["route", str(four), "--iterations", "50", "--output", str(out)]
    )
    assert done.exit_code == 0, done.output
    lines = out.read_text().splitlines()
    assert [line.partition(":")[0] for line in lines[:2]] == ["Route #1", "Route #2"]
    assert lines[-1] == "Cost 44" and out.read_text() in done.stdout
    assert "2 routes, 50 iterations" in done.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        (b"\xff\xfe\x00", "cannot be read as text"),
        (b"hello\n", "is no VRPLIB and no Solomon file"),
        (b"NAME : x\nDIMENSION : many\n", "is no VRPLIB and no Solomon file"),
        (b"OWN\n\nVEHICLE\nNUMBER CAPACITY\n 2 x\n", "is no VRPLIB and no Solomon file"),
    ],
)
def test_a_file_that_is_none_is_named(tmp_path: Path, content: bytes | None, said: str) -> None:
    """Status 2, the file, and what each of the two formats says."""
    path = tmp_path / "own.vrp"
    if content is not None:
        path.write_bytes(content)
    done = CliRunner().invoke(main, ["route", str(path), "--iterations", "5"])
    assert done.exit_code == 2 and "own.vrp" in done.stderr and said in done.stderr


def test_windows_that_cannot_be_met_are_told(tmp_path: Path) -> None:
    """A depot that closes before the first customer is reached: status 1, no routes."""
    done = CliRunner().invoke(main, ["route", str(solomon(tmp_path, due=5)), "--iterations", "50"])
    assert done.exit_code == 1 and "no routes were found that keep every limit" in done.stderr
    assert "Route #1" not in done.stdout
