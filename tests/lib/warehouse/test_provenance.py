"""Where a frame comes from: the statement as it can be run again."""

from datetime import datetime

import pandas as pd
import pytest
from cartwheel.warehouse import Warehouse, provenance


@pytest.mark.parametrize(
    ("statement", "parameters", "written"),
    [
        ("select ?", ["it's"], "select 'it''s'"),
        ("select ?, ?", [1, None], "select 1, null"),
        ("select ? and '?'", [True], "select true and '?'"),
        ("select 1 -- is it?\nwhere 1 = ?", [1], "select 1 -- is it?\nwhere 1 = 1"),
        ("-- the driver's\nselect ?", [1], "-- the driver's\nselect 1"),
        ('select 1 as "a?", ?', [2.5], 'select 1 as "a?", 2.5'),
        ("select /* ? */ ?", [datetime(2026, 1, 2, 3)], "select /* ? */ '2026-01-02 03:00:00'"),
        ("select 'a''b?', ?", [1], "select 'a''b?', 1"),
        ("select '?'", [], "select '?'"),
    ],
)
def test_what_was_bound_is_written_out(
    statement: str, parameters: list[object], written: str
) -> None:
    """Bindings are replaced, but not in texts, names and comments."""
    assert provenance.written_out(statement, parameters) == written


@pytest.mark.parametrize("text", ["it's", "a\\nb", "?", "--", '"'])
def test_the_shown_statement_gives_the_same_rows(warehouse: Warehouse, text: str) -> None:
    """Whatever the text, running again what is shown is the query."""
    found = warehouse.query("select ? as a, '?' as b", [text])
    (shown,) = provenance.statements(found)
    assert warehouse.query(shown).equals(found)
    assert found["a"][0] == text


def test_a_frame_knows_its_statement_through_what_pandas_makes_of_it() -> None:
    """Columns, rows and order may change; what is made anew is told by hand."""
    frame = pd.DataFrame({"a": [2, 1], "b": [None, 1]})
    provenance.record(frame, " select 1 ")
    made = frame.assign(c=1).dropna().rename(columns={"a": "x"}).sort_values("x").head(1)
    assert provenance.statements(made) == ("select 1",)
    anew = provenance.made_from(pd.DataFrame({"n": [1]}), frame, frame)
    assert provenance.statements(anew) == ("select 1",)
    assert provenance.statements(pd.DataFrame()) == ()
