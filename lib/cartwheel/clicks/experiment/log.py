"""An experiment as it was seen: its arms, its persons, their carts."""

import math
from typing import NamedTuple

import pandas as pd
from scipy import stats

from cartwheel.clicks import carts
from cartwheel.errors import UsageError, unknown
from cartwheel.finding import Finding, counted
from cartwheel.timeframe import Interval
from cartwheel.warehouse import Warehouse
from cartwheel.warehouse.provenance import made_from

UNBELIEVABLE = 0.001  # so unlikely a ratio of the arms is no chance


class Log(NamedTuple):
    """
    An experiment as it was seen.

    Attributes
    ----------
    name, control, treatment
        Of the experiment, and of its arms.
    persons
        A row a person of one arm: ``user_id``, ``is_treated``, ``first_at``, ``device_type``,
        ``referrer_url``, ``user_type`` (of the first visit), ``count_visits``,
        ``count_buying_visits``, ``revenue``, ``count_carted``, ``count_bought``.
    days
        A row a person and day: ``user_id``, ``day``, ``count_visits``, ``count_buying_visits``.
    carts
        Of :func:`cartwheel.clicks.carts.read`, of these persons, with ``is_treated``.
    count_mixed
        Persons that were seen in both arms; they are left out.
    until
        When the log ends.
    """

    name: str
    control: str
    treatment: str
    persons: pd.DataFrame
    days: pd.DataFrame
    carts: pd.DataFrame
    count_mixed: int
    until: pd.Timestamp


def read(warehouse: Warehouse, time: Interval, name: str = "", control: str = "") -> Log:
    """
    Return an experiment, the one with most persons if none is named; without any an empty log.

    Parameters
    ----------
    control
        The arm that is compared with; by default the one called so, else the first by name.

    Raises
    ------
    UsageError
        If there is no such experiment or arm.
    """
    known = warehouse.query_file("clicks/experiment/names")
    names = known["experiment"].unique().tolist()
    if name and name not in names:
        raise unknown("experiment", name, names)
    name = name or next(iter(names), "")
    arms = [arm.partition(":")[2] for arm in known.loc[known["experiment"] == name, "arm"]]
    if control and control not in arms:
        raise unknown("arm", control, arms)
    base = control or next((arm for arm in arms if arm.lower() == "control"), "")
    base = base or next(iter(arms), "")
    others = [arm for arm in arms if arm != base]
    if len(others) > 1:
        raise UsageError(
            f"Experiment {name!r} has {len(arms)} arms ({', '.join(arms)}); two can be compared."
        )
    told = {"experiment": name, **time._asdict()}
    persons, days = (
        warehouse.query_file(f"clicks/experiment/{each}", **told) for each in ("persons", "days")
    )
    treatment = others[0] if others else ""
    carted = carts.read(warehouse, time)
    return logged((name, base, treatment), persons, days, carted, pd.Timestamp(time.until))


def logged(
    names: tuple[str, str, str],
    persons: pd.DataFrame,
    days: pd.DataFrame,
    carted: pd.DataFrame,
    until: pd.Timestamp,
) -> Log:
    """Return the log of an experiment's name and arms: persons of one arm, with their carts."""
    name, control, treatment = names
    is_mixed = persons["count_arms"] > 1
    kept = persons[~is_mixed]
    kept = made_from(kept.assign(is_treated=kept["arm"] == f"{name}:{treatment}"), persons)
    bought = carted.assign(is_bought=carted["is_bought"].astype(float)).groupby("user_id")
    sums = bought["is_bought"].agg(count_carted="size", count_bought="sum").reset_index()
    kept = made_from(kept.merge(sums, "left", on="user_id"), persons)
    kept[["count_carted", "count_bought"]] = kept[["count_carted", "count_bought"]].fillna(0.0)
    mine = carted.merge(kept[["user_id", "is_treated"]], on="user_id")
    days = days[days["user_id"].isin(kept["user_id"])]
    return Log(name, control, treatment, kept, days, mine, int(is_mixed.sum()), until)


def balance(log: Log, share: float = 0.5) -> Finding:
    """
    Say whether the arms are as large as they were drawn.

    Parameters
    ----------
    share
        Of the persons, that was to be treated.

    Returns
    -------
    Finding
        Rows: ``arm``, ``count_persons``, ``expected``, ``p`` (binomial, two-sided).

    Raises
    ------
    UsageError
        If the share is not between 0 and 1.
    """
    if not 0 < share < 1:
        raise UsageError(f"treated_share: between 0 and 1, got {share!r}.")
    treated = int(log.persons["is_treated"].sum())
    count = len(log.persons)
    p = float(stats.binomtest(treated, count, share).pvalue) if count else math.nan
    rows = made_from(
        pd.DataFrame(
            {
                "arm": [log.control, log.treatment or "none"],
                "count_persons": [count - treated, treated],
                "expected": [count * (1 - share), count * share], "p": p,
            }
        ),
        log.persons,
    )  # fmt: skip
    if not log.name:
        return Finding("No click tells of an experiment", rows.head(0))
    if not 0 < treated < count:
        return Finding("There is one arm only: nothing can be compared", rows)
    text = f"{counted(count - treated, 'person')} beside {treated:,}"
    if p < UNBELIEVABLE:
        return Finding(f"The arms are not as they were drawn: {text}; do not trust the rest", rows)
    mixed = (
        f"; {counted(log.count_mixed, 'person')} in both arms left out" if log.count_mixed else ""
    )
    return Finding(f"The arms are as they were drawn: {text}{mixed}", rows)
