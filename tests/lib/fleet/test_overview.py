"""The fleet's overview says what its readings say."""

import json
from datetime import datetime, timedelta

import pandas as pd
import pytest
from cartwheel.charts import theme
from cartwheel.display import Display
from cartwheel.finding import Finding
from cartwheel.fleet import fuel, overview, refreshing
from cartwheel.fleet.charts import fuel as fuel_chart
from cartwheel.fleet.charts import overview as chart
from cartwheel.timeframe import Interval
from cartwheel.warehouse import Warehouse

START = datetime(2026, 1, 1)
FLEET = pd.DataFrame(
    {
        "truck_id": ["T1", "T2", "T3"],
        "read_at": pd.to_datetime(["2026-01-01 12:00", "2026-01-01 11:00", "2026-01-01 10:59"]),
        "position_at": pd.to_datetime(["2026-01-01 12:00", "2026-01-01 11:00", "2026-01-01 10:59"]),
        "gps_latitude": [41.0, 41.1, 41.2],
        "gps_longitude": [-95.0, -95.1, -95.2],
        "speed_kmh": [0.0, 50.0, 60.0],
        "fuel_level": [50.0, None, 60.0],
        "litres_per_100_km": [20.0, 21.0, 40.0],
        "distance_km": [100.0, 100.0, 100.0],
        "fuel_litres": [20.0, 21.0, 40.0],
        "fuelled_km": [100.0, 100.0, 100.0],
        "fuelled_litres": [20.0, 21.0, 40.0],
        "distance_source": ["odometer", "odometer", "odometer"],
        "fuel_source": ["consumption", "consumption", "consumption"],
        "count_left_out": [0.0, 0.0, None],
        "count_misdated": [0, 0, 0],
        "count_readings": [1, 1, 1],
        "lowest_tire_pressure_kpa": [700.0, 650.0, 710.0],
    }
)
READINGS = pd.DataFrame(
    {
        "slice_at": pd.date_range("2026-01-01", periods=4, freq="h"),
        "latitude": [41.0, 41.1, 41.2, None],
        "longitude": [-95.0, -95.1, -95.2, None],
        "speed_kmh": [0.0, 50.0, 70.0, 60.0],
        "fuel_percent": [80.0, 70.0, 60.0, 50.0],
        "engine_celsius": [20.0, 80.0, 90.0, 89.0],
        "engine_rpm": [0.0, 1500.0, 1600.0, 1400.0],
    }
)


def title(drawn) -> str:
    return str(drawn.to_dict()["title"]["text"])


def test_a_finding_states_its_number() -> None:
    """Positions, movement, tank and engine are said of the rows that know them."""
    assert overview.positions(FLEET).text == "3 trucks on the map, 2 of them moving when last read"
    assert moved().text == "T1 was moving in 3.0 of 4.0 h, at a mean of 60 km/h"
    assert overview.tank(READINGS, "T1").text == "The tank of T1 was between 50 % and 80 %"
    assert overview.engine(READINGS, "T1").text == "The engine of T1 was between 20 °C and 90 °C"
    cold = READINGS.assign(engine_celsius=None)
    assert overview.engine(cold, "T1").text == (
        "The engine of T1 turned at a median of 1,500/min while it ran"
    )


def test_a_constant_a_single_value_and_a_gap_are_said_as_they_are() -> None:
    """What does not change did not fall; of one truck nothing is said as of several."""
    full = READINGS.assign(fuel_percent=0.0, engine_celsius=None, engine_rpm=0.0)
    assert overview.tank(full, "T1").text == "The tank of T1 was at 0 %"
    assert overview.engine(full, "T1").text == "The engine of T1 did not run"
    assert moved(known=None).text == "How long T1 moved is unknown: no two of its speeds follow"
    assert moved(moving=0).text == "T1 was moving in 0.0 of 4.0 h"
    assert moved(known=3, moving=1).text == (
        "T1 was moving in 1.0 of 4.0 h, at a mean of 60 km/h; its speed is known of 3.0 of 4.0 h"
    )
    assert moved(known=0.2, moving=0.1, hours=0.5).text.startswith("T1 was moving in 6 of 30 min")
    assert moved(known=0.001, moving=0, hours=0.001).text == "T1 was moving in 0 of 4 s"
    one = FLEET.head(1)
    assert overview.positions(one).text == "1 truck on the map, not moving when last read"
    unknown = FLEET.assign(speed_kmh=[None, 5.0, 1.0])
    assert overview.positions(unknown).text == (
        "3 trucks on the map, 1 of the 2 with a known speed moving"
    )
    silent = FLEET.assign(speed_kmh=None)
    assert overview.positions(silent).text == "3 trucks on the map"


