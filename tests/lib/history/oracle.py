"""
The history of RAW rows in plain Python, without a line of the library's: what the SQL
must equal. And the dimensions, rows and loads that the tests of the history share.
"""

import dataclasses
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from cartwheel.history import DIMENSIONS, Dimension
from cartwheel.history.declaration import Same, Source
from cartwheel.warehouse import Warehouse

START, ARRIVAL = datetime(2026, 3, 1), datetime(2026, 6, 1)
TELEMETRY, OPERATIONS, SHELVES = "raw.truck_telemetry", "raw.operations", "raw.shelf_events"
# A key of two columns, with deletions: no dimension that ships has one.
SHELF = Dimension(
    name="SHELF",
    title="What stands on a shelf",
    key=("aisle", "place"),
    sources=(
        Source(
            table=SHELVES,
            columns={"product": Same("product"), "weight": Same("weight")},
            deleted_when="removed",
        ),
    ),
)
_SHELF_TABLES = """
create table raw.shelf_events (
    event_id varchar, aisle varchar, place varchar, event_timestamp timestamp_ntz,
    product varchar, weight float, removed boolean, stream varchar, shard_id varchar,
    sequence_number varchar, arrived_at timestamp_ntz, file_name varchar, file_row number,
    loaded_at timestamp_ltz
);
create table core.shelf (
    aisle varchar, place varchar, effective_from timestamp_ntz, effective_to timestamp_ntz,
    is_current boolean, load_timestamp timestamp_ntz, product varchar, weight float
);
create table core.shelf_new_times (
    aisle varchar, place varchar, happened_at timestamp_ntz, last_at timestamp_ntz,
    changed_at timestamp_ntz, is_open boolean, is_deleted boolean, product varchar, weight float
);
create table core.shelf_regions (
    aisle varchar, place varchar, region_from timestamp_ntz, region_to timestamp_ntz,
    product varchar, weight float
);
create table core.shelf_changed (file_name varchar);
create table core.shelf_lock (merge_id varchar);
insert into core.shelf_lock (merge_id) select null
"""
_PLACES: dict[tuple[str, str], dict["Row", int]] = {}
# What a row of RAW must have, whatever the test is about.
_CONSTANTS: dict[str, dict[str, Any]] = {
    TELEMETRY: {},
    OPERATIONS: {"operation": "truck_service"},
    SHELVES: {},
}


@dataclasses.dataclass(frozen=True)
class Row:
    """A row of RAW: its table, its key, its time, what it says, its lineage."""

    table: str
    file: str
    key: tuple[str, ...]
    at: datetime
    says: tuple[tuple[str, Any], ...]
    sequence: int
    shard: str = "shard-0"

    @property
    def arrived(self) -> datetime:
        return ARRIVAL + timedelta(seconds=self.sequence)

    @property
    def rank(self) -> tuple[str, ...]:
        return (str(self.sequence).zfill(60), self.shard, f"event-{self.sequence}", self.file)


def reading(
    minute: float, speed: float | None, sequence: int, file: str = "file-0", truck: str = "a"
) -> Row:
    """Return a truck's reading of its speed, some minutes after the tests' start."""
    at = START + timedelta(minutes=minute)
    return Row(TELEMETRY, file, (truck,), at, (("vehicle_speed", speed),), sequence)


def make_shelf(warehouse: Warehouse) -> None:
    """Make what the dimension of the tests needs."""
    for statement in _SHELF_TABLES.split(";"):
        warehouse.execute(statement)


def load(warehouse: Warehouse, dimension: Dimension, rows: Iterable[Row]) -> None:
    """Insert rows as loads do: in one statement a table, committed."""
    by_table: dict[str, list[Row]] = {}
    for row in rows:
        by_table.setdefault(row.table, []).append(row)
    for table, these in by_table.items():
        names = list(dict.fromkeys(name for row in these for name, _ in row.says))
        records = [_record(dimension, table, row, names) for row in these]
        marks = ", ".join("?" for _ in records[0])
        warehouse.execute(
            f"insert into {table} ({', '.join(records[0])}, loaded_at) values "
            + ", ".join(f"({marks}, current_timestamp())" for _ in records),
            [value for record in records for value in record.values()],
        )


def _record(dimension: Dimension, table: str, row: Row, names: list[str]) -> dict[str, Any]:
    return {
        "event_id": f"event-{row.sequence}",
        **dict(zip(dimension.key, row.key, strict=True)),
        "event_timestamp": row.at.isoformat(),
        **{name: dict(row.says).get(name) for name in names},
        **_CONSTANTS[table],
        "stream": "a-stream",
        "shard_id": row.shard,
        "sequence_number": str(row.sequence).zfill(60),
        "arrived_at": row.arrived.isoformat(),
        "file_name": row.file,
        "file_row": place(row),
    }


