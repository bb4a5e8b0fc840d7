"""
The embedded Snowflake: fakesnow's own HTTP app on one shared, persistent instance.

Whoever holds the user and password of the connection ``local`` is let in, nobody else.
As shipped, fakesnow's server lets everybody in; makes a new DuckDB for each login to a
persistent database, so that the second login fails; lets SQL read and write any file; keeps
stages and load history in memory; never frees a result; and answers an unsupported statement
with HTTP 500, which the connector retries for minutes. What concerns SQL itself is
in :mod:`.fakesnow_patches`, :mod:`.fakesnow_copy` and :mod:`.fakesnow_cloud`, what concerns
speed in :mod:`.fakesnow_speed`.
"""

import asyncio
import collections
import gc
import gzip
import hashlib
import hmac
import importlib
import importlib.metadata
import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import duckdb
import psutil
import uvicorn
from fakesnow import info_schema, instance
from fakesnow.transforms import show, stage
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cartwheel.local import (
    access,
    fakesnow_cloud,
    fakesnow_copy,
    fakesnow_patches,
    fakesnow_speed,
    processes,
)
from cartwheel.local.access import Application, Receive, Scope, Send
from cartwheel.local.files import Credentials, Files
from cartwheel.local.state import beat

VERSION = "0.12.1"
# The package exports a function of this name, which would stand for the module.
server: Any = importlib.import_module("fakesnow.server")
LOOK_SECONDS = 1.0  # between two looks for clients that were killed
CLIENTS: dict[str, tuple[int, float]] = {}  # a session's token -> process, its start


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
        # SQL reaches the files of the warehouse and no others, and cannot undo this.
        self.duck_conn.execute(f"set global allowed_directories = ['{folder}/']")
        self.duck_conn.execute("set global enable_external_access = false")


async def login(request: Request, keys: Credentials) -> Response:
    """Log in as fakesnow does, and remember the client's process, which its tag names."""
    body = await request.body()
    if request.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    data = json.loads(body)["data"]
    given = f"{data.get('LOGIN_NAME')}:{data.get('PASSWORD')}"
    if not hmac.compare_digest(given.encode(), f"local:{keys.password}".encode()):
        return JSONResponse(
            {
                "data": {"nextAction": "RETRY_LOGIN"},
                "code": "390100",
                "message": "Incorrect username or password was specified.",
                "success": False,
            }
        )
    data["SESSION_PARAMETERS"].pop("FAKESNOW_DB_PATH", None)  # it would open any file
    response: Response = await server.login_request(request)
    tag = str(data["SESSION_PARAMETERS"].get("QUERY_TAG", ""))
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


class OwnRequests:
    """
    Lets requests of the user's own tools through to fakesnow.

    A session is known by its token; an upload, which has none, by a signed address.
    """

    def __init__(self, app: Application, port: int, keys: Credentials) -> None:
        self._app, self._port, self._keys = app, port, keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = access.headers_of(scope)
        refusal = access.by_page_or_other_name(headers, self._port)
        path = scope["path"]
        has_key = hmac.compare_digest(headers.get(access.KEY_HEADER, ""), self._keys.secret)
        if path == "/_cartwheel/health" and has_key and not refusal:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        if path.startswith("/fs_bucket/"):
            given = scope["query_string"].decode("latin-1")
            is_signed = hmac.compare_digest(given, self.signature(path))
            refusal = refusal or (None if is_signed else "the address is not signed")
        elif not path.startswith(("/session", "/queries", "/monitoring", "/telemetry")):
            refusal = refusal or "there is nothing here"
        if refusal:
            await access.refuse(send, refusal)
        else:
            await self._app(scope, receive, send)

    def signature(self, path: str) -> str:
        """Return what makes the address of an upload valid."""
        digest = hmac.new(self._keys.secret.encode(), path.encode(), hashlib.sha256)
        return f"signature={digest.hexdigest()}"

    def stage_info(self, original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
        """Return fakesnow's answer to a PUT with the address signed."""

        def wrapped(*words: Any) -> dict[str, Any]:
            info = original(*words)
            path = unquote("/" + info["presignedUrl"].split("/", 3)[3])
            return {**info, "presignedUrl": f"{info['presignedUrl']}?{self.signature(path)}"}

        return wrapped


def application(folder: Path, port: int, keys: Credentials, objects: Path) -> Application:
    """
    Return the patched server on the state in a folder.

    Parameters
    ----------
    objects
        Where the embedded S3 keeps its objects: a folder a bucket, under one for each account.
    """
    bucket = folder / "stages"
    bucket.mkdir(parents=True, exist_ok=True)
    stage.LOCAL_BUCKET_PATH = str(bucket)
    fakesnow_patches.apply()
    fakesnow_cloud.apply()
    fakesnow_copy.apply(objects)
    fakesnow_speed.apply()
    server.shared_fs = PersistentSnowflake(folder)
    server.sessions = _Sessions()

    async def log_in(request: Request) -> Response:
        return await login(request, keys)

    server.app.router.routes.insert(0, Route("/session/v1/login-request", log_in, methods=["POST"]))
    guarded = OwnRequests(failures_as_answers(server.app), port, keys)
    server.gcs_stage_info = guarded.stage_info(server.gcs_stage_info)
    return guarded


async def serve(app: Application, files: Files, port: int) -> None:
    """Serve until told to stop."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, log_level="warning", timeout_keep_alive=75
    )
    running = uvicorn.Server(config)
    beating = asyncio.create_task(beat(files.heartbeat("fakesnow"), lambda: running.should_exit))
    await running.serve()
    beating.cancel()


def main() -> None:
    """Serve fakesnow: ``python -m cartwheel.local.fakesnow HOME PORT``."""
    files, port = Files(Path(sys.argv[1])), int(sys.argv[2])
    found = importlib.metadata.version("fakesnow")
    if found != VERSION:
        sys.exit(f"fakesnow {VERSION} is patched here, but {found} is installed.")
    app = application(files.warehouse, port, files.credentials(), files.aws_objects)
    # What is loaded by now stays; without this each full collection takes 0.2 s.
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 50, 100)
    asyncio.run(serve(app, files, port))
    server.shared_fs.duck_conn.close()


if __name__ == "__main__":
    main()
