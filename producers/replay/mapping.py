"""
Mappings: which column of a file is which field of an event.

A mapping is a TOML file, described in docs/own-data.md.
"""

import tomllib
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple, get_args, get_origin
from zoneinfo import ZoneInfo

import msgspec
from cartwheel.errors import UsageError, unknown
from cartwheel.events import KINDS, Kind

from producers.replay import units

_OWN = ("kind", "when", "each")
_BESIDE = ("extra", "set_aside")
Plain = str | int | float | bool


class FileRule(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How a file is read; what is not said, its name and its content tell."""

    format: str | None = None
    delimiter: str = ","
    encoding: str = "utf-8-sig"
    decimal: str = "."
    columns: tuple[str, ...] | None = None
    ragged: bool = False
    null: tuple[str, ...] = ()
    records: str | None = None
    optional: bool = False


class Rule(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How a field is made of columns, or which constant it is."""

    column: str | tuple[str, ...] = ()
    value: Plain | None = None
    join: str | None = None
    unit: str | None = None
    factor: float = 1.0
    offset: float = 0.0
    format: str | None = None
    zone: str | None = None
    plus: str | None = None
    words: dict[str, Plain] | None = None
    split: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the field is made of."""
        return (self.column,) if isinstance(self.column, str) else self.column


class Field(NamedTuple):
    """A field of an event: its type, and whether an event cannot be without."""

    type: Any
    is_required: bool

    def takes(self, kind: type) -> bool:
        """Whether a value of the field can be of a type."""
        return kind in _plain_types(self.type)


class EventRule(NamedTuple):
    """One kind of event that rows become: of which rows, and its fields."""

    kind: Kind
    when: dict[str, bool | tuple[str, ...]]
    each: str | None
    fields: dict[str, Rule]


class Mapping(NamedTuple):
    """How the rows of a kind of file become events."""

    name: str
    files: tuple[str, ...]
    origin: str
    file: FileRule
    events: tuple[EventRule, ...]


def shipped() -> list[str]:
    """Return the names of the mappings that Cartwheel brings."""
    folder = files("producers.replay") / "presets"
    return sorted(each.name.removesuffix(".toml") for each in folder.iterdir())


def load(name: str) -> Mapping:
    """
    Return a mapping: a TOML file, or one that Cartwheel brings, by its name.

    Raises
    ------
    UsageError
        If there is none, or the file does not hold one: the file, the field, what is allowed.
    """
    path = Path(name)
    if not name.endswith(".toml"):
        if name not in shipped():
            raise unknown("mapping", name, [*shipped(), "or a file such as own.toml"])
        text = (files("producers.replay") / "presets" / f"{name}.toml").read_text("utf-8")
        return parse(name, text)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}.") from None
    return parse(str(path), text)


def parse(name: str, text: str) -> Mapping:
    """Return the mapping that a TOML text holds; ``name`` is what messages call it."""
    try:
        told = tomllib.loads(text)
        file = msgspec.convert(told.pop("file", {}), FileRule)
        patterns = msgspec.convert(told.pop("files", ()), tuple[str, ...])
        origin = msgspec.convert(told.pop("origin", ""), str)
        common = told.pop("common", {})
        events = msgspec.convert(told.pop("event", []), list[dict[str, Any]])
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{name} is no TOML: {error}.") from None
    except msgspec.ValidationError as error:
        raise UsageError(f"{name}: {error}.") from None
    if told:
        allowed = "files, origin, [file], [common] and [[event]]"
        raise UsageError(f"{name}: {next(iter(told))!r} is not known; a mapping has {allowed}.")
    if not events or not isinstance(common, dict):
        raise UsageError(f"{name}: it must have an [[event]], and [common] must be a table.")
    rules = [_event(f"{name}, event {n}", {**common, **e}) for n, e in enumerate(events, 1)]
    return Mapping(name, patterns, origin, file, tuple(rules))


def fields(kind: Kind) -> dict[str, Field]:
    """Return the fields of a kind's events by their dotted names."""
    found: dict[str, Field] = {}
    for struct in kind.structs:
        if struct.__struct_config__.tag_field:
            found[struct.__struct_config__.tag_field] = Field(str, True)
        _walk(struct, "", found)
    return found


def _walk(struct: type[msgspec.Struct], prefix: str, found: dict[str, Field]) -> None:
    for field in msgspec.structs.fields(struct):
        if field.name in _BESIDE:
            continue
        part = next((m for m in (field.type, *get_args(field.type)) if _is_struct(m)), None)
        if part is not None:
            _walk(part, f"{prefix}{field.name}.", found)
        else:
            found.setdefault(f"{prefix}{field.name}", Field(field.type, field.required))


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _plain_types(told: Any) -> set[Any]:
    if hasattr(told, "__metadata__"):
        return _plain_types(get_args(told)[0])
    origin = get_origin(told)
    if origin is tuple or isinstance(told, type):
        return {origin or told}
    return set().union(*(_plain_types(each) for each in get_args(told) if each is not type(None)))


def _event(place: str, told: dict[str, Any]) -> EventRule:
    if (name := told.get("kind")) not in KINDS:
        raise UsageError(f"{place}, kind: {name!r} is none of {', '.join(KINDS)}.")
    kind = KINDS[name]
    allowed = fields(kind)
    made = _rules(place, {k: v for k, v in told.items() if k not in _OWN}, "", allowed)
    return EventRule(kind, _when(place, told.get("when", {})), told.get("each"), made)


def _when(place: str, told: Any) -> dict[str, bool | tuple[str, ...]]:
    if not isinstance(told, dict):
        raise UsageError(f"{place}, when: must be a table such as {{ type = 'position' }}.")
    return {
        column: value
        if isinstance(value, bool)
        else tuple(str(each) for each in (value if isinstance(value, list) else [value]))
        for column, value in told.items()
    }


def _rules(
    place: str, told: dict[str, Any], prefix: str, allowed: dict[str, Field]
) -> dict[str, Rule]:
    """Return the rule of each field; a table is a rule, or a part with fields of its own."""
    found: dict[str, Rule] = {}
    for name, value in told.items():
        path = f"{prefix}{name}"
        if isinstance(value, dict) and any(each.startswith(f"{path}.") for each in allowed):
            found |= _rules(place, value, f"{path}.", allowed)
        elif path not in allowed:
            raise UsageError(f"{place}: {unknown('field', path, allowed)}")
        else:
            found[path] = _rule(f"{place}, {path}", path, value, allowed[path])
    return found


def _rule(place: str, path: str, told: Any, field: Field) -> Rule:
    try:
        rule = msgspec.convert(told if isinstance(told, dict) else {"column": told}, Rule)
    except msgspec.ValidationError as error:
        raise UsageError(f"{place}: {error}.") from None
    if (rule.value is None) == (not rule.columns):
        raise UsageError(f"{place}: it must have either a column or a value.")
    if rule.unit is not None and rule.unit not in units.known(path):
        own = units.unit_of(path)
        known = ", ".join(units.known(path)) or "none: the field has no unit"
        raise UsageError(
            f"{place}, unit: {rule.unit!r} cannot be turned into {own or 'a number'}; "
            f"known are {known}. With 'factor' and 'offset' any other can."
        )
    if rule.zone is not None:
        _zone(place, rule.zone)
    if "%" in (rule.format or "") and not field.takes(datetime):
        _try_format(place, str(rule.format))
    return rule


def _zone(place: str, name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise UsageError(
            f"{place}, zone: {name!r} is no time zone; write it as 'Europe/Berlin'."
        ) from None


def _try_format(place: str, told: str) -> None:
    for trial in ("x", 1.0):
        try:
            told % trial
        except (TypeError, ValueError):
            continue
        return
    raise UsageError(
        f"{place}, format: {told!r} is none; a text has one of %s and %d, as in 'truck-%02d'."
    )
