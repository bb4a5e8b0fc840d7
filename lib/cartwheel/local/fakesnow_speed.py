"""
What fakesnow 0.12.1 does for each statement, though once would do.

It parses a statement twice, walks over its tree some sixty times to translate it, and
plans a query a second time to learn the types of its columns. Together that takes longer
than most statements of a merge.
"""

import collections
import importlib
from typing import Any

from sqlglot import exp

cursor: Any = importlib.import_module("fakesnow.cursor")
server: Any = importlib.import_module("fakesnow.server")

# A statement that carries data is long and comes once; a tree takes some 150 bytes a character.
LONGEST_KEPT = 50_000
CHARACTERS_KEPT = 600_000
RESULTS_KEPT = 16
_REMEMBERED = (exp.Select, exp.SetOperation, exp.Insert, exp.Update, exp.Delete)


class Recent(collections.OrderedDict[str, Any]):
    """The last few results, or what describes them; the older ones are freed."""

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, value)
        while len(self) > RESULTS_KEPT:
            self.popitem(last=False)


class _Memory(dict[Any, Any]):
    """What was made of the last statements, by any thread, until their texts are too long."""

    def __init__(self) -> None:
        super().__init__()
        self.characters = 0

    def keep(self, command: str, key: Any, made: Any) -> None:
        """Keep what was made of a statement, unless it is long."""
        if len(command) > LONGEST_KEPT:
            return
        if self.characters + len(command) > CHARACTERS_KEPT:
            self.clear()
            self.characters = 0
        self.characters += len(command)
        self[key] = made


def parse_once() -> None:
    """Parse a query or DML once: nobody changes its tree before the translation's copy."""
    original = cursor.parse_one
    known = _Memory()

    def parse_one(command: str) -> Any:
        found = known.get(command)
        if found is None:
            found = original(command)
            # INSERT OVERWRITE is taken apart in place; other statements are rewritten.
            if isinstance(found, _REMEMBERED) and not found.args.get("overwrite"):
                found.meta["command"] = command
                known.keep(command, command, found)
        return found

    cursor.parse_one = server.parse_one = parse_one


def translate_once() -> None:
    """Translate a query or DML once for each schema it is asked in."""
    original = cursor.FakeSnowflakeCursor._transform
    known = _Memory()

    def transform(self: Any, expression: Any, params: Any) -> Any:
        command = expression.meta.get("command", "")
        # What identifier(?) stands for changes with its binding.
        if not command or "identifier" in command.lower():
            return original(self, expression.copy(), params)
        key = (command, self._conn.database, self._conn.schema)
        found = known.get(key)
        if found is None:
            found = original(self, expression.copy(), params)
            known.keep(command, key, found)
        return found

    cursor.FakeSnowflakeCursor._transform = transform


def describe_as_executed() -> None:
    """Describe a result by what DuckDB says of it, instead of planning its query again."""
    run, ask = cursor.FakeSnowflakeCursor._execute, cursor.FakeSnowflakeCursor._describe_last_sql
    described = Recent()

    def execute(self: Any, transformed: Any, params: Any = None) -> None:
        run(self, transformed, params)
        # RESULT_SCAN takes an older result, of which DuckDB's cursor knows nothing.
        if "result_scan_sfqid" not in transformed.args:
            described[self._sfqid] = self._duck_conn.description

    def describe(self: Any) -> Any:
        found = described.get(self._sfqid)
        if found is None:
            return ask(self)
        return [(name, str(kind), *[None] * 4) for name, kind, *_ in found]

    cursor.FakeSnowflakeCursor._execute = execute
    cursor.FakeSnowflakeCursor._describe_last_sql = describe


def apply() -> None:
    """Apply all of them, once, before the server starts."""
    parse_once()
    translate_once()
    describe_as_executed()
