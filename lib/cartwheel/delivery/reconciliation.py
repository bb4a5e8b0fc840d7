"""Reconcile the records: each one sent has landed, is in quarantine, or is missing."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from cartwheel.aws import live_counts
from cartwheel.delivery import batches, quarantine
from cartwheel.environment import Environment
from cartwheel.errors import UsageError
from cartwheel.events import BY_STREAM, CLICK
from cartwheel.printing import aligned
from cartwheel.warehouse import Warehouse

QUIET_SECONDS = 5.0  # without an arrival: then the road is empty


@dataclass(frozen=True)
class Landed:
    """
    What became of one stream's records.

    Parameters
    ----------
    records, events
        Distinct records and events in RAW.
    quarantined
        Records that did not validate and were not sent again.
    counted
        Records in the live counts.
    given_up
        Records of batches that Lambda gave up on before they landed, and that were not resent.
    uncounted, counted_alone
        Records in RAW that the live counts may have missed, and records that they may hold
        though RAW does not, both by batches that were given up.
    """

    records: int = 0
    events: int = 0
    quarantined: int = 0
    counted: int = 0
    given_up: int = 0
    uncounted: int = 0
    counted_alone: int = 0

    def since(self, before: "Landed") -> "Landed":
        """Return what arrived after an earlier account."""
        later, earlier = vars(self), vars(before)
        return Landed(**{name: later[name] - earlier[name] for name in later})


@dataclass(frozen=True)
class Entry:
    """The balance of one stream."""

    stream: str
    sent: int | None  # None if nobody said
    landed: Landed

    @property
    def _left(self) -> int:
        """Records sent that are nowhere; below zero if more arrived than was said."""
        if self.sent is None:
            return 0
        found = self.landed
        return self.sent - found.records - found.quarantined - found.given_up

    @property
    def missing(self) -> int:
        """Records sent that are nowhere: in flight, or lost."""
        return max(0, self._left)

    @property
    def sent_again(self) -> int:
        """Records that arrived beyond what was sent: somebody sent them twice, or resent them."""
        return max(0, -self._left)

    @property
    def verdict(self) -> str:
        """Say whether it adds up, or that there was nothing to compare with."""
        if not self.balanced:
            return "DOES NOT ADD UP"
        if self.sent is None:
            return "not compared with what was sent"
        return f"adds up ({self.sent_again:,} sent again)" if self.sent_again else "adds up"

    @property
    def balanced(self) -> bool:
        """Does it add up, in the warehouse and in the live counts?"""
        found = self.landed
        least, most = found.records - found.uncounted, found.records + found.counted_alone
        is_counted = self.stream != CLICK.stream or least <= found.counted <= most
        return self.missing == 0 and is_counted


def landed_by_stream(warehouse: Warehouse) -> pd.DataFrame:
    """
    Return what landed, a row a stream that brought anything.

    Returns
    -------
    DataFrame
        ``stream``, ``count_rows``, ``count_records``, ``count_events``,
        ``first_happened_at``, ``last_happened_at``, ``last_arrived_at``, ``last_loaded_at``.
    """
    return warehouse.query_file("delivery/landed")


def take(environment: Environment, *, with_counts: bool = True) -> dict[str, Landed]:
    """
    Take the account of all streams as it is now.

    Parameters
    ----------
    with_counts
        Also add up the live counts, which reads the whole table.
    """
    kept = [entry for entry in quarantine.entries(environment) if not entry.resent]
    quarantined = Counter(entry.stream for entry in kept)
    rows = landed_by_stream(environment.warehouse).itertuples()
    landed = {row.stream: (int(row.count_records), int(row.count_events)) for row in rows}
    counted = _counted(environment) if with_counts else 0
    given_up = _given_up(environment)
    if with_counts:
        past = int(environment.warehouse.query_file("delivery/loaded")["count_loaded"].iloc[0])
        lost, uncounted, alone = given_up.get(CLICK.stream, (0, 0, 0))
        given_up[CLICK.stream] = (lost, uncounted + past, alone)
    return {
        stream: Landed(
            *landed.get(stream, (0, 0)),
            quarantined[stream],
            counted if stream == CLICK.stream else 0,
            *given_up.get(stream, (0, 0, 0)),
        )
        for stream in BY_STREAM
    }


def _counted(environment: Environment) -> int:
    """Return the records in the live counts, where a record that stands for n clicks adds n."""
    more = environment.warehouse.query_file("delivery/more_clicks")["count_more"].iloc[0]
    return live_counts.total(environment) - int(more)


def _given_up(environment: Environment) -> dict[str, tuple[int, ...]]:
    """Return per stream ``given_up``, ``uncounted`` and ``counted_alone``."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for batch in batches.entries(environment):
        if batch.was_for_lookups:
            continue  # it landed; 'cartwheel backfill' fills it in
        there = batches.landed(environment, batch)
        if batch.was_for_counting:
            found[batch.stream]["uncounted"] += there
            continue
        invalid = quarantine.count_between(environment, batch)
        nowhere = max(0, batch.count - there - invalid)
        found[batch.stream]["counted_alone"] += nowhere
        found[batch.stream]["given_up"] += 0 if batch.resent else nowhere
    names = ("given_up", "uncounted", "counted_alone")
    return {stream: tuple(one[name] for name in names) for stream, one in found.items()}


