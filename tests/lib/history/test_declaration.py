"""Declarations refuse what cannot be, and the SQL made from them is clean."""

from pathlib import Path

import pytest
import sqlfluff
from cartwheel import history
from cartwheel.cli import main
from cartwheel.errors import UsageError
from cartwheel.history import sql
from cartwheel.history.declaration import LINEAGE, Band, Dimension, Equals, Same, Source
from cartwheel.paths import SQL
from cartwheel.warehouse import Warehouse
from click.testing import CliRunner

ROOT = Path(__file__).parents[3]
GOOD = Source(table="raw.t", columns={"a": Same("a")})


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (lambda: Same("a; drop table t"), "'a; drop table t' is not allowed"),
        (lambda: Equals("a", "x' or 'y"), "\"x' or 'y\" is not allowed"),
        (lambda: Band("a", (2, 1), ("x", "y", "z")), "must ascend"),
        (lambda: Band("a", (1,), ("x",)), "1 edges part 2 bands, but 1 are named"),
        (lambda: Source(table="t", columns={"a": Same("a")}), "table: 't' is not allowed"),
        (lambda: Source(table="raw.t", columns={}), "no column is tracked"),
        (
            lambda: Source(table="raw.t", columns={"a": Same("a")}, only={"b": ("c d",)}),
            "value of b: 'c d'",
        ),
        (
            lambda: Source(table="raw.t", columns={"a": Same("a")}, tie_break=LINEAGE[:1]),
            "lacks event_id, file_name, file_row, shard_id",
        ),
        (lambda: Dimension("X Y", ("k",), (GOOD,), ""), "'X Y' is not allowed"),
        (lambda: Dimension("\u212aX", ("k",), (GOOD,), ""), "is not allowed"),
        (lambda: Band("a", (1, float("inf")), ("x", "y", "z")), "must be finite numbers"),
        (lambda: Band("a", (True,), ("x", "y")), "must be finite numbers"),
        (lambda: Band("a", (1,), ("x", "x")), "two have one name"),
        (lambda: Same(None), "None is not allowed"),  # type: ignore[arg-type]
        (
            lambda: Source(table="raw.t", columns={"a": Same("a")}, only={"b": ()}),
            "must be a tuple of values",
        ),
        (
            lambda: Source(table="raw.t", columns={"a": Same("a")}, only={"b": "abc"}),
            "must be a tuple of values",
        ),
        (
            lambda: Dimension("X", ("k",), (Source("raw.t", {"tells_1": Same("a")}),), ""),
            "tells_1 is the history's own",
        ),
        (lambda: Dimension("X", ("a",), (GOOD,), ""), "a is there more than once"),
        (lambda: Dimension("X", ("group",), (GOOD,), ""), "key of X: group is a reserved word"),
        (lambda: Dimension("ORDER", ("k",), (GOOD,), ""), "order is a reserved word"),
        (lambda: Source("raw.table", {"a": Same("a")}), "table: table is a reserved word"),
        (lambda: Source("raw.t", {"from": Same("a")}), "from is a reserved word"),
        (lambda: Dimension("X", ("happened_at",), (GOOD,), ""), "happened_at is the history's own"),
        (lambda: Dimension("X", (), (GOOD,), ""), "needs a key and a source"),
        (
            lambda: Dimension(
                "X",
                ("k",),
                (GOOD, Source(table="raw.u", columns={"b": Same("b")}, deleted_when="gone")),
                "",
            ),
            "of several sources none may delete",
        ),
    ],
)
def test_a_declaration_that_cannot_be_is_refused(build: object, said: str) -> None:
    """The message names what was declared and what is allowed."""
    with pytest.raises(UsageError) as caught:
        build()  # type: ignore[operator]
    assert said in str(caught.value)


@pytest.mark.parametrize("name", history.DIMENSIONS)
def test_each_declared_column_is_one_of_its_tables(warehouse: Warehouse, name: str) -> None:
    """The table of a history has its key, the interval and the tracked columns, and no more."""
    declared = history.resolve(name)
    rows = warehouse.execute(
        "select lower(column_name) from information_schema.columns where table_schema = 'CORE' "
        "and table_name = ? order by ordinal_position",
        (declared.table_name.upper(),),
    )
    interval = ["effective_from", "effective_to", "is_current", "load_timestamp"]
    assert [row[0] for row in rows] == [*declared.key, *interval, *declared.columns]


LARGE = ("TRUCK_TELEMETRY_DATA", "PRODUCT")


# DEPOT and TRUCK are of PRODUCT's shape: one source, whose keys can end.
@pytest.mark.parametrize(
    "name",
    ["TRUCK_STATUS", *(pytest.param(name, marks=pytest.mark.proof) for name in LARGE)],
)
@pytest.mark.parametrize("template", ["merge", "as_of", "as_known_at", "diff", "explain", "check"])
def test_the_sql_of_each_history_is_clean(name: str, template: str) -> None:
    """Sqlfluff's Snowflake dialect parses it, by the project's rules but the line's length."""
    text = sql.text(template, history.resolve(name), one_key=True)
    config = str(ROOT / ".sqlfluff")
    rules = ["AM04", "AM07", "RF02", "RF04", "ST03", "ST06", "ST11", "LT05"]
    found = sqlfluff.lint(text, dialect="snowflake", exclude_rules=rules, config_path=config)
    assert found == []


@pytest.mark.parametrize("name", history.DIMENSIONS)
def test_the_task_is_the_generated_one(name: str) -> None:
    """The committed task is what the command prints, and runs what a merge runs."""
    task = history.task(name)
    assert (SQL / "generated" / f"{name.lower()}.sql").read_text(encoding="utf-8") == task
    for step in history.merging.statements(history.resolve(name)):
        assert " ".join(step.split()) in " ".join(task.split())


@pytest.mark.parametrize(
    "name",
    ["TRUCK_STATUS", *(pytest.param(name, marks=pytest.mark.proof) for name in LARGE)],
)
def test_the_task_parses(name: str) -> None:
    """Its block is Snowflake Scripting."""
    body = history.task(name).split("$$")[1].lstrip()
    found = sqlfluff.lint(
        body, dialect="snowflake", rules=["LT01"], config_path=str(ROOT / ".sqlfluff")
    )
    assert [one for one in found if one["code"] == "PRS"] == []


def test_the_commands_print_the_sql_and_refuse_an_unknown_name() -> None:
    """`cartwheel history sql NAME` prints what a merge runs; an unknown name is misuse."""
    done = CliRunner().invoke(main, ["history", "sql", "truck_status"])
    assert done.exit_code == 0
    assert done.output == sql.text("merge", history.resolve("TRUCK_STATUS"))
    done = CliRunner().invoke(main, ["history", "task", "PRODUCT"])
    assert done.output == history.task("PRODUCT")
    for command in ("sql", "task", "merge", "check"):
        done = CliRunner().invoke(main, ["history", command, "TRUCKS"])
        assert done.exit_code == 2
        assert "there are TRUCK_TELEMETRY_DATA, TRUCK_STATUS, PRODUCT" in done.output
