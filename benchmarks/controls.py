"""How long a control takes on the demo's data: query, draw, and bring to life in a browser."""

import shutil
import time
from collections.abc import Callable
from typing import Any

import altair as alt
from cartwheel import history
from cartwheel.charts import data, renderer, theme
from cartwheel.clicks import overview as shop
from cartwheel.clicks import refreshing as visits
from cartwheel.clicks.charts import overview as shop_charts
from cartwheel.delivery import reconciliation
from cartwheel.environment import Environment
from cartwheel.fleet import fuel, overview
from cartwheel.fleet import refreshing as fleet
from cartwheel.fleet.charts import fuel as fuel_charts
from cartwheel.fleet.charts import overview as fleet_charts
from cartwheel.timeframe import Interval
from playwright.sync_api import Page, sync_playwright

from benchmarks.common import Measured, fresh
from producers import simulate
from producers.demo import WORLD
from producers.sender import Sender

RUNS = 6
_SHOW = """(text) => {
  document.body.replaceChildren(document.createRange().createContextualFragment(text));
}"""
_ALIVE = "() => [...document.querySelectorAll('.cw-chart')].every(e => e.dataset.live === 'true')"


def measure() -> list[Measured]:
    """Measure the fleet's and the shop's page, with another time at each run."""
    with fresh() as environment, sync_playwright() as playwright:
        _fill(environment)
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_content("<!DOCTYPE html><body></body>")
        page.evaluate(_SHOW, renderer.assets())
        found = [
            Measured(f"A control of {name}, until its charts are live", "within 1 s", "s", values)
            for name, values in (
                ("40_fleet", _times(page, _fleet(environment))),
                ("50_clicks", _times(page, _shop(environment))),
            )
        ]
        browser.close()
    return found


def _fill(environment: Environment) -> None:
    account = Sender(environment.client("kinesis"), progress=False).send(simulate.messages(WORLD))
    reconciliation.wait_until_balanced(environment, account.sent, 300)
    history.merge_all(environment.warehouse)
    fleet.refresh(environment.warehouse)
    visits.refresh(environment.warehouse)
    alt.theme.enable(theme.NAME)
    alt.data_transformers.register("cartwheel", data.transform)
    alt.data_transformers.enable("cartwheel")


def _times(page: Page, draw: Callable[[int], list[Any]]) -> list[float]:
    values = []
    for number in range(RUNS):
        began = time.perf_counter()
        with renderer.live_only():
            texts = [renderer.render(chart.to_dict())["text/html"] for chart in draw(number)]
        page.evaluate(_SHOW, "".join(texts))
        page.wait_for_function(_ALIVE)
        values.append(time.perf_counter() - began)
    return values[1:]  # the first one reads the maps


def _part(whole: Interval, number: int) -> Interval:
    return whole.part("" if number % 2 else "-24h", f"-{number}h")


def _fleet(environment: Environment) -> Callable[[int], list[Any]]:
    warehouse = environment.warehouse
    trucks = overview.trucks(warehouse)
    truck = overview.chosen(warehouse, trucks, "")

    def draw(number: int) -> list[Any]:
        time_shown = _part(overview.span(warehouse, truck), number)
        found = overview.readings(warehouse, truck, time_shown)
        return [
            fleet_charts.positions(overview.positions(trucks), truck, found),
            fleet_charts.speed(overview.movement(warehouse, found, truck, time_shown)),
            fuel_charts.consumption(fuel.consumption(trucks), truck),
            fleet_charts.tank(overview.tank(found, truck)),
            fleet_charts.engine(overview.engine(found, truck)),
        ]

    return draw


def _shop(environment: Environment) -> Callable[[int], list[Any]]:
    warehouse = environment.warehouse

    def draw(number: int) -> list[Any]:
        chosen = shop.Visits(_part(shop.span(warehouse), number))
        return [
            shop_charts.trend(shop.trend(warehouse, chosen)),
            shop_charts.funnel(shop.funnel(warehouse, chosen)),
            shop_charts.devices(shop.devices(warehouse, chosen)),
            shop_charts.products(shop.products(warehouse, chosen)),
        ]

    return draw
