"""The notebooks run from top to bottom, keep the style, and their checked cells hold."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from cartwheel.environment import Environment
from cartwheel.reports import parameters

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
CHECKED = "nbval-check-output"
names = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@pytest.mark.parametrize(
    "path",
    # Those with checked cells here; the others with the proofs, and as pages in browser/.
    [
        pytest.param(
            path, id=path.stem, marks=() if CHECKED in path.read_text() else pytest.mark.proof
        )
        for path in NOTEBOOKS
    ],
)
def test_the_notebook_runs_and_its_checked_cells_hold(
    path: Path, loaded: Environment, home: Path
) -> None:
    """nbval runs every cell and compares the outputs of those that make a claim."""
    done = subprocess.run(
        [
            sys.executable, "-m", "pytest", "--nbval-lax", "-p", "no:cacheprovider", "-p",
            "no:xdist", "--rootdir", str(ROOT), str(path),
        ],
        capture_output=True,
        text=True,
        env={**os.environ, "CARTWHEEL_HOME": str(home), "CARTWHEEL_ENV": "local"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


@names
def test_the_notebook_keeps_the_style(path: Path) -> None:
    """A title and a promise, one parameters cell of typed defaults, short cells, no output."""
    cells = nbformat.read(path, as_version=4).cells
    assert cells[0].cell_type == "markdown" and cells[0].source.startswith("# ")
    assert cells[0].source.count(". ") == 2 and cells[0].source.endswith(".")
    assert parameters.declared(path)
    for cell in cells:
        if cell.cell_type != "code":
            continue
        tags = cell.metadata.get("tags", [])
        assert len(cell.source.splitlines()) <= 20, cell.source
        assert "keep_output" in tags or not cell.outputs
        ast.parse(cell.source)


def test_there_are_checked_cells() -> None:
    """At least two notebooks make a claim that nbval checks against a kept output."""
    checked = 0
    for path in NOTEBOOKS:
        for cell in nbformat.read(path, as_version=4).cells:
            if CHECKED in cell.metadata.get("tags", []):
                assert cell.outputs, path
                checked += 1
    assert checked >= 2


def test_the_notebooks_are_numbered_in_the_order_of_the_work() -> None:
    """The notebooks are numbered in the order of the work."""
    assert [path.stem for path in NOTEBOOKS] == [
        "01_pipeline",
        "02_simulation",
        "03_streams",
        "04_history",
        "40_fleet",
        "41_fuel",
        "42_maintenance",
        "43_drivers",
        "44_routes",
        "45_emissions",
        "50_clicks",
        "51_funnel",
        "52_products",
        "53_recommendations",
        "54_audiences",
        "55_experiment",
        "56_delivery_effect",
        "70_operations",
    ]
