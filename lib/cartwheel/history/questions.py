"""What was true at a time, what was known at a time, what changed, and why."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from cartwheel.errors import CartwheelError, UsageError, unknown
from cartwheel.history import sql
from cartwheel.history.declaration import Dimension
from cartwheel.history.dimensions import DIMENSIONS, resolve
from cartwheel.timeframe import Interval
from cartwheel.warehouse import Warehouse, bindable, sqlfiles
from cartwheel.warehouse.provenance import made_from

# Later than whatever arrives: what is known without a moment being asked for.
ALWAYS = datetime(9999, 12, 31, 23, 59, 59, 999999)
# Of the bands by which ``lateness`` counts.
LATENESS = (
    "in order", "under 1 min", "1 to 10 min", "10 to 60 min", "1 to 6 h", "6 to 24 h",
    "a day and more",
)  # fmt: skip
Key = str | tuple[str, ...]


def versions(warehouse: Warehouse, name: str | Dimension, key: Key) -> pd.DataFrame:
    """
    Return the versions of one key, in the order of their time.

    Returns
    -------
    DataFrame
        The key's columns, ``effective_from``, ``effective_to`` (null for the current one),
        ``is_current``, ``load_timestamp`` and the tracked columns.

    Raises
    ------
    UsageError
        If the history has no such key; so in every question that takes one.
    """
    found = _ask(warehouse, name, "versions", resolve(name).key_values(key))
    return _of_known_key(found, warehouse, name, key)


def as_of(
    warehouse: Warehouse, name: str | Dimension, moment: datetime, key: Key | None = None
) -> pd.DataFrame:
    """
    Return what was true at a moment, as far as it was merged: at most one version a key.

    Parameters
    ----------
    moment
        An instant; without offset it is UTC.
    key
        Of one member, one value per column of the key; None for all.

    Returns
    -------
    DataFrame
        As :func:`versions`.
    """
    found = _ask(warehouse, name, "as_of", key, moment=moment)
    return _of_known_key(found, warehouse, name, key)


def as_known_at(
    warehouse: Warehouse,
    name: str | Dimension,
    moment: datetime,
    known_at: datetime,
    key: Key | None = None,
) -> pd.DataFrame:
    """
    Return what was believed, at one moment, to be true at another.

    It is made from the rows of RAW that had arrived by ``known_at``, whatever was merged
    when. For all keys it reads all of RAW.

    Returns
    -------
    DataFrame
        As :func:`versions`; a version that had not been closed by then is current.
    """
    found = _ask(warehouse, name, "as_known_at", key, moment=moment, known_at=known_at)
    if found.empty and key is not None:
        explain(warehouse, name, key)  # which refuses a key that RAW was never told of
    return found


def diff(
    warehouse: Warehouse, name: str | Dimension, first: datetime, second: datetime
) -> pd.DataFrame:
    """
    Return what differs between two moments.

    Returns
    -------
    DataFrame
        A row per key and column that differs: the key, ``change`` (came, went, changed),
        ``column_name``, ``value_before``, ``value_after`` (as text, null if there is
        none) and ``effective_from`` of the version that holds at the second moment.
    """
    return _ask(warehouse, name, "diff", first=first, second=second)


def explain(warehouse: Warehouse, name: str | Dimension, key: Key) -> pd.DataFrame:
    """
    Return all that RAW was told of a key, and what came of it.

    Returns
    -------
    DataFrame
        A row per row of RAW, by time: ``happened_at``, ``arrived_at``, ``late_by_seconds``
        (how much newer the newest reading was that had come before it), ``verdict`` (new
        version, unchanged, deletion, repeated, corrected, overruled), ``changed`` (column: before →
        after), ``version_from`` and ``version_to`` of the version it fell into,
        ``source``, ``event_id``, ``sequence_number``, ``file_name``, ``file_row``.
    """
    found = _ask(warehouse, name, "explain", resolve(name).key_values(key), known_at=ALWAYS)
    return _of_known_key(found, warehouse, name, key)


def lateness(warehouse: Warehouse, name: str | Dimension) -> pd.DataFrame:
    """
    Count the rows of RAW by how much newer the newest of their key was when they came.

    Returns
    -------
    DataFrame
        ``late_by`` (one of :data:`LATENESS`), ``count_rows``, ``max_seconds``; a row per
        band, also where there is nothing.
    """
    found = _ask(warehouse, name, "lateness").set_index("band_number")
    frame = found.reindex(range(len(LATENESS))).fillna(0).reset_index(drop=True)
    frame.insert(0, "late_by", list(LATENESS))
    return made_from(frame.astype({"count_rows": "int64"}), found)


def check(warehouse: Warehouse, name: str | Dimension) -> pd.DataFrame:
    """
    Check what must hold of a history, whatever came.

    The rules look at the table and at what RAW said last. They do not make every past
    version anew, so a past value that was changed by hand goes unnoticed.

    Returns
    -------
    DataFrame
        A row per rule: ``rule``, ``count_violations`` (0 where it holds) and ``example``,
        a key that breaks it.
    """
    return _ask(warehouse, name, "check")


def check_all(warehouse: Warehouse) -> pd.DataFrame:
    """Check every history; as :func:`check`, with ``history`` before it."""
    found = {name: check(warehouse, declared) for name, declared in DIMENSIONS.items()}
    together = pd.concat(found, names=["history", None]).reset_index(level=0)
    return made_from(together.reset_index(drop=True), *found.values())


def totals(warehouse: Warehouse, name: str | Dimension) -> tuple[int, int]:
    """Return how many versions a history holds, and how many are current."""
    found = _ask(warehouse, name, "totals").iloc[0]
    return int(found["count_versions"]), int(found["count_current"])


def recent(warehouse: Warehouse, name: str | Dimension) -> tuple[datetime, datetime]:
    """
    Return the moments between which :func:`diff` tells what changed since last time.

    Returns
    -------
    tuple
        The newest event before the last merge that found news, and the newest after it;
        after the first such merge, or if its news were all late, a day of events instead.

    Raises
    ------
    CartwheelError
        If nothing was merged yet.
    """
    newest = [each.to_pydatetime() for each in _ask(warehouse, name, "recent")["newest_at"]]
    if not newest:
        raise _nothing(name)
    is_usual = len(newest) > 1 and newest[1] < newest[0]
    a_day = min(timedelta(days=1), newest[0] - datetime.min)
    return (newest[1] if is_usual else newest[0] - a_day, newest[0])


def span(warehouse: Warehouse, name: str | Dimension) -> Interval:
    """
    Return the time from the first to the last beginning of a version.

    Raises
    ------
    CartwheelError
        If it has none.
    """
    return _interval(_ask(warehouse, name, "span"), name)


def arrivals(warehouse: Warehouse, name: str | Dimension) -> Interval:
    """
    Return the time from the first to the last arrival of a row that a history is made of.

    Raises
    ------
    CartwheelError
        If there is none.
    """
    return _interval(_ask(warehouse, name, "arrivals"), name)


def _interval(found: pd.DataFrame, name: str | Dimension) -> Interval:
    first, last = found.iloc[0]
    if pd.isna(first):
        raise _nothing(name)
    return Interval(first.to_pydatetime(), last.to_pydatetime())


def _nothing(name: str | Dimension) -> CartwheelError:
    return CartwheelError(
        f"{resolve(name).name} holds nothing yet: run 'python -m producers simulate', wait some "
        "seconds, and merge with 'cartwheel history merge'."
    )


def keys(warehouse: Warehouse, name: str | Dimension) -> list[Key]:
    """Return the keys of a history in their order: a value, or a tuple of several."""
    declared = resolve(name)
    rows = _ask(warehouse, name, "keys").itertuples(index=False, name=None)
    return [row[0] if len(declared.key) == 1 else row for row in rows]


def chosen(known: Sequence[Key], name: str | Dimension, key: str) -> Key:
    """
    Return the key of a text among those that are known; of an empty text the first.

    Raises
    ------
    UsageError
        If it is not among them.
    """
    if not key:
        return known[0]
    by_text = {as_text(one): one for one in known}
    if key not in by_text:
        raise unknown(f"key in {resolve(name).name}", key, by_text)
    return by_text[key]


def _of_known_key(
    found: pd.DataFrame, warehouse: Warehouse, name: str | Dimension, key: Key | None
) -> pd.DataFrame:
    """Return an answer; refuse a key that is not there, whose empty one would mislead."""
    if found.empty and key is not None:
        known = keys(warehouse, name)
        if not known:
            raise _nothing(name)
        chosen(known, name, as_text(key))
    return found


def as_text(key: Key) -> str:
    """Return a key as people read it."""
    return key if isinstance(key, str) else " / ".join(key)


def _ask(
    warehouse: Warehouse,
    name: str | Dimension,
    template: str,
    key: Key | None = None,
    **moments: datetime,
) -> pd.DataFrame:
    declared = resolve(name)
    (statement,) = sql.statements(template, declared, one_key=key is not None)
    bound: dict[str, Any] = {what: _instant(what, moment) for what, moment in moments.items()}
    if key is not None:
        parts = enumerate(declared.key_values(key), 1)
        bound |= {f"key_{number}": part for number, part in parts}
    text, names = sqlfiles.positional(statement)
    return warehouse.query(text, [bound[name] for name in names])


def _instant(what: str, moment: datetime) -> str:
    """Return a moment as the warehouse reads it, in UTC."""
    if not isinstance(moment, datetime) or moment != moment:
        raise UsageError(f"{what}: {moment!r} is no moment; a datetime is needed, UTC or aware.")
    try:
        return str(bindable(moment))
    except OverflowError:
        raise UsageError(f"{what}: {moment} lies outside of the years 1 to 9999 in UTC.") from None
