"""Two merges at once, loads between the statements of a merge, and who holds the lock."""

import random
import re
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from cartwheel import history
from cartwheel.errors import CartwheelError
from cartwheel.history import DIMENSIONS, merging
from cartwheel.warehouse import Warehouse, sqlfiles
from snowflake.connector.errors import ProgrammingError

from .oracle import DIMENSIONS_TESTED, START, Row, load, oracle, place, reading, table

TRUCKS = DIMENSIONS_TESTED["TRUCK_TELEMETRY_DATA"]


@pytest.fixture
def other(connection: dict[str, object], warehouse: Warehouse) -> Warehouse:
    """A second connection to the same database."""
    return Warehouse(connection)


def hold(warehouse: Warehouse) -> None:
    """Begin a merge, and take the history's row."""
    merging._tell(warehouse, TRUCKS, "merge-of-another", "began")
    warehouse.execute("begin transaction")
    merging._run(warehouse, merging.statements(TRUCKS)[0], "merge-of-another")


def test_a_load_between_every_two_statements_is_neither_skipped_nor_merged_twice(
    warehouse: Warehouse, other: Warehouse
) -> None:
    """Under READ COMMITTED each statement sees new rows of RAW; the claims keep them apart."""
    rng = random.Random(5)
    first = [reading(minute, float(minute % 3), minute) for minute in range(8)]
    load(warehouse, TRUCKS, first)
    loaded, claimed = list(first), list(first)
    # Without a transaction each statement sees what is committed: DuckDB's snapshots,
    # which Snowflake does not have, would hide the race.
    for number, statement in enumerate(merging.statements(TRUCKS), 1):
        sql, names = sqlfiles.positional(statement)
        warehouse.execute(sql, [f"a {name}" for name in names])
        late = [
            reading(rng.randrange(12), float(number), 100 * number + i, f"file-{number}")
            for i in range(3)
        ]
        load(other, TRUCKS, late)
        loaded += late
        if number <= merging.STEPS.index("compare"):
            claimed += late
    assert table(warehouse, TRUCKS) == oracle(TRUCKS, claimed)
    history.merge(warehouse, TRUCKS)
    assert table(warehouse, TRUCKS) == oracle(TRUCKS, loaded)


def claimed(warehouse: Warehouse, rows: list[Row]) -> list[Row]:
    """Return the rows that the history has claimed."""
    runs = warehouse.execute("select file_name, first_row, last_row from core.history_files")
    return [
        row
        for row in rows
        if any(row.file == file and first <= place(row) <= last for file, first, last in runs)
    ]


@pytest.mark.parametrize("seed", range(4))
def test_a_file_that_commits_in_parts_during_a_merge_is_read_row_by_row(
    warehouse: Warehouse, other: Warehouse, seed: int
) -> None:
    """Snowpipe may commit a file in several transactions: what came later is the next news."""
    rng = random.Random(seed)
    rows = [reading(rng.randrange(12), float(n % 5), n, f"part-{seed}-{n % 2}") for n in range(60)]
    for row in rows:
        place(row)
    rng.shuffle(rows)
    statements = merging.statements(TRUCKS)
    count = len(statements) + 1
    parts = [rows[n::count] for n in range(count)]
    load(warehouse, TRUCKS, parts[0])
    history.merge(warehouse, TRUCKS)
    assert table(warehouse, TRUCKS) == oracle(TRUCKS, parts[0])
    for number, statement in enumerate(statements, 1):
        load(other, TRUCKS, parts[number])
        sql, names = sqlfiles.positional(statement)
        warehouse.execute(sql, [f"a {name}" for name in names])
    read = claimed(warehouse, rows)
    assert len(parts[0]) < len(read) < len(rows)
    assert table(warehouse, TRUCKS) == oracle(TRUCKS, read)
    history.merge(warehouse, TRUCKS)
    assert table(warehouse, TRUCKS) == oracle(TRUCKS, rows)
    assert claimed(warehouse, rows) == rows


