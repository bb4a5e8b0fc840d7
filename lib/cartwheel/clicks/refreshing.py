"""
Bring the shop's tables up to what has landed.

They are made anew as a whole, since what a person's pace is hangs on all visits.
"""

from collections.abc import Callable
from typing import TypeVar

from cartwheel.warehouse import Warehouse, refreshing, sqlfiles

T = TypeVar("T")

TABLES = (
    "core.kept_clicks", "core.kept_purchases", "mart.sessions", "mart.session_products",
)  # fmt: skip
_AREA = "shop"


def ready(warehouse: Warehouse) -> None:
    """Refresh for a page; warn of a role that may not, for which a task does it."""
    refreshing.unless_forbidden(warehouse, _AREA, refresh)


def refresh(warehouse: Warehouse) -> int:
    """
    Bring the shop's tables up to what has landed, in one transaction.

    Returns
    -------
    int
        Visits made anew, 0 if nothing was new.

    Raises
    ------
    MayNotRefresh
        If the connection's role may only read.
    CartwheelError
        If another refresh goes on for longer than ten minutes; nothing has changed then.
    """
    return refreshing.in_turn(
        warehouse, _AREA, TABLES, lambda is_changed: _refresh(warehouse, is_changed)
    )


def after(warehouse: Warehouse, work: Callable[[], T]) -> T:
    """
    Refresh, and do some work in the same transaction, while no other refresh or work goes on.

    Raises
    ------
    MayNotRefresh, CartwheelError
        As :func:`refresh`.
    """

    def both(is_changed: bool) -> T:
        _refresh(warehouse, is_changed)
        return work()

    return refreshing.in_turn(warehouse, _AREA, TABLES, both)


def task() -> str:
    """Return the SQL of the task that refreshes in the cloud, by the same statements."""
    landed = refreshing.statement("shop_landed")
    return refreshing.task(_AREA, "raw.click_events", TABLES, landed=landed, make=_made())


def _refresh(warehouse: Warehouse, is_changed: bool) -> int:
    landed = warehouse.scalar(refreshing.statement("shop_landed"))
    if not is_changed and landed == warehouse.scalar("select landed from core.shop_refresh"):
        return 0
    for statement in sqlfiles.statements(_made()):
        warehouse.execute(statement)
    warehouse.execute("update core.shop_refresh set landed = ?", (landed,))
    return int(warehouse.scalar("select count(*) from mart.sessions"))


def _made() -> str:
    return refreshing.render("shop", tables=refreshing.models(TABLES))
