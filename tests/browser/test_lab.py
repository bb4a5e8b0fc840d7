"""JupyterLab as an analyst uses it."""

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cartwheel.environment import Environment
from cartwheel.local.processes import free_port
from playwright.sync_api import expect

from .watched import Watched, browser_of

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from browser_of()


@pytest.fixture
def lab(loaded: Environment, home: Path, tmp_path: Path) -> Iterator[str]:
    """JupyterLab on a copy of the notebooks."""
    folder = tmp_path / "notebooks"
    shutil.copytree(ROOT / "notebooks", folder)
    port = free_port()
    environment = {
        **os.environ,
        "CARTWHEEL_HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
        "JUPYTER_DATA_DIR": str(tmp_path / "data"),
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
    }
    log = (tmp_path / "lab.log").open("w")
    server = subprocess.Popen(
        [
            sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1",
            f"--port={port}", "--IdentityProvider.token=", "--allow-root",
            f"--notebook-dir={folder}", "--LabApp.check_for_updates_class="
            "jupyterlab.NeverCheckForUpdate", "--LabApp.news_url=None",
        ],
        env=environment, stdout=log, stderr=log,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"{address}/api", timeout=2).close()
            break
        except OSError:
            assert server.poll() is None and time.monotonic() < deadline
            time.sleep(0.2)
    yield address
    server.terminate()
    server.wait(30)
    log.close()


def test_a_widget_in_jupyterlab_queries_the_warehouse_and_changes_the_chart(
    browser: Any, lab: str
) -> None:
    """Run all cells of 05, choose another truck: the charts are that truck's."""
    watched = Watched(browser)
    page = watched.page
    page.goto(f"{lab}/lab/tree/40_fleet.ipynb?reset")
    expect(page.locator(".jp-Notebook .jp-Cell").first).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=60_000)
    page.locator(".lm-MenuBar-itemLabel").get_by_text("Run", exact=True).click()
    page.locator(".lm-Menu-itemLabel").get_by_text("Run All Cells", exact=True).click()
    speed = page.locator(".cw-chart[aria-label*=' was moving ']")
    expect(speed).to_have_attribute("data-live", "true", timeout=90_000)
    before = speed.get_attribute("aria-label")
    chooser = page.locator(".widget-dropdown select").first
    trucks = chooser.locator("option").all_inner_texts()
    chosen = next(t for t in trucks if re.fullmatch(r"T\d{4}", t) and not str(before).startswith(t))
    chooser.select_option(label=chosen)
    changed = page.locator(f".cw-chart[aria-label^='{chosen} was moving ']")
    expect(changed).to_have_attribute("data-live", "true", timeout=30_000)
    assert watched.outside == []
    page.close()
