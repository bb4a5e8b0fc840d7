"""What a world shows is what its settings say: fixed seeds, stated tolerances."""

import math
from functools import cache

import msgspec
import numpy as np
import pandas as pd
import pytest
from cartwheel.events import Click, DeliveryEvent, ProductChange, Telemetry, TruckService

from producers.simulate import World
from producers.simulate.ground.randomness import generator
from producers.simulate.groups import Imperfection
from producers.simulate.settings import Settings, make
from producers.simulate.shop import sessions
from producers.simulate.trucks.components import COMPONENTS, draw_life, mean_lives
from producers.simulate.trucks.sensors import NOISE
from producers.simulate.truth.store import TruthTables

from .worlds import PERFECT, events, perfect, run, small

DEVIATIONS = 4  # a right world fails such a test once in 16,000 times


@cache
def month() -> tuple[Settings, list[object], dict[str, pd.DataFrame]]:
    """Run a shop of a month, without faults, once for all tests."""
    settings = msgspec.structs.replace(
        make({"trucks": 10, "customers": 2500, "days": 35, "seed": 5}, "a test"),
        imperfection=PERFECT,
    )
    _, everything, told = run(settings)
    clicks = [m for m in everything if m.stream in ("ClickDataStream", "OperationsStream")]
    return settings, events(clicks, object), told


@cache
def clicks() -> pd.DataFrame:
    """The month's clicks with what the truth knows of their session."""
    settings, everything, told = month()
    rows = [msgspec.structs.asdict(e) for e in everything if isinstance(e, Click)]
    frame = pd.DataFrame(rows).merge(told["sessions"], on="session_id")
    listed = told["products"].set_index("product_id")["list_price"]
    frame["price_ratio"] = np.log(frame["shown_price"] / frame["product_id"].map(listed))
    local = pd.to_datetime(frame["timestamp"]) + pd.Timedelta(
        hours=settings.logistics.utc_offset_hours
    )
    frame["hour"] = local.dt.hour
    looked_at_first = frame.groupby("session_id")["product_id"].transform("first")
    frame["is_taken_up"] = frame["takes_cart_up"] & (frame["product_id"] == looked_at_first)
    return frame


