"""
A shard's records, on disk: appended before they are acknowledged, read where they lie.

MiniStack keeps a shard's records in a list in memory, and a consumer's position is an
index into it. This stands in for that list: a position counts from the shard's first
record ever, so that what leaves at the old end moves nobody.

A record on disk is its CRC-32, arrival, length of sequence number and partition key,
length of data, then the three themselves. A record that a kill left half-written was
not acknowledged; it is cut off when the log is opened.
"""

import base64
import bisect
import io
import itertools
import os
import shutil
import struct
import threading
import time
import zlib
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

_HEAD = struct.Struct("<IdHHI")
_CHECKED = struct.Struct("<dHHI")  # the head without its checksum
SEGMENT_BYTES = 32 * 2**20


class Record(NamedTuple):
    """One record of a stream; ``arrived`` in seconds since 1970."""

    sequence_number: str
    arrived: float
    partition_key: str
    data: bytes


@dataclass
class _Segment:
    """One file of a log: the place of its first record, and where each record begins."""

    path: Path
    first: int
    file: io.FileIO
    starts: "array[int]" = field(default_factory=lambda: array("Q"))
    arrivals: "array[float]" = field(default_factory=lambda: array("d"))
    size: int = 0

    @property
    def end(self) -> int:
        return self.first + len(self.starts)


def _encode(record: Record) -> bytes:
    number, key = record.sequence_number.encode(), record.partition_key.encode()
    head = _CHECKED.pack(record.arrived, len(number), len(key), len(record.data))
    body = b"".join((head, number, key, record.data))
    return struct.pack("<I", zlib.crc32(body)) + body


def _decode(buffer: bytes, at: int) -> tuple[Record, int]:
    """Return the record at an offset and the offset behind it."""
    _, arrived, number, key, data = _HEAD.unpack_from(buffer, at)
    at += _HEAD.size
    record = Record(
        buffer[at : at + number].decode(),
        arrived,
        buffer[at + number : at + number + key].decode(),
        buffer[at + number + key : at + number + key + data],
    )
    return record, at + number + key + data


