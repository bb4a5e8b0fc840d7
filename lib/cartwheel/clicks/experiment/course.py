"""How an experiment went from day to day, for whom it does more, and what it is worth."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cartwheel.clicks.experiment.difference import (
    ESTIMANDS,
    LEAST_PERSONS,
    Estimate,
    estimate,
    estimates,
    known_before,
)
from cartwheel.clicks.experiment.log import Log
from cartwheel.display import current
from cartwheel.errors import UsageError
from cartwheel.estimation.intervals import WITHIN_95
from cartwheel.finding import Finding
from cartwheel.warehouse.provenance import made_from

ALPHA = 0.05
_DETECTED = 0.8416212335729143  # standard deviations; 80 % of a normal lie below
_MONTH = 30.0
_BY = ("device_type", "user_type", "referrer_url")
_MOST_VALUES = 6


def always_valid(difference: float, error: float, spread: float) -> tuple[float, float]:
    """
    Return an interval that holds at every look together with 95 %, not only at one.

    A mixture of likelihood ratios over normal effects. Sources: Robbins (1970), Statistical
    Methods Related to the Law of the Iterated Logarithm; Johari, Koomen, Pekelis and Walsh
    (2022), Always Valid Inference, 3.

    Parameters
    ----------
    error
        Standard error of the difference.
    spread
        Standard deviation of the effects that are mixed over: of the order of those looked for.
    """
    noise, prior = error**2, spread**2
    reach = (
        2 * noise * (noise + prior) / prior * math.log(math.sqrt((noise + prior) / noise) / ALPHA)
    )
    half = math.sqrt(reach)
    return difference - half, difference + half


def over_time(log: Log, worth_seeing: float = 0.1) -> Finding:
    """
    Say since when the difference in visits that buy can be seen, looked at every day.

    Parameters
    ----------
    worth_seeing
        The relative difference that matters; intervals are narrowest around such an effect.

    Returns
    -------
    Finding
        Rows: ``day``, ``difference``, ``low``, ``high`` (at one look), ``low_always``,
        ``high_always`` (at every look), ``count_persons``.

    Raises
    ------
    UsageError
        If the difference worth seeing is not above zero.
    """
    if not worth_seeing > 0:
        raise UsageError(f"worth_seeing: above 0, got {worth_seeing!r}.")
    names = ["day", "difference", "low", "high", "low_always", "high_always", "count_persons"]
    treated = log.persons["is_treated"].to_numpy(dtype=bool)
    rows = [
        (day, gap, gap - WITHIN_95 * error, gap + WITHIN_95 * error,
         *always_valid(gap, error, worth_seeing * base), count)
        for day, gap, error, base, count in looks(log, treated)
    ]  # fmt: skip
    return since(made_from(pd.DataFrame(rows, columns=names), log.persons))


def looks(log: Log, treated: NDArray[np.bool_]) -> Iterator[tuple[Any, float, float, float, int]]:
    """
    Yield for each day the difference until its end, its error, the control's share, the persons.

    Days are left out while an arm has fewer than 30 persons, or has not bought yet.
    """
    place = pd.Index(log.persons["user_id"]).get_indexer(log.days["user_id"])
    visits, buying = np.zeros(len(treated)), np.zeros(len(treated))
    for day, rows in log.days.assign(place=place).groupby("day", sort=True):
        np.add.at(visits, rows["place"], rows["count_visits"])
        np.add.at(buying, rows["place"], rows["count_buying_visits"])
        came = visits > 0
        shares, noise = [], 0.0
        for arm in (came & ~treated, came & treated):
            if arm.sum() < LEAST_PERSONS or not buying[arm].any():
                break
            share = buying[arm].sum() / visits[arm].sum()
            rest = buying[arm] - share * visits[arm]
            noise += float(rest.var(ddof=1) / arm.sum() / visits[arm].mean() ** 2)
            shares.append(share)
        if len(shares) == 2 and noise > 0:
            yield day, shares[1] - shares[0], math.sqrt(noise), shares[0], int(came.sum())


def since(rows: pd.DataFrame) -> Finding:
    """Say on which day the interval of every look left zero out for the first time."""
    rows = made_from(rows.dropna(subset=["low_always", "high_always"]), rows)
    if rows.empty:
        return Finding("Too few persons to look at the course", rows)
    seen = rows[(rows["low_always"] > 0) | (rows["high_always"] < 0)]
    if seen.empty:
        return Finding("Looked at every day, no difference can be seen so far", rows)
    return Finding(
        f"Looked at every day, the difference could be seen by {seen['day'].iloc[0]:%-d %B}", rows
    )


def planned(log: Log, worth_seeing: float = 0.1) -> Finding:
    """
    Say how small a difference could be seen by now, and how long it takes to see a given one.

    Returns
    -------
    Finding
        Rows: ``estimand``, ``detectable`` (relative difference that would be seen in four of
        five such experiments), ``days`` still needed to see the one worth seeing, 0 if none.
    """
    length = (log.until - log.persons["first_at"].min()).total_seconds() / 86_400
    rows = []
    for name, each in estimates(log).items():
        if each.control > 0 and math.isfinite(length):
            detectable = (WITHIN_95 + _DETECTED) * each.error / each.control
            rows.append(
                (name, detectable, max(0.0, length * ((detectable / worth_seeing) ** 2 - 1)))
            )
    return enough(
        made_from(pd.DataFrame(rows, columns=["estimand", "detectable", "days"]), log.persons),
        worth_seeing,
    )


def enough(rows: pd.DataFrame, worth_seeing: float) -> Finding:
    """Say whether the data suffice to see the difference that is worth it."""
    rows = made_from(rows.dropna(subset=["detectable"]), rows)
    if rows.empty:
        return Finding("Too few persons to tell how long it takes", rows)
    open_ones = rows[rows["days"] > 0]
    if open_ones.empty:
        return Finding(f"A difference of {worth_seeing:.0%} would be seen in every figure", rows)
    longest = open_ones.loc[open_ones["days"].idxmax()]
    return Finding(
        f"To see {worth_seeing:.0%} in every figure takes {math.ceil(longest['days']):,} days more",
        rows,
    )


def segments(log: Log) -> Finding:
    """
    Say whether the treatment does more for some than for others.

    The relative difference in visits that buy, per value of a column, drawn towards that of all
    by how uncertain it is (normal model with the variance of DerSimonian and Laird, 1986).

    Returns
    -------
    Finding
        Rows: ``column``, ``segment``, ``count_persons``, ``raw``, ``relative``, ``low``, ``high``.
    """
    rows = []
    for column in _BY:
        values = log.persons[column].astype(object).fillna("unknown")
        for value in values.value_counts().index[:_MOST_VALUES]:
            part = log.persons[values == value]
            found = _visits_buy(log, part)
            if found is not None and found.control > 0 and found.treatment > 0:
                rows.append((column, str(value), len(part), *_log_ratio(found)))
    names = ["column", "segment", "count_persons", "log_ratio", "error"]
    frame = pd.DataFrame(rows, columns=names)
    whole = _visits_buy(log, log.persons)
    if frame.empty or whole is None:
        return Finding("Too few persons to part them", made_from(frame.head(0), log.persons))
    parts = [shrunk(part, _log_ratio(whole)[0]) for _, part in frame.groupby("column", sort=False)]
    return differing(made_from(pd.concat(parts, ignore_index=True), log.persons))


def _visits_buy(log: Log, persons: pd.DataFrame) -> Estimate | None:
    treated = persons["is_treated"].to_numpy(dtype=bool)
    if min(treated.sum(), (~treated).sum()) < LEAST_PERSONS:
        return None
    above, below = (persons[name].to_numpy(dtype=float) for name in ESTIMANDS["A visit buys"])
    return estimate(above, below, treated, known_before(persons, log.until))


def _log_ratio(found: Estimate) -> tuple[float, float]:
    """Return the logarithm of the treatment's times, and its standard error."""
    wide = math.log1p(found.relative_high) - math.log1p(found.relative_low)
    return math.log1p(found.relative), wide / (2 * WITHIN_95)


