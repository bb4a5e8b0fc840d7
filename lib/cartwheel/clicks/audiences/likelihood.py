"""
How likely each person buys in the days to come, and for how much.

Learned from what people did in the days before earlier moments and bought in the days after, and
tried on the last such days, which the model that is tried has not seen.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

import numpy as np
import pandas as pd

from cartwheel.clicks.audiences import persons
from cartwheel.errors import UsageError
from cartwheel.estimation import foresight
from cartwheel.estimation.boosting import FEWEST
from cartwheel.estimation.drifting import Drifting, can_learn
from cartwheel.estimation.intervals import WITHIN_95
from cartwheel.finding import Finding, counted
from cartwheel.timeframe import Interval
from cartwheel.warehouse import Warehouse
from cartwheel.warehouse.provenance import made_from

MOST_MOMENTS = 4  # that are learned from
_NEARLY = timedelta(hours=1)
_MOST_CASES = 20_000  # people drawn by chance beyond
_ENOUGH_BUYERS = 30  # of a favourite category, until what they pay counts for itself
_AS_THEY_ARE = (
    "days_since_visit", "visits_7_days", "days_since_order", "seen_7_days", "days_since_bought",
    "count_left", "days_since_left", "favourite_share",
)  # fmt: skip
# Of what adds up over the time only rates count: the later of two moments is not another person.
_A_VISIT = ("count_orders", "count_seen", "count_carted", "count_bought")
_PRIOR_VISITS = 3.0  # as of somebody of the mean rate, before any is seen


@dataclass(frozen=True)
class Likelihood:
    """
    Who buys, as far as earlier moments teach it.

    Attributes
    ----------
    days
        Ahead that it looks.
    category
        Whose products; empty for all.
    past
        The people as known at earlier moments, the last first, and what came of them.
    """

    days: int
    category: str
    past: list[pd.DataFrame]

    @cached_property
    def model(self) -> Drifting | None:
        """The model of all moments; None if nothing can be learned."""
        return _learned(self.past)

    @cached_property
    def why_not(self) -> str:
        """Why nothing can be learned; empty if something can."""
        if len(self.past) < 2:
            return f"it takes {3 * self.days} days of clicks to learn who buys within {self.days}"
        if self.model is None:
            return f"one of the times left out, fewer than {FEWEST} people bought, or everybody did"
        return ""

    @cached_property
    def paid(self) -> pd.DataFrame:
        """
        What a buyer pays in so many days, by favourite category; the last row is of all.

        ``mean`` and ``square`` (mean of the square), null if no purchase says it.
        """
        return _paid(self.past)

    @cached_property
    def tried(self) -> pd.DataFrame:
        """
        The people of the last such days, foreseen by a model that had not seen these days.

        Without a row if there is none.
        """
        before = _learned(self.past[1:])
        shown = _foreseen(self.past[0], before, _paid(self.past[1:])) if before else pd.DataFrame()
        return made_from(shown, *self.past)

    def foresee(self, people: pd.DataFrame) -> pd.DataFrame:
        """
        Return people (of :func:`persons.read`) with what is expected of them, null if unknown.

        Returns
        -------
        DataFrame
            The rows, with ``probability``; ``expected_revenue`` with its ``variance``; and
            ``lowest`` and ``highest`` revenue expected if the level of all of them moves.
        """
        return _foreseen(people, self.model, self.paid)


def fitting(whole: Interval) -> int:
    """Return the days ahead that so much time can teach: 7, or a third of it, at least 1."""
    return max(1, min(7, int((whole.length + _NEARLY) / timedelta(days=3))))


def learn(
    warehouse: Warehouse, whole: Interval, days: int | None = None, category: str = ""
) -> Likelihood:
    """
    Learn who buys within some days.

    Parameters
    ----------
    whole
        The time of the clicks.
    days
        Ahead; by default of :func:`fitting`.
    category
        Whose products; empty for all.

    Raises
    ------
    UsageError
        If days is below 1.
    """
    days = fitting(whole) if days is None else days
    if days < 1:
        raise UsageError(f"days = {days}: 1 or more are looked ahead.")
    step = timedelta(days=days)
    # A moment teaches if people were seen for as long before it as is looked ahead; the first
    # and the last click of whole days are a little less than whole days apart.
    moments = [
        whole.until - n * step
        for n in range(1, MOST_MOMENTS + 1)
        if (n + 1) * step <= whole.length + _NEARLY
    ]
    return Likelihood(
        days, category, [persons.read(warehouse, at, at + step, category) for at in moments]
    )


def _learned(past: list[pd.DataFrame]) -> Drifting | None:
    """Return the model of some moments, the last first; None if they tell too little."""
    if len(past) < 2:
        return None
    cases = pd.concat([each.assign(period=-n) for n, each in enumerate(past)], ignore_index=True)
    if len(cases) > _MOST_CASES:
        cases = cases.sample(_MOST_CASES, random_state=0).reset_index(drop=True)
    bought = cases["has_bought_after"].astype(bool)
    if not can_learn(bought, cases["period"]):
        return None
    return Drifting(_features(cases), bought, cases["period"])


def _features(people: pd.DataFrame) -> pd.DataFrame:
    found = people[list(_AS_THEY_ARE)].astype(float)
    visits = people["count_visits"].astype(float)
    found["visits_a_day"] = visits / (people["days_since_first"].astype(float) + 7)
    for name in _A_VISIT:
        total = people[name].astype(float)
        rate = total.sum() / visits.sum() if len(people) else np.nan
        found[f"{name}_a_visit"] = (total + rate * _PRIOR_VISITS) / (visits + _PRIOR_VISITS)
    return found


def _paid(past: list[pd.DataFrame]) -> pd.DataFrame:
    """Return what buyers paid in the days ahead, by favourite category; the last row is of all."""
    columns = ["favourite_category", "mean", "square"]
    if not past:
        return pd.DataFrame([[None, np.nan, np.nan]], columns=columns)
    cases = pd.concat(past, ignore_index=True)
    cases = cases[cases["has_bought_after"].astype(bool)].dropna(subset=["paid_after"])
    money = cases["paid_after"].astype(float)
    cases = cases.assign(mean=money, square=money**2)
    by = cases.groupby("favourite_category")[["mean", "square"]]
    told = by.mean()[by.size() >= _ENOUGH_BUYERS].reset_index()
    means = [money.mean(), (money**2).mean()]
    return pd.DataFrame([*told[columns].to_numpy().tolist(), [None, *means]], columns=columns)


def _foreseen(people: pd.DataFrame, model: Drifting | None, paid: pd.DataFrame) -> pd.DataFrame:
    unknown = np.full(len(people), np.nan)
    chance = lower = higher = unknown
    if model is not None and len(people):
        x = _features(people)
        chance, lower, higher = (
            model.probability(x, moved) for moved in (0.0, -model.moves, model.moves)
        )
    by = paid.iloc[:-1].set_index("favourite_category")
    mean, square = (
        people["favourite_category"].map(by[name]).astype(float).fillna(paid[name].iloc[-1])
        for name in ("mean", "square")
    )
    return people.assign(
        probability=chance,
        expected_revenue=chance * mean,
        variance=chance * square - (chance * mean) ** 2,
        lowest=lower * mean,
        highest=higher * mean,
    )


def revenue(people: pd.DataFrame) -> tuple[float, float, float]:
    """
    Return what people (of :meth:`Likelihood.foresee`) are expected to pay together, with 95 %.

    Who of them buys is chance, and the level of all of them may move.
    """
    if people.empty:
        return 0.0, 0.0, 0.0
    value = people["expected_revenue"].sum(skipna=False)
    chance = WITHIN_95 * np.sqrt(people["variance"].sum(skipna=False))
    low, high = (
        value + sign * np.hypot(chance, people[name].sum(skipna=False) - value)
        for sign, name in ((-1, "lowest"), (1, "highest"))
    )
    return float(value), float(np.maximum(0.0, low)), float(high)


def trusted(likelihood: Likelihood) -> Finding:
    """
    Say how well buyers were told from others on days that the model had not seen.

    Returns
    -------
    Finding
        Rows of :func:`cartwheel.estimation.foresight.tenths`.
    """
    tried = likelihood.tried
    empty = made_from(pd.DataFrame(columns=foresight.TENTHS), tried)
    if tried.empty:
        why = likelihood.why_not or (
            f"it takes {4 * likelihood.days} days of clicks, with purchases in all of them"
        )
        return Finding(f"The probabilities cannot be tried: {why}", empty)
    happened, chance = tried["has_bought_after"].astype(bool), tried["probability"].to_numpy(float)
    told = foresight.scores(happened, chance)
    rows = made_from(foresight.tenths(happened, chance), tried)
    if told is None:
        count = counted(len(tried), "person") if len(tried) == 1 else f"{len(tried):,} people"
        who = "everybody" if happened.any() else "nobody"
        when = counted(likelihood.days, "day")
        return Finding(f"Of {count} {who} bought in the last {when}", rows)
    return Finding(
        f"Of a buyer and another, the buyer was ranked first in {told.auc:.0%} of the pairs "
        f"({told.auc_low:.0%} to {told.auc_high:.0%})",
        rows,
    )
