"""The message of a name that is not known."""

import pytest
from cartwheel.errors import unknown


@pytest.mark.parametrize(
    ("known", "end"),
    [
        ([], "there are none yet."),
        (["a"], "there are a."),
        ([f"t{n}" for n in range(12)], "t10, t11."),
        ([f"t{n}" for n in range(15)], "t10, t11 and 3 more."),
    ],
)
def test_the_known_names_are_listed_up_to_a_dozen(known: list[str], end: str) -> None:
    """The message names what was asked for and what there is."""
    error = unknown("truck", "x", known)
    assert str(error).startswith("There is no truck 'x'; ") and str(error).endswith(end)
    assert error.exit_status == 2
