"""Who fails soon: learned from any table of units, times, sensors and failures."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from cartwheel.errors import UsageError
from cartwheel.fleet import maintenance
from cartwheel.fleet.maintenance import features, proof, risk


def runs(units: int = 40, *, seed: int = 1, is_dated: bool = False) -> pd.DataFrame:
    """
    Return units that run to failure, most of them with a symptom that grows before it.

    One sensor has noise and an offset of the unit, and shows the symptom over the last 15 rows;
    the other deviates now and then, which means nothing. One unit in four fails silently.
    """
    rng, parts = np.random.default_rng(seed), []
    for number in range(units):
        life = int(rng.integers(40, 120))
        left = life - 1 - np.arange(life)
        shown = np.clip(1 - left / 15, 0, 1) ** 2 * (number % 4 > 0)
        parts.append(
            pd.DataFrame(
                {
                    "unit": f"u{number:03d}",
                    "time": np.arange(life),
                    "hot": 20 * rng.normal() + 30 * shown + rng.normal(0, 1, life),
                    "idle": rng.normal(0, 1, life) + 40 * (np.arange(life) % 30 > 24),
                    "failed": left == 0,
                }
            )
        )
    frame = pd.concat(parts, ignore_index=True)
    if is_dated:
        begins = frame["unit"].str[1:].astype(int) * 3
        days = pd.to_timedelta(frame["time"] + begins, unit="D")
        frame["time"] = pd.Timestamp("2026-01-01") + days
    return frame


@pytest.fixture(scope="module")
def fitted() -> Iterator[risk.Fitted]:
    yield maintenance.fit(runs(), 10)


def test_it_foresees_better_than_condition_age_and_base_rate(fitted: risk.Fitted) -> None:
    """On units that it has not seen; three in four failures can be seen coming."""
    scores = fitted.scores.set_index("what")
    assert scores.index.tolist() == ["model", "condition", "age", "base rate"]
    assert scores["auc"]["model"] > max(0.85, scores["auc"]["condition"], scores["auc"]["age"])
    assert scores["skill"]["model"] > 0.45 > scores["skill"]["condition"]
    assert scores["skill"]["base rate"] == 0 and scores["auc"]["base rate"] == 0.5
    assert 0.8 < proof.slope(fitted.predictions) < 1.25


def test_other_units_of_the_same_kind_are_foreseen(fitted: risk.Fitted) -> None:
    """A unit that shows the symptom is likely to fail, one that does not is not."""
    fresh = runs(8, seed=9)
    found = fitted.probability(fresh).merge(fresh, on=["unit", "time"])
    shown = found["unit"].isin(["u001", "u002", "u003"])
    last = found.groupby("unit").nth(-4)
    assert (last.loc[shown, "probability"] > 0.6).all()
    early = found[shown & (found["time"] < 20)]
    assert early["probability"].max() < 0.3
    assert len(found) == len(fresh)


def test_of_dates_only_later_ones_are_scored() -> None:
    """Learned before, scored behind; none of the first half is held out."""
    frame = runs(is_dated=True)
    found = maintenance.fit(frame, 10)
    assert found.predictions["time"].min() > frame["time"].median()
    assert found.scores.set_index("what")["auc"]["model"] > 0.8


def test_a_unit_that_was_repaired_goes_on_and_its_next_life_is_another() -> None:
    """Age begins anew behind the failure; what is not known to fail or not is null."""
    frame = pd.DataFrame(
        {"unit": "a", "time": range(7), "x": 1.0, "failed": [False, False, True, *[False] * 4]}
    )
    columns = risk.Columns("unit", "time", "failed", "unit", {})
    found = risk.outcomes(frame, columns, 2)
    assert found[:2].tolist() == [1.0, 1.0]
    assert np.isnan(found[2])  # the failure itself
    assert found[3:5].tolist() == [0.0, 0.0] and found[5:].isna().all()
    ages = features.age(frame, "unit", "time", "failed")
    assert ages.tolist() == [0, 1, 2, 0, 1, 2, 3]
    assert features.lives(frame, "unit", "failed").tolist() == [0, 0, 0, 1, 1, 1, 1]


def test_of_the_last_days_nobody_knows_the_outcome() -> None:
    """Of dates: else only those that failed would be known of them."""
    days = pd.date_range("2026-01-01", periods=6)
    frame = pd.DataFrame({"unit": "a", "time": days, "x": 1.0, "failed": [False] * 6})
    frame = pd.concat([frame, frame.assign(unit="b", failed=[*[False] * 5, True])])
    columns = risk.Columns("unit", "time", "failed", "unit", {})
    found = risk.outcomes(frame.reset_index(drop=True), columns, 2).to_numpy()
    assert found[:4].tolist() == [0.0] * 4 and np.isnan(found[4:6]).all()
    assert found[6:10].tolist() == [0.0, 0.0, 0.0, 1.0] and np.isnan(found[10:]).all()


def test_a_row_knows_nothing_of_what_comes_later() -> None:
    """Features of the first rows are the same, whatever is behind them."""
    frame = features.ordered(runs(12), "unit", "time", "failed")
    usual = features.spreads(frame, "unit", ["hot", "idle"])
    whole = features.features(frame, "unit", "time", "failed", usual)
    other = frame.copy()
    late = frame.groupby("unit").cumcount() >= 30
    other.loc[late, "hot"] = other.loc[late, "hot"].to_numpy()[::-1]  # the same steps, elsewhere
    changed = features.features(other, "unit", "time", "failed", usual)
    pd.testing.assert_frame_equal(whole[~late], changed[~late])
    assert not whole[late].equals(changed[late])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.drop(columns="failed"), "no column 'failed'; there are unit, time"),
        (lambda f: f.assign(time="x"), "Column 'time' must hold numbers or times"),
        (lambda f: f.assign(time=None).astype({"time": float}), "have no unit or no time"),
        (lambda f: pd.concat([f, f.head(1)]), "unit 'u000' has two rows at time 0"),
        (lambda f: f.assign(failed=False), "0 failures are told; 10 are needed"),
        (lambda f: f[["unit", "time", "failed"]], "no column of numbers beside"),
        (
            lambda f: f.head(40).assign(unit="a", time=range(40), failed=[False, True] * 20),
            "All failures are of one unit",
        ),
    ],
)
def test_a_table_that_cannot_be_learned_from_is_told(change: Any, message: str) -> None:
    """By the column, the unit or the number that is missing."""
    with pytest.raises(UsageError, match=message):
        maintenance.fit(change(runs(3)), 10)


def test_constant_and_empty_sensors_do_no_harm() -> None:
    """A column without a value, one that never changes, one of words."""
    frame = runs(20).assign(nothing=np.nan, same=5.0, word="x", is_new=True)
    found = maintenance.fit(frame, 10)
    assert list(found.columns.sensors) == ["hot", "idle", "nothing", "same", "is_new"]
    assert found.scores.set_index("what")["auc"]["model"] > 0.8


def test_the_horizon_is_by_default_a_week_or_a_tenth_of_a_life() -> None:
    """Of numbers a tenth of the median age at failure."""
    frame = runs()
    lives = frame.groupby("unit")["time"].max()
    columns = risk.Columns("unit", "time", "failed", "unit", {})
    assert risk.usual(frame, columns) == lives.median() / 10
    assert risk.usual(runs(is_dated=True), columns) == 7.0
