"""
The rows of a file: CSV, JSON lines, nested JSON, Parquet or GPX, packed with gzip or zip or not.

A row is what its format makes of it: cells by column, or an object with parts.
"""

import csv
import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple, cast
from xml.etree.ElementTree import ParseError

import msgspec
import pyarrow
import pyarrow.parquet
from cartwheel.errors import UsageError, unknown
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from producers.replay.mapping import FileRule

PACKED = (".gz", ".zip")
# By the end of a file's name; .txt is a table too, but not inside of an archive.
FORMATS = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".json": "json", ".jsonl": "jsonl",
    ".ndjson": "jsonl", ".parquet": "parquet", ".gpx": "gpx",
}  # fmt: skip
_IN_ARCHIVE = tuple(suffix for suffix in FORMATS if suffix != ".txt")
_BROKEN = (
    OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError,
    ValueError, LookupError, csv.Error, ParseError, DefusedXmlException, pyarrow.ArrowException,
    RecursionError,
)  # fmt: skip


class Row(NamedTuple):
    """A row: where it stands, what it holds, and the bytes that its event's id is made of."""

    place: str
    record: Any
    content: bytes


class Rows(NamedTuple):
    """A file's rows; of a table its columns in their order, None of objects with parts."""

    columns: list[str] | None
    rows: Iterator[Row]


def plain_name(path: Path) -> str:
    """Return a file's name without the end that says how it is packed."""
    return path.stem if path.suffix.lower() in PACKED else path.name


@contextmanager
def opened(path: Path, rule: FileRule) -> Iterator[Rows]:
    """
    Open a file and read it row by row.

    Raises
    ------
    UsageError
        If it cannot be read, naming the file, the place and what is wrong there.
    """
    with ExitStack() as stack:
        with _naming(path):
            file, name = stack.enter_context(_unpacked(path))
            read = _READERS[_format(path, name, rule)](path, file, rule)
        yield Rows(read.columns, _guarded(path, read.rows))


