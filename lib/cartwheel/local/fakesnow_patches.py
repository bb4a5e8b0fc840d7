"""
What fakesnow 0.12.1 does otherwise than Snowflake, and a pipeline trips over.

Each patch stands alone and has a test that shows the fault without it, so that
an upgrade tells which are no longer needed.
"""

import datetime
import importlib
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path, PurePath
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import sqlglot
from fakesnow.transforms import stage
from snowflake.connector.errors import ProgrammingError
from sqlglot import exp

# Patched below, so typed as what they are to us: modules whose names may be replaced.
arrow: Any = importlib.import_module("fakesnow.arrow")
copy_into: Any = importlib.import_module("fakesnow.copy_into")
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
_PREFIXES: dict[str, str] = {}  # the mirror of an external stage -> its key prefix


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


def copy_files_of_stage() -> None:
    """Let COPY ... FILES = (...) name files of a stage (its path has no URL scheme)."""
    original = copy_into._source_urls

    def source_urls(source: str, files: list[str]) -> list[str]:
        if stage.is_internal(source):
            return [f"{source.rstrip('/')}/{file}" for file in files]
        urls: list[str] = original(source, files)
        return urls

    copy_into._source_urls = source_urls


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


def copy_transform() -> None:
    """Give COPY ... FROM (SELECT ...) the columns $1 and METADATA$ of Snowflake."""
    original = copy_into._inserts

    def inserts(expr: Any, params: Any, urls: Sequence[str], parquet_info: Any = None) -> Any:
        source = expr.args["files"][0]
        json_format = isinstance(params.file_format, copy_into.ReadJSON)
        if not isinstance(source, exp.Subquery) or not json_format:
            return original(expr, params, urls, parquet_info)
        return [_insert(expr.this, source.this, params, url) for url in urls]

    copy_into._inserts = inserts


def _insert(target: Any, select: Any, params: Any, url: str) -> Any:
    read = params.file_format.read_expression(url).sql(dialect="duckdb")
    numbered = (
        f"select json as _document, row_number() over () as _row_number, "
        f"{_literal(_key(url))} as _file_key from {read}"
    )
    return exp.Insert(this=target, expression=_transformed(select, numbered))


def _literal(text: str) -> str:
    return exp.Literal.string(text).sql(dialect="duckdb")


def _transformed(select: Any, source: str) -> Any:
    """
    Return a COPY's SELECT over rows of ``_document``, ``_row_number`` and ``_file_key``.

    The paths that it takes as text are extracted together: one by one, DuckDB parses a
    row's JSON anew for each.
    """
    metadata = {
        "METADATA$FILENAME": exp.column("_file_key"),
        "METADATA$FILE_ROW_NUMBER": exp.column("_row_number"),
        "METADATA$START_SCAN_TIME": exp.CurrentTimestamp(),
    }
    paths: dict[str, int] = {}

    def is_document(node: Any) -> bool:
        return isinstance(node, exp.Parameter) and bool(node.name == "1")

    def replace(node: Any) -> Any:
        if isinstance(node, exp.JSONExtractScalar) and is_document(node.this):
            place = paths.setdefault(node.expression.sql(dialect="duckdb"), len(paths) + 1)
            return exp.func("list_extract", exp.column("_texts"), exp.Literal.number(place))
        if is_document(node):
            return exp.column("_document")
        if isinstance(node, exp.Column) and node.name.upper() in metadata:
            return metadata[node.name.upper()].copy()
        return node

    rows = select.copy().transform(replace)
    texts = f"json_extract_string(_document, [{', '.join(paths)}])" if paths else "null"
    around = f"select * from (select *, {texts} as _texts from ({source}) as _rows) as _file"
    rows.set("from_", sqlglot.parse_one(around, read="duckdb").args["from_"])
    return rows


def copy_many() -> None:
    """Load the files of one COPY by one INSERT: fakesnow plans and runs one for each file."""
    original = copy_into.copy_into

    def copy(
        duck: Any, database: Any, schema: Any, expr: Any, stages: Any, params: Any = None
    ) -> str:
        found = copy_into._params(
            expr, params, duck_conn=duck, current_database=database, current_schema=schema
        )
        source = expr.args["files"][0]
        is_json = isinstance(found.file_format, copy_into.ReadJSON)
        if len(found.files) < 2 or not isinstance(source, exp.Subquery) or not is_json:
            return str(original(duck, database, schema, expr, stages, params))
        table = copy_into._extract_table(expr.this)
        place = copy_into._from_source(expr)[1:]
        root = copy_into.stage_url_from_var(place, duck, database, schema, stages, table)
        urls = dict.fromkeys(copy_into._source_urls(root, found.files))
        known = duck.execute(
            "select file_name from _fs_information_schema._fs_load_history "
            "where table_name = ? and schema_name = ?",
            [table.name, table.db or schema],
        ).fetchall()
        fresh = [url for url in urls if (url,) not in set(known)]
        counts = _load(duck, expr.this, source.this, fresh) if fresh else {}
        _record_loads(duck, table.name, table.db or schema, fresh, counts)
        return _copied(duck, urls, fresh, counts)

    cursor.copy_into = copy


