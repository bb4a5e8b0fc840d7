"""
The trucks' history, SCD Type 2: a pure function of the rows in RAW.

``sql/history/merge.sql`` says how. A merge claims the files that no merge has read,
rebuilds from RAW the tail of each truck that has news, and around each late reading
its neighbourhood alone; so any order of loading and any repetition give the same table.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from cartwheel import sqlfiles
from cartwheel.events import to_utc
from cartwheel.paths import SQL
from cartwheel.warehouse import Warehouse

NAME = "TRUCK_TELEMETRY_DATA"
TABLE = "core.truck_telemetry_data"


@dataclass(frozen=True)
class Merge:
    """What a merge did: files claimed, versions taken out and made anew."""

    merge_id: str
    files: int
    taken_out: int
    made: int


def statements() -> list[str]:
    """Return the statements of a merge, in their order."""
    return sqlfiles.statements((SQL / "history" / "merge.sql").read_text(encoding="utf-8"))


def merge(warehouse: Warehouse) -> Merge:
    """
    Merge what was loaded since the last merge, in one transaction.

    Returns
    -------
    Merge
        All zero if nothing was new.
    """
    merge_id = uuid.uuid4().hex
    with warehouse.transaction():
        counts = []
        for statement in statements():
            sql, names = sqlfiles.positional(statement)
            counts.append(int(warehouse.execute(sql, [merge_id for _ in names])[0][0]))
            if len(counts) == 1 and not counts[0]:
                return Merge(merge_id, 0, 0, 0)
    claimed, _, _, _, _, taken_out, made, *_ = counts
    return Merge(merge_id, claimed, taken_out, made)


def totals(warehouse: Warehouse) -> tuple[int, int]:
    """Return how many versions the history holds, and of how many trucks."""
    rows = warehouse.execute(f"select count(*), count(distinct truck_id) from {TABLE}")
    return int(rows[0][0]), int(rows[0][1])


def versions(warehouse: Warehouse, truck_id: str) -> pd.DataFrame:
    """Return the versions of one truck in the order of their time, a row each."""
    return warehouse.query(
        f"select * from {TABLE} where truck_id = ? order by effective_from", (truck_id,)
    )


def as_of(warehouse: Warehouse, moment: datetime, truck_id: str | None = None) -> pd.DataFrame:
    """
    Return what was true at a moment: at most one version a truck.

    Parameters
    ----------
    moment
        An instant; without offset it is UTC.
    truck_id
        One truck, or None for all.
    """
    instant = to_utc(moment).replace(tzinfo=None).isoformat()
    one = "and truck_id = ?" if truck_id is not None else ""
    return warehouse.query(
        f"select * from {TABLE} where effective_from <= cast(? as timestamp_ntz) "
        f"and (effective_to is null or effective_to > cast(? as timestamp_ntz)) {one} "
        "order by truck_id",
        (instant, instant, *([truck_id] if truck_id is not None else [])),
    )


def upright(versions: pd.DataFrame) -> pd.DataFrame:
    """Return one version as a table of ``column`` and ``value``, without what is null."""
    if versions.empty:
        return pd.DataFrame({"column": ["–"], "value": ["no version held then"]})
    row = versions.iloc[0].dropna()
    return pd.DataFrame({"column": row.index, "value": [str(value) for value in row]})


def check(warehouse: Warehouse) -> pd.DataFrame:
    """
    Check what must hold of the history, whatever came.

    Returns
    -------
    DataFrame
        A row per rule: ``rule`` and ``count_violations``, which is 0 where it holds.
    """
    text = (SQL / "history" / "check.sql").read_text(encoding="utf-8")
    return warehouse.query(sqlfiles.statements(text)[0])
