"""Recommendations: made in the warehouse, and tried on later visits."""

import math
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from cartwheel.clicks import recommend
from cartwheel.clicks.recommend import Weights, evaluation
from cartwheel.clicks.recommend.split import parted
from cartwheel.errors import CartwheelError, UsageError
from cartwheel.warehouse import Warehouse
from cartwheel.warehouse.connection import statement

from tests.sql.recommend_cases import version
from tests.sql.rows import CLICKS, PRODUCTS, STEPS, Row, at, click, fill


def visits(*products: str, first: int = 0) -> pd.DataFrame:
    """Return visits an hour apart: a letter a product, one a minute."""
    rows = [
        (f"S{n}", product, at(60 * n + minute))
        for n, those in enumerate(products, first)
        for minute, product in enumerate(those)
    ]
    return pd.DataFrame(rows, columns=["session_id", "product_id", "stepped_at"])


def of(rows: pd.DataFrame, method: str, *, new: bool = False) -> pd.Series:
    """Return what is said of a way."""
    return rows[(rows["method"] == method) & (rows["is_new_only"] == new)].iloc[0]


def test_the_next_product_is_found_where_it_always_comes() -> None:
    """A leads to B: every way that knows the order has it first; popularity has C first."""
    frame = visits("AB", "AB", "CC", "CC", "CC", "AB", "AB", "CC")
    rows = recommend.evaluate(frame, split=at(60 * 5))
    for method in ("Cartwheel", "Markov chain"):
        found = of(rows, method)
        assert (found["count_steps"], found["count_visits"]) == (3, 3)
        assert (found["hit_rate"], found["mrr"], found["ndcg"]) == (1.0, 1.0, 1.0)
    popular = of(rows, "Popularity")  # C, then A and B by name: B is the third
    assert popular["mrr"] == pytest.approx((1 / 3 + 1 / 3 + 1) / 3)
    assert popular["ndcg"] == pytest.approx((0.5 + 0.5 + 1) / 3)
    again = of(rows, "Cartwheel", new=True)  # a step back to C is none to a new product
    assert (again["count_steps"], again["mrr"]) == (2, 1.0)


def test_ids_may_be_numbers_and_times_may_have_a_zone() -> None:
    """The answer is that of texts and of UTC."""
    frame = visits("AB", "AB", "CC", "CC", "CC", "AB", "AB", "CC")
    numbers = frame.assign(
        session_id=pd.factorize(frame["session_id"])[0],
        product_id=pd.factorize(frame["product_id"])[0],
        stepped_at=frame["stepped_at"].dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo"),
    )
    split = pd.Timestamp(at(60 * 5)).tz_localize("UTC").tz_convert("America/Chicago")
    expected = recommend.evaluate(frame, split=at(60 * 5))
    pd.testing.assert_frame_equal(recommend.evaluate(numbers, split=split), expected)
    later = recommend.evaluate(frame.assign(stepped_at=range(len(frame))))
    assert of(later, "Cartwheel")["count_visits"] > 0
    with pytest.raises(UsageError, match="not understood as times"):
        recommend.evaluate(frame.assign(stepped_at="some day"))


def test_what_is_learned_from_began_before_the_split() -> None:
    """What only later visits show is not known."""
    rows = recommend.evaluate(visits("AB", "AB", "AC", "AC"), split=at(120))
    assert of(rows, "Markov chain")["hit_rate"] == 0.0
    assert of(rows, "Popularity")["coverage"] == 1.0
    parts = parted(visits("AB", "AB", "AC", "AC"), None, 99)
    assert parts.at == at(180) and parts.wanted["session_id"].tolist() == ["S3"]


def test_an_interval_is_that_of_visits_not_of_steps() -> None:
    """Steps of a visit share its fate: ten of one visit tell as little as one."""
    frame = visits("AB", "A" + "B" * 10, "A" + "C" * 10, first=0)
    rows = recommend.evaluate(frame, split=at(60), weights=Weights(reach=1, back=0.0))
    found = of(rows, "Popularity")
    parts = parted(frame, at(60), 999)
    wide = evaluation._error_by_visit(
        np.array([1.0] * 10 + [0.0] * 10), pd.Series(["a"] * 10 + ["b"] * 10)
    )
    narrow = evaluation._error_by_visit(np.array([1.0] * 10 + [0.0] * 10), pd.Series(range(20)))
    assert wide == pytest.approx(0.5) and narrow == pytest.approx(0.1147, abs=1e-4)
    assert found["count_visits"] == 2 and len(parts.wanted) == 20


