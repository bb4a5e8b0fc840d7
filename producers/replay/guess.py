"""A mapping to start from: guessed from a file's columns and their first values."""

import itertools
import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from cartwheel.errors import UsageError

from producers.replay import files, units, values, words
from producers.replay.mapping import FileRule

ROWS = 1000
DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = ("utf-8-sig", "cp1252")


class Column(NamedTuple):
    """A column: its name, its first values, and its name's words."""

    name: str
    values: list[Any]

    @property
    def spellings(self) -> set[str]:
        """The name in small letters without signs, without its unit, and its last part."""
        found = {"".join(self.parts), "".join(self.parts[:-1] if self.unit else self.parts)}
        return found | ({self.parts[-1]} if "." in self.name else set())

    @property
    def parts(self) -> list[str]:
        """The words of the name."""
        spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", self.name)
        return re.findall(r"[a-z0-9]+", spaced.lower())

    @property
    def unit(self) -> str | None:
        """The unit that the name ends with."""
        return words.UNITS.get(self.parts[-1]) if len(self.parts) > 1 else None


def guess(path: Path) -> str:
    """
    Return the text of a mapping for a file; what could not be told is said in comments.

    Raises
    ------
    UsageError
        If the file cannot be read.
    """
    rule, found = _read(path)
    if (signals := _signals(found)) is not None:
        events = _signal_events(*signals, found)
    else:
        events = _row_events(path, found)
    head = [
        f"# A guess of {path.name}: look at every line, then try it with --dry-run.",
        '# Where a unit is another than docs/wire.md has, say it: unit = "mph".',
        f"files = {_toml([path.name])}",
        "",
    ]
    return "\n".join([*head, *_file_lines(rule), *events])


def _row_events(path: Path, found: list[Column]) -> list[str]:
    """Return the lines of one event a row."""
    kind = max(words.TELLING, key=lambda name: len(words.TELLING[name] & set(_chosen(name, found))))
    chosen = _chosen(kind, found)
    if not words.TELLING[kind] & set(chosen):
        raise UsageError(
            f"{path}: no column is known by its name; write the mapping by hand, as "
            f"docs/own-data.md shows. The columns are {', '.join(c.name for c in found[:30])}."
        )
    lines = ["[[event]]", f"kind = {_toml(kind)}"]
    lines += [_line(field, column) for field, column in chosen.items()]
    lines += [_missing(kind, field) for field in words.REQUIRED[kind] if field not in chosen]
    used = {column.name for column in chosen.values()}
    if rest := [column.name for column in found if column.name not in used]:
        lines += ["", "# Not used:", *(f"#   {_toml(name)}" for name in rest)]
    return lines


def _signals(found: list[Column]) -> tuple[Column, Column] | None:
    """Return the columns of the signal's name and value, if each row says one signal."""
    named = next((column for column in found if column.name.lower() in words.SIGNAL_NAMES), None)
    value = next((column for column in found if column.name.lower() in words.SIGNAL_VALUES), None)
    return None if named is None or value is None else (named, value)


def _signal_events(named: Column, value: Column, found: list[Column]) -> list[str]:
    """Return the lines of an event a signal, of those whose names are known."""
    signals = sorted({str(told) for told in named.values})
    chosen = _chosen("telemetry", [Column(name, []) for name in signals])
    common = {
        field: column
        for field, column in _chosen("telemetry", found).items()
        if field in words.REQUIRED["telemetry"]
    }
    lines = ["[common]", 'kind = "telemetry"', *(_line(f, column) for f, column in common.items())]
    lines += [_missing("telemetry", f) for f in words.REQUIRED["telemetry"] if f not in common]
    for field, signal in chosen.items():
        when = _toml({named.name: signal.name})
        lines += ["", "[[event]]", f"when = {when}", f"{field} = {_toml(value.name)}"]
    if rest := [name for name in signals if name not in {each.name for each in chosen.values()}]:
        lines += ["", "# Not used:", *(f"#   {_toml(name)}" for name in rest)]
    return lines


def _read(path: Path) -> tuple[FileRule, list[Column]]:
    """Read a file's first rows, trying delimiters and encodings until columns appear."""
    best: tuple[FileRule, list[Column]] | None = None
    problem: UsageError | None = None
    for encoding, delimiter in itertools.product(ENCODINGS, DELIMITERS):
        rule = FileRule(delimiter=delimiter, encoding=encoding, ragged=True)
        try:
            columns = _columns(path, rule)
        except UsageError as error:
            problem = problem or error
            continue
        if best is None or len(columns) > len(best[1]):
            best = (rule, columns)
    if best is None:
        raise problem or UsageError(f"{path} cannot be read.")
    rule, columns = best
    return msgspec.structs.replace(rule, ragged=_is_ragged(path, rule)), columns


