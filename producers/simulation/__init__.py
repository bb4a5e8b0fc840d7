"""A small invented fleet and shop, physically ordered; a seed gives the same events."""

import heapq
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from operator import attrgetter

import msgspec

from producers.message import Message
from producers.simulation import shop, trucks

START = datetime(2026, 10, 5, tzinfo=UTC)  # a Monday


class Settings(msgspec.Struct, frozen=True):
    """Size and seed of the simulation; ``malformed`` broken records are mixed in."""

    trucks: int = 16
    sessions: int = 6_000
    days: int = 1
    seed: int = 7
    malformed: int = 12


def simulate_messages(settings: Settings) -> Iterator[Message]:
    """Yield all messages in the order of their time."""
    sources = [
        trucks.readings(settings.seed, number, START, settings.days)
        for number in range(1, settings.trucks + 1)
    ]
    clicks = list(shop.messages(settings.seed, settings.sessions, START, settings.days))
    clicks.sort(key=attrgetter("at"))
    whole = heapq.merge(*sources, clicks, key=attrgetter("at"))
    count = settings.trucks * settings.days * trucks.READINGS_A_DAY + len(clicks)
    return _with_malformed(whole, count, settings)


def _with_malformed(whole: Iterator[Message], count: int, settings: Settings) -> Iterator[Message]:
    """Follow some records by a broken copy, as a faulty sender would make it."""
    rng = random.Random(f"{settings.seed}/malformed")
    places = set(rng.sample(range(count), min(settings.malformed, count)))
    for place, sent in enumerate(whole):
        yield sent
        if place in places:
            broken = rng.choice(
                (
                    sent.data[: len(sent.data) // 2],
                    sent.data.replace(b'"event_id"', b'"event"'),
                    sent.data.replace(b'"2026-', b'"1926-'),
                    b"NaN",
                )
            )
            yield sent._replace(data=broken)