def test_others_beside_it_are_what_they_are_said_to_be() -> None:
    """Item kNN by the cosine of the visits that hold both; VSKNN by visits that share."""
    frame = visits("AB", "AB", "ACD", "CD", "XD", "A" + "B", "AC")
    rows = recommend.evaluate(frame, split=at(60 * 5))
    assert of(rows, "Item kNN")["mrr"] == pytest.approx((1 + 1 / 2) / 2)
    assert of(rows, "VSKNN")["hit_rate"] == 1.0


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (pd.DataFrame({"session_id": ["a"]}), "No column product_id, stepped_at"),
        (visits(), "Too few visits"), (visits("AB"), "Too few visits"),
        (visits("AB", "A"), "Too few visits"),
        (visits("AB", "AB").assign(product_id=None), "Too few visits"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_tried_is_refused(frame: pd.DataFrame, said: str) -> None:
    """The message says what is missing."""
    with pytest.raises(UsageError, match=said):
        recommend.evaluate(frame)


@pytest.mark.parametrize(
    ("name", "value"), [("reach", 0), ("fade", 1.5), ("half_life_days", 0), ("trust", math.nan)]
)
def test_a_weight_outside_its_range_is_refused(name: str, value: float) -> None:
    """By its name, with what is allowed."""
    with pytest.raises(UsageError, match=f"Weight {name}: from"):
        Weights()._replace(**{name: value}).checked()


def _told(products: str, session: str, minute: float, user: str | None = None) -> list[Row]:
    return [
        click(session, "view", minute + n, product_id=p, user_id=user)
        for n, p in enumerate(products)
    ]


def test_a_build_fills_the_lists_anew(shop: Warehouse) -> None:
    """Beside products, to persons, in a visit; not what is sold out; they hold for a day."""
    clicks = [row for n in range(5) for row in _told("ABC", f"S{n}", 10 * n, f"U{n}")]
    fill(shop, {CLICKS: clicks, PRODUCTS: [version("B", product_name="Cup"),
                                           version("C", stock_band="out")]})  # fmt: skip
    built = recommend.build(shop, Weights(prior=0.0))
    assert (built.count_products, built.count_persons) == (3, 5)
    assert built.made_at == at(42) + timedelta(seconds=1)
    assert built.valid_until - built.made_at == timedelta(days=1)
    assert recommend.names(shop) == {"A": "A", "B": "Cup", "C": "C"}
    beside = recommend.beside(shop, "A")
    assert beside.text == "Recommended beside A: Cup"
    assert beside.rows[["product_id", "reason"]].to_numpy().tolist() == [["B", "viewed after A"]]
    assert recommend.to(shop, "U1").rows["product_id"].tolist()[0] == "B"
    assert recommend.request(shop, ["X", "A"], is_new_only=True)["product_id"].tolist() == ["B"]
    assert recommend.request(shop, [])["product_id"].tolist() == ["A", "B"]
    fill(shop, {CLICKS: _told("XY", "S9", 0)})
    again = recommend.build(shop)
    assert (again.count_products, again.count_persons) == (2, 0)
    assert recommend.beside(shop, "A").text == "Nothing is recommended beside A"
    assert recommend.to(shop, "").text == "No person is known to whom to recommend anything"
    assert recommend.to(shop, "U").text == "Nothing is recommended to U"


def test_what_is_tried_is_what_is_recommended(shop: Warehouse) -> None:
    """The lists of the evaluation are those of the warehouse, for the same steps."""
    draw = np.random.default_rng(5)
    told = ["".join(draw.choice(list("ABCDEFGH"), 6)) for _ in range(30)]
    frame = visits(*told)
    parts = parted(frame, at(60 * 20), 9999)
    with evaluation._loaded(parts, 9) as duck:
        evaluation._learn(duck, parts, Weights())
        lists = evaluation._recommended(duck, parts, Weights(), is_new_only=False)
    rows: list[Row] = [
        {**row, "started_at": row["started_at"].to_pydatetime(), "user_id": None,
         "stepped_at": row["stepped_at"].to_pydatetime()}
        for row in parts.steps.drop(columns="product").to_dict("records")
    ]  # fmt: skip
    fill(shop, {STEPS: rows})
    values = {**Weights().of_pairs, **Weights().of_scores, "until": parts.at}
    for table, query in recommend.model.MODEL.items():
        sql, bound = statement(query, values)
        shop.execute(f"insert into {table} {sql}", bound)
    for number in (0, 7, 33):
        wanted = parts.wanted.iloc[number]
        seen = parts.steps[parts.steps["session_id"] == wanted["session_id"]]
        seen = seen[seen["step_number"] < wanted["step_number"]].sort_values("step_number")
        found = recommend.request(shop, seen["product_id"].tolist(), limit=20)
        codes = parts.products.get_indexer(found["product_id"])
        assert lists[number][lists[number] >= 0].tolist() == codes.tolist()


def test_without_clicks_nothing_is_built(shop: Warehouse) -> None:
    """What to do is said, and the old lists stay."""
    fill(shop, {})
    with pytest.raises(CartwheelError, match="Nobody has clicked yet"):
        recommend.build(shop)
    with pytest.raises(UsageError, match="limit: 1 or more"):
        recommend.build(shop, limit=0)
    assert recommend.compared(recommend.tried(shop), is_new_only=False).text == (
        "Too few visits to tell how good the recommendations are"
    )


def test_a_comparison_is_claimed_only_where_the_intervals_part() -> None:
    """Before, behind, or no difference that can be seen."""

    def rows(low: float, high: float) -> pd.DataFrame:
        middle = (low + high) / 2
        return pd.DataFrame(
            {
                "method": ["Cartwheel", "Other"], "is_new_only": False, "hit_rate": [0.5, middle],
                "hit_rate_low": [0.45, low], "hit_rate_high": [0.55, high],
            }
        )  # fmt: skip

    def text(low: float, high: float) -> str:
        return recommend.compared(rows(low, high), is_new_only=False).text

    start = "The next product is among 20 recommended in 50% of the steps"
    assert text(0.2, 0.4) == start + ", before Other with 30%"
    assert text(0.6, 0.8) == start + ", behind Other with 70%"
    assert text(0.4, 0.6) == start + "; no difference to Other can be seen"
