"""Snowflake: query into a DataFrame, execute with bindings, bulk-load a DataFrame."""

import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
import pyarrow as pa
import snowflake.connector
from snowflake.connector.errors import Error as SnowflakeError
from snowflake.connector.errors import HttpError

from cartwheel.errors import CartwheelError, UsageError
from cartwheel.events import to_utc
from cartwheel.paths import SQL
from cartwheel.warehouse import provenance, sqlfiles

_SESSION_IS_GONE = 290_401  # HTTP status 401 as the connector counts it
BATCH_ROWS = 10_000  # of a result that is read some rows at a time
LOCK_SECONDS = 60  # how long a statement waits for another transaction
# Snowflake waits and then says that a lock timed out; DuckDB at once that there is a conflict.
_TAKEN = re.compile(r"conflict|has locked|lock.{0,20}time.?out|time.?out.{0,40}lock", re.I)
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*){0,2}")


class ConnectionRefused(CartwheelError):
    """Snowflake lets this connection not in, or cannot be reached."""


def identifier(name: str) -> str:
    """Return a table's name if it is a plain identifier, so that it may stand in SQL."""
    if not _IDENTIFIER.fullmatch(name):
        raise UsageError(
            f"{name!r} is not a plain SQL name: letters, digits, '_' and '.' are allowed."
        )
    return name


def is_taken(error: SnowflakeError) -> bool:
    """Does an error say that another transaction holds what this one would change?"""
    return _TAKEN.search(str(error.msg)) is not None


def bindable(value: Any) -> Any:
    """Return a value as the connector binds it alike everywhere."""
    if isinstance(value, datetime):
        return to_utc(value).replace(tzinfo=None).isoformat()
    return value


def _plain_numbers(table: pa.Table) -> pa.Table:
    """Turn Snowflake's numbers into 64-bit integers and floats, whatever their precision."""
    for index, field in enumerate(table.schema):
        is_decimal = pa.types.is_decimal(field.type)
        if is_decimal or pa.types.is_integer(field.type):
            whole = not is_decimal or field.type.scale == 0
            wanted = pa.int64() if whole else pa.float64()
            column = table.column(index).cast(wanted)
            table = table.set_column(index, field.name, column)
    return table


def _to_pandas(table: pa.Table) -> pd.DataFrame:
    dates = [index for index, field in enumerate(table.schema) if pa.types.is_date(field.type)]
    frame: pd.DataFrame = _plain_numbers(table).to_pandas(timestamp_as_object=False)
    for index in dates:
        # Not objects, which no chart can draw.
        days = table.column(index).cast(pa.timestamp("s")).to_pandas()
        frame.isetitem(index, days.astype("datetime64[s]").to_numpy())
    return frame


@cache
def _queries() -> jinja2.Environment:
    return sqlfiles.templates(SQL / "queries")


def query_text(name: str) -> str:
    """Return a query of ``sql/queries`` with what it includes."""
    return _queries().get_template(f"{name}.sql").render()


