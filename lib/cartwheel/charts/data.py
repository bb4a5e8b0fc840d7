"""What stands behind a chart or table: its rows, to take along, and the SQL that made them."""

import html
import json
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from cartwheel import display
from cartwheel.errors import UsageError
from cartwheel.warehouse.provenance import statements

MOST_MARKS = 20_000
MOST_ROWS = 5_000  # that a page lets one take along


class Rows(list[dict[str, Any]]):
    """A chart's rows as Vega reads them, and the frame that they are made of."""

    frame: pd.DataFrame


def transform(data: Any) -> Any:
    """
    Return a chart's data as Vega reads them, times on the environment's clock.

    A time without an offset is UTC, as the warehouse hands it over; a column of whole days
    (``datetime64[s]``, a DATE) is left as it is.

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
    shown = data.copy(deep=False)
    for column in times(data):
        shown[column] = display.current().clocks(data[column])
    rows = Rows(alt.to_values(shown)["values"])
    rows.frame = data
    return {"values": rows}


def times(frame: pd.DataFrame) -> list[Any]:
    """Return the columns that hold instants, not days."""
    return [
        name
        for name, dtype in frame.dtypes.items()
        if isinstance(dtype, pd.DatetimeTZDtype)
        or (isinstance(dtype, np.dtype) and dtype.kind == "M" and dtype != "datetime64[s]")
    ]


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
    columns = [_plain(head.iloc[:, index]) for index in range(head.shape[1])]
    rows = [list(row) for row in zip(*columns, strict=True)]
    held = {"columns": [str(name) for name in frame.columns], "rows": rows}
    return {
        "rows": for_script(held),
        "shown": len(rows),
        "total": len(frame),
        "sql": ";\n\n".join(statements(frame, *also)),
    }


def _plain(column: pd.Series) -> list[Any]:
    return [_value(value) for value in column.astype(object)]


def _value(value: Any) -> Any:
    if value is None or (isinstance(value, float) and value != value) or value is pd.NaT:
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, pd.Timestamp):
        if value.unit == "s":
            return f"{value:%Y-%m-%d}"
        return value.isoformat() + ("" if value.tzinfo else "Z")
    return value if isinstance(value, str | int | float | bool) else str(value)


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
        f"{_button('CSV')}{pictures}{cut}{folded}"
        f'<script type="application/json" class="cw-rows">{behind["rows"]}</script></div>'
    )


def _button(kind: str) -> str:
    return f'<button type="button" data-cw-take="{kind.lower()}">{kind}</button>'


def for_script(value: Any) -> str:
    """Encode a value so that no text in it can end the script."""
    text = json.dumps(value, default=str)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