def wait_until_balanced(
    environment: Environment,
    sent: Mapping[str, int],
    seconds: float,
    before: Mapping[str, Landed] | None = None,
    tell: Callable[[int], None] = lambda _: None,
) -> list[Entry]:
    """
    Return the balance of the streams as soon as it adds up, or when the time is over.

    Parameters
    ----------
    sent
        Number of records per stream; a stream not named is not compared.
    before
        An earlier account, which is not counted.
    tell
        Told at each look how many records are missing.
    """
    deadline = time.monotonic() + seconds
    while True:
        late = time.monotonic() >= deadline
        entries = _balance(environment, sent, before or {}, with_counts=False)
        tell(sum(entry.missing for entry in entries))
        if late or all(entry.missing == 0 for entry in entries):
            entries = _balance(environment, sent, before or {}, with_counts=True)
            if late or all(entry.balanced for entry in entries):
                return entries
        time.sleep(0.5)


def wait_until_quiet(environment: Environment, seconds: float) -> bool:
    """Wait until nothing more arrives for a while; return False if the time is over before."""
    deadline = time.monotonic() + seconds
    seen, since = take(environment, with_counts=False), time.monotonic()
    while time.monotonic() - since < QUIET_SECONDS:
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.5)
        now = take(environment, with_counts=False)
        if now != seen:
            seen, since = now, time.monotonic()
    return True


def _balance(
    environment: Environment,
    sent: Mapping[str, int],
    before: Mapping[str, Landed],
    *,
    with_counts: bool,
) -> list[Entry]:
    entries = []
    for stream, now in take(environment, with_counts=with_counts).items():
        entries.append(Entry(stream, sent.get(stream), now.since(before.get(stream, Landed()))))
    return entries


def as_table(entries: Sequence[Entry]) -> str:
    """Return the balance as a text table."""
    heads = (
        "stream", "sent", "landed", "repeated", "quarantined", "given up", "missing",
        "live counts", "",
    )  # fmt: skip
    lines = [heads]
    for entry in entries:
        landed = entry.landed
        lines.append(
            (
                entry.stream,
                "-" if entry.sent is None else f"{entry.sent:,}",
                f"{landed.records:,}",
                f"{landed.records - landed.events:,}",
                f"{landed.quarantined:,}",
                f"{landed.given_up:,}",
                "-" if entry.sent is None else f"{entry.missing:,}",
                f"{landed.counted:,}" if entry.stream == CLICK.stream else "-",
                entry.verdict,
            )
        )
    return aligned(lines, right=range(1, len(heads) - 1))


def parse_sent(words: Sequence[str]) -> dict[str, int]:
    """
    Read words such as ``ClickDataStream=20000``.

    Raises
    ------
    UsageError
        Naming the word that is no such account, or the stream that is there twice.
    """
    sent = {}
    for word in words:
        stream, _, number = word.partition("=")
        if stream not in BY_STREAM or not (number.isascii() and number.isdecimal()):
            raise UsageError(
                f"{word!r} is not of the form STREAM=NUMBER, where STREAM is one of "
                f"{', '.join(BY_STREAM)}."
            )
        if stream in sent:
            raise UsageError(f"{stream} is given twice: one number for each stream is allowed.")
        sent[stream] = int(number)
    return sent
