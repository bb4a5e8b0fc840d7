"""What a late delivery costs: effects that were put in are found, apart from who gets them."""

import numpy as np
import pandas as pd
import pytest
from cartwheel.clicks import carts, delivery_effect


def world(
    seed: int, count: int = 20_000, late: float = -0.6, promised: float = -0.2
) -> pd.DataFrame:
    """Return carts of people on phones, who get late deliveries more often and buy less anyway."""
    draw = np.random.default_rng(seed)
    mobile = draw.random(count) < 0.5
    had = draw.random(count) < 0.6
    is_late = had & (draw.random(count) < np.where(mobile, 0.3, 0.1))
    days = draw.integers(1, 4, count)
    odds = 0.3 - 0.7 * mobile + late * is_late + promised * (days - 1)
    return pd.DataFrame(
        {
            "user_id": draw.integers(0, count // 3, count), "product_id": "P",
            "is_bought": draw.random(count) < 1 / (1 + np.exp(-odds)),
            "device_type": np.where(mobile, "mobile", "desktop"), "referrer_url": None,
            "user_type": "new", "campaign": None, "stock_band": "in_stock", "shown_price": 10.0,
            "promised_days": days, "price_ratio": 1.0, "hours_left": 12.0, "was_left": None,
            "is_last_late": np.where(had, is_late, None),
        }
    )  # fmt: skip


def test_the_effects_that_were_put_in_are_found() -> None:
    """In 20 worlds the intervals hold them in 17 and more; the naive one misses in 15 and more."""
    held, naive = [0, 0], 0
    for seed in range(20):
        costs = delivery_effect.told(world(seed))
        for place, (name, truth) in enumerate(((carts.LATE, -0.6), (carts.PROMISED, -0.2))):
            held[place] += costs.effects[name].low < truth < costs.effects[name].high
        told = delivery_effect.naive(costs).rows.set_index("last")
        odds = np.log(told["share"] / (1 - told["share"]))
        error = np.sqrt(
            (1 / told["count_bought"] + 1 / (told["count_carted"] - told["count_bought"]))
            .loc[["late", "in time"]]
            .sum()
        )
        naive += abs(odds["late"] - odds["in time"] + 0.6) > 1.96 * error
    assert min(held) >= 17 and naive >= 15, (held, naive)


def test_who_had_no_delivery_is_not_set_beside_who_had() -> None:
    """Their own column takes them out: the effect is that of the others alone."""
    rows = world(1)
    shifted = rows.assign(is_bought=rows["is_bought"].where(rows["is_last_late"].notna(), False))
    one = delivery_effect.told(rows).effects[carts.LATE]
    other = delivery_effect.told(shifted).effects[carts.LATE]
    assert other.value == pytest.approx(one.value, abs=0.03)


def test_the_cost_is_what_would_have_been_bought() -> None:
    """By hand: those behind late deliveries, at odds without the effect, times the price."""
    rows = world(2)
    costs = delivery_effect.told(rows)
    found = delivery_effect.adjusted(costs).rows.set_index("cause").loc["A late delivery"]
    is_late = rows["is_last_late"].eq(True)
    share = rows.loc[is_late, "is_bought"].mean()
    odds = share / (1 - share) * np.exp(-costs.effects[carts.LATE].value)
    more = (odds / (1 + odds) - share) * is_late.sum()
    assert found["lost"] == pytest.approx(more) and found["money"] == pytest.approx(10 * more)
    assert found["count_carted"] == is_late.sum()
    assert found["lost_low"] < found["lost"] < found["lost_high"]
    text = delivery_effect.adjusted(costs).text
    assert text.startswith("Late deliveries cost ") and text.endswith("in the visits that followed")


def test_an_unknown_price_is_not_zero() -> None:
    """Of one cart behind a late delivery it spoils the money, not the purchases; else nothing."""
    rows = world(2)
    known = delivery_effect.adjusted(delivery_effect.told(rows)).rows.iloc[0]
    late, other = (rows.index[rows["is_last_late"].eq(each)][0] for each in (True, False))
    rows.loc[late, "shown_price"] = np.nan
    found = delivery_effect.adjusted(delivery_effect.told(rows))
    assert np.isnan(found.rows.iloc[0]["money"])
    assert found.rows.iloc[0]["lost"] == pytest.approx(known["lost"])
    assert found.text.startswith(f"Late deliveries cost {known['lost']:,.0f} purchases (")
    rows.loc[[late, other], "shown_price"] = [10.0, np.nan]
    again = delivery_effect.adjusted(delivery_effect.told(rows)).rows.iloc[0]
    assert again["money"] == pytest.approx(known["money"])


def test_what_cannot_be_told_is_said() -> None:
    """Too few late deliveries, none at all, no cost that can be seen."""
    few = "Too few late deliveries, or in time, to tell what they cost"
    none = world(3).assign(is_last_late=None)
    for rows in (world(3, 60), none, none.head(0)):
        assert delivery_effect.adjusted(delivery_effect.told(rows)).text == few
    text = "No late delivery can be set beside one in time"
    assert delivery_effect.naive(delivery_effect.told(none)).text == text
    costs = delivery_effect.told(world(4, 2000, late=0.0))
    assert delivery_effect.adjusted(costs).text == "No cost of late deliveries can be seen"


def test_circumstances_are_numbers_and_unknown_is_one_of_them() -> None:
    """The most frequent value is what others are compared with; a price of nothing is no ratio."""
    rows = world(5, 200).assign(promised_days=[None] + [2] * 199, price_ratio=[0.0] + [1.1] * 199)
    found = carts.circumstances(rows)
    assert found["promise unknown"].sum() == 1 and found["price"].iloc[0] == 0.0
    assert found["price"].iloc[1] == pytest.approx(np.log(1.1))
    told = [name for name in found if name.startswith("device_type")]
    assert len(told) == 1 and found.notna().all().all()
