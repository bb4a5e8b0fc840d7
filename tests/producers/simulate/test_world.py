"""A world is deterministic, and what it sends is what the pipeline takes."""

import re
from collections import Counter

import msgspec
import pytest
from cartwheel.events import BY_STREAM, Click, EventError, ProductChange, decode

from producers import preview
from producers.simulate import messages

from .worlds import NOW, events, perfect, run, sent, small


def test_a_seed_gives_the_same_messages_byte_for_byte() -> None:
    """Two runs of a seed are equal, two seeds are not."""
    assert sent(small(days=2)) == sent(small(days=2))
    assert sent(small(days=2)) != sent(small(days=2, seed=8))


def test_the_number_of_processes_changes_nothing() -> None:
    """Two processes give the bytes of one."""
    settings = small(days=2)
    assert list(messages(settings, processes=2)) == sent(settings)


@pytest.mark.parametrize("seed", [1, 7])
def test_a_longer_run_begins_with_the_shorter_one(seed: int) -> None:
    """Days are added at the end; what was sent before stays as it was."""
    shorter, longer = sent(small(days=2, seed=seed)), sent(small(days=4, seed=seed))
    assert longer[: len(shorter)] == shorter
    assert len(longer) > len(shorter) * 1.5


def test_messages_are_in_the_order_of_their_sending() -> None:
    """What is sent later comes later."""
    times = [message.at for message in sent(small())]
    assert times == sorted(times)


def test_exactly_the_malformed_records_do_not_validate() -> None:
    """Records that the truth calls malformed are refused, all others are events."""
    settings = small(imperfection={"malformed": 0.01, "duplicated": 0.0})
    _, everything, told = run(settings)
    fates = told["records"]
    begin = settings.local_midnight.timestamp()
    broken = fates[(fates["fate"] == "malformed")]
    broken = broken[broken["sent_ms"] < (begin + settings.days * 86_400) * 1000]
    refused = 0
    for message in everything:
        try:
            event = decode(BY_STREAM[message.stream], message.data, NOW)
            assert event.event_id not in set(broken["event_id"])
        except EventError:
            refused += 1
    assert refused == len(broken) > 50


def test_a_message_goes_by_its_entity() -> None:
    """The partition key is what the event is about, as the library has it."""
    for message in sent(perfect(days=2)):
        kind = BY_STREAM[message.stream]
        event = decode(kind, message.data, NOW)
        assert message.partition_key == getattr(event, kind.partition_key)


def test_arrivals_less_repetitions_are_the_events() -> None:
    """Every event arrives once, and once more if the truth says that it was doubled."""
    settings = small(imperfection={"malformed": 0.0, "duplicated": 0.05})
    _, everything, told = run(settings)
    fates = told["records"]
    end = settings.ends.timestamp() * 1000
    doubled = fates[(fates["fate"] == "duplicated") & (fates["sent_ms"] < end)]
    counts = Counter(msgspec.json.decode(m.data)["event_id"] for m in everything)
    assert len(everything) - len(doubled) == len(counts)
    assert {i for i, n in counts.items() if n > 1} == set(doubled["event_id"])
    assert len(doubled) > 100


def test_a_perfect_world_has_no_faults() -> None:
    """With every rate at zero nothing is doubled, delayed, broken, silent or stuck."""
    world, everything, told = run(perfect(days=2))
    assert "records" not in told and "stuck_sensors" not in told
    ids = Counter(msgspec.json.decode(m.data)["event_id"] for m in everything)
    assert max(ids.values()) == 1
    unknown = re.compile(rb'"fuel_(consumption|used)":null')  # standing, without a counter
    assert all(b"null" not in unknown.sub(b"", m.data)
               for m in everything if m.stream == "TruckTelemetry")  # fmt: skip
    assert world.dispatch.fleet.clock_skew.tolist() == [0.0] * 4


def test_the_truth_never_travels() -> None:
    """Nothing that the stream sends names a bot, a severity, a consumption factor or a cause."""
    text = b"".join(m.data for m in sent(small(days=2)))
    for word in (
        b"bot",
        b"consumption_factor",
        b"severity",
        b"cause",
        b"odds",
        b"taken_up",
        b"loyal",
    ):
        assert word not in text.lower(), word


@pytest.mark.parametrize("seed", range(6))
def test_the_world_keeps_its_own_rules(seed: int) -> None:
    """Litres, kilometres, orders, steps and stock are conserved, whatever the seed."""
    world = preview.of(small(days=4, seed=seed, imperfection={"outages_per_truck_day": 2.0}))
    assert set(preview.violations(world).values()) == {0}
    account = preview.orders(world)
    assert account["bought"] == sum(account.values()) - account["bought"]
    fuel = preview.litres(world)
    assert fuel["start"] + fuel["refuelled"] == pytest.approx(fuel["burnt"] + fuel["left"])


