"""
Whom to call into the workshop: risks weighed in money, and the rule tried on the past.

A part that fails on the road costs a tow, late deliveries and an idle driver beside its
repair; a part that is called in too early costs a visit and the life it still had.
"""

import math
from typing import Any, NamedTuple

import pandas as pd

from cartwheel.errors import UsageError
from cartwheel.fleet.maintenance import features

DECISION_DAYS = 7  # one decision a week
HORIZON_DAYS = 21  # a call looks three decisions ahead
UNKNOWN_REPAIR = 800.0  # for a component whose repair nobody has paid yet
_LEFT = 0.5  # of a mean life: what a part of unknown age has left, on average
_INTERVALS = range(DECISION_DAYS, 365, DECISION_DAYS)


class Costs(NamedTuple):
    """
    What a failure on the road costs beside the repair, in the environment's currency.

    Attributes
    ----------
    tow
        To bring the truck in.
    late_delivery, late_deliveries
        Of a delivery that is late, and how many a failure makes late.
    idle_hour, idle_hours
        Of the driver.
    visit
        Of a visit that was called in early, beside the repair.
    """

    tow: float = 600.0
    late_delivery: float = 25.0
    late_deliveries: float = 14.0
    idle_hour: float = 35.0
    idle_hours: float = 8.0
    visit: float = 120.0

    @property
    def saved(self) -> float:
        """What a failure on the road costs more than an early visit."""
        return (
            self.tow + self.late_delivery * self.late_deliveries + self.idle_hour * self.idle_hours
            - self.visit
        )  # fmt: skip

    def checked(self) -> "Costs":
        """
        Return the same costs.

        Raises
        ------
        UsageError
            Naming the cost that is below zero or no number, or that no failure costs more
            than a visit.
        """
        for name, value in self._asdict().items():
            if not (isinstance(value, int | float) and math.isfinite(value) and value >= 0):
                raise UsageError(f"Cost {name}: must be a number of 0 or more, got {value!r}.")
        if self.saved <= 0:
            raise UsageError(
                f"A failure on the road costs {self.saved + self.visit:g} beside the repair, an "
                f"early visit {self.visit:g}: nothing is saved by calling a truck in. Raise tow, "
                "late_delivery or idle_hour, or lower visit."
            )
        return self


def worth(
    probability: "pd.Series[float]", repair: "pd.Series[float]", costs: Costs
) -> "pd.Series[float]":
    """
    Return what calling a part in saves on average, in money.

    If it would have failed, the failure's extra cost; if not, the visit and the repair of a
    part that still had half of a mean life are lost.
    """
    lost = costs.visit + _LEFT * repair
    return probability * costs.saved - (1 - probability) * lost


def lives(rows: pd.DataFrame) -> pd.DataFrame:
    """
    Return each unit's lives: ``unit``, ``begins``, ``ends``, ``failed``.

    Parameters
    ----------
    rows
        A row a unit and day: ``unit``, ``day``, ``failed``.
    """
    ordered = rows.sort_values(["unit", "day"])
    number = features.lives(ordered, "unit", "failed").rename("number")
    grouped = ordered.groupby(["unit", number], sort=False)
    return grouped.agg(
        component=("component", "first"), begins=("day", "min"), ends=("day", "max"),
        failed=("failed", "any"),
    ).reset_index()  # fmt: skip


def outcome(
    lives: pd.DataFrame, called: "pd.Series[Any]", repairs: dict[str, float],
    life_days: dict[str, float], costs: Costs,
) -> pd.DataFrame:  # fmt: skip
    """
    Return what it would have brought to call parts in: ``days_early``, ``saved``.

    Parameters
    ----------
    lives
        Of :func:`lives`; one ends with a failure or with the record.
    called
        When each life was called in, null for never.
    repairs, life_days
        Cost of a repair and mean life in days, by component.
    """
    early = (lives["ends"] - called) / pd.Timedelta(days=1)
    repair = lives["component"].map(repairs)
    used = (early / lives["component"].map(life_days)).clip(0, 1)
    right = costs.saved - repair * used
    wrong = -(costs.visit + _LEFT * repair)
    saved = right.where(lives["failed"], wrong).where(called.notna(), 0.0)
    return lives.assign(
        called=called, days_early=early.where(lives["failed"]), saved=saved, share_wasted=used
    )


class Trial(NamedTuple):
    """
    The rule tried on the past.

    Attributes
    ----------
    policies
        Rows: ``policy`` (called by risk, at the best fixed interval, by who knows the truth),
        ``calls``, ``in_vain`` (no failure followed in the record), ``failures`` (left on the
        road), ``saved``.
    by_risk
        The lives with ``called``, ``days_early``, ``saved``, ``share_wasted``, ``is_due`` (it
        failed within the time of the decisions).
    """

    policies: pd.DataFrame
    by_risk: pd.DataFrame


