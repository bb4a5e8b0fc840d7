"""The trucks' history is a pure function of the rows in RAW."""

import dataclasses
import random
from datetime import datetime, timedelta

import pytest
from cartwheel import history, sqlfiles
from cartwheel.warehouse import Warehouse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

START = datetime(2026, 3, 1)


@dataclasses.dataclass(frozen=True)
class Row:
    """A row of RAW, as far as the history looks at it."""

    file: str
    truck: str
    minute: int
    speed: float | None
    brake: str | None
    sequence: int
    shard: str = "shard-0"

    @property
    def event(self) -> str:
        return f"event-{self.sequence}"

    @property
    def at(self) -> datetime:
        return START + timedelta(minutes=self.minute)


def load(warehouse: Warehouse, rows: list[Row]) -> None:
    """Insert rows as a load would: in one statement, committed."""
    if not rows:
        return
    values, parameters = [], []
    for number, row in enumerate(rows):
        values.append("(?, ?, ?, ?, ?, 'TruckTelemetry', ?, ?, ?, ?, ?, current_timestamp())")
        parameters += [
            row.event, row.truck, row.at.isoformat(), row.speed, row.brake, row.shard,
            str(row.sequence).zfill(60), (START + timedelta(seconds=row.sequence)).isoformat(),
            row.file, number,
        ]  # fmt: skip
    warehouse.execute(
        "insert into raw.truck_telemetry (event_id, truck_id, event_timestamp, vehicle_speed, "
        "brake_status, stream, shard_id, sequence_number, arrived_at, file_name, file_row, "
        f"loaded_at) values {', '.join(values)}",
        parameters,
    )


def oracle(rows: list[Row]) -> list[tuple]:
    """Compute the history in plain Python: latest row per time, changes only, half-open."""
    made = []
    for truck in sorted({row.truck for row in rows}):
        by_time: dict[int, Row] = {}
        for row in rows:
            if row.truck == truck:
                known = by_time.get(row.minute)
                rank = (row.sequence, row.shard)
                if known is None or rank > (known.sequence, known.shard):
                    by_time[row.minute] = row
        versions: list[Row] = []
        for minute in sorted(by_time):
            row = by_time[minute]
            if not versions or (versions[-1].speed, versions[-1].brake) != (row.speed, row.brake):
                versions.append(row)
        for version, following in zip(versions, [*versions[1:], None], strict=True):
            end = following.at if following else None
            arrived = START + timedelta(seconds=version.sequence)
            made.append(
                (truck, version.at, end, end is None, arrived, version.speed, version.brake)
            )
    return made


def table(warehouse: Warehouse) -> list[tuple]:
    """Return the history as the oracle writes it."""
    return [
        tuple(row)
        for row in warehouse.execute(
            "select truck_id, effective_from, effective_to, is_current, load_timestamp, "
            "vehicle_speed, brake_status from core.truck_telemetry_data "
            "order by truck_id, effective_from"
        )
    ]


def clear(warehouse: Warehouse) -> None:
    """Empty what the history reads and writes."""
    for name in ("raw.truck_telemetry", "core.truck_telemetry_data", "core.history_files"):
        warehouse.execute(f"delete from {name}")


row_values = st.tuples(
    st.sampled_from(["a", "ü\"'"]),
    st.integers(0, 5),
    st.sampled_from([None, 0.0, 50.5]),
    st.sampled_from([None, "good"]),
)


@st.composite
def deliveries(draw: st.DrawFn) -> list[list[Row]]:
    """Rows in files, in any order, some delivered again in other files."""
    values = draw(st.lists(row_values, min_size=1, max_size=14))
    files = [f"file-{n}" for n in range(draw(st.integers(1, 5)))]
    rows = [
        Row(draw(st.sampled_from(files)), *value, sequence=number)
        for number, value in enumerate(values, 1)
    ]
    again = draw(st.lists(st.sampled_from(rows), max_size=4))
    rows += [dataclasses.replace(row, file=draw(st.sampled_from(files))) for row in again]
    by_file = [[row for row in rows if row.file == file] for file in files]
    return draw(st.permutations([batch for batch in by_file if batch]))


@pytest.mark.parametrize("_seed", [1])
@settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(batches=deliveries(), merge_after=st.lists(st.booleans(), min_size=5, max_size=5))
def test_any_order_batching_and_repetition_gives_the_oracles_table(
    warehouse: Warehouse, batches: list[list[Row]], merge_after: list[bool], _seed: int
) -> None:
    """Whatever the order of files, the batching and the repetition, the table is the same."""
    clear(warehouse)
    loaded: list[Row] = []
    for batch, merges in zip(batches, merge_after, strict=False):
        load(warehouse, batch)
        loaded += batch
        if merges:
            history.merge(warehouse)
            assert table(warehouse) == oracle(loaded)
    history.merge(warehouse)
    assert table(warehouse) == oracle(loaded)
    assert history.check(warehouse)["count_violations"].sum() == 0
    assert history.merge(warehouse).files == 0


