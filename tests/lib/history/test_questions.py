"""Questions to a history: as of, as known at, what differs, why, how late, does it hold."""

import dataclasses
from datetime import UTC, datetime, timedelta, timezone

import pandas as pd
import pytest
from cartwheel import history
from cartwheel.errors import CartwheelError, UsageError
from cartwheel.warehouse import Warehouse

from .deliveries import TIMES, drawn
from .oracle import (
    ARRIVAL,
    DIMENSIONS_TESTED,
    OPERATIONS,
    SHELF,
    START,
    TELEMETRY,
    Row,
    load,
    oracle,
    reading,
)

TRUCKS = DIMENSIONS_TESTED["TRUCK_TELEMETRY_DATA"]


def minutes(number: float) -> datetime:
    """Return a moment some minutes after the tests' start."""
    return START + timedelta(minutes=number)


def holding(versions: list[tuple], moment: datetime, width: int) -> list[tuple]:
    """Return the oracle's versions that hold at a moment."""
    return [
        v
        for v in versions
        if v[width] <= moment and (v[width + 1] is None or v[width + 1] > moment)
    ]


def as_tuples(frame: pd.DataFrame, dimension: history.Dimension) -> list[tuple]:
    """Return a frame of versions as the oracle writes them."""
    names = [
        *dimension.key, "effective_from", "effective_to", "is_current", "load_timestamp",
        *dimension.columns,
    ]  # fmt: skip
    rows = frame[names].astype(object)
    values = rows.where(rows.notna(), None).itertuples(index=False, name=None)
    return [
        tuple(v.to_pydatetime() if isinstance(v, pd.Timestamp) else v for v in row)
        for row in values
    ]


@pytest.mark.parametrize("name", DIMENSIONS_TESTED)
def test_as_of_and_as_known_at_equal_the_oracle(warehouse: Warehouse, name: str) -> None:
    """At every instant, and for every instant of knowledge, the answer is the oracle's."""
    dimension = DIMENSIONS_TESTED[name]
    rows = [row for batch in drawn(name, 3, 40) for row in batch]
    load(warehouse, dimension, rows)
    history.merge(warehouse, dimension)
    width, count = len(dimension.key), 0
    for moment in TIMES[1:-1:2]:
        wanted = holding(oracle(dimension, rows), moment, width)
        assert as_tuples(history.as_of(warehouse, dimension, moment), dimension) == wanted
        for seconds in (0, 12, 30):
            known_at = ARRIVAL + timedelta(seconds=seconds)
            wanted = holding(oracle(dimension, rows, known_at), moment, width)
            found = history.as_known_at(warehouse, dimension, moment, known_at)
            assert as_tuples(found, dimension) == wanted
            for key in {row.key for row in rows}:
                one = history.as_known_at(warehouse, dimension, moment, known_at, key)
                assert as_tuples(one, dimension) == [v for v in wanted if v[:width] == key]
                count += len(one)
    assert count > 15


def test_as_known_at_does_not_depend_on_what_was_merged(warehouse: Warehouse) -> None:
    """What had arrived is read from RAW: a merge that lags or never came changes nothing."""
    load(warehouse, TRUCKS, [reading(0, 1.0, 1), reading(5, 2.0, 900)])
    late = ARRIVAL + timedelta(seconds=1000)
    found = history.as_known_at(warehouse, TRUCKS, minutes(6), late)
    assert found["vehicle_speed"].tolist() == [2.0]
    early = history.as_known_at(warehouse, TRUCKS, minutes(6), ARRIVAL + timedelta(seconds=899))
    assert early["vehicle_speed"].tolist() == [1.0]
    assert early["is_current"].tolist() == [True]
    assert history.as_of(warehouse, TRUCKS, minutes(6)).empty


def test_a_moment_with_an_offset_is_that_instant(warehouse: Warehouse) -> None:
    """11:00+02:00 is 09:00 UTC; a moment without offset is UTC."""
    load(warehouse, TRUCKS, [reading(0, 1.0, 1), reading(60, 2.0, 2)])
    history.merge(warehouse, TRUCKS)
    berlin = timezone(timedelta(hours=2))
    for moment in (minutes(59), minutes(59).replace(tzinfo=UTC).astimezone(berlin)):
        assert history.as_of(warehouse, TRUCKS, moment)["vehicle_speed"].tolist() == [1.0]


