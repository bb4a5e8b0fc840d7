"""What was reported against other tools' histories, each as a test of ours."""

from datetime import datetime, timedelta

import pytest
from cartwheel import history
from cartwheel.errors import CartwheelError
from cartwheel.warehouse import Warehouse
from snowflake.connector.errors import Error as SnowflakeError

from .oracle import (
    DIMENSIONS_TESTED,
    SHELF,
    SHELVES,
    START,
    Row,
    load,
    oracle,
    reading,
    table,
)

TRUCKS = DIMENSIONS_TESTED["TRUCK_TELEMETRY_DATA"]


def stands(
    minute: float, product: str | None, sequence: int, *, removed: bool = False,
    key: tuple[str, str] = ("a", "1"), file: str = "",
) -> Row:  # fmt: skip
    """Return a row of the shelves, some minutes after the tests' start."""
    at = START + timedelta(minutes=minute)
    says = (("product", product), ("weight", 1.0), ("removed", removed))
    return Row(SHELVES, file or f"file-{sequence}", key, at, says, sequence)


def merged(warehouse: Warehouse, dimension: history.Dimension, *batches: list[Row]) -> list[tuple]:
    """Load and merge batch by batch, and return the table; it must be the oracle's."""
    loaded: list[Row] = []
    for batch in batches:
        load(warehouse, dimension, batch)
        loaded += batch
        history.merge(warehouse, dimension)
        assert table(warehouse, dimension) == oracle(dimension, loaded)
    return table(warehouse, dimension)


def test_valid_to_is_never_before_valid_from(warehouse: Warehouse) -> None:
    """A late row closes a version at the next one's beginning, not at its own arrival."""
    versions = merged(
        warehouse, TRUCKS, [reading(10, 1.0, 1)], [reading(5, 2.0, 2, "f-2")],
        [reading(5, 3.0, 3, "f-3")], [reading(1, 4.0, 4, "f-4")],
    )  # fmt: skip
    assert len(versions) == 3
    assert all(end is None or begin < end for _, begin, end, *_ in versions)


def test_a_key_is_updated_again_after_a_bad_close(warehouse: Warehouse) -> None:
    """A version that was closed by damage is made anew by the next news of its key."""
    merged(warehouse, TRUCKS, [reading(1, 1.0, 1), reading(2, 2.0, 2)])
    warehouse.execute("update core.truck_telemetry_data set is_current = false")
    assert history.check(warehouse, TRUCKS)["count_violations"].sum() > 0
    load(warehouse, TRUCKS, [reading(3, 3.0, 3, "f-3")])
    history.merge(warehouse, TRUCKS)
    current = history.as_of(warehouse, TRUCKS, START + timedelta(minutes=4))
    assert current["vehicle_speed"].tolist() == [3.0]
    assert current["is_current"].tolist() == [True]


def test_a_key_that_was_deleted_comes_back(warehouse: Warehouse) -> None:
    """After a deletion the same key opens a version of its own, with a gap before it."""
    versions = merged(
        warehouse, SHELF, [stands(1, "soap", 1)], [stands(2, None, 2, removed=True)],
        [stands(5, "soap", 3)],
    )  # fmt: skip
    assert [(begin.minute, end and end.minute) for _, _, begin, end, *_ in versions] == [
        (1, 2),
        (5, None),
    ]


def test_a_late_row_falls_into_the_gap_of_a_deletion(warehouse: Warehouse) -> None:
    """What stood there between a deletion and the next row stands until the next row."""
    versions = merged(
        warehouse, SHELF,
        [stands(1, "soap", 1), stands(2, None, 2, removed=True), stands(6, None, 3, removed=True)],
        [stands(4, "salt", 4)], [stands(2, "soap", 5)],
    )  # fmt: skip
    assert [(v[2].minute, v[3].minute, v[6]) for v in versions] == [(1, 4, "soap"), (4, 6, "salt")]


