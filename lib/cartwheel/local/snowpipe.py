"""
The embedded Snowpipe: S3 notifications from a queue -> the pipe's own COPY.

Many files go in one COPY, in a transaction, since a COPY that fails half-way keeps
the rows of the files before the bad one. If a group fails, its files go one by one;
a bad one is recorded in the copy history and the rest go on. The load history is
written in the same transaction as the rows, so that a kill or a repeated
notification loads nothing twice.
"""

import json
import logging
import os
import re
import signal
import sys
import time
import urllib.parse
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from fakesnow.transforms import stage as fakesnow_stage
from snowflake.connector.errors import DatabaseError, OperationalError, ProgrammingError
from snowflake.connector.errors import Error as SnowflakeError

from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError
from cartwheel.files import write_atomically
from cartwheel.local.environment import LoopbackEnvironment
from cartwheel.local.fakesnow_cloud import COPIES
from cartwheel.local.fakesnow_copy import file_name, mirror
from cartwheel.local.files import DATABASE, Files

LOAD_QUEUE = "cartwheel-load-queue"
FILES_PER_COPY = 200
POLL_SECONDS = 1
LINGER_SECONDS = 0.5
_AWAY = (BotoCoreError, ClientError, SnowflakeError, CartwheelError)
log = logging.getLogger("snowpipe")

_STAGE_PATH = re.compile(r"\bfrom\s+@([\w.]+)/([\w./-]*)", re.I)
_TARGET = re.compile(r"copy\s+into\s+([\w.]+)", re.I)


@dataclass(frozen=True)
class Pipe:
    """A pipe: its COPY statement and the keys it loads."""

    name: str
    definition: str
    table: str
    bucket: str
    prefix: str
    folder: Path

    def loads(self, bucket: str, key: str) -> bool:
        """Is an object this pipe's?"""
        return bucket == self.bucket and key.startswith(self.prefix)


@dataclass
class Totals:
    """What the runner did since it started."""

    loaded: int = 0
    failed: int = 0
    waiting_for: str = "the deployment"
    at: float = field(default_factory=time.time)


def read_pipes(environment: Environment, stages: Path) -> list[Pipe]:
    """Return the pipes that the migrations created, with what their stages stand for."""
    warehouse = environment.warehouse
    # The pipes first: while a migration runs, a stage is there before the pipes that read it.
    shown = warehouse.execute("show pipes")
    # The server may hold other databases, with stages of the same names.
    urls = {
        f"{stage.schema_name}.{stage.name}".upper(): stage.url
        for stage in warehouse.query("show stages in account").itertuples()
        if str(stage.database_name).upper() == DATABASE
    }
    pipes = []
    for name, definition in shown:
        source, target = _STAGE_PATH.search(definition), _TARGET.match(definition)
        if source is None or target is None:
            raise ValueError(f"{name}: its COPY does not read one stage path")
        schema, stage = source[1].upper().split(".")
        if f"{schema}.{stage}" not in urls:
            log.warning("%s reads the stage %s.%s, which is not there", name, schema, stage)
            continue
        bucket, _, root = urls[f"{schema}.{stage}"].removeprefix("s3://").partition("/")
        fakesnow_stage.LOCAL_BUCKET_PATH = str(stages)
        folder = mirror(DATABASE, schema, stage) / source[2]
        pipes.append(Pipe(name, definition, target[1], bucket, root + source[2], folder))
    return pipes