def _load(duck: Any, target: Any, select: Any, urls: list[str]) -> dict[str, int]:
    """Insert the rows of files, each numbered within its file; return the files' rows."""
    listed = ", ".join(_literal(url) for url in urls)
    read = f"read_json_objects([{listed}], filename = true)"
    keys = ", ".join(f"({_literal(url)}, {_literal(_key(url))})" for url in urls)
    numbered = (
        "select json as _document, _file_key, "
        "_place - min(_place) over (partition by filename) + 1 as _row_number "
        f"from (select json, filename, row_number() over () as _place from {read}) as _rows "
        f"inner join (values {keys}) as _keys(_url, _file_key) on _url = filename"
    )
    rows = _transformed(select, numbered)
    duck.execute(exp.Insert(this=target, expression=rows).sql(dialect="duckdb"))
    return dict(duck.execute(f"select filename, count(*) from {read} group by filename").fetchall())


def _record_loads(
    duck: Any, table: str, schema: str, urls: list[str], counts: dict[str, int]
) -> None:
    now = datetime.datetime.now(datetime.UTC).isoformat()
    rows = [
        copy_into.LoadHistoryRecord(
            schema_name=schema, file_name=url, table_name=table, last_load_time=now,
            status="LOADED", row_count=counts.get(url, 0), row_parsed=counts.get(url, 0),
            first_error_message=None, first_error_line_number=None,
            first_error_character_position=None, first_error_col_name=None, error_count=0,
            error_limit=1,
        )
        for url in urls
    ]  # fmt: skip
    if rows:
        places = ", ".join(["?"] * len(rows[0]))
        table_name = "_fs_information_schema._fs_load_history"
        duck.executemany(
            f"insert into {table_name} values ({places})", [tuple(row) for row in rows]
        )


def _copied(duck: Any, urls: Iterable[str], fresh: list[str], counts: dict[str, int]) -> str:
    """Answer as fakesnow's COPY does: a row a file."""
    is_fresh = set(fresh)
    rows = []
    for url in urls:
        status = "LOADED" if url in is_fresh else "LOAD_SKIPPED"
        count = counts.get(url, 0)
        rows.append(f"({_literal(Path(url).name)}, '{status}', {count}, {count})")
    listed = ", ".join(rows)
    sql = f"select * from (values {listed}) as t(file, status, rows_parsed, rows_loaded)"
    duck.execute(sql)
    return sql


def _key(url: str) -> str:
    named = Path(f"{url}.key")
    if named.exists():  # put there by the Snowpipe runner, whose files have names of their own
        return named.read_text(encoding="utf-8")
    prefix = next((p for mirror, p in _PREFIXES.items() if url.startswith(mirror)), "")
    return prefix + "/".join(PurePath(url).relative_to(stage.LOCAL_BUCKET_PATH).parts[3:])


def mirror(database: str, schema: str, name: str) -> Path:
    """Return the folder that stands for an external stage, under the server's stages."""
    return Path(stage.internal_dir(f"{database}.{schema}.{name}".upper()))


def stage_mirror() -> None:
    """Read an s3:// stage from its mirror, where the Snowpipe runner puts the objects."""
    original = copy_into.stage_url_from_var

    def url_of(var: str, duck: Any, database: Any, schema: Any, stages: Any, target: Any) -> str:
        url = str(original(var, duck, database, schema, stages, target))
        if not url.startswith("s3://"):
            return url
        reference, _, path = var.partition("/")
        parts = stage.parts_from_var(reference, database, schema)
        folder = str(stage.internal_dir(".".join(parts)))
        root = url.removesuffix(path).rstrip("/")
        key = root.removeprefix("s3://").partition("/")[2]
        _PREFIXES[folder] = f"{key}/" if key else ""
        return f"{folder.rstrip('/')}/{path}"

    copy_into.stage_url_from_var = url_of


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
    copy_files_of_stage()
    temporary_tables_in_transactions()
    copy_transform()
    copy_many()
    stage_mirror()
    merge_by_rowid()
    cloud_objects()
