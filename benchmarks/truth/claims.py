"""A claim of an analysis: its goal, what was measured, whether it holds."""

from dataclasses import dataclass


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


def wilson(successes: int, count: int, z: float = 1.96) -> tuple[float, float]:
    """
    Return the Wilson interval of a share.

    Source: Wilson (1927), Probable Inference, the Law of Succession, and Statistical Inference.
    """
    if not count:
        return (0.0, 1.0)
    share, width = successes / count, z * z / count
    middle = (share + width / 2) / (1 + width)
    half = z / (1 + width) * (share * (1 - share) / count + width / (4 * count)) ** 0.5
    return (max(0.0, middle - half), min(1.0, middle + half))