def _guarded(path: Path, rows: Iterator[Row]) -> Iterator[Row]:
    with _naming(path):
        yield from rows


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Turn what goes wrong in a file into a message that names it."""
    try:
        yield
    except _BROKEN as error:
        hint = ""
        if isinstance(error, UnicodeDecodeError):
            hint = '. Name its encoding under [file], such as encoding = "latin-1"'
        raise UsageError(f"{path} cannot be read: {error or type(error).__name__}{hint}") from None


@contextmanager
def _unpacked(path: Path) -> Iterator[tuple[IO[bytes], str]]:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            names = [n for n in archive.namelist() if n.lower().endswith(_IN_ARCHIVE)]
            if len(names) != 1:
                raise UsageError(f"{path} holds {len(names)} files of data; one is expected.")
            with archive.open(names[0]) as file:
                yield file, names[0]
    elif path.suffix.lower() == ".gz":
        with gzip.open(path) as unpacked:
            yield cast(IO[bytes], unpacked), path.stem
    else:
        with path.open("rb") as file:
            yield file, path.name


def _format(path: Path, name: str, rule: FileRule) -> str:
    told = rule.format or FORMATS.get(Path(name).suffix.lower())
    if told is None:
        known = ", ".join(FORMATS)
        raise UsageError(f"{path}: the name does not tell the format ({known}); say [file] format.")
    if told not in _READERS:
        raise unknown("format", told, _READERS)
    return told


def _table(path: Path, file: IO[bytes], rule: FileRule) -> Rows:
    text = io.TextIOWrapper(file, encoding=rule.encoding, newline="")
    lines = csv.reader(text, delimiter=_delimiter(path, rule), strict=True)
    header = list(rule.columns or next((cells for cells in lines if any(cells)), []))
    if not header:
        raise UsageError(f"{path} is empty.")
    return Rows(header, _cells(path, header, lines, rule))


def _delimiter(path: Path, rule: FileRule) -> str:
    if len(rule.delimiter) != 1:
        raise UsageError(f"delimiter: {rule.delimiter!r} must be one character.")
    is_tabbed = rule.delimiter == "," and ".tsv" in path.suffixes
    return "\t" if is_tabbed else rule.delimiter


def _cells(path: Path, header: list[str], lines: Any, rule: FileRule) -> Iterator[Row]:
    width, nulls = len(header), {"", *rule.null}
    for cells in lines:
        if not any(cells):
            continue
        content = "\x1f".join(cells).encode("utf-8", "surrogatepass")
        number = lines.line_num
        fitted = cells if len(cells) == width else _fitted(path, cells, width, number, rule)
        yield Row(f"line {number}", [None if c in nulls else c for c in fitted], content)


def _fitted(path: Path, cells: list[str], width: int, line: int, rule: FileRule) -> list[str]:
    """Return as many cells as there are columns; empty ones behind the last are no cells."""
    if len(cells) < width and not rule.ragged:
        raise UsageError(_length(path, line, len(cells), width))
    if any(cells[width:]) and not rule.ragged:
        raise UsageError(_length(path, line, len(cells), width))
    return [*cells[:width], *[""] * (width - len(cells))]


def _length(path: Path, line: int, cells: int, width: int) -> str:
    return (
        f"{path}, line {line}: it has {cells} cells, the header {width}. "
        "If such rows are right, say ragged = true in [file]."
    )


def _object_row(place: str, record: Any) -> Row:
    return Row(place, record, msgspec.json.encode(record, order="deterministic"))


def _json_lines(path: Path, file: IO[bytes], rule: FileRule) -> Rows:
    def rows() -> Iterator[Row]:
        decoder = msgspec.json.Decoder()
        for number, line in enumerate(file, 1):
            if not (text := line.strip().removeprefix(b"\xef\xbb\xbf")):
                continue
            try:
                record = decoder.decode(text)
            except msgspec.DecodeError as error:
                raise UsageError(f"{path}, line {number}: it is no JSON: {error}.") from None
            if not isinstance(record, dict):
                raise UsageError(f"{path}, line {number}: it is no JSON object.")
            yield _object_row(f"line {number}", record)

    return Rows(None, rows())


def _json(path: Path, file: IO[bytes], rule: FileRule) -> Rows:
    """Read a document; JSON lines are often named .json too."""
    buffered = io.BufferedReader(cast(io.RawIOBase, file))
    if rule.records is None and _begins_with_an_object(buffered):
        return _json_lines(path, buffered, rule)
    whole = json.loads(buffered.read().decode(rule.encoding))
    for part in (rule.records or "").split("."):
        if part:
            if not isinstance(whole, dict) or part not in whole:
                raise UsageError(f"{path}: it has no list at {rule.records!r} ([file] records).")
            whole = whole[part]
    found = whole if isinstance(whole, list) else [whole]
    if not all(isinstance(record, dict) for record in found):
        raise UsageError(f"{path}: a list of objects is expected; say where with [file] records.")
    return Rows(None, (_object_row(f"record {n}", record) for n, record in enumerate(found, 1)))


def _begins_with_an_object(file: "io.BufferedReader[Any]") -> bool:
    """Whether the first line is a JSON object by itself."""
    first = file.peek(1 << 16).lstrip(b"\xef\xbb\xbf \t\r\n").split(b"\n", 1)[0].strip()
    try:
        return isinstance(msgspec.json.decode(first), dict)
    except msgspec.DecodeError:
        return False


def _parquet(path: Path, file: IO[bytes], rule: FileRule) -> Rows:
    source = pyarrow.parquet.ParquetFile(io.BytesIO(file.read()) if not file.seekable() else file)

    def rows() -> Iterator[Row]:
        number = 0
        for batch in source.iter_batches(10_000):
            for record in batch.to_pylist():
                number += 1
                content = json.dumps(record, sort_keys=True, default=str).encode()
                yield Row(f"row {number}", record, content)

    return Rows(None, rows())


def _gpx(path: Path, file: IO[bytes], rule: FileRule) -> Rows:
    """Read the points of a track: latitude, longitude, and what else is said of each."""

    def rows() -> Iterator[Row]:
        number, track = 0, None
        parents: list[str] = []
        for event, element in iterparse(file, events=("start", "end"), forbid_dtd=True):
            tag = element.tag.rpartition("}")[2]
            if event == "start":
                parents.append(tag)
                continue
            parents.pop()
            if tag == "name" and parents[-1:] == ["trk"]:
                track = element.text
            elif tag in ("trkpt", "rtept", "wpt"):
                number += 1
                told = {"lat": element.get("lat"), "lon": element.get("lon"), "track": track}
                inner = (each for each in element.iter() if len(each) == 0 and each is not element)
                told |= {each.tag.rpartition("}")[2]: (each.text or "").strip() for each in inner}
                yield _object_row(f"point {number}", {k: v or None for k, v in told.items()})
                element.clear()
            elif tag == "trk":
                track = None
                element.clear()

    return Rows(None, rows())


_READERS: dict[str, Callable[[Path, IO[bytes], FileRule], Rows]] = {
    "csv": _table, "json": _json, "jsonl": _json_lines, "parquet": _parquet, "gpx": _gpx,
}  # fmt: skip
