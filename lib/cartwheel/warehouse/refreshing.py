"""
Tables that keep what queries of ``sql/refreshed`` say, one file a table, refreshed area by area.

A refresh takes the area's lock (the row of ``core.<area>_refresh``), compares what RAW holds with
what the tables hold, and makes anew what differs, in one transaction. The row remembers by which
queries: if one of them has changed, everything is made anew.
"""

import hashlib
import time
import warnings
from collections.abc import Callable, Sequence
from functools import cache
from typing import TypeVar

import jinja2
from snowflake.connector.errors import Error as SnowflakeError

from cartwheel.errors import CartwheelError
from cartwheel.paths import SQL
from cartwheel.warehouse import sqlfiles
from cartwheel.warehouse.connection import Warehouse, is_taken

FOLDER = SQL / "refreshed"
# A month of a hundred trucks takes a minute here, and another page may wait for it.
PATIENCE_SECONDS = 600.0
_AGAIN_SECONDS = 0.2
_INSUFFICIENT_PRIVILEGES = 3001
T = TypeVar("T")


class _Taken(Exception):
    """Another refresh is at work."""


class MayNotRefresh(CartwheelError):
    """The role of this connection may read the tables, but not refresh them."""


def statement(name: str) -> str:
    """Return the one statement of a file of ``sql/refreshed``, such as ``mart/sessions``."""
    (text,) = sqlfiles.statements((FOLDER / f"{name}.sql").read_text(encoding="utf-8"))
    return text


def query(table: str) -> str:
    """Return the query that a table holds."""
    return statement(table.replace(".", "/"))


def models(tables: Sequence[str]) -> list[dict[str, str]]:
    """Return each table with its query, as the templates take them."""
    return [{"table": table, "query": query(table)} for table in tables]


def checksum(tables: Sequence[str]) -> str:
    """Return the SHA-256 of the queries of some tables."""
    return hashlib.sha256("".join(query(table) for table in tables).encode()).hexdigest()


def render(template: str, **values: object) -> str:
    """Return a template of ``sql/refreshed`` with its values."""
    return _templates().get_template(f"{template}.j2").render(**values)


@cache
def _templates() -> jinja2.Environment:
    return sqlfiles.templates(FOLDER)


def task(area: str, raw: str, tables: Sequence[str], **values: object) -> str:
    """Return the SQL of the task that refreshes an area in the cloud, by the same statements."""
    work = render(f"{area}_task", **values).strip()
    return render("task", area=area, raw=raw, models=checksum(tables), work=work)


def in_turn(warehouse: Warehouse, area: str, tables: Sequence[str], work: Callable[[bool], T]) -> T:
    """
    Do a refresh's work in one transaction, when no other of its area is under way.

    Parameters
    ----------
    area
        Such as ``fleet``.
    tables
        All of the area's.
    work
        Called with whether a query has changed, so that all must be made anew.

    Raises
    ------
    MayNotRefresh
        If the connection's role may only read.
    CartwheelError
        If another refresh goes on for longer than ten minutes; nothing has changed then.
    """
    deadline, wanted = time.monotonic() + PATIENCE_SECONDS, checksum(tables)
    while True:
        try:
            with warehouse.transaction():
                _lock(warehouse, area)
                known = warehouse.scalar(f"select models from core.{area}_refresh")
                done = work(known != wanted)
                warehouse.execute(f"update core.{area}_refresh set models = ?", (wanted,))
                return done
        except _Taken:
            if time.monotonic() > deadline:
                raise CartwheelError(
                    f"Another refresh of the {area}'s tables has been at work for ten minutes. "
                    "Nothing was changed; try again when it has ended."
                ) from None
        time.sleep(_AGAIN_SECONDS)


def _lock(warehouse: Warehouse, area: str) -> None:
    try:
        warehouse.execute(f"update core.{area}_refresh set refreshed_at = current_timestamp()")
    except SnowflakeError as error:
        if is_taken(error):
            raise _Taken from error
        if error.errno == _INSUFFICIENT_PRIVILEGES:
            raise MayNotRefresh(
                f"This role may not refresh the {area}'s tables: {error.msg} Use the engineer's."
            ) from error
        raise


def unless_forbidden(warehouse: Warehouse, area: str, refresh: Callable[[Warehouse], T]) -> None:
    """Refresh for a page; warn of a role that may not, for which a task does it."""
    try:
        refresh(warehouse)
    except MayNotRefresh:
        at = warehouse.scalar(f"select refreshed_at from core.{area}_refresh")
        told = (
            f"They hold what had landed by {at:%Y-%m-%d %H:%M} UTC."
            if at
            else "They were never refreshed."
        )
        warnings.warn(f"This role may not refresh the {area}'s tables. {told}", stacklevel=3)
