"""Which files a mapping reads, and whether a home holds them under ids of before."""

from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path

from cartwheel.environment import Environment
from cartwheel.errors import UsageError

from producers.replay.mapping import Mapping

# Until ids were digests these mappings numbered the lines: drives:2, drives:3, …
_NUMBERED = {
    "drives": "raw.truck_telemetry", "eshop": "raw.click_events",
    "online-retail": "raw.order_lines",
}  # fmt: skip


def found(mapping: Mapping, paths: Iterable[Path]) -> list[Path]:
    """
    Return the files: those named, and of a folder those that the mapping is for.

    Raises
    ------
    UsageError
        If one is not there, or a folder holds none.
    """
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files += _in_folder(mapping, path)
        elif path.is_file():
            files.append(path)
        else:
            raise UsageError(f"{path} does not exist.{_from(mapping)}")
    return files


def matching(mapping: Mapping, folder: Path) -> list[Path]:
    """Return a folder's files, also of folders in it, that the mapping is for, by their names."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return [path for path in files if any(fnmatch(path.name, name) for name in mapping.files)]


def require_new_ids(environment: Environment, mapping: Mapping) -> None:
    """
    See that a home does not hold the same files under ids of before.

    Raises
    ------
    UsageError
        If it does: what is sent again would count twice.
    """
    table = _NUMBERED.get(mapping.name)
    if table is None:
        return
    schema, name = table.upper().split(".")
    is_there = environment.warehouse.scalar(
        "select count(*) from information_schema.tables where table_schema = ? and table_name = ?",
        [schema, name],
    )
    if not is_there:
        return  # nothing is deployed yet
    rows = environment.warehouse.execute(
        f"select event_id from {table} where event_id rlike ? limit 1",
        [f"{mapping.name}:[0-9]+"],
    )
    if rows:
        raise UsageError(
            f"This home holds rows of {mapping.name} under ids of an older version, such as "
            f"{rows[0][0]}; sent again they would count twice. Replay into an empty home "
            "(CARTWHEEL_HOME), or keep what has landed. Nothing was sent."
        )


def _in_folder(mapping: Mapping, folder: Path) -> list[Path]:
    if not mapping.files:
        raise UsageError(
            f'{folder} is a folder: name the files, or say files = ["*.csv"] in the mapping.'
        )
    if not (files := matching(mapping, folder)):
        raise UsageError(f"{folder} holds no {' or '.join(mapping.files)}.{_from(mapping)}")
    return files


def _from(mapping: Mapping) -> str:
    return f" Get it from {mapping.origin}." if mapping.origin else ""
