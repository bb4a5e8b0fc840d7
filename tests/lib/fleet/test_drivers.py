"""Who drives how: by value, with gaps, ties, one driver and none."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from cartwheel.errors import UsageError
from cartwheel.fleet import drivers
from cartwheel.fleet.charts import drivers as draw

DAY = pd.Timestamp("2026-03-02")
COUNTS = dict.fromkeys(drivers.KINDS, 0)
ZERO = {
    "hours": 4.0, "count_harsh": 0, "count_speeding": 0, "speeding_seconds": 0.0,
    "count_stops": 0, "count_known_stops": 0, "count_idled_stops": 0, "idle_seconds": 0.0,
    "fuelled_km": np.nan, "fuelled_litres": np.nan,
}  # fmt: skip


def day(driver: str | None, number: int = 0, km: float = 100.0, **says: Any) -> dict[str, Any]:
    """Return a driver's day with a truck."""
    at = DAY + pd.Timedelta(days=number)
    return {"truck_id": "T1", "driver_id": driver, "day": at, "kilometres": km, **ZERO, **says}


def cell(driver: str | None, km: float, hour: int = 8, quarter: int = 1, **says: int) -> Any:
    """Return a driver's kilometres of an hour and a speed."""
    return {
        "driver_id": driver, "clock_hour": hour, "quarter": quarter, "highest_kmh": 50.0,
        "kilometres": km, **COUNTS, **says,
    }  # fmt: skip


def log(days: list[Any], cells: list[Any] | None = None) -> drivers.Log:
    """Return a log; without days or cells it is empty."""
    return drivers.Log(
        pd.DataFrame(days or [day("D1")]).head(len(days)),
        pd.DataFrame(cells or [cell("D1", 1.0)]).head(len(cells or [])),
    )


