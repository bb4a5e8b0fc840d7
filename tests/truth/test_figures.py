"""
Every figure that a report shows of a simulated world is what is really so in that world.

The tolerance of each is stated; where it is none, the figure is exact in spite of what was
lost, doubled, late and out of order on the way.
"""

from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from cartwheel.clicks import overview as clicks
from cartwheel.fleet import overview as fleet
from cartwheel.paths import SQL

from .conftest import World

KILOMETRES = 0.01  # what an odometer's last digit and a lost last reading may leave
CLOSE = 0.01
ALLOWED = np.timedelta64(65, "s")  # an interval and five seconds
KINDS = ("view", "click", "add_to_cart", "purchase")


def by_truck(world: World, column: str) -> pd.Series:
    """Return the truth's sum of each truck."""
    return world.truth["truck_days"].groupby("truck_id")[column].sum()


def test_the_distance_of_each_truck_is_what_it_drove(world: World) -> None:
    """Kilometres by the odometer readings that landed are those that were driven, to 10 m."""
    found = fleet.trucks(world.warehouse).set_index("truck_id")["distance_km"]
    driven = by_truck(world, "kilometres")
    assert (found - driven).abs().max() < KILOMETRES and driven.max() > 100
    assert set(found.index) == set(driven.index)


def test_the_litres_of_each_truck_are_what_its_meter_saw(world: World) -> None:
    """Within 1 % of what each truck burnt on its way, times what its meter shows of a litre."""
    found = fleet.trucks(world.warehouse).set_index("truck_id")["fuel_litres"]
    metered = by_truck(world, "litres_burnt") - by_truck(world, "litres_idled")
    metered *= world.truth["trucks"].set_index("truck_id")["meter_scale"]
    metered = metered[metered > 0]
    off = found[metered.index] / metered - 1
    assert off.between(-CLOSE, CLOSE).all(), off


def test_a_truck_that_stood_still_has_no_litres(world: World) -> None:
    """Without a kilometre the litres are zero or unknown, and the rate is unknown."""
    found = fleet.trucks(world.warehouse).set_index("truck_id")
    still = found.loc[by_truck(world, "kilometres") == 0]
    assert still["fuel_litres"].fillna(0).eq(0).all()
    assert still["litres_per_100_km"].isna().all()


def steps_taken(world: World) -> list[int]:
    """Count the visits that took each step, from what was sent."""
    kinds: dict[str, set[str]] = {}
    for click in world.clicks:
        kinds.setdefault(click.event_type, set()).add(str(click.session_id))
    return [len(kinds[kind]) for kind in KINDS]


def every_visit(world: World) -> clicks.Visits:
    return clicks.Visits(clicks.span(world.warehouse), visitors="all")


def test_the_bots_of_the_world_are_told_and_nobody_else(world: World) -> None:
    """By the pauses of their visits; the world does not say their names."""
    found = world.warehouse.query("select session_id from mart.sessions where is_bot")["session_id"]
    truth = world.truth["sessions"]
    bots = set(truth.loc[truth["is_bot"], "session_id"])
    assert bots and len(bots & set(found)) >= 0.9 * len(bots)
    assert len(bots & set(found)) >= 0.9 * len(found)


def test_the_funnel_counts_the_visits_that_took_each_step(world: World) -> None:
    """Its four numbers are those of the visits that were sent, the last those that bought."""
    found = clicks.funnel(world.warehouse, every_visit(world)).rows
    assert found["count_sessions"].tolist() == steps_taken(world)
    assert found["count_sessions"].iloc[-1] == world.truth["orders"]["session_id"].nunique()


def test_the_shop_s_numbers_are_those_of_its_visits(world: World) -> None:
    """Visits, events, buyers and money are exact."""
    found = clicks.summary(world.warehouse, every_visit(world))
    sold = [c.quantity * c.price for c in world.clicks if c.event_type == "purchase"]
    assert found["count_sessions"] == len(world.truth["sessions"])
    assert found["count_events"] == len(world.clicks)
    assert found["count_buying_sessions"] == world.truth["orders"]["session_id"].nunique()
    assert float(found["revenue"]) == pytest.approx(sum(sold))
    invoiced = world.warehouse.scalar("select sum(quantity * unit_price) from core.order_lines")
    assert float(invoiced) == pytest.approx(sum(sold))


