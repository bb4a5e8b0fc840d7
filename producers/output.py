"""Streams as files: newline-delimited JSON or Parquet, one file a stream."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, Literal, Protocol

import pyarrow as pa
import pyarrow.parquet as pq
from cartwheel.errors import CartwheelError
from tqdm import tqdm

from producers.message import Message

Format = Literal["ndjson", "parquet"]
_PART = ".part"
_SCHEMA = pa.schema([("partition_key", pa.string()), ("data", pa.binary())])
_ROWS = 50_000  # of a row group: some 30 MB of records


class _File(Protocol):
    def write(self, message: Message) -> None:
        """Take a record."""

    def close(self) -> None:
        """Write what is left; may be called twice."""


class _Lines:
    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = path.open("wb")

    def write(self, message: Message) -> None:
        self._file.write(message.data + b"\n")

    def close(self) -> None:
        self._file.close()


class _Rows:
    def __init__(self, path: Path) -> None:
        self._writer = pq.ParquetWriter(path, _SCHEMA, compression="zstd")
        self._keys: list[str] = []
        self._data: list[bytes] = []

    def write(self, message: Message) -> None:
        self._keys.append(message.partition_key)
        self._data.append(message.data)
        if len(self._data) == _ROWS:
            self._flush()

    def close(self) -> None:
        if self._data:
            self._flush()
        self._writer.close()

    def _flush(self) -> None:
        columns = {"partition_key": self._keys, "data": self._data}
        self._writer.write_table(pa.table(columns, _SCHEMA))
        self._keys, self._data = [], []


_FILES: dict[Format, type[_Lines] | type[_Rows]] = {"ndjson": _Lines, "parquet": _Rows}


def write(
    messages: Iterable[Message], folder: Path, format: Format = "ndjson", *, progress: bool
) -> Counter[str]:
    """
    Write messages, in their order, to ``<stream>.<format>`` in an empty folder.

    A line, or a row of ``partition_key`` and ``data``, is a record as the stream takes it. The
    files take their names when all of them are complete; before, or if that fails, there is
    none.

    Returns
    -------
    Counter[str]
        Records per stream.

    Raises
    ------
    CartwheelError
        If the disk refuses.
    """
    written: Counter[str] = Counter()
    files: dict[str, _File] = {}
    try:
        for message in tqdm(messages, unit=" records", unit_scale=True, disable=not progress):
            file = files.get(message.stream)
            if file is None:
                path = folder / f"{message.stream}.{format}{_PART}"
                file = files[message.stream] = _FILES[format](path)
            file.write(message)
            written[message.stream] += 1
        for file in files.values():
            file.close()
        for stream in files:
            part = folder / f"{stream}.{format}{_PART}"
            part.rename(folder / f"{stream}.{format}")
    except OSError as error:
        raise CartwheelError(f"{folder} cannot be written: {error.strerror}.") from error
    finally:
        for stream, file in files.items():
            file.close()
            (folder / f"{stream}.{format}{_PART}").unlink(missing_ok=True)
    return written