def fitted(features: np.ndarray, outcome: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fit a logistic regression by Newton's method; return coefficients and their deviations."""
    beta = np.zeros(features.shape[1])
    for _ in range(25):
        p = 1 / (1 + np.exp(-features @ beta))
        curvature = (features * (p * (1 - p))[:, None]).T @ features
        beta = beta + np.linalg.solve(curvature, features.T @ (outcome - p))
    return beta, np.sqrt(np.diag(np.linalg.inv(curvature)))


def reached(frame: pd.DataFrame, step: str, after: str) -> pd.DataFrame:
    """Return the steps of one kind, with whether the next followed for the same product."""
    people = frame[~frame["is_bot"]]
    keys = ["session_id", "product_id"]
    once = people[people["event_type"] == step].drop_duplicates(keys, keep=False)
    went = people[people["event_type"] == after][keys].drop_duplicates().assign(went=1.0)
    return once.merge(went, on=keys, how="left").fillna({"went": 0.0})


def agrees(frame: pd.DataFrame, columns: dict[str, pd.Series], effects: dict[str, float]) -> None:
    features = np.column_stack([np.asarray(c, float) for c in columns.values()])
    beta, deviation = fitted(features, frame["went"].to_numpy())
    for name, estimate, d in zip(columns, beta, deviation, strict=True):
        assert abs(estimate - effects[name]) < DEVIATIONS * d, (name, estimate, effects[name], d)
        assert d < 0.35, f"{name}: too few events to tell"


def test_the_purchases_have_the_written_coefficients() -> None:
    """A logistic regression on the stream finds every effect on the purchase."""
    settings, _, _ = month()
    frame = reached(clicks(), "add_to_cart", "purchase")
    frame = frame[frame["stock_band"] != "out"]
    one = pd.Series(1.0, frame.index)
    columns = {
        "purchase_base": one,
        "purchase_mobile": frame["device_type"] == "mobile",
        "purchase_tablet": frame["device_type"] == "tablet",
        "purchase_social": frame["referrer_url"] == "https://social.example/",
        "purchase_mail": frame["referrer_url"] == "https://mail.example/shop",
        "purchase_new": frame["user_type"] == "new",
        "purchase_price": frame["price_ratio"],
        "purchase_stock_low": frame["stock_band"] == "low",
        "purchase_promised_day": frame["promised_days"] - 1,
        "purchase_last_late": frame["last_late"],
        "purchase_treatment": frame["experiment"] == "checkout:treatment",
        "purchase_returned": frame["is_taken_up"],
    }
    agrees(frame, columns, {name: getattr(settings.funnel, name) for name in columns})


def test_the_carts_have_the_written_coefficients() -> None:
    """So it does on putting into the cart, of products in stock."""
    settings, _, _ = month()
    frame = reached(clicks(), "click", "add_to_cart")
    frame = frame[(frame["stock_band"] != "out") & ~frame["is_taken_up"]]
    columns = {
        "cart_base": pd.Series(1.0, frame.index),
        "cart_mobile": frame["device_type"] == "mobile",
        "cart_social": frame["referrer_url"] == "https://social.example/",
        "cart_mail": frame["referrer_url"] == "https://mail.example/shop",
        "cart_price": frame["price_ratio"],
    }
    agrees(frame, columns, {name: getattr(settings.funnel, name) for name in columns})


def test_the_clicks_have_the_written_coefficients() -> None:
    """And on looking closer."""
    settings, _, _ = month()
    frame = reached(clicks(), "view", "click")
    frame = frame[~frame["is_taken_up"]]
    columns = {
        "click_base": pd.Series(1.0, frame.index),
        "click_mobile": frame["device_type"] == "mobile",
        "click_campaign": frame["campaign"].notna(),
    }
    agrees(frame, columns, {name: getattr(settings.funnel, name) for name in columns})


def test_sessions_come_by_hour_weekday_and_campaign() -> None:
    """Their number a day is Poisson around what is expected; hours have the written shares."""
    settings, _, told = month()
    visits = told["sessions"]
    people = visits[~visits["is_bot"] & ~visits["takes_cart_up"]]
    a_day = people.groupby("day").size()
    expected = pd.Series({day: sessions.expected(settings, day) for day in a_day.index})
    z = (a_day - expected) / np.sqrt(expected)
    assert z.abs().max() < DEVIATIONS and 0.5 < z.std() < 1.5
    assert expected[3] > 1.2 * expected[10]  # a campaign runs on the first of these weekdays
    begun = clicks().drop_duplicates("session_id")
    begun = begun[~begun["is_bot"] & ~begun["takes_cart_up"]]
    shares = np.array(settings.commerce.hours) / sum(settings.commerce.hours)
    found = begun["hour"].value_counts().reindex(range(24), fill_value=0).to_numpy()
    chi = ((found - shares * len(begun)) ** 2 / (shares * len(begun))).sum()
    assert chi < 23 + DEVIATIONS * math.sqrt(2 * 23)


def test_bots_have_their_share_and_buy_nothing() -> None:
    """Of all sessions that begin anew, the stated share is a bot's, and none of them buys."""
    settings, _, told = month()
    visits = told["sessions"]
    fresh = visits[~visits["takes_cart_up"]]
    share = settings.commerce.bot_share
    deviation = math.sqrt(share * (1 - share) / len(fresh))
    assert abs(fresh["is_bot"].mean() - share) < DEVIATIONS * deviation
    bots = clicks()[clicks()["is_bot"]]
    assert set(bots["event_type"]) == {"view", "click"}


def test_views_follow_zipf_and_taste() -> None:
    """Within a category, products are viewed in proportion to their popularity."""
    settings, _, told = month()
    shares = told["products"].set_index("product_id")["popularity"]
    seen = clicks().query("event_type == 'view' and not takes_cart_up")
    views = seen["product_id"].value_counts().reindex(shares.index, fill_value=0)
    for category in ("PHO", "LAP", "CAM"):
        chosen = shares.index.str.startswith(category)
        assert np.corrcoef(views[chosen], shares[chosen])[0, 1] > 0.98
    rank = shares.sort_values(ascending=False).to_numpy()
    exponent = -np.polyfit(np.log(np.arange(1, len(rank) + 1)), np.log(rank), 1)[0]
    assert exponent == pytest.approx(settings.commerce.zipf_exponent)


def test_who_buys_a_camera_buys_what_goes_with_it() -> None:
    """A product's companions are viewed far more often after it was put into the cart."""
    _, _, told = month()
    companions = told["products"].set_index("product_id")["companions"].str.split(",")
    frame = clicks()[clicks()["event_type"].isin(["view", "add_to_cart"])]
    frame = frame.sort_values(["session_id", "timestamp"])
    before = frame.groupby("session_id")[["event_type", "product_id"]].shift(1)
    after_cart = frame[(before["event_type"] == "add_to_cart") & (frame["event_type"] == "view")]
    carted = before.loc[after_cart.index, "product_id"]
    with_companions = carted.map(companions).map(lambda c: c != [""])
    after_cart, carted = after_cart[with_companions], carted[with_companions]
    goes_with = [p in companions[c] for p, c in zip(after_cart["product_id"], carted, strict=True)]
    share = Settings().commerce.affinity_share
    assert np.mean(goes_with) == pytest.approx(share, abs=0.06)


@pytest.mark.parametrize("component", range(6))
def test_lives_have_the_stated_mean(component: int) -> None:
    """The mean of 4,000 lives is the stated one, within 4 deviations."""
    fleet = Settings().fleet
    rng = generator(3, "lives", component)
    lives = np.array([draw_life(fleet, component, rng) for _ in range(4000)])
    mean = mean_lives(fleet)[component]
    assert abs(lives.mean() - mean) < DEVIATIONS * lives.std() / math.sqrt(len(lives))


def test_a_fleet_fails_as_often_as_its_lives_say() -> None:
    """Over 40 days, failures are as many as use divided by mean life, within 4 deviations."""
    fleet = {"alternator_hours": 120.0, "cooling_hours": 150.0, "puncture_km": 1500.0}
    settings = small(trucks=20, customers=4000, days=40, fleet=fleet)
    tables = TruthTables()
    world = World(settings, tables)
    for day in range(settings.days):
        for _ in world.day(day):
            pass
    told = tables.tables()
    days, failures = told["truck_days"], told["failures"]
    engine_hours = (days["idle_seconds"].sum() + days["moving_seconds"].sum()) / 3600
    for component, use, mean in (
        ("alternator", engine_hours, 120.0),
        ("cooling", engine_hours, 150.0),
    ):
        found = (failures["component"] == component).sum()
        # Renewals of a Weibull of shape 2.5 scatter less than a Poisson process would.
        assert abs(found - use / mean) < DEVIATIONS * math.sqrt(use / mean), component
    assert (failures.query("unit == 'engine hours'")["failed_use"] + 0.01
            >= failures.query("unit == 'engine hours'")["installed_use"]).all()  # fmt: skip
    assert set(failures["component"]) <= set(COMPONENTS)


def test_imperfections_come_at_their_rates() -> None:
    """Each fault is as frequent as its setting, within 4 deviations; delays last as stated."""
    rates = {"duplicated": 0.02, "reordered": 0.03, "malformed": 0.01, "dropout": 0.02,
             "outages_per_truck_day": 3.0, "outage_minutes": 30.0}  # fmt: skip
    settings = small(trucks=20, imperfection=rates)
    _, everything, told = run(settings)
    records = told["records"]
    readings = 20 * 3 * 1440
    fates = records[records["stream"] == "TruckTelemetry"]["fate"].value_counts()
    for fate in ("duplicated", "reordered", "malformed"):
        rate = rates[fate]
        deviation = math.sqrt(readings * rate * (1 - rate))
        assert abs(fates[fate] - readings * rate) < DEVIATIONS * deviation, fate
    delayed = records[records["fate"] == "delayed"]
    assert 0.6 < len(delayed) / (20 * 3 * 3.0 * 31) < 1.4
    seen = [m for m in everything if m.stream == "TruckTelemetry"]
    silent = np.mean([b'"gps":{"latitude":null' in m.data for m in seen])
    assert silent == pytest.approx(0.02, abs=DEVIATIONS * math.sqrt(0.02 / len(seen)))


def test_the_sensors_are_as_noisy_as_stated() -> None:
    """Against a world without noise the readings scatter by the stated deviations."""
    quiet = msgspec.structs.replace(small(days=1), imperfection=PERFECT)
    noisy = msgspec.structs.replace(
        quiet, imperfection=Imperfection(**{**msgspec.structs.asdict(PERFECT), "noise": 1.0})
    )
    found = []
    for settings in (quiet, noisy):
        readings = events(run(settings)[1], Telemetry)
        found.append(sorted(readings, key=lambda r: r.event_id[9:]))
    for name, path in (("temperature", ("engine", "temperature")), ("ambient",
                        ("environment", "temperature")), ("pressure", ("environment", "pressure")),
                       ("volts", ("engine", "battery_voltage"))):  # fmt: skip
        values = [np.array([getattr(getattr(r, path[0]), path[1]) for r in f]) for f in found]
        scatter = float(np.std(values[1] - values[0]))
        assert scatter == pytest.approx(NOISE[name], rel=0.12), name


def test_the_operations_tell_the_story_of_the_orders() -> None:
    """Orders are loaded, out, and delivered or failed, in this order; prices come first."""
    _, everything, told = month()
    steps = [e for e in everything if isinstance(e, DeliveryEvent)]
    by_order: dict[str, list[DeliveryEvent]] = {}
    for step in sorted(steps, key=lambda e: e.timestamp):
        by_order.setdefault(step.order_id, []).append(step)
    bought = set(told["orders"]["order_id"])
    assert set(by_order) <= bought
    for story in by_order.values():
        words = [s.status for s in story]
        text = " ".join(words)
        for end in ("delivered", "failed"):
            assert text.count(end) <= text.count("out") == text.count("loaded")
        assert words.index("cancelled") == len(words) - 1 if "cancelled" in words else True
        assert len({(s.promised_from, s.promised_until) for s in story}) == 1
    services = [e for e in everything if isinstance(e, TruckService)]
    pumped = sum(s.litres or 0 for s in services if s.service == "refuel")
    assert pumped == pytest.approx(told["receipts"]["litres_told"].sum(), rel=1e-3)
    changes = [e for e in everything if isinstance(e, ProductChange)]
    assert len({c.product_id for c in changes[: Settings().commerce.products]}) == 200


def test_what_the_stream_says_of_late_orders_is_the_truth() -> None:
    """Delivered after the promised window on the stream is late in the truth, and the reverse."""
    _, everything, told = month()
    on_stream = {
        e.order_id for e in everything
        if isinstance(e, DeliveryEvent) and e.status == "delivered"
        and e.timestamp > e.promised_until
    }  # fmt: skip
    stops = told["stops"]
    assert on_stream == set(stops.loc[stops["late_seconds"] > 0, "order_id"])
    assert (stops.loc[stops["late_seconds"] > 0, "cause"] != "").all()
    assert 0.01 < (stops["late_seconds"].dropna() > 0).mean() < 0.3


def test_the_last_product_change_is_what_the_shop_shows() -> None:
    """At the end, band and price by the operations are those of the shop's own books."""
    settings = perfect(days=6, customers=3000, commerce={"price_change_per_day": 0.2})
    _world, everything, told = run(settings)
    changes = sorted(events(everything, ProductChange), key=lambda c: c.timestamp)
    last = {c.product_id: c for c in changes}
    stock = told["demand"].query(f"day == {settings.days - 1}").set_index("product_id")["stock"]
    assert len({c.stock_band for c in changes}) == 3
    before_midnight = [c for c in events(everything, Click) if c.event_type == "purchase"]
    late = {c.product_id for c in before_midnight if c.timestamp >= settings.ends}
    for product, change in last.items():
        if product not in late:
            assert (change.stock_band == "out") == (stock[product] <= 0), product
    clicks = events(everything, Click)
    shown = {c.product_id: c.shown_price for c in sorted(clicks, key=lambda c: c.timestamp)}
    assert all(last[product].price == price for product, price in shown.items())
