"""
Migrations of the warehouse: each runs once, in the order of its number, and is recorded.

A file of ``sql/migrations`` never changes after it ran: a new one follows it. The
views of ``sql/marts`` and the tasks of ``sql/tasks`` are replaced whenever their file
has changed.
"""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from cartwheel import sqlfiles
from cartwheel.errors import CartwheelError
from cartwheel.paths import SQL
from cartwheel.warehouse import Warehouse


def migrate(warehouse: Warehouse, placeholders: Mapping[str, str], folder: Path = SQL) -> list[str]:
    """
    Run what has not run yet.

    Parameters
    ----------
    placeholders
        Values of the ``{{placeholders}}`` that the files may hold.
    folder
        Holds ``migrations``, ``marts`` and ``tasks``, and ``record.sql`` with the record's
        table.

    Returns
    -------
    list of str
        The files that were run.

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
        f"{kind}/{path.name}": path
        for kind in ("marts", "tasks")
        for path in sorted((folder / kind).glob("*.sql"))
    }
    _refuse_changed(applied, files)
    done = []
    for name, path in (files | replaced).items():
        if applied.get(name) == sqlfiles.checksum(path):
            continue
        warehouse.run_file(path, placeholders)
        _record(warehouse, name, path)
        done.append(name)
    return done


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


def _record(warehouse: Warehouse, name: str, path: Path) -> None:
    with warehouse.transaction():
        warehouse.execute("delete from ops.migrations where file_name = ?", (name,))
        warehouse.execute(
            "insert into ops.migrations (file_name, checksum, applied_at) "
            "select ?, ?, current_timestamp()",
            (name, sqlfiles.checksum(path)),
        )
