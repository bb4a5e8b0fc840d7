"""Who is in an audience, who of them is told, and what they are expected to pay."""

import hashlib
from typing import NamedTuple

import numpy as np
import pandas as pd

from cartwheel.clicks.audiences import persons
from cartwheel.clicks.audiences.definition import Audience
from cartwheel.clicks.audiences.likelihood import Likelihood, revenue
from cartwheel.display import current
from cartwheel.errors import unknown
from cartwheel.finding import Finding, counted
from cartwheel.timeframe import Interval
from cartwheel.warehouse import Warehouse
from cartwheel.warehouse.provenance import made_from


class Selected(NamedTuple):
    """
    An audience and who is in it.

    Attributes
    ----------
    people
        Rows, the most likely buyers first: those of :meth:`Likelihood.foresee` with
        ``is_held_out`` (of a hash of the audience's name and the user's id), and ``is_capped``
        (has had as many messages in 7 days as allowed).
    """

    audience: Audience
    likelihood: Likelihood
    people: pd.DataFrame

    @property
    def told(self) -> pd.DataFrame:
        """Those that get a message."""
        return self.people[~self.people["is_held_out"] & ~self.people["is_capped"]]

    @property
    def held_out(self) -> pd.DataFrame:
        """Those that would get one, and do not, so that the effect can be measured."""
        return self.people[self.people["is_held_out"] & ~self.people["is_capped"]]


def select(
    warehouse: Warehouse, audience: Audience, whole: Interval, likelihood: Likelihood
) -> Selected:
    """
    Return who is in an audience as the clicks end.

    Parameters
    ----------
    whole
        The time of the clicks.
    likelihood
        Of the audience's category.

    Raises
    ------
    UsageError
        If the rule is not allowed, or no product is of the category.
    """
    category = audience.checked().category
    if category and category not in (there := persons.categories(warehouse)):
        raise unknown("category", category, there)
    every = persons.read(warehouse, whole.until, whole.until, category, audience.where)
    # A person is set beside everybody, whichever audience is asked for.
    people = likelihood.foresee(every)
    people = people[people["is_in"].astype(bool)]
    if audience.at_least > 0:
        people = people[people["probability"] >= audience.at_least]
    people = people.sort_values(
        ["probability", "user_id"], ascending=[False, True], ignore_index=True
    ).assign(
        is_capped=lambda rows: rows["count_messages"] >= audience.most_messages,
        is_held_out=lambda rows: held_out(audience, rows["user_id"]),
    )
    return Selected(audience, likelihood, made_from(people, every))


def held_out(audience: Audience, users: "pd.Series[str]") -> "pd.Series[bool]":
    """Return who is held out: always the same of one name, as if drawn anew for another."""
    draws = [
        int(hashlib.sha256(f"{audience.name}\n{user}".encode()).hexdigest()[:13], 16) / 16**13
        for user in users
    ]
    return pd.Series(np.asarray(draws, dtype=float) < audience.hold_out, users.index, dtype=bool)


def described(selected: Selected) -> Finding:
    """
    Say how many are in an audience and what they are expected to pay.

    Returns
    -------
    Finding
        Rows: those of :class:`Selected`.
    """
    people, likelihood = selected.people, selected.likelihood
    if selected.audience.at_least > 0 and likelihood.model is None:
        return Finding(f"Nobody knows who is likely to buy: {likelihood.why_not}", people)
    if people.empty:
        return Finding("Nobody is in this audience", people)
    who = "1 person" if len(people) == 1 else f"{len(people):,} people"
    out, capped = len(selected.held_out), int(people["is_capped"].sum())
    text = f"{who}: {out:,} held out, {capped:,} told often enough"
    value, low, high = revenue(people)
    if np.isnan(value):
        return Finding(text, people)
    money = current().money
    when = counted(likelihood.days, "day")
    return Finding(
        f"{text}; expected to pay {money(value)} in {when} ({money(low)} to {money(high)})", people
    )


def compared(every: list[Selected]) -> Finding:
    """
    Set audiences side by side.

    Returns
    -------
    Finding
        Rows: ``audience``, ``count_people``, ``count_told``, ``count_held_out``,
        ``count_capped``, ``days``, ``expected_revenue`` with ``low`` and ``high`` (95 %), and
        ``per_person``.
    """
    rows = []
    for each in every:
        value, low, high = revenue(each.people)
        size = len(each.people)
        rows.append(
            (
                each.audience.name, size, len(each.told), len(each.held_out),
                int(each.people["is_capped"].sum()), each.likelihood.days, value, low, high,
                value / size if size else np.nan,
            )
        )  # fmt: skip
    names = [
        "audience", "count_people", "count_told", "count_held_out", "count_capped", "days",
        "expected_revenue", "low", "high", "per_person",
    ]  # fmt: skip
    found = made_from(pd.DataFrame(rows, columns=names), *(each.people for each in every))
    known = found.dropna(subset=["per_person"])
    if found.empty or not found["count_people"].sum():
        return Finding("Nobody is in any of these audiences", found)
    if known.empty:
        return Finding("What these audiences will pay is not known", found)
    best = known.loc[known["per_person"].idxmax()]
    money, when = current().money(float(best["per_person"])), counted(int(best["days"]), "day")
    if len(known) == 1:
        return Finding(f"“{best['audience']}” is expected to pay {money} a person in {when}", found)
    if (known["per_person"] == best["per_person"]).sum() > 1:
        return Finding(f"Up to {money} a person is expected in {when}", found)
    return Finding(
        f"“{best['audience']}” is expected to pay most: {money} a person in {when}", found
    )
