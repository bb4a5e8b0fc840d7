"""From columns to messages: delays, repetitions and damage, then the order of sending."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from producers.message import Message
from producers.simulate.ground.column_buffers import ColumnBuffer, Columns
from producers.simulate.groups import Imperfection
from producers.simulate.wire.kinds import Wire

Ints = NDArray[np.int64]

LATENCY_MS = (200, 1500)
REPEATED_AFTER_SECONDS = 20.0
DAMAGES = 3
HOUR_MS = 3_600_000


@dataclass
class _Waiting:
    """Records on their way, in the order of their sending: when (ms), how damaged (0: not)."""

    columns: Columns
    sent: Ints
    damage: Ints

    @classmethod
    def ordered(cls, columns: Columns, sent: Ints, damage: Ints) -> Self:
        """Sort records once, so that what is due later is a slice."""
        order = np.argsort(sent, kind="stable")
        sorted_columns = {name: values[order] for name, values in columns.items()}
        return cls(sorted_columns, sent[order], damage[order])

    def part(self, chosen: slice) -> Self:
        """Return a part, without copying it."""
        columns = {name: values[chosen] for name, values in self.columns.items()}
        return type(self)(columns, self.sent[chosen], self.damage[chosen])


def fates() -> ColumnBuffer:
    """Begin a day's fates: which records were delayed, reordered, doubled or damaged."""
    return ColumnBuffer("stream", "event_id", "fate", "happened_ms", "sent_ms")


class Transport:
    """One kind of record on its way to its stream."""

    def __init__(self, wire: Wire, imperfection: Imperfection) -> None:
        self.wire, self._imperfect = wire, imperfection
        self._waiting: list[_Waiting] = []

    def put(
        self, rng: np.random.Generator, columns: Columns, happened: Ints, fates: ColumnBuffer,
        held: Ints | None = None,
    ) -> None:  # fmt: skip
        """
        Take records in, and decide when each is sent and whether it suffers.

        Parameters
        ----------
        columns
            Of the wire's layout.
        happened
            When, in true milliseconds since 1970.
        held
            Until when each is held back by an outage, 0 where by none.
        """
        count, imperfect = len(happened), self._imperfect
        if not count:
            return
        sent = happened + rng.integers(*LATENCY_MS, count)
        held = np.zeros(count, np.int64) if held is None else held
        sent = np.maximum(sent, held + rng.integers(*LATENCY_MS, count) * (held > 0))
        swapped = rng.random(count) < imperfect.reordered
        sent = sent + swapped * (rng.random(count) * imperfect.reorder_seconds * 1000).astype(int)
        damage = (rng.random(count) < imperfect.malformed) * rng.integers(1, DAMAGES + 1, count)
        again = np.flatnonzero(rng.random(count) < imperfect.duplicated)
        pause = rng.exponential(REPEATED_AFTER_SECONDS, len(again)) * 1000
        needed = {name: columns[name] for name in self.wire.layout.columns}
        repeated = (sent[again] + pause).astype(np.int64)
        for fate, suffers in (
            ("delayed", held > happened), ("reordered", swapped), ("malformed", damage > 0)
        ):  # fmt: skip
            places = np.flatnonzero(suffers)
            self._tell(fates, fate, needed, places, happened, sent[places])
        self._tell(fates, "duplicated", needed, again, happened, repeated)
        self._waiting.append(_Waiting.ordered(needed, sent, damage))
        if len(again):
            copies = {name: values[again] for name, values in needed.items()}
            self._waiting.append(_Waiting.ordered(copies, repeated, damage[again]))

    def _tell(
        self, fates: ColumnBuffer, fate: str, columns: Columns, places: Ints, happened: Ints,
        sent: Ints,
    ) -> None:  # fmt: skip
        if len(places):
            chosen = {name: values[places] for name, values in columns.items()}
            fates.add(
                stream=self.wire.kind.stream, event_id=self.wire.identity.encode(chosen)[1],
                fate=fate, happened_ms=happened[places], sent_ms=sent,
            )  # fmt: skip

    def take(self, until: int) -> tuple[Ints, list[bytes], list[str]]:
        """Return what is sent before a time (ms), in order: times, records, partition keys."""
        parts: list[_Waiting] = []
        later: list[_Waiting] = []
        for block in self._waiting:
            due = int(np.searchsorted(block.sent, until))
            if due:
                parts.append(block.part(slice(due)))
            if due < len(block.sent):
                later.append(block.part(slice(due, None)))
        self._waiting = later
        if not parts:
            return np.zeros(0, np.int64), [], []
        sent = np.concatenate([part.sent for part in parts])
        order = np.argsort(sent, kind="stable")
        columns = {
            name: np.concatenate([part.columns[name] for part in parts])[order]
            for name in parts[0].columns
        }
        records, keys = self.wire.layout.encode(columns)
        damage = np.concatenate([part.damage for part in parts])[order]
        for place in np.flatnonzero(damage).tolist():
            records[place] = damaged(records[place], int(damage[place]))
        return sent[order], records, keys


def damaged(record: bytes, how: int) -> bytes:
    """Break a record as a faulty sender would: cut it off, rename its time, or lose it."""
    if how == 1:
        return record[: len(record) // 2]
    time = b'"timestamp"' if b'"timestamp"' in record else b'"InvoiceDate"'
    return record.replace(time, b'"when"', 1) if how == 2 else b"NaN"


def merged(transports: list[Transport], until: int) -> Iterator[Message]:
    """Yield what all transports send before a time (ms since 1970), in the order of sending."""
    sent: list[Ints] = []
    records: list[bytes] = []
    keys: list[str] = []
    streams: list[str] = []
    for transport in transports:
        times, some, their_keys = transport.take(until)
        sent.append(times)
        records += some
        keys += their_keys
        streams += [transport.wire.kind.stream] * len(some)
    times = np.concatenate(sent)
    order: list[Any] = np.argsort(times, kind="stable").tolist()
    seconds = (times / 1000).tolist()
    for i in order:
        yield Message(streams[i], keys[i], records[i], seconds[i])
