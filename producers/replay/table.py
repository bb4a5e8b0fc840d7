"""Read a table in pieces, every cell as text, and say plainly what is wrong with it."""

import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile

import pandas as pd
from cartwheel.errors import UsageError

ROWS = 20_000


def rows(
    path: Path, columns: Sequence[str], file: IO[bytes] | None = None, **options: Any
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
        If the file cannot be read, or lacks a column.
    """
    try:
        pieces = pd.read_csv(
            file or path, dtype=str, keep_default_na=False, chunksize=ROWS, **options
        )
        line = 1
        for piece in pieces:
            if missing := [column for column in columns if column not in piece.columns]:
                raise UsageError(
                    f"{path}: the column {missing[0]!r} is missing; found "
                    f"{', '.join(map(str, piece.columns[:8]))} …. Is it the right file?"
                )
            for cells in piece[list(columns)].itertuples(index=False, name=None):
                line += 1
                yield line, tuple(cell if cell else None for cell in cells)
    except (OSError, EOFError, zlib.error, BadZipFile, UnicodeDecodeError, ValueError) as error:
        raise UsageError(f"{path} cannot be read as a table: {error}") from None


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