def test_diff_tells_what_came_what_went_and_what_changed(warehouse: Warehouse) -> None:
    """A row per key and column that differs, with both values as text."""

    def stands(aisle: str, at: float, product: str | None, sequence: int, removed: bool) -> Row:
        says = (("product", product), ("weight", None), ("removed", removed))
        return Row("raw.shelf_events", "f", (aisle, "1"), minutes(at), says, sequence)

    load(
        warehouse,
        SHELF,
        [
            stands("changed", 0, "soap", 1, False), stands("changed", 5, "salt", 2, False),
            stands("went", 0, "rice", 3, False), stands("went", 5, None, 4, True),
            stands("came", 5, None, 5, False),
            stands("same", 0, "tea", 6, False), stands("same", 3, "ale", 7, False),
            stands("same", 4, "tea", 8, False),
        ],
    )  # fmt: skip
    history.merge(warehouse, SHELF)
    found = history.diff(warehouse, SHELF, minutes(1), minutes(6)).astype(object)
    found = found.where(found.notna(), None)
    assert found.drop(columns=["place", "effective_from"]).values.tolist() == [
        ["came", "came", "product", None, None],
        ["changed", "changed", "product", "soap", "salt"],
        ["went", "went", "product", "rice", None],
    ]


def test_explain_names_every_row_its_version_and_how_late_it_was(warehouse: Warehouse) -> None:
    """Each row of RAW has its verdict, what it changed, and by how much it was late."""
    rows = [
        reading(0, 1.0, 1),
        reading(10, 2.0, 2),
        reading(4, 1.0, 3),  # six minutes late, and nothing new
        reading(6, 5.0, 4),  # four minutes late, and a version
        reading(10, 3.0, 5),  # corrects the second
    ]
    load(warehouse, TRUCKS, [*rows, Row(TELEMETRY, "again", *_rest(rows[3]))])
    found = history.explain(warehouse, TRUCKS, "a")
    told = found[["late_by_seconds", "verdict", "changed"]].values.tolist()
    assert told == [
        [0.0, "new version", "vehicle_speed: null → 1.0"],
        [360.0, "unchanged", ""],
        [240.0, "new version", "vehicle_speed: 1.0 → 5.0"],
        [240.0, "repeated", ""],
        [0.0, "overruled", ""],
        [0.0, "new version", "vehicle_speed: 5.0 → 3.0"],
    ]
    assert found["version_from"].tolist() == [minutes(m) for m in (0, 0, 6, 6, 10, 10)]
    assert found["version_to"].tolist()[:2] == [minutes(6), minutes(6)]
    assert found["version_to"].isna().tolist()[-1]


def test_explain_calls_a_correction_a_correction(warehouse: Warehouse) -> None:
    """The same event with other content was corrected; with the same content it is repeated."""
    said, more = reading(0, 2.0, 1), reading(0, 9.0, 1)
    earlier = Row(TELEMETRY, "earlier", *_rest(more))
    load(warehouse, TRUCKS, [said, earlier, Row(TELEMETRY, "again", *_rest(said))])
    found = history.explain(warehouse, TRUCKS, "a").sort_values("file_name")
    assert found[["file_name", "verdict"]].values.tolist() == [
        ["again", "new version"], ["earlier", "corrected"], ["file-0", "repeated"],
    ]  # fmt: skip


def _frame(minute: float, sequence: int, **says: object) -> Row:
    return Row(TELEMETRY, "f", ("a",), minutes(minute), tuple(says.items()), sequence)


def test_frames_of_one_time_are_one_version_and_explain_tells_each_ones_part(
    warehouse: Warehouse,
) -> None:
    """What a frame leaves out is not unset; the greatest lineage that says a field wins."""
    load(warehouse, TRUCKS, [
        _frame(0, 1, fuel_level=80.0), _frame(0, 2, vehicle_speed=50.0), _frame(0, 3),
        _frame(1, 4, vehicle_speed=60.0), _frame(1, 5, vehicle_speed=55.0, fuel_level=None),
        _frame(2, 6, fuel_level=80.0),
    ])  # fmt: skip
    history.merge(warehouse, TRUCKS)
    versions = history.versions(warehouse, TRUCKS, "a")[
        ["effective_from", "effective_to", "vehicle_speed", "fuel_level"]
    ]
    assert versions.astype(object).where(versions.notna(), None).values.tolist() == [
        [minutes(0), minutes(1), 50.0, 80.0], [minutes(1), None, 55.0, 80.0],
    ]  # fmt: skip
    found = history.explain(warehouse, TRUCKS, "a").sort_values("sequence_number")
    assert found[["verdict", "changed"]].values.tolist() == [
        ["new version", "fuel_level: null → 80.0"], ["new version", "vehicle_speed: null → 50.0"],
        ["new version", ""], ["overruled", ""],
        ["new version", "vehicle_speed: 50.0 → 55.0"], ["unchanged", ""],
    ]  # fmt: skip


