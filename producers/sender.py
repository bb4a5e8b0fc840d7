"""
The sender: batches for Kinesis, retries of only what failed, an exact account.

PutRecords takes 500 records or 5 MiB, a record at most 1 MiB with its partition key. Each
stream has one request in flight, so that no stream waits for another. The order of a stream
is that of the messages as long as every record is taken at once: what Kinesis did not take of
a batch is sent again behind the rest of it, and nothing downstream relies on the order.
"""

import random
import signal
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from cartwheel.errors import CartwheelError
from tqdm import tqdm

from producers.message import Message

BATCH_RECORDS = 500
BATCH_BYTES = 5 * 1024 * 1024
RECORD_BYTES = 1024 * 1024
# Attempts in a row that deliver nothing before the sender gives up.
FRUITLESS_ATTEMPTS = 10
LONGEST_PAUSE = 5.0
# A paced sender holds a record back for so long, to send it in company.
LINGER_SECONDS = 0.1
REQUESTS_IN_FLIGHT = 8


@dataclass
class Account:
    """
    What became of the records, per stream; ``refused`` were larger than 1 MiB.

    ``behind`` is the longest that a paced record was acknowledged after it was due, in seconds.
    """

    sent: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)
    retried: int = 0
    interrupted: bool = False
    behind: float = 0.0

    def __str__(self) -> str:
        parts = [f"{stream}={number}" for stream, number in sorted(self.sent.items())]
        return " ".join(parts) or "nothing"


class _GivenUpError(Exception):
    """A stream does not take a batch: why, and what that means for the batch."""

    def __init__(self, reason: str, rest: str) -> None:
        super().__init__(reason)
        self.reason, self.rest = reason, rest


@dataclass
class _Batch:
    records: list[dict[str, Any]] = field(default_factory=list)
    size: int = 0
    since: float = 0.0
    due: float | None = None


