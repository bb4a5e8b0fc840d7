"""Read a table line by line, every cell as text, and say plainly what is wrong with it."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import IO, Any

from cartwheel.errors import UsageError


def rows(
    path: Path, columns: Sequence[str], file: IO[bytes] | None = None, delimiter: str = ","
) -> Iterator[tuple[int, tuple[str | None, ...]]]:
    """
    Yield line number and cells of each row, in the given order of the columns.

    A cell without text is None. The header is line 1.

    Parameters
    ----------
    file
        The opened table, if it is a part of ``path``.

    Raises
    ------
    UsageError
        If the file cannot be read, lacks a column, or has a row of another length.
    """
    try:
        with _opened(path, file) as opened:
            text = io.TextIOWrapper(opened, encoding="utf-8-sig", newline="")
            yield from _checked(path, columns, csv.reader(text, delimiter=delimiter, strict=True))
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path} cannot be read as a table: {error}") from None


def _opened(path: Path, file: IO[bytes] | None) -> Any:
    if file is not None:
        return nullcontext(file)
    return gzip.open(path) if path.suffix == ".gz" else path.open("rb")


def _checked(
    path: Path, columns: Sequence[str], reader: Iterator[list[str]]
) -> Iterator[tuple[int, tuple[str | None, ...]]]:
    header = next(reader, [])
    if missing := [column for column in columns if column not in header]:
        found = ", ".join(repr(name[:40]) for name in header[:8]) or "nothing"
        raise UsageError(
            f"{path}: the column {missing[0]!r} is missing; found {found}. Is it the right file?"
        )
    places = [header.index(column) for column in columns]
    for line, cells in enumerate(reader, 2):
        if len(cells) != len(header):
            raise UsageError(
                f"{path}, line {line}: it has {len(cells)} cells, the header {len(header)}."
            )
        yield line, tuple(cells[place] or None for place in places)


def number(path: Path, line: int, field: str, cell: str | None) -> float | None:
    """Return a cell as a finite number; None if it is empty or 'NA'."""
    if cell is None or cell == "NA":
        return None
    try:
        value = float(cell)
    except ValueError:
        value = float("nan")
    if value - value != 0:  # not a number, or infinite
        raise UsageError(f"{path}, line {line}, {field}: {cell!r} is not a number.")
    return value


def required(path: Path, line: int, field: str, cell: str | None) -> str:
    """Return a cell that must not be empty."""
    if cell is None:
        raise UsageError(f"{path}, line {line}, {field}: must not be empty.")
    return cell
