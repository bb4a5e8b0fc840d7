"""A depot's day is planned within all limits, and what cannot be is left out with its reason."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from cartwheel.errors import UsageError
from cartwheel.fleet.routes.days import Costs, Rules
from cartwheel.fleet.routes.planning import REASONS, plan
from cartwheel.fleet.routes.timing import timed

from .routing import MORNING, clock, exact, orders, task

SECONDS = 0.3
COSTS = Costs(100.0, 20.0, 1.0, 20.0, 0.3, 10.0, 100.0, 3.0)


def routes(found: pd.DataFrame) -> dict[str, list[str]]:
    return {str(t): rows["order_id"].tolist() for t, rows in found.groupby("truck_id")}


def test_a_route_is_timed_stop_by_stop_with_waiting_break_and_way_home() -> None:
    """10 km, wait for the window, five minutes, half an hour's break, 5 km, and 15 km home."""
    given = task(
        orders(("a", 10, 0, (9, 13), 1), ("b", 10, 5, (7, 9.5), 1), ("c", 0, 0, None, 1)),
        break_minutes=30.0, break_after_hours=2.0,
    )  # fmt: skip
    found = timed({"T1": [0, 1]}, given, exact())
    assert clock(found.stops["arrives_at"]) == ["07:10", "09:40"]
    assert clock(found.stops["leaves_at"]) == ["09:05", "09:45"]
    assert found.stops["late"].tolist() == [0.0, 1.0]
    assert found.stops["sequence"].tolist() == [1, 2]
    assert found.trucks.to_dict("records") == [
        {
            "truck_id": "T1",
            "count_stops": 2,
            "kilometres": pytest.approx(30),
            "hours": pytest.approx(3),
        }
    ]  # fmt: skip
    assert set(found.late) == {1.0} and found.hours == pytest.approx(3)
    # A truck, 30 km at .3 and .2 L of 1 + .3, three hours, one late stop.
    assert found.money(COSTS) == pytest.approx(100 + 30 * 0.56 + 3 * 20 + 10)


def test_days_that_go_slower_as_a_whole_are_late_as_a_whole() -> None:
    """Of days of which half take twice the time, half are late at both stops, none at one."""
    given = task(orders(("a", 60, 0, (7, 8.5), 1), ("b", 90, 0, (7, 9.1), 1)))
    found = timed({"T1": [0, 1]}, given, exact(1.0, 2.0))
    assert set(found.late) == {0.0, 2.0}
    assert 0.35 < found.stops["late"].iloc[0] < 0.65


def test_windows_decide_the_sequence_and_the_near_one_waits() -> None:
    """The farther order is wanted first."""
    given = task(orders(("near", 2, 0, (10, 12), 1), ("far", 20, 0, (7, 8), 1)))
    found = plan(given, exact(), COSTS, SECONDS)
    assert routes(found.timed.stops) == {"T1": ["far", "near"]}
    assert found.left_out.empty and not found.timed.late.any()


@pytest.mark.parametrize(("capacity", "stops", "used"), [(30, 0, 1), (20, 0, 2), (None, 2, 2)])
def test_no_truck_carries_more_or_stops_more_often_than_it_may(
    capacity: float | None, stops: int, used: int
) -> None:
    """Three orders of ten kilograms fill a truck of thirty, and two of twenty or of two stops."""
    rows = [(name, 5, n, None, 10) for n, name in enumerate("abc")]
    found = plan(task(orders(*rows), 3, capacity, stops=stops), exact(), COSTS, SECONDS)
    assert len(found.timed.trucks) == used
    assert sorted(found.timed.stops["order_id"]) == ["a", "b", "c"]


def test_trucks_of_different_sizes_carry_what_fits_each() -> None:
    """The heavy order rides with the large truck."""
    given = task(orders(("heavy", 5, 0, (7, 8), 58), ("light", -5, 0, (7, 8), 5)), 2)
    trucks = given.trucks.assign(capacity_kg=[10.0, 60.0])
    found = plan(dataclasses.replace(given, trucks=trucks), exact(3.0), COSTS, SECONDS)
    assert routes(found.timed.stops)["T2"] == ["heavy"]


def test_what_cannot_be_served_is_named_with_its_reason_and_the_rest_is_planned() -> None:
    """No place, too heavy, too far for its window, too far for the day, and no room."""
    given = task(
        orders(
            ("lost", None, None, None, 1), ("safe", 5, 0, None, 99), ("early", 100, 0, (7, 8), 1),
            ("remote", 500, 0, None, 1), ("one", 50, 0, (7, 8), 1), ("two", -50, 0, (7, 8), 1),
        ),
        capacity=50,
    )  # fmt: skip
    found = plan(given, exact(), COSTS, SECONDS)
    told = dict(found.left_out.itertuples(index=False))
    other = {"one": "two", "two": "one"}[found.timed.stops["order_id"].iloc[0]]
    assert len(found.timed.stops) == 1
    assert told == {
        "lost": REASONS["place"], "safe": REASONS["weight"], "early": REASONS["window"],
        "remote": REASONS["window"], other: REASONS["room"],
    }  # fmt: skip


