"""What a user defines as TOML: funnels, audiences."""

import tomllib
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, TypeVar, get_origin, get_type_hints

from cartwheel.errors import UsageError, unknown

T = TypeVar("T")


def from_file(path: Path) -> str:
    """
    Return the text of a definition's file.

    Raises
    ------
    UsageError
        If it cannot be read as text.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read as text: {error}") from None


def parsed(text: str, where: str) -> dict[str, Any]:
    """
    Return what a text of TOML says.

    Raises
    ------
    UsageError
        If it is no TOML.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{where} is no TOML: {error}.") from None


def made(kind: type[T], values: dict[str, Any], where: str) -> T:
    """
    Make a dataclass of what was told, if the names and types are its own.

    Raises
    ------
    UsageError
        Naming what is unknown, of another type, or missing.
    """
    types, own = get_type_hints(kind), fields(kind)  # type: ignore[arg-type]
    names = [each.name for each in own]
    for name, value in values.items():
        if name not in names:
            raise unknown(f"key of {where}", name, names)
        if not _fits(value, tuple if get_origin(types[name]) is tuple else types[name]):
            raise UsageError(f"{where}: {name} cannot be {value!r}.")
    for each in own:
        if each.default is MISSING and each.name not in values:
            raise UsageError(f"{where}: {each.name} is missing.")
    return kind(**values)


def _fits(value: Any, wanted: Any) -> bool:
    """Is a value of a type? Of numbers whole ones may be meant; true is one to Python alone."""
    if isinstance(value, bool):
        return wanted is bool
    return isinstance(value, wanted) or (isinstance(value, int) and isinstance(0.0, wanted))
