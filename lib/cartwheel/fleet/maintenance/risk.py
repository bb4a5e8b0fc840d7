"""
The probability that a unit fails soon, learned from units that failed.

Calibrated gradient boosting on windowed signals; split by unit and, where times are dates, by
time: what is scored was neither of a unit nor of a time that was learned from.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from cartwheel.errors import UsageError
from cartwheel.estimation.boosting import FEWEST, FOLDS, Floats, Model, folds
from cartwheel.fleet.maintenance import features as made

SCORES = ["what", "average_precision", "auc", "brier", "skill"]
CUTS = (0.5, 0.75)  # of the times: what is later is scored by what was learned before


@dataclass(frozen=True)
class Columns:
    """
    The names of a table's columns.

    Attributes
    ----------
    sensors
        With what each usually differs from row to row.
    """

    unit: str
    time: str
    failed: str
    group: str
    sensors: dict[str, float]


@dataclass(frozen=True)
class Fitted:
    """
    A model with its proof.

    Attributes
    ----------
    scores
        Rows: the model, the condition alone, the age alone, the base rate; average precision,
        AUC, Brier score, and its skill against the base rate, on what was held out.
    predictions
        Of what was held out, a row each: unit, time, probability, is_failing (null where nobody
        knows yet), condition, age.
    """

    columns: Columns
    horizon: float
    model: Model
    scores: pd.DataFrame
    predictions: pd.DataFrame

    def probability(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return unit, time and probability of a table's rows, in its units' order."""
        names = self.columns
        rows = made.ordered(frame, names.unit, names.time, names.failed)
        x = made.features(rows, names.unit, names.time, names.failed, names.sensors)
        return rows[[names.unit, names.time]].assign(probability=self.model.probability(x))


def fit(
    frame: pd.DataFrame,
    horizon: float | None = None,
    unit: str = "unit",
    time: str = "time",
    failed: str = "failed",
    group: str | None = None,
) -> Fitted:
    """
    Learn from any table of units, times, sensors and failures who fails soon, and score it.

    Parameters
    ----------
    frame
        A row a unit and time. Every other column of numbers is a sensor.
    horizon
        Failures within so many days, or units of a time that is a number; by default seven
        days, or a tenth of the median life.
    unit, time, failed
        Names of its columns; ``failed`` is true in the row in which a unit failed, and a unit
        may go on after it, repaired.
    group
        Column whose rows are held out together, by default the unit.

    Raises
    ------
    UsageError
        If columns are missing, fewer than ten failures are told, or all of one group.
    """
    rows = made.ordered(frame, unit, time, failed)
    names = made.sensors(rows, {unit, time, failed, group or unit})
    if not names:
        raise UsageError("The table has no column of numbers beside unit, time and failure.")
    columns = Columns(unit, time, failed, group or unit, made.spreads(rows, unit, names))
    fails = made.fails(rows, failed)
    if (count := int(fails.sum())) < FEWEST:
        raise UsageError(f"{count} failures are told; {FEWEST} are needed to learn from.")
    if rows.loc[fails, columns.group].nunique() < 2:
        raise UsageError(f"All failures are of one {columns.group}; they are learned from others.")
    x = made.features(rows, unit, time, failed, columns.sensors)
    horizon = horizon or usual(rows, columns)
    y = outcomes(rows, columns, horizon)
    known, groups = y.notna(), rows[columns.group].astype(str)
    held = _held_out(rows, columns, x, y, horizon)
    predictions = rows[[*dict.fromkeys((columns.group, unit)), time]].assign(
        probability=held, is_failing=y, condition=made.condition(rows, unit, x), age=x["age"],
    )  # fmt: skip
    predictions = predictions[~np.isnan(held) & ~fails]
    model = Model(x[known], y[known].astype(bool), groups[known])
    return Fitted(columns, horizon, model, scores(predictions), predictions)


def usual(rows: pd.DataFrame, columns: Columns) -> float:
    """Return the horizon if none is asked for: a week, or a tenth of the median life."""
    if _is_dated(rows[columns.time]):
        return 7.0
    ages = made.age(rows, columns.unit, columns.time, columns.failed)
    return float(ages[made.fails(rows, columns.failed)].median()) / 10


