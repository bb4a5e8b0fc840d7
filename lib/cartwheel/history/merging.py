"""
Merging what was loaded since the last merge: one transaction, one merge at a time.

A merge says that it begins, takes its history's lock (the row of ``core.<name>_lock``), and
says with its commit that it is done. Whoever finds the lock taken waits, and after
:data:`PATIENCE_SECONDS` stops with the holder's name.
"""

import getpass
import os
import platform
import re
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from textwrap import indent
from typing import Any

import psutil
from snowflake.connector.errors import Error as SnowflakeError

from cartwheel.errors import CartwheelError
from cartwheel.events import KINDS
from cartwheel.history import sql
from cartwheel.history.declaration import Dimension
from cartwheel.history.dimensions import DIMENSIONS, resolve
from cartwheel.warehouse import LOCK_SECONDS, Warehouse, is_taken, sqlfiles

PATIENCE_SECONDS: float = LOCK_SECONDS
_AGAIN_SECONDS = 0.2
STEPS = (
    "lock", "compare", "lost", "claim", "news", "regions", "late", "late regions", "take out",
    "make", "tell", "clear news", "clear regions", "clear changed",
)  # fmt: skip
# If rows were claimed; the regions of late ones, if there are such.
REBUILDING = ("news", "regions", "late", "late regions", "take out", "make")
CLOSING = STEPS[STEPS.index("tell") :]
# How long a task waits for a merge by hand before it leaves the work to its next run.
TASK_LOCK_SECONDS = 30
Say = Callable[[str], None]


class _Taken(Exception):
    """Another merge has the history's lock."""


@dataclass(frozen=True)
class Merge:
    """What a merge did: files claimed, versions taken out and made anew."""

    name: str
    merge_id: str
    files: int
    taken_out: int
    made: int


