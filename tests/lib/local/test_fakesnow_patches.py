"""What fakesnow does otherwise than Snowflake; each patch has a test that shows the fault."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import snowflake.connector
from cartwheel.local.processes import free_port
from snowflake.connector.errors import Error, ProgrammingError

LAUNCHER = """
import sys, pathlib
from cartwheel.local import fakesnow, fakesnow_cloud, fakesnow_copy, fakesnow_patches
modules = (fakesnow_cloud, fakesnow_copy, fakesnow_patches)
for name in sys.argv[3].split():
    (module,) = (each for each in modules if hasattr(each, name))
    setattr(module, name, lambda *_: None)
import uvicorn
from cartwheel.local.files import Credentials
app = fakesnow.application(
    pathlib.Path(sys.argv[1]), int(sys.argv[2]), Credentials("key", "secret", "p"),
    pathlib.Path(sys.argv[1]) / "objects",
)
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="critical")
"""


def serve(folder: Path, without: str = "") -> tuple[subprocess.Popen[bytes], int]:
    """Start the embedded warehouse, without some of its patches."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", LAUNCHER, str(folder), str(port), without],
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while not listening(port):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.05)
    return process, port


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def connect(port: int, database: str = "DB") -> Any:
    return snowflake.connector.connect(
        host="127.0.0.1", port=port, protocol="http", account="fakesnow", user="local",
        password="p", database=database, schema="PUBLIC", paramstyle="qmark", network_timeout=5,
        session_parameters={"TIMEZONE": "UTC"},
    )  # fmt: skip


@pytest.fixture(scope="module")
def patched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    process, port = serve(tmp_path_factory.mktemp("patched"))
    yield port
    process.terminate()
    process.wait()