class Runner:
    """Loads what the notifications name, until it is told to stop."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.environment = self._environment()
        self.stopping = False
        self.totals = Totals()
        self.pipes: list[Pipe] = []
        self._threads = ThreadPoolExecutor(8)
        self._refreshed = False
        self._born = ""

    def beat(self, waiting_for: str = "") -> None:
        """Give the sign of life that ``status`` looks at; a full disk ends nothing."""
        self.totals.waiting_for, self.totals.at = waiting_for, time.time()
        try:
            os.utime(self.files.heartbeat("snowpipe"))
            write_atomically(self.files.run / "snowpipe.json", json.dumps(vars(self.totals)))
        except OSError as error:
            log.warning("the sign of life cannot be written: %s", error)

    def run(self) -> None:
        """Load until stopped; wait while the queue or a service is missing."""
        while not self.stopping:
            try:
                waiting_for = self._turn()
            except Exception as error:
                # A service is away, the disk is full, or a fault of ours: it must not end the
                # runner, on which everything that lands depends. What was taken from the queue
                # stays hidden there for some minutes; looking into the lake is faster.
                known = isinstance(error, (*_AWAY, OSError))
                log.warning("%s: %s", type(error).__name__, error, exc_info=not known)
                self._refreshed, waiting_for = False, "a service"
                self._connect_anew()
            self.beat(waiting_for)
            if waiting_for:
                time.sleep(POLL_SECONDS)

    def _connect_anew(self) -> None:
        try:
            self.environment.close()
            self.environment = self._environment()
        except (*_AWAY, OSError) as error:
            log.warning("no new connection yet: %s", error)

    def _environment(self) -> Environment:
        return LoopbackEnvironment(self.files)

    def _look_again_after_a_restart(self) -> None:
        """Look into the lake anew when MiniStack is another one: its queue may have lost names."""
        born = self.files.run / "ministack.born"
        found = born.read_text() if born.exists() else ""
        if found != self._born:
            self._born, self._refreshed, self.pipes = found, False, []

    def _turn(self) -> str:
        self._look_again_after_a_restart()
        queue = self._queue()
        if queue is None:
            self.pipes, self._refreshed = [], False
            return "the deployment"
        if not self.pipes:
            self.pipes = read_pipes(self.environment, self.files.warehouse / "stages")
            if not self.pipes:
                return "the migrations"
        if not self._refreshed:
            self.refresh()
            self._refreshed = True
        messages = self._receive(queue)
        objects = [one for message in messages for one in _objects(message["Body"])]
        self.learn(objects)
        self.load(objects)
        for start in range(0, len(messages), 10):
            self.environment.client("sqs").delete_message_batch(
                QueueUrl=queue,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                    for number, message in enumerate(messages[start : start + 10])
                ],
            )
        return ""

    def learn(self, objects: list[tuple[str, str]]) -> None:
        """Ask for the pipes again before a load: a migration may have made or replaced one."""
        if objects:
            self.pipes = read_pipes(self.environment, self.files.warehouse / "stages")

    def _queue(self) -> str | None:
        client = self.environment.client("sqs")
        try:
            return str(client.get_queue_url(QueueName=LOAD_QUEUE)["QueueUrl"])
        except client.exceptions.QueueDoesNotExist:
            return None

    def _receive(self, queue: str) -> list[dict[str, Any]]:
        """Return messages: of a burst, those of half a second, since each COPY has its price."""
        client = self.environment.client("sqs")
        messages: list[dict[str, Any]] = []
        deadline = time.monotonic() + POLL_SECONDS
        while len(messages) < FILES_PER_COPY and not self.stopping:
            answer = client.receive_message(
                QueueUrl=queue,
                MaxNumberOfMessages=10,
                WaitTimeSeconds=0 if messages else POLL_SECONDS,
                VisibilityTimeout=300,
            )
            batch = answer.get("Messages", [])
            if batch and not messages:
                deadline = time.monotonic() + LINGER_SECONDS
            messages += batch
            if time.monotonic() >= deadline:
                break
            if not batch:
                time.sleep(LINGER_SECONDS / 5)
        return messages

    def refresh(self) -> None:
        """Load the objects whose notification was lost: Snowflake's ALTER PIPE ... REFRESH."""
        known = {
            row[0].rpartition("/stages/")[2]
            for row in self.environment.warehouse.execute(
                "select file_name from _fs_information_schema._fs_load_history"
            )
        }
        client = self.environment.client("s3")
        recorded = {
            row[0]
            for row in self.environment.warehouse.execute(
                "select file_name from table(information_schema.copy_history())"
            )
        }
        for pipe in self.pipes:
            folder = str(pipe.folder.relative_to(self.files.warehouse / "stages"))
            pages = client.get_paginator("list_objects_v2").paginate(
                Bucket=pipe.bucket, Prefix=pipe.prefix
            )
            missing = [
                (pipe.bucket, item["Key"])
                for page in pages
                for item in page.get("Contents", [])
                if f"{folder}/{file_name(item['Key'])}" not in known and item["Key"] not in recorded
            ]
            for start in range(0, len(missing), FILES_PER_COPY):
                self.load(missing[start : start + FILES_PER_COPY])
                self.beat()

    def load(self, objects: Iterable[tuple[str, str]]) -> None:
        """Load objects, each by the pipe that its key belongs to."""
        objects = list(dict.fromkeys(objects))
        for pipe in self.pipes:
            keys = [key for bucket, key in objects if pipe.loads(bucket, key)]
            if not keys:
                continue
            fetched = self._fetch(pipe, keys)
            try:
                self._copy(pipe, fetched)
                self.totals.loaded += len(fetched)
            except (ProgrammingError, DatabaseError) as error:
                _unless_away(error)
                self._one_by_one(pipe, fetched)
            for key in fetched:
                target = pipe.folder / file_name(key)
                target.unlink(missing_ok=True)
                Path(f"{target}.key").unlink(missing_ok=True)

    def _fetch(self, pipe: Pipe, keys: list[str]) -> list[str]:
        client = self.environment.client("s3")
        pipe.folder.mkdir(parents=True, exist_ok=True)

        def fetch(key: str) -> str | None:
            target = pipe.folder / file_name(key)
            Path(f"{target}.key").write_text(key, encoding="utf-8")
            try:
                found = client.get_object(Bucket=pipe.bucket, Key=key)
                target.write_bytes(found["Body"].read())
            except ClientError as error:
                if error.response["Error"]["Code"] not in ("404", "NoSuchKey"):
                    raise
                log.warning("%s was deleted before it was loaded", key)
                return None
            return key

        return [key for key in self._threads.map(fetch, keys) if key is not None]

    def _copy(self, pipe: Pipe, keys: list[str]) -> None:
        if not keys:
            return
        listed = ", ".join(f"'{file_name(key)}'" for key in keys)
        with self.environment.warehouse.transaction():
            self.environment.warehouse.execute(f"{pipe.definition} files = ({listed})")

    def _one_by_one(self, pipe: Pipe, keys: list[str]) -> None:
        for key in keys:
            try:
                self._copy(pipe, [key])
                self.totals.loaded += 1
            except (ProgrammingError, DatabaseError) as error:
                _unless_away(error)
                self._record(pipe, key, str(error.msg))

    def _record(self, pipe: Pipe, key: str, reason: str) -> None:
        log.warning("%s was not loaded: %s", key, reason)
        self.totals.failed += 1
        warehouse = self.environment.warehouse
        warehouse.execute("select count(*) from table(information_schema.copy_history())")
        warehouse.execute(
            f"insert into {COPIES} select ?, ?, ?, 'Load failed', 0, ?, current_timestamp()",
            (key, pipe.table.upper().rpartition(".")[2], pipe.name, reason[:2000]),
        )


def _unless_away(error: Exception) -> None:
    """Raise again what is no fault of a file: the warehouse is away."""
    if isinstance(error, OperationalError):
        raise error


def _objects(body: str) -> list[tuple[str, str]]:
    """Return (bucket, key) of each created object in a notification, SNS envelope or not."""
    try:
        document = json.loads(body)
        if "Message" in document:
            document = json.loads(document["Message"])
        return [
            (
                str(record["s3"]["bucket"]["name"]),
                urllib.parse.unquote_plus(record["s3"]["object"]["key"]),
            )
            for record in document.get("Records", [])
            if "ObjectCreated" in record["eventName"]
        ]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        log.warning("a message that is no notification was dropped (%s): %.200r", error, body)
        return []


def main() -> None:
    """Run: ``python -m cartwheel.local.snowpipe HOME 0``."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s")
    runner = Runner(Files(Path(sys.argv[1])))

    def stop(*_: object) -> None:
        runner.stopping = True

    signal.signal(signal.SIGTERM, stop)
    runner.beat("the deployment")
    runner.run()


if __name__ == "__main__":
    main()
