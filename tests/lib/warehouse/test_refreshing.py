"""Tables are refreshed one at a time, whole or not at all, by who may."""

from collections.abc import Callable

import pytest
from cartwheel.clicks import refreshing as shop
from cartwheel.errors import CartwheelError
from cartwheel.fleet import refreshing as fleet
from cartwheel.paths import SQL
from cartwheel.warehouse import Warehouse, refreshing, sqlfiles
from snowflake.connector.errors import ProgrammingError

from tests.sql.rows import CLICKS, READINGS, click, fill, reading

AREAS = {"fleet": fleet, "shop": shop}
LANDED = {READINGS: [reading(0, vehicle_speed=50)], CLICKS: [click("S1"), click("S2")]}
LAST = {"fleet": "mart.trips", "shop": "mart.sessions"}
area = pytest.mark.parametrize("area", AREAS)


def contents(warehouse: Warehouse) -> list[list[tuple[object, ...]]]:
    return [
        sorted(warehouse.execute(f"select * from {table}"), key=repr)
        for table in (*fleet.CLEARED, *shop.TABLES)
    ]


@area
def test_a_refresh_that_fails_changes_nothing(
    warehouse: Warehouse, area: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tables stay as they were, and the next refresh makes them."""
    fill(warehouse, LANDED)
    AREAS[area].refresh(warehouse)
    before = contents(warehouse)
    fill(warehouse, LANDED | {READINGS: [reading(0), reading(5)], CLICKS: [click("S3")]})
    with monkeypatch.context() as broken:
        query = refreshing.query
        broken.setattr(
            refreshing,
            "query",
            lambda table: "select 1 / 'x' as a" if table == LAST[area] else query(table),
        )
        with pytest.raises(ProgrammingError):
            AREAS[area].refresh(warehouse)
    assert contents(warehouse) == before
    AREAS[area].refresh(warehouse)
    assert contents(warehouse) != before


@area
def test_a_second_refresh_waits_and_then_says_why(
    warehouse: Warehouse,
    connection: dict[str, object],
    area: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two at once would each make the same rows."""
    other = Warehouse(connection)
    monkeypatch.setattr(refreshing, "PATIENCE_SECONDS", 0.5)
    with other.transaction():
        other.execute(f"update core.{area}_refresh set refreshed_at = current_timestamp()")
        with pytest.raises(CartwheelError, match=f"Another refresh of the {area}'s tables"):
            AREAS[area].refresh(warehouse)
    other.close()
    AREAS[area].refresh(warehouse)


@area
def test_a_role_that_may_only_read_is_told_what_the_tables_hold(
    warehouse: Warehouse, area: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page warns and goes on; a refresh that was asked for fails by name."""
    execute: Callable[..., list[tuple[object, ...]]] = warehouse.execute

    def reading_only(sql: str, parameters: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        if sql.startswith("update"):
            raise ProgrammingError("Insufficient privileges to operate on table.", errno=3001)
        return execute(sql, parameters)

    monkeypatch.setattr(warehouse, "execute", reading_only)
    with pytest.raises(refreshing.MayNotRefresh, match=r"may not refresh.*Insufficient privileges"):
        AREAS[area].refresh(warehouse)
    with pytest.warns(UserWarning, match="were never refreshed"):
        AREAS[area].ready(warehouse)
    execute(f"update core.{area}_refresh set refreshed_at = '2026-03-02 10:05'")
    with pytest.warns(UserWarning, match="what had landed by 2026-03-02 10:05 UTC"):
        AREAS[area].ready(warehouse)


def test_each_query_has_a_table_of_its_columns_and_a_place_behind_what_it_reads(
    warehouse: Warehouse,
) -> None:
    """Rows go in by the order of the columns."""
    order = (*fleet.TABLES, *shop.TABLES)
    there = {".".join(path.with_suffix("").parts[-2:]) for path in SQL.glob("refreshed/*/*.sql")}
    assert there == set(order)
    for table in order:
        query = refreshing.query(table)
        columns = warehouse.query(f"select * from {table}").columns
        assert list(warehouse.query(query).columns) == list(columns)
        assert not any(later in query for later in order[order.index(table) :])


@area
def test_the_task_of_the_cloud_is_the_generated_one(area: str) -> None:
    """It runs the statements of the refresh; ``cartwheel refresh --task`` prints it."""
    text = AREAS[area].task()
    assert (SQL / "generated" / f"{area}.sql").read_text(encoding="utf-8") == text
    assert all(f"insert into {table}" in text for table in AREAS[area].TABLES)
    assert not {":truck_", ":first", ":last"} & set(text.split())
    assert len(sqlfiles.statements(text)) == 4