def test_a_load_between_every_two_statements_is_neither_skipped_nor_merged_twice(
    warehouse: Warehouse, connection: dict[str, object]
) -> None:
    """Under READ COMMITTED each statement sees new rows of RAW; the claims keep them apart."""
    other = Warehouse(connection)
    rng = random.Random(5)
    first = [Row("file-0", "a", minute, float(minute % 3), "good", minute) for minute in range(8)]
    load(warehouse, first)
    loaded, claimed = list(first), list(first)
    # Without a transaction each statement sees what is committed: DuckDB's snapshots,
    # which Snowflake does not have, would hide the race.
    for number, statement in enumerate(history.statements(), 1):
        sql, names = sqlfiles.positional(statement)
        warehouse.execute(sql, ["merge-1" for _ in names])
        late = [
            Row(f"file-{number}", "a", rng.randrange(12), float(number), None, 100 * number + i)
            for i in range(3)
        ]
        load(other, late)
        loaded += late
    assert table(warehouse) == oracle(claimed)
    history.merge(warehouse)
    assert table(warehouse) == oracle(loaded)
    other.close()


def test_a_merge_that_fails_leaves_the_old_history_and_claims_nothing(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failure at any statement of a merge changes nothing."""
    load(warehouse, [Row("file-0", "a", 1, 1.0, "good", 1)])
    history.merge(warehouse)
    before = table(warehouse)
    load(warehouse, [Row("file-1", "a", 0, 2.0, "good", 2)])
    whole = history.statements()
    for stop in range(1, len(whole)):
        broken = [*whole[:stop], "select * from core.no_such_table"]
        monkeypatch.setattr(history, "statements", lambda broken=broken: broken)
        with pytest.raises(Exception, match=r"(?i)no_such_table"):
            history.merge(warehouse)
        assert table(warehouse) == before
    monkeypatch.undo()
    assert history.merge(warehouse).files == 1


@pytest.mark.parametrize("kept", [0.0, 1.0, 2.0])
def test_a_correction_at_a_versions_first_instant_joins_or_splits_its_neighbours(
    warehouse: Warehouse, kept: float
) -> None:
    """A later row of the same time may make a version like the one before or after it."""
    rows = [Row("file-0", "a", m, float(m), "good", m + 1) for m in range(3)]
    load(warehouse, rows)
    history.merge(warehouse)
    corrected = Row("file-1", "a", 1, kept, "good", 50)
    load(warehouse, [corrected])
    history.merge(warehouse)
    assert table(warehouse) == oracle([*rows, corrected])


def test_a_late_row_rebuilds_its_neighbourhood_alone(warehouse: Warehouse) -> None:
    """One late row among many versions touches at most the version before and after it."""
    load(warehouse, [Row("file-0", "a", m, float(m), "good", m) for m in range(0, 400, 2)])
    history.merge(warehouse)
    load(warehouse, [Row("file-1", "a", 201, 999.0, "good", 1000)])
    done = history.merge(warehouse)
    assert done.taken_out <= 3
    assert done.made <= 4


def test_as_of_returns_the_version_that_held_at_the_moment(warehouse: Warehouse) -> None:
    """A version holds from its first instant until before its last, and null is the open end."""
    load(warehouse, [Row("f", "a", 0, 1.0, "good", 1), Row("f", "a", 10, 2.0, "good", 2)])
    history.merge(warehouse)
    assert history.as_of(warehouse, START - timedelta(seconds=1)).empty
    assert history.as_of(warehouse, START)["vehicle_speed"].tolist() == [1.0]
    at_change = START + timedelta(minutes=10)
    before_change = at_change - timedelta(microseconds=1)
    assert history.as_of(warehouse, before_change, "a")["vehicle_speed"].tolist() == [1.0]
    assert history.as_of(warehouse, at_change, "a")["vehicle_speed"].tolist() == [2.0]
    assert history.as_of(warehouse, at_change, "b").empty


@pytest.mark.parametrize(
    ("damage", "rule"),
    [
        ("update core.truck_telemetry_data set is_current = true", "each truck has one"),
        ("update core.truck_telemetry_data set is_current = false", "if and only if"),
        (
            "update core.truck_telemetry_data set effective_to = effective_from "
            "where effective_to is not null",
            "begins before it ends",
        ),
        (
            "delete from core.truck_telemetry_data where vehicle_speed = 2",
            "without gap or overlap",
        ),
        ("delete from core.truck_telemetry_data", "every truck that was read"),
    ],
)
def test_each_rule_notices_what_breaks_it(warehouse: Warehouse, damage: str, rule: str) -> None:
    """The checks of the history are able to fail, each for its own damage."""
    load(warehouse, [Row("f", "a", m, float(m), "good", m) for m in range(1, 4)])
    history.merge(warehouse)
    assert history.check(warehouse)["count_violations"].sum() == 0
    warehouse.execute(damage)
    found = history.check(warehouse)
    broken = found[found["count_violations"] > 0]["rule"].tolist()
    assert any(rule in text for text in broken), broken
