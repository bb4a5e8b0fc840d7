"""Columns of names as numbers, for a regression."""

from typing import Any

import pandas as pd

UNKNOWN = "unknown"


def indicators(rows: pd.DataFrame, names: tuple[str, ...], most: int) -> dict[str, Any]:
    """
    Return a column of true and false for each frequent value but the first, by its name.

    The most frequent value is what the others are compared with; null is a value of its own.

    Parameters
    ----------
    names
        Of the columns.
    most
        Values of a column that are told apart, the most frequent, the first included.
    """
    told: dict[str, Any] = {}
    for name in names:
        values = rows[name].astype(object).where(rows[name].notna(), UNKNOWN)
        for value in values.value_counts().index[1:most]:
            told[f"{name} {value}"] = values == value
    return told
