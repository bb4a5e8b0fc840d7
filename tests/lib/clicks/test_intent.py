"""How early a visit that will buy is told: learned from earlier visits, tried on later ones."""

import numpy as np
import pandas as pd
import pytest
from cartwheel.clicks import intent
from cartwheel.errors import UsageError
from cartwheel.timeframe import Interval
from cartwheel.warehouse import Warehouse

from tests.lib.clicks.filling import fill
from tests.sql.engagement_cases import DAY, on
from tests.sql.rows import CLICKS, Row, click

WHOLE = Interval(on(0), on(40))


@pytest.fixture
def warehouse(shop: Warehouse) -> Warehouse:
    """The warehouse that the tests of this folder share: each of these fills it anew."""
    return shop


def visits(count: int, seed: int) -> list[Row]:
    """Return visits: of those that begin with a cart nine in ten buy, of the others one in ten."""
    draw = np.random.default_rng(seed)
    rows = []
    for n in range(count):
        begins = "add_to_cart" if draw.random() < 0.5 else "view"
        rows.append(click(f"S{n:04}", begins, n * DAY / 10))
        buys = draw.random() < (0.9 if begins == "add_to_cart" else 0.1)
        rows.append(click(f"S{n:04}", "purchase" if buys else "view", n * DAY / 10 + 1))
    return rows


def test_buyers_are_told_on_visits_that_came_later(warehouse: Warehouse) -> None:
    """A quarter of them, by what the first event says; the purchase itself is not known then."""
    fill(warehouse, {CLICKS: visits(400, seed=1)})
    found = intent.tried(warehouse, WHOLE, 1)
    assert found["session_id"].tolist() == [f"S{n:04}" for n in range(300, 400)]
    carts = found["probability"] > 0.5
    assert found.loc[carts, "has_bought_after"].mean() > 0.75
    assert found.loc[~carts, "has_bought_after"].mean() < 0.25
    assert 30 < carts.sum() < 70
    told = intent.by_events({1: found})
    assert told.text.startswith("After 1 event a visit that will buy is told from one that will")
    assert told.rows["auc"].iloc[0] > 0.8
    assert "were foreseen after 1 event" in intent.calibrated(found, 1).text


def test_too_few_buyers_teach_nothing(warehouse: Warehouse) -> None:
    """After two events nobody is left that buys; the findings say so."""
    fill(warehouse, {CLICKS: visits(60, seed=2)})
    for events in (2, 3):
        found = intent.tried(warehouse, WHOLE, events)
        assert found.empty
        assert intent.by_events({events: found}).text == (
            "Too few visits buy to tell early which will"
        )
        assert intent.calibrated(found, events).text == (
            f"Nothing can be foreseen after {events} events"
        )
    with pytest.raises(UsageError, match="events = 0: 1 or more of a visit are known"):
        intent.tried(warehouse, WHOLE, 0)


def table(count: int, seed: int) -> pd.DataFrame:
    """Return visits that buy by chance, whatever their two numbers and their text say."""
    draw = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "a": draw.normal(0, 1, count),
            "b": draw.normal(0, 1, count),
            "text": draw.choice(["x", "y", None], count),
            "bought": draw.random(count) < 0.3,
        }
    )


def test_equal_rows_are_in_one_fold() -> None:
    """Of rows that are there twice, with one outcome, nothing is learned that is not so."""
    once = table(600, seed=3)
    found = intent.evaluate(pd.concat([once] * 2, ignore_index=True), "bought", repeats=2)
    assert found["roc_auc"].between(0.42, 0.58).all() and len(found) == 2
    assert found["average_precision"].between(0.2, 0.45).all()


def test_what_the_numbers_say_is_found() -> None:
    """Who has more of one of them buys more often; the Brier score is below chance's."""
    rows = table(900, seed=4)
    draw = np.random.default_rng(5).random(900)
    rows["bought"] = (draw < 1 / (1 + np.exp(-2 * rows["a"]))).astype(int)
    found = intent.evaluate(rows, "bought", repeats=1).iloc[0]
    assert found["roc_auc"] > 0.8 and found["brier"] < 0.2


@pytest.mark.parametrize(
    ("rows", "column", "said"),
    [
        (table(100, seed=6), "purchase", "has no column 'purchase'; it has a, b, text, bought"),
        (table(60, seed=7), "bought", "of 60 visits bought; 50 that did and as many"),
    ],
)
def test_a_table_that_cannot_be_scored_is_refused(
    rows: pd.DataFrame, column: str, said: str
) -> None:
    """The message says what is missing."""
    with pytest.raises(UsageError, match=said):
        intent.evaluate(rows, column)
