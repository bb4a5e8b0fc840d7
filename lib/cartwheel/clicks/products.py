"""How products fare: seen, clicked, carted, bought, at which prices, and what was out of stock."""

import numpy as np
import pandas as pd

from cartwheel.display import current
from cartwheel.finding import Finding, counted
from cartwheel.timeframe import Interval
from cartwheel.warehouse import Warehouse

_KINDS = ("count_seen", "count_clicked", "count_carted", "count_bought")
FEW = 20  # visits: of fewer that saw a product in stock no share is carried over


def performance(warehouse: Warehouse, time: Interval) -> pd.DataFrame:
    """
    Return each product that people's visits touched in a time; rows as :func:`demand`.

    A visit counts by what it did in the time; bots are left out.
    """
    return demand(warehouse.query_file("clicks/products/performance", **time._asdict()))


def demand(found: pd.DataFrame) -> pd.DataFrame:
    """
    Return what visits that saw a product only while it was out of stock would have brought.

    Of such visits as many would have bought it as did of those that saw it in stock, for what
    those paid; unknown for products that fewer than 20 visits saw in stock. It is the most that
    was lost: some of the visits bought another product instead. What no product has (a click, a
    cart, a purchase, a state of the stock) the source does not say: null, not 0.

    Returns
    -------
    DataFrame
        The rows, with ``share_bought`` (of the visits that saw it in stock), ``lost_visits``
        (purchases lost) and ``lost_revenue``.
    """
    told = {name: found[name] for name in _KINDS if found[name].sum() > 0}
    if found["count_stock_known"].sum() > 0:
        told["count_out"] = found["count_out"]
    if "count_bought" in told:
        told["revenue"] = found["revenue"]
    silent = {*_KINDS, "count_out", "revenue"} - set(told)
    found = found.assign(**dict.fromkeys(silent, np.nan))
    in_stock = (found["count_seen"] - found["count_out"].fillna(0)).astype(float)
    share = (found["count_bought"] / in_stock).where(in_stock >= FEW)
    paid = found["revenue"].astype(float) / found["count_bought"].replace(0, np.nan)
    lost = (share * found["count_out"]).where(found["count_out"] != 0, 0.0)
    worth = (lost * paid).where(lost > 0, lost * 0.0)
    return found.assign(share_bought=share, lost_visits=lost, lost_revenue=worth)


def ranking(rows: pd.DataFrame) -> Finding:
    """Say which product brings most; rows as :func:`performance`, the most revenue first."""
    if rows.empty:
        return Finding("Nobody saw a product in this time", rows)
    ranked = rows.sort_values(
        ["revenue", "count_seen", "product_id"], ascending=[False, False, True]
    )
    if not rows["count_bought"].sum():
        return Finding("This source knows no purchase", ranked)
    if not ranked["revenue"].fillna(0).gt(0).any():
        return Finding("What the products brought is unknown: no purchase says its price", ranked)
    best = ranked.iloc[0]
    money = current().money(float(best["revenue"]))
    if len(ranked) == 1:
        return Finding(f"{best['product']} brought {money}", ranked)
    alike = int((ranked["revenue"] == best["revenue"]).sum())
    if alike > 1:
        return Finding(f"{alike} products brought most: {money} each", ranked)
    share = best["revenue"] / ranked["revenue"].sum()
    whole = "of the revenue" if ranked["revenue"].notna().all() else "of the known revenue"
    return Finding(f"{best['product']} brought most: {money}, {share:.0%} {whole}", ranked)


def lost(rows: pd.DataFrame, limit: int = 12) -> Finding:
    """
    Say what was lost while products were out of stock.

    Returns
    -------
    Finding
        Rows of :func:`performance` with a known loss, the greatest first.
    """
    seen = rows[rows["count_out"] > 0]
    known = seen[seen["lost_visits"] > 0].sort_values(
        ["lost_revenue", "lost_visits", "product_id"], ascending=[False, False, True]
    )
    if rows["count_out"].isna().all():
        return Finding("This source does not say what is out of stock", known)
    if seen.empty:
        return Finding("No visit saw a product only while it was out of stock", known)
    visits = counted(int(seen["count_out"].sum()), "visit")
    if known.empty:
        return Finding(f"{visits} saw a product out of stock; what that cost is unknown", known)
    text = f"Out of stock cost up to {known['lost_visits'].sum():,.1f} purchases"
    if known["lost_revenue"].notna().all():
        text += f", {current().money(float(known['lost_revenue'].sum()))}"
    return Finding(text, known.head(limit))
