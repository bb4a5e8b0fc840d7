"""How well probabilities foresaw what happened."""

import math
from typing import NamedTuple

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from cartwheel.estimation.boosting import Floats
from cartwheel.estimation.intervals import WITHIN_95, wilson

TENTHS = ["predicted", "observed", "low", "high", "count"]


class Scores(NamedTuple):
    """
    How well something was foreseen.

    Attributes
    ----------
    auc, auc_low, auc_high
        Share of the pairs of a case in which it happened and one in which it did not that are
        ranked rightly, with its 95 % interval.
    average_precision
        Area below precision over recall.
    brier
        Mean squared error.
    skill
        By how much that is below the base rate's, as a share.
    base_rate
        Share of the cases in which it happened.
    """

    auc: float
    auc_low: float
    auc_high: float
    average_precision: float
    brier: float
    skill: float
    base_rate: float


def scores(happened: "pd.Series[bool]", probability: Floats) -> Scores | None:
    """
    Return how well it was foreseen; None if it happened always or never.

    The interval of the AUC is that of Hanley and McNeil (1982), The Meaning and Use of the Area
    under a ROC Curve.
    """
    y = happened.to_numpy(bool)
    with_it, without = int(y.sum()), int((~y).sum())
    if not with_it or not without:
        return None
    auc, base = float(roc_auc_score(y, probability)), with_it / len(y)
    one, two = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    spread = auc * (1 - auc) + (with_it - 1) * (one - auc**2) + (without - 1) * (two - auc**2)
    half = WITHIN_95 * math.sqrt(max(0.0, spread) / (with_it * without))
    brier = float(brier_score_loss(y, probability))
    precision = float(average_precision_score(y, probability))
    skill = 1 - brier / (base * (1 - base))
    low, high = max(0.0, auc - half), min(1.0, auc + half)
    return Scores(auc, low, high, precision, brier, skill, base)


def tenths(happened: "pd.Series[bool]", probability: Floats) -> pd.DataFrame:
    """
    Return what was foreseen beside what happened, by tenths of the cases.

    Cases of one probability are in one part, so there may be fewer than ten.

    Returns
    -------
    DataFrame
        Rows, the least likely first: ``predicted`` and ``observed`` (means), ``low`` and ``high``
        of the observed (95 %, Wilson), ``count``.
    """
    cases = pd.DataFrame({"predicted": probability, "observed": happened.to_numpy(float)})
    if cases.empty:
        return pd.DataFrame(columns=TENTHS)
    ends = np.unique(np.quantile(probability, np.linspace(0, 1, 11)[1:-1]))
    place = np.searchsorted(ends, probability, side="left")
    grouped = cases.groupby(place)
    rows = grouped.mean().assign(count=grouped.size()).reset_index(drop=True)
    low, high = wilson(rows["observed"], rows["count"])
    return rows.assign(low=low, high=high)[TENTHS]
