"""A refresh makes the fleet's tables what their queries say, whatever came and in which order."""

import random
from pathlib import Path

import pytest
from cartwheel.fleet import refreshing
from cartwheel.fleet.refreshing import CLEARED, MOMENTS, TABLES, Refreshed
from cartwheel.paths import SQL
from cartwheel.warehouse import Warehouse, migrations
from cartwheel.warehouse import refreshing as tables_of

from tests.sql.rows import READINGS, Row, at, fill, reading

DAY = 1440
YEARS = 12 * 365 * DAY


def land(warehouse: Warehouse, rows: list[Row], file: str) -> None:
    """Let rows land in a file of their own, beside those that are there."""
    number = int(warehouse.scalar(f"select count(*) from {READINGS}"))
    warehouse.execute("create or replace table raw.aside as select * from raw.truck_telemetry")
    named = [
        {"event_id": f"{file}-{place}", "sequence_number": number + place, "file_name": file, **row}
        for place, row in enumerate(rows)
    ]
    fill(warehouse, {READINGS: named})
    warehouse.execute(f"insert into {READINGS} select * from raw.aside")
    warehouse.execute("drop table raw.aside")


def tables(warehouse: Warehouse) -> dict[str, list[tuple[object, ...]]]:
    """Return what the tables hold, in an order that does not hang on how they were made."""
    return {
        table: sorted(warehouse.execute(f"select * from {table}"), key=repr)
        for table in (*CLEARED, "core.fleet_changes")
    }


def made_anew(warehouse: Warehouse) -> dict[str, list[tuple[object, ...]]]:
    """Return what the tables hold if they are made at once from all that is there."""
    warehouse.execute("update core.fleet_refresh set models = 'another'")
    refreshing.refresh(warehouse)
    return tables(warehouse)


def drive(chance: random.Random, truck: str, days: int) -> list[Row]:
    """Return readings of a truck that stands, moves, refuels, is silent and leaps."""
    rows, odometer, level = [], chance.uniform(0, 1000), 60.0
    for minute in range(0, days * DAY, 45):
        if chance.random() < 0.2:
            continue
        speed = chance.choice([0.0, 0.0, 0.0, 50.0])
        odometer += speed * 0.75
        level = chance.choice([level - speed / 50, level - speed / 50, 90.0])
        said = {
            "odometer_reading": odometer, "vehicle_speed": speed, "fuel_level": level,
            "gps_latitude": 48 + odometer / 100, "gps_longitude": 11.0, "engine_rpm": 20 * speed,
            "fuel_rate": 2.0 if truck == "T1" else None, "oil_pressure": 400.0,
            "tire_pressure_rear_left": 800 + chance.random(),
        }  # fmt: skip
        told = dict(chance.sample(sorted(said.items()), chance.randint(4, len(said))))
        rows.append(reading(minute, truck, **told))
        if chance.random() < 0.1:  # another frame of that time
            rows.append(reading(minute, truck, fuel_used=odometer / 4, brake_status="ok"))
    return rows


@pytest.mark.parametrize("seed", range(3))
def test_a_refresh_after_each_batch_and_one_at_the_end_give_the_same(
    warehouse: Warehouse, seed: int
) -> None:
    """Late rows, repetitions, frames of one time and clocks that were years back included."""
    chance = random.Random(seed)
    rows = [row for truck in ("T1", "T2", "T3") for row in drive(chance, truck, 4)]
    rows = [{**row, "event_id": f"e{number}"} for number, row in enumerate(rows)]
    rows += [{**row, "fuel_level": 33.0} for row in chance.sample(rows, 15)]  # told again
    rows.append({**reading(-YEARS, "T2", odometer_reading=7), "event_id": "misdated"})
    rows.sort(key=lambda row: row["event_timestamp"] if chance.random() < 0.8 else at(2 * DAY))
    cuts = sorted(chance.sample(range(len(rows)), 3))
    for number, (first, last) in enumerate(zip([0, *cuts], [*cuts, len(rows)], strict=True)):
        land(warehouse, rows[first:last], f"file-{number}")
        refreshing.refresh(warehouse)
    found = tables(warehouse)
    assert all(found[table] for table in CLEARED)
    assert found["core.fleet_changes"] == []
    assert found == made_anew(warehouse)


