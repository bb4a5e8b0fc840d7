"""The condition of the parts, apart from weather and load: by value."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from cartwheel.fleet.maintenance import condition

DAY = pd.Timestamp("2026-03-02")
NONE = pd.DataFrame({"truck_id": [], "component": [], "day": []})


def days(truck: str, volts: list[float], **says: Any) -> pd.DataFrame:
    """Return a truck's days with a charging voltage; whatever else is not said is unknown."""
    columns = [
        "resting_volts", "resting_celsius", "engine_celsius", "oil_kpa", "revolutions_per_kmh",
        "warning_share", *condition.CIRCUMSTANCES,
    ]  # fmt: skip
    return pd.DataFrame(
        {
            "truck_id": truck,
            "day": DAY + pd.to_timedelta(range(len(volts)), unit="D"),
            "charging_volts": volts,
            **dict.fromkeys(columns, np.nan),
            **says,
        }
    )


def failures(*told: tuple[str, str, int]) -> pd.DataFrame:
    """Return failures of trucks' parts on days."""
    rows = [(truck, part, DAY + pd.Timedelta(days=day)) for truck, part, day in told]
    return pd.DataFrame(rows, columns=["truck_id", "component", "day"])


def test_weather_is_taken_out_and_a_fault_is_not() -> None:
    """Resting volts are 25 + 0.02 a degree; T1 loses 1 V on its last two days."""
    celsius = np.tile([0.0, 10.0, 20.0, 5.0, 15.0], 6)
    volts = 25 + 0.02 * celsius
    broken = volts - np.r_[np.zeros(28), 1.0, 1.0]
    table = pd.concat(
        [
            days("T1", list(volts), resting_volts=broken, ambient_celsius=celsius),
            days("T2", list(volts), resting_volts=volts + 0.3, ambient_celsius=celsius),
        ],
        ignore_index=True,
    )
    found = condition.corrected(table, "resting_volts")
    assert found[:28].to_numpy() == pytest.approx(25.2, abs=1e-9)
    assert found[28:30].to_numpy() == pytest.approx(24.2, abs=1e-9)
    assert found[30:].to_numpy() == pytest.approx(25.5, abs=1e-9)


def test_the_air_of_a_day_at_rest_is_that_at_rest() -> None:
    """The engine never ran on every fifth day: its 0.02 V a degree are taken out all the same."""
    celsius = np.tile([0.0, 10.0, 20.0, 5.0, 15.0], 9)
    ran = np.where(np.arange(45) % 5 == 2, np.nan, celsius)
    rested = days(
        "T1", [28.0] * 45, resting_volts=25 + 0.02 * celsius, ambient_celsius=ran,
        resting_celsius=celsius,
    )  # fmt: skip
    found = condition.corrected(rested, "resting_volts")
    assert found.to_numpy() == pytest.approx(25.2, abs=1e-9)


def test_the_share_is_of_the_way_from_the_own_past_to_the_limit_of_its_class() -> None:
    """28 V falls to 26: half of the way to 24; 14 V of a car falls to 13: half of that to 12."""
    found = condition.table(
        pd.concat([days("T1", [28.0] * 6 + [26.0]), days("T2", [14.0] * 6 + [13.0])]), NONE
    )
    shares = found.groupby("truck_id")["share"]
    assert shares.last().tolist() == [0.5, 0.5]
    assert shares.apply(lambda x: x.isna().sum()).tolist() == [4, 4]  # too short a past
    assert found.groupby("truck_id")["limit"].last().tolist() == [24.0, 12.0]
    better = condition.table(days("T1", [28.0] * 6 + [29.0]), NONE)
    assert better["share"].iloc[-1] == -0.25  # to the good side


def test_signals_that_a_truck_does_not_send_are_no_rows() -> None:
    """Only the alternator's are known; of nothing there is nothing."""
    found = condition.table(days("T1", [28.0, np.nan, 28.0]), NONE)
    assert found["component"].tolist() == ["alternator"] * 2
    assert found["failed"].tolist() == [False, False]
    assert condition.table(days("T1", []), NONE).empty


def test_a_failure_is_of_the_last_day_known_until_then() -> None:
    """On day 2 or, unknown, before; one before the first day and one of nobody are none."""
    told = failures(
        ("T1", "alternator", 3), ("T2", "alternator", 9), ("T2", "alternator", -1),
        ("T3", "alternator", 1), ("T1", "battery", 1),
    )  # fmt: skip
    table = pd.concat([days("T1", [28.0, 28.0, 28.0, np.nan, 28.0]), days("T2", [28.0, 28.0])])
    found = condition.table(table, told)
    assert found[found["failed"]][["truck_id", "day"]].to_numpy().tolist() == [
        ["T1", DAY + pd.Timedelta(days=2)], ["T2", DAY + pd.Timedelta(days=1)],
    ]  # fmt: skip


def test_a_slipping_transmission_is_told_by_revolutions_and_by_its_warnings() -> None:
    """A twentieth more is 40 % of the way to an eighth more."""
    table = days(
        "T1", [np.nan] * 6, revolutions_per_kmh=[20.0] * 5 + [21.0], warning_share=[0.0] * 5 + [0.5]
    )
    found = condition.table(table, NONE)
    assert found["share"].iloc[-1] == pytest.approx(0.4) and found["warning"].iloc[-1] == 0.5
    assert set(found["component"]) == {"transmission"}
