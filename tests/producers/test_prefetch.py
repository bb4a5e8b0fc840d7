"""Making messages ahead changes neither their order nor their errors."""

import threading
from collections.abc import Iterator

import pytest

from producers.message import Message
from producers.prefetch import CHUNK, CHUNKS, prefetch


def numbered(count: int) -> Iterator[Message]:
    for n in range(count):
        yield Message("S", str(n), b"", float(n))


@pytest.mark.parametrize("count", [0, 1, CHUNK, CHUNK * 3 + 7])
def test_every_message_comes_once_and_in_order(count: int) -> None:
    """What goes in comes out."""
    assert list(prefetch(numbered(count))) == list(numbered(count))


def test_an_error_is_raised_after_what_came_before_it() -> None:
    """Whoever takes the messages sees what went wrong in making them."""

    def failing() -> Iterator[Message]:
        yield from numbered(CHUNK)
        raise ValueError("the world ended")

    taken = []
    with pytest.raises(ValueError, match="the world ended"):
        for message in prefetch(failing()):
            taken.append(message)
    assert len(taken) == CHUNK


def test_only_so_much_is_made_in_advance() -> None:
    """A slow taker holds the maker up, so that memory is bounded."""
    made = 0

    def counting() -> Iterator[Message]:
        nonlocal made
        for message in numbered(CHUNK * CHUNKS * 3):
            made += 1
            yield message

    source = prefetch(counting())
    next(source)
    threading.Event().wait(0.5)
    assert CHUNK <= made <= CHUNK * (CHUNKS + 2)
    source.close()


def test_nothing_goes_on_when_the_taker_stops() -> None:
    """Closing ends the other thread."""
    before = threading.active_count()
    source = prefetch(numbered(10**9))
    next(source)
    source.close()
    assert threading.active_count() == before
