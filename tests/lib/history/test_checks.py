"""The rules that ship with each history hold, and each is able to fail."""

import dataclasses

import pytest
from cartwheel import history
from cartwheel.warehouse import Warehouse

from .oracle import DIMENSIONS_TESTED, SHELF, load, reading
from .test_known_bugs import stands

TRUCKS = DIMENSIONS_TESTED["TRUCK_TELEMETRY_DATA"]
T = "core.truck_telemetry_data"
S = "core.shelf"
DAMAGES = [
    (TRUCKS, f"update {T} set is_current = true", "at most one current version"),
    (TRUCKS, f"update {T} set is_current = false", "current if and only if it is open"),
    (
        TRUCKS,
        f"update {T} set effective_to = effective_from where effective_to is not null",
        "begins before it ends",
    ),
    (
        TRUCKS,
        f"update {T} set effective_to = '2027-01-01' where vehicle_speed = 1",
        "no two versions of a key overlap",
    ),
    (TRUCKS, f"delete from {T} where vehicle_speed = 2", "there is no gap"),
    (TRUCKS, f"update {T} set vehicle_speed = 1 where vehicle_speed = 2", "neighbours are alike"),
    (TRUCKS, f"delete from {T}", "every key that was read has a history"),
    (TRUCKS, f"update {T} set vehicle_speed = 7 where is_current", "the last that raw.truck"),
    (SHELF, f"delete from {S} where product = 'soap'", "the last that raw.shelf_events said"),
    (
        SHELF,
        f"update {S} set effective_to = '2026-03-01 00:01:30' where product = 'rice'",
        "only a deletion leaves a gap",
    ),
    (
        SHELF,
        f"update {S} set effective_to = null, is_current = true where product = 'rice'",
        "the last that raw.shelf_events said",
    ),
]


@pytest.fixture
def filled(warehouse: Warehouse) -> Warehouse:
    """A warehouse with versions of a truck, of a shelf in use and of one given up."""
    load(warehouse, TRUCKS, [reading(m, float(m), m) for m in range(1, 4)])
    load(
        warehouse,
        SHELF,
        [
            stands(1, "soap", 1, key=("in use", "1")),
            stands(1, "rice", 2, key=("given up", "1")),
            stands(2, None, 3, key=("given up", "1"), removed=True),
            stands(1, None, 4, key=("never used", "1"), removed=True),
        ],
    )
    for dimension in (TRUCKS, SHELF):
        history.merge(warehouse, dimension)
        assert history.check(warehouse, dimension)["count_violations"].sum() == 0
    return warehouse


@pytest.mark.parametrize(("dimension", "damage", "rule"), DAMAGES)
def test_each_rule_notices_what_breaks_it(
    filled: Warehouse, dimension: history.Dimension, damage: str, rule: str
) -> None:
    """For its own damage a rule counts violations and names a key."""
    filled.execute(damage)
    found = history.check(filled, dimension)
    broken = found[found["count_violations"] > 0]
    assert any(rule in text for text in broken["rule"]), broken
    assert broken["example"].notna().all()


def test_an_event_that_was_told_with_another_time_is_counted(filled: Warehouse) -> None:
    """A history holds both times; the rule says so."""
    load(filled, TRUCKS, [reading(8, 3.0, 3, "told again")])
    history.merge(filled, TRUCKS)
    found = history.check(filled, TRUCKS)
    broken = found[found["count_violations"] > 0]
    assert broken[["rule", "example"]].values.tolist() == [["an event has one time", "a"]]


def test_what_is_not_merged_yet_breaks_no_rule(filled: Warehouse) -> None:
    """Rows of files that no merge has claimed are not the history's yet."""
    load(filled, TRUCKS, [reading(9, 9.0, 99, "new", truck="of tomorrow")])
    assert history.check(filled, TRUCKS)["count_violations"].sum() == 0


def test_a_row_without_a_key_breaks_no_rule(filled: Warehouse) -> None:
    """What names no key belongs to no history."""
    nobody = dataclasses.replace(stands(1, "soap", 77, file="nobody"), key=(None, "1"))
    load(filled, SHELF, [nobody])
    assert history.merge(filled, SHELF).made == 0
    assert history.check(filled, SHELF)["count_violations"].sum() == 0


def test_check_all_has_every_history(warehouse: Warehouse) -> None:
    """The rules of all histories in one table, none of them broken when nothing came."""
    found = history.check_all(warehouse)
    assert found["history"].unique().tolist() == list(history.DIMENSIONS)
    assert found["count_violations"].sum() == 0
    assert found.groupby("history").size().tolist() == [9, 9, 9, 10, 9]