def test_a_source_truncated_and_reloaded_changes_nothing(warehouse: Warehouse) -> None:
    """While RAW lacks what was merged a merge refuses; reloaded, the table is the same."""
    rows = [reading(minute, float(minute), minute, f"file-{minute % 2}") for minute in range(6)]
    before = merged(warehouse, TRUCKS, rows)
    warehouse.execute("delete from raw.truck_telemetry")
    late = [reading(2.5, 9.0, 10, "file-late")]
    load(warehouse, TRUCKS, late)
    with pytest.raises(
        CartwheelError, match="no longer holds all rows of 2 files that were merged before"
    ):
        history.merge(warehouse, TRUCKS)
    assert table(warehouse, TRUCKS) == before
    load(warehouse, TRUCKS, rows)
    history.merge(warehouse, TRUCKS)
    assert table(warehouse, TRUCKS) == oracle(TRUCKS, [*rows, *late])


def test_a_boundary_does_not_stick_to_later_loads(warehouse: Warehouse) -> None:
    """A far future row is no high-water mark: what comes later, and earlier, is merged."""
    versions = merged(
        warehouse, TRUCKS, [reading(0, 1.0, 1), reading(60 * 24 * 365 * 50, 2.0, 2)],
        [reading(1, 3.0, 3, "f-3")], [reading(2, 1.0, 4, "f-4")], [reading(-9, 5.0, 5, "f-5")],
    )  # fmt: skip
    assert [v[5 + 4] for v in versions] == [5.0, 1.0, 3.0, 1.0, 2.0]


def test_valid_from_is_never_null(warehouse: Warehouse) -> None:
    """The first version of a key begins with its first row; the column refuses null."""
    versions = merged(warehouse, TRUCKS, [reading(3, None, 1)], [reading(1, None, 2, "f-2")])
    assert [v[1] for v in versions] == [START + timedelta(minutes=1)]
    with pytest.raises(SnowflakeError, match="(?i)not null"):
        warehouse.execute("update core.truck_telemetry_data set effective_from = null")


def test_keys_of_two_columns_that_read_alike_are_two(warehouse: Warehouse) -> None:
    """("a-1", "2") and ("a", "1-2") have histories of their own."""
    merged(
        warehouse, SHELF,
        [stands(1, "soap", 1, key=("a-1", "2")), stands(2, "salt", 2, key=("a", "1-2"))],
        [stands(3, "rice", 3, key=("a", "1-2"))],
    )  # fmt: skip
    moment = START + timedelta(minutes=5)
    held = history.as_of(warehouse, SHELF, moment, ("a-1", "2"))
    assert held["product"].tolist() == ["soap"]
    held = history.as_of(warehouse, SHELF, moment, ("a", "1-2"))
    assert held["product"].tolist() == ["rice"]


def test_deleting_and_inserting_see_the_same_state(warehouse: Warehouse) -> None:
    """Deletion, return and correction of many keys in one batch: none is lost or doubled."""
    keys = [("a", str(number)) for number in range(9)]
    first = [stands(1, "soap", n, key=key, file="f-1") for n, key in enumerate(keys)]
    second = [
        stands(2, None, 100 + n, key=key, removed=n % 3 == 0, file="f-2")
        for n, key in enumerate(keys)
    ] + [stands(3, "salt", 200 + n, key=key, file="f-2") for n, key in enumerate(keys)]
    merged(warehouse, SHELF, first, second)
    assert history.check(warehouse, SHELF)["count_violations"].sum() == 0


def test_daylight_saving_makes_no_gap_and_no_overlap(warehouse: Warehouse) -> None:
    """The hour that clocks repeat in Berlin is two hours of UTC, each with its version."""
    berlin = [datetime(2026, 10, 25, 0, 30), datetime(2026, 10, 25, 1, 30)]
    minutes = [(at - START).total_seconds() / 60 for at in berlin]
    versions = merged(
        warehouse, TRUCKS, [reading(minutes[1], 2.0, 2)], [reading(minutes[0], 1.0, 1, "f-1")]
    )
    assert [(v[1], v[2]) for v in versions] == [(berlin[0], berlin[1]), (berlin[1], None)]


