"""What landed of each stream: how far behind each shard is, and what could not be loaded."""

from datetime import UTC, datetime
from typing import Any

import pandas as pd

from cartwheel.aws import kinesis
from cartwheel.environment import Environment
from cartwheel.events import BY_STREAM, SEQUENCE_DIGITS
from cartwheel.warehouse import Warehouse

_EVER = datetime(1970, 1, 1, tzinfo=UTC)


def shards(environment: Environment, since: datetime, limit: int = 100_000) -> pd.DataFrame:
    """
    Look at every shard of every stream.

    Parameters
    ----------
    since
        Look at what arrived from this instant on.
    limit
        Records to look at per shard, the oldest first.

    Returns
    -------
    DataFrame
        A row per shard: ``stream``, ``shard_id``, ``count_records`` and
        ``records_per_second`` over the time between the first and the last record,
        ``holds_since`` (arrival of the oldest record that the stream still has),
        ``newest_at``, ``lag_seconds`` (from the arrival of the oldest record that has not landed
        to that of the newest record on the shard).
    """
    landed = {
        (row.stream, row.shard_id): row.sequence_number
        for row in environment.warehouse.query_file("delivery/shards").itertuples()
    }
    rows = []
    for stream in BY_STREAM:
        for shard in kinesis.shards(environment, stream):
            found = kinesis.records(environment, stream, shard, since, limit)
            oldest = kinesis.records(environment, stream, shard, _EVER, 1)
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


def load_failures(warehouse: Warehouse) -> pd.DataFrame:
    """
    Return the files that Snowpipe could not load in the last two weeks.

    Returns
    -------
    DataFrame
        ``file_name``, ``table_name``, ``status``, ``first_error_message``,
        ``last_load_time``.
    """
    return warehouse.query_file("delivery/load_failures")
