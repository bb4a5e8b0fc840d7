"""What landed of each stream: how far behind each shard is, and what could not be loaded."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd

from cartwheel.aws import kinesis, live_counts
from cartwheel.display import current
from cartwheel.environment import Environment
from cartwheel.events import BY_STREAM, SEQUENCE_DIGITS
from cartwheel.finding import Finding, counted
from cartwheel.warehouse import Warehouse

LIMIT = 100_000  # records of a shard that are counted
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


def shards(environment: Environment, since: datetime, limit: int = LIMIT) -> pd.DataFrame:
    """
    Look at every shard of every stream.

    Parameters
    ----------
    since
        Look at what arrived from this instant on.
    limit
        Records to count per shard, the oldest first.

    Returns
    -------
    DataFrame
        A row per shard: ``stream``, ``shard_id``, ``count_records`` and
        ``records_per_second`` over the time between the first and the last record,
        ``holds_since`` (arrival of the oldest record that the stream still has),
        ``newest_at``, ``lag_seconds`` (from the arrival of the oldest record that has not landed
        to that of the newest record on the shard), ``is_cut`` (there are more records than
        the limit; what follows from the newest is null then).
    """
    landed = {
        (row.stream, row.shard_id): row.sequence_number
        for row in environment.warehouse.query_file("delivery/shards").itertuples()
    }
    rows = []
    for stream in BY_STREAM:
        for shard in kinesis.shards(environment, stream):
            oldest = kinesis.records(environment, stream, shard, _EVER, 1)
            seen = _Seen(landed.get((stream, shard)) or "")
            for record in kinesis.each_record(environment, stream, shard, since, limit + 1):
                seen.look(record)
            rows.append(
                {"stream": stream, "shard_id": shard, **seen.row(limit)}
                | {"holds_since": oldest[0]["ApproximateArrivalTimestamp"] if oldest else None}
            )
    columns = [
        "stream", "shard_id", "count_records", "records_per_second", "holds_since", "newest_at",
        "lag_seconds", "is_cut",
    ]  # fmt: skip
    frame = pd.DataFrame(rows)[columns]
    times = ["holds_since", "newest_at"]
    return frame.assign(**{name: pd.to_datetime(frame[name], utc=True) for name in times})


class _Seen:
    """What was seen of a shard, record by record: of a full stream not all can be kept."""

    def __init__(self, landed: str) -> None:
        self._landed = landed
        self._count = 0
        self._first: datetime | None = None
        self._last: datetime | None = None
        self._behind: datetime | None = None

    def look(self, record: dict[str, Any]) -> None:
        """Take a record into account."""
        at = record["ApproximateArrivalTimestamp"]
        self._count += 1
        self._first, self._last = self._first or at, at
        if record["SequenceNumber"].zfill(SEQUENCE_DIGITS) > self._landed:
            self._behind = self._behind or at

    def row(self, limit: int) -> dict[str, Any]:
        """Return the shard's numbers."""
        is_cut = self._count > limit
        first, last = self._first, None if is_cut else self._last
        seconds = (last - first).total_seconds() if first and last else 0.0
        lag = (last - self._behind).total_seconds() if self._behind and last else 0.0
        return {
            "count_records": min(self._count, limit),
            "records_per_second": self._count / seconds if seconds else None,
            "newest_at": last,
            "lag_seconds": None if is_cut else lag,
            "is_cut": is_cut,
        }


def caption(found: pd.DataFrame, minutes: int) -> str:
    """Return the caption of the table of the shards: it says if there was more to count."""
    text = f"What arrived in the last {minutes} minutes"
    if not found["is_cut"].any():
        return text
    return (
        f"{text}: at least so many records; counting ends at {LIMIT:,} a shard, and what is cut "
        "has no rate, newest record and lag. Look back less far for these"
    )


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


def set_aside(warehouse: Warehouse) -> pd.DataFrame:
    """
    Return the values that were not believed, by field and rule, the most frequent first.

    Returns
    -------
    DataFrame
        ``stream``, ``field``, ``rule``, ``count_events``, ``example``.
    """
    return warehouse.query_file("delivery/set_aside")


def live_beside_raw(environment: Environment, minutes: int, now: datetime | None = None) -> Finding:
    """
    Compare the live counts of the last minutes with RAW, of the products clicked most.

    Parameters
    ----------
    minutes
        By the clicks' own times, without the one that runs: its clicks may be on their way.

    Returns
    -------
    Finding
        Rows: ``product_id``, ``product_name``, ``live`` and ``in_raw`` clicks, the most first;
        at most ten.
    """
    until = (now or datetime.now(UTC)).replace(second=0, microsecond=0)
    since = until - timedelta(minutes=minutes)
    rows = environment.warehouse.query_file("delivery/clicked", since=since, until=until)
    last = until - timedelta(minutes=1)
    live = live_counts.of_last(environment, rows["product_id"], last, minutes)
    rows = rows.rename(columns={"count_clicks": "in_raw"})
    rows.insert(2, "live", pd.Series(live, dtype="int64").to_numpy())
    within = f"in the {counted(minutes, 'minute')} before {current().time_of_day(until)}"
    if rows.empty:
        return Finding(f"No product was clicked {within}", rows)
    differing = int((rows["live"] != rows["in_raw"]).sum())
    if not differing:
        verb = "is" if len(rows) == 1 else "are each"
        text = f"{counted(len(rows), 'product')} {verb} counted live as in RAW {within}"
    else:
        verb = "is" if differing == 1 else "are"
        text = (
            f"Of {counted(len(rows), 'product')}, {differing:,} {verb} counted live otherwise than "
            f"in RAW {within}"
        )
    return Finding(text, rows)
