"""What a producer hands to the sender."""

from datetime import datetime
from typing import NamedTuple

from cartwheel.events import Event, Kind, encode


class Message(NamedTuple):
    """A record on its way: ``at`` is when it happened, and sets the pace of a replay."""

    stream: str
    partition_key: str
    data: bytes
    at: datetime


def message(kind: Kind, event: Event, at: datetime) -> Message:
    """Encode an event for its stream."""
    return Message(kind.stream, str(getattr(event, kind.partition_key)), encode(event), at)
