"""
Load a simulated world's files into the warehouse, past the streams.

The rows are those that the functions make, with a lineage of their own: a shard named after the
load, and the line as sequence number. They go into the lake, where the pipes find them; what
does not validate goes to quarantine. Only the live counts, which follow the stream, know nothing
of them.
"""

import gzip
import itertools
import multiprocessing
import os
import time
from base64 import b64encode
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from cartwheel.aws import lake
from cartwheel.delivery.quarantine import PREFIX, Quarantined
from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError, UsageError
from cartwheel.events import KINDS, EventError, Kind, Lineage, decode, row

LINES = 100_000  # of a file in the lake: some 10 MB, packed
SHARD = "load-"
# So long RAW may stand still before what is missing is given up.
PATIENCE_SECONDS = 300
_FASTEST = 1  # of gzip's levels: the lake's files are read once


class Loaded(NamedTuple):
    """What became of a stream's file: rows that RAW holds now, and records in quarantine."""

    stream: str
    rows: int
    quarantined: int


class _Made(NamedTuple):
    body: bytes
    rows: int
    quarantined: list[Quarantined]


def load(environment: Environment, folder: Path, tell: Callable[[int], None]) -> list[Loaded]:
    """
    Load the files ``<stream>.ndjson`` or ``.parquet`` of a folder, as ``producers simulate
    --output`` writes them.

    Parameters
    ----------
    folder
        Holds a file of at least one stream.
    tell
        Told how many more records are in the lake.

    Raises
    ------
    UsageError
        If the folder holds no such file, a stream twice, or Parquet without the records.
    CartwheelError
        If RAW does not get what is in the lake.
    """
    there = _files(folder)
    began = datetime.now(UTC)
    shard = f"{SHARD}{began:%Y%m%dT%H%M%S.%f}"
    with ProcessPoolExecutor(_processes(), multiprocessing.get_context("spawn")) as pool:
        made = [_into_lake(environment, kind, path, shard, began, pool, tell)
                for kind, path in there.items()]  # fmt: skip
    _wait(environment, shard, {kind: one.rows for kind, one in zip(there, made, strict=True)})
    return made


def _files(folder: Path) -> dict[Kind, Path]:
    """Return the file of each stream that the folder holds."""
    there: dict[Kind, Path] = {}
    for kind in KINDS.values():
        found = [folder / f"{kind.stream}.{ending}" for ending in ("ndjson", "parquet")]
        found = [path for path in found if path.is_file()]
        if len(found) > 1:
            raise UsageError(
                f"{folder} holds {found[0].name} and {found[1].name}, the same stream twice: "
                "leave one of them."
            )
        if found:
            there[kind] = found[0]
            _require_records(found[0])
    if not there:
        names = ", ".join(kind.stream for kind in KINDS.values())
        raise UsageError(
            f"{folder} holds no file of {names} that ends with .ndjson or .parquet, as 'simulate "
            "--output' writes them."
        )
    return there


def _require_records(path: Path) -> None:
    if path.suffix != ".parquet":
        return
    try:
        schema = pq.read_schema(path)
    except (OSError, pa.ArrowException) as error:
        raise UsageError(f"{path} is not Parquet: {error}") from None
    place = schema.get_field_index("data")
    if place < 0 or schema.types[place] not in (pa.binary(), pa.string()):
        raise UsageError(
            f"{path}: a column data with the records as they are sent is needed, got "
            f"{', '.join(schema.names)}. Own tables go in by 'producers replay --mapping'."
        )


def _processes() -> int:
    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1)


def _into_lake(
    environment: Environment,
    kind: Kind,
    path: Path,
    shard: str,
    began: datetime,
    pool: ProcessPoolExecutor,
    tell: Callable[[int], None],
) -> Loaded:
    rows, quarantined = 0, 0
    for number, made in enumerate(_made(kind, path, shard, began, pool)):
        if made.rows:
            lake.write(environment, f"{kind.prefix}{shard}/{number:06d}.json.gz", made.body)
        for document in made.quarantined:
            key = f"{PREFIX}{kind.stream}/{shard}/{document.sequence_number}.json"
            lake.write(environment, key, msgspec.json.encode(document))
        rows, quarantined = rows + made.rows, quarantined + len(made.quarantined)
        tell(made.rows + len(made.quarantined))
    return Loaded(kind.stream, rows, quarantined)


def _made(
    kind: Kind, path: Path, shard: str, began: datetime, pool: ProcessPoolExecutor
) -> Iterator[_Made]:
    """Yield what becomes of the blocks of a file, in their order; few are held at a time."""
    under_way: deque[Future[_Made]] = deque()
    first = 1
    for lines in _blocks(path):
        under_way.append(pool.submit(_rows, kind.name, lines, first, shard, began))
        first += len(lines)
        if len(under_way) > 2 * _processes():
            yield under_way.popleft().result()
    while under_way:
        yield under_way.popleft().result()


def _blocks(path: Path) -> Iterator[list[bytes]]:
    """Yield the records of a file in blocks."""
    if path.suffix == ".parquet":
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(LINES, columns=["data"]):
                yield batch.column(0).cast(pa.binary()).to_pylist()
        return
    with path.open("rb") as lines:
        while block := list(itertools.islice(lines, LINES)):
            yield block


def _rows(name: str, lines: list[bytes], first: int, shard: str, began: datetime) -> _Made:
    """Make the rows of a block of lines, as the functions do of a batch."""
    kind, rows, bad = KINDS[name], [], []
    for number, line in enumerate(lines, first):
        lineage = Lineage(
            stream=kind.stream, shard_id=shard, sequence_number=str(number), arrived_at=began
        )
        try:
            event = decode(kind, line.rstrip(b"\n"), began, f"{shard}:{number}")
            rows.append(row(kind, event, lineage))
        except EventError as error:
            bad.append(_rejected(lineage, line.rstrip(b"\n"), str(error)))
    body = gzip.compress(b"\n".join(rows), _FASTEST, mtime=0)
    return _Made(body, len(rows), bad)


def _rejected(lineage: Lineage, payload: bytes, reason: str) -> Quarantined:
    return Quarantined(
        stream=lineage.stream,
        shard_id=lineage.shard_id,
        sequence_number=lineage.sequence_number,
        arrived_at=lineage.arrived_at.isoformat(),
        partition_key=lineage.shard_id,
        reason=reason,
        payload=b64encode(payload).decode(),
    )


def _wait(environment: Environment, shard: str, expected: dict[Kind, int]) -> None:
    """Wait until RAW holds the rows, as long as it gets more of them."""
    before, since = -1, time.monotonic()
    while True:
        found = Counter({
            kind: int(environment.warehouse.scalar(
                f"select count(*) from {kind.table} where shard_id = ?", [shard]
            ))
            for kind in expected
        })  # fmt: skip
        missing = sum(expected.values()) - found.total()
        if not missing:
            return
        if found.total() > before:
            before, since = found.total(), time.monotonic()
        elif time.monotonic() - since > PATIENCE_SECONDS:
            raise CartwheelError(
                f"{missing:,} rows are in the lake but not in RAW: 'cartwheel status' says how "
                "Snowpipe is, 'cartwheel reload' loads what it missed."
            )
        time.sleep(1)
