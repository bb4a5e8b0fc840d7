"""What the embedded warehouse remembers of a statement never shows in an answer."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
import snowflake.connector
from cartwheel.warehouse import Warehouse
from snowflake.connector.constants import FIELD_TYPES


@pytest.fixture
def empty(connection: dict[str, object]) -> Iterator[Warehouse]:
    """A database of its own, with nothing in it."""
    made = Warehouse(connection)
    yield made
    made.close()


def test_the_same_statement_asks_the_schema_it_is_in(empty: Warehouse) -> None:
    """One text names two tables, depending on the session's schema."""
    for schema, value in (("one", 1), ("two", 2)):
        empty.execute(f"create schema {schema}")
        empty.execute(f"create table {schema}.t as select {value} as a")
    seen = []
    for schema in ("one", "two", "one"):
        empty.execute(f"use schema {schema}")
        seen.append(empty.scalar("select a from t"))
    assert seen == [1, 2, 1]


def test_the_same_statement_takes_each_binding(empty: Warehouse) -> None:
    """Values are bound anew each time, also the name of a table."""
    assert [empty.scalar("select ? + 1", (n,)) for n in (1, 5, 1)] == [2, 6, 2]
    for name, value in (("this", 1), ("that", 2)):
        empty.execute(f"create table public.{name} as select {value} as a")
    sql = "select a from identifier(?)"
    assert [empty.scalar(sql, (f"public.{name}",)) for name in ("this", "that")] == [1, 2]


def test_the_same_statement_sees_what_became_of_its_table(empty: Warehouse) -> None:
    """Columns and their types are those of now, in the rows and in their description."""
    for name, kind, value in (("a", "int", 1), ("b", "varchar", "x"), ("c", "float", 2.5)):
        empty.execute(f"create or replace table public.t ({name} {kind})")
        empty.execute("insert into public.t select ?", (value,))
        frame = empty.query("select * from public.t")
        assert list(frame.columns) == [name] and frame.iloc[0, 0] == value


def test_an_overwriting_insert_overwrites_each_time(empty: Warehouse) -> None:
    """It is taken apart into a deletion and an insert, and yet is whole the next time."""
    empty.execute("create table public.t (a int)")
    for number in (1, 2):
        empty.execute("insert overwrite into public.t select ?", (number,))
        assert empty.execute("select a from public.t") == [(number,)]


def cursor_of(connection: dict[str, Any]) -> Any:
    return snowflake.connector.connect(**connection).cursor()


def test_a_result_is_described_by_its_own_types(connection: dict[str, object]) -> None:
    """Name, type, precision and scale are right for each type, and for counts of rows."""
    cursor = cursor_of(connection)
    cursor.execute(
        "select 1 as whole, cast(1.5 as number(10, 2)) as price, 1.5::float as ratio, 'x' as word, "
        "true as flag, '2026-01-02'::date as day, '2026-01-02 03:04:05'::timestamp_ntz as moment, "
        "parse_json('{\"a\": 1}') as document, null as nothing"
    )
    kinds = [(d.name, FIELD_TYPES[d.type_code].name) for d in cursor.description]
    assert kinds == [
        ("WHOLE", "FIXED"), ("PRICE", "FIXED"), ("RATIO", "REAL"), ("WORD", "TEXT"),
        ("FLAG", "BOOLEAN"), ("DAY", "DATE"), ("MOMENT", "TIMESTAMP_NTZ"),
        ("DOCUMENT", "VARIANT"), ("NOTHING", "TEXT"),
    ]  # fmt: skip
    assert (cursor.description[1].precision, cursor.description[1].scale) == (10, 2)
    assert cursor.fetchone()[1] == Decimal("1.50")
    cursor.execute("create table public.t as select 1 as a")
    cursor.execute("delete from public.t")
    assert cursor.description[0].name == "number of rows deleted" and cursor.rowcount == 1


def test_an_older_result_is_described_by_its_own_types(connection: dict[str, object]) -> None:
    """RESULT_SCAN gives an earlier statement's rows, whatever became of its table since."""
    cursor = cursor_of(connection)
    cursor.execute("create table public.t as select 'x' as word, 2 as number")
    cursor.execute("select * from public.t")
    older = cursor.sfqid
    cursor.execute("drop table public.t")
    cursor.execute(f"select * from table(result_scan('{older}'))")
    assert [d.name for d in cursor.description] == ["WORD", "NUMBER"]
    assert cursor.fetchall() == [("x", 2)]


def test_more_statements_than_are_remembered_by_several_threads(
    connection: dict[str, object],
) -> None:
    """Each of four connections gets its answers, while what is remembered is thrown away."""

    def ask(number: int) -> bool:
        warehouse = Warehouse(connection)
        try:
            return all(
                warehouse.scalar(f"select {n} + {number % 2}") == n + number % 2 for n in range(300)
            )
        finally:
            warehouse.close()

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(ask, range(4)))