def test_a_second_merge_waits_and_then_merges_what_is_left(
    warehouse: Warehouse, other: Warehouse
) -> None:
    """While one merge is at work a second waits, says so, and finds a whole history."""
    rows = [reading(minute, float(minute), minute) for minute in range(4)]
    load(warehouse, TRUCKS, rows)
    hold(warehouse)
    said: list[str] = []
    waiting = threading.Thread(target=history.merge, args=(other, TRUCKS, said.append))
    waiting.start()
    while not said:
        waiting.join(0.01)
        assert waiting.is_alive()
    for statement in merging.statements(TRUCKS)[1:]:
        merging._run(warehouse, statement, "merge-of-another")
    warehouse.execute("commit")
    waiting.join(30)
    assert not waiting.is_alive()
    assert said == ["TRUCK_TELEMETRY_DATA: another merge is at work; waiting for it."]
    assert table(warehouse, TRUCKS) == oracle(TRUCKS, rows)
    claims = warehouse.execute("select distinct merge_id from core.history_files")
    assert claims == [("merge-of-another",)]


def test_a_merge_that_waits_too_long_stops_and_names_the_holder(
    warehouse: Warehouse, other: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After its patience a merge stops with one message: who holds on, and since when."""
    monkeypatch.setattr(merging, "PATIENCE_SECONDS", 0.3)
    load(warehouse, TRUCKS, [reading(0, 1.0, 1)])
    held = datetime.now(UTC)
    hold(warehouse)
    with pytest.raises(CartwheelError) as caught:
        history.merge(other, TRUCKS)
    warehouse.execute("rollback")
    assert f"another merge holds the lock ({merging.holder()}, since " in str(caught.value)
    # An hour may begin in between.
    assert any(f"since {at:%H:}" in str(caught.value) for at in (held, datetime.now(UTC)))
    assert "Nothing was changed" in str(caught.value)
    assert table(other, TRUCKS) == []
    assert history.merge(other, TRUCKS).made == 1


class Locked(Warehouse):
    """A warehouse whose lock others hold for some statements, in Snowflake's words."""

    held = 0

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        if "_lock\nset" in sql and self.held:
            self.held -= 1
            raise ProgrammingError(
                msg="Statement '01b2c3' has locked table 'TRUCK_TELEMETRY_DATA_LOCK' in "
                "transaction 1700000000000 and this lock has not yet been released.",
                errno=625,
                sqlstate="57014",
            )
        return super().execute(sql, parameters)


def test_a_lock_that_snowflake_waited_for_in_vain_is_asked_for_again(
    warehouse: Warehouse, connection: dict[str, object]
) -> None:
    """Error 625 is another merge at work, not a failure: this one waits and then merges."""
    load(warehouse, TRUCKS, [reading(0, 1.0, 1)])
    locked, said = Locked(connection), []
    locked.held = 2
    assert history.merge(locked, TRUCKS, said.append).made == 1
    assert said == ["TRUCK_TELEMETRY_DATA: another merge is at work; waiting for it."]
    locked.close()


def test_a_lock_that_snowflake_never_gives_ends_in_a_message(
    warehouse: Warehouse, connection: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After its patience the merge stops, and nothing was changed."""
    monkeypatch.setattr(merging, "PATIENCE_SECONDS", 0.3)
    load(warehouse, TRUCKS, [reading(0, 1.0, 1)])
    locked = Locked(connection)
    locked.held = 10**6
    with pytest.raises(CartwheelError, match="another merge holds the lock"):
        history.merge(locked, TRUCKS)
    locked.close()
    assert table(warehouse, TRUCKS) == []


def test_no_two_histories_write_one_table_that_they_lock() -> None:
    """An UPDATE or DELETE may lock all of a table: each history has its own for both."""
    locked: dict[str, set[str]] = {}
    for name, declared in DIMENSIONS.items():
        for statement in merging.statements(declared):
            found = re.match(r"(?:update|delete from) (\S+)", statement)
            if found:
                locked.setdefault(found[1], set()).add(name)
    assert len(locked) == 5 * len(DIMENSIONS)
    assert all(len(names) == 1 for names in locked.values()), locked


def test_a_task_that_finds_the_lock_taken_leaves_the_work_to_its_next_run() -> None:
    """Its procedure catches the lock's error alone, says 'skipped' and ends without failing."""
    for name in DIMENSIONS:
        text = history.task(name)
        lock, _, rest = text.partition("exception\n        when statement_error then")
        assert lock.rstrip().endswith("set merge_id = cast(:merge_id as varchar);")
        handler = rest.partition("\n    end;\n")[0]
        assert "if (sqlcode <> 625) then\n                raise;" in handler
        assert "'skipped' as outcome" in handler and "return 'skipped';" in handler
        assert "suspend_task_after_num_failures = 0" in text
        assert "timezone = 'UTC', lock_timeout = 30\n" in text
        assert len(text[text.index("create or replace task") :]) < 800


def test_histories_merge_beside_each_other(warehouse: Warehouse, other: Warehouse) -> None:
    """A merge of one history does not wait for a merge of another."""
    load(warehouse, TRUCKS, [reading(0, 1.0, 1)])
    hold(warehouse)
    assert history.merge(other, "TRUCK_STATUS").made == 1
    warehouse.execute("rollback")


def test_many_merges_at_once_make_the_oracles_table(
    warehouse: Warehouse, connection: dict[str, object]
) -> None:
    """Four processes that load and merge at will end in the table of one ordered merge."""
    rng = random.Random(8)
    rows = [
        reading(rng.randrange(30), rng.choice([1.0, 2.0]), n, f"file-{n % 8}") for n in range(80)
    ]
    batches = [[row for row in rows if row.file == f"file-{n}"] for n in range(8)]
    failures: list[BaseException] = []

    def work(mine: list[list[Row]]) -> None:
        own = Warehouse(connection)
        try:
            for batch in mine:
                load(own, TRUCKS, batch)
                history.merge(own, TRUCKS)
        except BaseException as error:
            failures.append(error)
        finally:
            own.close()

    threads = [threading.Thread(target=work, args=(batches[n::4],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert table(warehouse, TRUCKS) == oracle(TRUCKS, rows)


def test_a_merge_that_was_left_is_said_to_be_abandoned(warehouse: Warehouse) -> None:
    """A merge that began long ago and never ended is told apart by the next that commits."""
    load(warehouse, TRUCKS, [reading(0, 1.0, 1)])
    warehouse.execute(
        "insert into core.history_merges (history_name, merge_id, outcome, holder, told_at) "
        "select 'TRUCK_TELEMETRY_DATA', 'killed', 'began', 'somebody', "
        "dateadd('hour', -1, current_timestamp())"
    )
    history.merge(warehouse, TRUCKS)
    told = warehouse.execute(
        "select outcome, holder from core.history_merges where merge_id = 'killed' order by told_at"
    )
    assert told == [("began", "somebody"), ("abandoned", "somebody")]


def test_a_merge_that_finds_nothing_has_ended_too(warehouse: Warehouse) -> None:
    """Every merge says that it began and how it ended, also if there was nothing to do."""
    history.merge(warehouse, TRUCKS)
    load(warehouse, TRUCKS, [reading(0, 1.0, 1)])
    done = history.merge(warehouse, TRUCKS)
    told = warehouse.execute(
        "select outcome, count_files, last_news_at from core.history_merges order by told_at"
    )
    began = ("began", None, None)
    assert told == [began, ("committed", 0, None), began, ("committed", 1, START)]
    assert done.files == 1


def test_a_merge_that_fails_at_any_statement_changes_nothing_and_says_so(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table, the claims and the work tables are as before, and the merge failed."""
    before = [reading(1, 1.0, 1)]
    load(warehouse, TRUCKS, before)
    history.merge(warehouse, TRUCKS)
    load(warehouse, TRUCKS, [reading(0, 2.0, 2, "file-1")])
    whole = merging.statements(TRUCKS)
    for stop in range(1, len(whole)):
        broken = (*whole[:stop], "select * from core.no_such_table", *whole[stop + 1 :])
        monkeypatch.setattr(merging, "statements", lambda _, broken=broken: broken)
        with pytest.raises(Exception, match=r"(?i)no_such_table"):
            history.merge(warehouse, TRUCKS)
        assert table(warehouse, TRUCKS) == oracle(TRUCKS, before)
        assert warehouse.scalar("select count(*) from core.history_files") == 1
    monkeypatch.undo()
    failed = "select count(*) from core.history_merges where outcome = 'failed'"
    assert warehouse.scalar(failed) == len(whole) - 1
    assert history.merge(warehouse, TRUCKS).files == 1
