"""
UCI's clickstream of a clothing shop (2008), as views.

The source has a date and the order of the clicks in a session, but no time of day: the
timestamp is the date at 00:00 UTC plus the order number in seconds. It says what came
before what within a session, and nothing about when. Visitors, devices and browsers
are not known: they are null.
"""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from cartwheel.errors import UsageError
from cartwheel.events import CLICK, Click

from producers.message import Message, message
from producers.replay import table

COLUMNS = (
    "year", "month", "day", "order", "country", "session ID", "page 1 (main category)",
    "page 2 (clothing model)", "price", "page",
)  # fmt: skip
CATEGORIES = {"1": "trousers", "2": "skirts", "3": "blouses", "4": "sale"}
COUNTRIES = (
    "Australia", "Austria", "Belgium", "British Virgin Islands", "Cayman Islands",
    "Christmas Island", "Croatia", "Cyprus", "Czech Republic", "Denmark", "Estonia",
    "unidentified", "Faroe Islands", "Finland", "France", "Germany", "Greece", "Hungary",
    "Iceland", "India", "Ireland", "Italy", "Latvia", "Lithuania", "Luxembourg", "Mexico",
    "Netherlands", "Norway", "Poland", "Portugal", "Romania", "Russia", "San Marino",
    "Slovakia", "Slovenia", "Spain", "Sweden", "Switzerland", "Ukraine",
    "United Arab Emirates", "United Kingdom", "USA", "biz (*.biz)", "com (*.com)",
    "int (*.int)", "net (*.net)", "org (*.org)",
)  # fmt: skip


def read(path: Path) -> Iterator[Message]:
    """Yield a message per row: a view of one clothing model, with its session."""
    with _opened(path) as file:
        yield from _messages(path, file)


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """Open the table: the file itself, or the one .csv in the archive."""
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            yield file
        return
    try:
        archive = zipfile.ZipFile(path)
        names = [name for name in archive.namelist() if name.endswith(".csv")]
        if len(names) != 1:
            raise UsageError(f"{path} holds {len(names)} .csv files; one is expected.")
        packed = archive.open(names[0])
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise UsageError(f"{path} cannot be unpacked: {error}.") from None
    with archive, packed:
        yield packed


def _messages(path: Path, file: IO[bytes]) -> Iterator[Message]:
    for line, cells in table.rows(path, COLUMNS, file, delimiter=";"):
        year, month, day, order, country, session, category, model, price, page = cells
        at = _instant(path, line, (year, month, day, order))
        event = Click(
            event_id=f"eshop:{line}",
            session_id=table.required(path, line, "session ID", session),
            event_type="view",
            timestamp=at,
            page=f"{CATEGORIES.get(category or '', category)}/{page}",
            product_id=table.required(path, line, "page 2 (clothing model)", model),
            location=_country(path, line, country),
            shown_price=table.number(path, line, "price", price),
        )
        yield message(CLICK, event, at)


def _instant(path: Path, line: int, cells: tuple[str | None, ...]) -> datetime:
    try:
        year, month, day, order = (int(cell or "") for cell in cells)
        return datetime(year, month, day, tzinfo=UTC) + timedelta(seconds=order)
    except (ValueError, OverflowError):
        shown = "-".join(str(cell) for cell in cells)
        raise UsageError(
            f"{path}, line {line}, year-month-day-order: {shown!r} is not a date and a number."
        ) from None


def _country(path: Path, line: int, cell: str | None) -> str | None:
    if cell is None:
        return None
    if not (cell.isascii() and cell.isdecimal()) or not 1 <= int(cell) <= len(COUNTRIES):
        raise UsageError(
            f"{path}, line {line}, country: {cell!r} is not a number from 1 to {len(COUNTRIES)}."
        )
    return COUNTRIES[int(cell) - 1]
