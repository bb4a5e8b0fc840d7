"""What did not validate, and batches that were given up: list, look at, send again."""

import base64
import re
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from cartwheel.aws import kinesis, lake
from cartwheel.delivery import batches
from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError, UsageError, unknown
from cartwheel.events import BY_STREAM, SEQUENCE_DIGITS, EventError, decode

PREFIX = "quarantine/"
RESENT_PREFIX = "quarantine-resent/"
KEY_PARTS = 4


AT_ONCE = 16  # objects read at a time
# What differs between records that one fault broke: the value, and the place of a fault in it.
_OF_ONE_RECORD = re.compile(r", got .*$| \((?:byte|char|line) [^)]*\)", re.S)


@dataclass(frozen=True)
class Reason:
    """A reason of quarantine: how many records of a stream it has, and one of them."""

    stream: str
    reason: str
    count: int
    count_resent: int
    example: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """A quarantined record: ``quarantine/<stream>/<shard>/<sequence>.json``."""

    key: str
    stream: str
    shard_id: str
    sequence_number: str
    resent: bool


class Quarantined(msgspec.Struct, frozen=True, kw_only=True):
    """The document of a quarantined record; ``payload`` are its original bytes, base64."""

    stream: str
    shard_id: str
    sequence_number: str
    arrived_at: str
    partition_key: str
    reason: str
    payload: str

    def original(self) -> bytes:
        """Return the record's original bytes."""
        try:
            return base64.b64decode(self.payload, validate=True)
        except ValueError as error:
            raise CartwheelError(f"The payload is not base64: {error}.") from None


def entries(environment: Environment, stream: str | None = None) -> list[Entry]:
    """
    Return what is in quarantine, of one stream or of all.

    Raises
    ------
    UsageError
        If there is no stream of that name.
    """
    if stream is not None and stream not in BY_STREAM:
        raise unknown("stream", stream, BY_STREAM)
    folder = f"{stream}/" if stream else ""
    resent = {o.key for o in lake.objects(environment, RESENT_PREFIX + folder)}
    found = []
    for item in lake.objects(environment, PREFIX + folder):
        parts = item.key.split("/")
        if len(parts) != KEY_PARTS:
            continue  # not put there by a function
        _, name, shard, file = parts
        is_resent = item.key.replace(PREFIX, RESENT_PREFIX, 1) in resent
        found.append(Entry(item.key, name, shard, file.removesuffix(".json"), is_resent))
    return found


def reasons(environment: Environment, stream: str | None = None) -> list[Reason]:
    """
    Group what is in quarantine by its reason, the most frequent first.

    A reason is the field and the rule that it breaks; ``example`` is the whole text of one
    record, ``keys`` are those that were not resent.
    """
    found = entries(environment, stream)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        texts = list(threads.map(lambda entry: show(environment, entry.key).reason, found))
    groups: defaultdict[tuple[str, str], list[tuple[Entry, str]]] = defaultdict(list)
    for entry, text in zip(found, texts, strict=True):
        groups[entry.stream, _OF_ONE_RECORD.sub("", text)].append((entry, text))
    grouped = [
        Reason(
            name, reason, len(those), sum(entry.resent for entry, _ in those), those[0][1],
            tuple(entry.key for entry, _ in those if not entry.resent),
        )
        for (name, reason), those in groups.items()
    ]  # fmt: skip
    return sorted(grouped, key=lambda each: (-each.count, each.stream, each.reason))


def with_reason(environment: Environment, reason: str, stream: str | None = None) -> list[str]:
    """
    Return the keys of a reason's records that were not resent yet.

    Raises
    ------
    UsageError
        If no record is in quarantine for it.
    """
    known = reasons(environment, stream)
    keys = [key for each in known if each.reason == reason for key in each.keys]
    if not keys and reason not in {each.reason for each in known}:
        raise unknown("reason", reason, [each.reason for each in known])
    return keys


def count_between(environment: Environment, batch: batches.Batch) -> int:
    """Return how many records of a batch are in quarantine."""
    folder = f"{PREFIX}{batch.stream}/{batch.shard_id}/"
    numbers = [
        item.key.removeprefix(folder).removesuffix(".json").zfill(SEQUENCE_DIGITS)
        for item in lake.objects(environment, folder)
    ]
    return sum(batch.first <= number <= batch.last for number in numbers)


def show(environment: Environment, key: str) -> Quarantined:
    """
    Return a quarantined record.

    Raises
    ------
    UsageError
        If there is no such object.
    """
    if not key.startswith(PREFIX):
        raise UsageError(
            f"{key!r} is not in quarantine: keys begin with {PREFIX!r}, those of batches that were "
            f"given up with {batches.PREFIX!r}."
        )
    content = batches.kept(environment, key)
    try:
        return msgspec.json.decode(content, type=Quarantined)
    except msgspec.DecodeError as error:
        raise CartwheelError(f"{key} is not a quarantined record: {error}.") from None


def resend(environment: Environment, key: str, edited: bytes | None = None) -> dict[str, Any]:
    """
    Put a quarantined record back on its stream, and record that it was.

    Parameters
    ----------
    edited
        The corrected record, or None for the original bytes.

    Returns
    -------
    dict
        Stream, shard and sequence number it has now; of a batch stream and count.

    Raises
    ------
    UsageError
        If the edited record does not validate either.
    """
    if key.startswith(batches.PREFIX):
        if edited is not None:
            raise UsageError(f"{key} is a batch, not edited but resent whole. Leave out --edited.")
        return _resend_batch(environment, key)
    record = show(environment, key)
    if record.stream not in BY_STREAM:
        raise UsageError(f"{key} is of the stream {record.stream!r}, which is not one of ours.")
    payload = record.original() if edited is None else edited
    if edited is not None:
        try:
            decode(BY_STREAM[record.stream], edited, datetime.now(UTC), record.sequence_number)
        except EventError as error:
            raise UsageError(f"The edited record does not validate: {error}") from None
    if len(payload) + len(record.partition_key.encode()) > kinesis.RECORD_BYTES:
        raise UsageError(f"The record has {len(payload):,} bytes; Kinesis takes 1 MiB at most.")
    answer = environment.client("kinesis").put_record(
        StreamName=record.stream, Data=payload, PartitionKey=record.partition_key
    )
    receipt = {
        "resent_at": datetime.now(UTC).isoformat(),
        "edited": edited is not None,
        "stream": record.stream,
        "shard_id": answer["ShardId"],
        "sequence_number": answer["SequenceNumber"],
        "payload": base64.b64encode(payload).decode(),
    }
    target = key.replace(PREFIX, RESENT_PREFIX, 1)
    lake.write(environment, target, msgspec.json.encode(receipt))
    return receipt


def _resend_batch(environment: Environment, key: str) -> dict[str, Any]:
    """Put a batch that Lambda gave up back on its stream, and record that it was."""
    records = batches.records(environment, key)
    batch = batches.show(environment, key)
    kinesis.put(environment, batch.stream, records)
    receipt = {
        "resent_at": datetime.now(UTC).isoformat(),
        "stream": batch.stream,
        "count": len(records),
    }
    target = batches.RESENT_PREFIX + key.removeprefix(batches.PREFIX)
    lake.write(environment, target, msgspec.json.encode(receipt))
    return receipt
