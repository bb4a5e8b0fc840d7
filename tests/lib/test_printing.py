"""What is printed of data obeys nobody's escape sequences."""

import pytest
from cartwheel.printing import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("T0001 Käse €", "T0001 Käse €"),
        ("two\nlines", "two\nlines"),
        ("\x1b]0;owned\x07", "\\x1b]0;owned\\x07"),
        ("a\rb\tc\x00", "a\\rb\\tc\\x00"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        (None, "None"),
    ],
)
def test_control_characters_are_shown_and_not_obeyed(text: object, shown: str) -> None:
    """Colours, titles, carriage returns and reversed text come out as escapes."""
    assert printable(text) == shown
