"""Number tiles and plain tables, in the look of the charts."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from IPython.display import HTML

SHORT = 32  # characters that stay on one line


@dataclass(frozen=True)
class Tile:
    """A number with its label, a note below it, and the trend that led to it."""

    label: str
    value: str
    note: str = ""
    trend: Sequence[float] = ()


def tiles(*items: Tile) -> HTML:
    """Return number tiles side by side."""
    return HTML(f'<div class="cw-tiles">{"".join(_tile(item) for item in items)}</div>')


def _tile(tile: Tile) -> str:
    label, value, note = (html.escape(text) for text in (tile.label, tile.value, tile.note))
    return (
        f'<section class="cw-tile" aria-label="{label}: {value}"><h3>{label}</h3>'
        f'<div class="cw-value">{value}</div><div class="cw-note">{note}</div>'
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


def table(frame: pd.DataFrame, caption: str, formats: dict[str, str] | None = None) -> HTML:
    """
    Return a DataFrame as a table.

    Parameters
    ----------
    formats
        Format specifications by column, such as ``",.0f"``.
    """
    formats = formats or {}
    if frame.empty:
        frame = pd.DataFrame({"": ["nothing"]})
    numeric = {
        c
        for c in frame.columns
        if pd.api.types.is_numeric_dtype(frame[c]) and not pd.api.types.is_bool_dtype(frame[c])
    }
    heads = "".join(
        f'<th class="{"cw-number" if c in numeric else ""}">{html.escape(_head(c))}</th>'
        for c in frame.columns
    )
    body = "".join(
        "<tr>"
        + "".join(
            _table_cell(_cell(value, formats.get(c, "")), is_number=c in numeric)
            for c, value in zip(frame.columns, row, strict=True)
        )
        + "</tr>"
        for row in frame.itertuples(index=False, name=None)
    )
    return HTML(
        f'<table class="cw-table"><caption>{html.escape(caption)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
    )


def _table_cell(text: str, *, is_number: bool) -> str:
    kind = "cw-number" if is_number else "cw-whole" if len(text) <= SHORT else ""
    kind += {"✓": " cw-good", "✗": " cw-bad"}.get(text[:1], "")
    return f'<td class="{kind}">{html.escape(text)}</td>'


def _head(column: str) -> str:
    return column.removeprefix("count_").replace("_", " ")


def _cell(value: Any, form: str) -> str:
    if value is None or value != value:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if form:
        return str(format(value, form))
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return f"{value:,}" if isinstance(value, int) else str(value)
