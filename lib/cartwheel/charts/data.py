"""What stands behind a chart or table: its rows, to take along, and the SQL that made them."""

import html
import json
from math import isfinite
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from cartwheel import display
from cartwheel.errors import UsageError
from cartwheel.warehouse.provenance import statements

MOST_MARKS = 20_000
_EXACT = 2**53  # integers beyond that are rounded by JavaScript
MOST_ROWS = 5_000  # that a page lets one take along


class Rows(list[dict[str, Any]]):
    """A chart's rows as Vega reads them, and the frame that they are made of."""

    frame: pd.DataFrame


def transform(data: Any) -> Any:
    """
    Return a chart's data as Vega reads them, times on the environment's clock.

    A time without an offset is UTC, as the warehouse hands it over; a column of nothing but
    midnights is one of days, and is left as it is.

    Raises
    ------
    UsageError
        If there are more rows than a page can hold.
    """
    if not isinstance(data, pd.DataFrame):
        return data
    if len(data) > MOST_MARKS:
        raise UsageError(
            f"The chart's data have {len(data):,} rows, and a page holds at most {MOST_MARKS:,}: "
            "aggregate in SQL, or draw a sample."
        )
    shown = pd.DataFrame({name: _drawable(data[name]) for name in data.columns})
    for column in shown.columns[times(shown)]:
        shown[column] = display.current().clocks(shown[column])
    rows = Rows(alt.to_values(shown)["values"])
    rows.frame = data
    return {"values": rows}


def _drawable(column: pd.Series) -> pd.Series:
    """Return a column of a kind that Vega knows."""
    if isinstance(column.dtype, pd.PeriodDtype):
        return column.dt.to_timestamp()
    kind = pd.api.types.infer_dtype(column, skipna=True) if column.dtype == object else ""
    if kind == "decimal":
        return column.astype(float)
    return pd.to_datetime(column) if kind in ("date", "datetime") else column


def times(frame: pd.DataFrame) -> list[bool]:
    """Return of each column whether it holds instants; days and what is no time do not."""
    return [_holds_instants(frame.iloc[:, number]) for number in range(frame.shape[1])]


def _holds_instants(column: pd.Series) -> bool:
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return True
    if not pd.api.types.is_datetime64_dtype(column.dtype):
        return False
    known = column.dropna()
    return not (known == known.dt.normalize()).all()


def taken(frame: pd.DataFrame, *also: pd.DataFrame) -> dict[str, Any]:
    """
    Return what a page holds of a frame, for :func:`foot`.

    It is one text, since Altair copies and checks what is made of lists, row by row.

    Parameters
    ----------
    also
        Frames whose SQL is shown too.
    """
    head = frame.head(MOST_ROWS)
    columns = [
        [_value(value, is_instant=is_instant) for value in head.iloc[:, number].astype(object)]
        for number, is_instant in enumerate(times(frame))
    ]
    rows = [list(row) for row in zip(*columns, strict=True)]
    held = {"columns": [str(name) for name in frame.columns], "rows": rows}
    return {
        "rows": for_script(held),
        "shown": len(rows),
        "total": len(frame),
        "sql": ";\n\n".join(statements(frame, *also)),
    }


def is_missing(value: Any) -> bool:
    """Is a cell's value none at all?"""
    return bool(pd.api.types.is_scalar(value) and pd.isna(value))


def _value(value: Any, *, is_instant: bool) -> Any:
    if is_missing(value):
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, pd.Timestamp):
        if not is_instant:
            return f"{value:%Y-%m-%d}"
        return value.isoformat() + ("" if value.tzinfo else "Z")
    # What JavaScript would round, or JSON cannot say, is text.
    is_exact = isinstance(value, bool | str) or (isinstance(value, int) and abs(value) <= _EXACT)
    return value if is_exact or (isinstance(value, float) and isfinite(value)) else str(value)


def foot(behind: dict[str, Any], name: str, *, is_chart: bool) -> str:
    """
    Return the line below a chart or table: downloads, and the SQL in a fold-out.

    Parameters
    ----------
    behind
        As :func:`taken` returns it.
    name
        Of the files, without their ending.
    """
    pictures = "".join(_button(kind) for kind in ("PNG", "SVG")) if is_chart else ""
    total, shown, sql = behind["total"], behind["shown"], behind["sql"]
    cut = (
        f"<span>the CSV holds the first {shown:,} of {total:,} rows</span>" if total > shown else ""
    )
    folded = (
        f'<details class="cw-sql"><summary>SQL</summary><pre>{html.escape(sql)}</pre></details>'
        if sql
        else ""
    )
    return (
        f'<div class="cw-foot" data-name="{html.escape(name, quote=True)}">'
        f"{_button('CSV') if total else ''}{pictures}{cut}{folded}"
        f'<script type="application/json" class="cw-rows">{behind["rows"]}</script></div>'
    )


def _button(kind: str) -> str:
    return f'<button type="button" data-cw-take="{kind.lower()}">{kind}</button>'


def for_script(value: Any) -> str:
    """Encode a value so that no text in it can end the script."""
    text = json.dumps(value, default=str)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
