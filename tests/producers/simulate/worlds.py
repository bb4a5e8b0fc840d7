"""Small worlds for the tests, and their messages as events."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pandas as pd
from cartwheel.events import BY_STREAM, decode

from producers.message import Message
from producers.simulate import Settings, World, messages
from producers.simulate.groups import Imperfection
from producers.simulate.settings import make
from producers.simulate.truth.store import TruthTables

NOW = datetime(2026, 11, 21, tzinfo=UTC)
PERFECT = Imperfection().scaled(0)


def small(**values: Any) -> Settings:
    """Make the settings of a small world."""
    return make({"trucks": 4, "customers": 400, "days": 3, **values}, "a test")


def perfect(**values: Any) -> Settings:
    """Make a small world without any fault between truth and stream."""
    return msgspec.structs.replace(small(**values), imperfection=PERFECT)


def run(settings: Settings) -> tuple[World, list[Message], dict[str, pd.DataFrame]]:
    """Run a world to its end."""
    told = TruthTables()
    world = World(settings, told)
    sent = [message for day in range(settings.days) for message in world.day(day)]
    return world, sent, told.tables()


def sent(settings: Settings) -> list[Message]:
    """Return a world's messages."""
    return list(messages(settings))


def events(sent: list[Message], kind: type) -> list[Any]:
    """Decode the messages of one kind, as a function of the pipeline would."""
    found = (decode(BY_STREAM[m.stream], m.data, NOW) for m in sent)
    return [event for event in found if isinstance(event, kind)]
