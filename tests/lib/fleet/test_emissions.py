"""What the trucks emit: by value, with what is unknown, one truck and none."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from cartwheel.errors import UsageError
from cartwheel.fleet import emissions
from cartwheel.fleet.emissions import Factors

FACTORS = Factors(2.0, 3.0)
KNOWN = {
    "distance_km": 1000.0, "metered_litres": 90.0, "tank_litres": 100.0, "idle_hours": 5.0,
    "count_delivered": 40, "count_failed": 10, "count_weighed": 40, "tonne_km": 20.0,
}  # fmt: skip


def truck(name: str, **says: Any) -> dict[str, Any]:
    """Return a truck of which everything is known."""
    return {"truck_id": name, **KNOWN, **says}


def frame(*trucks: dict[str, Any]) -> pd.DataFrame:
    """Return trucks; without any it is empty."""
    return pd.DataFrame(trucks or [truck("A")]).head(len(trucks))


def test_a_truck_emits_its_litres_times_the_factors() -> None:
    """100 L of 2 and 3 kg; 300 kg over 1,000 km, 20 tonne-km and 40 orders."""
    found = emissions.emitted(frame(truck("A")), FACTORS)
    assert found.text == "1 truck emitted 300 kg of CO2e, 0.30 kg a km"
    row = found.rows.iloc[0]
    assert (row["source"], row["tank_to_wheel"], row["well_to_wheel"]) == ("tank", 200.0, 300.0)
    assert (row["per_km"], row["per_tonne_km"], row["per_order"]) == (0.3, 15.0, 7.5)


def test_the_meter_counts_where_the_tank_says_nothing() -> None:
    """B has no account, C nothing at all; an account of nothing is none."""
    nothing = {"tank_litres": np.nan, "metered_litres": np.nan}
    found = emissions.emitted(
        frame(truck("C", **nothing), truck("B", tank_litres=np.nan), truck("D", tank_litres=0.0)),
        FACTORS,
    )
    assert found.rows["source"].tolist() == ["meter", "meter", ""]
    assert found.rows["truck_id"].tolist() == ["B", "D", "C"]
    assert found.text == "2 trucks emitted 540 kg of CO2e, 0.27 kg a km; of 1 more it is unknown"


def test_what_is_unknown_is_not_zero() -> None:
    """No distance, no deliveries, a weight that is missing: no rate of it."""
    found = emissions.emitted(
        frame(
            truck("A", distance_km=np.nan), truck("B", count_weighed=39),
            truck("C", count_delivered=np.nan, count_weighed=np.nan, tonne_km=np.nan),
            truck("D", distance_km=0.0, tonne_km=0.0, count_delivered=0, count_weighed=0),
        ),
        FACTORS,
    )  # fmt: skip
    rows = found.rows.set_index("truck_id")
    assert rows["per_km"].isna().tolist() == [True, False, False, True]
    assert rows["per_tonne_km"].isna().tolist() == [False, True, True, True]
    assert rows["per_order"].isna().tolist() == [False, False, True, True]


def test_tonnes_are_told_from_a_tonne_on_and_nothing_is_said_of_nothing() -> None:
    """1.2 t; none known; no truck."""
    found = emissions.emitted(frame(*(truck(name) for name in "ABCD")), FACTORS)
    assert found.text == "4 trucks emitted 1.2 t of CO2e, 0.30 kg a km"
    nothing = frame(truck("A", tank_litres=np.nan, metered_litres=np.nan))
    for rows in (nothing, frame()):
        assert emissions.emitted(rows, FACTORS).text == "Of no truck it is known what it burnt"


def test_an_hour_of_idling_burns_what_the_tank_has_more_than_the_meter() -> None:
    """10 L in 5 h; a meter that sees it, or no hour, tells nothing."""
    assert emissions.idle_rate(frame(truck("A"))) == 2.0
    assert emissions.idle_rate(frame(truck("A"), truck("B", tank_litres=110.0))) == 3.0
    assert np.isnan(emissions.idle_rate(frame(truck("A", metered_litres=99.0))))
    assert np.isnan(emissions.idle_rate(frame(truck("A", idle_hours=0.0))))
    assert np.isnan(emissions.idle_rate(frame(truck("A", tank_litres=np.nan))))


def test_causes_are_idling_high_consumption_and_deliveries_in_vain() -> None:
    """
    A and B idle 5 h of 2 L each: 60 kg. C burns 60 L above the median: 180 kg.

    Of 50 stops of each truck 10 are in vain: a fifth of 300, 300 and 480 kg.
    """
    trucks = frame(
        truck("A"), truck("B"), truck("C", tank_litres=160.0, metered_litres=160.0, idle_hours=0.0)
    )
    found = emissions.causes(emissions.emitted(trucks, FACTORS), FACTORS)
    rows = found.rows.set_index("cause")["well_to_wheel"]
    assert rows["Engine on while standing"] == pytest.approx(60.0)
    assert rows["Consumption above the fleet's median"] == pytest.approx(180.0)
    assert rows["Deliveries in vain"] == pytest.approx(216.0)
    assert found.text == "Deliveries in vain: 20% of what was emitted"
    told = emissions.causes(emissions.emitted(trucks, FACTORS), FACTORS, 4.0).rows
    assert told["well_to_wheel"].iloc[0] == pytest.approx(120.0)


def test_causes_that_cannot_be_told_are_null() -> None:
    """One truck has no median but its own; nothing known, nothing said."""
    one = frame(truck("A", idle_hours=np.nan, count_failed=0))
    found = emissions.causes(emissions.emitted(one, FACTORS), FACTORS)
    assert found.rows["well_to_wheel"].isna().tolist() == [True, True, False]
    assert found.text == "None of the causes that can be told emits anything"
    none = emissions.causes(emissions.emitted(frame(), FACTORS), FACTORS)
    assert none.text == "What causes the emissions cannot be told"


@pytest.mark.parametrize(
    ("factors", "message"),
    [
        (Factors(0.0, 3.0), "Factor tank_to_wheel: must be above 0, in kg of CO2e a litre, got 0"),
        (Factors(2.0, float("nan")), "Factor well_to_wheel: must be above 0"),
        (Factors(2.0, 1.0), "Factor well_to_wheel: includes tank_to_wheel"),
    ],
)
def test_factors_that_cannot_be_are_told_by_name(factors: Factors, message: str) -> None:
    """Zero, no number, a whole below its part."""
    with pytest.raises(UsageError, match=message):
        factors.checked()


def test_idling_cannot_burn_less_than_nothing() -> None:
    """By name and value."""
    with pytest.raises(UsageError, match="idle_litres_per_hour: must be 0 or more, got -1"):
        emissions.causes(emissions.emitted(frame(truck("A")), FACTORS), FACTORS, -1.0)
