"""The warehouse: queries, bindings, transactions, SQL files, migrations."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pandas as pd
import pytest
from cartwheel.errors import CartwheelError, UsageError
from cartwheel.warehouse import Warehouse, identifier, migrations, sqlfiles
from snowflake.connector.errors import Error as SnowflakeError


def test_a_query_returns_plain_numbers_and_lower_case_names(warehouse: Warehouse) -> None:
    """Decimals come as integers and floats, NULL stays NULL, names are in lower case."""
    frame = warehouse.query("select 1 as A, cast(1.5 as number(9, 2)) as b, null as c")
    assert list(frame.columns) == ["a", "b", "c"]
    assert frame["a"].dtype == "int64"
    assert frame["b"].tolist() == [1.5]
    assert frame["c"].isna().all()


def test_an_empty_result_is_an_empty_frame_with_its_columns(warehouse: Warehouse) -> None:
    """A query without rows has columns all the same."""
    frame = warehouse.query("select file_name, applied_at from ops.migrations where 1 = 0")
    assert list(frame.columns) == ["file_name", "applied_at"] and frame.empty


@pytest.mark.parametrize(
    "text", ["it's", '"; drop table x; --', "ü 🚚", "a\nb", "\\", "%s :name ?"]
)
def test_a_binding_is_data_whatever_it_holds(warehouse: Warehouse, text: str) -> None:
    """Text comes back as it went, quotes and all."""
    assert warehouse.scalar("select cast(? as varchar)", (text,)) == text


def test_a_failed_transaction_leaves_nothing(warehouse: Warehouse) -> None:
    """What happened before the failure is rolled back."""
    insert = "insert into core.product_lock (merge_id) select 'T'"
    with pytest.raises(RuntimeError), warehouse.transaction():
        warehouse.execute(insert)
        raise RuntimeError
    assert warehouse.scalar("select count(*) from core.product_lock where merge_id = 'T'") == 0
    with warehouse.transaction():
        warehouse.execute(insert)
    assert warehouse.scalar("select count(*) from core.product_lock where merge_id = 'T'") == 1


def test_a_frame_is_loaded_whole(warehouse: Warehouse) -> None:
    """A DataFrame arrives in the table with its NULLs and times."""
    warehouse.execute(
        "create table mart.numbers (n number(38, 0), t varchar, moment timestamp_ntz)"
    )
    moment = datetime(2026, 1, 2, 3, 4, 5)
    frame = pd.DataFrame({"n": [1, 2], "t": ["a", None], "moment": [moment, moment]})
    assert warehouse.load_frame(frame, "mart.numbers") == 2
    rows = warehouse.execute("select * from mart.numbers order by n")
    assert rows == [(1, "a", moment), (2, None, moment)]


@pytest.mark.parametrize("name", ["a b", "a;drop", "a.b.c.d", "", '"a"', "1a"])
def test_only_plain_names_may_stand_in_sql(name: str) -> None:
    """An identifier is refused unless it is one."""
    with pytest.raises(UsageError):
        identifier(name)


def test_names_become_bindings_and_casts_stay() -> None:
    """:name is a binding; ::type and $1:field are not."""
    sql, names = sqlfiles.positional("select a::date, $1:b::int from t where c = :d and e = (:f)")
    assert sql == "select a::date, $1:b::int from t where c = ? and e = (?)"
    assert names == ["d", "f"]


def test_a_datetime_is_bound_as_utc(warehouse: Warehouse) -> None:
    """A time with an offset means the same instant in the warehouse."""
    summer = timezone(timedelta(hours=2))
    window = {
        "since": datetime(2026, 1, 1, 2, tzinfo=summer),
        "until": datetime(2026, 1, 2, tzinfo=UTC),
        "device": None,
        "visitors": "all",
    }
    assert warehouse.query_file("clicks/overview/summary", **window)["count_sessions"].tolist() == [
        0
    ]


def test_placeholders_are_a_closed_list_and_cannot_end_a_literal() -> None:
    """An unknown placeholder, and a value that is more than a name, are refused."""
    assert sqlfiles.fill("s3://{{ b }}/", {"b": "lake-1"}, "f.sql") == "s3://lake-1/"
    with pytest.raises(CartwheelError, match=r"f\.sql: unknown placeholder {{c}}; known: b"):
        sqlfiles.fill("{{c}}", {"b": "x"}, "f.sql")
    with pytest.raises(CartwheelError, match="not a name"):
        sqlfiles.fill("'{{b}}'", {"b": "x'; drop table y; --"}, "f.sql")


@pytest.fixture
def sql_folder(tmp_path: Path) -> Path:
    (tmp_path / "migrations").mkdir()
    (tmp_path / "mart").mkdir()
    (tmp_path / "record.sql").write_text((sqlfiles_root() / "record.sql").read_text())
    (tmp_path / "migrations" / "001_a.sql").write_text(
        "create schema if not exists mart; create table if not exists mart.{{ lake }} (n number);"
    )
    (tmp_path / "mart" / "v.sql").write_text("create or replace view mart.v as select 1 as n;")
    return tmp_path


def sqlfiles_root() -> Path:
    from cartwheel.paths import SQL

    return SQL


def test_each_migration_runs_once_and_a_changed_view_again(
    connection: dict[str, object], sql_folder: Path
) -> None:
    """Migrations run once each, in order; a view's file is run again when it changed."""
    warehouse = Warehouse(connection)
    values = {"lake": "lake"}
    both = ["ran migrations/001_a.sql", "ran mart/v.sql"]
    assert migrations.migrate(warehouse, values, sql_folder) == both
    assert migrations.migrate(warehouse, values, sql_folder) == []
    (sql_folder / "mart" / "v.sql").write_text("create or replace view mart.v as select 2 as n;")
    (sql_folder / "migrations" / "002_b.sql").write_text("create table mart.b (n number);")
    assert migrations.migrate(warehouse, values, sql_folder) == [
        "ran migrations/002_b.sql",
        "ran mart/v.sql",
    ]
    assert warehouse.scalar("select n from mart.v") == 2
    warehouse.close()


