"""The shop's overview says what its visits did."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from cartwheel.clicks import overview
from cartwheel.clicks.charts import overview as chart
from cartwheel.display import Display
from cartwheel.timeframe import Interval
from cartwheel.warehouse import Warehouse

STEPS = pd.DataFrame(
    {
        "step": ["View", "Click", "Purchase"],
        "count_sessions": [100, 80, 8],
        "count_direct": [0, 3, 0],
    }
)
DEVICES = pd.DataFrame(
    {
        "device": ["desktop", "mobile"],
        "count_sessions": [100, 200],
        "count_buying_sessions": [5, 4],
    }
)
PRODUCTS = pd.DataFrame(
    {
        "product_id": ["P1", "P2"],
        "product": ["Cup", "Lamp"],
        "count_sessions": [50, 10],
        "count_carted": [5, 4],
        "count_bought": [2, 3],
        "revenue": [10.0, 60.0],
    }
)
TREND = pd.DataFrame(
    {
        "slice_at": pd.to_datetime(["2026-03-02 08:00", "2026-03-02 09:00"]),
        "count_sessions": [3, 7],
        "count_buying_sessions": [0, 1],
    }
)


def title(drawn) -> str:
    return str(drawn.to_dict()["title"]["text"])


def test_the_funnel_says_where_most_visits_leave() -> None:
    """The step with the least share of the one before is named; steps of none are left out."""
    found = overview.where_visits_leave(STEPS)
    assert found.text == ("Highest drop-off rate: from click to purchase, with 10% as many visits")
    assert found.rows["kept"].tolist()[1:] == [0.8, 0.1]
    views = overview.where_visits_leave(STEPS.assign(count_sessions=[10, 0, 0]))
    assert views.text == "10 visits, all of one step: view"
    one = overview.where_visits_leave(STEPS.assign(count_sessions=[0, 0, 1]))
    assert one.text == "1 visit, all of one step: purchase"
    faithful = overview.where_visits_leave(STEPS.assign(count_sessions=[8, 8, 0]))
    assert faithful.text == (
        "No step was taken by fewer visits than the step before; 3 visits with no step before click"
    )
    direct = overview.where_visits_leave(STEPS.assign(count_direct=[0, 0, 1]))
    assert direct.text.endswith("; 1 visit with no step before purchase")
    nobody = overview.where_visits_leave(STEPS.assign(count_sessions=0))
    assert nobody.text == "Nobody visited in this time" and nobody.rows.empty


def test_the_devices_are_compared_by_the_share_that_buys() -> None:
    """5 % against 2 %; a single device is compared with none, and no purchase with nothing."""
    found = overview.conversion(DEVICES)
    assert found.text == "Desktop has the highest conversion rate, 2.5 times that of mobile"
    assert found.rows["share"].tolist() == [0.05, 0.02]
    assert overview.conversion(DEVICES.head(1)).text == "5.0% of the visits on desktop bought"
    same = overview.conversion(DEVICES.assign(count_buying_sessions=[5, 10]))
    assert same.text == "The same share of visits bought on every device: 5.0%"
    unknown = overview.conversion(DEVICES.head(1).assign(device="unknown"))
    assert unknown.text == "5.0% of the visits bought, on unknown devices"
    beside = overview.conversion(DEVICES.assign(device=["unknown", "mobile"]))
    assert beside.text == "2.0% of the visits on mobile bought"
    none = overview.conversion(DEVICES.assign(count_buying_sessions=0))
    assert none.text == "This source knows no purchase" and none.rows.empty
    assert overview.conversion(DEVICES.head(0)).rows.empty


def test_the_products_are_those_that_draw_and_those_that_sell() -> None:
    """The first draws most visits, 30 % of those who see the second buy it."""
    found = overview.best_sellers(PRODUCTS)
    assert found.text == "Cup is seen most; of the top 2, Lamp converts best (30.0%)"
    one = overview.best_sellers(PRODUCTS.head(1))
    assert one.text == "Cup is the only product that was seen"
    tied = overview.best_sellers(PRODUCTS.assign(count_sessions=1, count_bought=1))
    assert tied.text == "The 2 products are seen in 1 visit each"
    three = pd.DataFrame(
        {"product": ["A", "B", "C"], "count_sessions": [9, 9, 2], "count_bought": [3, 3, 0]}
    )
    several = overview.best_sellers(three)
    assert several.text == ("A and B are seen most; of the top 3, A and B convert best (33.3%)")
    four = pd.concat([three.head(2), three])
    assert overview.best_sellers(four).text.startswith("A and 3 others are seen most")
    unsold = overview.best_sellers(PRODUCTS.assign(count_bought=0))
    assert unsold.text == "Cup is seen most" and unsold.rows["bought_share"].isna().all()
    assert overview.best_sellers(PRODUCTS.head(0)).text == "No product was seen in this time"


def test_the_trend_names_its_peak() -> None:
    """By the hour with its time and zone, by day without; no visit is said."""
    assert overview.peak(TREND).text == "Most visits began on Mon 2 Mar, 09:00 UTC: 7"
    days = TREND.assign(slice_at=pd.to_datetime(["2026-03-02", "2026-03-03"]))
    assert overview.peak(days).text == "Most visits began on Tuesday 3 March: 7"
    assert overview.peak(TREND.head(0)).text == "Nobody visited in this time"
    assert overview.peak(TREND.head(1)).text == "3 visits began on Mon 2 Mar, 08:00 UTC"
    even = overview.peak(TREND.assign(count_sessions=3))
    assert even.text == "Every hour with visits had 3"


def test_the_peak_is_told_by_the_shops_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """09:00 UTC is 03:00 in Chicago; a day there begins at 06:00 UTC."""
    shown = Display(ZoneInfo("America/Chicago"), "us", "USD")
    monkeypatch.setattr("cartwheel.display._shown", shown)
    assert overview.peak(TREND).text == "Most visits began on Mon 2 Mar, 03:00 Chicago time: 7"
    days = TREND.assign(slice_at=pd.to_datetime(["2026-03-02 06:00", "2026-03-03 06:00"]))
    assert overview.peak(days).text == "Most visits began on Tuesday 3 March: 7"


def test_the_period_before_is_known_only_if_the_data_reach_so_far(warehouse: Warehouse) -> None:
    """Of the second day the first is the period before; of the whole there is none."""
    first = datetime(2026, 3, 1)
    whole = Interval(first, first + timedelta(days=2))
    second = overview.Visits(whole.last(timedelta(days=1)))
    found = overview.summary_before(warehouse, second, whole)
    assert found is not None and found["count_sessions"] == 0
    assert overview.summary_before(warehouse, overview.Visits(whole), whole) is None
    assert second.interval.name_before == "the 24 hours before"


def test_the_tiles_compare_with_the_period_before() -> None:
    """Twice the visits is better; conversion fell; what was not known before is not compared."""
    now = pd.Series(
        {
            "count_sessions": 200,
            "count_events": 900,
            "count_buying_sessions": 10,
            "revenue": 50.0,
            "count_unknown_revenue": 0,
            "count_differing": 0,
        }
    )
    before = now.replace({200: 100})
    text = chart.tiles(now, TREND, before, "the day before").data
    assert "▲ 100.0% against the day before" in text and "▼ 50.0% against the day before" in text
    assert "as in the day before" in text  # the revenue
    assert "the day before" not in chart.tiles(now, TREND).data


def test_a_chart_has_its_finding_as_title_also_when_there_is_nothing() -> None:
    """What the analysis found stands over what is drawn, or over an empty chart."""
    for draw, analyse, frame in (
        (chart.funnel, overview.where_visits_leave, STEPS),
        (chart.trend, overview.peak, TREND),
        (chart.devices, overview.conversion, DEVICES),
        (chart.products, overview.best_sellers, PRODUCTS),
    ):
        for rows in (frame, frame.head(0)):
            found = analyse(rows)
            assert title(draw(found)) == found.text


def test_a_shop_without_a_purchase_has_no_conversion() -> None:
    """Conversion and revenue are unknown where no purchase is known, not zero."""
    summary = pd.Series(
        {
            "count_sessions": 0,
            "count_events": 0,
            "count_buying_sessions": 0,
            "revenue": 0,
            "count_unknown_revenue": 0,
            "count_differing": 0,
        }
    )
    assert chart.tiles(summary, TREND.head(0)).data.count(">unknown<") == 2


def test_a_revenue_without_prices_is_unknown_and_one_with_some_says_of_how_many() -> None:
    """Null is not zero: what was bought without a price is not in the mean."""
    summary = pd.Series(
        {"count_sessions": 9, "count_events": 9, "count_buying_sessions": 4, "revenue": 60.0,
         "count_unknown_revenue": 1, "count_differing": 2}
    )  # fmt: skip
    some = chart.tiles(summary, TREND).data
    assert (
        "20 a buying visit; 1 more without a price; "
        "2 purchases told again differently, the first counts" in some
    )
    none = chart.tiles(summary.replace({1: 4}), TREND).data
    assert "no purchase says its price" in none


def test_devices_that_convert_nearly_alike_are_not_1_0_times_each_other() -> None:
    """The shares are told instead; a greater one of unknown devices is not hidden."""
    rows = pd.DataFrame(
        {"device": ["unknown", "desktop", "mobile"], "count_sessions": 1000,
         "count_buying_sessions": [130, 115, 110]}
    )  # fmt: skip
    told = overview.conversion(rows).text
    assert told == (
        "Desktop has the highest conversion rate of the known devices, 11.5%, "
        "before 11.0% of mobile"
    )