def place(row: Row) -> int:
    """Return the number that a row has in its file, the same whenever it is loaded."""
    places = _PLACES.setdefault((row.table, row.file), {})
    return places.setdefault(row, len(places) + 1)


def _band(value: float | None, edges: list[float], names: list[str]) -> str | None:
    return None if value is None else names[sum(value >= edge for edge in edges)]


def _state(dimension: Dimension, row: Row) -> dict[str, Any]:
    """What a row says of the tracked columns."""
    says = dict(row.says)
    if dimension.name != "TRUCK_STATUS":
        source = next(s for s in dimension.sources if s.table == row.table)
        return {name: says.get(name) for name in source.columns}
    if row.table == OPERATIONS:
        return {"in_service": says["service"] == "in_service"}
    tyres = ["front_left", "front_right", "rear_left", "rear_right"]
    bands = {
        f"tire_band_{tyre}": _band(
            says.get(f"tire_pressure_{tyre}"), [570, 690, 900], ["flat", "low", "normal", "high"]
        )
        for tyre in tyres
    }
    return {
        "brake_status": says.get("brake_status"),
        "transmission_status": says.get("transmission_status"),
        **bands,
        "engine_state": _band(says.get("engine_rpm"), [1], ["off", "running"]),
    }


def _is_deleted(dimension: Dimension, row: Row) -> bool:
    says = dict(row.says)
    return bool(says.get("removed") if dimension.name == "SHELF" else says.get("withdrawn"))


def oracle(
    dimension: Dimension, rows: Iterable[Row], known_at: datetime | None = None
) -> list[tuple[Any, ...]]:
    """
    Return the versions that rows make: key, from, to, is current, arrival, columns.

    Null is "not said": of one time each column is what the greatest lineage says of it, and
    a column of which none says anything is what was said last.
    """
    told: dict[tuple[str, ...], dict[datetime, list[Row]]] = {}
    for row in rows:
        if known_at is None or row.arrived <= known_at:
            told.setdefault(row.key, {}).setdefault(row.at, []).append(row)
    made: list[tuple[Any, ...]] = []
    for key in sorted(told):
        state: dict[str, Any] = dict.fromkeys(dimension.columns)
        changes: list[tuple[datetime, datetime, tuple[Any, ...] | None]] = []
        for at in sorted(told[key]):
            these = sorted(told[key][at], key=lambda row: row.rank)
            for row in these:
                if not _is_deleted(dimension, row):
                    says = _state(dimension, row).items()
                    state |= {name: value for name, value in says if value is not None}
            gone = _is_deleted(dimension, these[-1])
            now = None if gone else tuple(state[name] for name in dimension.columns)
            if gone:
                state = dict.fromkeys(dimension.columns)
            if not changes or changes[-1][2] != now:
                winners = {row.table: row for row in these}.values()
                changes.append((at, max(row.arrived for row in winners), now))
        ends = [at for at, _, _ in changes[1:]] + [None]
        for (at, arrived, now), end in zip(changes, ends, strict=True):
            if now is not None:
                made.append((*key, at, end, end is None, arrived, *now))
    return made


def table(warehouse: Warehouse, dimension: Dimension) -> list[tuple[Any, ...]]:
    """Return the table of a history as the oracle writes it."""
    columns = ["effective_from", "effective_to", "is_current", "load_timestamp"]
    names = ", ".join([*dimension.key, *columns, *dimension.columns])
    rows = warehouse.execute(f"select {names} from {dimension.table}")
    width = len(dimension.key)
    return sorted((tuple(row) for row in rows), key=lambda r: (r[:width], r[width]))


def clear(warehouse: Warehouse, dimension: Dimension) -> None:
    """Empty what a history reads and writes."""
    tables = [*dict.fromkeys(source.table for source in dimension.sources), dimension.table]
    work = [f"{dimension.table}_{name}" for name in ("new_times", "regions", "changed")]
    for name in [*tables, *work, "core.history_files", "core.history_merges"]:
        warehouse.execute(f"delete from {name}")


# Every shape of a dimension: one source, two, a key of two columns with deletions.
DIMENSIONS_TESTED = {
    "TRUCK_TELEMETRY_DATA": DIMENSIONS["TRUCK_TELEMETRY_DATA"],
    "TRUCK_STATUS": DIMENSIONS["TRUCK_STATUS"],
    "SHELF": SHELF,
}