def outcomes(rows: pd.DataFrame, columns: Columns, horizon: float) -> "pd.Series[float]":
    """
    Return whether each row's unit failed within the horizon, null where nobody knows yet.

    The row of the failure itself is null: it is over. Of dates the last horizon is null too,
    also where a failure fell into it: else only failures would be known of these days.
    """
    fails = made.fails(rows, columns.failed)
    at = _numbers(rows[columns.time])
    by_unit = rows[columns.unit]
    next_at = at.where(fails).groupby(by_unit, sort=False).bfill()
    seen_until = at.groupby(by_unit, sort=False).transform("max")
    found = pd.Series(np.nan, rows.index)
    found[at + horizon <= seen_until] = 0.0
    found[next_at.notna() & (next_at > at + horizon)] = 0.0
    found[next_at.notna() & (next_at <= at + horizon)] = 1.0
    found[fails] = np.nan
    if _is_dated(rows[columns.time]):
        found[at + horizon > at.max()] = np.nan
    return found


def _is_dated(times: "pd.Series[Any]") -> bool:
    return bool(pd.api.types.is_datetime64_any_dtype(times))


def _numbers(times: "pd.Series[float]") -> "pd.Series[float]":
    """Return times in days, or as the numbers that they are."""
    if _is_dated(times):
        return (times - times.min()) / pd.Timedelta(days=1)
    return times.astype(float)


def _held_out(
    rows: pd.DataFrame, columns: Columns, x: pd.DataFrame, y: "pd.Series[float]", horizon: float
) -> Floats:
    """Return the probability of each row, of a model that knows neither its group nor its time."""
    groups, at = rows[columns.group].astype(str), _numbers(rows[columns.time])
    cuts: list[float] = [-np.inf]
    if _is_dated(rows[columns.time]):
        cuts = [float(at.quantile(share)) for share in CUTS]
    found, known, fold_of = np.full(len(rows), np.nan), y.notna(), folds(groups)
    for cut, until in zip(cuts, [*cuts[1:], np.inf], strict=True):
        past = (at + horizon <= cut) if np.isfinite(cut) else pd.Series(True, rows.index)
        for fold in range(FOLDS):
            held, learn = fold_of == fold, known & past & (fold_of != fold)
            later = (held & (at > cut) & (at <= until)).to_numpy()
            if later.any() and FEWEST <= y[learn].sum() < learn.sum():
                model = Model(x[learn], y[learn].astype(bool), groups[learn])
                found[later] = model.probability(x[later])
    return found


def scores(predictions: pd.DataFrame) -> pd.DataFrame:
    """
    Return how well the model, the condition, the age and the base rate foresee failures.

    Returns
    -------
    DataFrame
        No row if none of what was held out failed, or all of it.
    """
    predictions = predictions.dropna(subset=["is_failing"])
    y = predictions["is_failing"].to_numpy(bool)
    if not 0 < y.sum() < len(y):
        return pd.DataFrame(columns=SCORES)
    base = float(y.mean())
    reference = base * (1 - base)
    found = []
    for what, name in (("model", "probability"), ("condition", "condition"), ("age", "age")):
        values = predictions[name].to_numpy(float)
        ranked = values if what == "model" else _as_probability(values, y)
        brier = float(brier_score_loss(y, ranked))
        found.append(
            {
                "what": what,
                "average_precision": float(average_precision_score(y, values)),
                "auc": float(roc_auc_score(y, values)),
                "brier": brier,
                "skill": 1 - brier / reference,
            }
        )
    found.append(
        {"what": "base rate", "average_precision": base, "auc": 0.5, "brier": reference,
         "skill": 0.0}
    )  # fmt: skip
    return pd.DataFrame(found)


def _as_probability(values: Floats, y: NDArray[np.bool_]) -> Floats:
    """Return the best probabilities that one number alone can give, fitted on what it is tested."""
    x = np.c_[values, np.log1p(np.abs(values))]
    found: Floats = LogisticRegression(C=1e6, max_iter=1000).fit(x, y).predict_proba(x)[:, 1]
    return found
