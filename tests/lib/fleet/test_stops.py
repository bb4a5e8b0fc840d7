"""What is said of a truck's trips and stops is what the rows bear."""

from datetime import datetime, timedelta

import pandas as pd
import pytest
from cartwheel.fleet import stops

START = datetime(2026, 3, 2)


def rows(*spells: tuple[str, float, float | None, float | None]) -> pd.DataFrame:
    """Return spells of so many hours one after the other: kind, hours, km, engine seconds."""
    made, at = [], START
    for kind, hours, km, engine in spells:
        until = at + timedelta(hours=hours)
        made.append((kind, at, until, km, engine))
        at = until
    names = ["kind", "began_at", "ended_at", "distance_km", "engine_seconds"]
    return pd.DataFrame(made, columns=names)


@pytest.mark.parametrize(
    ("spells", "text"),
    [
        ((), "Whether T1 drove or stood is unknown"),
        ((("stop", 5, None, None),), "T1 made no trip"),
        ((("stop", 5, None, 0.0),), "T1 made no trip"),
        ((("stop", 5, None, 1500.0),), "T1 made no trip; its engine ran 25 min in 1 stop"),
        ((("trip", 1, 80.4, None),), "T1 made 1 trip, 80 km in all"),
        (
            (("trip", 1, 80.4, None), ("stop", 3, None, 7200.0), ("trip", 1, 80.4, None)),
            "T1 made 2 trips, 161 km in all; its engine ran 2.0 h in 1 stop",
        ),
        ((("trip", 1, 40.0, None), ("trip", 1, None, None)), "T1 made 2 trips"),
        (
            (("trip", 1, None, None), ("stop", 3, None, 7200.0), ("stop", 3, None, None)),
            "T1 made 1 trip",
        ),
    ],
)
def test_the_title_says_what_is_known(
    spells: tuple[tuple[str, float, float | None, float | None], ...], text: str
) -> None:
    """A sum with an unknown part is not told."""
    found = stops.driven(rows(*spells), "T1")
    assert found.text == text and len(found.rows) == len(spells)
