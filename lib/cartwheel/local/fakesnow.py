"""
The embedded Snowflake: fakesnow's own HTTP app on one shared, persistent instance.

As shipped, fakesnow's server makes a new DuckDB for each login to a persistent
database, so that the second login fails; keeps stages and load history in memory;
never frees a result; and answers an unsupported statement with HTTP 500, which the
connector retries for minutes. This launcher mends that; what concerns SQL itself is
in :mod:`cartwheel.local.fakesnow_patches`, what concerns speed in
:mod:`cartwheel.local.fakesnow_speed`.
"""

import asyncio
import collections
import gc
import gzip
import importlib
import importlib.metadata
import json
import re
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import duckdb
import psutil
import uvicorn
from fakesnow import info_schema, instance
from fakesnow.transforms import show, stage
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from cartwheel.local import fakesnow_patches, fakesnow_speed, processes
from cartwheel.local.files import Files

VERSION = "0.12.1"
# The package exports a function of this name, which would stand for the module.
server: Any = importlib.import_module("fakesnow.server")
LOOK_SECONDS = 1.0  # between two looks for clients that were killed
CLIENTS: dict[str, tuple[int, float]] = {}  # a session's token -> process, its start
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class _Sessions(dict[str, Any]):
    """The sessions by token; a logout closes the session's DuckDB cursor."""

    def __delitem__(self, token: str) -> None:
        connection = self.pop(token)
        connection.close()


class PersistentSnowflake(instance.FakeSnow):
    """One DuckDB for all sessions, with databases, stages and load history on disk."""

    def __init__(self, folder: Path) -> None:
        databases = folder / "databases"
        databases.mkdir(parents=True, exist_ok=True)
        self.create_database_on_connect = self.create_schema_on_connect = True
        self.db_path, self.nop_regexes = databases, fakesnow_patches.ACCEPTED
        self.results_cache = fakesnow_speed.Recent()
        self.duck_conn = duckdb.connect(
            ":memory:",
            config={
                "lambda_syntax": "ENABLE_SINGLE_ARROW",
                "temp_directory": str(folder / "spill"),
                "memory_limit": "4GB",
                # It keeps what several parts of a query read in common, however wide: a late
                # reading's merge then copied the whole of RAW, and took seven times as long.
                "disabled_optimizers": "common_subplan",
            },
        )
        shared = folder / "shared.duckdb"
        self.duck_conn.execute(f"attach '{shared}' as {instance.GLOBAL_DATABASE_NAME}")
        self.duck_conn.execute(info_schema.fs_global_creation_sql())
        self.duck_conn.execute(show.fs_global_creation_sql())
        self.duck_conn.execute("set global timezone = 'UTC'")
        for database in sorted(databases.glob("*.db")):
            self.connect(database=database.stem).close()


async def login(request: Request) -> Response:
    """Log in as fakesnow does, and remember the client's process, which its tag names."""
    response: Response = await server.login_request(request)
    body = await request.body()
    if request.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    tag = str(json.loads(body)["data"]["SESSION_PARAMETERS"].get("QUERY_TAG", ""))
    named = re.fullmatch(r"cartwheel process (\d+)", tag)
    if named and psutil.pid_exists(int(named[1])):
        token = json.loads(bytes(response.body))["data"]["token"]
        client = psutil.Process(int(named[1]))
        CLIENTS[token] = (client.pid, client.create_time())
    return response


def end_sessions_of_the_dead(is_busy: Callable[[str], bool]) -> None:
    """Close the sessions of processes that were killed: their transactions hold locks."""
    for token, (pid, started) in list(CLIENTS.items()):
        if token not in server.sessions:
            del CLIENTS[token]
        elif not processes.runs(pid, started) and not is_busy(token):
            del server.sessions[token], CLIENTS[token]


def failures_as_answers(app: Application) -> Application:
    """
    Answer a statement that fakesnow cannot run as Snowflake does: at once, as an error.

    Sessions also take turns: fakesnow has one DuckDB cursor a session, so that two
    threads that share a connection would get each other's rows.
    """
    turns: dict[bytes, asyncio.Lock] = collections.defaultdict(asyncio.Lock)
    looked_at = 0.0

    def is_busy(token: str) -> bool:
        return turns[f'Snowflake Token="{token}"'.encode()].locked()

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/queries"):
            await app(scope, receive, send)
            return
        nonlocal looked_at
        if time.monotonic() - looked_at > LOOK_SECONDS:
            looked_at = time.monotonic()
            end_sessions_of_the_dead(is_busy)
        token = dict(scope["headers"]).get(b"authorization", b"")
        async with turns[token]:
            await _answer(app, scope, receive, send)

    return application


async def _answer(app: Application, scope: Scope, receive: Receive, send: Send) -> None:
    failed, body = False, b""

    async def intercept(message: dict[str, Any]) -> None:
        nonlocal failed, body
        if message["type"] == "http.response.start":
            failed = message["status"] >= 500
        if not failed:
            await send(message)
        elif message["type"] == "http.response.body":
            body += message.get("body", b"")
            if not message.get("more_body"):
                await _send_failure(body, send)

    await app(scope, receive, intercept)


async def _send_failure(body: bytes, send: Send) -> None:
    try:
        reason = str(json.loads(body)["message"])
    except (ValueError, KeyError):
        reason = body.decode(errors="replace")[-2000:]
    answer = json.dumps(
        {
            "data": {"errorCode": "000002", "sqlState": "0A000"},
            "code": "000002",
            "message": f"Not supported by the embedded warehouse: {reason}",
            "success": False,
        }
    ).encode()
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


async def _health(request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


def application(folder: Path) -> Application:
    """Return the patched server on the state in a folder."""
    bucket = folder / "stages"
    bucket.mkdir(parents=True, exist_ok=True)
    stage.LOCAL_BUCKET_PATH = str(bucket)
    fakesnow_patches.apply()
    fakesnow_speed.apply()
    server.shared_fs = PersistentSnowflake(folder)
    server.sessions = _Sessions()
    server.app.router.routes.append(Route("/health", _health))
    server.app.router.routes.insert(0, Route("/session/v1/login-request", login, methods=["POST"]))
    return failures_as_answers(server.app)


def main() -> None:
    """Serve fakesnow: ``python -m cartwheel.local.fakesnow HOME PORT``."""
    files, port = Files(Path(sys.argv[1])), int(sys.argv[2])
    found = importlib.metadata.version("fakesnow")
    if found != VERSION:
        sys.exit(f"fakesnow {VERSION} is patched here, but {found} is installed.")
    app = application(files.warehouse)
    # What is loaded by now stays; without this each full collection takes 0.2 s.
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 50, 100)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", timeout_keep_alive=75)
    server.shared_fs.duck_conn.close()


if __name__ == "__main__":
    main()
