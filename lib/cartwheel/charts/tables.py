"""Tables in the look of the charts: sorted, searched and taken along in the page itself."""

import html
from typing import Any

import pandas as pd
from IPython.display import HTML

from cartwheel import display
from cartwheel.charts import data

SHORT = 32  # characters that stay on one line
MOST_SHOWN = 1_000


def table(frame: pd.DataFrame, caption: str, formats: dict[str, str] | None = None) -> HTML:
    """
    Return a DataFrame as a table; its times are on the environment's clock.

    Parameters
    ----------
    formats
        Format specifications by column, such as ``",.0f"``.
    """
    return HTML(_as_html(frame, caption, formats or {}))


def frame_as_html(frame: pd.DataFrame) -> str:
    """Return a DataFrame as JupyterLab and reports show it: with its index, if that says more."""
    named = [name for name in frame.index.names if name is not None]
    is_counted = not named and pd.api.types.is_integer_dtype(frame.index.dtype)
    shown = frame if is_counted else frame.reset_index(allow_duplicates=True)
    labels = [_flat(column) for column in shown.columns]
    if not is_counted and not named:
        labels[0] = ""  # an index without a name
    shown = shown.set_axis(labels, axis=1)
    shown.attrs = frame.attrs
    return _as_html(shown, "", {})


def _flat(column: Any) -> str:
    return " / ".join(map(str, column)) if isinstance(column, tuple) else str(column)


def _as_html(frame: pd.DataFrame, caption: str, formats: dict[str, str]) -> str:
    total = len(frame)
    if total > MOST_SHOWN:
        caption = f"{caption or 'Rows'} (the first {MOST_SHOWN:,} of {total:,})"
    title = f"<figcaption><h3>{html.escape(caption)}</h3></figcaption>" if caption else ""
    body = '<p class="cw-none">No rows</p>' if frame.empty else _body(frame, formats)
    foot = data.foot(data.taken(frame), caption or "table", is_chart=False)
    return f'<figure class="cw-figure">{title}{body}{foot}</figure>'


def _body(frame: pd.DataFrame, formats: dict[str, str]) -> str:
    shown = frame.head(MOST_SHOWN)
    instants = data.times(frame)
    zone = display.current().zone_name
    kinds = [_is_number(shown.iloc[:, n]) for n in range(shown.shape[1])]
    heads = "".join(
        f'<th scope="col" class="{"cw-number" if is_number else ""}">'
        f"{html.escape(_head(name) + (f' ({zone})' if is_instant else ''))}</th>"
        for name, is_number, is_instant in zip(shown.columns, kinds, instants, strict=True)
    )
    columns = [
        _cells(shown.iloc[:, n], formats.get(str(name), ""), is_instant=instants[n])
        for n, name in enumerate(shown.columns)
    ]
    rows = "".join(
        "<tr>"
        + "".join(_cell(text, is_number=k) for text, k in zip(row, kinds, strict=True))
        + "</tr>"
        for row in zip(*columns, strict=True)
    )
    return (
        '<div class="cw-scroll"><table class="cw-table">'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _is_number(column: pd.Series) -> bool:
    is_numeric = pd.api.types.is_numeric_dtype(column)
    return bool(is_numeric and not pd.api.types.is_bool_dtype(column))


def _cell(text: str, *, is_number: bool) -> str:
    kind = "cw-number" if is_number else "cw-whole" if len(text) <= SHORT else "cw-long"
    kind += {"✓": " cw-good", "✗": " cw-bad"}.get(text[:1], "")
    return f'<td class="{kind}">{html.escape(text)}</td>'


def _head(column: object) -> str:
    return str(column).removeprefix("count_").replace("_", " ")


def _cells(column: pd.Series, form: str, *, is_instant: bool) -> list[str]:
    values = display.current().clocks(column) if is_instant else column
    return [_text(value, form, is_instant=is_instant) for value in values.astype(object)]


def _text(value: Any, form: str, *, is_instant: bool) -> str:
    if data.is_missing(value):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if form:
        return str(format(value, form))
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d %H:%M:%S}" if is_instant else f"{value:%Y-%m-%d}"
    if isinstance(value, float):
        return f"{value:,.3f}".rstrip("0").rstrip(".") if abs(value) >= 1 else f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) else str(value)
