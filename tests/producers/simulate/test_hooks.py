"""Functions from outside decide in the world's stead, and what cannot be is refused by name."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from cartwheel.errors import UsageError

from producers.simulate import World, hooks
from producers.simulate.hooks import Hooks, Morning, Night, Stockroom
from producers.simulate.settings import DAY
from producers.simulate.trucks.deciding import decided
from producers.simulate.truth.store import TruthTables

from .worlds import NOW, perfect


def told(days: int = 4, deciding: Hooks | None = None, **values: Any) -> dict[str, pd.DataFrame]:
    """Run a world with hooks, and return its truth."""
    tables = TruthTables()
    world = World(perfect(days=days, customers=1500, **values), tables, hooks=deciding)
    for day in range(days):
        for _ in world.day(day):
            pass
    return tables.tables()


def one_truck(morning: Morning) -> dict[str, list[str]]:
    """Give the first five orders to the last truck, the least urgent of them first."""
    if morning.trucks.empty:
        return {}
    return {morning.trucks["truck_id"].iloc[-1]: morning.orders["order_id"].head(5).tolist()[::-1]}


def test_a_planners_routes_are_driven_in_their_sequence() -> None:
    """The stops of each day are those that it gave back; what it leaves waits."""
    given: dict[int, Morning] = {}
    routes: dict[int, dict[str, list[str]]] = {}

    def planner(morning: Morning) -> dict[str, list[str]]:
        given[morning.day] = morning
        routes[morning.day] = one_truck(morning)
        return routes[morning.day]

    truth = told(deciding=Hooks(planner=planner))
    stops = truth["stops"].sort_values(["day", "sequence"])
    driven = {
        day: {truck: of["order_id"].tolist() for truck, of in rows.groupby("truck_id")}
        for day, rows in stops.groupby("day")
    }
    assert driven == {day: route for day, route in routes.items() if any(route.values())}
    morning = given[3]
    assert morning.depot_id == "DEPOT-1" and len(morning.orders) > 5
    assert (morning.departs.hour, morning.home_by.hour) == (13, 5)  # 7 and 23 h, six hours west
    window = (morning.orders["promised_until"] - morning.orders["promised_from"]).unique()
    assert window.tolist() == [pd.Timedelta(hours=2)]
    assert morning.orders["latitude"].sub(morning.latitude).abs().max() < 0.5
    assert set(morning.trucks["capacity_kg"]) == {1500.0}
    begin = perfect().local_midnight.timestamp()
    assert all(2 * DAY <= m.at - begin <= 3 * DAY for m in morning.sent) and morning.sent


@pytest.mark.parametrize(
    ("route", "said"),
    [
        (lambda m: {"T0099": []}, "'T0099' is no truck"),
        (lambda m: {"T0001": ["O000000000"]}, "T0001: 'O000000000' is no order that is due"),
        (lambda m: {"T0001": [m.orders["order_id"].iloc[0]] * 2}, "rides with T0001 already"),
        (lambda m: {"T0001": m.orders["order_id"].head(4).tolist()}, "4 stops, 3 are allowed"),
        (lambda m: [], "a dict is needed, got list"),
    ],
)
def test_a_route_that_cannot_be_is_refused_by_name(
    route: Callable[[Morning], Any], said: str
) -> None:
    """Day, depot, truck and limit are named."""

    def planner(morning: Morning) -> Any:
        return route(morning) if len(morning.orders) > 4 else {}

    with pytest.raises(UsageError, match=rf"--planner, day \d, DEPOT-1.*{said}"):
        told(logistics={"stops_per_route": 3}, deciding=Hooks(planner=planner))


def test_a_route_that_is_too_heavy_is_refused_by_name() -> None:
    """What a truck may load is said beside what it was given."""
    morning = Morning(
        3, "DEPOT-1", 0.0, 0.0, NOW, NOW, pd.DataFrame({"order_id": ["O1", "O2"]}),
        pd.DataFrame({"truck_id": ["T0001"]}), [],
    )  # fmt: skip
    one = np.ones(2)
    with pytest.raises(UsageError, match=r"day 3, DEPOT-1, T0001: 1,501 kg, 1,500 are allowed"):
        decided(
            perfect().logistics, morning, {"T0001": ["O1", "O2"]}, np.array([0]), one, one,
            np.zeros(2, np.int64), np.array([900.0, 601.0]),
        )  # fmt: skip


def test_a_call_to_the_workshop_renews_the_part() -> None:
    """On the evening it is decided; the truth says that it was called, and what life was left."""
    seen: list[list[str]] = []

    def workshop(night: Night) -> dict[str, str]:
        seen.append(night.trucks["truck_id"].tolist())
        return {"T0002": "cooling"} if night.day == 1 else {}

    failures = told(deciding=Hooks(workshop=workshop))["failures"]
    called = failures[failures["cause"] == "called"]
    assert called[["truck_id", "component", "failed_at"]].values.tolist() == [
        ["T0002", "cooling", DAY]
    ]
    row = called.iloc[0]
    assert row["failed_use"] < row["installed_use"] + row["life"]
    assert "T0002" in seen[1] and "T0002" in seen[-1]
    for wrong, said in (
        ({"T0001": "wings"}, "no component 'wings'; there are alternator"),
        ({"T9": "cooling"}, "'T9' is no truck"),
    ):
        with pytest.raises(UsageError, match=rf"--workshop, day 0.*{said}"):
            told(days=1, deciding=Hooks(workshop=lambda night, wrong=wrong: wrong))


def test_what_is_ordered_arrives_after_the_lead_time() -> None:
    """Nothing ordered: the stock only falls; 500 pieces of one product: it rises by so many."""

    def restock(stockroom: Stockroom) -> dict[str, int]:
        assert {"product_id", "price", "stock", "on_order", "sold"} == set(stockroom.products)
        return {"PHO-001": 500} if stockroom.day == 0 else {}

    demand = told(days=5, deciding=Hooks(restock=restock))["demand"]
    stock = demand.pivot(index="day", columns="product_id", values="stock")
    bought = demand.pivot(index="day", columns="product_id", values="bought")
    arrived = (stock.diff() + bought).drop(index=0).stack()
    assert arrived[arrived != 0].to_dict() == {(3, "PHO-001"): 500.0}
    with pytest.raises(UsageError, match=r"--restock, day 0, .*: whole pieces .* got -1"):
        told(days=1, deciding=Hooks(restock=lambda s: {s.products["product_id"].iloc[0]: -1}))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere", "'module:function' is needed, got 'nowhere'"),
        ("no_such_module:plan", "there is no module 'no_such_module' here"),
        ("own:nothing", "own has no function 'nothing'"),
    ],
)
def test_a_function_that_is_not_there_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    """Module, function and option."""
    (tmp_path / "own.py").write_text("nothing = 3\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(UsageError, match=f"--planner: .*{said}"):
        hooks.load(name, "--planner")