def test_a_view_without_a_file_is_dropped(connection: dict[str, object], sql_folder: Path) -> None:
    """What a deleted file made is gone after the next run, which says so; once."""
    warehouse = Warehouse(connection)
    gone = sql_folder / "mart" / "gone.sql"
    gone.write_text("create or replace view mart.gone as select 1 as n;")
    migrations.migrate(warehouse, {"lake": "lake"}, sql_folder)
    assert warehouse.scalar("select n from mart.gone") == 1
    gone.unlink()
    assert migrations.migrate(warehouse, {"lake": "lake"}, sql_folder) == ["dropped view mart.gone"]
    assert migrations.migrate(warehouse, {"lake": "lake"}, sql_folder) == []
    with pytest.raises(SnowflakeError, match=r"(?i)gone"):
        warehouse.scalar("select n from mart.gone")
    assert warehouse.scalar("select n from mart.v") == 1
    warehouse.close()


def test_a_warehouse_of_the_older_layout_keeps_its_views(
    connection: dict[str, object], placeholders: dict[str, str]
) -> None:
    """Views recorded as marts/NN_… stay under their new files; one that was renamed is dropped."""
    warehouse = Warehouse(connection)
    migrations.migrate(warehouse, placeholders)
    warehouse.execute("create view mart.ledger as select 1 as n")
    warehouse.execute("delete from ops.migrations where file_name like 'core/%'")
    for name in ("marts/01_core_clicks.sql", "marts/04_mart_ledger.sql", "tasks/product.sql"):
        warehouse.execute("insert into ops.migrations select ?, 'x', current_timestamp()", (name,))
    done = migrations.migrate(warehouse, placeholders)
    assert "ran core/clicks.sql" in done
    assert [each for each in done if each.startswith("dropped")] == ["dropped view mart.ledger"]
    assert warehouse.scalar("select count(*) from core.clicks") == 0
    recorded = migrations.recorded(warehouse)["file_name"]
    assert not recorded.str.contains(r"^(?:marts|tasks)/").any()
    warehouse.close()


def test_a_changed_or_missing_old_migration_is_refused(
    connection: dict[str, object], sql_folder: Path
) -> None:
    """A migration that ran must stay as it ran, whatever its placeholders were."""
    warehouse = Warehouse(connection)
    migrations.migrate(warehouse, {"lake": "lake"}, sql_folder)
    assert migrations.migrate(warehouse, {"lake": "other"}, sql_folder) == []
    path = sql_folder / "migrations" / "001_a.sql"
    text = path.read_text()
    path.write_text(text + " -- more")
    with pytest.raises(CartwheelError, match="001_a.sql was changed after it ran"):
        migrations.migrate(warehouse, {"lake": "lake"}, sql_folder)
    path.unlink()
    with pytest.raises(CartwheelError, match="not in the project"):
        migrations.migrate(warehouse, {"lake": "lake"}, sql_folder)
    warehouse.close()


def test_a_failing_migration_names_its_file_and_statement(
    connection: dict[str, object], sql_folder: Path
) -> None:
    """A failure says which statement of which file, and the file is not recorded."""
    warehouse = Warehouse(connection)
    path = sql_folder / "migrations" / "001_a.sql"
    path.write_text("create schema if not exists mart; create table mart.t (n nonsense_type_x(1);")
    with pytest.raises(CartwheelError, match=r"001_a\.sql.*\n.*nonsense_type_x"):
        migrations.migrate(warehouse, {"lake": "lake"}, sql_folder)
    assert warehouse.scalar("select count(*) from ops.migrations") == 0
    warehouse.close()
