"""What is clicked now: the live counts of the products that the shop shows most."""

from datetime import UTC, datetime

import pandas as pd

from cartwheel.aws import live_counts
from cartwheel.display import current
from cartwheel.environment import Environment
from cartwheel.finding import Finding, counted


def last_hour(
    environment: Environment, products: pd.DataFrame, now: datetime | None = None
) -> Finding:
    """
    Say what is clicked most in the hour up to now.

    Parameters
    ----------
    products
        ``product_id`` and ``product``, such as :func:`.overview.products` returns.
    now
        UTC; by default the clock's.

    Returns
    -------
    Finding
        Rows: ``product``, ``clicks``, the most clicked first; without those that were not.
    """
    until = now or datetime.now(UTC)
    counts = live_counts.of_last(environment, products["product_id"], until)
    rows = pd.DataFrame({"product": products["product"], "clicks": list(counts.values())})
    rows = rows[rows["clicks"] > 0].sort_values("clicks", ascending=False, kind="stable")
    return Finding(_said(rows, len(products), until), rows.reset_index(drop=True))


def _said(rows: pd.DataFrame, asked: int, until: datetime) -> str:
    clock = current().time_of_day(until)
    of = f"of the {asked} most viewed" if asked > 1 else "of the most viewed"
    if not asked:
        return "No product was seen in this time, so none is looked up"
    if rows.empty:
        return f"No click on any {of} products in the hour up to {clock}"
    first = rows[rows["clicks"] == rows["clicks"].max()]["product"]
    name = first.iloc[0] if len(first) == 1 else f"{len(first)} products"
    verb = "is" if len(first) == 1 else "are each"
    clicks = counted(int(rows["clicks"].max()), "click")
    return f"In the hour up to {clock}, {name} {verb} clicked most {of}: {clicks}"