def shrunk(rows: pd.DataFrame, whole: float) -> pd.DataFrame:
    """Return segments drawn towards the whole: ``log_ratio`` and ``error`` become ``relative`` …"""
    weight = 1 / rows["error"] ** 2
    excess = float((weight * (rows["log_ratio"] - whole) ** 2).sum()) - (len(rows) - 1)
    scale = float(weight.sum() - (weight**2).sum() / weight.sum())
    between = max(0.0, excess / scale) if scale > 0 else 0.0
    kept = between / (between + rows["error"] ** 2)
    middle = whole + kept * (rows["log_ratio"] - whole)
    # Of segments that do not differ the whole's own uncertainty is left.
    error = np.sqrt(kept * rows["error"] ** 2 + (1 - kept) ** 2 / weight.sum())
    return rows.assign(
        raw=np.expm1(rows["log_ratio"]), relative=np.expm1(middle),
        low=np.expm1(middle - WITHIN_95 * error), high=np.expm1(middle + WITHIN_95 * error),
    ).drop(columns=["log_ratio", "error"])  # fmt: skip


def differing(rows: pd.DataFrame) -> Finding:
    """Say which segment stands out, if its interval leaves that of another one out."""
    rows = made_from(rows.dropna(subset=["low", "high"]), rows)
    for column, part in rows.groupby("column", sort=False):
        top, least = part.loc[part["relative"].idxmax()], part.loc[part["relative"].idxmin()]
        if top["low"] > least["high"]:
            return Finding(
                f"By {column}: {top['segment']} {top['relative']:+.0%}, {least['segment']} "
                f"{least['relative']:+.0%}",
                rows,
            )
    if rows.empty:
        return Finding("Too few persons to part them", rows)
    return Finding("No segment can be told from the others", rows)


def worth(log: Log) -> Finding:
    """
    Say what treating everybody would bring a month, against treating nobody.

    Returns
    -------
    Finding
        Rows: ``money``, ``low``, ``high``, ``count_persons`` (a month's, as many as came here).
    """
    found = estimates(log).get("Revenue a person")
    length = (log.until - log.persons["first_at"].min()).total_seconds() / 86_400
    if log.persons["revenue"].isna().any():
        return Finding("Some purchases do not say what was paid", pd.DataFrame())
    if found is None or not length > 0:
        return Finding("Too few persons to tell what it is worth", pd.DataFrame())
    times: Any = len(log.persons) * _MONTH / length
    ends = [(found.difference + k * WITHIN_95 * found.error) * times for k in (0, -1, 1)]
    rows = made_from(
        pd.DataFrame([ends], columns=["money", "low", "high"]).assign(
            count_persons=len(log.persons)
        ),
        log.persons,
    )
    money = current().money
    between = f"{money(ends[1])} to {money(ends[2])}"
    if ends[1] <= 0 <= ends[2]:
        return Finding(f"Whether it brings money cannot be seen: {between} a month", rows)
    return Finding(f"Worth {money(ends[0])} a month ({between})", rows)