def test_a_depot_with_too_many_orders_serves_as_many_as_it_can() -> None:
    """Two trucks of 20 stops serve 40 of 60; the rest has no room."""
    rows = [(f"o{n}", n % 8, n // 8, ((7, 9), (9, 11), (11, 13))[n % 3], 1) for n in range(60)]
    found = plan(task(orders(*rows), 2, stops=20, service=60), exact(), COSTS, 1.0)
    assert len(found.timed.stops) == 40 and len(found.timed.trucks) == 2
    assert set(found.left_out["reason"]) == {REASONS["room"]} and len(found.left_out) == 20


def test_an_order_of_an_earlier_day_is_wanted_at_the_same_hour_today() -> None:
    """Yesterday from ten to twelve is today from ten to twelve; without a promise any time."""
    given = task(orders(("old", 5, 0, (10 - 24, 12 - 24), 1), ("free", 1, 0, None, 1)))
    assert given.windows().tolist() == [[3 * 3600, 5 * 3600], [0, 12 * 3600]]
    found = plan(given, exact(), COSTS, SECONDS)
    assert clock(found.timed.stops.query("order_id == 'old'")["leaves_at"]) == ["10:05"]


def test_a_break_is_planned_for() -> None:
    """Two stops at the hour of the break: with it the second would be late, so two trucks go."""
    rows = orders(("a", 30, 0, (9, 9.2), 1), ("b", 60, 0, (9.5, 9.85), 1))
    rested = task(rows, 2, break_minutes=30.0, break_after_hours=2.0)
    assert len(plan(task(rows, 2), exact(), COSTS, SECONDS).timed.trucks) == 1
    found = plan(rested, exact(), COSTS, SECONDS)
    assert len(found.timed.trucks) == 2 and not found.timed.late.any()


def test_a_stop_that_is_often_late_is_planned_earlier() -> None:
    """Of drives that take up to half as long again the window is met with 95 %."""
    given = task(orders(("a", 40, 0, (7, 8.1), 1), ("b", 2, 0, None, 1), ("c", 4, 1, None, 1)))
    found = plan(given, exact(1.0, 1.2, 1.5), COSTS, SECONDS)
    assert found.timed.stops["order_id"].iloc[0] == "a"


@pytest.mark.parametrize("empty", ["orders", "trucks"])
def test_without_orders_or_trucks_there_is_no_route(empty: str) -> None:
    """Nothing is planned, and every order is named."""
    given = task(orders(("a", 1, 0, None, 1)))
    given = dataclasses.replace(given, **{empty: getattr(given, empty).iloc[:0]})
    found = plan(given, exact(), COSTS, SECONDS)
    assert found.timed.stops.empty and found.timed.trucks.empty
    assert found.left_out["order_id"].tolist() == ([] if empty == "orders" else ["a"])


def test_what_is_missing_for_a_plan_is_said() -> None:
    """A depot without a place, hand-overs of unknown length, no time to look."""
    given = task(orders(("a", 1, 0, None, 1)))
    with pytest.raises(UsageError, match="Depot 'D1' has no place"):
        plan(dataclasses.replace(given, latitude=np.nan), exact(), COSTS)
    with pytest.raises(UsageError, match="service_minutes: no hand-over"):
        plan(dataclasses.replace(given, service=np.zeros(0)), exact(), COSTS)
    with pytest.raises(UsageError, match="seconds: must be above 0"):
        plan(given, exact(), COSTS, 0)


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan")])
@pytest.mark.parametrize("name", Costs._fields)
def test_a_cost_is_above_zero(name: str, value: float) -> None:
    """Otherwise it is named."""
    with pytest.raises(UsageError, match=f"{name}: must be above 0"):
        COSTS._replace(**{name: value}).checked()


def test_rules_are_not_below_zero() -> None:
    """Otherwise the one is named; a share of stops in time is a share."""
    with pytest.raises(UsageError, match="break_minutes: must be 0 or more"):
        Rules(break_minutes=-1).checked()
    with pytest.raises(UsageError, match="punctual: must be from"):
        Rules(punctual=1.0).checked()
    assert Rules().checked() == Rules()


def test_the_departure_is_where_the_day_begins() -> None:
    """The horizon is the time until trucks must be home."""
    given = task(orders(("a", 1, 0, None, 1)))
    assert given.departs == MORNING and given.horizon == 12 * 3600
