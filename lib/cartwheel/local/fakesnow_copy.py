"""
How fakesnow 0.12.1 loads files, made as Snowflake's COPY: stages, metadata, one statement.

Each patch stands alone and has a test that shows the fault without it.
"""

import datetime
import hashlib
import importlib
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePath
from typing import Any

import sqlglot
from fakesnow.transforms import stage
from sqlglot import exp

copy_into: Any = importlib.import_module("fakesnow.copy_into")
cursor: Any = importlib.import_module("fakesnow.cursor")
_FETCHED = threading.local()  # its ``files``: what a COPY of this thread fetched
_MIRRORS: dict[str, tuple[str, str]] = {}  # of an external stage -> its bucket, its key prefix


def copy_files_of_stage(objects: Path) -> None:
    """
    Let COPY ... FILES = (...) name files of a stage (its path has no URL scheme).

    Those of an external stage that nobody put into its mirror are fetched from the objects.
    """
    original = copy_into._source_urls

    def source_urls(source: str, files: list[str]) -> list[str]:
        if not stage.is_internal(source):
            urls: list[str] = original(source, files)
            return urls
        found = [f"{source.rstrip('/')}/{file}" for file in files]
        return [url if Path(url).exists() else _fetched(url, objects) for url in found]

    copy_into._source_urls = source_urls


def file_name(key: str) -> str:
    """Return a name for an object's copy: a key may be too long for one, or hold wildcards."""
    suffix = ".json.gz" if key.endswith(".gz") else ".json"
    return hashlib.sha256(key.encode()).hexdigest() + suffix


def _fetched(url: str, objects: Path) -> str:
    """Return the copy, under the runner's name for it, of an object; else the URL as it is."""
    folder = next((each for each in _MIRRORS if url.startswith(each)), None)
    if folder is None:
        return url
    bucket, prefix = _MIRRORS[folder]
    key = prefix + url.removeprefix(folder).lstrip("/")
    found = next((path for path in objects.glob(f"*/{bucket}") if (path / key).is_file()), None)
    if found is None:
        return url
    relative = PurePath(key.removeprefix(prefix))
    target = Path(folder) / relative.parts[0] / file_name(key)
    target.parent.mkdir(parents=True, exist_ok=True)
    Path(f"{target}.key").write_text(key, encoding="utf-8")
    target.write_bytes((found / key).read_bytes())
    _FETCHED.files.append(target)
    return str(target)


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

    def copy(*words: Any, **named: Any) -> str:
        _FETCHED.files = []
        try:
            return copy_found(*words, **named)
        finally:
            for path in _FETCHED.files:
                path.unlink(missing_ok=True)
                Path(f"{path}.key").unlink(missing_ok=True)

    def copy_found(
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
        fresh = [url for url in urls if found.force or (url,) not in set(known)]
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
    prefix = next((p for mirror, (_, p) in _MIRRORS.items() if url.startswith(mirror)), "")
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
        bucket, _, key = root.removeprefix("s3://").partition("/")
        _MIRRORS[folder.rstrip("/")] = (bucket, f"{key}/" if key else "")
        return f"{folder.rstrip('/')}/{path}"

    copy_into.stage_url_from_var = url_of


def apply(objects: Path) -> None:
    """
    Apply all patches, once, before the server starts.

    Parameters
    ----------
    objects
        Where the embedded S3 keeps its objects.
    """
    copy_files_of_stage(objects)
    copy_transform()
    copy_many()
    stage_mirror()
