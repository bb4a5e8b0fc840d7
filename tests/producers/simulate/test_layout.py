"""What a layout writes is what msgspec would have written."""

import math
from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from producers.simulate.wire.layout import (
    Key,
    Layout,
    bare,
    flag,
    instant,
    local,
    name,
    number,
    padded,
)
from producers.simulate.wire.layout import word as words

TEXTS = ("plain", 'with "quotes"', "back\\slash", "snow ☃ and 🚚", "line\nbreak", "")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def written(layout: Layout, **columns: list[float]) -> list[object]:
    records, _ = layout.encode({k: np.array(v) for k, v in columns.items()})
    return [msgspec.json.decode(record) for record in records]


@settings(deadline=None)  # the first call compiles
@given(
    st.lists(st.floats(-1e9, 1e9) | st.just(math.nan), min_size=1, max_size=20),
    st.integers(0, 6),
)
def test_a_number_is_rounded_and_nan_is_null(values: list[float], decimals: int) -> None:
    """Each number reads back as it was, to half a unit of its last decimal."""
    read = written(Layout("[", number("x", decimals), "]"), x=values)
    for (back,), value in zip(read, values, strict=True):  # type: ignore[misc]
        if math.isnan(value):
            assert back is None
        else:
            assert abs(back - value) <= 0.5000001 * 10.0**-decimals + abs(value) * 1e-15


@settings(deadline=None)  # the first call compiles
@given(st.lists(st.integers(-1, len(TEXTS) - 1), min_size=1, max_size=20))
def test_a_word_is_escaped_and_a_missing_one_is_null(places: list[int]) -> None:
    """Any text of the table reads back as it was."""
    read = written(Layout("[", words("w", TEXTS), "]"), w=places)
    assert read == [[TEXTS[p] if p >= 0 else None] for p in places]


@settings(deadline=None)  # the first call compiles
@given(
    st.lists(
        st.datetimes(datetime(1970, 1, 2), datetime(2999, 1, 1), timezones=st.just(UTC)),
        min_size=1,
        max_size=20,
    )
)
def test_an_instant_is_the_same_instant(moments: list[datetime]) -> None:
    """Calendar and clock are right to the millisecond, leap days and centuries included."""
    whole = [m.replace(microsecond=m.microsecond // 1000 * 1000) for m in moments]
    stamps = [(m - EPOCH) // timedelta(milliseconds=1) for m in whole]
    read = written(Layout("[", instant("t"), ",", local("t"), "]"), t=stamps)
    for (with_offset, without), moment in zip(read, whole, strict=True):  # type: ignore[misc]
        assert with_offset.endswith("Z") and datetime.fromisoformat(with_offset) == moment
        assert datetime.fromisoformat(without) == moment.replace(tzinfo=None)


def test_names_flags_and_the_key_are_where_they_belong() -> None:
    """Names are padded or null, flags true or false, and the key is the marked text."""
    layout = Layout(
        '{"id":"', Key(("T", padded("n", 4))), '-", "order":'.replace(" ", ""), name("o", "O", 3),
        ',"ok":', flag("f"), ',"p":"', bare("p", ["A-1", "B-2"]), '"}',
    )  # fmt: skip
    columns = {"n": [7, 12345], "o": [5, math.nan], "f": [1, 0], "p": [1, 0]}
    records, keys = layout.encode({k: np.array(v, float) for k, v in columns.items()})
    assert keys == ["T0007", "T12345"]
    assert [msgspec.json.decode(r) for r in records] == [
        {"id": "T0007-", "order": "O005", "ok": True, "p": "B-2"},
        {"id": "T12345-", "order": None, "ok": False, "p": "A-1"},
    ]


def test_no_record_is_no_text() -> None:
    """An empty block is written as nothing."""
    assert Layout("[", number("x", 1), "]").encode({"x": np.zeros(0)}) == ([], [])


def test_a_column_that_is_missing_is_an_error() -> None:
    """A layout does not invent what it was not given."""
    with pytest.raises(KeyError):
        Layout("[", number("x", 1), "]").encode({"y": np.zeros(1)})
