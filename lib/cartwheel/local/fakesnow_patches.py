"""
What fakesnow 0.12.1 does otherwise than Snowflake, and a pipeline trips over.

Each patch stands alone and has a test that shows the fault without it, so that
an upgrade tells which are no longer needed.
"""

import importlib
import re
from collections.abc import Callable
from typing import Any

import duckdb
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
PIPES = "_fs_information_schema._cartwheel_pipes"
COPIES = "_fs_information_schema._cartwheel_copy_history"


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


_CREATE_PIPE = re.compile(
    r"\s*create\s+pipe\s+if\s+not\s+exists\s+(?P<name>[\w.]+)\s.*?"
    r"\bas\s+(?P<definition>copy\s+into\s.*)",
    re.I | re.S,
)
_DROP_PIPE = re.compile(r"\s*drop\s+pipe\s+if\s+exists\s+(?P<name>[\w.]+)\s*", re.I)
_SHOW_PIPES = re.compile(r"\s*show\s+pipes\s*", re.I)
_DESC_INTEGRATION = re.compile(r"\s*desc(ribe)?\s+(storage\s+)?integration\s+\w+\s*", re.I)
# A table function's arguments, with calls in them up to two deep.
_ARGUMENTS = r"(?:[^()]|\((?:[^()]|\((?:[^()]|\(\))*\))*\))*"
_COPY_HISTORY = re.compile(
    rf"table\s*\(\s*information_schema\.copy_history\s*\({_ARGUMENTS}\)\s*\)", re.I
)
_CREATE_COPIES = (
    f"create table if not exists {COPIES} (file_name varchar, table_name varchar, "
    "pipe_name varchar, status varchar, row_count bigint, first_error_message varchar, "
    "last_load_time timestamptz)"
)
_CREATE_PIPES = f"create table if not exists {PIPES} (name varchar primary key, definition varchar)"


def _cloud_object(sql: str, duck: Any) -> str:
    """Stand in for pipes, COPY_HISTORY and the storage integration's description."""
    if match := _CREATE_PIPE.fullmatch(sql):
        duck.execute(_CREATE_PIPES)
        duck.execute(
            f"insert into {PIPES} values (?, ?) on conflict do nothing",
            [match["name"].upper(), match["definition"]],
        )
    elif match := _DROP_PIPE.fullmatch(sql):
        duck.execute(_CREATE_PIPES)
        duck.execute(f"delete from {PIPES} where name = ?", [match["name"].upper()])
    elif _SHOW_PIPES.fullmatch(sql):
        duck.execute(_CREATE_PIPES)
        return f'select name as "name", definition as "definition" from {PIPES} order by name'
    elif _DESC_INTEGRATION.fullmatch(sql):
        return (
            "select column1 as property, column2 as property_type, column3 as property_value "
            "from (values ('STORAGE_AWS_IAM_USER_ARN', 'String', 'arn:aws:iam::000000000000:root'),"
            " ('STORAGE_AWS_EXTERNAL_ID', 'String', 'embedded'))"
        )
    elif "copy_history" in sql.lower():
        duck.execute(_CREATE_COPIES)
        return _COPY_HISTORY.sub(COPIES, sql)
    return sql


def cloud_objects() -> None:
    """Remember pipes, keep a copy history, and report DuckDB's errors as Snowflake's."""
    original = cursor.FakeSnowflakeCursor.execute

    def execute(self: Any, command: str, *args: Any, **kwargs: Any) -> Any:
        try:
            rewritten = _cloud_object(command, self._duck_conn)
            return original(self, rewritten, *args, **kwargs)
        except duckdb.Error as error:
            raise ProgrammingError(msg=str(error), errno=100_000, sqlstate="22000") from error

    cursor.FakeSnowflakeCursor.execute = execute


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
    cloud_objects()
