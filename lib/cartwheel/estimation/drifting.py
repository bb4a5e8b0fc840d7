"""
How likely something is in the next period, where how often it happens drifts.

A calibrated model tells the cases apart; the level of the last period is carried on, and how much
it has moved from period to period says how far it may move (a local level model). Source: Harvey
(1989), Forecasting, Structural Time Series Models and the Kalman Filter, 2.3.
"""

import numpy as np
import pandas as pd
from scipy import optimize, special, stats

from cartwheel.estimation.boosting import FEWEST, Floats, Model, log_odds

_FAR = 12.0  # of a level, in log odds
# A few periods tell little of how far a level moves: before any is seen it is taken to move by so
# much (log odds, standard deviation), as if so many moves had been seen.
_USUAL_MOVE, _PRIOR_MOVES = 0.15, 4


class Drifting:
    """
    A model of what happens in the next period.

    Parameters
    ----------
    x
        Columns of numbers, null where unknown.
    y
        Did it happen?
    period
        Number of each row's period, the highest is the last; two to five of them.

    Attributes
    ----------
    moves
        By how much the level may move to the next period, in log odds to each side (95 %).
    """

    def __init__(self, x: pd.DataFrame, y: "pd.Series[bool]", period: "pd.Series[int]") -> None:
        # Each of the model's parts leaves a period out: what it says of that knows nothing of it.
        self._model = Model(x, y, period.astype(str))
        levels = [
            _level(self._model.out_of_fold[chosen], y[chosen])
            for chosen in (period == each for each in sorted(period.unique()))
        ]
        self._level = levels[-1]
        steps = np.diff(levels)
        freedom = _PRIOR_MOVES + len(steps)
        variance = (_PRIOR_MOVES * _USUAL_MOVE**2 + float((steps**2).sum())) / freedom
        self.moves = float(stats.t.ppf(0.975, freedom) * np.sqrt(variance))

    def probability(self, x: pd.DataFrame, moved: float = 0.0) -> Floats:
        """Return the probability of each row, if the level moves by so much."""
        known = log_odds(self._model.probability(x))
        found: Floats = special.expit(known + self._level + moved)
        return found


def can_learn(y: "pd.Series[bool]", period: "pd.Series[int]") -> bool:
    """Did it happen often enough, and not always, whichever period is left out?"""
    return all(
        FEWEST <= int(y[period != each].sum()) < int((period != each).sum())
        for each in period.unique()
    )


def _level(chance: Floats, happened: "pd.Series[bool]") -> float:
    """Return by how much the log odds must move for as many to happen as did."""
    # As if half a case more had happened, so that a period without one has a level too.
    known, count = log_odds(chance), len(chance)
    wanted = (float(happened.sum()) + 0.5) * count / (count + 1)
    return float(
        optimize.brentq(
            lambda moved: float(special.expit(known + moved).sum()) - wanted, -_FAR, _FAR
        )
    )
