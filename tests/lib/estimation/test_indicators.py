"""Columns of names as numbers."""

import pandas as pd
from cartwheel.estimation.indicators import indicators


def test_the_most_frequent_is_the_base_and_null_a_value() -> None:
    """Of three values and a null the most frequent has no column, the rarest is not told apart."""
    rows = pd.DataFrame({"kind": ["a", "a", "a", None, None, "b", "b", "c"], "same": "x"})
    found = indicators(rows, ("kind", "same"), 3)
    assert sorted(found) == ["kind b", "kind unknown"]
    assert found["kind unknown"].tolist() == [False] * 3 + [True] * 2 + [False] * 3
    assert indicators(rows.head(0), ("kind",), 3) == {}