def test_a_whole_resend_is_repeated_and_what_says_nothing_here_is_unchanged(
    warehouse: Warehouse,
) -> None:
    """The first telling has the verdict; a frame of fields of no history overrules nobody."""
    frames = [_frame(0, 1, fuel_level=80.0), _frame(0, 2, vehicle_speed=50.0), _frame(0, 3)]
    again = [dataclasses.replace(frame, file="g") for frame in frames]
    load(warehouse, TRUCKS, [*frames, *again])
    found = history.explain(warehouse, TRUCKS, "a").sort_values(["file_name", "sequence_number"])
    assert found["verdict"].tolist() == ["new version"] * 3 + ["repeated"] * 3
    status = DIMENSIONS_TESTED["TRUCK_STATUS"]
    later = [_frame(1, 4, engine_rpm=900.0), _frame(1, 5, vehicle_speed=9.0)]
    load(warehouse, TRUCKS, later)
    found = history.explain(warehouse, status, "a")
    assert found["verdict"].tolist()[-2:] == ["new version", "unchanged"]


def _rest(row: Row) -> tuple:
    return row.key, row.at, row.says, row.sequence, row.shard


def test_explain_tells_two_sources_apart(warehouse: Warehouse) -> None:
    """Of a truck's status each source's rows say what they changed of its own columns."""
    service = Row(OPERATIONS, "f", ("a",), minutes(2), (("service", "out_of_service"),), 2)
    brakes = Row(TELEMETRY, "f", ("a",), minutes(2), (("brake_status", "worn"),), 3)
    load(warehouse, DIMENSIONS_TESTED["TRUCK_STATUS"], [service, brakes])
    found = history.explain(warehouse, "TRUCK_STATUS", "a").sort_values("source")
    assert found["changed"].tolist() == ["in_service: null → false", "brake_status: null → worn"]
    again = [
        dataclasses.replace(service, at=minutes(4), sequence=4, says=(("service", "in_service"),)),
        dataclasses.replace(brakes, at=minutes(4), sequence=5),
    ]
    load(warehouse, DIMENSIONS_TESTED["TRUCK_STATUS"], again)
    found = history.explain(warehouse, "TRUCK_STATUS", "a").sort_values(["happened_at", "source"])
    assert found["verdict"].tolist() == ["new version"] * 3 + ["unchanged"]
    found = found.head(2)
    assert found["source"].tolist() == [OPERATIONS, TELEMETRY]


def test_a_key_that_came_has_a_row_for_each_field_that_was_said(warehouse: Warehouse) -> None:
    """Null before and after is no difference; a key of which nothing was said has one row."""
    load(warehouse, TRUCKS, [
        _frame(1, 1, vehicle_speed=50.0),
        dataclasses.replace(_frame(1, 2), key=("b",)),
    ])  # fmt: skip
    history.merge(warehouse, TRUCKS)
    found = history.diff(warehouse, TRUCKS, minutes(0), minutes(2))
    assert found[["truck_id", "change", "column_name"]].values.tolist() == [
        ["a", "came", "vehicle_speed"], ["b", "came", "gps_latitude"],
    ]  # fmt: skip


def test_lateness_counts_each_row_once(warehouse: Warehouse) -> None:
    """Rows by how much newer the newest of their key was when they came."""
    load(
        warehouse,
        TRUCKS,
        [reading(0, 1.0, 1), reading(10, 1.0, 2), reading(9.5, 1.0, 3), reading(-3000, 1.0, 4)],
    )
    found = history.lateness(warehouse, TRUCKS)
    assert found["late_by"].tolist() == list(history.LATENESS)
    assert found["count_rows"].tolist() == [2, 1, 0, 0, 0, 0, 1]
    assert found["max_seconds"].tolist()[-1] == 3010 * 60


