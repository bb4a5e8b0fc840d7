"""A claim of an analysis: its goal, what was measured, whether it holds."""

from dataclasses import dataclass

from cartwheel.estimation import intervals


@dataclass(frozen=True)
class Claim:
    """
    One line of the proof.

    Attributes
    ----------
    area, what
        Which analysis says what.
    goal
        At least so much, or at most if ``is_at_most``; in ``unit``.
    measured
        What the worlds showed.
    count
        Of how many cases.
    interval
        95 % interval of what was measured, where it is a share.
    """

    area: str
    what: str
    goal: float
    measured: float
    count: int
    unit: str = ""
    is_at_most: bool = False
    interval: tuple[float, float] | None = None

    @property
    def holds(self) -> bool:
        """Whether the goal is reached."""
        if self.is_at_most:
            return self.measured <= self.goal
        return self.measured >= self.goal

    def __str__(self) -> str:
        sign = "at most" if self.is_at_most else "at least"
        between = "" if self.interval is None else " to ".join(f"{x:.4g}" for x in self.interval)
        return (
            f"| {self.area} | {self.what} | {sign} {self.goal:g}{self.unit} | "
            f"{self.measured:.4g}{self.unit} | {between} | {self.count:,} | "
            f"{'yes' if self.holds else 'NO'} |"
        )


HEAD = (
    "| area | claim | goal | measured | 95 % interval | cases | holds |\n"
    "|---|---|---|---|---|---|---|"
)


def wilson(successes: int, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share."""
    low, high = intervals.wilson(successes / max(1, count), count)
    return float(low), float(high)
