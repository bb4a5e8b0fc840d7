"""A past day is set side by side as planned, as driven and replanned, and its routes exported."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from cartwheel.errors import UsageError
from cartwheel.fleet.routes import comparison, exports
from cartwheel.fleet.routes.days import Costs

from .routing import MORNING, exact, orders, task

COSTS = Costs(100.0, 20.0, 1.0, 20.0, 0.3, 10.0, 100.0, 3.0)


@pytest.fixture
def given() -> tuple[object, pd.DataFrame, pd.DataFrame]:
    """Two trucks that crossed the town, where one would do."""
    rows = orders(
        ("a", 10, 0, None, 1), ("b", 11, 0, (7, 8), 1), ("<c>", -10, 0, None, 1),
        ("d", 12, 0, None, 1),
    ).assign(
        truck_id=["T1", "T2", "T1", "T1"], is_delivered=[True, True, True, False],
        ended_at=[MORNING + timedelta(minutes=m) for m in (20, 70, 60, 90)],
    )  # fmt: skip
    trucks = pd.DataFrame(
        {
            "truck_id": ["T1", "T2"], "capacity_kg": None, "distance_km": [42.0, 24.0],
            "set_off_at": MORNING, "came_home_at": [MORNING + timedelta(hours=h) for h in (2, 1)],
        }
    )  # fmt: skip
    return task(rows, 2), rows, trucks


def test_a_day_is_told_three_times(given: tuple) -> None:
    """As loaded, as driven with what was late or not delivered, and by one truck."""
    (day,) = comparison.compare([given], exact(), COSTS, 0.5)
    rows = day.rows.set_index("plan")
    driven = rows.loc["Driven"]
    assert driven["truck_days"] == 2 and driven["kilometres"] == 66 and driven["hours"] == 3
    assert driven["late"] == 2  # b after eight, d not at all
    assert driven["litres"] == pytest.approx(13.2)
    assert driven["kg_co2e"] == pytest.approx(39.6)
    assert driven["money"] == pytest.approx(200 + 66 * 0.56 + 3 * 20 + 2 * 10)
    planned = rows.loc["Planned"]
    assert planned["truck_days"] == 2 and planned["late"] == 0
    # a, <c>, d in the sequence of the rows: 10 + 20 + 22 + 12 km; b: 22 km.
    assert planned["kilometres"] == pytest.approx(64 + 22, rel=1e-4)
    new = rows.loc["Replanned"]
    assert new["truck_days"] == 1 and new["kilometres"] == pytest.approx(44, rel=1e-4)
    assert new["low"] == pytest.approx(new["money"]) == new["high"]  # nothing varies
    record = comparison.Record(given[1])
    saved = 1 - new["money"] / driven["money"]
    assert comparison.totals([day], record).text == (
        f"Replanned, the day would have cost {saved:.0%} less than as driven"
    )
    assert comparison.left_out([day]).text == "Replanned, every order is served"
    assert comparison.routes(day, record).text == "1 truck can serve 4 stops in 44 km"


def test_unknown_kilometres_make_no_cost(given: tuple) -> None:
    """What was driven is then not fully known, of one depot as of all."""
    job, rows, trucks = given
    known, lost = comparison.compare(
        [given, (job, rows, trucks.assign(distance_km=[None, 24.0]))], exact(), COSTS, 0.1
    )
    for days in ([lost], [known, lost]):
        found = comparison.totals(days, comparison.Record(rows))
        assert found.text == "What was driven is not fully known"
        assert np.isnan(found.rows.set_index("plan")["money"]["Driven"])


def test_without_orders_or_travel_times_nothing_is_claimed(given: tuple) -> None:
    """The page says what is missing."""
    record = comparison.Record(given[1])
    assert comparison.compare([given], None, COSTS, 1) == []
    assert comparison.totals([], record).text.startswith("Of no day both")
    assert comparison.routes(None, record).text == "No route was planned"


def test_the_last_but_one_day_is_shown_or_the_one_named() -> None:
    """Another one is refused with those that there are."""
    days = [datetime(2026, 3, n) for n in (2, 3, 4)]
    record = comparison.Record(pd.DataFrame({"day": pd.to_datetime(days)}))
    assert comparison.chosen_day(record, "") == days[1]
    assert comparison.chosen_day(record, "2026-03-02") == days[0]
    assert comparison.chosen_day(comparison.Record(record.orders.head(1)), "") == days[0]
    assert comparison.chosen_day(comparison.Record(record.orders.head(0)), "") is None
    with pytest.raises(UsageError, match="no day with orders '2026-03-09'; there are 2026-03-02"):
        comparison.chosen_day(record, "2026-03-09")


def test_routes_are_written_as_csv_gpx_and_geojson(given: tuple, tmp_path: Path) -> None:
    """From the depot over the stops in their sequence and back; names are escaped."""
    days = comparison.compare([given], exact(), COSTS, 0.3)
    written = exports.write(days, tmp_path / "routes")
    assert sorted(path.name for path in written) == ["T1.gpx", "routes.csv", "routes.geojson"]
    stops = days[0].best.timed.stops
    table = pd.read_csv(tmp_path / "routes" / "routes.csv")
    assert table["order_id"].tolist() == stops["order_id"].tolist()
    root = ElementTree.parse(tmp_path / "routes" / "T1.gpx").getroot()
    names = [each.text for each in root.iterfind(".//{*}rtept/{*}name")]
    assert names == ["D1", *stops["order_id"], "D1"]
    found = json.loads((tmp_path / "routes" / "routes.geojson").read_text())["features"]
    assert len(found[0]["geometry"]["coordinates"]) == 6
    assert [each["properties"]["sequence"] for each in found[1:]] == [1, 2, 3, 4]


def test_without_a_day_nothing_is_written(tmp_path: Path) -> None:
    """Not even the folder."""
    assert exports.write([], tmp_path / "routes") == []
    assert not (tmp_path / "routes").exists()


def test_routes_are_written_to_a_folder(given: tuple, tmp_path: Path) -> None:
    """A file in its place is told, and stays."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="file is a file; a folder is needed"):
        exports.write([], tmp_path / "file")
    assert (tmp_path / "file").read_text() == "x"
