"""How a column, or a path into an object, is taken out of a row."""

import re
from collections.abc import Callable
from typing import Any

from cartwheel.errors import UsageError, unknown

Get = Callable[[Any], Any]
# What every row has: its number from 1, and the name of its source.
ROW, FILE = "$row", "$file"
_PART = re.compile(r"([^.\[\]]+)|\[([^\]=]+)=([^\]]*)\]|\[(\d+)\]")


def of_table(path: str, header: list[str], name: str) -> Get:
    """
    Return what takes a column out of a table's cells.

    Raises
    ------
    UsageError
        If the table has no such column, or has it twice.
    """
    found = header.count(name)
    if found == 1:
        place = header.index(name)
        return lambda cells: cells[place]
    if found:
        raise UsageError(f"{path}: the column {name!r} is there {found} times.")
    raise UsageError(f"{path}: {unknown('column', name, header)}")


def of_object(name: str) -> Get:
    """
    Return what takes a part out of an object, None if the object does not have it.

    ``a.b`` is b of a, ``a[0]`` the first of a list, ``a[key=x]`` the one of a list whose key
    is x. A name that an object has as it is comes first.
    """
    steps = [_step(match) for match in _PART.finditer(name)]

    def get(record: Any) -> Any:
        if name in record:
            return _known(record[name])
        for step in steps:
            record = step(record)
            if record is None:
                return None
        return _known(record)

    return get


def _step(match: re.Match[str]) -> Get:
    name, key, value, place = match.groups()
    if name is not None:
        return lambda part: part.get(name) if isinstance(part, dict) else None
    if place is not None:
        number = int(place)
        return lambda part: part[number] if isinstance(part, list) and number < len(part) else None
    return lambda part: next(
        (each for each in part if isinstance(each, dict) and str(each.get(key)) == value), None
    ) if isinstance(part, list) else None  # fmt: skip


def _known(value: Any) -> Any:
    return None if value == "" else value