def holder() -> str:
    """Return who merges: user, machine and process."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number without a name
        user = f"user {os.getuid()}"
    return f"{user} on {platform.node()}, process {os.getpid()}"


def statements(dimension: Dimension) -> tuple[str, ...]:
    """Return the statements of a merge, in their order."""
    return sql.statements("merge", dimension)


def task(name: str | Dimension) -> str:
    """Return the SQL of the task that merges a history in the cloud by the same statements."""
    declared = resolve(name)
    steps = {
        step: indent(text, "    ") for step, text in zip(STEPS, statements(declared), strict=True)
    }
    return sql.text(
        "task",
        declared,
        steps=steps,
        closing=CLOSING,
        lock_seconds=TASK_LOCK_SECONDS,
    )


def merge(warehouse: Warehouse, name: str | Dimension, say: Say = lambda _: None) -> Merge:
    """
    Merge what was loaded since the last merge, in one transaction.

    Parameters
    ----------
    name
        Of the history, such as ``TRUCK_STATUS``.
    say
        Told if the merge has to wait for another.

    Returns
    -------
    Merge
        All zero if nothing was new.

    Raises
    ------
    CartwheelError
        If another merge of it holds on for longer than a minute, or if RAW has lost what
        was merged; nothing has changed then.
    """
    declared = resolve(name)
    merge_id = uuid.uuid4().hex
    with _told(warehouse, declared, merge_id):
        return _patiently(warehouse, declared, merge_id, say)


def merge_all(warehouse: Warehouse, say: Say = lambda _: None) -> list[Merge]:
    """Merge every history, each in a transaction of its own."""
    return [merge(warehouse, name, say) for name in DIMENSIONS]


def _patiently(warehouse: Warehouse, declared: Dimension, merge_id: str, say: Say) -> Merge:
    deadline, waits = time.monotonic() + PATIENCE_SECONDS, False
    while True:
        try:
            with warehouse.transaction():
                return _merge(warehouse, declared, merge_id)
        except _Taken:
            if time.monotonic() > deadline:
                raise CartwheelError(_held(warehouse, declared, merge_id)) from None
        if not waits:
            say(f"{declared.name}: another merge is at work; waiting for it.")
            waits = True
        time.sleep(_AGAIN_SECONDS)


def _merge(warehouse: Warehouse, declared: Dimension, merge_id: str) -> Merge:
    counts = dict.fromkeys(STEPS, 0)
    for step, statement in zip(STEPS, statements(declared), strict=True):
        if step in REBUILDING and not counts["claim"]:
            continue
        if step == "late regions" and not counts["late"]:
            continue
        try:
            counts[step] = _run(warehouse, statement, merge_id)
        except SnowflakeError as error:
            if step == "lock" and is_taken(error):
                raise _Taken from error
            raise
        if step == "lock" and not counts[step]:
            raise CartwheelError(
                f"{declared.table}_lock has no row, so nobody can take it: run 'cartwheel deploy'."
            )
        if step == "lost" and counts[step]:
            raise CartwheelError(_lost(declared, counts[step]))
    files = _files(warehouse, merge_id) if counts["claim"] else 0
    return Merge(declared.name, merge_id, files, counts["take out"], counts["make"])


def _files(warehouse: Warehouse, merge_id: str) -> int:
    """Return of how many files a merge claimed rows."""
    claimed = "select count(distinct file_name) from core.history_files where merge_id = ?"
    return int(warehouse.scalar(claimed, (merge_id,)))


def _run(warehouse: Warehouse, statement: str, merge_id: str) -> int:
    """Run a statement, and return its number or how many rows it changed."""
    text, names = sqlfiles.positional(statement)
    values = {"merge_id": merge_id, "holder": holder()}
    return int(warehouse.execute(text, [values[name] for name in names])[0][0])


def _lost(declared: Dimension, count: int) -> str:
    names = [name.upper() for name in sql.tables(declared)]
    prefixes = "' and 'cartwheel reload ".join(k.prefix for k in KINDS.values() if k.table in names)
    return (
        f"{declared.name}: {' and '.join(names)} no longer hold{'s' * (len(names) == 1)} "
        f"all rows of {count:,} files that were merged before, so their versions could not be "
        f"rebuilt. Nothing was changed. Load them again with 'cartwheel reload {prefixes}', "
        "then merge."
    )


@contextmanager
def _told(warehouse: Warehouse, declared: Dimension, merge_id: str) -> Iterator[None]:
    """Say that a merge begins, and if it fails, that it failed; committed at once."""
    _tell(warehouse, declared, merge_id, "began")
    try:
        yield
    except BaseException:
        # If the warehouse itself is gone, a later merge says "abandoned" instead.
        with suppress(SnowflakeError):
            _tell(warehouse, declared, merge_id, "failed")
        raise


def _tell(warehouse: Warehouse, declared: Dimension, merge_id: str, outcome: str) -> None:
    values = {"merge_id": merge_id, "outcome": outcome, "holder": holder()}
    _execute(warehouse, declared, "outcome", values)


def _execute(
    warehouse: Warehouse, declared: Dimension, template: str, values: Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    (statement,) = sql.statements(template, declared)
    text, names = sqlfiles.positional(statement)
    return warehouse.execute(text, [values[name] for name in names])


def _held(warehouse: Warehouse, declared: Dimension, merge_id: str) -> str:
    running = _execute(warehouse, declared, "running", {"merge_id": merge_id})
    told = [f"{who}, since {since:%H:%M:%S} UTC" for who, since in running if not _is_gone(who)]
    named = "; ".join(told) or "one just ending"
    return (
        f"{declared.name}: another merge holds the lock ({named}). Nothing was changed. "
        "Merge again when it has ended. If its process is gone, Snowflake ends its "
        "transaction with its session; 'show transactions' and "
        "'select system$abort_transaction(id)' end it now."
    )


def _is_gone(who: str) -> bool:
    """Return whether a holder was a process of this machine that runs no more."""
    here = re.fullmatch(rf".* on {re.escape(platform.node())}, process (\d+)", who)
    return here is not None and not psutil.pid_exists(int(here[1]))
