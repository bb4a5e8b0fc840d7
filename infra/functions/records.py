"""What the functions share: decode a batch of a stream, quarantine what does not fit."""

import base64
import json
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cartwheel.events import SEQUENCE_DIGITS, EventError, Kind, Lineage, decode

# A whole batch of poison, 5,000 records, is kept in some 10 s: far below a function's 120 s.
AT_ONCE = 16
log = logging.getLogger()


@dataclass(frozen=True)
class Decoded:
    """A valid record with where it came from."""

    event: Any
    lineage: Lineage


@dataclass(frozen=True)
class Rejected:
    """A record that is no event, with the reason and its original bytes."""

    lineage: Lineage
    partition_key: str
    reason: str
    payload: bytes


def decode_batch(kind: Kind, batch: dict[str, Any]) -> tuple[list[Decoded], list[Rejected]]:
    """Split a Kinesis batch, in stream order, into valid records and rejected ones."""
    good: list[Decoded] = []
    bad: list[Rejected] = []
    for record in batch["Records"]:
        kinesis = record["kinesis"]
        lineage = Lineage(
            stream=kind.stream,
            shard_id=record["eventID"].partition(":")[0],
            sequence_number=kinesis["sequenceNumber"].zfill(SEQUENCE_DIGITS),
            arrived_at=datetime.fromtimestamp(kinesis["approximateArrivalTimestamp"], UTC),
        )
        payload = base64.b64decode(kinesis["data"])
        try:
            record_id = f"{lineage.shard_id}:{kinesis['sequenceNumber']}"
            event = decode(kind, payload, lineage.arrived_at, record_id)
            good.append(Decoded(event, lineage))
        except EventError as error:
            bad.append(Rejected(lineage, kinesis["partitionKey"], str(error), payload))
        except Exception as error:
            # Decoding depends on the bytes alone: what fails once fails always, and raised it
            # would block its shard. It is a fault of ours all the same, so it is logged whole.
            log.exception("cannot decode %s %s", lineage.stream, kinesis["sequenceNumber"])
            reason = f"record: cannot be decoded ({type(error).__name__})"
            bad.append(Rejected(lineage, kinesis["partitionKey"], reason, payload))
    return good, bad


def quarantine(s3: Any, rejected: list[Rejected]) -> None:
    """
    Keep each rejected record with its reason and its original bytes.

    The key is made of stream, shard and sequence number, so that a retry or a second
    consumer overwrites the same object.
    """
    if rejected:
        with ThreadPoolExecutor(AT_ONCE) as threads:
            list(threads.map(lambda record: _keep(s3, record), rejected))


def _keep(s3: Any, record: Rejected) -> None:
    lineage = record.lineage
    number = lineage.sequence_number.lstrip("0") or "0"
    log.warning("quarantined %s %s: %s", lineage.stream, number, record.reason)
    document = {
        "stream": lineage.stream,
        "shard_id": lineage.shard_id,
        "sequence_number": number,
        "arrived_at": lineage.arrived_at.isoformat(),
        "partition_key": record.partition_key,
        "reason": record.reason,
        "payload": base64.b64encode(record.payload).decode(),
    }
    s3.put_object(
        Bucket=os.environ["LAKE_BUCKET"],
        Key=f"quarantine/{lineage.stream}/{lineage.shard_id}/{number}.json",
        Body=json.dumps(document).encode(),
    )