@pytest.fixture
def unpatched(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[int]:
    process, port = serve(tmp_path, request.param)
    yield port
    process.terminate()
    process.wait()


def run(port: int, *statements: str, database: str = "DB") -> list[Any]:
    """Execute statements in one session and return the rows of the last."""
    connection = connect(port, database)
    try:
        for statement in statements:
            rows = connection.cursor().execute(statement).fetchall()
        return list(rows)
    finally:
        connection.close()


NULL_TIME = ("select cast(null as timestamp_ntz) as a",)


def test_a_null_timestamp_is_null(patched: int) -> None:
    """NULL comes back as None."""
    assert run(patched, *NULL_TIME) == [(None,)]


@pytest.mark.parametrize("unpatched", ["null_timestamps"], indirect=True)
def test_without_its_patch_a_null_timestamp_is_1970(unpatched: int) -> None:
    """The fault that null_timestamps repairs."""
    assert run(unpatched, *NULL_TIME)[0][0].year == 1970


def staged(tmp_path: Path) -> tuple[str, ...]:
    file = tmp_path / "a.json"
    file.write_text('{"n": 1}\n{"n": 2}\n')
    return (
        "create table if not exists t (n number, f varchar, r number, s timestamp_ltz)",
        "create stage if not exists lake url = 's3://bucket/root/'",
        f"put 'file://{file}' @lake/x/ auto_compress = false overwrite = true",
    )


COPY = (
    "copy into t from (select $1:n::number, metadata$filename::varchar, "
    "metadata$file_row_number::number, metadata$start_scan_time::timestamp_ltz "
    "from @lake/x/) file_format = (type = json) files = ('a.json')"
)


def test_copy_reads_a_stage_with_its_metadata(patched: int, tmp_path: Path) -> None:
    """An s3 stage is read from its mirror; key, row and scan time are known."""
    run(patched, *staged(tmp_path), COPY, database="COPY_DB")
    rows = run(patched, "select n, f, r, s is not null from t order by n", database="COPY_DB")
    assert rows == [(1, "root/x/a.json", 1, True), (2, "root/x/a.json", 2, True)]
    again = run(patched, COPY, database="COPY_DB")
    assert again[0][1] == "LOAD_SKIPPED"


@pytest.mark.parametrize(
    "unpatched", ["copy_transform", "stage_mirror", "copy_files_of_stage"], indirect=True
)
def test_without_its_patch_the_copy_of_a_pipe_fails(unpatched: int, tmp_path: Path) -> None:
    """The faults that copy_transform, stage_mirror and copy_files_of_stage repair."""
    with pytest.raises(Error):
        run(unpatched, *staged(tmp_path), COPY)


TEMPORARY = (
    "create or replace table t (n number)",
    "begin transaction",
    "insert into t values (1)",
    "create or replace temporary table x as select 1 as n",
    "commit",
    "select count(*) from t",
)


def test_a_transaction_that_wrote_may_create_a_temporary_table(patched: int) -> None:
    """A temporary table does not disturb the transaction."""
    assert run(patched, *TEMPORARY, database="TEMP_DB") == [(1,)]


@pytest.mark.parametrize("unpatched", ["temporary_tables_in_transactions"], indirect=True)
def test_without_its_patch_a_temporary_table_breaks_the_transaction(unpatched: int) -> None:
    """The fault that temporary_tables_in_transactions repairs."""
    with pytest.raises(Error):
        run(unpatched, *TEMPORARY)


MERGE = (
    "create or replace table target (k number, v number, is_current boolean)",
    "create or replace table source (k number, v number)",
    "insert into target values (1, 10, false), (1, 20, true)",
    "insert into source values (1, 30), (2, 40)",
    "merge into target using source on target.k = source.k "
    "when matched and target.is_current then update set v = source.v "
    "when not matched then insert (k, v, is_current) values (source.k, source.v, true)",
    "select v from target order by v",
)


def test_merge_touches_the_rows_whose_condition_held(patched: int) -> None:
    """A condition on the target chooses among its rows."""
    assert run(patched, *MERGE, database="MERGE_DB") == [(10,), (30,), (40,)]


@pytest.mark.parametrize("unpatched", ["merge_by_rowid"], indirect=True)
def test_without_its_patch_merge_touches_every_row_of_the_key(unpatched: int) -> None:
    """The fault that merge_by_rowid repairs."""
    assert run(unpatched, *MERGE) != [(10,), (30,), (40,)]


PIPE = (
    "create pipe if not exists p auto_ingest = true as copy into t from "
    "(select $1:n::number from @lake/x/) file_format = (type = json)"
)


def test_a_pipe_is_remembered_and_never_replaced(patched: int) -> None:
    """SHOW PIPES gives a pipe's definition; creating it again changes nothing."""
    assert run(patched, PIPE, "show pipes", database="PIPE_DB")[0][0] == "P"
    again = run(patched, PIPE.replace("$1:n", "$1:m"), "show pipes", database="PIPE_DB")
    assert len(again) == 1 and "$1:n" in again[0][1]


def test_copy_history_and_integration_answer(patched: int) -> None:
    """The cloud's COPY_HISTORY and DESC INTEGRATION can be asked here too."""
    history = (
        "select * from table(information_schema.copy_history(table_name => 'T', "
        "start_time => dateadd('day', -14, current_timestamp())))"
    )
    assert run(patched, history, database="PIPE_DB") == []
    names = [row[0] for row in run(patched, "desc integration any_name")]
    assert names == ["STORAGE_AWS_IAM_USER_ARN", "STORAGE_AWS_EXTERNAL_ID"]


@pytest.mark.parametrize("unpatched", ["cloud_objects"], indirect=True)
def test_without_its_patch_there_is_no_copy_history(unpatched: int) -> None:
    """The fault that cloud_objects repairs."""
    with pytest.raises(Error):
        run(unpatched, "select * from table(information_schema.copy_history())")


def test_an_unsupported_statement_fails_at_once(patched: int) -> None:
    """What the embedded warehouse cannot do is an error within a second, not a retry."""
    began = time.monotonic()
    with pytest.raises(ProgrammingError):
        run(patched, "select * from t match_recognize (pattern (a) define a as true)")
    with pytest.raises(ProgrammingError, match="NOT NULL"):
        run(patched, "create or replace table nn (n number not null)", "insert into nn select null")
    assert time.monotonic() - began < 5


def test_threads_that_share_a_connection_get_their_own_rows(patched: int) -> None:
    """Statements of one session take turns."""
    from concurrent.futures import ThreadPoolExecutor

    connection = connect(patched)

    def ask(number: int) -> bool:
        return connection.cursor().execute(f"select {number}").fetchone() == (number,)

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(ask, range(100)))
    connection.close()


def test_data_stages_and_load_history_survive_a_restart(tmp_path: Path) -> None:
    """What was loaded is there after a restart, and is not loaded again."""
    folder = tmp_path / "state"
    process, port = serve(folder)
    run(port, *staged(tmp_path), COPY)
    process.terminate()
    process.wait()
    process, port = serve(folder)
    try:
        assert run(port, COPY)[0][1] == "LOAD_SKIPPED"
        assert run(port, "select count(*) from t") == [(2,)]
    finally:
        process.terminate()
        process.wait()


def test_a_killed_server_keeps_what_was_committed(tmp_path: Path) -> None:
    """Kill -9 between COPY and COMMIT loads nothing; after COMMIT everything."""
    folder = tmp_path / "state"
    process, port = serve(folder)
    run(port, *staged(tmp_path))
    connection = connect(port)
    connection.cursor().execute("begin transaction")
    connection.cursor().execute(COPY)
    os.kill(process.pid, 9)
    process.wait()
    process, port = serve(folder)
    try:
        assert run(port, "select count(*) from t") == [(0,)]
        assert run(port, COPY)[0][1] == "LOADED"
        assert run(port, "select count(*) from t") == [(2,)]
    finally:
        process.terminate()
        process.wait()


def test_another_version_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The patches fit one version exactly; another one is named and not served."""
    from cartwheel.local import fakesnow

    monkeypatch.setattr(fakesnow, "VERSION", "0.0.1")
    monkeypatch.setattr(sys, "argv", ["fakesnow", str(tmp_path), "1"])
    with pytest.raises(SystemExit, match=r"fakesnow 0\.0\.1 is patched here, but"):
        fakesnow.main()
