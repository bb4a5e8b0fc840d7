"""A world's files that are loaded past the streams make the rows that streaming makes."""

import json
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cartwheel.cli.load import load as load_command
from cartwheel.delivery import loading, quarantine, reconciliation
from cartwheel.environment import Environment
from cartwheel.errors import UsageError
from cartwheel.events import KINDS, TELEMETRY
from click.testing import CliRunner

from producers import output
from producers.message import Message
from producers.output import write
from producers.sender import Sender
from producers.simulate import messages
from producers.simulate.settings import make

LINEAGE = {
    "stream", "shard_id", "sequence_number", "arrived_at", "file_name", "file_row", "loaded_at",
}  # fmt: skip
WORLD = {"trucks": 3, "customers": 60, "days": 1, "seed": 411}


def rows(environment: Environment, table: str, where: str) -> list[str]:
    """Return the rows of a table without their lineage, in an order of their own."""
    found = environment.warehouse.query(f"select * from {table} where {where}")
    kept = [name for name in found.columns if name not in LINEAGE]
    return sorted(json.dumps(row, default=str) for row in found[kept].values.tolist())


def test_loaded_rows_are_those_that_streaming_makes(
    environment: Environment, tmp_path: Path
) -> None:
    """Of every stream, repetitions and what does not validate with them; the counts add up."""
    broken = Message(TELEMETRY.stream, "T", b'{"truck_id": "T"', 0)
    world = [*messages(make(WORLD, "here")), broken]
    before = reconciliation.take(environment)
    sent = Sender(environment.client("kinesis"), progress=False).send(world).sent
    entries = reconciliation.wait_until_balanced(environment, sent, 120, before)
    assert all(entry.balanced for entry in entries), reconciliation.as_table(entries)
    write(world, tmp_path, progress=False)
    streamed = len(quarantine.entries(environment))
    told: list[int] = []
    done = loading.load(environment, tmp_path, told.append)
    assert sum(told) == len(world)
    assert {one.stream: one.rows + one.quarantined for one in done} == dict(sent)
    for kind in KINDS.values():
        ids = f"event_id in (select event_id from {kind.table} where shard_id like 'load-%')"
        loaded = rows(environment, kind.table, "shard_id like 'load-%'")
        assert loaded and loaded == rows(
            environment, kind.table, f"shard_id not like 'load-%' and {ids}"
        )
    bad = sum(one.quarantined for one in done)
    assert bad == 1 and len(quarantine.entries(environment)) == streamed + 1
    after = reconciliation.wait_until_balanced(environment, {}, 60)
    assert all(entry.balanced for entry in after), reconciliation.as_table(after)


def test_parquet_holds_the_records_of_the_lines(
    environment: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written in row groups and loaded in blocks that do not meet: the same rows in RAW."""
    monkeypatch.setattr(output, "_ROWS", 700)
    monkeypatch.setattr(loading, "LINES", 1000)
    world = [
        made for made in messages(make(WORLD | {"seed": 412}, "here"))
        if made.stream == TELEMETRY.stream
    ]  # fmt: skip
    (tmp_path / "lines").mkdir()
    (tmp_path / "rows").mkdir()
    write(world, tmp_path / "lines", progress=False)
    assert write(world, tmp_path / "rows", "parquet", progress=False).total() == len(world)
    lines = (tmp_path / "lines" / f"{TELEMETRY.stream}.ndjson").read_bytes().splitlines()
    table = pq.read_table(tmp_path / "rows" / f"{TELEMETRY.stream}.parquet")
    assert table.column("data").to_pylist() == lines
    assert table.column("partition_key").to_pylist() == [made.partition_key for made in world]
    first = loading.load(environment, tmp_path / "lines", lambda _: None)
    second = loading.load(environment, tmp_path / "rows", lambda _: None)
    assert first == second
    own = "select distinct shard_id from raw.truck_telemetry where event_id = ? order by 1"
    shards = environment.warehouse.query(own, [json.loads(lines[0])["event_id"]])["shard_id"]
    assert len(shards) == 2
    one, two = (rows(environment, TELEMETRY.table, f"shard_id = '{shard}'") for shard in shards)
    assert one == two and len(one) == first[0].rows > 4000


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "holds no file of ClickDataStream, "),
        (
            {"ClickDataStream.ndjson": b"", "ClickDataStream.parquet": b""},
            "holds ClickDataStream.ndjson and ClickDataStream.parquet, the same stream twice",
        ),
        ({"TruckTelemetry.parquet": b"{}"}, "TruckTelemetry.parquet is not Parquet: "),
        (
            {"TruckTelemetry.parquet": {"truck": ["T1"], "data": [7]}},
            "a column data with the records as they are sent is needed, got truck, data.",
        ),
    ],
)
def test_what_cannot_be_loaded_is_told(
    environment: Environment, tmp_path: Path, files: dict[str, Any], said: str
) -> None:
    """Which file, what is needed and what writes it; the command ends with status 2."""
    for name, content in files.items():
        if isinstance(content, bytes):
            (tmp_path / name).write_bytes(content)
        else:
            pq.write_table(pa.table(content), tmp_path / name)
    with pytest.raises(UsageError, match=re.escape(said)):
        loading.load(environment, tmp_path, lambda _: None)
    done = CliRunner().invoke(load_command, [str(tmp_path)])
    assert done.exception is not None and said in str(done.exception)
