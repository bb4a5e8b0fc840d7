"""
Kinesis: what is on the streams, per shard.

A shard gives five answers and 2 MB a second to all that read it, the functions included. So
whoever looks pauses between two reads, and waits when Kinesis says that it was too much.
"""

import time
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError, unknown
from cartwheel.events import BY_STREAM, SEQUENCE_DIGITS

READ_RECORDS = 10_000  # at most in one answer
RECORD_BYTES = 1024 * 1024  # of a record, its partition key included
PUT_RECORDS, PUT_BYTES = 500, 5 * 1024 * 1024  # at most in one request
PATIENCE_SECONDS = 30.0  # with a shard that others read too


def shards(environment: Environment, stream: str) -> list[str]:
    """
    Return the shards of a stream.

    Raises
    ------
    UsageError
        If there is no stream of that name.
    """
    if stream not in BY_STREAM:
        raise unknown("stream", stream, BY_STREAM)
    pages = environment.client("kinesis").get_paginator("list_shards").paginate(StreamName=stream)
    return [shard["ShardId"] for page in pages for shard in page["Shards"]]


def each_record(
    environment: Environment, stream: str, shard: str, since: datetime, limit: int
) -> Iterator[dict[str, Any]]:
    """Give out a shard's records that arrived since an instant, the oldest first."""
    client = environment.client("kinesis")
    iterator = client.get_shard_iterator(
        StreamName=stream, ShardId=shard, ShardIteratorType="AT_TIMESTAMP", Timestamp=since
    )["ShardIterator"]
    while iterator and limit > 0:
        answer = _read(client, iterator, min(READ_RECORDS, limit))
        yield from answer["Records"]
        limit -= len(answer["Records"])
        if not answer["Records"] and not answer["MillisBehindLatest"]:
            break
        iterator = answer.get("NextShardIterator")
        time.sleep(environment.SHARD_PAUSE)


def _read(client: Any, iterator: str, limit: int) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            answer: dict[str, Any] = client.get_records(ShardIterator=iterator, Limit=limit)
            return answer
        except client.exceptions.ProvisionedThroughputExceededException:
            if time.monotonic() > deadline:
                raise
        time.sleep(1.0)


def records(
    environment: Environment, stream: str, shard: str, since: datetime, limit: int = 10_000
) -> list[dict[str, Any]]:
    """Return a shard's records that arrived since an instant, the oldest first."""
    return list(each_record(environment, stream, shard, since, limit))


def newest(environment: Environment, stream: str, since: datetime, limit: int = 5) -> pd.DataFrame:
    """
    Return the newest records of a stream.

    Returns
    -------
    DataFrame
        ``arrived_at``, ``shard_id``, ``partition_key``, ``record`` (text, at most 300
        characters), the newest first.
    """
    rows = []
    for shard in shards(environment, stream):
        every = each_record(environment, stream, shard, since, 1_000_000)
        newest_of_shard = deque(every, maxlen=limit)
        rows += [
            {
                "arrived_at": record["ApproximateArrivalTimestamp"].astimezone(UTC),
                "shard_id": shard,
                "partition_key": record["PartitionKey"],
                "record": record["Data"].decode(errors="replace")[:300],
                "place": record["SequenceNumber"].zfill(SEQUENCE_DIGITS),
            }
            for record in newest_of_shard
        ]
    columns = ["arrived_at", "shard_id", "partition_key", "record", "place"]
    frame = pd.DataFrame(rows, columns=columns)
    frame = frame.sort_values(["arrived_at", "place"], ascending=False).head(limit)
    return frame.drop(columns="place").reset_index(drop=True)


def put(environment: Environment, stream: str, records: list[dict[str, Any]]) -> None:
    """
    Put records on a stream, again what it did not take.

    Raises
    ------
    CartwheelError
        If it takes nothing for a while.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while records:
        size = 0
        batch: list[dict[str, Any]] = []
        for record in records[:PUT_RECORDS]:
            size += len(record["Data"]) + len(record["PartitionKey"].encode())
            if batch and size > PUT_BYTES:
                break
            batch.append(record)
        client = environment.client("kinesis")
        answer = client.put_records(StreamName=stream, Records=batch)
        results = zip(batch, answer["Records"], strict=True)
        left = [record for record, result in results if "ErrorCode" in result]
        records = left + records[len(batch) :]
        if len(left) < len(batch):
            deadline = time.monotonic() + PATIENCE_SECONDS
        elif time.monotonic() > deadline:
            raise CartwheelError(
                f"{stream} took nothing for {PATIENCE_SECONDS:.0f} s; {len(records):,} records "
                "were not sent. Send again: what arrived already is counted once."
            )
        else:
            time.sleep(1.0)
