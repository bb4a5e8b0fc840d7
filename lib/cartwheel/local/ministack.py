"""
The embedded AWS: MiniStack with four patches, each guarded by the exact version.

1. *Expiry*: MiniStack drops expired records at any moment without moving the
   consumers' list positions, so that they would skip as many new records; and it
   rebuilds each shard's list on each call. Records expire at the start instead,
   before a consumer runs, and only those which every consumer has read.
2. *Journal*: what is put on a stream is noted until the next save, so that after
   a kill it can be said which records are gone.
3. *Pause*: consumers are halted between two batches before the state is saved.
4. *Saved*: a save that failed is noticed (MiniStack only logs it).
"""

import asyncio
import importlib.metadata
import json
import os
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from cartwheel.local.files import REGION, Files

VERSION = "1.5.33"
_consuming = threading.Lock()


def expire_at_start(kinesis: Any, functions: Any) -> int:
    """
    Drop the expired records that every consumer has read, and move the positions.

    Returns
    -------
    int
        Number of records dropped.
    """
    dropped = 0
    consumers: dict[str, list[dict[str, int]]] = {}
    for key, mapping in functions._esms._data.items():
        positions = functions._kinesis_positions._data.get((*key[:2], mapping["UUID"]))
        if positions is not None:
            consumers.setdefault(mapping["EventSourceArn"], []).append(positions)
    for stream in kinesis._streams._data.values():
        cutoff = time.time() - stream["RetentionPeriodHours"] * 3600
        readers = consumers.get(stream["StreamARN"], [])
        for shard_id, shard in stream["shards"].items():
            records = shard["records"]
            times = (r["ApproximateArrivalTimestamp"] for r in records)
            expired = next((i for i, t in enumerate(times) if t >= cutoff), len(records))
            expired = min([expired, *(reader.get(shard_id, 0) for reader in readers)])
            del records[:expired]
            for reader in readers:
                if shard_id in reader:
                    reader[shard_id] -= expired
            dropped += expired
    kinesis._shard_iterators._data.clear()
    return dropped


def patch_expiry(app: Any, kinesis: Any, functions: Any) -> None:
    """Let records expire at the start and never in between."""
    restore = app._load_persisted_state

    def restore_and_expire() -> None:
        with _consuming:
            restore()
            expire_at_start(kinesis, functions)

    app._load_persisted_state = restore_and_expire
    kinesis._expire_records = lambda stream: None


def patch_journal(kinesis: Any, path: Path) -> None:
    """Note the sequence numbers of each put, until the next save."""
    file = path.open("a", encoding="utf-8", buffering=1)

    def journalled(put: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
        def wrapped(data: dict[str, Any]) -> Any:
            _, stream = kinesis._resolve_stream(data)
            shards = stream["shards"] if stream else {}
            before = {shard_id: len(shard["records"]) for shard_id, shard in shards.items()}
            answer = put(data)
            for shard_id, shard in shards.items():
                new = shard["records"][before.get(shard_id, 0) :]
                if new:
                    entry = {
                        "stream": stream["StreamName"],
                        "shard": shard_id,
                        "first": new[0]["SequenceNumber"],
                        "last": new[-1]["SequenceNumber"],
                        "count": len(new),
                    }
                    file.write(json.dumps(entry) + "\n")
            return answer

        return wrapped

    kinesis._put_record = journalled(kinesis._put_record)
    kinesis._put_records = journalled(kinesis._put_records)


def patch_pause(app: Any, functions: Any) -> None:
    """Serve POST /_cartwheel/pause: answer when no consumer is at work, and start none."""
    poll, serve = functions._poll_kinesis, app.app
    paused = False

    def poll_unless_paused() -> bool:
        if not _consuming.acquire(blocking=False):
            return False
        try:
            return bool(poll())
        finally:
            _consuming.release()

    async def application(
        scope: dict[str, Any],
        receive: Callable[[], Awaitable[dict[str, Any]]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        if scope["type"] != "http" or scope["path"] != "/_cartwheel/pause":
            await serve(scope, receive, send)
            return
        nonlocal paused
        if not paused:
            paused = True
            # In a thread, since the function at work needs this very server to finish.
            await asyncio.get_running_loop().run_in_executor(None, _consuming.acquire)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    functions._poll_kinesis = poll_unless_paused
    app.app = application


def patch_saved(app: Any, files: Files) -> None:
    """Empty the journal when the state was saved, and only then."""
    save = app.save_all

    def save_and_verify(services: dict[str, Any]) -> None:
        began = time.time()
        save(services)
        saved = files.aws_state / "kinesis.json"
        complete = not list(files.aws_state.glob("*.tmp"))
        if complete and saved.exists() and saved.stat().st_mtime >= began - 1:
            files.journal.write_text("", encoding="utf-8")
            (files.run / "saved").write_text(str(began), encoding="utf-8")

    app.save_all = save_and_verify


def main() -> None:
    """Serve MiniStack: ``python -m cartwheel.local.ministack HOME PORT``."""
    files, port = Files(Path(sys.argv[1])), sys.argv[2]
    del sys.argv[1:]  # MiniStack reads them too
    found = importlib.metadata.version("ministack")
    if found != VERSION:
        sys.exit(f"MiniStack {VERSION} is patched here, but {found} is installed.")
    os.environ.update(
        GATEWAY_PORT=port,
        BIND_HOST="127.0.0.1",
        IOT_MTLS_ENABLED="0",
        SFTP_ENABLED="0",
        PERSIST_STATE="1",
        STATE_DIR=str(files.aws_state),
        S3_PERSIST="1",
        S3_DATA_DIR=str(files.aws_objects),
        MINISTACK_REGION=REGION,
        AWS_DEFAULT_REGION=REGION,
        LOG_LEVEL="WARNING",
    )
    from ministack import app
    from ministack.services import kinesis, lambda_svc

    (files.run / "saved").unlink(missing_ok=True)
    patch_expiry(app, kinesis, lambda_svc)
    patch_journal(kinesis, files.journal)
    patch_pause(app, lambda_svc)
    patch_saved(app, files)
    app.main()


if __name__ == "__main__":
    main()
