"""
What a table of units, times and sensors says of each unit's condition, row by row.

A row knows only the rows of its unit up to it: every feature could have been known then.
"""

from typing import Any

import numpy as np
import pandas as pd

from cartwheel.errors import UsageError
from cartwheel.estimation import spread

SHORT, LASTING, MIDDLE, LONG = 3, 6, 10, 30  # rows
ENOUGH = 5  # rows of a past, before which there is none to deviate from
_DEVIATION = ", deviation"
DEVIATING = 2.1  # on that scale: 4 spreads


def sensors(frame: pd.DataFrame, others: set[str]) -> list[str]:
    """Return the columns that hold numbers and are none of the others."""
    return [
        str(name)
        for name in frame.columns
        if name not in others and pd.api.types.is_numeric_dtype(frame[name])
    ]


def ordered(frame: pd.DataFrame, unit: str, time: str, failed: str) -> pd.DataFrame:
    """
    Return the rows by unit and time.

    Raises
    ------
    UsageError
        Naming the column that is missing, or holds no time, or the unit that has a time twice.
    """
    for name in (unit, time, failed):
        if name not in frame.columns:
            raise UsageError(
                f"The table has no column {name!r}; there are {', '.join(map(str, frame.columns))}."
            )
    if not (
        pd.api.types.is_numeric_dtype(frame[time])
        or pd.api.types.is_datetime64_any_dtype(frame[time])
    ):
        raise UsageError(f"Column {time!r} must hold numbers or times, it has {frame[time].dtype}.")
    missing = frame[frame[unit].isna() | frame[time].isna()]
    if len(missing):
        raise UsageError(f"{len(missing):,} rows have no {unit} or no {time}.")
    twice = frame[frame.duplicated([unit, time])]
    if len(twice):
        row = twice.iloc[0]
        raise UsageError(f"{unit} {row[unit]!r} has two rows at {time} {row[time]}.")
    return frame.sort_values([unit, time], ignore_index=True)


def fails(rows: pd.DataFrame, failed: str) -> "pd.Series[bool]":
    """Return whether the unit failed in each row; what is not told is no failure."""
    return rows[failed].fillna(False).astype(bool)


def lives(rows: pd.DataFrame, unit: str, failed: str) -> "pd.Series[int]":
    """Number each unit's lives: one ends with the row in which it failed."""
    ends = fails(rows, failed).astype(int)
    numbers: pd.Series[int] = ends.groupby(rows[unit]).cumsum() - ends
    return numbers


def spreads(rows: pd.DataFrame, unit: str, names: list[str]) -> dict[str, float]:
    """
    Return what a sound unit's sensor differs from row to row, the median of all units.

    Of a sensor that hardly ever changes it is the standard deviation from the unit's own past.
    """
    found = {}
    for name in names:
        values = rows[name].astype(float)
        noise = spread.from_step_to_step(values, rows[unit])
        found[name] = noise if noise > 0 else float((values - _past(rows, unit, name)).std())
    return found


def _past(rows: pd.DataFrame, unit: str, name: str) -> "pd.Series[float]":
    past: pd.Series[float] = (
        rows.groupby(unit, sort=False)[name].expanding(ENOUGH).median().droplevel(0)
    )
    return past.reindex(rows.index)


def deviations(rows: pd.DataFrame, unit: str, usual: dict[str, float]) -> pd.DataFrame:
    """
    Return how far each sensor is from the unit's own past, in spreads of a sound unit.

    The past is the median of all rows of the unit up to the row: a fault of which the unit
    shows something for less than half of the time hardly moves it. Large deviations are told on
    a logarithmic scale (arcsinh): a needle that sticks is not to outshine all else.

    Parameters
    ----------
    usual
        Of :func:`spreads`.
    """
    found = {}
    for name, noise in usual.items():
        away = rows[name].astype(float) - _past(rows, unit, name)
        found[name] = np.arcsinh(away / noise) if noise > 0 else away * np.nan
    return pd.DataFrame(found, index=rows.index)


def features(
    rows: pd.DataFrame, unit: str, time: str, failed: str, usual: dict[str, float]
) -> pd.DataFrame:
    """
    Return what a model learns from; a row each.

    Of every sensor: its value and its deviation from the unit's own past, now and over the
    last rows, how the deviation grows, and for how long it deviates; and the age of the life.
    """
    away = deviations(rows, unit, usual)
    life = rows[unit].astype(str) + "/" + lives(rows, unit, failed).astype(str)
    made: dict[str, pd.Series[float]] = {}
    for name in usual:
        one = away[name]
        short, middle, long = (_rolled(one, life, count).mean() for count in (SHORT, MIDDLE, LONG))
        beyond = (one.abs() > DEVIATING).astype(float)
        made[name] = rows[name].astype(float)
        made[name + _DEVIATION] = one
        made[f"{name}, deviation of late"] = short
        made[f"{name}, deviation for long"] = middle
        made[f"{name}, at least of late"] = _rolled(one, life, SHORT).min()
        made[f"{name}, at least for long"] = _rolled(one, life, LASTING).min()
        made[f"{name}, growth"] = short - middle
        made[f"{name}, growth for long"] = short - long
        made[f"{name}, rows beyond"] = _rolled(beyond, life, LONG).sum()
    made["age"] = age(rows, unit, time, failed)
    return pd.DataFrame({name: np.asarray(values) for name, values in made.items()}, rows.index)


def _rolled(values: "pd.Series[float]", life: "pd.Series[str]", count: int) -> Any:
    """Return windows of a life's last rows; lives stand one after the other."""
    return values.groupby(life, sort=False).rolling(count, min_periods=1)


def age(rows: pd.DataFrame, unit: str, time: str, failed: str) -> "pd.Series[float]":
    """Return the time since a life's first row, in days or in the numbers' unit."""
    life = [rows[unit], lives(rows, unit, failed)]
    since = rows[time] - rows.groupby(life, sort=False)[time].transform("min")
    if pd.api.types.is_timedelta64_dtype(since):
        return since / pd.Timedelta(days=1)
    return since.astype(float)


def condition(rows: pd.DataFrame, unit: str, x: pd.DataFrame) -> "pd.Series[float]":
    """
    Return the largest deviation of a row's sensors, over the last rows: no label is needed.

    Parameters
    ----------
    x
        Of :func:`features`.
    """
    away = x[[name for name in x if str(name).endswith(_DEVIATION)]]
    worst = away.abs().max(axis=1).fillna(0.0)
    smooth: pd.Series[float] = worst.groupby(rows[unit], sort=False).transform(
        lambda one: one.rolling(SHORT, min_periods=1).mean()
    )
    return smooth
