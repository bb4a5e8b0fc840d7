"""
What stands in for the parts of Snowflake that fakesnow 0.12.1 does not have: pipes are
remembered, COPY_HISTORY is kept, the answers about access are those of the embedded AWS,
and there are no streams and no tasks.
"""

import importlib
import json
import re
from typing import Any

import duckdb
from snowflake.connector.errors import ProgrammingError

cursor: Any = importlib.import_module("fakesnow.cursor")
PIPES = "_fs_information_schema._cartwheel_pipes"
COPIES = "_fs_information_schema._cartwheel_copy_history"
_PRINCIPAL = "arn:aws:iam::000000000000:root"

_CREATE_PIPE = re.compile(
    r"\s*create\s+(?P<replace>or\s+replace\s+)?pipe\s+(if\s+not\s+exists\s+)?(?P<name>[\w.]+)\s"
    r".*?\bas\s+(?P<definition>copy\s+into\s.*)",
    re.I | re.S,
)
_DROP_PIPE = re.compile(r"\s*drop\s+pipe\s+if\s+exists\s+(?P<name>[\w.]+)\s*", re.I)
# A table function's arguments, with calls in them up to two deep.
_ARGUMENTS = r"(?:[^()]|\((?:[^()]|\((?:[^()]|\(\))*\))*\))*"
_COPY_HISTORY = re.compile(
    rf"table\s*\(\s*information_schema\.copy_history\s*\({_ARGUMENTS}\)\s*\)", re.I
)
_TASK_HISTORY = re.compile(
    rf"table\s*\(\s*information_schema\.task_history\s*\({_ARGUMENTS}\)\s*\)", re.I
)
_CREATE_COPIES = (
    f"create table if not exists {COPIES} (file_name varchar, table_name varchar, "
    "pipe_name varchar, status varchar, row_count bigint, first_error_message varchar, "
    "last_load_time timestamptz)"
)
_CREATE_PIPES = f"create table if not exists {PIPES} (name varchar primary key, definition varchar)"


def _nothing(**columns: str) -> str:
    """Return a query that answers no row with these columns."""
    listed = ", ".join(f'cast(null as {kind}) as "{name}"' for name, kind in columns.items())
    return f"select {listed} where false"


_SUBSCRIBES = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "1", "Effect": "Allow", "Principal": {"AWS": _PRINCIPAL},
             "Action": ["sns:Subscribe"]}
        ],
    }
)  # fmt: skip
_RUNS = json.dumps({"executionState": "RUNNING", "pendingFileCount": 0})
_NO_RUN = _nothing(
    name="varchar", state="varchar", error_message="varchar", scheduled_time="timestamptz"
)
# Each statement of one of these forms is answered by a query.
_ANSWERS = {
    r"show\s+pipes(\s+in\s+schema\s+\w+)?": (
        f'select name as "name", definition as "definition" from {PIPES} order by name'
    ),
    r"show\s+streams(\s+in\s+schema\s+[\w.]+)?": _nothing(name="varchar", stale="varchar"),
    r"show\s+tasks(\s+in\s+schema\s+[\w.]+)?": _nothing(
        name="varchar", state="varchar", last_suspended_reason="varchar"
    ),
    r"desc(ribe)?\s+(storage\s+)?integration\s+\w+": (
        "select column1 as property, column2 as property_type, column3 as property_value "
        f"from (values ('STORAGE_AWS_IAM_USER_ARN', 'String', '{_PRINCIPAL}'),"
        " ('STORAGE_AWS_EXTERNAL_ID', 'String', 'embedded'))"
    ),
    r"select\s+system\$get_aws_sns_iam_policy\('[\w:-]+'\)": f"select '{_SUBSCRIBES}' as policy",
    r"select\s+system\$pipe_status\('[\w.]+'\)": f"select '{_RUNS}' as status",
}


def _stand_in(sql: str, duck: Any) -> str:
    """Return the statement that is run in place of one that fakesnow does not have."""
    if match := _CREATE_PIPE.fullmatch(sql):
        duck.execute(_CREATE_PIPES)
        conflict = "do update set definition = excluded.definition"
        duck.execute(
            f"insert into {PIPES} values (?, ?) on conflict "
            + (conflict if match["replace"] else "do nothing"),
            [match["name"].upper(), match["definition"]],
        )
        return sql
    if match := _DROP_PIPE.fullmatch(sql):
        duck.execute(_CREATE_PIPES)
        duck.execute(f"delete from {PIPES} where name = ?", [match["name"].upper()])
        return sql
    for form, answer in _ANSWERS.items():
        if re.fullmatch(rf"\s*{form}\s*", sql, re.I):
            duck.execute(_CREATE_PIPES)
            return answer
    if "copy_history" in sql.lower():
        duck.execute(_CREATE_COPIES)
        return _COPY_HISTORY.sub(COPIES, sql)
    return _TASK_HISTORY.sub(f"({_NO_RUN})", sql)


def cloud_objects() -> None:
    """Answer for what is not there, and report DuckDB's errors as Snowflake's."""
    original = cursor.FakeSnowflakeCursor.execute

    def execute(self: Any, command: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return original(self, _stand_in(command, self._duck_conn), *args, **kwargs)
        except duckdb.Error as error:
            raise ProgrammingError(msg=str(error), errno=100_000, sqlstate="22000") from error

    cursor.FakeSnowflakeCursor.execute = execute


def apply() -> None:
    """Apply the patch, once, before the server starts."""
    cloud_objects()
