"""The data dictionary: complete, and as its page says."""

from collections import Counter

from cartwheel.environment import Environment
from cartwheel.paths import ROOT
from cartwheel.warehouse import Warehouse, dictionary, migrations

# Tables of the histories' own bookkeeping, which nobody is meant to read.
INNER = ("history_", "_new_times", "_regions", "_changed", "_lock")


def test_every_table_and_column_is_described(warehouse: Warehouse) -> None:
    """What the warehouse has is described, in its order, and nothing that it has not."""
    found = warehouse.query(
        "select lower(table_schema || '.' || table_name) as name, "
        "lower(column_name) as column_name "
        "from information_schema.columns where table_schema in ('RAW', 'CORE', 'MART', 'OPS') "
        "order by name, ordinal_position"
    )
    found = found[~found["name"].str.contains("|".join(INNER))]
    held = found.groupby("name")["column_name"].agg(list).to_dict()
    described = {
        table.name: [column.name for column in table.columns] for table in dictionary.tables()
    }
    assert described == held


def test_every_text_says_something() -> None:
    """A table has a grain and a query, a column a text, and quantities their unit."""
    units: Counter[str] = Counter()
    for table in dictionary.tables():
        assert table.text and table.grain and table.example.startswith("select ")
        for column in table.columns:
            assert len(column.text) > 3, (table.name, column.name)
            units[column.unit] += 1
            is_quantity = column.name.endswith(("_km", "_kpa", "_kmh", "_kg", "litres", "speed"))
            assert bool(column.unit) >= is_quantity, (table.name, column.name)
    assert {"km", "km/h", "kPa", "°C", "%", "L"} <= set(units)


def test_every_query_of_the_dictionary_runs(loaded: Environment) -> None:
    """An example is copied, so it must run."""
    for table in dictionary.tables():
        loaded.warehouse.query(table.example)


def test_the_page_is_made_of_the_comments() -> None:
    """docs/data.md is what 'python -m cartwheel.warehouse.dictionary' prints."""
    assert (ROOT / "docs" / "data.md").read_text(encoding="utf-8") == dictionary.markdown()


def test_the_comments_are_in_the_warehouse(warehouse: Warehouse) -> None:
    """Written once, again when a view was made anew, and recorded."""
    names = ["comments/core.sql", "comments/mart.sql", "comments/ops.sql", "comments/raw.sql"]
    ran = [f"ran {name}" for name in names]
    assert migrations.comment(warehouse, anew=False) == ran
    assert migrations.comment(warehouse, anew=False) == []
    assert migrations.comment(warehouse, anew=True) == ran
    comment = warehouse.scalar(
        "select comment from information_schema.columns where table_schema = 'RAW' "
        "and table_name = 'TRUCK_TELEMETRY' and column_name = 'VEHICLE_SPEED'"
    )
    assert comment == "Speed by the vehicle's own sensor [km/h]"
