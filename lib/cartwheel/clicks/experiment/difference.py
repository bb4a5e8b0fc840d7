"""What the treatment does, by person as assigned."""

import math
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cartwheel.clicks import carts
from cartwheel.clicks.experiment.log import Log
from cartwheel.estimation import logit
from cartwheel.estimation.indicators import indicators
from cartwheel.estimation.intervals import WITHIN_95
from cartwheel.finding import Finding
from cartwheel.warehouse.provenance import made_from

Floats = NDArray[np.float64]
LEAST_PERSONS = 30  # in an arm
_MOST_VALUES = 5  # of a column that are told apart


def known_before(persons: pd.DataFrame, until: pd.Timestamp) -> Floats:
    """Return what was known at a person's first visit as numbers, a column each, centred."""
    left = (until - persons["first_at"]).dt.total_seconds() / 86_400
    columns: dict[str, Any] = {"days": left, "log days": np.log1p(left.clip(lower=0))}
    columns |= indicators(persons, ("device_type", "referrer_url", "user_type"), _MOST_VALUES)
    frame = pd.DataFrame(columns).astype(float)
    return np.asarray(frame - frame.mean(), dtype=np.float64)


class Estimate(NamedTuple):
    """A mean, or a ratio of two sums, in both arms, and the difference."""

    control: float
    treatment: float
    difference: float
    error: float
    relative: float
    relative_low: float
    relative_high: float


def estimate(
    above: Floats, below: Floats, is_treated: NDArray[np.bool_], before: Floats
) -> Estimate:
    """
    Return the difference of a ratio of sums between the arms, by person.

    The ratio is linearised (delta method), and what was known before is regressed out in each
    arm, which takes from the variance and not from the truth. Sources: Deng, Knoblich and Lu
    (2018), Applying the Delta Method in Metric Analytics; Deng et al. (2013), CUPED; Lin (2013),
    Agnostic Notes on Regression Adjustments.

    Parameters
    ----------
    above, below
        Of each person, such as buying visits and visits.
    before
        Shape ``(persons, columns)``, centred over both arms.
    """
    ratios, errors = [], []
    for arm in (~is_treated, is_treated):
        ratio = above[arm].sum() / max(below[arm].sum(), 1e-12)
        moved = (above[arm] - ratio * below[arm]) / max(below[arm].mean(), 1e-12)
        inner = before[arm] - before[arm].mean(axis=0)
        slope = np.linalg.lstsq(inner, moved, rcond=None)[0]
        rest = moved - inner @ slope
        ratios.append(ratio - float(before[arm].mean(axis=0) @ slope))
        errors.append(rest.std(ddof=1) / math.sqrt(arm.sum()))
    control, treatment = ratios
    difference, error = treatment - control, math.hypot(*errors)
    if not control > 0 or not treatment > 0:
        return Estimate(control, treatment, difference, error, math.nan, math.nan, math.nan)
    times = math.log(treatment / control)
    off = WITHIN_95 * math.hypot(errors[0] / control, errors[1] / treatment)
    ends = (math.exp(times + each) - 1 for each in (0.0, -off, off))
    return Estimate(control, treatment, difference, error, *ends)


ESTIMANDS = {
    "A visit buys": ("count_buying_visits", "count_visits"),
    "A person buys": ("is_buyer", ""),
    "Revenue a person": ("revenue", ""),
    "A carted product is bought": ("count_bought", "count_carted"),
}


def estimates(log: Log) -> dict[str, Estimate]:
    """
    Return the estimate of each estimand; none if an arm has fewer than 30 persons.

    Of what is unknown of anybody there is none: leaving those out would bend the comparison.
    """
    persons = log.persons.assign(is_buyer=(log.persons["count_buying_visits"] > 0) * 1.0)
    is_treated = persons["is_treated"].to_numpy(dtype=bool)
    if min(is_treated.sum(), (~is_treated).sum()) < LEAST_PERSONS:
        return {}
    before = known_before(persons, log.until)
    found = {}
    for name, (above, below) in ESTIMANDS.items():
        over = persons[below].to_numpy(dtype=float) if below else np.ones(len(persons))
        if over.sum() and persons[above].notna().all():
            found[name] = estimate(persons[above].to_numpy(dtype=float), over, is_treated, before)
    return found


def effects(log: Log) -> Finding:
    """
    Say what the treatment does to each estimand, by person as assigned.

    Returns
    -------
    Finding
        Rows: ``estimand``, ``control``, ``treatment``, ``difference``, ``low``, ``high``,
        ``relative`` with ``relative_low`` and ``relative_high`` (95 %), ``count_persons``.
    """
    return said(
        made_from(
            pd.DataFrame(
                [
                    {
                        "estimand": name, **each._asdict(),
                        "low": each.difference - WITHIN_95 * each.error,
                        "high": each.difference + WITHIN_95 * each.error,
                        "count_persons": len(log.persons),
                    }
                    for name, each in estimates(log).items()
                ]
            ),
            log.persons,
        )
    )  # fmt: skip


def said(rows: pd.DataFrame) -> Finding:
    """Say the effect on visits, if it can be seen."""
    rows = made_from(rows.dropna(subset=["relative"]) if len(rows) else rows, rows)
    if rows.empty:
        return Finding("Too few persons, or no purchase, to tell what the treatment does", rows)
    first = rows.iloc[0]
    ends = f"{first['relative_low']:+.1%} to {first['relative_high']:+.1%}"
    if first["relative_low"] <= 0 <= first["relative_high"]:
        return Finding(f"{first['estimand']}: no difference can be seen ({ends})", rows)
    more = "more" if first["relative"] > 0 else "less"
    return Finding(
        f"{first['estimand']} {abs(first['relative']):.1%} {more} often with the treatment "
        f"({ends})",
        rows,
    )


def log_odds(log: Log) -> logit.Effect | None:
    """Return the effect on the log-odds that a carted product is bought, all else equal."""
    if log.carts.empty:
        return None
    found = carts.effects(log.carts, {"treated": log.carts["is_treated"]})
    return found.get("treated")
