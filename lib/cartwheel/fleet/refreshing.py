"""
Bring the fleet's tables up to what has landed.

``sql/refreshed`` holds a query for each table. The moments are made anew a truck and day at a
time, where RAW holds other rows than before; the other tables a truck at a time, since what is
usual with a truck (its intervals, how its fuel is measured) hangs on all of its moments. If a
query has changed, everything is made anew.
"""

import hashlib
import time
import warnings
from functools import cache
from pathlib import Path
from typing import NamedTuple

import jinja2
from snowflake.connector.errors import Error as SnowflakeError

from cartwheel.errors import CartwheelError
from cartwheel.paths import SQL
from cartwheel.warehouse import LOCK_SECONDS, Warehouse, is_taken, sqlfiles

FOLDER = SQL / "refreshed"
MOMENTS = "core.truck_moments"
# In this order, since each reads those before it.
TABLES = (
    "core.speed_spans", "core.tank_plateaus", "core.fuelled_distances", "mart.stops",
    "mart.trips", "mart.truck_days", "mart.trucks",
)  # fmt: skip
CLEARED = ("core.fleet_days", MOMENTS, *TABLES)  # if a query has changed
_AGAIN_SECONDS = 0.2
_INSUFFICIENT_PRIVILEGES = 3001


class Refreshed(NamedTuple):
    """What a refresh made anew: trucks, and their days; both 0 if nothing was new."""

    trucks: int
    days: int


class _Taken(Exception):
    """Another refresh is at work."""


class MayNotRefresh(CartwheelError):
    """The role of this connection may read the fleet's tables, but not refresh them."""


def path(table: str) -> Path:
    """Return the file of the query that a table holds."""
    return FOLDER / f"{table.replace('.', '/')}.sql"


def model(table: str) -> str:
    """Return the query that a table holds."""
    (text,) = sqlfiles.statements(path(table).read_text(encoding="utf-8"))
    return text


def ready(warehouse: Warehouse) -> None:
    """Refresh for a page; warn of a role that may not, for which a task does it."""
    try:
        refresh(warehouse)
    except MayNotRefresh:
        at = warehouse.scalar("select refreshed_at from core.fleet_refresh")
        warnings.warn(
            f"This role may not refresh the fleet's tables. They hold what had landed by "
            f"{at:%Y-%m-%d %H:%M} UTC."
            if at
            else "The fleet's tables were never refreshed.",
            stacklevel=2,
        )


def refresh(warehouse: Warehouse) -> Refreshed:
    """
    Bring the fleet's tables up to what has landed, in one transaction.

    Raises
    ------
    MayNotRefresh
        If the connection's role may only read.
    CartwheelError
        If another refresh goes on for longer than a minute; nothing has changed then.
    """
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            with warehouse.transaction():
                return _refresh(warehouse)
        except _Taken:
            if time.monotonic() > deadline:
                raise CartwheelError(
                    "Another refresh of the fleet's tables has been at work for a minute. Nothing "
                    "was changed; try again when it has ended."
                ) from None
        time.sleep(_AGAIN_SECONDS)


def task() -> str:
    """Return the SQL of the task that refreshes in the cloud, by the same statements."""
    changed = "select truck_id from core.fleet_changes"
    first, last = (f"(select {end}(day) from core.fleet_changes)" for end in ("min", "max"))
    return (
        _templates()
        .get_template("task.j2")
        .render(
            models=_checksum(),
            cleared=CLEARED,
            changes=_changes(),
            make=_made(changed, first, last),
        )
    )


def _refresh(warehouse: Warehouse) -> Refreshed:
    models = _checksum()
    _lock(warehouse)
    if warehouse.scalar("select models from core.fleet_refresh") != models:
        for table in CLEARED:
            warehouse.execute(f"delete from {table}")
    warehouse.execute(_changes())
    days, first, last = warehouse.execute(
        "select count(*), min(day), max(day) from core.fleet_changes"
    )[0]
    if days:
        found = warehouse.execute("select distinct truck_id from core.fleet_changes")
        trucks = {f"truck_{number}": row[0] for number, row in enumerate(found)}
        values = {**trucks, "first": first.isoformat(), "last": last.isoformat()}
        times = (f"cast(:{end} as timestamp_ntz)" for end in ("first", "last"))
        for statement in sqlfiles.statements(_made(", ".join(f":{n}" for n in trucks), *times)):
            text, names = sqlfiles.positional(statement)
            warehouse.execute(text, [values[name] for name in names])
    warehouse.execute("update core.fleet_refresh set models = ?", (models,))
    return Refreshed(len(trucks) if days else 0, days)


def _checksum() -> str:
    texts = "".join(model(table) for table in (MOMENTS, *TABLES))
    return hashlib.sha256(texts.encode()).hexdigest()


def _lock(warehouse: Warehouse) -> None:
    try:
        warehouse.execute("update core.fleet_refresh set refreshed_at = current_timestamp()")
    except SnowflakeError as error:
        if is_taken(error):
            raise _Taken from error
        if error.errno == _INSUFFICIENT_PRIVILEGES:
            raise MayNotRefresh(
                f"This role may not refresh the fleet's tables: {error.msg} Use the engineer's."
            ) from error
        raise


@cache
def _templates() -> jinja2.Environment:
    return sqlfiles.templates(FOLDER)


def _changes() -> str:
    (text,) = sqlfiles.statements((FOLDER / "changes.sql").read_text(encoding="utf-8"))
    return text


def _made(trucks: str, first: str, last: str) -> str:
    """Return the statements that make what has changed, of trucks and between two days."""
    moments, *tables = ({"table": each, "query": model(each)} for each in (MOMENTS, *TABLES))
    return (
        _templates()
        .get_template("make.j2")
        .render(moments=moments, tables=tables, trucks=trucks, first=first, last=last)
    )
