"""What a late delivery, or a day promised later, costs in the visits that follow."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from cartwheel.clicks import carts
from cartwheel.display import current
from cartwheel.estimation import differences, logit
from cartwheel.finding import Finding
from cartwheel.timeframe import Interval
from cartwheel.warehouse import Warehouse
from cartwheel.warehouse.provenance import made_from

_LEAST = 30  # carted products behind a late delivery, and as many behind one in time
_CAUSES = {carts.LATE: "A late delivery", carts.PROMISED: "Each day promised later"}


class Costs(NamedTuple):
    """
    What is known of the carts, and the effects.

    Attributes
    ----------
    carts
        Of :func:`cartwheel.clicks.carts.read`.
    effects
        Log-odds by circumstance; empty if there are too few behind a delivery, late or in time.
    """

    carts: pd.DataFrame
    effects: dict[str, logit.Effect]


def read(warehouse: Warehouse, time: Interval) -> Costs:
    """Return the carts of a time, and what counts for their purchase."""
    return told(carts.read(warehouse, time))


def told(rows: pd.DataFrame) -> Costs:
    """Return the effects; what is late is set beside what came in time, nobody else."""
    is_late = rows["is_last_late"].astype(object)
    if min(is_late.eq(True).sum(), is_late.eq(False).sum()) < _LEAST:
        return Costs(rows, {})
    return Costs(rows, carts.effects(rows))


def naive(costs: Costs) -> Finding:
    """
    Say how often carted products are bought after a late delivery and after one in time.

    Returns
    -------
    Finding
        Rows: ``last``, ``count_carted``, ``count_bought``, ``share``; nothing is adjusted.
    """
    rows = costs.carts
    is_late = rows["is_last_late"].astype(object)
    names = np.select([is_late.eq(True), is_late.eq(False)], ["late", "in time"], "none before")
    bought = rows["is_bought"].astype(float)
    found = pd.DataFrame({"last": names, "bought": bought}).groupby("last")["bought"]
    table = found.agg(count_carted="size", count_bought="sum").reset_index()
    table = made_from(table.assign(share=table["count_bought"] / table["count_carted"]), rows)
    by = table.set_index("last")
    if not {"late", "in time"} <= set(by.index):
        return Finding("No late delivery can be set beside one in time", table)
    late, other = by.loc["late"], by.loc["in time"]
    gap = differences.of_shares(
        int(late["count_bought"]), int(late["count_carted"]),
        int(other["count_bought"]), int(other["count_carted"]),
    )  # fmt: skip
    text = f"After a late delivery {late['share']:.1%} of the carted products are bought"
    text += f", after one in time {other['share']:.1%}"
    return Finding(text if gap.is_seen else f"{text}: within chance", table)


def adjusted(costs: Costs) -> Finding:
    """
    Say what a late delivery costs, all else equal, and what each day of a later promise does.

    Returns
    -------
    Finding
        Rows: ``cause``, ``log_odds``, ``low``, ``high``, ``factor`` on the odds of a purchase,
        ``count_carted`` that it met, ``lost`` products that were not bought for it and
        ``money`` (null if a price of theirs is unknown), each with ``_low`` and ``_high``.
    """
    rows = [_cost(costs, name, what) for name, what in _CAUSES.items() if name in costs.effects]
    return costing(made_from(pd.DataFrame(rows), costs.carts))


def costing(rows: pd.DataFrame) -> Finding:
    """Say what late deliveries cost, if it can be seen."""
    found = made_from(rows.dropna(subset=["lost", "high"]) if len(rows) else rows, rows)
    if found.empty:
        return Finding("Too few late deliveries, or in time, to tell what they cost", found)
    late = found[found["cause"] == _CAUSES[carts.LATE]]
    if late.empty or late["high"].iloc[0] >= 0:
        return Finding("No cost of late deliveries can be seen", found)
    one = late.iloc[0]
    if pd.isna(one["money"]):
        return Finding(
            f"Late deliveries cost {one['lost']:,.0f} purchases "
            f"({one['lost_low']:,.0f} to {one['lost_high']:,.0f}) in the visits that followed",
            found,
        )
    return Finding(
        f"Late deliveries cost {current().money(one['money'])} "
        f"({current().money(one['money_low'])} to {current().money(one['money_high'])}) "
        "in the visits that followed",
        found,
    )


def _cost(costs: Costs, name: str, what: str) -> dict[str, Any]:
    """Return an effect, and what would have been bought without it."""
    effect = costs.effects[name]
    rows = costs.carts
    column = carts.circumstances(rows)[name].to_numpy()
    column = column - column.min()
    bought = rows["is_bought"].astype(float).to_numpy()
    price = rows["shown_price"].astype(float).to_numpy()
    made: dict[str, Any] = {
        "cause": what, "log_odds": effect.value, "low": effect.low, "high": effect.high,
        "factor": float(np.exp(effect.value)), "count_carted": int((column > 0).sum()),
    }  # fmt: skip
    share = bought[column > 0].mean() if (column > 0).any() else 0.0
    for end, value in (("", effect.value), ("_high", effect.low), ("_low", effect.high)):
        odds = share / max(1e-12, 1 - share) * np.exp(-value * column)
        more = np.where(column > 0, odds / (1 + odds) - share, 0.0)
        made[f"lost{end}"] = float(more.sum())
        made[f"money{end}"] = float((more * price)[column > 0].sum())
    return made
