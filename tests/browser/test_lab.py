"""JupyterLab as an analyst uses it."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cartwheel
import pandas as pd
import pytest
from cartwheel.delivery import reconciliation
from cartwheel.environment import Environment
from cartwheel.events import TELEMETRY
from cartwheel.local.processes import free_port
from cartwheel.reports import new, run
from playwright.sync_api import expect

from .watched import Watched, browser_of

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from browser_of()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of the notebooks and of what opens JupyterLab on them."""
    folder = tmp_path / "checkout"
    for name in ("notebooks", "tools"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(sys.prefix)
    for words in (["init", "-q"], ["add", "notebooks"]):
        subprocess.run(["git", *words], cwd=folder, check=True)
    return folder


@pytest.fixture
def lab(loaded: Environment, home: Path, tmp_path: Path, checkout: Path) -> Iterator[str]:
    """JupyterLab as 'make lab' opens it; its address with the token."""
    port, token = free_port(), "the-users-own"
    environment = {
        **os.environ,
        "CARTWHEEL_HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
        "JUPYTER_DATA_DIR": str(tmp_path / "data"),
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
        "PORT": str(port),
    }
    log = (tmp_path / "lab.log").open("w")
    server = subprocess.Popen(
        [
            "sh", "tools/lab.sh", ".venv/bin", "--no-browser", f"--IdentityProvider.token={token}",
            "--LabApp.user_settings_dir=" + str(tmp_path / "user"),
            "--LabApp.workspaces_dir=" + str(tmp_path / "workspaces"),
        ],
        env=environment, stdout=log, stderr=log, cwd=checkout,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api", timeout=2).close()
            break
        except OSError:
            assert server.poll() is None and time.monotonic() < deadline
            time.sleep(0.2)
    yield f"http://127.0.0.1:{port}/lab/tree/@?token={token}&reset"
    server.terminate()
    server.wait(30)
    log.close()


def opened(watched: Watched, lab: str, path: str) -> None:
    """Open a notebook and run all its cells."""
    page = watched.page
    page.goto(lab.replace("@", path))
    expect(page.locator(".jp-Notebook .jp-Cell").first).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=60_000)
    page.locator(".lm-MenuBar-itemLabel").get_by_text("Run", exact=True).click()
    page.locator(".lm-Menu-itemLabel").get_by_text("Run All Cells", exact=True).click()


@pytest.fixture
def two_trucks(loaded: Environment) -> tuple[str, str]:
    """Two trucks of this file's own, which drive for 36 hours: tests share the warehouse."""
    names, begin = ("LAB1", "LAB2"), pd.Timestamp("2025-09-01", tz="UTC")
    steps = pd.DataFrame({"step": range(36 * 12)}).merge(pd.DataFrame({"truck_id": names}), "cross")
    frame = pd.DataFrame(
        {
            "event_id": "lab" + steps["truck_id"] + steps["step"].astype(str),
            "truck_id": steps["truck_id"],
            "timestamp": begin + pd.to_timedelta(5 * steps["step"], unit="min"),
            "vehicle_speed": 48.0,
            "odometer": 1000.0 + 4 * steps["step"],
        }
    )
    before = reconciliation.take(loaded)
    sent = {TELEMETRY.stream: cartwheel.send(loaded, frame)}
    reconciliation.wait_until_balanced(loaded, sent, 60, before)
    return names


def test_a_control_in_jupyterlab_queries_the_warehouse_and_changes_the_chart(
    browser: Any, lab: str, checkout: Path, two_trucks: tuple[str, str]
) -> None:
    """Another truck, the last day: the charts follow; saving what ran changes no file."""
    path = checkout / "notebooks" / "40_fleet.ipynb"
    first, chosen = two_trucks
    asked = path.read_text().replace('truck_id: str = \\"\\"', f'truck_id: str = \\"{first}\\"')
    path.write_text(asked)
    before = path.read_bytes()
    assert first.encode() in before
    watched = Watched(browser)
    page = watched.page
    opened(watched, lab, "notebooks/40_fleet.ipynb")
    speed = page.locator(f".cw-chart[aria-label^='{first} was moving ']")
    expect(speed).to_have_attribute("data-live", "true", timeout=90_000)
    assert page.locator(".jp-CodeCell .jp-InputArea-editor:visible").count() == 0  # collapsed
    chooser = page.locator(".widget-dropdown select").first
    chooser.select_option(label=chosen)
    changed = page.locator(f".cw-chart[aria-label^='{chosen} was moving ']")
    expect(changed).to_have_attribute("data-live", "true", timeout=30_000)
    whole = changed.get_attribute("id")
    page.get_by_role("button", name="24 h", exact=True).first.click()
    page.wait_for_function(
        "([label, old]) => { const chart = document.querySelector(label);"
        "return chart && chart.id !== old && chart.dataset.live === 'true'; }",
        arg=[f".cw-chart[aria-label^='{chosen} was moving ']", whole],
    )
    changed.scroll_into_view_if_needed()
    controls = page.locator(".cw-controls").first.bounding_box()
    chart = changed.bounding_box()
    assert controls is not None and chart is not None
    assert 0 <= controls["y"] < 1000 and 0 <= chart["y"] < 1000  # both on one screen
    page.keyboard.press("Control+s")
    page.wait_for_timeout(2_000)
    assert path.read_bytes() == before
    assert watched.outside == []
    assert page.locator(".jp-toast-container, .Toastify__toast").count() == 0
    page.close()


def test_a_notebook_of_ones_own_is_written_in_jupyterlab_and_reported(
    browser: Any, lab: str, checkout: Path, tmp_path: Path
) -> None:
    """From the template, with another query typed into it; saved with what it shows."""
    path = new.write(str(checkout / "own"))
    watched = Watched(browser)
    page = watched.page
    opened(watched, lab, "own.ipynb")
    expect(page.locator(".cw-chart").first).to_have_attribute("data-live", "true", timeout=90_000)
    page.locator(".jp-CodeCell .cm-content").last.click()
    page.keyboard.press("Control+a")
    page.keyboard.type(
        'env.warehouse.query("select status, count(*) as steps from core.delivery_events '
        'where status is not null group by status order by status")'
    )
    page.keyboard.press("Shift+Enter")
    table = page.locator("table.cw-table").filter(has_text="delivered")
    expect(table).to_be_visible(timeout=30_000)
    page.keyboard.press("Control+s")
    page.wait_for_timeout(2_000)
    page.close()
    assert "delivered" in path.read_text() and "data:image/png" in path.read_text()
    done = run.run_one(str(path), [], tmp_path / "reports", "local", lambda _: None)
    assert done.succeeded, done.failure
    assert "delivered" in (tmp_path / "reports" / "own.html").read_text()
    assert watched.outside == []
