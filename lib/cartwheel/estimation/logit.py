"""Logistic regression with intervals that know which rows belong together."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cartwheel.estimation.intervals import WITHIN_95

Floats = NDArray[np.float64]
_ROUNDS = 50
_CLOSE = 1e-10


class Effect(NamedTuple):
    """A coefficient in log-odds, with its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half of the interval."""
        return (self.high - self.low) / 2


def fit(columns: pd.DataFrame, happened: "pd.Series[Any]", cluster: "pd.Series[Any]") -> Any:
    """
    Return the effect of each column on the log-odds of an event, the others held fixed.

    Maximum likelihood by Newton's method; the covariance is that of clusters (CR1), so that the
    rows of a person may depend on each other. Source: Liang and Zeger (1986), Longitudinal Data
    Analysis Using Generalized Linear Models; Cameron and Miller (2015), A Practitioner's Guide
    to Cluster-Robust Inference, VI.A.

    Parameters
    ----------
    columns
        Numbers without null; a column of ones is added. Columns that are constant are left out.
    happened
        0 or 1 of each row.
    cluster
        Whose the row is.

    Returns
    -------
    dict
        An :class:`Effect` by column; none if the event always or never happens.
    """
    spread = columns.astype(float).std()
    used = [name for name in columns if spread[name] > 0]
    y = happened.to_numpy(dtype=float)
    if not used or not 0 < y.sum() < len(y):
        return {}
    x = np.column_stack([np.ones(len(y)), columns[used].to_numpy(dtype=float)])
    weights = np.zeros(x.shape[1])
    for _ in range(_ROUNDS):
        chance = _chance(x @ weights)
        bread = (x * (chance * (1 - chance))[:, None]).T @ x
        step = np.linalg.lstsq(bread, x.T @ (y - chance), rcond=None)[0]
        weights = weights + step
        if np.abs(step).max() < _CLOSE:
            break
    error = np.sqrt(np.diag(_covariance(x, y - _chance(x @ weights), bread, cluster)))
    return {
        name: Effect(w, w - WITHIN_95 * e, w + WITHIN_95 * e)
        for name, w, e in zip(used, weights[1:], error[1:], strict=True)
    }


def _chance(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -35, 35))))


def _covariance(x: Floats, residual: Floats, bread: Floats, cluster: "pd.Series[Any]") -> Floats:
    """Return the sandwich, the scores summed up within each cluster."""
    code, names = pd.factorize(cluster)
    scores = np.zeros((len(names), x.shape[1]))
    np.add.at(scores, code, x * residual[:, None])
    inverse = np.linalg.pinv(bread)
    count, rows = len(names), len(x)
    correction = count / max(1, count - 1) * (rows - 1) / max(1, rows - x.shape[1])
    return np.asarray(inverse @ (scores.T @ scores) @ inverse * correction)
