"""A person's view: JupyterLab with its widgets, and a report opened from its file."""

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
from cartwheel.reports import run
from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


def chromium() -> str:
    """Return the path of the browser that tests/run.sh found or installed."""
    for name in ("chromium", "chromium-browser", "google-chrome", "chrome"):
        if found := shutil.which(name):
            return found
    pytest.fail("No Chromium is found; on Debian: apt-get install chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        yield made
        made.close()


class Watched:
    """A page with what it asked for and what went wrong in it."""

    def __init__(self, browser: Any, scheme: str = "light") -> None:
        self.page: Page = browser.new_page(
            viewport={"width": 1400, "height": 1000}, color_scheme=scheme
        )
        self.outside: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", self._request)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)

    def _request(self, request: Any) -> None:
        if not re.match(r"(file:|data:|blob:|(http|ws)://127\.0\.0\.1[:/])", request.url):
            self.outside.append(request.url)


@pytest.fixture(scope="module")
def reports(loaded: Environment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fleet's and the shop's report, made as a user makes them."""
    folder = tmp_path_factory.mktemp("reports")
    for name in ("40_fleet", "50_clicks"):
        done = run.run_one(name, [], folder, "local", lambda _: None)
        assert done.succeeded, done.failure
    return folder


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["40_fleet", "50_clicks"])
def test_a_report_opens_from_its_file_with_nothing_from_outside(
    browser: Any, reports: Path, name: str, scheme: str
) -> None:
    """Every chart comes to life; no request leaves the page; no error is in the console."""
    watched = Watched(browser, scheme)
    watched.page.goto((reports / f"{name}.html").as_uri())
    charts = watched.page.locator(".cw-chart")
    expect(charts.first).to_have_attribute("data-live", "true", timeout=20_000)
    for chart in charts.all():
        expect(chart).to_have_attribute("data-live", "true")
    assert charts.count() >= 4
    background = watched.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == {"light": "rgb(245, 247, 250)", "dark": "rgb(15, 23, 34)"}[scheme]
    assert watched.outside == []
    assert watched.errors == []
    watched.page.close()


def test_a_report_can_be_read_without_scripts(browser: Any, reports: Path) -> None:
    """Without scripts every chart is a picture with a text."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((reports / "40_fleet.html").as_uri())
    pictures = page.locator(".cw-chart img")
    assert pictures.count() >= 4
    assert all(picture.get_attribute("alt") for picture in pictures.all())
    context.close()


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
