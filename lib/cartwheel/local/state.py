"""
The state of the embedded AWS, saved while it runs and restored when it starts.

As shipped, MiniStack saves on a clean stop alone, one file a service, drops a damaged
file without a word, and forgets on a kill what it acknowledged since. Here the records are
in logs of their own; the rest is saved every few minutes, and before a change of the
infrastructure is acknowledged. A restored consumer then reads again what came since the
save, and ends where it would have ended.
"""

import asyncio
import copy
import json
import logging
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from cartwheel.files import write_atomically
from cartwheel.local.access import Application, Receive, Scope, Send, headers_of
from cartwheel.local.alarms import folded
from cartwheel.local.consumers import Consumers
from cartwheel.local.kinesis import Streams
from cartwheel.local.saved import SavedStates
from cartwheel.local.streamlog import Logs, RecordLog

SAVE_SECONDS = 300.0
# What every consumer has read stays so long for those who look into a stream.
KEEP_SECONDS = 3600.0
HALT_SECONDS = 60.0
LOG_STREAMS_KEPT = 200  # of the functions' logs, a group
METRIC_POINTS_KEPT = 2000
# What is older is kept by the minute, so that the points reach back for more than a day.
METRIC_SECONDS_KEPT = 900.0
# Operations that change what exists; those that change data are DATA.
_CHANGE = re.compile(
    r"(Create|Delete|Update|Add|Remove|Tag|Untag|Start|Stop|Enable|Disable|Register|Deregister|"
    r"Increase|Decrease|Merge|Split|Set|Subscribe|Unsubscribe|Attach|Detach|Put\w*Policy)\w*"
)
_DATA = frozenset(
    ("UpdateItem", "DeleteItem", "DeleteMessage", "DeleteMessageBatch", "DeleteChangeSet",
     "CreateChangeSet", "StartQueryExecution", "UpdateTimeToLive")
)  # fmt: skip
log = logging.getLogger("state")


class State:
    """
    Saves and restores a MiniStack.

    Parameters
    ----------
    app
        MiniStack's ``app`` module.
    saved
        Where states are kept.
    logs, streams, consumers
        The records, and who writes and reads them.
    report
        File that tells of the last save.
    """

    def __init__(
        self,
        app: Any,
        saved: SavedStates,
        logs: Logs,
        streams: Streams,
        consumers: Consumers,
        report: Path,
    ) -> None:
        self._app, self._saved, self._logs = app, saved, logs
        self._streams, self._consumers, self._report = streams, consumers, report
        self._busy = 0
        self._open = asyncio.Event()
        self._open.set()
        self._saving = asyncio.Lock()
        self._stacks_saved: dict[Any, str] = {}
        self._positions_saved: dict[tuple[str, str], int] = {}
        self._logs_saved: set[str] = set()

    def restore(self) -> None:
        """Restore the newest whole state; each service's own module reads its part."""
        contents = self._saved.load()
        for key, module in self._app._state_map.items():
            if key in contents:
                document = json.loads(contents[key], object_hook=self._decode)
                payload = document.get("payload", document)
                if payload:
                    self._app._get_module(module).load_persisted_state(payload)
        self._streams.restored()
        self._stacks_saved = self._stacks()
        self._positions_saved, self._logs_saved = self._read_by_all(), self._log_names()

    def _decode(self, entry: dict[str, Any]) -> Any:
        from ministack.core.persistence import _json_object_hook

        if "__record_log__" in entry:
            return self._logs.open(entry["__record_log__"])
        return _json_object_hook(entry)

    async def keep(self) -> None:
        """Save every few minutes, for ever; a failure is logged and tried again."""
        while True:
            await asyncio.sleep(SAVE_SECONDS)
            if not self._in_progress():
                await self.try_to_save()

    async def try_to_save(self) -> bool:
        """Save; return whether it could be done."""
        try:
            await self.save()
        except (OSError, TimeoutError):
            log.exception("the state was not saved")
            return False
        return True

    async def save(self, *, last: bool = False) -> None:
        """
        Save everything while nothing changes.

        Parameters
        ----------
        last
            Answer no request any more afterwards.

        Raises
        ------
        OSError
            If the disk does not take it.
        TimeoutError
            If a function does not finish.
        """
        async with self._saving:
            began = time.monotonic()
            halted = self._consumers.halted(HALT_SECONDS)
            # In a thread, since a function at work needs this very server to finish.
            await asyncio.to_thread(halted.__enter__)
            paused_at = time.monotonic()
            try:
                self._open.clear()
                await self._quiet()
                contents = list(self._encoded())
                stacks, positions = self._stacks(), self._read_by_all()
                logs = self._log_names()
            finally:
                if not last:
                    self._open.set()
                    halted.__exit__(None, None, None)
            paused = time.monotonic() - paused_at
            await asyncio.to_thread(self._saved.save, contents)
            self._stacks_saved = stacks
            self._forget()
            self._positions_saved, self._logs_saved = positions, logs
            self._tell(began, paused, last)

    def _tell(self, began: float, paused: float, last: bool) -> None:
        seconds = time.monotonic() - began
        told = {"at": time.time(), "seconds": seconds, "paused": paused, "last": last}
        write_atomically(self._report, json.dumps(told))

    async def _quiet(self) -> None:
        """Wait until the requests at work are answered; new ones wait outside."""
        deadline = time.monotonic() + HALT_SECONDS
        while self._busy:
            if time.monotonic() > deadline:
                raise TimeoutError(f"a request was not answered within {HALT_SECONDS:.0f} s")
            await asyncio.sleep(0.002)

    def _encoded(self) -> Iterator[tuple[str, bytes]]:
        from ministack.core import persistence

        def default(value: Any) -> Any:
            if isinstance(value, RecordLog):
                return {"__record_log__": value.folder.name}
            return persistence._json_default(value)

        for key, get_state in self._app._build_persistence_save_dict().items():
            with _uncopied(key):
                state = get_state()
                if state is None:
                    continue
                document = {
                    "__ministack_format__": persistence._state_format_version(key),
                    "payload": state,
                }
                yield key, json.dumps(document, default=default).encode()

    def _stacks(self) -> dict[Any, str]:
        from ministack.services import cloudformation

        return {key: stack["StackStatus"] for key, stack in cloudformation._stacks._data.items()}

    def _in_progress(self) -> bool:
        # In review a stack holds nothing yet, and may stay so for ever.
        return any(
            status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS"
            for status in self._stacks().values()
        )

    def _log_names(self) -> set[str]:
        return {records.folder.name for _, _, records in self._streams.shards()}

    def _read_by_all(self) -> dict[tuple[str, str], int]:
        """Return how far every consumer of a shard has read it; its end if it has none."""
        return {
            (arn, shard_id): min(self._consumers.positions(arn, shard_id), default=len(records))
            for arn, shard_id, records in self._streams.shards()
        }

    def _forget(self) -> None:
        """
        Let go of what nobody needs: by the older of the two saved states, too.

        If the newest state is damaged, the consumers go on from the positions of the one
        before it.
        """
        before = time.time() - KEEP_SECONDS
        for arn, shard_id, records in self._streams.shards():
            records.trim(self._positions_saved.get((arn, shard_id), 0), before)
        self._logs.keep_only(self._log_names() | self._logs_saved)
        _forget_logs_and_metrics()

    def application(self, app: Application) -> Application:
        """Return a server whose requests wait for a save, and whose changes are saved."""

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or scope["path"].startswith("/_cartwheel/"):
                await _administer(self, app, scope, receive, send)
                return
            operation = _operation(scope)
            if operation in ("ReceiveMessage", "SubscribeToShard"):  # they wait, and change nothing
                await app(scope, receive, send)
                return
            await self._open.wait()
            messages: list[dict[str, Any]] = []

            async def hold(message: dict[str, Any]) -> None:
                messages.append(message)

            self._busy += 1
            try:
                await app(scope, receive, hold)
            finally:
                self._busy -= 1
            changed = _CHANGE.fullmatch(operation) and operation not in _DATA
            # Only who asks CloudFormation waits for its changes to be saved: a function's request
            # would wait for a save that waits for the function.
            built = _is_cloudformation(scope) and self._stacks() != self._stacks_saved
            if (changed or built) and not self._in_progress():
                await self.try_to_save()
            for message in messages:
                await send(message)

        return answer


