"""
The embedded AWS: MiniStack behind its access key, on logs and states that survive a kill.

It is patched here, for one version exactly: its Kinesis (:mod:`.kinesis`), the consumers of
its streams (:mod:`.consumers`), its alarms (:mod:`.alarms`), its saving (:mod:`.state`), and
what follows.

1. A failed write of an object is answered as a failure, by S3 and by Firehose. (MiniStack logs
   it and answers 200.)
2. Firehose forgets what it delivered. (MiniStack keeps it for ever.)
3. Packages of functions stay, since the state saved before may name them.
"""

import asyncio
import copy
import functools
import importlib.metadata
import json
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from cartwheel.local.access import SignedRequests
from cartwheel.local.alarms import Alarms
from cartwheel.local.consumers import Consumers
from cartwheel.local.files import REGION, Files
from cartwheel.local.kinesis import Streams, fast_json
from cartwheel.local.saved import SavedStates
from cartwheel.local.state import State, beat
from cartwheel.local.streamlog import Logs

VERSION = "1.5.33"
LOG_SECONDS = 0.002


class _Forgetful(list[Any]):
    """A list that keeps nothing."""

    def append(self, item: Any) -> None:
        """Keep nothing."""


def patch_objects(s3: Any) -> None:
    """Let a failed write of an object fail, so that whoever sent it sends it again."""

    def persist(bucket: str, key: str, entry: dict[str, Any]) -> None:
        path = s3._object_disk_path(bucket, key)
        if path is None:
            raise OSError(f"{key!r} cannot be a file's name")
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        if entry.get("body") is not None:
            s3._atomic_write(path, entry["body"])
        meta = s3._object_meta_from_record(entry) | s3._key_history_meta(bucket, key)
        s3._atomic_write(f"{path}.meta.json", json.dumps(meta | {"key": key}), text=True)
        # It is on disk now. MiniStack lets go of the object's bytes, but not of its version's.
        entry["body"] = None
        for version in s3._object_versions.get((bucket, key)) or []:
            if version["version_id"] == entry.get("version_id"):
                version["data"] = None

    s3._persist_object = persist


def patch_delivery(firehose: Any, s3: Any) -> None:
    """Let Firehose answer a failure when the object could not be stored."""
    put_in_loop, deliver = firehose._put_s3_object, firehose._deliver_to_s3
    failures = threading.local()

    def put(bucket: str, key: str, body: bytes) -> None:
        try:
            asyncio.get_running_loop()
        except RuntimeError:  # a request of Firehose is answered in a thread of its own
            headers = {"content-type": "application/octet-stream", "host": "s3"}
            path = f"/{bucket}/{key}"
            answer = asyncio.run(s3.handle_request("PUT", path, headers, body, {}, internal=True))
            if answer[0] >= 300:
                raise OSError(f"S3 answered {answer[0]} to {key}") from None
        else:
            put_in_loop(bucket, key, body)

    def put_and_note(bucket: str, key: str, body: bytes) -> None:
        try:
            put(bucket, key, body)
        except Exception as error:
            failures.last = error
            raise

    def deliver_or_fail(*words: Any) -> None:
        failures.last = None
        deliver(*words)  # it logs what fails, and goes on
        if failures.last is not None:
            raise failures.last

    firehose._put_s3_object = put_and_note
    firehose._deliver_to_s3 = deliver_or_fail


def patch_firehose(firehose: Any) -> None:
    """Let a delivery stream forget the records that it delivered."""
    create, restore = firehose._create_delivery_stream, firehose._restore_state

    def forget() -> None:
        for stream in firehose._streams.values():
            for destination in stream["destinations"]:
                destination["records"] = _Forgetful()

    def create_and_forget(data: dict[str, Any]) -> Any:
        answer = create(data)
        forget()
        return answer

    def restore_and_forget(data: dict[str, Any]) -> None:
        restore(data)
        forget()

    firehose._create_delivery_stream = create_and_forget
    firehose._restore_state = restore_and_forget


def patch_functions(functions: Any, runtime: Any) -> None:
    """Keep packages, hand events to the functions and their answers on as fast as can be."""
    functions._prune_orphan_code_blobs = lambda referenced: None
    runtime.json = fast_json()
    # What a function logs is in the pipe before its answer; one that logs nothing was waited
    # for 50 ms. What is read too late stands with the next answer.
    runtime.Worker._drain_stderr_bounded = functools.partialmethod(
        runtime.Worker._drain_stderr_bounded, first_line_wait=LOG_SECONDS
    )


