"""
What fakesnow 0.12.1 does otherwise than Snowflake, and a pipeline trips over.

Each patch stands alone and has a test that shows the fault without it, so that
an upgrade tells which are no longer needed.
"""

import importlib
import re
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import sqlglot
from snowflake.connector.errors import ProgrammingError
from sqlglot import exp

# Patched below, so typed as what they are to us: modules whose names may be replaced.
arrow: Any = importlib.import_module("fakesnow.arrow")
transforms: Any = importlib.import_module("fakesnow.transforms")
cursor: Any = importlib.import_module("fakesnow.cursor")

# Statements about objects which the embedded warehouse does not have: accepted, no effect.
ACCEPTED = [
    r"^\s*(create|alter|drop|execute|show|desc(ribe)?)\s+(or\s+replace\s+)?(secure\s+)?"
    r"(pipe|stream|task|alert|role|warehouse|user|resource|network|storage\s+integration|"
    r"integration|notification|masking|row\s+access|procedure|dynamic)\b",
    r"^\s*(grant|revoke)\b",
    r"^\s*alter\s+session\b",
]


def null_timestamps() -> None:
    """Fetch a NULL timestamp as NULL, not as 1970-01-01 (a struct without validity mask)."""

    def to_struct(values: Any) -> Any:
        if isinstance(values, pa.ChunkedArray):
            values = values.combine_chunks()
        zone = values.type.tz
        micros = pc.fill_null(values.cast(pa.timestamp("us", zone)).cast(pa.int64()), 0).to_numpy()
        columns = {
            "epoch": pa.array(micros // 1_000_000, pa.int64()),
            "fraction": pa.array(micros % 1_000_000 * 1000, pa.int32()),
        }
        if zone:
            columns["timezone"] = pa.array([1440] * len(values), pa.int32())
        fields = [pa.field(name, column.type, False) for name, column in columns.items()]
        return pa.StructArray.from_arrays(
            list(columns.values()), fields=fields, mask=pc.is_null(values)
        )

    arrow.timestamp_to_sf_struct = to_struct


def temporary_tables_in_transactions() -> None:
    """Let a transaction that wrote create a temporary table (its comment goes elsewhere)."""

    def unless_temporary(transform: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def wrapped(expression: Any) -> Any:
            is_create = isinstance(expression, exp.Create)
            if is_create and expression.find(exp.TemporaryProperty):
                return expression
            return transform(expression)

        return wrapped

    for name in ("extract_comment_on_table", "extract_text_length"):
        setattr(transforms, name, unless_temporary(getattr(transforms, name)))


def merge_by_rowid() -> None:
    """Apply a MERGE clause to the rows whose condition held, not to all rows of the key."""
    module = importlib.import_module("fakesnow.transforms.merge")

    def merge(expression: Any) -> list[Any]:
        if not isinstance(expression, exp.Merge):
            return [expression]
        return [*_merge_plan(expression), module._counts(expression)]

    transforms.merge = merge


def _sql(expression: Any) -> str:
    return str(expression.sql(dialect="snowflake"))


def _merge_plan(merge: Any) -> list[Any]:
    target, source = merge.this, merge.args["using"]
    t, s = target.alias or target.name, source.alias_or_name
    cases = []
    for number, when in enumerate(merge.args["whens"]):
        condition = when.args.get("condition")
        base = f"{t}.rowid is {'not ' if when.args.get('matched') else ''}null"
        extra = f" and ({_sql(condition)})" if condition else ""
        cases.append(f"when {base}{extra} then {number}")
    plan = [
        f"create or replace temporary table merge_candidates as select {s}.*, "
        f"{t}.rowid as _target_row, case {' '.join(cases)} end as merge_op "
        f"from (select * from {_sql(source)}) as {s} "
        f"left join {_sql(target)} on {_sql(merge.args['on'])}"
    ]
    name = _sql(exp.table_(target.this, target.args.get("db"), target.args.get("catalog")))
    for number, when in enumerate(merge.args["whens"]):
        plan.append(_merge_clause(when.args["then"], number, _sql(target), name, t, s))
    return [sqlglot.parse_one(sql, read="snowflake") for sql in plan]


def _merge_clause(then: Any, number: int, target: str, name: str, t: str, s: str) -> str:
    chosen = f"{t}.rowid = {s}._target_row and {s}.merge_op = {number}"
    if isinstance(then, exp.Update):
        assignments = ", ".join(
            f"{_sql(a.this.this if isinstance(a.this, exp.Column) else a.this)} "
            f"= {_sql(a.expression)}"
            for a in then.expressions
        )
        return f"update {target} set {assignments} from merge_candidates as {s} where {chosen}"
    if isinstance(then, exp.Var):
        return f"delete from {target} using merge_candidates as {s} where {chosen}"
    columns = f"({', '.join(_sql(c) for c in then.this.expressions)})" if then.this else ""
    values = ", ".join(_sql(v) for v in then.expression.expressions)
    return (
        f"insert into {name} {columns} select {values} from merge_candidates as {s} "
        f"where {s}.merge_op = {number}"
    )


_FILE_FUNCTION = re.compile(
    r"(read|write|parquet|load)_\w+|sniff_csv|glob|query|query_table|getenv|\w+_secrets?|"
    r"(arrow|pandas|delta|iceberg|sqlite|postgres|mysql|csv|json|seq)_\w*scan\w*",
    re.I,
)
_FILE_COMMAND = re.compile(
    r"\s*(attach|detach|install|load|export|import|pragma|copy(?=\s*\())\b", re.I
)


def no_files() -> None:
    """Refuse what Snowflake does not have: DuckDB's own ways to a file of the machine."""
    original = cursor.parse_one

    def refuse(what: str) -> None:
        raise ProgrammingError(
            msg=f"SQL compilation error: unknown {what}", errno=2140, sqlstate="42601"
        )

    def parse_one(command: str) -> Any:
        if match := _FILE_COMMAND.match(command):
            refuse(f"statement {match[1].upper()}")
        tree = original(command)
        for call in tree.find_all(exp.Func):
            name = call.name if isinstance(call, exp.Anonymous) else call.sql_name()
            if _FILE_FUNCTION.fullmatch(name):
                refuse(f"function {name.upper()}")
        return tree

    cursor.parse_one = parse_one


def apply() -> None:
    """Apply all patches, once, before the server starts."""
    no_files()
    null_timestamps()
    temporary_tables_in_transactions()
    merge_by_rowid()