@pytest.mark.parametrize("chart", ["devices", "trend", "products"])
def test_a_chart_s_parts_add_up_to_the_whole(world: World, chart: str) -> None:
    """Visits by device and by time add up to all; a product's are those that were sent."""
    whole = every_visit(world)
    if chart == "products":
        found = clicks.products(world.warehouse, whole, limit=5).rows
        for product in found.itertuples():
            saw = [c for c in world.clicks if c.product_id == product.product_id]
            bought = [c for c in saw if c.event_type == "purchase"]
            assert product.count_sessions == len({c.session_id for c in saw})
            assert product.count_bought == len({c.session_id for c in bought})
        return
    found = getattr(clicks, chart)(world.warehouse, whole).rows
    assert found["count_sessions"].sum() == len(world.truth["sessions"])
    bought = world.truth["orders"]["session_id"].nunique()
    assert found["count_buying_sessions"].sum() == bought


def test_the_share_of_late_deliveries_is_what_it_was(world: World) -> None:
    """Orders handed over after their window, by the operations that landed, are the late ones."""
    late = world.truth["stops"]["late_seconds"].dropna() > 0
    found = world.warehouse.query(
        "select count_if(event_timestamp > promised_until) as late, count(*) as delivered "
        "from core.delivery_events where status = 'delivered'"
    ).iloc[0]
    assert (found["late"], found["delivered"]) == (late.sum(), len(late))


def test_a_truck_s_last_position_is_where_its_last_reading_was(world: World) -> None:
    """The fleet's map shows the reading with the greatest time, at its own speed and place."""
    found = fleet.trucks(world.warehouse).set_index("truck_id")
    last = (
        world.warehouse.query(
            "select truck_id, event_timestamp, vehicle_speed from core.truck_readings "
            "where vehicle_speed is not null order by event_timestamp, sequence_number"
        )
        .groupby("truck_id")
        .last()
    )
    assert isinstance(found["read_at"].iloc[0], datetime)
    assert (found["speed_kmh"] == last["vehicle_speed"]).all()


def test_the_accounts_of_a_world_add_up(world: World) -> None:
    """No accounting identity is broken by a world with all its faults."""
    for path in sorted((SQL / "queries" / "checks").glob("*.sql")):
        assert world.warehouse.query_file(f"checks/{path.stem}").empty, path.stem


def real(world: World) -> pd.DataFrame:
    """Return the truth's standings on the clocks of their trucks."""
    skew = world.truth["trucks"].set_index("truck_id")["clock_skew_seconds"]
    told = world.truth["standings"]
    shift = told["truck_id"].map(skew)
    return told.assign(
        since=world.start + pd.to_timedelta(told["since"] + shift, unit="s"),
        until=world.start + pd.to_timedelta(told["until"] + shift, unit="s"),
    )


def test_standings_are_found_and_no_others(world: World) -> None:
    """Of two minutes and more 98 % at least, with their starts; false ones are 1 % at most."""
    stops = world.warehouse.query("select truck_id, arrived_at, left_at, is_last from mart.stops")
    truth = real(world)
    pairs = truth.merge(stops, on="truck_id")
    over = pairs[(pairs["arrived_at"] < pairs["until"]) & (pairs["left_at"] > pairs["since"])]
    long = truth[truth["until"] - truth["since"] >= pd.Timedelta(minutes=2)]
    keys = ["truck_id", "since"]
    found = long.merge(over[keys].drop_duplicates(), on=keys)
    assert len(found) >= 0.98 * len(long) and len(long) > 30
    known = over.merge(long[keys], on=keys)
    known = known[known["since"] > world.start + ALLOWED]  # before, nobody saw it begin
    first = known.sort_values("arrived_at").drop_duplicates(keys)
    late = (first["arrived_at"] - first["since"]).abs() > ALLOWED
    assert late.mean() <= 0.02
    ended = stops[~stops["is_last"]]
    real_ones = over[["truck_id", "arrived_at"]].drop_duplicates()
    assert len(ended) - len(ended.merge(real_ones, on=["truck_id", "arrived_at"])) <= max(
        1, 0.01 * len(stops)
    )


def test_trips_drive_what_the_truck_drove(world: World) -> None:
    """The kilometres of all trips are the truth's, to 1 %; standing, moving and gaps are apart."""
    trips = world.warehouse.query(
        "select truck_id, sum(distance_km) as km, sum(moving_seconds) as moving from mart.trips "
        "group by truck_id"
    ).set_index("truck_id")
    days = world.truth["truck_days"].groupby("truck_id")[["kilometres", "moving_seconds"]].sum()
    driven = days[days["kilometres"] > 1]
    assert trips["km"][driven.index].to_numpy() == pytest.approx(driven["kilometres"], rel=0.01)
    share = trips["moving"][driven.index] / driven["moving_seconds"]
    assert share.between(0.9, 1.25).all()  # a minute with a light in it counts as moving
