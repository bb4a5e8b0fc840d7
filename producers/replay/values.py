"""
How a field's value is made of a row: compiled once a file, called once a row.

What cannot be turned into the field's type stays as the file has it: the decoder then names
field, value and rule, and sets it aside or refuses the row.
"""

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from producers.replay import units
from producers.replay.mapping import Field, FileRule, Rule

Get = Callable[[Any], Any]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
_TRUE = {"true", "1", "1.0", "yes", "on", "t", "y"}
_FALSE = {"false", "0", "0.0", "no", "off", "f", "n"}
# A value that went through a conversion has no digits beyond these.
_DIGITS = 6


def compiled(path: str, rule: Rule, field: Field, get: Callable[[str], Get], file: FileRule) -> Get:
    """
    Return what makes a field's value of a row's record, None if the row does not say it.

    Parameters
    ----------
    path
        The field's dotted name on the wire.
    get
        Returns what takes a column's value out of a record.
    """
    raw = _raw(rule, get)
    if rule.words is not None:
        raw = _translated(raw, rule.words)
    if field.takes(datetime):
        plus = get(rule.plus) if rule.plus else None
        return _time(raw, rule, plus, is_local=path == "InvoiceDate")
    if field.takes(bool):
        return lambda record: _bool(raw(record))
    if field.takes(float) or field.takes(int):
        return _number(raw, path, rule, file.decimal)
    if field.takes(tuple):
        return lambda record: _list(raw(record), rule.split)
    return lambda record: _text(raw(record), rule.format)


def _raw(rule: Rule, get: Callable[[str], Get]) -> Get:
    if rule.value is not None:
        return lambda record: rule.value
    parts = [get(column) for column in rule.columns]
    if len(parts) == 1:
        return parts[0]
    if rule.join is None:
        return lambda record: next((v for p in parts if (v := p(record)) is not None), None)
    glue = rule.join

    def joined(record: Any) -> str | None:
        values = [part(record) for part in parts]
        return None if None in values else glue.join(str(value).strip() for value in values)

    return joined


def _translated(raw: Get, words: dict[str, Any]) -> Get:
    def translated(record: Any) -> Any:
        value = raw(record)
        return None if value is None else words.get(word(value), value)

    return translated


def word(value: Any) -> str:
    """Return a value as mappings write it."""
    return str(value).lower() if isinstance(value, bool) else str(value).strip()


def number(value: Any, decimal: str = ".") -> Any:
    """Return a finite number, None of none; what is no number as it is."""
    if isinstance(value, str):
        if not (cell := value.strip()):
            return None
        if decimal == ",":
            cell = cell.replace(".", "").replace(",", ".")
        try:
            found: float = int(cell) if cell.lstrip("+-").isdigit() else float(cell)
        except ValueError:
            return value
        return value if "_" in cell or not math.isfinite(found) else found
    if isinstance(value, float) and math.isnan(value):
        return None
    if value is None or isinstance(value, int | float):
        return value
    return float(value) if hasattr(value, "as_integer_ratio") else value


def _number(raw: Get, path: str, rule: Rule, decimal: str) -> Get:
    converts = units.converter(path, rule.unit) if rule.unit else None
    factor, offset = rule.factor, rule.offset
    is_plain = converts is None and factor == 1 and offset == 0

    def made(record: Any) -> Any:
        value = number(raw(record), decimal)
        if is_plain or type(value) not in (int, float):
            return value
        value = value * factor + offset
        return round(converts(value) if converts else value, _DIGITS)

    return made


def _bool(value: Any) -> Any:
    told = word(value).lower()
    return None if value is None else True if told in _TRUE else False if told in _FALSE else value


def _list(value: Any, split: str | None) -> Any:
    if value is None or value == []:
        return None
    parts = value if isinstance(value, list) else str(value).split(split) if split else [value]
    return [str(part).strip() for part in parts if str(part).strip()] or None


def _text(value: Any, told: str | None) -> Any:
    if value is None:
        return None
    if told is not None:
        return _formatted(value, told)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, str | list | dict) else word(value)


def _formatted(value: Any, told: str) -> Any:
    for each in (number(value), value):
        try:
            return told % each
        except (TypeError, ValueError, OverflowError):
            continue
    return value


def _time(raw: Get, rule: Rule, plus: Get | None, *, is_local: bool) -> Get:
    zone = ZoneInfo(rule.zone) if rule.zone else None

    def made(record: Any) -> Any:
        value = raw(record)
        if value is None:
            return None
        try:
            found = moment(value, rule.format)
            if plus is not None:
                seconds = number(plus(record))
                if seconds is None:
                    return None
                found += timedelta(seconds=seconds)
            return _on_the_clock(found, zone, is_local=is_local)
        except (ValueError, OverflowError, TypeError):
            return value

    return made


def moment(value: Any, told: str | None) -> datetime:
    """Return a time by a format, without one as ISO 8601 or a count since 1970; else fail."""
    if isinstance(value, date):
        return _of_date(value)
    if told in _SECONDS:
        return _since_1970(value, _SECONDS[told])
    if told is not None:
        return datetime.strptime(str(value).strip(), told)
    if isinstance(value, str) and not _is_count(value):
        return datetime.fromisoformat(value.strip())
    return _since_1970(value, _scale(float(value)))


def _of_date(value: date) -> datetime:
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    # Parquet's nanoseconds come in a class of pandas' own, which JSON does not know.
    return datetime.fromisoformat(value.isoformat(timespec="microseconds"))


def _is_count(value: str) -> bool:
    """Whether a text is seconds or their parts since 1970: a date has eight digits at most."""
    whole = value.strip().partition(".")[0]
    return whole.isdigit() and len(whole) > 8


def _scale(value: float) -> float:
    """Tell seconds and their parts by their size, as the wire does: from 1999 to 2128."""
    for scale in _SECONDS.values():
        if 9e8 <= value * scale < 5e9:
            return scale
    raise ValueError(value)


def _since_1970(value: Any, scale: float) -> datetime:
    if isinstance(value, str):
        value = number(value)
    if isinstance(value, int):
        # Whole numbers stay exact: a float has no microseconds left of nanoseconds.
        return _EPOCH + timedelta(microseconds=value * round(scale * 1e9) // 1000)
    return _EPOCH + timedelta(microseconds=round(value * scale * 1e6))


def _on_the_clock(moment: datetime, zone: ZoneInfo | None, *, is_local: bool) -> datetime:
    if is_local:
        return (
            moment if moment.tzinfo is None else moment.astimezone(zone or UTC).replace(tzinfo=None)
        )
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone or UTC)
    return moment.astimezone(UTC)