def test_recent_names_the_newest_events_of_the_last_two_merges(warehouse: Warehouse) -> None:
    """A day before the second merge with news; a late batch does not turn time back."""
    for question in (history.recent, history.span, history.arrivals):
        with pytest.raises(CartwheelError, match="TRUCK_TELEMETRY_DATA holds nothing yet: run"):
            question(warehouse, TRUCKS)
    load(warehouse, TRUCKS, [reading(5, 1.0, 1)])
    history.merge(warehouse, TRUCKS)
    assert history.recent(warehouse, TRUCKS) == (minutes(5) - timedelta(days=1), minutes(5))
    load(warehouse, TRUCKS, [reading(9, 2.0, 2, "f-2")])
    history.merge(warehouse, TRUCKS)
    assert history.recent(warehouse, TRUCKS) == (minutes(5), minutes(9))
    load(warehouse, TRUCKS, [reading(1, 3.0, 3, "f-3")])
    history.merge(warehouse, TRUCKS)
    history.merge(warehouse, TRUCKS)
    assert history.recent(warehouse, TRUCKS) == (minutes(9) - timedelta(days=1), minutes(9))
    assert history.span(warehouse, TRUCKS) == (minutes(1), minutes(9))
    assert history.keys(warehouse, TRUCKS) == ["a"]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (lambda w: history.as_of(w, "TRUCKS", START), "There is no history 'TRUCKS'; there are"),
        (lambda w: history.explain(w, "PRODUCT", ("a", "b")), "has the key (product_id)"),
        (lambda w: history.versions(w, SHELF, "a"), "SHELF has the key (aisle, place); 'a'"),
        (lambda w: history.versions(w, "PRODUCT", None), "has the key (product_id); None"),
        (lambda w: history.as_of(w, "PRODUCT", START, 7), "a text is needed"),
        (lambda w: history.as_of(w, "PRODUCT", START, "\ud800"), "a text is needed"),
        (lambda w: history.as_of(w, None, START), "There is no history None"),
        (lambda w: history.as_of(w, "PRODUCT", "2026-03-01T02:00:00+02:00"), "is no moment"),
        (lambda w: history.as_of(w, "PRODUCT", pd.NaT), "moment: NaT is no moment"),
        (lambda w: history.diff(w, "PRODUCT", START, None), "second: None is no moment"),
        (
            lambda w: history.as_of(
                w, "PRODUCT", datetime.max.replace(tzinfo=timezone(-timedelta(hours=2)))
            ),
            "outside of the years 1 to 9999",
        ),
        (lambda w: history.chosen(["a", "b"], "PRODUCT", "c"), "no key in PRODUCT 'c'; there"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    warehouse: Warehouse, question: object, said: str
) -> None:
    """An unknown history and a key that does not fit are named, with what is allowed."""
    with pytest.raises(UsageError) as caught:
        question(warehouse)  # type: ignore[operator]
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "question",
    [
        lambda w, key: history.versions(w, TRUCKS, key),
        lambda w, key: history.as_of(w, TRUCKS, START, key),
        lambda w, key: history.as_known_at(w, TRUCKS, START, START, key),
        lambda w, key: history.explain(w, TRUCKS, key),
    ],
)
def test_a_key_that_is_not_there_is_refused_and_not_answered_with_nothing(
    warehouse: Warehouse, question: object
) -> None:
    """An empty answer means that nothing was so then; a key nobody told of is a mistake."""
    with pytest.raises(CartwheelError, match="holds nothing yet"):
        question(warehouse, "A")  # type: ignore[operator]
    load(warehouse, TRUCKS, [reading(5, 1.0, 1)])
    history.merge(warehouse, TRUCKS)
    with pytest.raises(UsageError, match="no key in .* 'A'; there are a"):
        question(warehouse, "A")  # type: ignore[operator]


def test_a_key_of_which_nothing_was_known_yet_gives_nothing(warehouse: Warehouse) -> None:
    """Before its first row had happened, or arrived, merged or not, the answer is empty."""
    load(warehouse, TRUCKS, [reading(5, 1.0, 1)])
    assert history.as_known_at(warehouse, TRUCKS, minutes(9), START, "a").empty
    history.merge(warehouse, TRUCKS)
    assert history.as_of(warehouse, TRUCKS, minutes(4), "a").empty
    assert history.as_known_at(warehouse, TRUCKS, minutes(9), START, "a").empty
