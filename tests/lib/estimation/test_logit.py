"""Logistic regression: the maximum, and intervals by cluster."""

import numpy as np
import pandas as pd
import pytest
from cartwheel.estimation import logit


def table(*cells: tuple[int, int, int]) -> pd.DataFrame:
    """Return rows of (treated, bought, how many), each of its own cluster."""
    rows = [(t, b) for t, b, count in cells for _ in range(count)]
    return pd.DataFrame(rows, columns=["treated", "bought"]).assign(person=lambda f: f.index)


def test_of_two_groups_it_is_the_log_of_the_odds_ratio() -> None:
    """With Woolf's standard error, but for the correction of few clusters."""
    rows = table((0, 0, 60), (0, 1, 40), (1, 0, 45), (1, 1, 55))
    found = logit.fit(rows[["treated"]], rows["bought"], rows["person"])["treated"]
    assert found.value == pytest.approx(np.log(55 * 60 / (45 * 40)))
    woolf = np.sqrt(1 / 60 + 1 / 40 + 1 / 45 + 1 / 55) * np.sqrt(200 / 199 * 199 / 198)
    assert found.half_width == pytest.approx(1.959964 * woolf, rel=1e-6)


def test_rows_of_a_person_tell_no_more_than_one() -> None:
    """Each row four times, of the same person: the interval stays, the estimate too."""
    rows = table((0, 0, 60), (0, 1, 40), (1, 0, 45), (1, 1, 55))
    four = pd.concat([rows] * 4)
    once = logit.fit(rows[["treated"]], rows["bought"], rows["person"])["treated"]
    told = logit.fit(four[["treated"]], four["bought"], four["person"])["treated"]
    alone = logit.fit(four[["treated"]], four["bought"], pd.Series(range(800)))["treated"]
    assert told.value == pytest.approx(once.value)
    assert told.half_width == pytest.approx(once.half_width, rel=0.01)
    assert alone.half_width == pytest.approx(once.half_width / 2, rel=0.01)


def test_a_circumstance_is_held_fixed() -> None:
    """Effects that were put in are found, though the columns go together."""
    draw = np.random.default_rng(3)
    count = 40_000
    far = draw.random(count) < 0.4
    late = draw.random(count) < np.where(far, 0.5, 0.1)
    chance = 1 / (1 + np.exp(-(0.2 - 0.6 * late - 0.8 * far)))
    rows = pd.DataFrame({"late": late, "far": far}).astype(float)
    bought = pd.Series(draw.random(count) < chance).astype(float)
    both = logit.fit(rows, bought, pd.Series(range(count)))
    assert both["late"].low < -0.6 < both["late"].high and both["late"].half_width < 0.06
    assert both["far"].low < -0.8 < both["far"].high
    naive = logit.fit(rows[["late"]], bought, pd.Series(range(count)))["late"]
    assert naive.high < -0.6


def test_what_tells_nothing_has_no_effect() -> None:
    """A constant column is left out; of an event that never or always happens nothing is said."""
    rows = table((0, 0, 5), (0, 1, 5), (1, 0, 5), (1, 1, 5)).assign(same=1.0)
    assert set(logit.fit(rows[["same", "treated"]], rows["bought"], rows["person"])) == {"treated"}
    assert logit.fit(rows[["treated"]], rows["bought"] * 0, rows["person"]) == {}
    assert logit.fit(rows[["same"]], rows["bought"], rows["person"]) == {}
    twice = rows.assign(again=rows["treated"])[["treated", "again"]]
    found = logit.fit(twice, rows["bought"], rows["person"])
    assert found["treated"].value == pytest.approx(0.0) and np.isfinite(found["again"].half_width)