class RecordLog:
    """
    The records of one shard, in files of some 32 MiB.

    Parameters
    ----------
    folder
        Where the files are; made if it does not exist.
    sync
        Also wait until the disk has what is appended, which survives a power loss.
    """

    def __init__(self, folder: Path, *, sync: bool = False) -> None:
        self.folder, self._sync = folder, sync
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        paths = sorted(folder.glob("*.log"))
        self._segments = [_open(path) for path in paths] or [_new(folder, 0)]

    def __deepcopy__(self, memo: object) -> "RecordLog":
        return self  # a saved state names the log; the records lie here

    def __len__(self) -> int:
        return self._segments[-1].end

    @property
    def first(self) -> int:
        """Position of the oldest record that is still here."""
        return self._segments[0].first

    @property
    def last(self) -> Record | None:
        """The newest record, None if there is none."""
        found = self.read(len(self) - 1, 1)
        return found[0] if found else None

    def extend(self, records: Sequence[Record]) -> None:
        """
        Append records, all or none; they are with the operating system on return.

        Raises
        ------
        OSError
            If the disk does not take them.
        """
        encoded = [_encode(record) for record in records]
        block = b"".join(encoded)
        with self._lock:
            segment = self._segments[-1]
            if segment.size >= SEGMENT_BYTES:
                segment = self._roll()
            try:
                _write(segment.file, block)
                if self._sync:
                    os.fdatasync(segment.file.fileno())
            except OSError:
                segment.file.truncate(segment.size)
                raise
            ends = itertools.accumulate(map(len, encoded), initial=segment.size)
            segment.arrivals.extend(record.arrived for record in records)
            # Last, since readers go by the number of starts.
            segment.starts.extend(itertools.islice(ends, len(encoded)))
            segment.size += len(block)

    def append(self, entry: dict[str, Any]) -> None:
        """Append one record in MiniStack's form, as its other services do."""
        self.extend(
            [
                Record(
                    entry["SequenceNumber"],
                    entry["ApproximateArrivalTimestamp"],
                    entry["PartitionKey"],
                    base64.b64decode(entry["Data"]),
                )
            ]
        )

    def read(self, position: int, limit: int, limit_bytes: int = 2**62) -> list[Record]:
        """Return up to so many records, or bytes of data, from a position on; one at least."""
        found: list[Record] = []
        size = 0
        position = max(position, self.first)
        while len(found) < limit and size < limit_bytes:
            segment = self._segment_of(position)
            block = _slice(
                segment, position - segment.first, limit - len(found), limit_bytes - size
            )
            if not block:
                break
            found += block
            size += sum(len(record.data) for record in block)
            position += len(block)
        return found

    def _segment_of(self, position: int) -> _Segment:
        segments = self._segments
        at = bisect.bisect_right([segment.first for segment in segments], position) - 1
        return segments[max(at, 0)]

    def position_after(self, sequence_number: str, *, or_at: bool = False) -> int:
        """Return the position of the first record after a sequence number (or at it)."""
        low, high = self.first, len(self)
        while low < high:
            middle = (low + high) // 2
            there = self.read(middle, 1)[0].sequence_number
            before = there < sequence_number if or_at else there <= sequence_number
            low, high = (middle + 1, high) if before else (low, middle)
        return low

    def position_at(self, arrived: float) -> int:
        """Return the position of the first record that arrived then or later."""
        for segment in self._segments:
            at = bisect.bisect_left(segment.arrivals, arrived)
            if at < len(segment.starts):
                return segment.first + at
        return len(self)

    def trim(self, position: int, before: float) -> None:
        """
        Let go of files whose records all lie before a position and arrived before an instant.

        A file is let go as a whole, so that up to 32 MiB may stay longer.
        """
        with self._lock:
            newest = self._segments[-1]
            if newest.arrivals and newest.arrivals[-1] < before and newest.end <= position:
                self._roll()
            while len(self._segments) > 1:
                oldest = self._segments[0]
                if oldest.end > position or (oldest.arrivals and oldest.arrivals[-1] >= before):
                    break
                self._segments = self._segments[1:]
                # A reader that is at it keeps the file open, and with it what it reads.
                oldest.path.unlink(missing_ok=True)

    def _roll(self) -> _Segment:
        segment = _new(self.folder, self._segments[-1].end)
        self._segments = [*self._segments, segment]
        return segment

    def delete(self) -> None:
        """Remove the log."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def __iter__(self) -> Iterator[Record]:
        position = self.first
        while block := self.read(position, 1000):
            yield from block
            position += len(block)


def _new(folder: Path, first: int) -> _Segment:
    return _open(folder / f"{first:020d}.log")


def _open(path: Path) -> _Segment:
    """Open a file and find its records; what is behind the last whole one is cut off."""
    file = io.FileIO(path, "a+")
    segment = _Segment(path, int(path.stem), file)
    content = path.read_bytes()
    at = 0
    while at + _HEAD.size <= len(content):
        checksum, arrived, number, key, data = _HEAD.unpack_from(content, at)
        end = at + _HEAD.size + number + key + data
        if end > len(content) or zlib.crc32(content[at + 4 : end]) != checksum:
            break
        segment.starts.append(at)
        segment.arrivals.append(arrived)
        at = end
    if at < len(content):
        file.truncate(at)
    segment.size = at
    return segment


def _write(file: io.FileIO, block: bytes) -> None:
    view = memoryview(block)
    while view:
        view = view[file.write(view) :]


def _slice(segment: _Segment, at: int, limit: int, limit_bytes: int) -> list[Record]:
    count = min(limit, len(segment.starts) - at)
    if count <= 0:
        return []
    begin = segment.starts[at]
    until = bisect.bisect_left(segment.starts, begin + limit_bytes, at + 1, at + count)
    end = segment.starts[until] if until < len(segment.starts) else segment.size
    block = os.pread(segment.file.fileno(), end - begin, begin)
    found, place = [], 0
    for _ in range(until - at):
        record, place = _decode(block, place)
        found.append(record)
    return found


class Logs:
    """All logs of a folder, each by an id of its own, since a stream's name may come again."""

    def __init__(self, folder: Path, *, sync: bool = False) -> None:
        self._folder, self._sync = folder, sync
        self._made = itertools.count()
        folder.mkdir(parents=True, exist_ok=True)

    def new(self) -> RecordLog:
        """Make an empty log."""
        name = f"{time.time_ns():020d}-{next(self._made)}"
        return RecordLog(self._folder / name, sync=self._sync)

    def open(self, name: str) -> RecordLog:
        """Open a log by its id; it is empty if its folder is gone."""
        return RecordLog(self._folder / name, sync=self._sync)

    def keep_only(self, names: set[str]) -> None:
        """Remove the logs that no kept state names."""
        for folder in self._folder.iterdir():
            if folder.name not in names:
                shutil.rmtree(folder, ignore_errors=True)