def moved(known: float | None = 4, moving: float | None = 3, hours: float = 4) -> Finding:
    """Return what is said of so many hours known and in motion."""
    told = pd.Series({"known_hours": known, "moving_hours": moving, "moving_speed_kmh": 60.0})
    time = Interval(START, START + timedelta(hours=hours))
    return overview.moved(told, READINGS, "T1", time)


def test_a_silence_is_a_gap_in_the_series() -> None:
    """Longer than five usual steps, not five itself, breaks it; a signal apart is not one."""
    times = [START + timedelta(minutes=m) for m in (0, 1, 2, 7, 8, 14, 15)]
    found = pd.DataFrame({"slice_at": times, "value": 1.0, "other": 2.0})
    rows = overview.broken_at_gaps(found, "value")
    assert rows["value"].isna().tolist() == [False] * 5 + [True] + [False] * 2
    assert rows["slice_at"][5] == START + timedelta(minutes=9)
    sparse = found.assign(value=[1, None, 1, None, None, 1, None])
    assert overview.broken_at_gaps(sparse, "value")["value"].notna().all()
    assert overview.broken_at_gaps(found.head(1), "value").equals(found.head(1))
    assert overview.broken_at_gaps(found.head(0), "value").empty


def test_consumption_is_high_above_a_fifth_over_the_median() -> None:
    """21 is the median, so that 25.2 is usual and 40 is high; the highest comes first."""
    found = fuel.consumption(FLEET)
    assert found.text == "1 of 3 trucks uses over 20% more fuel than the median, T3 the most"
    assert found.rows["truck_id"].tolist() == ["T3", "T2", "T1"]
    assert found.rows["is_high"].tolist() == [True, False, False]
    assert set(found.rows["median"]) == {21.0}
    edge = fuel.consumption(FLEET.assign(litres_per_100_km=[20.0, 21.0, 25.2]))
    assert edge.text == "No truck uses over 20% more fuel than the median"
    assert fuel.consumption(FLEET, limit=2).rows["truck_id"].tolist() == ["T3", "T2"]
    two = fuel.consumption(pd.concat([FLEET, FLEET.assign(truck_id=["T4", "T5", "T6"])]))
    assert two.text == "2 of 6 trucks use over 20% more fuel than the median, T3 the most"


def test_what_a_source_does_not_send_is_said_and_not_drawn() -> None:
    """Absent signals give a chart that says so, never an error and never a zero."""
    bare = READINGS.assign(speed_kmh=None, fuel_percent=None, engine_celsius=None, engine_rpm=None)
    assert (
        title(chart.speed(overview.moved(pd.Series(), bare.head(0), "T1", Interval(START, START))))
        == "T1 sent no speed"
    )
    assert title(chart.tank(overview.tank(bare, "T1"))) == "T1 sends no tank level"
    assert title(chart.engine(overview.engine(bare, "T1"))) == "T1 sends no engine data"
    unknown = FLEET.assign(
        litres_per_100_km=None, fuelled_litres=None, fuelled_km=None, lowest_tire_pressure_kpa=None
    )
    drawn = fuel_chart.consumption(fuel.consumption(unknown), "T1")
    assert title(drawn) == "No consumption over a distance is known"
    assert chart.tiles(unknown).data.count(">unknown<") == 2
    nowhere = overview.positions(FLEET.assign(gps_latitude=None))
    assert title(chart.positions(nowhere, "T1", READINGS)) == "No truck has sent a position"


def test_a_chart_has_its_finding_as_title() -> None:
    """What the analysis found stands over what is drawn."""
    for drawn, found in (
        (chart.positions(overview.positions(FLEET), "T1", READINGS), overview.positions(FLEET)),
        (chart.speed(moved()), moved()),
        (chart.tank(overview.tank(READINGS, "T1")), overview.tank(READINGS, "T1")),
        (chart.engine(overview.engine(READINGS, "T1")), overview.engine(READINGS, "T1")),
        (fuel_chart.consumption(fuel.consumption(FLEET), "T1"), fuel.consumption(FLEET)),
    ):
        assert title(drawn) == found.text


