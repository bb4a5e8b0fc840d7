"""Who comes back, what brought them, how products fare: by value, and what is claimed of it."""

from datetime import datetime

import altair as alt
import numpy as np
import pandas as pd
import pytest
from cartwheel.charts import theme
from cartwheel.clicks import attribution, products, retention
from cartwheel.clicks.attribution import NONE, PURCHASE, START
from cartwheel.clicks.charts import retention as draw
from cartwheel.errors import UsageError
from cartwheel.timeframe import Interval
from cartwheel.warehouse import Warehouse

from tests.lib.clicks.filling import fill
from tests.sql.engagement_cases import _BOUGHT, _CAME, on
from tests.sql.rows import at

TIME = Interval(on(0), on(28))


@pytest.fixture
def warehouse(shop: Warehouse) -> Warehouse:
    """The warehouse that the tests of this folder share: each of these fills it anew."""
    return shop


def read(warehouse: Warehouse, **asked: object) -> pd.DataFrame:
    fill(warehouse, _CAME)
    return retention.read(warehouse, TIME, **asked)  # type: ignore[arg-type]


def test_every_period_that_has_ended_is_there_also_without_a_return(warehouse: Warehouse) -> None:
    """A week in which nobody came back is 0 %, one that goes on is left out."""
    grid = read(warehouse)
    found = grid[["cohort_at", "period", "count_people", "count_returned"]]
    assert found.values.tolist() == [
        [pd.Timestamp(on(0)), 1, 3, 1], [pd.Timestamp(on(0)), 2, 3, 2],
        [pd.Timestamp(on(0)), 3, 3, 0], [pd.Timestamp(on(7)), 1, 1, 0],
        [pd.Timestamp(on(7)), 2, 1, 1],
    ]  # fmt: skip
    assert grid["share"].tolist() == [1 / 3, 2 / 3, 0, 0, 1]
    assert (grid["low"] <= grid["share"]).all() and (grid["share"] <= grid["high"]).all()
    assert retention.cohorts(grid).text == (
        "25.0% of 4 people came back in the week after their first (4.6% to 69.9%)"
    )


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"unit": "year"}, "no unit 'year'"),
        ({"starts_with": "login"}, "no kind of visit 'login'"),
        ({"times": 0}, "times = 0: a return counts from 1 on"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(
    warehouse: Warehouse, asked: dict[str, object], message: str
) -> None:
    """The message says what was asked."""
    with pytest.raises(UsageError, match=message):
        retention.read(warehouse, TIME, **asked)  # type: ignore[arg-type]


def test_the_unit_fits_the_time() -> None:
    """Three weeks hold a week and the one after it, whatever day they begin on."""
    assert retention.fitting(Interval(on(0), on(21))) == "week"
    assert retention.fitting(Interval(on(0), on(20))) == "day"


def test_months_have_their_own_lengths() -> None:
    """A cohort of January has February and March behind it by April."""
    found = pd.DataFrame(
        {
            "cohort_at": [pd.Timestamp("2026-01-01")],
            "period_at": [pd.Timestamp("2026-03-01")],
            "count_people": [4],
            "count_returned": [1],
        }
    )
    grid = retention.complete(found, "month", pd.Timestamp("2026-04-01"))
    assert grid[["period", "count_returned"]].values.tolist() == [[1, 0], [2, 1]]
    assert retention.complete(found, "month", pd.Timestamp("2026-02-27")).empty


def test_a_year_of_days_is_drawn_of_its_last_month() -> None:
    """A heat map of every day of a year has more cells than a page can hold."""
    alt.theme.enable(theme.NAME)
    days = pd.DataFrame(
        {"cohort_at": pd.date_range("2026-01-01", periods=365), "count_people": 3}
    ).assign(period_at=lambda f: f["cohort_at"] + pd.Timedelta(days=1), count_returned=1)
    grid = retention.complete(days, "day", pd.Timestamp("2027-01-01"))
    assert len(grid) == 364 * 365 / 2
    drawn = draw.cohorts(retention.cohorts(grid, "day"), "day").to_dict()
    (rows,) = drawn["datasets"].values()
    assert len(rows) == 31 * 32 / 2
    assert {row["cohort"] for row in rows} >= {"30 Nov (3)", "30 Dec (3)"}


def test_one_person_is_not_a_share() -> None:
    """Nor is nobody."""
    one = pd.DataFrame({"period": [1], "count_people": [1], "count_returned": [0], "share": [0.0]})
    assert retention.cohorts(one).text == "The one who began did not come back a week later"
    assert retention.cohorts(one.head(0)).text == (
        "No identified visitor has a whole week after the first visit"
    )


def test_a_day_counts_once_four_weeks_lie_before_it(warehouse: Warehouse) -> None:
    """Its people are set against those of the 28 days that end with it."""
    from tests.sql.engagement_cases import visits
    from tests.sql.rows import CLICKS

    fill(warehouse, {CLICKS: [*visits("A", *range(30)), *visits("B", 1), *visits("C", 27, 28)]})
    whole = Interval(datetime(2026, 3, 2), on(29) + (at(1) - at(0)))
    found = retention.active(warehouse, whole, whole)
    assert found.rows[["count_people", "count_of_28_days"]].values.tolist() == [[2, 3], [2, 3]]
    assert found.text == "On a day 66.7% of the people of the last four weeks came"
    assert retention.active(warehouse, Interval(on(0), on(20)), whole).text == (
        "No day has four whole weeks of identified visitors before it"
    )


def steps(*rows: tuple[str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["from_channel", "to_channel", "count_steps"])


def test_the_removal_effect_is_what_would_be_missing() -> None:
    """Of 100 ways 20 buy by A alone, 10 by A and then B; without B ten fewer, without A none."""
    found = attribution.removal(
        steps((START, "A", 100), ("A", PURCHASE, 20), ("A", "B", 20), ("A", NONE, 60),
              ("B", PURCHASE, 10), ("B", NONE, 10))
    )  # fmt: skip
    assert found == {"A": pytest.approx(0.3 / 0.4), "B": pytest.approx(0.1 / 0.4)}


def test_a_channel_that_comes_again_and_again_is_counted_out() -> None:
    """A loop is a geometric series: half of the returns buy in the end."""
    found = attribution.removal(
        steps((START, "A", 10), ("A", "A", 50), ("A", PURCHASE, 5), ("A", NONE, 5))
    )
    assert found == {"A": 1.0}
    nobody = attribution.removal(steps((START, "A", 10), ("A", NONE, 10)))
    assert np.isnan(nobody["A"])


def test_every_rule_gives_away_each_purchase_once(warehouse: Warehouse) -> None:
    """The shares of the channels add up to one by every rule."""
    fill(warehouse, _BOUGHT)
    rows = attribution.read(warehouse, Interval(on(0), on(40)))
    assert rows.groupby("rule")["share"].sum().tolist() == pytest.approx([1.0] * 6)
    assert rows[rows["rule"] == "Linear"]["purchases"].sum() == pytest.approx(4)
    assert attribution.finding(rows).text == (
        # Both began two of the four: by the first touch neither leads.
        "Which channel brings most depends on the rule: direct, search.example"
    )
    with pytest.raises(UsageError, match="lookback_days = 366: from 0 to 365"):
        attribution.read(warehouse, Interval(on(0), on(40)), 366)


def test_which_channel_brings_most_is_said_as_the_rules_agree() -> None:
    """One channel, one that leads by all rules, and none."""
    rows = pd.DataFrame(
        [(c, r, 10 * s, s, 0.0) for c, s in (("search", 0.6), ("mail", 0.4))
         for r in attribution.RULES.values()],
        columns=["channel", "rule", "purchases", "share", "revenue"],
    )  # fmt: skip
    assert attribution.finding(rows).text == "By every rule search brings most: 60% of 10 purchases"
    assert attribution.finding(rows[rows["channel"] == "mail"]).text == (
        "All of 4 purchases came by mail"
    )
    alike = rows.assign(share=0.5, purchases=5.0)
    assert attribution.finding(alike).text == (
        "Each channel brought as many of 10 purchases as the others"
    )
    third = pd.concat([alike, alike[alike["channel"] == "mail"].assign(channel="x", share=0.0)])
    assert attribution.finding(third).text == (
        "Which channel brings most depends on the rule: mail, search"
    )
    assert attribution.finding(rows.head(0)).text == "No identified visitor bought in this time"


def fared(**says: object) -> dict[str, object]:
    row: dict[str, object] = {
        "product_id": "P1", "product": "Cup", "category": None, "count_seen": 120,
        "count_clicked": 50, "count_carted": 20, "count_bought": 10, "revenue": 200.0,
        "count_out": 20, "count_stock_known": 120, "count_prices": 1, "lowest_price": 20.0,
        "highest_price": 20.0,
    }  # fmt: skip
    return row | says


def test_what_was_out_of_stock_cost_what_visits_in_stock_brought() -> None:
    """Ten of a hundred bought for 20 each: twenty visits missed 2 purchases and 40."""
    rows = products.demand(
        pd.DataFrame(
            [fared(), fared(product_id="P2", count_seen=39, count_out=20),
             fared(product_id="P3", count_out=0), fared(product_id="P4", revenue=None)]
        )
    )  # fmt: skip
    assert rows["share_bought"].tolist() == pytest.approx([0.1, np.nan, 10 / 120, 0.1], nan_ok=True)
    assert rows["lost_visits"].tolist() == pytest.approx([2.0, np.nan, 0.0, 2.0], nan_ok=True)
    assert rows["lost_revenue"].tolist() == pytest.approx([40.0, np.nan, 0.0, np.nan], nan_ok=True)
    assert products.lost(rows).text == "Out of stock cost up to 4.0 purchases"
    assert products.lost(rows.head(1)).text == "Out of stock cost up to 2.0 purchases, 40"
    assert products.lost(rows[1:2]).text == (
        "20 visits saw a product out of stock; what that cost is unknown"
    )
    assert products.lost(rows[2:3]).text == "No visit saw a product only while it was out of stock"


def test_what_a_source_does_not_say_is_unknown() -> None:
    """A shop of views only has no clicks, carts, purchases and stock; that is not zero."""
    silent = dict.fromkeys(("count_clicked", "count_carted", "count_bought"), 0)
    given = fared(**silent, revenue=0.0, count_out=0, count_stock_known=0)
    rows = products.demand(pd.DataFrame([given, given | {"product_id": "P2"}]))
    unknown = [*silent, "revenue", "count_out", "share_bought", "lost_visits"]
    assert rows["count_seen"].tolist() == [120, 120] and rows[unknown].isna().all(axis=None)
    assert products.ranking(rows).text == "This source knows no purchase"
    assert products.lost(rows).text == "This source does not say what is out of stock"


def test_the_best_product_is_named_with_its_share() -> None:
    """An unknown revenue is not zero, and a shop without a purchase has no best."""
    rows = products.demand(pd.DataFrame([fared(), fared(product_id="P2", revenue=300.0)]))
    assert products.ranking(rows).text == "Cup brought most: 300, 60% of the revenue"
    alike = rows.assign(revenue=300.0)
    assert products.ranking(alike).text == "2 products brought most: 300 each"
    unknown = pd.concat([rows, products.demand(pd.DataFrame([fared(revenue=None)]))])
    assert products.ranking(unknown).text == "Cup brought most: 300, 60% of the known revenue"
    assert products.ranking(rows.assign(revenue=np.nan)).text == (
        "What the products brought is unknown: no purchase says its price"
    )
    assert products.ranking(rows.assign(count_bought=0)).text == "This source knows no purchase"
    assert products.ranking(rows.head(0)).text == "Nobody saw a product in this time"
