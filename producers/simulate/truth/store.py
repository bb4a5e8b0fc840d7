"""What is really so, as Parquet files beside the stream: for tests of analyses, never for them."""

from collections import defaultdict
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from cartwheel.errors import UsageError

from producers.simulate.ground.column_buffers import Columns

_PART = ".part"


class GroundTruth(Protocol):
    """Takes what is really so."""

    def add(self, table: str, columns: Columns) -> None:
        """Take rows of a table."""


class TruthTables:
    """What is really so, kept in memory."""

    def __init__(self) -> None:
        self._parts: defaultdict[str, list[pd.DataFrame]] = defaultdict(list)

    def add(self, table: str, columns: Columns) -> None:
        """Take rows of a table."""
        rows = pd.DataFrame(columns)
        if len(rows):  # of nothing, the columns have no types yet
            self._parts[table].append(rows)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables by name; one that never had a row is left out."""
        whole = {name: pd.concat(parts, ignore_index=True) for name, parts in self._parts.items()}
        return {name: table for name, table in whole.items() if len(table)}


class Truth:
    """
    A folder of tables, written day by day; a table takes its name when it is complete; what
    is not, because something went wrong, is removed.

    Parameters
    ----------
    folder
        Made if it is not there; must hold nothing, so that no two worlds mix.

    Raises
    ------
    UsageError
        If the folder holds anything.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writers: dict[str, pq.ParquetWriter] = {}
        require_empty(folder)

    def add(self, table: str, columns: Columns) -> None:
        """Add rows to a table; the first rows decide its columns."""
        rows = pa.table({name: pa.array(values) for name, values in columns.items()})
        if not len(rows):
            return
        writer = self._writers.get(table)
        if writer is None:
            path = self._folder / f"{table}.parquet{_PART}"
            writer = self._writers[table] = pq.ParquetWriter(path, rows.schema)
        writer.write_table(rows.cast(writer.schema))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        ended = error is None or isinstance(error, SystemExit)  # which carries the status
        for table, writer in self._writers.items():
            writer.close()
            path = self._folder / f"{table}.parquet{_PART}"
            if ended:
                path.rename(self._folder / f"{table}.parquet")
            else:
                path.unlink()


def require_empty(folder: Path) -> None:
    """
    Make a folder, unless something lies in it.

    Raises
    ------
    UsageError
        Naming what lies there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        found = sorted(folder.iterdir())
    except OSError as error:
        raise UsageError(f"{folder} cannot be used as a folder: {error.strerror}.") from None
    if found:
        raise UsageError(
            f"{folder} is not empty (it holds {found[0].name}); name a new folder, or empty it."
        )
