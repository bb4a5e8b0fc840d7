"""What happens in the next period, where its level drifts."""

import numpy as np
import pandas as pd
from cartwheel.estimation.drifting import Drifting, can_learn
from scipy import special


def periods(levels: list[float], seed: int, each: int = 1500) -> pd.DataFrame:
    """Return cases whose log odds are a number's and the period's."""
    draw = np.random.default_rng(seed)
    rows = []
    for number, level in enumerate(levels):
        x = draw.normal(0, 1, each)
        happened = draw.random(each) < special.expit(level + x)
        rows.append(pd.DataFrame({"x": x, "happened": happened, "period": number}))
    return pd.concat(rows, ignore_index=True)


def fitted(cases: pd.DataFrame) -> Drifting:
    return Drifting(cases[["x"]], cases["happened"], cases["period"])


def test_the_level_of_the_last_period_is_carried_on() -> None:
    """As much is foreseen as the last period had, not the mean of all, and ranked by the number."""
    found = fitted(periods([-1.0, -1.5, -2.5], seed=1))
    new = periods([-2.5], seed=2)
    chance = found.probability(new[["x"]])
    assert abs(chance.mean() - new["happened"].mean()) < 0.02
    assert chance[new["x"] > 1].mean() > 3 * chance[new["x"] < -1].mean()


def test_a_level_that_moves_far_may_move_far_again() -> None:
    """Steady periods allow a move of some 0.3, wild ones of much more."""
    steady = fitted(periods([-1.0, -1.0, -1.0, -1.0], seed=3)).moves
    wild = fitted(periods([-1.0, 0.5, -1.5, 0.0], seed=4)).moves
    assert 0.15 < steady < 0.5 and wild > 1.5


def test_a_move_shifts_the_log_odds_of_all() -> None:
    """By as much as is asked, either way."""
    found = fitted(periods([-1.0, -1.0], seed=5))
    x = pd.DataFrame({"x": [-1.0, 0.0, 1.0]})
    for moved in (-0.7, 0.4):
        odds = special.logit(found.probability(x, moved)) - special.logit(found.probability(x))
        assert np.allclose(odds, moved)


def test_a_period_in_which_nothing_happened_has_a_level() -> None:
    """Half a case is taken to have happened: what is foreseen is little, not none."""
    cases = periods([-1.0, -1.0, -40.0], seed=6)
    chance = fitted(cases).probability(cases[["x"]])
    assert 0 < chance.mean() < 0.002


def test_it_is_learned_only_if_every_period_can_be_left_out() -> None:
    """Ten cases outside of each period, and one in which it did not happen."""
    y = pd.Series([True] * 10 + [False] + [True] * 10 + [False])
    period = pd.Series([0] * 11 + [1] * 11)
    assert can_learn(y, period)
    assert not can_learn(y.iloc[1:], period.iloc[1:])
    assert not can_learn(pd.Series([True] * 22), period)
