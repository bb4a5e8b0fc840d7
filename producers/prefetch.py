"""Makes messages ahead of their sending, so that making a day does not hold the sender up."""

from collections.abc import Generator, Iterable
from itertools import islice
from queue import Empty, Full, Queue
from threading import Event, Thread

from producers.message import Message

CHUNK = 1_000
CHUNKS = 100
_LOOK_SECONDS = 0.2


def prefetch(messages: Iterable[Message]) -> Generator[Message, None, None]:
    """
    Yield messages that another thread makes, up to 100,000 of them in advance.

    The first is yielded when so many are ready, or all: from then on, a taker that keeps a
    pace leaves the maker little to do, and the maker takes it little time.
    What the other thread raises is raised here, after the messages before it.
    """
    ready: Queue[list[Message] | BaseException | None] = Queue(CHUNKS)
    stopped, primed = Event(), Event()

    def offer(item: "list[Message] | BaseException | None") -> None:
        while not stopped.is_set():
            try:
                return ready.put(item, timeout=_LOOK_SECONDS)
            except Full:
                primed.set()

    def fill() -> None:
        source = iter(messages)
        try:
            while not stopped.is_set() and (chunk := list(islice(source, CHUNK))):
                offer(chunk)
            offer(None)
        except BaseException as error:
            offer(error)
        finally:
            primed.set()

    thread = Thread(target=fill, name="prefetch", daemon=True)
    thread.start()
    try:
        primed.wait()
        while True:
            try:
                taken = ready.get(timeout=_LOOK_SECONDS)
            except Empty:
                continue
            if taken is None:
                return
            if isinstance(taken, BaseException):
                raise taken
            yield from taken
    finally:
        stopped.set()
        thread.join()
