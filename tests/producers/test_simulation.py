"""The simulation is deterministic and physically ordered."""

import json
from collections import Counter
from datetime import UTC, datetime

import pytest
from cartwheel.events import BY_STREAM, EventError, decode

from producers import preview
from producers.simulation import Settings, simulate_messages

SMALL = Settings(trucks=3, sessions=200, days=1, seed=7, malformed=9)
NOW = datetime(2026, 11, 21, tzinfo=UTC)


def test_a_seed_gives_the_same_messages_byte_for_byte() -> None:
    """Two runs of a seed are equal, two seeds are not."""
    assert list(simulate_messages(SMALL)) == list(simulate_messages(SMALL))
    other = Settings(trucks=3, sessions=200, days=1, seed=8)
    assert list(simulate_messages(SMALL)) != list(simulate_messages(other))


def test_messages_are_in_the_order_of_their_time() -> None:
    """What happens later is sent later."""
    times = [m.at for m in simulate_messages(SMALL)]
    assert times == sorted(times)


def test_exactly_the_malformed_records_do_not_validate() -> None:
    """As many records are broken as the settings say, and the rest validates."""
    broken = 0
    for sent in simulate_messages(SMALL):
        try:
            decode(BY_STREAM[sent.stream], sent.data, NOW)
        except EventError:
            broken += 1
    assert broken == SMALL.malformed


def test_no_two_events_share_an_id() -> None:
    """An id tells an event from every other."""
    clean = Settings(trucks=3, sessions=200, days=1, seed=7, malformed=0)
    ids = Counter(json.loads(m.data)["event_id"] for m in simulate_messages(clean))
    assert max(ids.values()) == 1


@pytest.mark.parametrize("seed", range(4))
def test_the_world_keeps_its_own_rules(seed: int) -> None:
    """The odometer rises, the tank falls while driving, no step comes before another."""
    world = preview.of(Settings(trucks=4, sessions=300, days=1, seed=seed))
    assert preview.violations(world) == {
        "the odometer falls": 0,
        "a truck moves and its tank does not fall": 0,
        "a step without the one before": 0,
    }
    assert world.readings["fuel_percent"].between(0, 100).all()


def test_each_rule_notices_what_breaks_it() -> None:
    """The rules are able to fail."""
    world = preview.of(SMALL)
    reversed_odometer = world.readings.assign(odometer=-world.readings["odometer"])
    assert preview.violations(world._replace(readings=reversed_odometer))["the odometer falls"]
    rising = world.readings.assign(fuel_percent=world.readings["odometer"])
    found = preview.violations(world._replace(readings=rising))
    assert found["a truck moves and its tank does not fall"]
    bought = world.clicks.assign(event_type="purchase")
    found = preview.violations(world._replace(clicks=bought))
    assert found["a step without the one before"]
