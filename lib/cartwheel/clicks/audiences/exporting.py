"""An audience as a file for who sends the messages, and as rows of ``mart.messages``."""

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from cartwheel.clicks import overview, refreshing
from cartwheel.clicks.audiences.definition import Audience
from cartwheel.clicks.audiences.likelihood import learn
from cartwheel.clicks.audiences.selecting import Selected, select
from cartwheel.errors import CartwheelError, UsageError
from cartwheel.warehouse import Warehouse

FORMATS = (".csv", ".parquet")
COLUMNS = ["user_id", "probability", "expected_revenue"]


class Exported(NamedTuple):
    """How many are in the file, how many were held out, and how many had enough messages."""

    count_told: int
    count_held_out: int
    count_capped: int


def export(
    warehouse: Warehouse, audience: Audience, path: Path, days: int | None = None
) -> Exported:
    """
    Write who is to be told into a file, and note in ``mart.messages`` who was told or held out.

    Both or neither, and one export after the other: nobody gets more messages than allowed. Who
    is held out counts as if told, so that both groups stay alike.

    Parameters
    ----------
    path
        A new file, ``.csv`` or ``.parquet``: ``user_id``, ``probability``, ``expected_revenue``.
    days
        That the probability looks ahead; by default as many as the clicks can teach.

    Raises
    ------
    UsageError
        If the file is there or of another kind, or the audience is not allowed.
    CartwheelError
        If the audience was exported before and nothing has happened since.
    """
    if path.suffix not in FORMATS:
        raise UsageError(f"{path}: a file's name ends in {' or '.join(FORMATS)}.")
    _refuse_what_is_there(path)
    audience.checked()
    written: list[Path] = []
    try:
        return refreshing.after(
            warehouse, lambda: _exported(warehouse, audience, path, days, written)
        )
    except BaseException:
        # What was noted is undone, so the list is too.
        for each in written:
            each.unlink(missing_ok=True)
        raise


def _refuse_what_is_there(path: Path) -> None:
    if path.exists():
        raise UsageError(f"{path} is there already: give a new name; no list is written over.")


def _exported(
    warehouse: Warehouse, audience: Audience, path: Path, days: int | None, written: list[Path]
) -> Exported:
    _refuse_what_is_there(path)  # another export may have written it while this one waited
    whole = overview.span(warehouse)
    known = "select count(*) from mart.messages where audience = ? and planned_at = ?"
    if warehouse.scalar(known, (audience.name, whole.until)):
        raise CartwheelError(
            f"{audience.name!r} was exported before, and no click has come since: nobody is told "
            "the same twice."
        )
    chosen = select(warehouse, audience, whole, learn(warehouse, whole, days, audience.category))
    if len(chosen.people):
        warehouse.load_frame(_messages(chosen, whole.until), "mart.messages")
    _write(chosen.told[COLUMNS], path)
    written.append(path)
    return Exported(len(chosen.told), len(chosen.held_out), int(chosen.people["is_capped"].sum()))


def _messages(chosen: Selected, at: object) -> pd.DataFrame:
    noted = pd.concat([chosen.told, chosen.held_out])
    return noted[["user_id", "is_held_out", "probability", "expected_revenue"]].assign(
        audience=chosen.audience.name, planned_at=at
    )


def _write(rows: pd.DataFrame, path: Path) -> None:
    """Write a file as a whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    try:
        if path.suffix == ".csv":
            rows.to_csv(part, index=False)
        else:
            rows.to_parquet(part, index=False)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
