"""The signs of a failure are found where they are, and nowhere else."""

from datetime import datetime, timedelta

import altair as alt
import pandas as pd
import pytest
from cartwheel.charts import theme
from cartwheel.fleet import health, refreshing
from cartwheel.fleet.charts import health as chart
from cartwheel.warehouse import Warehouse

START = datetime(2026, 1, 1)
COLUMNS = {
    "charging_volts": ("battery_voltage", 28.1),
    "oil_kpa": ("oil_pressure", 320.0),
    "engine_celsius": ("engine_temperature", 88.0),
}


def fleet(warehouse: Warehouse, trucks: int = 6, **sick: float) -> None:
    """Load two days of equal trucks; T0 shows other values on its last day."""
    rows = []
    for truck in range(trucks):
        for minute in range(0, 2 * 1440, 20):
            at = START + timedelta(minutes=minute)
            values = dict(COLUMNS.values())
            if truck == 0 and minute >= 1440:
                values |= {COLUMNS[name][0]: value for name, value in sick.items()}
            jitter = 1 + 0.001 * ((minute // 20 + truck) % 3 - 1)
            rows.append(
                {
                    "event_id": f"{truck}-{minute}", "truck_id": f"T{truck}",
                    "event_timestamp": at, "engine_rpm": 1500.0,
                    **{column: value * jitter for column, value in values.items()},
                    "stream": "s", "shard_id": "0", "sequence_number": f"{minute:060d}",
                    "arrived_at": at, "file_name": "f", "file_row": minute, "loaded_at": at,
                }
            )  # fmt: skip
    warehouse.load_frame(pd.DataFrame(rows), "raw.truck_telemetry")
    refreshing.refresh(warehouse)


@pytest.mark.parametrize(
    ("signal", "value"),
    [("charging_volts", 25.5), ("oil_kpa", 180.0), ("engine_celsius", 104.0)],
)
def test_the_one_sick_truck_is_named(warehouse: Warehouse, signal: str, value: float) -> None:
    """A truck whose signal went bad on its last day is unusual in this signal alone."""
    fleet(warehouse, **{signal: value})
    found = health.signals(warehouse).rows
    unusual = found[found["is_unusual"]]
    (named,) = [s.name for s in health.SIGNALS if s.column == signal]
    assert unusual[["truck_id", "signal"]].values.tolist() == [["T0", named]]
    assert unusual["value"].iloc[0] == pytest.approx(value, rel=0.01)


def test_a_sound_fleet_shows_nothing(warehouse: Warehouse) -> None:
    """Equal trucks with a little noise are all usual, and so is one that is better."""
    fleet(warehouse, charging_volts=29.9)
    assert not health.signals(warehouse).rows["is_unusual"].any()


def test_a_signal_that_nobody_sends_is_left_out(warehouse: Warehouse) -> None:
    """Tyres that are not measured are not judged; an empty warehouse is no error."""
    assert health.signals(warehouse).rows.empty
    fleet(warehouse)
    assert "Lowest tyre" not in set(health.signals(warehouse).rows["signal"])


def test_the_chart_says_who_may_fail(warehouse: Warehouse) -> None:
    """Its title names truck, signal and values, or that there is no sign, or no signal."""
    alt.theme.enable(theme.NAME)
    empty = health.signals(warehouse)
    assert "No truck sends" in chart.strip(empty).title.text
    fleet(warehouse, charging_volts=25.5)
    title = chart.strip(health.signals(warehouse)).title.text
    assert title == "T0 may fail: charging voltage 25.5 V, fleet median 28.1"


def trucks_that_say(warehouse: Warehouse, *says: dict[str, float]) -> None:
    """Load an hour of each truck, which always says the same."""
    rows = [
        {
            "event_id": f"{truck}-{minute}", "truck_id": f"T{truck}",
            "event_timestamp": START + timedelta(minutes=minute), "engine_rpm": 1500.0,
            "engine_temperature": 88.0, **said, "stream": "s", "shard_id": "0",
            "sequence_number": f"{minute:060d}", "arrived_at": START, "file_name": "f",
            "file_row": minute, "loaded_at": START,
        }
        for truck, said in enumerate(says)
        for minute in range(60)
    ]  # fmt: skip
    warehouse.load_frame(pd.DataFrame(rows), "raw.truck_telemetry")
    refreshing.refresh(warehouse)


def test_of_three_trucks_none_is_accused_for_being_another(warehouse: Warehouse) -> None:
    """Two that send a code for their oil pressure do not make the third one sick."""
    trucks_that_say(
        warehouse, {"oil_pressure": 1020.0}, {"oil_pressure": 1020.0}, {"oil_pressure": 350.0}
    )
    assert not health.signals(warehouse).rows["is_unusual"].any()


def test_a_single_truck_that_boils_is_accused(warehouse: Warehouse) -> None:
    """150 °C, 5 kPa and 9 V are signs of a failure without any other truck."""
    trucks_that_say(
        warehouse,
        {"engine_temperature": 150.0, "oil_pressure": 5.0, "battery_voltage": 9.0},
    )
    assert health.signals(warehouse).rows["is_unusual"].sum() == 3


def test_five_trucks_bear_no_comparison_and_six_do() -> None:
    """One of five that is unlike the others is not named; one of six is."""
    wide = pd.DataFrame({"truck_id": list("ABCDEF"), "oil_kpa": [320.0] * 5 + [180.0]})
    wide = wide.reindex(columns=["truck_id", *(signal.column for signal in health.SIGNALS)])
    few = health.compared(wide.tail(5))
    assert not few.rows["is_unusual"].any() and few.text.startswith("Too few trucks to compare")
    assert health.compared(wide).text.startswith("F may fail: oil pressure 180.0 kPa, fleet median")


@pytest.mark.parametrize(
    ("column", "value", "is_beyond"),
    [
        ("engine_celsius", 119.0, False), ("engine_celsius", 121.0, True),
        ("oil_kpa", 51.0, False), ("oil_kpa", 49.0, True),
        ("charging_volts", 14.2, False), ("charging_volts", 28.1, False),
        ("charging_volts", 11.9, True), ("charging_volts", 23.9, True),
        ("resting_volts", 12.4, False), ("resting_volts", 10.9, True),
        ("resting_volts", 21.9, True), ("resting_volts", 25.4, False),
        ("lowest_tire_kpa", 220.0, False), ("lowest_tire_kpa", 99.0, True),
    ],
)  # fmt: skip
def test_a_limit_works_for_one_truck(column: str, value: float, is_beyond: bool) -> None:
    """Beyond it no sound vehicle is, of 12 V or 24 V, light or heavy."""
    wide = pd.DataFrame({"truck_id": ["A"], column: [value]})
    found = health.compared(
        wide.reindex(columns=["truck_id", *(signal.column for signal in health.SIGNALS)])
    )
    assert found.rows["is_unusual"].tolist() == [is_beyond]
    assert ("which no sound truck has" in found.text) == is_beyond
    assert chart.strip(found).title.text == found.text
