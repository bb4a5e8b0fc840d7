"""
The data dictionary: what each table and column holds, from the comments in ``sql/comments``.

``python -m cartwheel.warehouse.dictionary`` prints it as Markdown; docs/data.md is that.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from cartwheel.paths import SQL
from cartwheel.warehouse import sqlfiles

_TABLE = re.compile(r"comment on (?:table|view) (\w+\.\w+) is '(.*)'", re.DOTALL)
# A view's column has a statement of its own: COMMENT ON COLUMN is documented for tables alone,
# and what works for views was found by SQLMesh (github.com/TobikoData/sqlmesh/pull/2369).
_COLUMN = re.compile(
    r"(?:comment on column (\w+\.\w+)\.(\w+) is|alter view (\w+\.\w+) alter column (\w+) comment) "
    r"'(.*)'"
)
_UNIT = re.compile(r"(.*?)(?: \[(.*)\])?")
HEAD = """\
# The warehouse's tables

Made from the comments in [sql/comments](../sql/comments), which a deployment also writes into
Snowflake, by `python -m cartwheel.warehouse.dictionary`. Times are UTC unless a row says otherwise;
null means not known. RAW holds what came, CORE each event once and the histories, MART what the
pages read.

Tables that have a query in [sql/refreshed](../sql/refreshed) hold what had landed by their last
refresh: a page of the fleet or the shop, `cartwheel refresh`, or in the cloud a task brings them
up to date. All else but the histories is a view, and holds what has landed.
"""


class Column(NamedTuple):
    """A column: what it holds, and its unit, empty if it has none."""

    name: str
    text: str
    unit: str


class Table(NamedTuple):
    """A table or view: what it holds, what a row is, a query to begin with, its columns."""

    name: str
    text: str
    grain: str
    example: str
    columns: list[Column]


def tables() -> list[Table]:
    """
    Return the tables and views in the order of the road of the data.

    Raises
    ------
    ValueError
        If a statement in ``sql/comments`` is no comment, or of a table without one.
    """
    found: dict[str, Table] = {}
    for statement in _statements():
        if table := _TABLE.fullmatch(statement):
            text, grain, example = re.split(r"\. (?:Grain|Example): ", _unquoted(table[2]))
            found[table[1]] = Table(table[1], text, grain, example, [])
        elif column := _COLUMN.fullmatch(statement):
            what = _UNIT.fullmatch(_unquoted(column[5]))
            text, unit = what.groups() if what else ("", None)
            name = column[2] or column[4]
            found[column[1] or column[3]].columns.append(Column(name, text, unit or ""))
        else:
            raise ValueError(f"sql/comments: {statement!r} is no comment of a table or column.")
    return list(found.values())


def _statements() -> Iterator[str]:
    for schema in ("raw", "core", "mart", "ops"):
        text = (SQL / "comments" / f"{schema}.sql").read_text(encoding="utf-8")
        for statement in sqlfiles.statements(text):
            yield re.sub(r" is\s+'", " is '", statement)


def _unquoted(text: str) -> str:
    return text.replace("''", "'")


def markdown() -> str:
    """Return the dictionary as a page of the documentation."""
    parts = [HEAD]
    for table in tables():
        rows = "\n".join(
            f"| `{column.name}` | {column.unit} | {column.text} |" for column in table.columns
        )
        parts.append(
            f"## {table.name}\n\n{table.text}. A row is {table.grain}.\n\n"
            f"```sql\n{table.example};\n```\n\n"
            f"| column | unit | what it holds |\n|---|---|---|\n{rows}\n"
        )
    return "\n".join(parts)


if __name__ == "__main__":
    print(markdown(), end="")
