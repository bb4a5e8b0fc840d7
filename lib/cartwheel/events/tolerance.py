"""
The second look at a record that does not fit as it is: what can be kept of it is kept.

An optional value that is broken or impossible becomes null, and the event says what was set
aside and why; a field that we do not know is kept in ``extra``. Only what an event cannot do
without, its ids, its time and its kind, can refuse a record.
"""

import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal, NamedTuple, get_args, get_origin

import msgspec

from cartwheel.events.records import SetAside
from cartwheel.events.rules import MISSING, EventError, shown
from cartwheel.events.signals import SIGNALS, Signal

# Of unknown fields so much is kept, as JSON: a row must fit into one record of Firehose.
EXTRA_BYTES = 64 * 1024
_OURS = ("extra", "set_aside")
_AGGREGATED = b"\xf3\x89\x9a\xc2"  # how a record of the Kinesis Producer Library begins
_TWICE = "is there twice in one object"


class _Twice(str):
    """The name of a field that an object has twice."""


def parse(data: bytes) -> dict[str, Any]:
    """
    Return a record's object; a name that is there twice is a key of class ``_Twice``.

    Raises
    ------
    EventError
        If the bytes are no JSON object, saying what they are if that can be told.
    """
    if data.startswith(_AGGREGATED):
        raise EventError(
            "record", data[:80], "must be one JSON object, not an aggregate of the Kinesis "
            "Producer Library: switch its aggregation off",
        )  # fmt: skip
    try:
        record = msgspec.json.decode(data)
        # Of two values of one name msgspec keeps the last: then there are fewer names.
        if msgspec.json.encode(record).count(b'":') != data.count(b'":'):
            record = json.loads(data, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise EventError(
            "record", data[:80], f"must be one JSON object ({_reason(data, error)})"
        ) from None
    if not isinstance(record, dict):
        raise EventError("record", data[:80], "must be one JSON object")
    return record


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        is_doubled = name in found
        found.pop(name, None)
        found[_Twice(name) if is_doubled else name] = value
    return found


def _reason(data: bytes, error: Exception) -> str:
    try:
        text = json.dumps(json.loads(data), ensure_ascii=False)
        text.encode()
    except UnicodeEncodeError:
        return "it holds half of a surrogate pair, which is no character"
    except (ValueError, RecursionError):
        return str(error)
    return str(error)


def tolerate(structs: tuple[type[msgspec.Struct], ...], record: dict[str, Any]) -> Any:
    """
    Return the event that a record is, without what is broken or impossible of it.

    Parameters
    ----------
    structs
        What the record may be; of several its tag says which.

    Raises
    ------
    EventError
        If a required field is missing or broken.
    """
    struct = _meant(structs, record)
    look = _Look()
    values = look.at(struct, record, "")
    extra, aside = look.extra, look.aside
    return struct(**values, extra=extra or None, set_aside=tuple(aside) or None)


def _meant(
    structs: tuple[type[msgspec.Struct], ...], record: dict[str, Any]
) -> type[msgspec.Struct]:
    if len(structs) == 1:
        return structs[0]
    field = str(structs[0].__struct_config__.tag_field)
    tags = {struct.__struct_config__.tag: struct for struct in structs}
    tag = record.get(field)
    if not isinstance(tag, str) or tag not in tags:
        raise EventError(field, tag, f"must be one of {', '.join(map(str, tags))}")
    return tags[tag]


class _Place(NamedTuple):
    """What may stand at a field: a part of its own, a signal, a text, or something else."""

    field: Any
    part: type[msgspec.Struct] | None
    signal: Signal | None
    kinds: tuple[Any, ...]
    longest: int  # of a text; 0 if it is none, or one of fixed words


@lru_cache
def _places(struct: type[msgspec.Struct], path: str) -> dict[str, _Place]:
    found = {}
    for field in msgspec.structs.fields(struct):
        members = (field.type, *get_args(field.type))
        part = next((m for m in members if isinstance(m, type) and _is_struct(m)), None)
        kinds = tuple(get_args(m)[0] if hasattr(m, "__metadata__") else m for m in members)
        limits = [each for m in members for each in getattr(m, "__metadata__", ())]
        longest = max((each.max_length or 0 for each in limits), default=0) if str in kinds else 0
        signal = SIGNALS.get(f"{path}{field.encode_name}")
        found[field.encode_name] = _Place(field, part, signal, kinds, longest)
    return found


def _is_struct(kind: type) -> bool:
    return issubclass(kind, msgspec.Struct)


class _Look:
    """What one look at a record finds: fields that nobody knows, values that nobody believes."""

    def __init__(self) -> None:
        self.extra: dict[str, Any] = {}
        self.aside: list[SetAside] = []
        self._room = EXTRA_BYTES
        self._has_dropped = False

    def at(self, struct: type[msgspec.Struct], record: dict[str, Any], path: str) -> dict[str, Any]:
        """Return the values of a struct's fields that can be believed."""
        places = _places(struct, path)
        values = {}
        for name, value in record.items():
            place = places.get(name)
            if place is None or name in _OURS:
                if name != struct.__struct_config__.tag_field:
                    self._keep(f"{path}{name}", value)
            elif type(name) is _Twice:
                self._refuse(place.field, f"{path}{name}", value, _TWICE)
            elif value is not None or place.field.required:
                values[name] = self._value(place, f"{path}{name}", value)
        for name, place in places.items():
            if place.field.required and name not in values:
                raise EventError(f"{path}{name}", MISSING, "is required, and missing")
        return values

    def _value(self, place: _Place, path: str, value: Any) -> Any:
        if type(value) is str and 0 < len(value) <= place.longest:
            return value
        if place.signal is not None:
            return self._signal(place, place.signal, path, value)
        if place.part is not None:
            if isinstance(value, dict):
                return place.part(**self.at(place.part, value, f"{path}."))
            return self._refuse(place.field, path, value, "must be an object")
        try:
            return msgspec.convert(_plain(place.kinds, value), place.field.type)
        except (msgspec.ValidationError, OverflowError) as error:
            return self._refuse(place.field, path, value, _rule(place.kinds, str(error)))

    def _signal(self, place: _Place, signal: Signal, path: str, value: Any) -> Any:
        if type(value) not in (int, float):
            return self._refuse(place.field, path, value, "must be a number")
        if rule := signal.broken_by(value):
            return self._refuse(place.field, path, value, rule)
        return value

    def _refuse(self, field: Any, path: str, value: Any, rule: str) -> None:
        if field.required:
            raise EventError(path, value, rule)
        self.aside.append(SetAside(path, shown(value), rule))

    def _keep(self, path: str, value: Any) -> None:
        """Keep what we do not know, as long as there is room for it."""
        try:
            size = len(msgspec.json.encode(value)) + len(path.encode())
        except RecursionError:
            size = self._room + 1
        if size <= self._room:
            self.extra[path] = value
            self._room -= size
        elif not self._has_dropped:
            rule = f"of unknown fields {EXTRA_BYTES // 1024} KiB are kept"
            self.aside.append(SetAside("extra", shown(path), rule))
            self._has_dropped = True


def _plain(kinds: tuple[Any, ...], value: Any) -> Any:
    """Return a number where a text is wanted as its text, and a number for a time as the time."""
    if type(value) not in (int, float):
        return value
    is_whole = isinstance(value, float) and value.is_integer()
    if str in kinds:
        return str(int(value)) if is_whole else str(value)
    if datetime in kinds:
        return _instant(value)
    return int(value) if int in kinds and is_whole else value


def _instant(value: float) -> Any:
    """Return a count of seconds, milli- or microseconds since 1970 as a time; told by its size."""
    for unit in (1, 1_000, 1_000_000):
        # From 1999 to 2128; the three ranges are far apart.
        if 9e8 <= value / unit < 5e9:
            return datetime.fromtimestamp(value / unit, UTC)
    return value


def _rule(kinds: tuple[Any, ...], message: str) -> str:
    words = [w for k in kinds if get_origin(k) is Literal for w in get_args(k)]
    if words:
        return f"must be one of {', '.join(words)}"
    return message.partition(" - at `")[0]
