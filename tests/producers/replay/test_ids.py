"""Ids of a file's events: the same row is the same event, equal rows are several."""

from pathlib import Path

import pytest
from cartwheel.errors import UsageError

from producers.replay.translate import messages, source_name
from tests.producers.replay.shared import decoded, mapped, written

LINES = mapped(
    '[[event]]\nkind = "order_line"\nStockCode = "s"\nQuantity = "q"\nUnitPrice = "p"\n'
    'InvoiceDate = "at"\n'
)
HEAD = "s,q,p,at\n"
ROWS = [f"S{n % 2},1,2.5,2026-03-0{1 + n // 2}\n" for n in range(4)]


def ids(tmp_path: Path, rows: list[str], name: str = "own.csv") -> list[str]:
    path = written(tmp_path / name, HEAD + "".join(rows))
    return [event.event_id for event in decoded(path, LINES, source_name(path, None))]


def test_the_same_file_again_repeats_its_events(tmp_path: Path) -> None:
    """Also grown at its top or its end, and packed."""
    first = ids(tmp_path, ROWS)
    new = "S9,1,2.5,2026-03-09\n"
    assert ids(tmp_path, ROWS) == first
    assert ids(tmp_path, [new, *ROWS])[1:] == first
    assert ids(tmp_path, [*ROWS, new])[:4] == first
    assert len(set(first)) == 4


def test_equal_lines_stay_as_many(tmp_path: Path) -> None:
    """Three equal lines are three events, and the first two of them those of a file of two."""
    three = ids(tmp_path, [ROWS[0]] * 3)
    assert len(set(three)) == 3
    assert ids(tmp_path, [ROWS[0]] * 2) == three[:2]
    assert set(ids(tmp_path, [ROWS[1], *[ROWS[0]] * 3])) > set(three)


def test_another_source_is_other_events(tmp_path: Path) -> None:
    """Two files of five order lines, of other months, are ten lines; so are equal ones."""
    assert not set(ids(tmp_path, ROWS, "march.csv")) & set(ids(tmp_path, ROWS, "april.csv"))
    paths = [written(tmp_path / name, HEAD + "".join(ROWS)) for name in ("a.csv", "b.csv")]
    assert len({m.data for m in messages(paths, LINES, None)}) == 8
    assert len({m.data for m in messages(paths, LINES, "both")}) == 4


def test_a_corrected_mapping_corrects_the_same_events(tmp_path: Path) -> None:
    """The id is of the row, whatever is made of it."""
    path = written(tmp_path / "own.csv", HEAD + "".join(ROWS))
    doubled = LINES._replace(events=(LINES.events[0]._replace(fields={
        **LINES.events[0].fields, "Description": LINES.events[0].fields["StockCode"],
    }),))  # fmt: skip
    before, after = decoded(path, LINES), decoded(path, doubled)
    assert [e.event_id for e in before] == [e.event_id for e in after]
    assert after[0].Description == "S0"


def test_an_id_of_the_files_own_is_kept(tmp_path: Path) -> None:
    """A column can be the id."""
    path = written(tmp_path / "own.csv", "id,s,q,p,at\n77,A,1,2.5,2026-03-01\n")
    own = mapped(
        '[[event]]\nkind = "order_line"\nevent_id = { column = ["s", "id"], join = "-" }\n'
        'StockCode = "s"\nQuantity = "q"\nUnitPrice = "p"\nInvoiceDate = "at"\n'
    )
    assert [e.event_id for e in decoded(path, own)] == ["A-77"]


def test_a_source_has_room_in_an_id() -> None:
    """A name that is too long is told."""
    with pytest.raises(UsageError, match="200 characters at most"):
        source_name(Path("x.csv"), "n" * 201)
