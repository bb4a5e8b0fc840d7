"""
Bring the fleet's tables up to what has landed.

The moments are made anew a truck and day at a time, where RAW holds other rows than before; the
other tables a truck at a time, since what is usual with a truck (its intervals, how its fuel is
measured) hangs on all of its moments.
"""

from typing import NamedTuple

from cartwheel.warehouse import Warehouse, refreshing, sqlfiles

MOMENTS = "core.truck_moments"
# In this order, since each reads those before it.
TABLES = (
    MOMENTS, "core.speed_spans", "core.tank_plateaus", "core.fuelled_distances", "mart.stops",
    "mart.trips", "mart.truck_days", "mart.trucks",
)  # fmt: skip
CLEARED = ("core.fleet_days", *TABLES)  # if a query has changed
_AREA = "fleet"


class Refreshed(NamedTuple):
    """What a refresh made anew: trucks, and their days; both 0 if nothing was new."""

    trucks: int
    days: int


def ready(warehouse: Warehouse) -> None:
    """Refresh for a page; warn of a role that may not, for which a task does it."""
    refreshing.unless_forbidden(warehouse, _AREA, refresh)


def refresh(warehouse: Warehouse) -> Refreshed:
    """
    Bring the fleet's tables up to what has landed, in one transaction.

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


def task() -> str:
    """Return the SQL of the task that refreshes in the cloud, by the same statements."""
    changed = "select truck_id from core.fleet_changes"
    first, last = (f"(select {end}(day) from core.fleet_changes)" for end in ("min", "max"))
    return refreshing.task(
        _AREA,
        "raw.truck_telemetry",
        TABLES,
        cleared=CLEARED,
        changes=refreshing.statement("fleet_changes"),
        make=_made(changed, first, last),
    )


def _refresh(warehouse: Warehouse, is_changed: bool) -> Refreshed:
    for table in CLEARED if is_changed else ():
        warehouse.execute(f"delete from {table}")
    warehouse.execute(refreshing.statement("fleet_changes"))
    days, first, last = warehouse.execute(
        "select count(*), min(day), max(day) from core.fleet_changes"
    )[0]
    if not days:
        return Refreshed(0, 0)
    found = warehouse.execute("select distinct truck_id from core.fleet_changes")
    trucks = {f"truck_{number}": row[0] for number, row in enumerate(found)}
    values = {**trucks, "first": first.isoformat(), "last": last.isoformat()}
    times = (f"cast(:{end} as timestamp_ntz)" for end in ("first", "last"))
    for statement in sqlfiles.statements(_made(", ".join(f":{n}" for n in trucks), *times)):
        text, names = sqlfiles.positional(statement)
        warehouse.execute(text, [values[name] for name in names])
    return Refreshed(len(trucks), days)


def _made(trucks: str, first: str, last: str) -> str:
    """Return the statements that make what has changed, of trucks and between two days."""
    moments, *tables = refreshing.models(TABLES)
    return refreshing.render(
        "fleet", moments=moments, tables=tables, trucks=trucks, first=first, last=last
    )
