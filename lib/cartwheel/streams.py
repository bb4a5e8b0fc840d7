"""Kinesis: what is on the streams, per shard."""

from datetime import UTC, datetime
from typing import Any

import pandas as pd

from cartwheel.environment import Environment
from cartwheel.errors import unknown
from cartwheel.events import BY_STREAM, SEQUENCE_DIGITS
from cartwheel.warehouse import Warehouse

_EVER = datetime(1970, 1, 1, tzinfo=UTC)


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


def records(
    environment: Environment, stream: str, shard: str, since: datetime, limit: int = 10_000
) -> list[dict[str, Any]]:
    """Return a shard's records that arrived since an instant, the oldest first."""
    client = environment.client("kinesis")
    iterator = client.get_shard_iterator(
        StreamName=stream, ShardId=shard, ShardIteratorType="AT_TIMESTAMP", Timestamp=since
    )["ShardIterator"]
    found: list[dict[str, Any]] = []
    while iterator and len(found) < limit:
        answer = client.get_records(ShardIterator=iterator, Limit=min(10_000, limit - len(found)))
        found += answer["Records"]
        if not answer["Records"] and not answer["MillisBehindLatest"]:
            break
        iterator = answer.get("NextShardIterator")
    return found


def inspect(environment: Environment, since: datetime, limit: int = 100_000) -> pd.DataFrame:
    """
    Look at every shard of every stream.

    Parameters
    ----------
    since
        Look at what arrived from this instant on.
    most
        Records to look at per shard, the oldest first.

    Returns
    -------
    DataFrame
        A row per shard: ``stream``, ``shard_id``, ``count_records`` and
        ``records_per_second`` over the time between the first and the last record,
        ``holds_since`` (arrival of the oldest record that the stream still has),
        ``newest_at``, ``lag_seconds`` (from the arrival of the newest landed record to that
        of the newest record on the shard).
    """
    landed = {
        (str(row[0]), str(row[1])): row[2]
        for stream, kind in BY_STREAM.items()
        for row in environment.warehouse.execute(
            f"select stream, shard_id, max(sequence_number) from {kind.table} "
            "where stream = ? group by stream, shard_id",
            (stream,),
        )
    }
    rows = []
    for stream in BY_STREAM:
        for shard in shards(environment, stream):
            found = records(environment, stream, shard, since, limit)
            oldest = records(environment, stream, shard, _EVER, 1)
            rows.append(_shard_row(stream, shard, oldest, found, landed.get((stream, shard))))
    return pd.DataFrame(rows)


def _shard_row(
    stream: str,
    shard: str,
    oldest: list[dict[str, Any]],
    found: list[dict[str, Any]],
    landed: str | None,
) -> dict[str, Any]:
    since = [record["ApproximateArrivalTimestamp"].astimezone(UTC) for record in oldest]
    times = [record["ApproximateArrivalTimestamp"] for record in found]
    seconds = (times[-1] - times[0]).total_seconds() if len(times) > 1 else 0.0
    behind = [
        record["ApproximateArrivalTimestamp"]
        for record in found
        if record["SequenceNumber"].zfill(SEQUENCE_DIGITS) > (landed or "")
    ]
    return {
        "stream": stream,
        "shard_id": shard,
        "count_records": len(found),
        "records_per_second": len(found) / seconds if seconds else None,
        "holds_since": since[0] if since else None,
        "newest_at": times[-1].astimezone(UTC) if times else None,
        "lag_seconds": (times[-1] - behind[0]).total_seconds() if behind else 0.0,
    }


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
        newest_of_shard = records(environment, stream, shard, since, 1_000_000)[-limit:]
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


def load_failures(warehouse: Warehouse) -> pd.DataFrame:
    """
    Return the files that Snowpipe could not load in the last two weeks.

    Returns
    -------
    DataFrame
        ``file_name``, ``table_name``, ``status``, ``first_error_message``,
        ``last_load_time``.
    """
    found = [
        warehouse.query(
            "select file_name, table_name, status, first_error_message, last_load_time "
            f"from table(information_schema.copy_history(table_name => '{kind.table}', "
            "start_time => dateadd('day', -14, current_timestamp()))) "
            "where table_name = ? and status ilike '%fail%' order by last_load_time",
            (kind.table.partition(".")[2],),
        )
        for kind in BY_STREAM.values()
    ]
    return pd.concat(found, ignore_index=True)