def patch_tables(dynamodb: Any) -> None:
    """
    Let a transaction of a hundred updates take half the time, and an item a third of the memory.

    Expressions are taken apart once, items copied plainly, and equal values kept once.
    """
    store = dynamodb._set_item

    @functools.lru_cache(100_000)
    def shared(kind: str, value: str) -> dict[str, str]:
        return {kind: value}

    def compact(value: dict[str, Any]) -> dict[str, Any]:
        ((kind, content),) = value.items()
        return shared(sys.intern(kind), content) if type(content) is str else value

    def set_item(table: dict[str, Any], hash_key: str, range_key: str, item: dict[str, Any]) -> Any:
        kept = {sys.intern(name): compact(value) for name, value in item.items()}
        return store(table, hash_key, range_key, kept)

    dynamodb._set_item = set_item
    dynamodb._tokenize = functools.lru_cache(1000)(dynamodb._tokenize)
    # Each page of a scan sorts the whole table, so a page takes what AWS gives in 32.
    dynamodb._DDB_PAGE_SIZE_BYTES = 32 * 2**20
    # What is asked of each number of an item, several times over.
    for name in ("_ddb_canonicalize_number", "_number_error", "_number_size_bytes"):
        setattr(dynamodb, name, _remembered(getattr(dynamodb, name)))
    dynamodb.copy = SimpleNamespace(deepcopy=_copied, copy=copy.copy)


def _remembered(look: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Ask once of each text."""
    remembered = functools.lru_cache(100_000)(look)
    return lambda value: remembered(value) if type(value) is str else look(value)


def _copied(value: Any) -> Any:
    """Copy what JSON can say; leave anything else to the general way."""
    if type(value) is dict:
        return {key: _copied(each) for key, each in value.items()}
    if type(value) is list:
        return [_copied(each) for each in value]
    return value if isinstance(value, str | int | float | None) else copy.deepcopy(value)


def configure(files: Files, port: int, secret: str) -> None:
    """Set what MiniStack reads from its environment when it is imported."""
    os.environ.update(
        GATEWAY_PORT=str(port),
        BIND_HOST="127.0.0.1",
        IOT_MTLS_ENABLED="0",
        SFTP_ENABLED="0",
        PERSIST_STATE="1",
        STATE_DIR=str(files.aws_state),
        S3_PERSIST="1",
        S3_DATA_DIR=str(files.aws_objects),
        MINISTACK_REGION=REGION,
        MINISTACK_HOST="127.0.0.1",
        AWS_DEFAULT_REGION=REGION,
        AWS_SECRET_ACCESS_KEY=secret,  # the functions sign with it
        LOG_LEVEL="WARNING",
    )


def build(files: Files, sync: bool) -> tuple[Any, State, Alarms]:
    """Patch MiniStack, and return its ``app`` module, its state and its alarms."""
    from ministack import app
    from ministack.core import lambda_runtime
    from ministack.services import cloudwatch, dynamodb, firehose, kinesis, lambda_svc, s3

    logs = Logs(files.streams, sync=sync)
    streams, consumers = Streams(kinesis, logs), Consumers(lambda_svc, kinesis)
    alarms = Alarms(cloudwatch)
    streams.patch()
    consumers.patch()
    alarms.patch()
    patch_objects(s3)
    patch_delivery(firehose, s3)
    patch_firehose(firehose)
    patch_functions(lambda_svc, lambda_runtime)
    patch_tables(dynamodb)
    saved = SavedStates(files.aws_state, files.tell, sync=sync)
    state = State(app, saved, logs, streams, consumers, files.run / "saved.json")
    app._load_persisted_state = state.restore
    app.save_all = lambda services: None  # it is saved before the server ends
    return app, state, alarms


async def serve(files: Files, port: int, *, sync: bool) -> None:
    """Serve until told to stop, then save."""
    from hypercorn.asyncio import serve as serve_with_hypercorn
    from hypercorn.config import Config

    credentials = files.credentials()
    configure(files, port, credentials.secret)
    app, state, alarms = build(files, sync)
    server: Any = SignedRequests(
        state.application(app.app), port, credentials.access_key_id, credentials.secret
    )
    stop = asyncio.Event()
    stopping: list[asyncio.Task[None]] = []

    async def end() -> None:
        try:
            await state.save(last=True)
        except (OSError, TimeoutError) as error:
            files.tell(f"MiniStack's state could not be saved: {error}.")
        stop.set()

    def on_signal() -> None:
        if not stopping:
            stopping.append(asyncio.create_task(end()))

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, on_signal)
    # The Snowpipe runner looks into the lake again when this changes.
    (files.run / "ministack.born").write_text(str(time.time_ns()))
    tasks = [
        asyncio.create_task(state.keep()),
        asyncio.create_task(alarms.keep()),
        asyncio.create_task(beat(files.heartbeat("ministack"), stop.is_set)),
    ]
    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.keep_alive_timeout = 75
    config.loglevel = "WARNING"
    await serve_with_hypercorn(server, config, shutdown_trigger=stop.wait)
    for task in tasks:
        task.cancel()


def main() -> None:
    """Serve MiniStack: ``python -m cartwheel.local.ministack HOME PORT [--sync]``."""
    files, port, options = Files(Path(sys.argv[1])), int(sys.argv[2]), sys.argv[3:]
    del sys.argv[1:]  # MiniStack reads them too
    found = importlib.metadata.version("ministack")
    if found != VERSION:
        sys.exit(f"MiniStack {VERSION} is patched here, but {found} is installed.")
    (files.run / "saved.json").unlink(missing_ok=True)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(serve(files, port, sync="--sync" in options))


if __name__ == "__main__":
    main()