def crew(*brakes: int, km: float = 1000.0) -> drivers.Log:
    """Return drivers who braked hard so often, each on four equal days."""
    names = [f"D{n}" for n in range(len(brakes))]
    days = [
        day(name, n, km / 4, count_harsh=count // 4)
        for name, count in zip(names, brakes, strict=True)
        for n in range(4)
    ]
    cells = [cell(name, km, count_brakes=c) for name, c in zip(names, brakes, strict=True)]
    return log(days, cells)


def test_who_brakes_hard_is_named_beside_the_fleet() -> None:
    """D0 has 120 of 1,000 km, all have 240 of 4,000: 12.0 and 6.0 in 100 km, nearly unshrunk."""
    found = drivers.harsh(crew(120, 40, 40, 40))
    assert found.text == (
        "D0 brakes, accelerates or corners hard 11.6 times in 100 km, the fleet 6.0 times in 100 km"
    )
    first = found.rows.iloc[0]
    assert first["driver_id"] == "D0" and first["raw"] == 12.0 and first["fleet"] == 6.0
    assert first["low"] < first["rate"] < first["high"] and first["least"] > 6.0
    assert first["rate"] == pytest.approx(11.65, abs=0.1)
    assert math.isnan(first["worst"])  # of four nobody is of a tenth


def test_drivers_alike_are_not_ranked_by_chance() -> None:
    """Ten drivers around one rate: nobody is above the fleet."""
    found = drivers.harsh(crew(40, 44, 36, 40, 48, 32, 40, 44, 36, 40))
    assert found.text == (
        "No driver is seen who brakes, accelerates or corners hard more often than the fleet"
    )
    assert np.ptp(found.rows["rate"]) < 0.5 * np.ptp(found.rows["raw"])


def test_a_road_that_invites_braking_is_not_held_against_who_drives_it() -> None:
    """Twice the rate by distance, all of it from the town: both drivers are alike."""
    days = [day(d, n, 500.0, count_harsh=c) for d, c in (("D1", 75), ("D2", 45)) for n in range(4)]
    days += [day("D3", n, 500.0, count_harsh=60) for n in range(4)]
    where = (("D1", 1500.0, 500.0), ("D2", 500.0, 1500.0), ("D3", 1000.0, 1000.0))
    cells = [
        cell(driver, km, quarter=quarter, count_brakes=round(km * rate))
        for driver, *roads in where
        for quarter, (km, rate) in enumerate(zip(roads, (0.18, 0.06), strict=True), 1)
    ]
    found = drivers.harsh(log(days, cells)).rows
    assert found["raw"].max() == 15.0 and found["raw"].min() == 9.0
    assert found["rate"].to_numpy() == pytest.approx([12.0] * 3, abs=0.1)


def test_a_stand_in_of_a_day_is_shown_and_not_ranked() -> None:
    """With a rate far above all others, after one day the driver stands last, not first."""
    some = crew(40, 44, 36)
    days = pd.concat([some.days, pd.DataFrame([day("D9", 0, 50.0, count_harsh=25)])])
    cells = pd.concat([some.cells, pd.DataFrame([cell("D9", 50.0, count_brakes=25)])])
    found = drivers.harsh(drivers.Log(days, cells))
    assert found.text.startswith("No driver is seen")
    assert found.rows["driver_id"].iloc[-1] == "D9" and not found.rows["is_ranked"].iloc[-1]
    assert found.rows["rate"].iloc[-1] > 10


def test_without_shifts_or_events_or_speeds_nothing_is_claimed() -> None:
    """Each answer says what is missing."""
    nobodys = log([day(None)], [cell(None, 100.0, count_brakes=3)])
    assert drivers.known(nobodys).text == "No shift says who drove"
    assert drivers.harsh(nobodys).text == "No shift says who drove"
    assert drivers.idling(nobodys).text == "No shift says who drove"
    assert drivers.fuel(nobodys).text == "No consumption is known of a day that had one driver"
    assert drivers.known(log([])).text == "No speed of a truck on the move is known"
    assert drivers.harsh(log([day("D1", km=0.0)])).text == (
        "Of no known driver a speed is told: nothing can be said"
    )
    silent = log([day("D1")], [cell("D1", 100.0)])
    assert drivers.speeding(silent).text == (
        "No speeding event of any truck was told: nothing can be said"
    )
    strangers = log([day("D1")], [cell("D1", 100.0), cell(None, 9.0, count_speeding=2)])
    assert drivers.speeding(strangers).text == (
        "No speeding event of a known driver was told: nothing can be said"
    )
    assert drivers.idling(silent).text == "Of no stop it is known whether the engine ran"
    assert drivers.coaching(silent).text == "Nobody is seen above the fleet beyond chance"
    alone = log(
        [day("D1", n, count_harsh=3) for n in range(4)], [cell("D1", 400.0, count_brakes=12)]
    )
    assert drivers.harsh(alone).text == "Of 1 driver nobody can be compared with the others"


def test_the_known_share_of_the_driving_is_told() -> None:
    """Of 400 km 300 have a driver; a rest of a thousandth is not rounded away."""
    part = drivers.known(log([day("D1"), day("D2", km=200.0), day(None)]))
    assert part.text == "2 drivers drove 75 % of the kilometres; who drove the rest no shift says"
    assert part.rows["driver_id"].tolist() == ["D2", "D1"]
    assert part.rows["kilometres"].tolist() == [200.0, 100.0]
    nearly = drivers.known(log([day("D1", km=999.0), day(None, km=1.0)]))
    assert nearly.text.startswith("1 driver drove 99.9 % of the kilometres; who drove the rest")
    assert drivers.known(log([day("D1")])).text == "1 driver drove 100 % of the kilometres"


def test_idling_is_a_share_of_the_stops_whose_engine_is_known() -> None:
    """90 of 100 stops against 20 of 100: named; stops of an unknown engine are left out."""
    days = [
        day(d, n, count_stops=40, count_known_stops=25, count_idled_stops=k, idle_seconds=k * 360.0)
        for d, ks in (("D1", (22, 23, 22, 23)), ("D2", (5, 5, 5, 5)), ("D3", (5, 6, 4, 5)))
        for n, k in enumerate(ks)
    ]
    found = drivers.idling(log(days))
    assert (
        found.text == "D1 lets the engine run in 89 % of the stops, the fleet in 43 % of the stops"
    )
    first = found.rows.iloc[0]
    assert (first["raw"], first["count_stops"], first["idle_hours"]) == (0.9, 100, 9.0)


def burning() -> list[Any]:
    """Return four drivers who each drove three of four trucks; D1 needs a fifth more."""
    thirst = {"D1": 1.2, "D2": 1.0, "D3": 1.0, "D4": 1.0}
    trucks = {"T1": 1.0, "T2": 1.3, "T3": 0.9, "T4": 1.1}
    return [
        day(d, truck_id=t, fuelled_km=300.0, fuelled_litres=300 * 0.2 * f * g)
        for n, (d, f) in enumerate(thirst.items())
        for t, g in list(trucks.items())[n:] + list(trucks.items())[: max(0, n - 1)]
    ]


def test_a_thirsty_driver_is_told_from_a_thirsty_truck() -> None:
    """D1 needs a seventh more than the mean of all; T2 is nobody's fault."""
    found = drivers.fuel(log(burning()))
    assert found.text == "D1 needs 15 % more fuel on the same truck"
    assert found.rows["driver_id"].iloc[0] == "D1"
    assert found.rows["rate"].iloc[0] == pytest.approx(1.2 / 1.2**0.25 - 1, abs=0.02)


def test_a_driver_who_never_changed_trucks_is_named_as_not_apart() -> None:
    """The pair's thirst may be the truck's: it is left out of the chart."""
    bound = day("D8", truck_id="T8", fuelled_km=300.0, fuelled_litres=150.0)
    found = drivers.fuel(log([*burning(), bound]))
    assert found.text.endswith("Not apart from its truck: D8")
    assert not found.rows.set_index("driver_id").loc["D8", "is_apart"]
    alone = drivers.fuel(log([bound]))
    assert alone.text == (
        "No driver changed trucks: what is the driver's and what the truck's is unknown"
    )
    assert "No data" in str(draw.fuel(alone, "D8").to_dict())


def test_who_is_above_the_fleet_is_listed_with_what() -> None:
    """Braking three times as often as the others, and only that."""
    found = drivers.coaching(crew(120, 40, 40, 40))
    assert found.text == "1 driver above the fleet beyond chance in something"
    assert found.rows[["driver_id", "what"]].values.tolist() == [["D0", "Hard braking"]]
    assert found.rows["times"].iloc[0] == pytest.approx(11.65 / 6, abs=0.02)
    assert 1 < found.rows["least"].iloc[0] < found.rows["times"].iloc[0]


def test_the_driver_shown_is_the_one_named_else_the_harshest() -> None:
    """An unknown one is refused with those there are; of nobody it is nobody."""
    some = crew(40, 120, 40)
    assert drivers.chosen(some, "") == "D1" and drivers.chosen(some, "D2") == "D2"
    with pytest.raises(UsageError, match=r"no driver 'X'; there are D0, D1, D2"):
        drivers.chosen(some, "X")
    assert drivers.chosen(log([day(None)]), "") == ""
    assert drivers.chosen(log([day("D7")], [cell("D7", 5.0)]), "") == "D7"
