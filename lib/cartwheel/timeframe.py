"""One interval for every "from, to"."""

from datetime import datetime, timedelta
from typing import NamedTuple, Self

SHORTEST = timedelta(seconds=1)


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

    def at(self, share: float) -> datetime:
        """Return the moment at a share of it: 0 is its beginning, 1 its end."""
        return self.since + self.length * share

    def part(self, percent: tuple[int, int]) -> Self:
        """Return a part of it, from and to in percent of it, a second long at least."""
        low, high = (self.at(each / 100) for each in percent)
        until = max(high, self.since + SHORTEST)
        return type(self)(min(low, until - SHORTEST), until)
