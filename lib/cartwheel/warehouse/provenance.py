"""Where the rows of a DataFrame come from: the statements that made them."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd

_KEY = "sql"
# Texts, quoted names and comments are left alone; what is outside of them may be a binding.
_BINDING = re.compile(r"""('(?:[^'\\]|\\.|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/)|\?""", re.DOTALL)


def literal(value: Any) -> str:
    """Return a bound value as it would be written in SQL."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    text = value.isoformat(" ") if isinstance(value, datetime) else str(value)
    # A backslash escapes what follows, in Snowflake's texts.
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def written_out(statement: str, parameters: Sequence[Any]) -> str:
    """Return a statement with its ``?`` replaced by what was bound, to be read and run again."""
    values = iter(parameters)

    def value(match: re.Match[str]) -> str:
        return match[1] or next((literal(each) for each in values), "?")

    return _BINDING.sub(value, statement) if parameters else statement


def record(frame: pd.DataFrame, statement: str) -> None:
    """Note that a statement made a frame; it goes with what pandas makes of that."""
    frame.attrs[_KEY] = (statement.strip(),)


def statements(*frames: pd.DataFrame) -> tuple[str, ...]:
    """Return the statements that made some frames, each once."""
    return tuple(dict.fromkeys(each for frame in frames for each in frame.attrs.get(_KEY, ())))


def made_from(frame: pd.DataFrame, *sources: pd.DataFrame) -> pd.DataFrame:
    """Note of a frame that pandas made anew which frames it was made from, and return it."""
    frame.attrs[_KEY] = statements(*sources)
    return frame
