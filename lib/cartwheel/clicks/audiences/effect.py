"""What messages brought: who was told, beside who was held out."""

import pandas as pd

from cartwheel.errors import UsageError
from cartwheel.estimation import differences
from cartwheel.finding import Finding, counted
from cartwheel.timeframe import Interval
from cartwheel.warehouse import Warehouse
from cartwheel.warehouse.provenance import made_from

COLUMNS = [
    "audience", "count_told", "count_held_out", "buyers_told", "buyers_held_out", "share_told",
    "share_held_out", "difference", "low", "high", "revenue_told", "revenue_held_out",
]  # fmt: skip


def read(warehouse: Warehouse, whole: Interval, days: int) -> pd.DataFrame:
    """
    Return what the people of each exported audience bought after they were first told.

    Parameters
    ----------
    days
        After the message; who was told less long ago is left out.

    Returns
    -------
    DataFrame
        A row per audience that has both: numbers of people and buyers, shares of buyers, the
        ``difference`` with ``low`` and ``high`` (95 %, over all audiences), and revenue a person,
        null if a purchase does not say what was paid.

    Raises
    ------
    UsageError
        If days is below 1.
    """
    if days < 1:
        raise UsageError(f"days = {days}: an effect is measured over 1 day or more.")
    found = warehouse.query_file("clicks/audiences/effects", until=whole.until, days=days)
    return made_from(beside(found), found)


def beside(found: pd.DataFrame) -> pd.DataFrame:
    """Return rows of the query, those told beside those held out."""
    told, held = (
        found[found["is_held_out"].astype(bool) == which].set_index("audience")
        for which in (False, True)
    )
    both = sorted(set(told.index) & set(held.index))
    rows = []
    for name in both:
        one, other = told.loc[name], held.loc[name]
        sizes = [int(each["count_people"]) for each in (one, other)]
        buyers = [int(each["count_buyers"]) for each in (one, other)]
        gap = differences.of_shares(buyers[0], sizes[0], buyers[1], sizes[1], len(both))
        rows.append(
            (
                name, *sizes, *buyers, buyers[0] / sizes[0], buyers[1] / sizes[1], gap.value,
                gap.low, gap.high, one["revenue"] / sizes[0], other["revenue"] / sizes[1],
            )
        )  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def finding(rows: pd.DataFrame, days: int) -> Finding:
    """Say which messages changed what was bought; rows as :func:`read`."""
    when = counted(days, "day")
    if rows.empty:
        return Finding(f"No audience was told, and its hold-out kept, {when} ago or earlier", rows)
    seen = rows[(rows["low"] > 0) | (rows["high"] < 0)]
    if len(rows) == 1:
        row = rows.iloc[0]
        text = (
            f"{row['audience']}: {row['share_told']:.1%} of those told bought within {when}, "
            f"{row['share_held_out']:.1%} of those held out"
        )
        return Finding(text if len(seen) else f"{text}; no difference can be seen", rows)
    if seen.empty:
        return Finding(f"No audience bought more or less for being told, within {when}", rows)
    return Finding(
        f"Being told made a difference in {len(seen)} of {len(rows)} audiences within {when}", rows
    )