def test_only_days_of_which_raw_holds_other_rows_are_made_anew(warehouse: Warehouse) -> None:
    """Nothing new is nothing to do; a row that is gone from RAW is gone from the tables."""
    assert refreshing.refresh(warehouse) == Refreshed(0, 0)
    land(warehouse, [reading(m, t) for t in ("T1", "T2") for m in (0, DAY, 2 * DAY)], "a")
    assert refreshing.refresh(warehouse) == Refreshed(2, 6)
    assert refreshing.refresh(warehouse) == Refreshed(0, 0)
    land(warehouse, [reading(DAY + 5, "T2", vehicle_speed=50)], "b")
    assert refreshing.refresh(warehouse) == Refreshed(1, 1)
    assert warehouse.scalar(f"select count(*) from {MOMENTS}") == 7
    warehouse.execute(f"delete from {READINGS} where truck_id = 'T1' or file_name = 'b'")
    assert refreshing.refresh(warehouse) == Refreshed(2, 4)
    found = warehouse.execute("select truck_id, day, count_readings from mart.truck_days")
    assert sorted(found) == [("T2", at(d * DAY).date(), 1) for d in range(3)]


def test_a_reading_that_a_later_one_shows_to_be_misdated_leaves_the_tables(
    warehouse: Warehouse,
) -> None:
    """The day far back has the same rows in RAW as before, and is made anew all the same."""
    land(warehouse, [reading(-YEARS, odometer_reading=5)], "a")
    refreshing.refresh(warehouse)
    assert warehouse.execute("select count_misdated from mart.trucks") == [(0,)]
    land(warehouse, [reading(0, odometer_reading=9)], "b")
    assert refreshing.refresh(warehouse) == Refreshed(1, 2)
    assert warehouse.execute("select odometer_km from core.truck_moments") == [(9.0,)]
    assert warehouse.execute("select count_misdated from mart.trucks") == [(1,)]


def test_a_query_that_has_changed_makes_everything_anew(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a table held by another query does not stay beside what the new one says."""
    land(warehouse, [reading(m, vehicle_speed=50) for m in (0, 10, 20)], "a")
    refreshing.refresh(warehouse)
    query = tables_of.query
    monkeypatch.setattr(
        tables_of,
        "query",
        lambda table: query(table).replace("vehicle_speed, gps_speed", "gps_speed"),
    )
    assert refreshing.refresh(warehouse) == Refreshed(1, 1)
    assert warehouse.execute("select speed_kmh from core.truck_moments") == [(None,)] * 3
    assert warehouse.execute("select * from core.speed_spans") == []


def test_a_warehouse_whose_tables_were_views_is_taken_over(
    connection: dict[str, object], placeholders: dict[str, str], tmp_path: Path
) -> None:
    """A view becomes a table of its name, and holds what had landed before."""
    warehouse = Warehouse(connection)
    before = tmp_path / "sql"
    for folder in ("migrations", "core", "mart", "generated"):
        (before / folder).mkdir(parents=True)
    for path in (SQL / "migrations").glob("*.sql"):
        if path.name < "012":
            (before / "migrations" / path.name).write_text(path.read_text())
    (before / "record.sql").write_text((SQL / "record.sql").read_text())
    for table in TABLES:
        (before / f"{table.replace('.', '/')}.sql").write_text(
            f"create or replace view {table} as select truck_id from raw.truck_telemetry;"
        )
    migrations.migrate(warehouse, placeholders, before)
    columns = (
        "event_id, truck_id, event_timestamp, stream, shard_id, sequence_number, arrived_at, "
        "file_name, file_row, loaded_at"
    )
    warehouse.execute(
        f"insert into raw.truck_telemetry ({columns}) select 'e', 'T1', '2026-03-02', 's', 's', "
        "'1', '2026-03-02', 'a', 1, current_timestamp()"
    )
    assert not any("dropped" in each for each in migrations.migrate(warehouse, placeholders))
    assert migrations.migrate(warehouse, placeholders) == []
    assert refreshing.refresh(warehouse) == Refreshed(1, 1)
    assert warehouse.execute("select truck_id, count_readings from mart.truck_days") == [("T1", 1)]
    warehouse.close()