def _is_ragged(path: Path, rule: FileRule) -> bool:
    """Whether a row of the whole file has another number of cells than its header."""
    with files.opened(path, msgspec.structs.replace(rule, ragged=False)) as opened:
        try:
            for _ in opened.rows:
                pass
        except UsageError:
            return True
    return False


def _columns(path: Path, rule: FileRule) -> list[Column]:
    with files.opened(path, rule) as opened:
        rows = [row.record for row in itertools.islice(opened.rows, ROWS)]
        if opened.columns is not None:
            return [
                Column(name, [cells[n] for cells in rows if cells[n] is not None])
                for n, name in enumerate(opened.columns)
            ]
    found: dict[str, list[Any]] = {}
    for record in rows:
        for name, value in _leaves(record, ""):
            found.setdefault(name, []).append(value)
    return [Column(name, told) for name, told in found.items()]


def _leaves(record: dict[str, Any], prefix: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in record.items():
        if isinstance(value, dict):
            found += _leaves(value, f"{prefix}{name}.")
        elif value is not None:
            found.append((f"{prefix}{name}", value))
    return found


def _chosen(kind: str, columns: list[Column]) -> dict[str, Column]:
    """Return the column of each field whose name has one of the field's words."""
    chosen: dict[str, Column] = {}
    for field, told in words.FIELDS[kind]:
        for word in told.split("|"):
            free = [c for c in columns if c.name not in {each.name for each in chosen.values()}]
            fit = [c for c in free if word in c.spellings]
            if fit:
                chosen[field] = fit[0]
                break
    return chosen


def _line(field: str, column: Column) -> str:
    rule: dict[str, Any] = {"column": column.name}
    if field in ("timestamp", "InvoiceDate"):
        rule |= _time(column.values, is_instant=field == "timestamp")
    elif field == "event_type":
        rule |= _translation(column.values)
    elif column.unit and column.unit in units.known(field) and column.unit != units.unit_of(field):
        rule["unit"] = column.unit
    return f"{field} = {_toml(column.name if len(rule) == 1 else rule)}"


def _time(told: list[Any], *, is_instant: bool) -> dict[str, str]:
    """Return the format that all of a column's times have; none for ISO 8601."""
    for form in (None, *words.FORMATS):
        try:
            moments = [values.moment(value, form) for value in told]
        except (ValueError, OverflowError, TypeError):
            continue
        needs_zone = is_instant and any(each.tzinfo is None for each in moments)
        return ({"format": form} if form else {}) | ({"zone": "UTC"} if needs_zone else {})
    return {"format": "%Y-%m-%d %H:%M:%S"}


def _translation(told: list[Any]) -> dict[str, dict[str, str]]:
    found = {}
    for value in sorted({str(value).strip() for value in told})[:20]:
        plain = re.sub(r"[^a-z]", "", value.lower())
        meant = next((ours for ours, theirs in words.WORDS.items() if plain in theirs), None)
        if meant is not None and meant != value:
            found[value] = meant
    return {"words": found} if found else {}


def _missing(kind: str, field: str) -> str:
    if field == "truck_id":
        return 'truck_id = "$file"  # no column was found: every file is a truck'
    if field == "event_type":
        return 'event_type = { value = "view" }  # no column was found'
    if field == "timestamp":
        return (
            'timestamp = { value = "2026-01-01T00:00:00Z", plus = "$row" }'
            "  # no column was found: a row a second from here"
        )
    return f"# {field} = …  an event of {kind} cannot be without"


def _file_lines(rule: FileRule) -> list[str]:
    lines = []
    if rule.delimiter != ",":
        lines.append(f"delimiter = {_toml(rule.delimiter)}")
    if rule.encoding != ENCODINGS[0]:
        lines.append(f"encoding = {_toml(rule.encoding)}")
    if rule.ragged:
        lines.append("ragged = true")
    return ["[file]", *lines, ""] if lines else []


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        inner = ", ".join(f"{_key(name)} = {_toml(each)}" for name, each in value.items())
        return f"{{ {inner} }}"
    return json.dumps(value, ensure_ascii=False)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name, ensure_ascii=False)
