"""After MiniStack was killed: deploy again, and say which records are gone."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from cartwheel import quarantine
from cartwheel.environment import Environment
from cartwheel.events import BY_STREAM, SEQUENCE_DIGITS
from cartwheel.local.files import Files
from cartwheel.warehouse import Warehouse


@dataclass(frozen=True)
class Put:
    """Records put on one shard since the last save."""

    stream: str
    shard: str
    first: str
    last: str
    count: int


def read_journal(files: Files) -> list[Put]:
    """Return the journal, one entry per stream and shard; a torn last line is left out."""
    if not files.journal.exists():
        return []
    by_shard: dict[tuple[str, str], Put] = {}
    for line in files.journal.read_text(encoding="utf-8").splitlines():
        try:
            put = Put(**json.loads(line))
        except (ValueError, TypeError):
            continue  # the kill came while this line was written: its put was not answered
        known = by_shard.get((put.stream, put.shard))
        if known is not None:
            put = Put(put.stream, put.shard, known.first, put.last, known.count + put.count)
        by_shard[put.stream, put.shard] = put
    return list(by_shard.values())


def mend(files: Files, say: Callable[[str], None]) -> None:
    """
    Bring back what a killed MiniStack lost, and say what cannot be brought back.

    The streams, queues and live counts are as of the last save. What is in S3 or in
    the warehouse is not touched; records in flight since the last save are gone.
    """
    environment = Environment("local", files.aws_config, files.connections, loopback_only=True)
    try:
        if not _was_deployed(environment.warehouse):
            return
        say("MiniStack had not been stopped cleanly: its streams and counts are as last saved.")
        from cartwheel.deploy import steps

        steps.deploy(environment, say=lambda _: None)
        say("The stack is deployed again.")
        for put in read_journal(files):
            say(_account(environment, put))
        files.journal.write_text("", encoding="utf-8")
    finally:
        environment.close()


def _was_deployed(warehouse: Warehouse) -> bool:
    found = warehouse.scalar(
        "select count(*) from information_schema.tables "
        "where table_schema = 'OPS' and table_name = 'MIGRATIONS'"
    )
    return bool(found)


def _account(environment: Environment, put: Put) -> str:
    table = BY_STREAM[put.stream].table
    first = put.first.zfill(SEQUENCE_DIGITS)
    rows = environment.warehouse.execute(
        "select count(distinct sequence_number), max(sequence_number) "
        f"from {table} where stream = ? and shard_id = ? and sequence_number >= ?",
        (put.stream, put.shard, first),
    )
    landed, last = int(rows[0][0]), rows[0][1]
    held = [
        entry.sequence_number.zfill(SEQUENCE_DIGITS)
        for entry in quarantine.entries(environment, put.stream)
        if entry.shard_id == put.shard
    ]
    held = [number for number in held if number >= first]
    gone = put.count - landed - len(held)
    where = f"{put.stream} {put.shard}"
    if gone <= 0:
        return f"{where}: all {put.count:,} records since the last save had landed."
    after = max([last or "", *held]).lstrip("0") or put.first
    return (
        f"{where}: {gone:,} of {put.count:,} records since the last save are gone: those after "
        f"sequence number {after} up to {put.last}. Send them again."
    )
