"""What a producer hands to the sender."""

from datetime import datetime
from typing import NamedTuple

from cartwheel.events import Event, Kind, encode


class Message(NamedTuple):
    """
    A record on its way.

    Attributes
    ----------
    stream, partition_key, data
        As Kinesis takes them.
    at
        When it is sent, in the time of the source, seconds since 1970: sets a replay's pace.
    """

    stream: str
    partition_key: str
    data: bytes
    at: float


def message(kind: Kind, event: Event, at: datetime) -> Message:
    """Encode an event for its stream."""
    key = str(getattr(event, kind.partition_key))
    return Message(kind.stream, key, encode(event), at.timestamp())
