"""SQL files: split into statements, checked, filled from a closed list of placeholders."""

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from io import StringIO
from pathlib import Path

import jinja2
from snowflake.connector.util_text import split_statements

from cartwheel.errors import CartwheelError

# A name after blank or bracket: neither a cast (::) nor a path ($1:field).
_NAMED = re.compile(r"(?<=[\s(]):([a-z_][a-z0-9_]*)\b")
_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
# What stack outputs may be: names, ARNs, URLs. Anything else could be SQL.
_VALUE = re.compile(r"[\w.:/@+=,-]*")


def templates(folder: Path) -> jinja2.Environment:
    """Return Jinja for the SQL of a folder; a name that is not defined is an error."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - SQL, of checked names
    )


def fill(text: str, values: Mapping[str, str], where: str) -> str:
    """
    Replace each ``{{placeholder}}`` of a SQL text by its value.

    Raises
    ------
    CartwheelError
        If a placeholder is unknown, or a value holds a character that could end
        the literal it stands in.
    """

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name not in values:
            known = ", ".join(sorted(values)) or "none"
            raise CartwheelError(f"{where}: unknown placeholder {{{{{name}}}}}; known: {known}.")
        if not _VALUE.fullmatch(values[name]):
            raise CartwheelError(f"{where}: {name} = {values[name]!r} is not a name, ARN or URL.")
        return values[name]

    return _PLACEHOLDER.sub(value, text)


@lru_cache(maxsize=64)
def statements(text: str) -> tuple[str, ...]:
    """Split a SQL text into its statements, without comments and final semicolons."""
    parts = split_statements(StringIO(text), remove_comments=True)
    stripped = (sql.strip().rstrip(";").strip() for sql, _ in parts)
    return tuple(sql for sql in stripped if sql)


def positional(statement: str) -> tuple[str, list[str]]:
    """Turn each ``:name`` of a statement into ``?``; return it with the names in order."""
    names = _NAMED.findall(statement)
    return _NAMED.sub("?", statement), names


def checksum(path: Path, values: Mapping[str, str] | None = None) -> str:
    """Return the SHA-256 of a file; with values, of the text that its placeholders make."""
    content = path.read_bytes()
    if values is not None:
        content = fill(content.decode(), values, path.name).encode()
    return hashlib.sha256(content).hexdigest()