def test_each_rule_notices_what_breaks_it() -> None:
    """The rules are able to fail."""
    made = preview.of(small(days=4))
    days, demand = made.truth["truck_days"], made.truth["demand"]
    steps = made.truth["order_steps"]
    closing = steps[steps["status"] == "delivered"]
    broken = {
        "litres that came from nowhere": ("truck_days", days.assign(litres_burnt=1.0)),
        "an odometer that is not the distance": ("truck_days", days.assign(kilometres=1.0)),
        "stock below zero": ("demand", demand.assign(stock=-1)),
        "an order closed twice, or never made": ("order_steps", closing.iloc[[0, 0]]),
    }
    for rule, (table, frame) in broken.items():
        wrong = preview.World(made.readings, made.clicks, made.truth | {table: frame}, made.start)
        assert preview.violations(wrong)[rule] > 0, rule
    bought = made.clicks.assign(event_type="purchase")
    wrong = preview.World(made.readings, bought, made.truth, made.start)
    assert preview.violations(wrong)["a step without the one before"] > 0


EXTREMES: dict[str, dict[str, object]] = {
    "a pump before every leg": {"fleet": {"refuel_below": 0.9, "tank_litres": 40.0}},
    "lives of a day": {
        "fleet": {"alternator_hours": 4.0, "puncture_km": 60.0, "leak_kpa_per_day": 400.0,
                  "battery_days": 2.0, "transmission_km": 300.0, "workshop_hours": 40.0},
    },
    "every fault": {
        "imperfection": {"noise": 10.0, "dropout": 0.5, "stuck_per_truck_day": 1.0,
                         "outages_per_truck_day": 9.0, "outage_minutes": 300.0,
                         "reordered": 1.0, "duplicated": 1.0},
    },
    "one window, few stops": {"logistics": {"windows": [[9, 22]], "stops_per_route": 1}},
    "slow roads": {"logistics": {"speed_limits": [12, 12, 12], "latest_hour": 23.5}},
    "a shop at midnight": {
        "commerce": {"hours": [0] * 23 + [1], "views_mean": 20.0, "price_change_per_day": 0.5,
                     "withdrawn_per_day": 0.1, "products": 20},
    },
    "thieves every day": {
        "losses": {"thefts_per_truck_day": 1.0, "leaks_per_truck_day": 1.0,
                   "theft_litres": [100, 200], "leak_litres_per_day": [50, 90],
                   "receipts_missing": 0.5, "receipts_wrong": 1.0},
    },
    "one truck, no rota": {"trucks": 1, "drivers": {"rota_days": 0, "stand_ins": 0}},
    "harsh everywhere": {
        "drivers": {"harsh_acceleration_per_100km": 100.0, "harsh_corner_per_100km": 100.0,
                    "harsh_by_road": [20, 20, 20], "speeding_from": 1.0},
        "fleet": {"harsh_per_100km": 100.0},
    },
    "nobody at home": {"logistics": {"not_at_home_share": 1.0}},
    "everything cancelled": {"commerce": {"cancel_share": 1.0, "bot_share": 0.9}},
}  # fmt: skip


@pytest.mark.parametrize("name", EXTREMES)
def test_an_extreme_world_is_a_sound_one(name: str) -> None:
    """Its records decode, its rules hold, and no click contradicts the price in force."""
    settings = small(days=4, customers=1000, **EXTREMES[name])
    clean = msgspec.structs.replace(settings.imperfection, malformed=0.0)
    settings = msgspec.structs.replace(settings, imperfection=clean)
    everything = events(sent(settings), object)
    assert set(preview.violations(preview.of(settings)).values()) == {0}
    price: dict[str, float] = {}
    timed = [e for e in everything if isinstance(e, Click | ProductChange)]
    for event in sorted(timed, key=lambda e: (e.timestamp, isinstance(e, Click))):
        if isinstance(event, ProductChange):
            price[event.product_id] = -1.0 if event.withdrawn else event.price
        else:
            assert event.shown_price == price[event.product_id], event


def test_nobody_knows_of_a_delivery_that_is_still_to_come() -> None:
    """Whoever came late is remembered from the next day on, not before."""
    settings = perfect(days=8, customers=1500, logistics={"peak_factors": [0.3, 0.3, 0.3]})
    _, _, told = run(settings)
    steps, visits, orders = told["order_steps"], told["sessions"], told["orders"]
    delivered = steps[steps["status"] == "delivered"].merge(
        orders[["order_id", "user_id"]], on="order_id"
    )
    first = delivered.groupby("user_id")["at"].min() // 86_400
    buyers = orders.merge(visits, on="session_id")
    flagged = buyers[buyers["last_late"]]
    assert len(flagged) > 3
    assert (flagged["day"] > flagged["user_id"].map(first)).all()