def statement(name: str, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """Return a query of ``sql/queries`` with ``?`` for its ``:names``, and what they bind."""
    (text,) = sqlfiles.statements(query_text(name))
    sql, names = sqlfiles.positional(text)
    return sql, [bindable(values[each]) for each in names]


class Warehouse:
    """
    A Snowflake connection, opened at the first statement; times are UTC.

    Parameters
    ----------
    parameters
        One connection of a ``connections.toml``.
    opener
        Called with them to connect.
    """

    def __init__(
        self,
        parameters: Mapping[str, Any],
        opener: Callable[..., Any] = snowflake.connector.connect,
    ) -> None:
        self._parameters = dict(parameters)
        self._opener = opener
        self._connection: Any = None

    @property
    def connection(self) -> Any:
        """The connector's own connection, for what this class does not offer."""
        if self._connection is None:
            session = {
                "TIMEZONE": "UTC",
                "QUERY_TAG": f"cartwheel process {os.getpid()}",
                "LOCK_TIMEOUT": LOCK_SECONDS,
            }
            session |= self._parameters.get("session_parameters", {})
            try:
                self._connection = self._opener(
                    **{**self._parameters, "session_parameters": session, "paramstyle": "qmark"}
                )
            except SnowflakeError as error:
                raise ConnectionRefused(
                    f"Snowflake refused the connection: {error.msg}. Check the connection "
                    "in connections.toml; for 'local', run 'cartwheel up'."
                ) from error
        return self._connection

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Execute one statement with ``?`` bindings and return its rows."""
        with self._cursor() as cursor:
            cursor.execute(sql, tuple(parameters) or None)
            return list(cursor.fetchall())

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Return the rows of a SHOW, DESC or COPY by the lower-case names of its columns."""
        with self._cursor() as cursor:
            cursor.execute(sql)
            names = [column.name.lower() for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def compiled(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Let Snowflake compile a statement without running it."""
        with self._cursor() as cursor:
            cursor.describe(sql, tuple(parameters) or None)

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        try:
            with self.connection.cursor() as cursor:
                yield cursor
        except HttpError as error:
            if error.errno != _SESSION_IS_GONE:
                raise
            self._connection = None
            raise CartwheelError(
                "Snowflake has ended this session, as it does when it is restarted; what was not "
                "committed is undone. Run the same again."
            ) from error

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> pd.DataFrame:
        """
        Return a query's result; column names are in lower case.

        Each ``?`` of the statement stands for one of the parameters, in their order; a value
        never becomes part of the SQL. Times are UTC; a DATE is a ``datetime64`` too, in whole
        days. Charts and tables of the result know the statement and show it.

        Parameters
        ----------
        sql
            One statement.
        parameters
            Texts, numbers, booleans, datetimes, None.

        Examples
        --------
        >>> env.warehouse.query(
        ...     "select count(*) as visits from mart.sessions where device_type = ? "
        ...     "and started_at >= ?",
        ...     ["mobile", datetime(2025, 9, 1)],
        ... )  # doctest: +SKIP
        """
        bound = tuple(bindable(each) for each in parameters)
        with self._cursor() as cursor:
            cursor.execute(sql, bound or None)
            names = [column.name.lower() for column in cursor.description]
            table = cursor.fetch_arrow_all(force_return_table=True)
        frame = _to_pandas(table)
        frame.columns = pd.Index(names)
        provenance.record(frame, provenance.written_out(sql, bound))
        return frame

    def query_file(self, name: str, **parameters: Any) -> pd.DataFrame:
        """
        Return the result of a query of ``sql/queries``, such as ``fleet/overview/trucks``.

        Parameters
        ----------
        parameters
            Values of its ``:names``; a datetime is handed over as UTC.
        """
        return self.query(*statement(name, parameters))

    def batches_of_file(self, name: str, **parameters: Any) -> Iterator[pd.DataFrame]:
        """Give the result of a query of ``sql/queries`` some rows at a time, for what is large."""
        sql, bound = statement(name, parameters)
        with self._cursor() as cursor:
            cursor.execute(sql, tuple(bindable(each) for each in bound) or None)
            names = [column.name.lower() for column in cursor.description]
            for table in cursor.fetch_arrow_batches():
                for batch in table.to_batches(BATCH_ROWS):
                    frame = _to_pandas(pa.Table.from_batches([batch]))
                    frame.columns = pd.Index(names)
                    yield frame

    def scalar(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """Return the first value of the first row, None if there is no row."""
        rows = self.execute(sql, parameters)
        return rows[0][0] if rows else None

    def run_file(self, path: Path, values: Mapping[str, str] | None = None) -> None:
        """Run each statement of a SQL file, its placeholders filled."""
        text = sqlfiles.fill(path.read_text(encoding="utf-8"), values or {}, path.name)
        for statement in sqlfiles.statements(text):
            try:
                self.execute(statement)
            except SnowflakeError as error:
                raise CartwheelError(f"{path.name}: {error.msg}\n{statement}") from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what happens inside; roll back if anything fails."""
        self.execute("begin transaction")
        try:
            yield
        except BaseException:
            self.execute("rollback")
            raise
        self.execute("commit")

    def load_frame(self, frame: pd.DataFrame, table: str) -> int:
        """
        Append a DataFrame to a table by way of Parquet, PUT and COPY.

        Returns
        -------
        int
            Number of rows loaded.
        """
        schema, _, name = identifier(table).rpartition(".")
        stage = f"@{schema}.%{name}" if schema else f"@%{name}"
        with tempfile.TemporaryDirectory() as folder:
            path = Path(tempfile.mkstemp(suffix=".parquet", dir=folder)[1])
            frame.to_parquet(path, index=False)
            self.execute(f"put 'file://{path}' {stage} auto_compress = false")
            loaded = self.execute(
                f"copy into {table} from {stage}/{path.name} file_format = (type = parquet) "
                "match_by_column_name = case_insensitive"
            )
        return sum(int(row[3]) for row in loaded)

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