def test_a_position_is_old_that_was_read_an_hour_before_the_newest() -> None:
    """Exactly an hour is not, a minute more is; such a mark is hollow."""
    found = overview.positions(FLEET)
    assert found.rows["is_old"].tolist() == [False, False, True]
    spec = chart.positions(found, "T1", READINGS).to_dict()
    fills = {
        row["truck_id"]: row["fill"]
        for rows in spec["datasets"].values()
        for row in rows
        if "truck_id" in row
    }
    assert fills == {"T1": theme.ORANGE, "T2": theme.BLUE, "T3": theme.CARD}


def test_the_numbers_are_in_the_environments_units(monkeypatch: pytest.MonkeyPatch) -> None:
    """300 km are 186 mi, 81 L on them 11.5 gal/100 mi, 650 kPa 94 psi; rows stay metric."""
    monkeypatch.setattr("cartwheel.display._shown", Display(units="us"))
    text = chart.tiles(FLEET).data
    for shown in ("186 mi", "11.5 gal/100 mi", "21 gal", "94 psi"):
        assert shown in text
    assert overview.engine(READINGS, "T1").text == "The engine of T1 was between 68 °F and 194 °F"
    assert moved().text.endswith("at a mean of 37 mph")
    drawn = fuel_chart.consumption(fuel.consumption(FLEET), "T1").to_dict()
    taken = json.loads(drawn["usermeta"]["cartwheel"]["rows"])
    row = dict(zip(taken["columns"], taken["rows"][0], strict=True))
    assert row["litres_per_100_km"] == 40.0


def test_a_truck_that_was_silent_did_not_move_meanwhile(warehouse: Warehouse) -> None:
    """Two hours at 60 km/h, twenty of silence, two more: it moved in 4 of 24 hours."""
    minutes = [*range(120), *range(1320, 1440)]
    rows = [
        {
            "event_id": f"e{minute}", "truck_id": "T1", "vehicle_speed": 60.0,
            "event_timestamp": START + timedelta(minutes=minute), "stream": "s", "shard_id": "0",
            "sequence_number": f"{minute:060d}", "arrived_at": START, "file_name": "f",
            "file_row": minute, "loaded_at": START,
        }
        for minute in minutes
    ]  # fmt: skip
    warehouse.load_frame(pd.DataFrame(rows), "raw.truck_telemetry")
    refreshing.refresh(warehouse)
    time = overview.span(warehouse, "T1")
    found = overview.readings(warehouse, "T1", time)
    said = overview.movement(warehouse, found, "T1", time)
    assert said.text.startswith("T1 was moving in 4.0 of 24.0 h, at a mean of 60 km/h; its speed")
    assert said.rows["speed_kmh"].isna().sum() == 1


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        (["odometer"] * 3, "by odometer"),
        (["positions"] * 3, "by position"),
        (["odometer", "positions", None], "by odometer, 1 by position, 1 unknown"),
        (["positions", None, None], "by position, 2 unknown"),
        ([None] * 3, "no two odometer values or positions of a truck"),
    ],
)
def test_a_distance_says_what_it_was_measured_by(sources: list[str | None], said: str) -> None:
    """Odometer, positions or unknown are told apart; an unknown distance is not zero."""
    fleet = FLEET.assign(distance_source=sources)
    fleet.loc[fleet["distance_source"].isna(), ["distance_km", "fuel_litres"]] = None
    fleet.loc[fleet["distance_source"].isna(), ["fuelled_km", "fuelled_litres"]] = None
    shown = chart.tiles(fleet).data
    assert said in shown
    assert ("unknown" in shown) == (None in sources)


def test_litres_without_kilometres_are_of_no_rate() -> None:
    """A truck with a fuel counter and no distance adds nothing to litres a hundred km."""
    shown = chart.tiles(
        FLEET.assign(fuelled_km=[100.0, 100.0, None], fuelled_litres=[20.0, 21.0, None])
    ).data
    assert "20.5 L/100 km" in shown and "41 L on 200 km" in shown


def test_fuel_use_is_of_the_kilometres_whose_fuel_is_known() -> None:
    """81 L on 270 of 300 km are 30 L a hundred, and the tile says on how many."""
    shown = chart.tiles(FLEET.assign(fuelled_km=90.0)).data
    assert "30.0 L/100 km" in shown and "81 L on 270 km" in shown


def test_a_small_amount_of_fuel_has_a_decimal() -> None:
    """Of "4 L on 20 km" nobody could make the rate that stands above it."""
    shown = chart.tiles(FLEET.assign(fuelled_km=[20.0, 0.0, 0.0], fuelled_litres=[3.52, 0.0, 0.0]))
    assert "17.6 L/100 km" in shown.data and "3.5 L on 20 km" in shown.data
