"""Kinesis: what is on the streams, per shard."""

from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from cartwheel.environment import Environment
from cartwheel.errors import unknown
from cartwheel.events import BY_STREAM, SEQUENCE_DIGITS


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
        answer = client.get_records(ShardIterator=iterator, Limit=min(10_000, limit))
        yield from answer["Records"]
        limit -= len(answer["Records"])
        if not answer["Records"] and not answer["MillisBehindLatest"]:
            break
        iterator = answer.get("NextShardIterator")


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