class Sender:
    """
    Sends messages to their streams.

    Parameters
    ----------
    client
        A boto3 Kinesis client.
    speed
        Multiple of the pace at which things happened; None for as fast as possible.
    progress
        Show a progress bar.
    """

    def __init__(self, client: Any, speed: float | None = None, *, progress: bool = True) -> None:
        self._client = client
        self._speed = speed
        self._progress = progress
        self._batches: dict[str, _Batch] = {}
        self._stop = False
        self._due: float | None = None
        self._flights: dict[str, Future[None]] = {}
        self._counting = Lock()
        self.account = Account()

    def send(self, messages: Iterable[Message], total: int | None = None) -> Account:
        """
        Send all messages; on Ctrl-C finish the batch in flight and stop.

        Parameters
        ----------
        total
            Their number, for the progress bar.

        Returns
        -------
        Account
            Exactly what was acknowledged by the streams.

        Raises
        ------
        CartwheelError
            If a stream does not take records any more; the message holds the account.
        """
        try:
            with (
                self._interruptible(),
                self._bar(total) as self._shown,
                ThreadPoolExecutor(REQUESTS_IN_FLIGHT, "sender") as self._pool,
            ):
                self._send(messages)
        except _GivenUpError as failure:  # by now, every other request has been answered
            text = f"{failure.reason} Sent so far: {self.account}. {failure.rest}".strip()
            raise CartwheelError(text) from failure.__cause__
        self.account.interrupted = self._stop
        return self.account

    def _send(self, messages: Iterable[Message]) -> None:
        for message in self._paced(messages):
            if self._stop:
                break
            self._add(message)
        while self._batches and not self._stop:
            self._flush(next(iter(self._batches)))
        for stream in list(self._flights):
            self._land(stream)

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        def stop(*_: object) -> None:
            self._stop = True

        ends = (signal.SIGINT, signal.SIGTERM)
        before = [signal.signal(end, stop) for end in ends]
        try:
            yield
        finally:
            for end, handler in zip(ends, before, strict=True):
                signal.signal(end, handler)

    def _bar(self, total: int | None) -> Any:
        return tqdm(
            total=total, unit=" records", unit_scale=True, disable=not self._progress, smoothing=0.1
        )

    def _paced(self, messages: Iterable[Message]) -> Iterator[Message]:
        """Hold each message back until it is due."""
        if self._speed is None:
            yield from messages
            return
        start: float | None = None  # when the source's time zero is, once the first one is there
        for message in messages:
            if start is None:
                start = time.monotonic() - message.at / self._speed
            self._due = due = start + message.at / self._speed
            while not self._stop and (wait := due - time.monotonic()) > 0:
                self._flush_overdue()
                time.sleep(min(wait, LINGER_SECONDS / 2))
            self._flush_overdue()
            yield message

    def _flush_overdue(self) -> None:
        now = time.monotonic()
        for stream, batch in list(self._batches.items()):
            if now - batch.since >= LINGER_SECONDS and not self._stop:
                self._flush(stream)

    def _add(self, message: Message) -> None:
        size = len(message.data) + len(message.partition_key.encode())
        if size > RECORD_BYTES:
            self.account.refused.append(
                f"{message.stream} {message.partition_key}: {size:,} bytes, 1 MiB is allowed"
            )
            return
        batch = self._batches.get(message.stream)
        if batch and (len(batch.records) >= BATCH_RECORDS or batch.size + size > BATCH_BYTES):
            self._flush(message.stream)
            batch = None
        if batch is None:
            batch = self._batches[message.stream] = _Batch(since=time.monotonic(), due=self._due)
        batch.records.append({"Data": message.data, "PartitionKey": message.partition_key[:256]})
        batch.size += size

    def _flush(self, stream: str) -> None:
        """Let a stream's batch go when the one before it has arrived."""
        self._land(stream)
        if not self._stop:
            batch = self._batches.pop(stream)
            self._flights[stream] = self._pool.submit(self._deliver, stream, batch)

    def _land(self, stream: str) -> None:
        flight = self._flights.pop(stream, None)
        if flight is not None:
            flight.result()

    def _deliver(self, stream: str, batch: _Batch) -> None:
        """Send one stream's batch until every record of it is acknowledged."""
        records, fruitless = batch.records, 0
        while records:
            left = self._put(stream, records)
            delivered = len(records) - len(left)
            self._count(stream, delivered, len(left), batch.due)
            if not left:
                return
            fruitless = 0 if delivered else fruitless + 1
            if fruitless == FRUITLESS_ATTEMPTS:
                raise _GivenUpError(
                    f"{stream} took nothing {fruitless} times in a row.",
                    f"{len(left)} records of the batch in flight were not taken.",
                )
            time.sleep(random.uniform(0, min(LONGEST_PAUSE, 0.1 * 2**fruitless)))
            records = left

    def _count(self, stream: str, delivered: int, left: int, due: float | None) -> None:
        with self._counting:
            self.account.sent[stream] += delivered
            self.account.retried += left
            self._shown.update(delivered)
            if due is not None and not left:
                self.account.behind = max(self.account.behind, time.monotonic() - due)

    def _put(self, stream: str, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Put a batch and return what was not taken."""
        try:
            answer = self._client.put_records(StreamName=stream, Records=records)
        except (BotoCoreError, ClientError) as error:
            if "ResourceNotFoundException" in str(error):
                raise _GivenUpError(
                    f"There is no stream {stream}: run 'cartwheel deploy' first.", ""
                ) from None
            raise _GivenUpError(
                f"{stream} cannot be reached: {error}.",
                f"Whether the {len(records)} records in flight arrived is unknown; they can be "
                "sent again, since a repeated event is counted once.",
            ) from error
        if not answer["FailedRecordCount"]:
            return []
        results = zip(records, answer["Records"], strict=True)
        return [record for record, result in results if "ErrorCode" in result]
