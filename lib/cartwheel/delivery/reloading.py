"""
Load what is in the lake but not in RAW: the way back when notifications or rows were lost.

It runs the COPY of the pipe that the files belong to, with their names. Snowflake looks at
none of them twice otherwise: a pipe remembers a file for 14 days, a table for 64.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from snowflake.connector.errors import ProgrammingError

from cartwheel.aws import lake
from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError, UsageError
from cartwheel.events import KINDS, Kind

FILES_PER_COPY = 200  # of the 1,000 that FILES takes: a bad one costs its group a second try
_FROM_STAGE = re.compile(r"\bfrom\s+@[\w.]+/([\w./-]*)", re.I)
_NAME = re.compile(r"[\w./=+-]+")
_ODD_NAME = (
    "its name may hold only letters, digits and '. / = + - _': copy it to such a name, then "
    "delete the original"
)


@dataclass
class Reloaded:
    """What a reload did: files loaded, files that could not be, files that RAW holds already."""

    loaded: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    held: int = 0
    rows: int = 0


def prefix_of(pipe: str) -> str:
    """Return the folder of the lake that a pipe's COPY reads."""
    match = _FROM_STAGE.search(pipe)
    if match is None:
        raise CartwheelError(f"The pipe's COPY reads no stage path: {pipe[:200]}")
    return match[1]


def reload(
    environment: Environment,
    prefix: str,
    *,
    again: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> Reloaded:
    """
    Load the files under a prefix of the lake that RAW does not hold whole.

    Parameters
    ----------
    prefix
        Such as ``telemetry-data/2026/11/``.
    again
        Load also those that it does; what is in RAW twice then is counted once.
    say
        Told after each group of files.

    Raises
    ------
    UsageError
        If nothing lands under the prefix, or if there is no object.
    """
    kind = _kind(prefix)
    keys = [item.key for item in lake.objects(environment, prefix) if item.size]
    if not keys:
        raise UsageError(f"There is no object under {prefix!r} in s3://{environment.lake_bucket}.")
    held = set() if again else _held(environment, kind, prefix)
    wanted = [key for key in keys if key not in held]
    done = Reloaded(held=len(keys) - len(wanted))
    if not wanted:
        return done
    copy = _copy(environment, kind)
    for key in [key for key in wanted if not _NAME.fullmatch(key)]:
        wanted.remove(key)
        done.failed[key] = _ODD_NAME
    for start in range(0, len(wanted), FILES_PER_COPY):
        group = wanted[start : start + FILES_PER_COPY]
        try:
            _load(environment, copy, kind, group, done)
        except ProgrammingError:
            for key in group:  # one of them is bad; the others go on without it
                _load_one(environment, copy, kind, key, done)
        say(f"   {start + len(group):,} of {len(wanted):,} files")
    return done


def _load_one(environment: Environment, copy: str, kind: Kind, key: str, done: Reloaded) -> None:
    try:
        _load(environment, copy, kind, [key], done)
    except ProgrammingError as error:
        done.failed[key] = str(error.msg)


def _load(
    environment: Environment, copy: str, kind: Kind, keys: Sequence[str], done: Reloaded
) -> None:
    names = ", ".join(f"'{key.removeprefix(kind.prefix)}'" for key in keys)
    with environment.warehouse.transaction():
        rows = environment.warehouse.rows(f"{copy} files = ({names}) force = true")
    if "rows_loaded" not in rows[0]:  # it says so, when it found no file
        raise ProgrammingError(msg=f"COPY found no such file: {rows[0]}")
    done.loaded += keys
    done.rows += sum(int(row["rows_loaded"]) for row in rows)


def _kind(prefix: str) -> Kind:
    for kind in KINDS.values():
        if prefix.startswith(kind.prefix):
            return kind
    raise UsageError(
        f"Nothing lands under {prefix!r}: a prefix begins with one of "
        f"{', '.join(_prefixes())}, such as {next(_prefixes())}2026/11/25/."
    )


def _prefixes() -> Iterator[str]:
    return (kind.prefix for kind in KINDS.values())


def _held(environment: Environment, kind: Kind, prefix: str) -> set[str]:
    """Return the files that RAW holds whole, as far as row numbers and the histories know."""
    rows = environment.warehouse.execute(
        "with claimed as (select file_name, max(last_row) as last_row "
        "from core.history_files group by file_name), "
        "landed as (select file_name, max(file_row) as last_row, "
        f"count(distinct file_row) as count_rows from {kind.table} "
        "where startswith(file_name, ?) group by file_name) "
        "select landed.file_name from landed left join claimed "
        "on landed.file_name = claimed.file_name "
        "where landed.count_rows = greatest(landed.last_row, coalesce(claimed.last_row, 0))",
        (prefix,),
    )
    return {str(row[0]) for row in rows}


def _copy(environment: Environment, kind: Kind) -> str:
    """Return the COPY of the pipe that loads a kind."""
    for pipe in environment.warehouse.rows("show pipes in schema raw"):
        definition = str(pipe["definition"])
        if prefix_of(definition) == kind.prefix:
            return definition.strip().rstrip(";")
    raise CartwheelError(
        f"There is no pipe for {kind.prefix}: run 'cartwheel deploy {environment.name}' first."
    )
