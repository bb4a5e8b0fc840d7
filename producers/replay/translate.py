"""
Rows become events: by a mapping, with ids that a repetition of the file repeats.

An event's id is a digest of its row and of how often the same row was in the file before. So
the same file again, also grown at its top or its end, says the same events, and equal lines
of one file stay as many.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from cartwheel.delivery.sending import put
from cartwheel.errors import UsageError
from cartwheel.events import Kind

from producers.message import Message
from producers.replay import columns, files, values
from producers.replay.mapping import EventRule, Mapping, fields

SOURCE_LENGTH = 200
_DIGEST_BYTES = 12
_TIMES = ("timestamp", "InvoiceDate")


class Made(NamedTuple):
    """An event that a row became: where the row stands, and what is sent."""

    place: str
    kind: Kind
    event: dict[str, Any]

    @property
    def message(self) -> Message:
        """The record for the stream."""
        told = next((self.event[name] for name in _TIMES if name in self.event), None)
        moment = told if isinstance(told, datetime) else datetime.fromtimestamp(0, UTC)
        at = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        key = str(self.event.get(_key(self.kind, self.event)) or self.event["event_id"])[:256]
        # What JSON has no type for goes as text: the decoder says what is wrong with it.
        data = msgspec.json.encode(self.event, enc_hook=str)
        return Message(self.kind.stream, key, data, at)


class Skipped(NamedTuple):
    """A row that no event of the mapping is made of."""

    place: str


def source_name(path: Path, told: str | None) -> str:
    """
    Return what the events' ids begin with: the name given, or the file's.

    Raises
    ------
    UsageError
        If it is longer than an id has room for.
    """
    name = told or files.plain_name(path)
    if len(name) > SOURCE_LENGTH:
        raise UsageError(f"{name[:40]}…: a source's name has {SOURCE_LENGTH} characters at most.")
    return name


def translated(path: Path, mapping: Mapping, source: str) -> Iterator[Made | Skipped]:
    """
    Yield what each row of a file becomes.

    Raises
    ------
    UsageError
        If the file cannot be read, or lacks a column.
    """
    seen: Counter[bytes] = Counter()
    with files.opened(path, mapping.file) as opened:
        translator = _Translator(path, mapping, source, opened.columns)
        for number, row in enumerate(opened.rows, 1):
            digest = hashlib.blake2b(row.content, digest_size=_DIGEST_BYTES).digest()
            before = seen[digest]
            seen[digest] = before + 1
            row_id = f"{source}:{digest.hex()}" + (f"-{before + 1}" if before else "")
            count = 0
            for kind, said in translator.events(row.record, number):
                count += 1
                own = {"event_id": row_id + (f".{count}" if count > 1 else "")}
                yield Made(row.place, kind, own | said)
            if not count:
                yield Skipped(row.place)


def messages(paths: Iterable[Path], mapping: Mapping, source: str | None) -> Iterator[Message]:
    """Yield the records of files that were checked."""
    for path in paths:
        for made in translated(path, mapping, source_name(path, source)):
            if isinstance(made, Made):
                yield made.message


def _key(kind: Kind, event: dict[str, Any]) -> str:
    """Return the field that says an event's place in its stream."""
    if kind.partition_key != "subject":
        return kind.partition_key
    names = {"delivery_event": "order_id", "truck_service": "truck_id"}
    return names.get(event.get("operation", ""), "product_id")


class _Compiled(NamedTuple):
    """What makes one kind of event of a record."""

    kind: Kind
    when: list[tuple[values.Get, bool | tuple[str, ...]]]
    each: values.Get | None
    name: str
    fields: list[tuple[tuple[str, ...], values.Get]]

    def takes(self, record: Any) -> bool:
        """Whether the record is one of those that the event is made of."""
        for get, allowed in self.when:
            value = get(record)
            if isinstance(allowed, bool) and not isinstance(value, bool):
                if (value is not None) is not allowed:
                    return False
            elif values.word(value) not in _words(allowed) and value != allowed:
                return False
        return True


def _words(allowed: bool | tuple[str, ...]) -> tuple[str, ...]:
    return allowed if isinstance(allowed, tuple) else ()


class _Translator:
    """Makes the events of a file's rows."""

    def __init__(self, path: Path, mapping: Mapping, source: str, header: list[str] | None) -> None:
        self._path, self._source, self._header = path, source, header
        self._file, self._number = mapping.file, 0
        self._compiled = [self._event(rule) for rule in mapping.events]

    def events(self, record: Any, number: int) -> Iterator[tuple[Kind, dict[str, Any]]]:
        """Yield the kind and the content of each event of a row."""
        self._number = number
        for event in self._compiled:
            for part in _parts(record, event):
                if event.takes(part):
                    yield event.kind, _content(part, event.fields)

    def _event(self, rule: EventRule) -> _Compiled:
        allowed = fields(rule.kind)
        if rule.each is not None and self._header is not None:
            raise UsageError(f"{self._path}: a table has no lists; 'each' is for objects.")
        made = [
            (
                tuple(path.split(".")),
                values.compiled(path, told, allowed[path], self._get, self._file),
            )
            for path, told in rule.fields.items()
            if self._is_there(told.columns)
        ]
        when = [(self._get(name), told) for name, told in rule.when.items()]
        each = columns.of_object(rule.each) if rule.each else None
        return _Compiled(rule.kind, when, each, rule.each or "", made)

    def _is_there(self, names: tuple[str, ...]) -> bool:
        """Whether a table has one of the columns of an optional field; an object may have any."""
        if not self._file.optional or self._header is None or not names:
            return True
        return any(name in self._header or name.startswith("$") for name in names)

    def _get(self, name: str) -> Callable[[Any], Any]:
        if name == columns.ROW:
            return lambda record: self._number
        if name == columns.FILE:
            return lambda record: self._source
        if self._header is None:
            return columns.of_object(name)
        if self._file.optional and name not in self._header:
            return lambda record: None
        return columns.of_table(str(self._path), self._header, name)


def _parts(record: Any, event: _Compiled) -> list[Any]:
    """Return the record, or one a part of its list; of an empty list the record without one."""
    if event.each is None:
        return [record]
    found = event.each(record)
    parts = found if isinstance(found, list) and found else [None]
    return [{**record, event.name: part} for part in parts]


def _content(
    record: Any, made: list[tuple[tuple[str, ...], Callable[[Any], Any]]]
) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for path, get in made:
        value = get(record)
        if value is not None:
            put(content, path, value)
    return content