def test_equal_times_are_settled_by_the_lineage_not_by_the_order_of_loads(
    warehouse: Warehouse,
) -> None:
    """Of two rows of one key and time the later in its stream wins, also if loaded first."""
    versions = merged(warehouse, TRUCKS, [reading(1, 2.0, 9, "f-9")], [reading(1, 1.0, 8, "f-8")])
    assert [v[9] for v in versions] == [2.0]


@pytest.mark.parametrize("kept", [0.0, 1.0, 2.0])
def test_a_correction_at_a_versions_first_instant_joins_or_splits_its_neighbours(
    warehouse: Warehouse, kept: float
) -> None:
    """A later row of the same time may make a version like the one before or after it."""
    rows = [reading(minute, float(minute), minute + 1) for minute in range(3)]
    versions = merged(warehouse, TRUCKS, rows, [reading(1, kept, 50, "f-2")])
    assert len(versions) == (3 if kept == 1.0 else 2)


def test_a_late_row_rebuilds_its_neighbourhood_alone(warehouse: Warehouse) -> None:
    """One late row among many versions touches at most the version before and after it."""
    load(warehouse, TRUCKS, [reading(m, float(m), m) for m in range(0, 400, 2)])
    history.merge(warehouse, TRUCKS)
    load(warehouse, TRUCKS, [reading(201, 999.0, 1000, "file-1")])
    done = history.merge(warehouse, TRUCKS)
    assert (done.taken_out, done.made) == (2, 3)


def test_the_drawn_example_is_what_a_merge_does(warehouse: Warehouse) -> None:
    """docs/history.md: a late reading splits a version, and the old value resumes at 10:20."""
    good, worn = 1.0, 2.0
    rows = [reading(0, good, 1), reading(20, good, 2), reading(40, worn, 3), reading(60, good, 4)]
    load(warehouse, TRUCKS, rows)
    history.merge(warehouse, TRUCKS)
    load(warehouse, TRUCKS, [reading(10, worn, 5, "file-late")])
    done = history.merge(warehouse, TRUCKS)
    assert (done.taken_out, done.made) == (2, 4)
    minutes = [(v[1] - START).total_seconds() / 60 for v in table(warehouse, TRUCKS)]
    assert minutes == [0, 10, 20, 40, 60]


@pytest.mark.parametrize(
    ("lost", "gained"),
    [
        ([2, 3], []),  # of a file that is there twice
        ([1], [5]),  # a row went, another came: as many as before
        ([1, 4], []),
        ([2, 3], [5, 0]),  # even the sum of the numbers is that of before
    ],
)
@pytest.mark.parametrize("copies", [1, 2])
def test_rows_that_went_are_missed_whatever_else_came(
    warehouse: Warehouse, lost: list[int], gained: list[int], copies: int
) -> None:
    """Lost rows are told by their numbers, not by how many rows there are."""
    rows = [reading(minute, float(minute), minute, "a-file") for minute in range(1, 5)]
    for _ in range(copies):
        load(warehouse, TRUCKS, rows)
        number(warehouse, rows)
    history.merge(warehouse, TRUCKS)
    before = table(warehouse, TRUCKS)
    for row in lost:
        warehouse.execute("delete from raw.truck_telemetry where file_row = ?", (row,))
    for row in gained:
        load(warehouse, TRUCKS, [reading(9, 9.0, 90 + row, "a-file")])
        warehouse.execute(
            "update raw.truck_telemetry set file_row = ? where event_id = ?",
            (row, f"event-{90 + row}"),
        )
    with pytest.raises(CartwheelError, match="no longer holds all rows of 1 files"):
        history.merge(warehouse, TRUCKS)
    assert table(warehouse, TRUCKS) == before


def number(warehouse: Warehouse, rows: list[Row]) -> None:
    """Give rows the numbers 1, 2, … in their file, whatever other tests gave them."""
    for place, row in enumerate(rows, 1):
        warehouse.execute(
            "update raw.truck_telemetry set file_row = ? where event_id = ?",
            (place, f"event-{row.sequence}"),
        )
