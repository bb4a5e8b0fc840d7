"""The condition of a truck's parts: their signals apart from weather and load."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from cartwheel.estimation import spread

CIRCUMSTANCES = ["ambient_celsius", "speed_kmh", "engine_rpm"]
_ROBUST = 3.0  # spreads beyond which a day does not say what weather and load do
_ROUNDS = 3
ENOUGH = 5  # days of a past


class Part(NamedTuple):
    """
    A component, the signal that shows its condition, the side that is bad, and its limit.

    Sound vehicles of a voltage stay within the limit of their class: 12 V below the first, 24 V.
    """

    component: str
    name: str
    column: str
    bad: int
    limits: tuple[float, ...]
    is_relative: bool = False


PARTS = (
    Part("alternator", "Charging voltage", "charging_volts", -1, (12.0, 24.0)),
    Part("battery", "Resting voltage", "resting_volts", -1, (11.0, 22.0)),
    Part("cooling", "Engine temperature", "engine_celsius", 1, (120.0,)),
    Part("lubrication", "Oil pressure", "oil_kpa", -1, (50.0,)),
    Part("transmission", "Revolutions for the speed", "revolutions_per_kmh", 1, (1.125,), True),
)


def corrected(days: pd.DataFrame, column: str) -> "pd.Series[float]":
    """
    Return a signal as it would be in each truck's usual weather and load.

    What weather and load do is learned from all trucks: the regression of a day's deviation
    from the truck's median on the circumstances' deviations, without the days that it does
    not explain (a part that fails is no weather).

    Parameters
    ----------
    days
        A row a truck and day, with ``truck_id``, the signal, :data:`CIRCUMSTANCES`, and
        ``resting_celsius``: the air of days on which the engine never ran.
    """
    air = days["ambient_celsius"].astype(float).fillna(days["resting_celsius"].astype(float))
    away = days.assign(ambient_celsius=air)[[column, *CIRCUMSTANCES]].astype(float)
    away = away - away.groupby(days["truck_id"]).transform("median")
    x = away[CIRCUMSTANCES].fillna(0.0).to_numpy()
    y = away[column].to_numpy()
    use = ~np.isnan(y)
    explained = np.zeros(len(days))
    for _ in range(_ROUNDS):
        if use.sum() <= 10 * len(CIRCUMSTANCES):
            break
        effects = np.linalg.lstsq(x[use], y[use], rcond=None)[0]
        explained = x @ effects
        rest = y - explained
        use = ~np.isnan(y) & (np.abs(rest) <= _ROBUST * spread.robust(pd.Series(rest)))
    return days[column].astype(float) - explained


def _limit(part: Part, usual: "pd.Series[float]") -> Any:
    """Return the limit of each row: of several the nearest beyond which the usual value lies."""
    if part.is_relative:
        return usual * part.limits[0]
    found = pd.Series(part.limits[0], usual.index)
    for limit in part.limits[1:]:
        found = found.where(usual < limit, limit)
    return found


def table(days: pd.DataFrame, failures: pd.DataFrame) -> pd.DataFrame:
    """
    Return a row a truck, component and day on which its signal is known.

    Parameters
    ----------
    days
        As of :func:`corrected`, with every signal of :data:`PARTS`, ``day`` and ``warning_share``.
    failures
        Rows: ``truck_id``, ``component``, ``day`` on which it failed.

    Returns
    -------
    DataFrame
        ``unit`` (truck and component), ``truck_id``, ``component``, ``day``, ``value`` (apart from
        weather and load), ``usual`` (the median of the truck's days so far), ``limit``, ``share``
        of the way from usual to limit, ``signal`` (the same in spreads of a sound truck; worse is
        more), ``warning`` (share of the readings), ``kind`` (the component's place in
        :data:`PARTS`), ``failed``.
    """
    ordered = days.sort_values(["truck_id", "day"], ignore_index=True)
    parts = [_of_part(ordered, place, part) for place, part in enumerate(PARTS)]
    rows = pd.concat(parts, ignore_index=True).dropna(subset=["value"])
    return _with_failures(rows.sort_values(["unit", "day"], ignore_index=True), failures)


def _of_part(days: pd.DataFrame, place: int, part: Part) -> pd.DataFrame:
    trucks = days["truck_id"]
    value = corrected(days, part.column)
    usual = value.groupby(trucks).transform(lambda x: x.expanding(ENOUGH).median())
    limit = _limit(part, usual)
    away = part.bad * (value - usual)
    noise = spread.from_step_to_step(away, trucks)
    is_warned = part.component == "transmission"
    return pd.DataFrame(
        {
            "unit": trucks + " " + part.component,
            "truck_id": trucks,
            "component": part.component,
            "day": days["day"],
            "value": value,
            "usual": usual,
            "limit": limit,
            "share": away / (part.bad * (limit - usual)),
            "signal": away / noise if noise > 0 else np.nan,
            "warning": days["warning_share"].astype(float) if is_warned else 0.0,
            "kind": float(place),
        }
    )


def _with_failures(rows: pd.DataFrame, failures: pd.DataFrame) -> pd.DataFrame:
    """Mark the last day of each life: the day of the failure, or the last one known before it."""
    failed = np.zeros(len(rows), bool)
    units = failures["truck_id"].astype(str) + " " + failures["component"].astype(str)
    first = rows.reset_index().groupby("unit")["index"].agg(["min", "max"])
    for unit, day in zip(units, failures["day"], strict=True):
        if unit in first.index:
            begin, end = first.loc[unit]
            days = rows["day"].iloc[begin : end + 1]
            place = int(days.searchsorted(day, side="right")) - 1
            if place >= 0:
                failed[begin + place] = True
    return rows.assign(failed=failed)