async def _administer(
    state: State, app: Application, scope: Scope, receive: Receive, send: Send
) -> None:
    """Answer /_cartwheel/health and /_cartwheel/save; leave the rest to MiniStack."""
    match scope.get("path"):
        case "/_cartwheel/health":
            status = 200
        case "/_cartwheel/save":
            status = 200 if await state.try_to_save() else 507
        case _:
            await app(scope, receive, send)
            return
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def _operation(scope: Scope) -> str:
    """Return the name of a request's operation as its header says it, else empty."""
    return headers_of(scope).get("x-amz-target", "").rpartition(".")[2]


def _is_cloudformation(scope: Scope) -> bool:
    """Was a request signed for CloudFormation?"""
    return "/cloudformation/aws4_request" in headers_of(scope).get("authorization", "")


@contextmanager
def _uncopied(service: str) -> Iterator[None]:
    """Let DynamoDB give its items as they are: nothing changes while they are encoded."""
    if service != "dynamodb":
        yield
        return
    from ministack.services import dynamodb

    original = dynamodb.copy
    dynamodb.copy = SimpleNamespace(deepcopy=lambda value: value, copy=copy.copy)
    try:
        yield
    finally:
        dynamodb.copy = original


def _forget_logs_and_metrics() -> None:
    """Keep the newest of the functions' logs and of the metrics' points."""
    from ministack.services import cloudwatch, cloudwatch_logs

    for group in list(cloudwatch_logs._log_groups._data.values()):
        for name in list(group["streams"])[:-LOG_STREAMS_KEPT]:
            group["streams"].pop(name, None)
    before = time.time() - METRIC_SECONDS_KEPT
    for points in list(cloudwatch._metrics._data.values()):
        points[:] = folded(points, cloudwatch, before)[-METRIC_POINTS_KEPT:]


async def beat(path: Path, stopped: Callable[[], bool]) -> None:
    """Touch a file every second, so that ``status`` can tell that the server is at work."""
    while not stopped():
        os.utime(path)
        await asyncio.sleep(1)