def tried(
    rows: pd.DataFrame, held_out: pd.DataFrame, repairs: dict[str, float], costs: Costs
) -> Trial:
    """
    Try the rule on what was held out, beside running to failure, an interval, and the truth.

    Parameters
    ----------
    rows
        ``unit``, ``component``, ``day``, ``failed``.
    held_out
        ``unit``, ``day``, ``probability``: of a model that knew neither truck nor time.
    """
    # The first decision knows a week; of the last the record shows what came of it.
    week, horizon = pd.Timedelta(days=DECISION_DAYS), pd.Timedelta(days=HORIZON_DAYS)
    begins, until = held_out["day"].min() + week, rows["day"].max() - horizon
    dates = pd.date_range(begins, max(begins, until), freq=f"{DECISION_DAYS}D")
    known = lives(rows)
    spans = (known["ends"] - known["begins"]) / pd.Timedelta(days=1) + 1
    by_part = known.assign(days=spans).groupby("component")[["days", "failed"]].sum()
    life_days: dict[str, float] = (by_part["days"] / by_part["failed"].clip(lower=1)).to_dict()
    known = known[known["ends"] >= begins].reset_index(drop=True)
    is_due = known["failed"] & (known["ends"] < dates[-1] + week)
    found = {
        "risk": _by_risk(known, held_out, dates, repairs, costs),
        "interval": _by_interval(known, dates, repairs, life_days, costs),
        "truth": _by_truth(known, is_due, dates),
    }
    tables = {
        name: outcome(known, called, repairs, life_days, costs) for name, called in found.items()
    }
    rows_of = [
        {
            "policy": name,
            "calls": int(table["called"].notna().sum()),
            "in_vain": int((table["called"].notna() & ~table["failed"]).sum()),
            "failures": int((table["called"].isna() & is_due).sum()),
            "saved": float(table["saved"].sum()),
        }
        for name, table in tables.items()
    ]
    return Trial(pd.DataFrame(rows_of), tables["risk"].assign(is_due=is_due))


def _by_risk(
    known: pd.DataFrame, held_out: pd.DataFrame, dates: pd.DatetimeIndex,
    repairs: dict[str, float], costs: Costs,
) -> "pd.Series[Any]":  # fmt: skip
    """Call in whose risk is worth it, at the first decision that it is."""
    # A decision knows what was known on the days before it, of the last week.
    place = dates.searchsorted(held_out["day"], side="right")
    known_then = held_out[place < len(dates)].assign(date=dates[place[place < len(dates)]])
    weekly = known_then.sort_values("day").groupby(["unit", "date"], as_index=False).tail(1)
    repair = weekly["component"].map(repairs)
    wanted = weekly[worth(weekly["probability"], repair, costs) > 0]
    pairs = known.reset_index().merge(wanted[["unit", "day", "date"]], "inner", "unit")
    within = pairs[(pairs["day"] >= pairs["begins"]) & (pairs["date"] <= pairs["ends"])]
    first: pd.Series[Any] = within.groupby("index")["date"].min()
    return first.reindex(known.index)


def _by_truth(
    known: pd.DataFrame, is_due: "pd.Series[bool]", dates: pd.DatetimeIndex
) -> "pd.Series[Any]":
    """Call in who fails until the decision after the last, at the last decision before it."""
    places = dates.searchsorted(known["ends"], side="right") - 1
    last = pd.Series(dates[places.clip(0)], known.index)
    possible = is_due & (places >= 0) & (last >= known["begins"])
    return last.where(possible)


def _by_interval(
    known: pd.DataFrame, dates: pd.DatetimeIndex, repairs: dict[str, float],
    life_days: dict[str, float], costs: Costs,
) -> "pd.Series[Any]":  # fmt: skip
    """Call each component in at the age that, looking back, would have saved most; or never."""
    never = pd.Series(pd.NaT, known.index)
    best = never.copy()
    for component in known["component"].unique():
        chosen = known["component"] == component
        most = 0.0
        for days in _INTERVALS:
            due = known["begins"] + pd.Timedelta(days=days)
            places = dates.searchsorted(due, side="left")
            called = pd.Series(dates[places.clip(max=len(dates) - 1)], known.index)
            called = called.where(chosen & (places < len(dates)) & (called <= known["ends"]))
            total = float(outcome(known, called, repairs, life_days, costs)["saved"].sum())
            if total > most:
                most, best = total, best.where(~chosen, called)
    return best
