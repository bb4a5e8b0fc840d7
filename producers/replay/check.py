"""What a file would send: its events counted, its refusals by reason, each signal's values."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cartwheel.errors import UsageError
from cartwheel.events import EventError, decode
from tqdm import tqdm

from producers.replay.mapping import Mapping
from producers.replay.translate import Made, source_name, translated

# As many different trucks and visits are counted, and told as "more than" beyond.
MANY = 100_000
# What boxes and files write for "no value": the ends of 8, 16 and 32 bits, and round numbers.
CODES = frozenset(
    {-1, -99, -999, -9999, 99, 999, 9999, 127, 254, 255, 32767, 65534, 65535, 2**31 - 1, 2**32 - 1}
)  # fmt: skip
# A code is suspected from this share of a signal's values on; a constant from so many values.
SUSPECT, FEW = 0.01, 10


@dataclass
class Reason:
    """Why rows are refused: how many, and the first of them."""

    count: int = 0
    sample: str = ""


@dataclass
class Values:
    """The values of one field: how many, their range, and which of them are suspected."""

    count: int = 0
    first: Any = None
    is_constant: bool = True
    low: float = float("inf")
    high: float = float("-inf")
    codes: Counter[float] = field(default_factory=Counter)
    aside: Counter[str] = field(default_factory=Counter)

    def add(self, value: Any) -> None:
        """Count a value."""
        if self.count == 0:
            self.first = value
        elif self.is_constant and value != self.first:
            self.is_constant = False
        self.count += 1
        if type(value) in (int, float):
            self.low, self.high = min(self.low, value), max(self.high, value)
            if value in CODES:
                self.codes[value] += 1

    def suspicions(self) -> list[str]:
        """Return what is odd about the values."""
        found = []
        if self.is_constant and self.count >= FEW and self.low <= self.high:
            found.append(f"always {self.first:g}")
        elif self.codes:
            code, count = self.codes.most_common(1)[0]
            is_at_an_end = code in (self.low, self.high)
            if is_at_an_end and count >= SUSPECT * self.count and count >= FEW:
                found.append(f"{code:g} in {count:,} of {self.count:,}: a code for no value?")
        found += [f"{n:,} set aside: {rule}" for rule, n in self.aside.most_common(2)]
        return found


@dataclass
class Found:
    """What one kind of event holds."""

    count: int = 0
    first: datetime | None = None
    last: datetime | None = None
    subjects: set[str] = field(default_factory=set)
    types: Counter[str] = field(default_factory=Counter)
    fields: dict[str, Values] = field(default_factory=dict)

    def add(self, content: dict[str, Any], event: Any, key: str) -> None:
        """Count an event: what the row said, and what the decoder made of it."""
        self.count += 1
        moment = getattr(event, "timestamp", None) or event.InvoiceDate
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        self.first = moment if self.first is None else min(self.first, moment)
        self.last = moment if self.last is None else max(self.last, moment)
        if len(self.subjects) <= MANY:
            self.subjects.add(key)
        self.types[content.get("event_type", content.get("operation", ""))] += 1
        aside = {each.field: each.rule for each in event.set_aside or ()}
        for path, value in _flat(content, ""):
            values = self.fields.setdefault(path, Values())
            if path in aside:
                values.aside[aside[path]] += 1
            else:
                values.add(value)


@dataclass
class Checked:
    """What files hold: rows, events by kind, refusals by reason, rows of no event."""

    rows: int = 0
    kinds: dict[str, Found] = field(default_factory=dict)
    refused: dict[str, Reason] = field(default_factory=dict)
    skipped: Reason = field(default_factory=Reason)

    @property
    def count_refused(self) -> int:
        """How many events the streams would refuse."""
        return sum(reason.count for reason in self.refused.values())


def check(
    paths: list[Path],
    mapping: Mapping,
    source: str | None,
    *,
    with_values: bool = False,
    progress: bool = False,
) -> Checked:
    """
    Read files whole, and return what they would send.

    Parameters
    ----------
    paths, mapping, source
        As they would be sent.
    with_values
        Look at the values of every field too.
    progress
        Show how far it is.

    Raises
    ------
    UsageError
        If a file cannot be read or lacks a column, or if they hold no row.
    """
    checked, now = Checked(), datetime.now(UTC)
    for path in paths:
        before = ""
        rows = translated(path, mapping, source_name(path, source))
        told = f"Checking {path.name}"
        for made in tqdm(rows, told, unit=" rows", unit_scale=True, disable=not progress):
            checked.rows += made.place != before
            before = made.place
            if isinstance(made, Made):
                _count(checked, path, made, now, with_values=with_values)
            else:
                checked.skipped.count += 1
                checked.skipped.sample = checked.skipped.sample or f"{path}, {made.place}"
    if not checked.rows:
        raise UsageError(f"{', '.join(map(str, paths))}: there is no row.")
    return checked


def require_whole(checked: Checked) -> None:
    """
    See that the streams would take every event.

    Raises
    ------
    UsageError
        If they would refuse one: reasons, counts, and the first of each.
    """
    if not checked.refused and checked.kinds:
        return
    if not checked.refused:
        raise UsageError(
            f"No row is one of the mapping's events; the first is {checked.skipped.sample}. "
            "Look at 'when'. Nothing was sent."
        )
    reasons = sorted(checked.refused.values(), key=lambda reason: -reason.count)
    told = "\n".join(f"  {reason.count:,} like {reason.sample}" for reason in reasons[:10])
    raise UsageError(
        f"{checked.count_refused:,} of {checked.rows:,} rows would be refused:\n{told}\n"
        "Nothing was sent. Correct the mapping, leave such rows out with 'when', or send all of "
        "them by 'python -m producers replay --quarantine' and look at them in the quarantine."
    )


def _count(checked: Checked, path: Path, made: Made, now: datetime, *, with_values: bool) -> None:
    message = made.message
    try:
        event = decode(made.kind, message.data, now)
    except EventError as error:
        reason = checked.refused.setdefault(f"{error.field}: {error.rule}", Reason())
        reason.count += 1
        reason.sample = reason.sample or f"{path}, {made.place}: {error}"
        return
    found = checked.kinds.setdefault(made.kind.name, Found())
    if with_values:
        found.add(made.event, event, message.partition_key)


def _flat(content: dict[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, value in content.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
