"""
What fakesnow 0.12.1 does for each statement, though once would do.

It parses a statement twice, walks over its tree some sixty times to translate it, and
plans a query a second time to learn the types of its columns. Together that takes longer
than most statements of a merge.
"""

import importlib
from typing import Any

from sqlglot import exp

cursor: Any = importlib.import_module("fakesnow.cursor")
server: Any = importlib.import_module("fakesnow.server")

STATEMENTS_KEPT = 512
LONGEST_KEPT = 50_000  # characters: a longer statement carries data, and comes once
_REMEMBERED = (exp.Select, exp.SetOperation, exp.Insert, exp.Update, exp.Delete)


class _Memory(dict[Any, Any]):
    """What was made of the last few hundred statements, by any thread."""

    def __setitem__(self, key: Any, value: Any) -> None:
        if len(self) >= STATEMENTS_KEPT:
            self.clear()
        super().__setitem__(key, value)


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
                if len(command) <= LONGEST_KEPT:
                    known[command] = found
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
            if len(command) <= LONGEST_KEPT:
                known[key] = found
        return found

    cursor.FakeSnowflakeCursor._transform = transform


def describe_as_executed() -> None:
    """Describe a result by what DuckDB says of it, instead of planning its query again."""
    run, ask = cursor.FakeSnowflakeCursor._execute, cursor.FakeSnowflakeCursor._describe_last_sql

    def execute(self: Any, transformed: Any, params: Any = None) -> None:
        run(self, transformed, params)
        # RESULT_SCAN takes an older result, of which DuckDB's cursor knows nothing.
        is_older = "result_scan_sfqid" in transformed.args
        self._described = None if is_older else self._duck_conn.description

    def describe(self: Any) -> Any:
        if self._described is None:
            return ask(self)
        return [(name, str(kind), *[None] * 4) for name, kind, *_ in self._described]

    cursor.FakeSnowflakeCursor._execute = execute
    cursor.FakeSnowflakeCursor._describe_last_sql = describe


def apply() -> None:
    """Apply all of them, once, before the server starts."""
    parse_once()
    translate_once()
    describe_as_executed()
