"""
Whether something happens, learned from many cases: gradient boosting, calibrated out of fold.

Sources: Friedman (2001), Greedy Function Approximation; Platt (1999), Probabilistic Outputs.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

Floats = NDArray[np.float64]

FOLDS = 5
FEWEST = 10  # cases in which it happened; of fewer nothing is learned
_SEED = 0
_TINY = 1e-6


def log_odds(probability: Floats) -> Floats:
    """Return the log odds of probabilities, of 0 and 1 those of nearly 0 and 1."""
    p = np.clip(probability, _TINY, 1 - _TINY)
    found: Floats = np.log(p / (1 - p))
    return found


class _Boosting:
    """Gradient boosting on the columns that hold something."""

    def __init__(self, x: pd.DataFrame, y: "pd.Series[bool]") -> None:
        self._columns = [name for name in x if x[name].notna().any()]
        self._model = HistGradientBoostingClassifier(
            max_iter=75, learning_rate=0.1, max_leaf_nodes=8, min_samples_leaf=40,
            l2_regularization=5.0, random_state=_SEED,
        )  # fmt: skip
        # Small tables: threads that wait for each other take longer than one alone.
        with threadpool_limits(1):
            self._model.fit(x[self._columns], y)

    def log_odds(self, x: pd.DataFrame) -> Floats:
        """Return what the model says of each row."""
        with threadpool_limits(1):
            return log_odds(self._model.predict_proba(x[self._columns])[:, 1])


class Model:
    """
    Tells how likely something is: the calibrated mean of models of which each left a part out.

    What each says of the part that it left out, put together, is what the mean is calibrated on.

    Parameters
    ----------
    x
        Columns of numbers, null where unknown.
    y
        Did it happen? Both must occur.
    groups
        Whose a row is; rows of one group are left out together.

    Attributes
    ----------
    out_of_fold
        Probability of each row that was learned from, by a model that left it out; null if none
        did.
    """

    def __init__(self, x: pd.DataFrame, y: "pd.Series[bool]", groups: "pd.Series[str]") -> None:
        parts, out_of_fold = folds(groups), np.full(len(x), np.nan)
        self._models: list[_Boosting] = []
        for part in range(FOLDS):
            left_out = (parts == part).to_numpy()
            if left_out.any() and 0 < y[~left_out].sum() < (~left_out).sum():
                model = _Boosting(x[~left_out], y[~left_out])
                out_of_fold[left_out] = model.log_odds(x[left_out])
                self._models.append(model)
        known = ~np.isnan(out_of_fold)
        self._calibration = LogisticRegression(C=1e6)
        self._calibration.fit(out_of_fold[known].reshape(-1, 1), y[known])
        self.out_of_fold = np.full(len(x), np.nan)
        self.out_of_fold[known] = self._calibrated(out_of_fold[known])

    def probability(self, x: pd.DataFrame) -> Floats:
        """Return the probability of each row."""
        mean = np.mean([model.log_odds(x) for model in self._models], axis=0)
        return self._calibrated(mean)

    def _calibrated(self, odds: Floats) -> Floats:
        found: Floats = self._calibration.predict_proba(odds.reshape(-1, 1))[:, 1]
        return found


def folds(groups: "pd.Series[str]") -> "pd.Series[int]":
    """Return the fold of each row; a group's rows are in one, whatever other groups there are."""
    names = pd.Series(sorted(groups.unique()))
    shuffled = names.sample(frac=1, random_state=_SEED).reset_index(drop=True)
    return groups.map(dict(zip(shuffled, shuffled.index % FOLDS, strict=True)))
