"""Number tiles, in the look of the charts."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

from IPython.display import HTML


@dataclass(frozen=True)
class Change:
    """
    A number beside that of the period before.

    Attributes
    ----------
    before, now
        The two numbers.
    period
        What the number before is of, such as ``the 7 days before``.
    better
        ``more`` or ``less``; empty if neither is better.
    """

    before: float
    now: float
    period: str
    better: str = ""

    @property
    def text(self) -> str:
        """How the number changed."""
        if self.now != self.now or self.before != self.before:
            return f"not known in {self.period}"
        if not self.before:
            return f"none in {self.period}"
        share = (self.now - self.before) / abs(self.before)
        if abs(share) < 0.0005:
            return f"as in {self.period}"
        sign = "▲" if share > 0 else "▼"
        return f"{sign} {abs(share):.1%} against {self.period}"

    @property
    def kind(self) -> str:
        """The class of its style: good, bad, or neither."""
        is_comparable = self.now == self.now and self.before == self.before and self.before
        if not self.better or not is_comparable or self.now == self.before:
            return ""
        return "cw-good" if (self.now > self.before) == (self.better == "more") else "cw-bad"


@dataclass(frozen=True)
class Tile:
    """A number with its label, a note, the trend that led to it, the change since before."""

    label: str
    value: str
    note: str = ""
    trend: Sequence[float] = ()
    change: Change | None = None


def tiles(*items: Tile) -> HTML:
    """Return number tiles side by side."""
    return HTML(f'<div class="cw-tiles">{"".join(_tile(item) for item in items)}</div>')


def _tile(tile: Tile) -> str:
    label, value, note = (html.escape(text) for text in (tile.label, tile.value, tile.note))
    change = tile.change
    against = (
        f'<div class="cw-note {change.kind}">{html.escape(change.text)}</div>' if change else ""
    )
    # A long name breaks where its parts meet.
    broken = label.replace("_", "_<wbr>")
    return (
        f'<section class="cw-tile" aria-label="{label}: {value}"><h3>{broken}</h3>'
        f'<div class="cw-value">{value}</div><div class="cw-note">{note}</div>{against}'
        f"{_sparkline(tile.trend)}</section>"
    )


def _sparkline(trend: Sequence[float], width: int = 150, height: int = 34) -> str:
    values = [float(v) for v in trend if v == v]
    if len(values) < 2:
        return ""
    low, span = min(values), (max(values) - min(values)) or 1.0
    points = " ".join(
        f"{3 + i * (width - 6) / (len(values) - 1):.1f},"
        f"{height - 4 - (v - low) / span * (height - 8):.1f}"
        for i, v in enumerate(values)
    )
    return (
        f'<svg viewBox="0 0 {width} {height}" preserveAspectRatio="none" aria-hidden="true">'
        f'<polyline points="{points}" fill="none" stroke="var(--cw-blue)" stroke-width="2" '
        'stroke-linejoin="round" vector-effect="non-scaling-stroke"/></svg>'
    )
