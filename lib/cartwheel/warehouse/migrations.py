"""
Migrations of the warehouse: each runs once, in the order of its number, and is recorded.

A file of ``sql/migrations`` never changes after it ran: a new one follows it. The views of
``sql/core`` and ``sql/mart`` and the tasks of ``sql/generated`` are replaced whenever their
file or a value in it has changed, and dropped when it is gone. After a migration every view is
replaced, since Snowflake's remember the columns that ``select *`` had when they were made.
"""

import re
import time
from collections.abc import Mapping, Set
from graphlib import TopologicalSorter
from pathlib import Path

import pandas as pd

from cartwheel.errors import CartwheelError
from cartwheel.paths import SQL
from cartwheel.warehouse import sqlfiles
from cartwheel.warehouse.connection import Warehouse

# In this order, since the views of MART read those of CORE.
REPLACED = ("core", "mart", "generated")
# What Snowflake says while a policy of AWS that was made just now is not everywhere yet.
_SETTLING = re.compile(
    r"not authorized|access denied|accessdenied|assum\w+ role|bind failure", re.I
)
SETTLING_SECONDS = 180.0
# The name under which a file is recorded, as it is now and as it was in older warehouses.
_VIEW = re.compile(r"(?:marts/\d+_)?(core|mart)[/_](\w+)\.sql")
_TASK = re.compile(r"(?:generated|tasks)/(\w+)\.sql")


def migrate(warehouse: Warehouse, placeholders: Mapping[str, str], folder: Path = SQL) -> list[str]:
    """
    Run what has not run yet, and drop what has no file any more.

    Parameters
    ----------
    placeholders
        Values of the ``{{placeholders}}`` that the files may hold.
    folder
        Holds ``migrations``, ``core``, ``mart`` and ``generated``, and ``record.sql`` with the
        record's table.

    Returns
    -------
    list of str
        What was done, such as ``ran core/clicks.sql`` or ``dropped view core.clicks``.

    Raises
    ------
    CartwheelError
        If a migration that ran was changed or is missing, or if one fails.
    """
    warehouse.run_file(folder / "record.sql")
    applied = {
        str(row[0]): str(row[1])
        for row in warehouse.execute("select file_name, checksum from ops.migrations")
    }
    files = {f"migrations/{p.name}": p for p in sorted((folder / "migrations").glob("*.sql"))}
    replaced = {
        f"{kind}/{path.name}": path for kind in REPLACED for path in _ordered(folder / kind)
    }
    _refuse_changed(applied, files)
    done = []
    for name, path in files.items():
        if name not in applied:
            _run_when_settled(warehouse, path, placeholders)
            _record(warehouse, name, sqlfiles.checksum(path))
            done.append(f"ran {name}")
    has_migrated = bool(done)
    for name, path in replaced.items():
        checksum = sqlfiles.checksum(path, placeholders)
        if has_migrated or applied.get(name) != checksum:
            warehouse.run_file(path, placeholders)
            _record(warehouse, name, checksum)
            done.append(f"ran {name}")
    tables = {f"view {path.parent.name}.{path.stem}" for path in folder.glob("refreshed/*/*.sql")}
    return done + _drop_what_is_gone(warehouse, applied, replaced, tables)


def _ordered(folder: Path) -> list[Path]:
    """Return the files of a folder by name, but each view behind those that it reads."""
    files = {path.stem: path for path in sorted(folder.glob("*.sql"))}
    reads = re.compile(rf"\b{folder.name}\.(\w+)")
    needs = {
        name: {other for other in reads.findall(path.read_text(encoding="utf-8")) if other != name}
        & files.keys()
        for name, path in files.items()
    }
    return [files[name] for name in TopologicalSorter(needs).static_order()]


def _run_when_settled(warehouse: Warehouse, path: Path, placeholders: Mapping[str, str]) -> None:
    """Run a migration, again while AWS does not yet know of a policy: its statements repeat."""
    deadline, pause = time.monotonic() + SETTLING_SECONDS, 2.0
    while True:
        try:
            warehouse.run_file(path, placeholders)
            return
        except CartwheelError as error:
            if not _SETTLING.search(str(error)) or time.monotonic() > deadline:
                raise
        time.sleep(pause)
        pause = min(20.0, pause * 1.5)


def comment(warehouse: Warehouse, *, anew: bool) -> list[str]:
    """
    Write the comments of ``sql/comments`` to the tables and views; return what was run.

    Parameters
    ----------
    anew
        Also those that were written before, since a view that is replaced loses its own.
    """
    written = dict(warehouse.execute("select file_name, checksum from ops.migrations"))
    done = []
    for path in sorted((SQL / "comments").glob("*.sql")):
        name = f"comments/{path.name}"
        if anew or written.get(name) != sqlfiles.checksum(path):
            warehouse.run_file(path)
            _record(warehouse, name, sqlfiles.checksum(path))
            done.append(f"ran {name}")
    return done


def _drop_what_is_gone(
    warehouse: Warehouse,
    applied: Mapping[str, str],
    replaced: Mapping[str, Path],
    tables: Set[str],
) -> list[str]:
    """
    Drop each view or task whose file is gone; forget files that have another name now, and
    views that a migration has turned into tables.
    """
    kept = {_made_by(name) for name in replaced} | tables
    dropped = []
    for name in applied:
        made = _made_by(name)
        if made is None or name in replaced:
            continue
        if made not in kept:
            warehouse.execute("drop {} if exists {}".format(*made.split(" ")))
            dropped.append(f"dropped {made}")
        warehouse.execute("delete from ops.migrations where file_name = ?", (name,))
    return dropped


def _made_by(name: str) -> str | None:
    """Return the view or task that a recorded file makes, None for a migration."""
    if view := _VIEW.fullmatch(name):
        return f"view {view[1]}.{view[2]}"
    if task := _TASK.fullmatch(name):
        return f"task core.{task[1]}_merge"
    return None


def recorded(warehouse: Warehouse) -> pd.DataFrame:
    """Return what ran in this warehouse: ``file_name``, ``applied_at``."""
    return warehouse.query("select file_name, applied_at from ops.migrations order by file_name")


def _refuse_changed(applied: Mapping[str, str], files: Mapping[str, Path]) -> None:
    for name, checksum in applied.items():
        if not name.startswith("migrations/"):
            continue
        if name not in files:
            raise CartwheelError(
                f"sql/{name} ran in this warehouse, but is not in the project. Restore it."
            )
        if sqlfiles.checksum(files[name]) != checksum:
            raise CartwheelError(
                f"sql/{name} was changed after it ran in this warehouse. Restore it, and put the "
                "change into a new migration with the next number."
            )


def _record(warehouse: Warehouse, name: str, checksum: str) -> None:
    with warehouse.transaction():
        warehouse.execute("delete from ops.migrations where file_name = ?", (name,))
        warehouse.execute(
            "insert into ops.migrations (file_name, checksum, applied_at) "
            "select ?, ?, current_timestamp()",
            (name, checksum),
        )
