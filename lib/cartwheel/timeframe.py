"""One interval for every "from, to"."""

import math
import re
from datetime import datetime, timedelta
from typing import NamedTuple, Self

from cartwheel import display
from cartwheel.errors import UsageError

SHORTEST = timedelta(seconds=1)
_BACK = re.compile(r"-(\d{1,4})([hd])")
_ALLOWED = (
    "allowed are a date and time such as '2026-03-01 08:00', a date, or '-24h' or '-7d' for that "
    "long before the end of the data"
)


class Interval(NamedTuple):
    """A time in UTC, from ``since`` until before ``until``."""

    since: datetime
    until: datetime

    @classmethod
    def holding(cls, first: datetime, last: datetime) -> Self:
        """Return the interval from a first event until just after a last one."""
        return cls(first, last + SHORTEST)

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.until - self.since

    @property
    def before(self) -> Self:
        """The interval of the same length that ends where this one begins."""
        return type(self)(self.since - self.length, self.since)

    @property
    def name_before(self) -> str:
        """The name of that interval, such as ``the 7 days before``."""
        hours = round(self.length / timedelta(hours=1))
        if hours < 1:
            return "the time before"
        number, unit = (hours, "hour") if hours < 48 or hours % 24 else (hours // 24, "day")
        return f"the {number} {unit}s before" if number > 1 else f"the {unit} before"

    @property
    def middle(self) -> datetime:
        """The moment half-way."""
        return self.since + self.length / 2

    def last(self, length: timedelta) -> Self:
        """Return the last so much of it."""
        return type(self)(max(self.since, self.until - length), self.until)

    def holds(self, other: "Interval") -> bool:
        """Is another one wholly inside?"""
        return self.since <= other.since and other.until <= self.until

    def part(self, since: str, until: str) -> Self:
        """
        Return the part that a page's parameters ``since`` and ``until`` name.

        Parameters
        ----------
        since, until
            A time on the environment's clock, a date, ``-24h`` or ``-7d`` before the end of
            this interval; empty for its own beginning and end.

        Raises
        ------
        UsageError
            If a word is none of these, or nothing is left.
        """
        begin = parse_moment("since", since, self) if since else self.since
        end = parse_moment("until", until, self) if until else self.until
        if begin >= end or begin >= self.until or end <= self.since:
            first, last = (f"{display.current().clock(each):%Y-%m-%d %H:%M}" for each in self)
            raise UsageError(
                f"since={since!r}, until={until!r}: no time is left; the data are from {first} "
                f"until {last}, {display.current().zone_name}."
            )
        return type(self)(begin, end)


def parse_moment(name: str, text: str, within: Interval) -> datetime:
    """
    Return the moment that a parameter's text means, in UTC.

    Raises
    ------
    UsageError
        Naming the parameter, if the text means none.
    """
    if back := _BACK.fullmatch(text):
        unit = {"h": timedelta(hours=1), "d": timedelta(days=1)}[back[2]]
        return within.until - int(back[1]) * unit
    try:
        return display.current().instant(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        raise UsageError(f"{name}: {text!r} is not understood; {_ALLOWED}.") from None


def lasting(seconds: float) -> str:
    """Return a length of time in the unit that suits it, such as ``0.4 s`` or ``12 h``."""
    units = (("s", 1, 120), ("min", 60, 7200), ("h", 3600, 172_800), ("days", 86_400, math.inf))
    unit, size = next((unit, size) for unit, size, until in units if seconds < until)
    number = seconds / size
    return f"{number:.2g} {unit}" if number < 10 else f"{number:,.0f} {unit}"
