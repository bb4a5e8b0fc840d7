"""Tables of the shop's charts, each with how it is drawn; for test_degenerate.py."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pandas as pd
from cartwheel.clicks import (
    attribution,
    delivery_effect,
    experiment,
    funnel,
    products,
    recommend,
    retention,
)
from cartwheel.clicks import overview as clicks
from cartwheel.clicks.charts import attribution as sources
from cartwheel.clicks.charts import delivery_effect as cost_chart
from cartwheel.clicks.charts import experiment as experiment_chart
from cartwheel.clicks.charts import funnel as funnel_chart
from cartwheel.clicks.charts import overview as clicks_chart
from cartwheel.clicks.charts import products as goods
from cartwheel.clicks.charts import recommend as recommend_chart
from cartwheel.clicks.charts import retention as back
from cartwheel.finding import Finding

START = datetime(2026, 3, 2)
STEPS = pd.DataFrame(
    {"step": ["View", "Click", "Purchase"], "count_sessions": [9, 5, 2], "count_direct": 0}
)
TREND = pd.DataFrame(
    {
        "slice_at": pd.date_range(START, periods=3, freq="h"), "count_sessions": [3, 7, 5],
        "count_buying_sessions": [0, 1, 0],
    }
)  # fmt: skip
PRODUCTS = pd.DataFrame(
    {
        "product_id": ["P1", "P2", "P3"], "product": ["Cup", "Lamp", "Desk"],
        "count_sessions": [9, 5, 2], "count_carted": [1, 1, 0], "count_bought": [1, 1, 0],
        "revenue": [5.0, None, 0.0],
    }
)  # fmt: skip
VISITORS = pd.DataFrame(
    {
        "visitor": ["people", "bots", "unknown"],
        "count_sessions": [90, 3, 7],
        "count_events": [900, 90, 10],
    }
)
COHORTS = pd.DataFrame(
    {
        "cohort_at": pd.to_datetime([START] * 3), "period_at": pd.to_datetime([START] * 3),
        "period": [1, 2, 3], "count_people": 90, "count_returned": [30, 20, 10],
        "share": [0.3, 0.2, 0.1], "low": [0.2, 0.1, 0.0], "high": [0.4, 0.3, 0.2],
    }
)  # fmt: skip
ACTIVE = pd.DataFrame(
    {
        "day": pd.date_range(START, periods=3, freq="D"), "count_people": [3, 7, 5],
        "count_of_28_days": [30, 31, 32],
    }
)  # fmt: skip
CHANNELS = pd.DataFrame(
    [(c, r, 10 * s, s, 100 * s) for c, s in (("search", 0.6), ("mail", 0.4))
     for r in ("First touch", "Last touch", "Markov removal")],
    columns=["channel", "rule", "purchases", "share", "revenue"],
)  # fmt: skip
FARED = pd.DataFrame(
    {
        "product_id": ["P1", "P2", "P3"], "product": ["Cup", "Lamp", "Desk"], "category": "home",
        "count_seen": [90, 50, 20], "count_clicked": [50, 20, 5], "count_carted": [9, 3, 1],
        "count_bought": [5, 2, 0], "revenue": [50.0, 30.0, 0.0], "count_out": [10, 5, 0],
        "count_stock_known": [90, 50, 20],
        "count_prices": [2, 1, 1], "lowest_price": [9.0, 15.0, 99.0],
        "highest_price": [10.0, 15.0, 99.0],
    }
)  # fmt: skip
DEVICES = pd.DataFrame(
    {
        "device": ["mobile", "desktop", "unknown"], "count_sessions": [9, 5, 2],
        "count_buying_sessions": [1, 2, 0],
    }
)  # fmt: skip
SUMMARY = pd.DataFrame(
    {
        "count_sessions": [9], "count_events": 20, "count_buying_sessions": 2, "revenue": 30.0,
        "count_unknown_revenue": 0, "count_differing": 0,
    }
)  # fmt: skip
FUNNEL = pd.DataFrame(
    {
        "slice": "", "step_number": [1, 2, 3], "step": ["View", "Cart", "Buy"],
        "count_entities": [9, 5, 2], "count_first": 9, "share": [1.0, 0.6, 0.2],
        "share_low": [0.9, 0.5, 0.1], "share_high": [1.0, 0.7, 0.3], "kept": [None, 0.6, 0.4],
        "seconds": [0.0, 10.0, 90.0], "is_known": True,
    }
)  # fmt: skip
SLICES = FUNNEL.assign(slice=["a", "b", "c"], step_number=3)
STOPPED = pd.DataFrame(
    {"step_number": [1, 1, 2], "step": ["View", "View", "Cart"],
     "instead": ["view", "nothing more", "view"], "count_entities": [5, 2, 1]}
)  # fmt: skip
LISTED = pd.DataFrame(
    {"place": [1, 2, 3], "product_id": ["P1", "P2", "P3"], "product": ["Cup", "Lamp", "Desk"],
     "category": "home", "price": [1.0, 2.0, 3.0], "reason": "viewed after Bed"}
)  # fmt: skip
ARMS = pd.DataFrame(
    {"arm": ["a", "b", "c"], "count_persons": [9, 5, 2], "expected": 7.0, "p": 0.5}
)  # fmt: skip
EFFECTS = pd.DataFrame(
    {
        "estimand": ["A visit buys", "A person buys", "Revenue a person"], "control": 0.1,
        "treatment": 0.2, "difference": 0.1, "low": 0.05, "high": 0.15, "relative": 1.0,
        "relative_low": 0.5, "relative_high": 1.5, "count_persons": 9,
    }
)  # fmt: skip
LOOKS = pd.DataFrame(
    {
        "day": pd.date_range(START, periods=3, freq="D"), "difference": [0.1, 0.2, 0.3],
        "low": 0.05, "high": 0.4, "low_always": [-0.1, 0.01, 0.02], "high_always": 0.5,
        "count_persons": 9,
    }
)  # fmt: skip
POWER = pd.DataFrame(
    {"estimand": ["A visit buys", "A person buys", "Revenue a person"],
     "detectable": [0.05, 0.1, 0.2], "days": [0.0, 0.0, 9.0]}
)  # fmt: skip
SEGMENTS = pd.DataFrame(
    {"column": "device_type", "segment": ["a", "b", "c"], "count_persons": 9, "raw": 0.1,
     "relative": [0.1, 0.2, 0.9], "low": [0.0, 0.1, 0.8], "high": [0.2, 0.3, 1.0]}
)  # fmt: skip
WORTH = pd.DataFrame({"money": [9.0, 8.0, 7.0], "low": 5.0, "high": 12.0, "count_persons": 9})
LAST = pd.DataFrame(
    {"last": ["in time", "late", "none before"], "count_carted": [90, 50, 20],
     "count_bought": [40, 10, 5], "share": [0.44, 0.2, 0.25]}
)  # fmt: skip
CAUSES = pd.DataFrame(
    {
        "cause": ["A late delivery", "Each day promised later", "Other"], "log_odds": -0.6,
        "low": -0.7, "high": -0.5, "factor": 0.5, "count_carted": 90, "lost": 9.0,
        "lost_low": 8.0, "lost_high": 10.0, "money": 90.0, "money_low": 80.0, "money_high": 99.0,
    }
)  # fmt: skip
METHODS = pd.DataFrame(
    {
        "method": ["Cartwheel", "Other", "Third"], "is_new_only": False, "count_steps": 9,
        "hit_rate": [0.5, 0.4, 0.3], "hit_rate_low": [0.4, 0.3, 0.2],
        "hit_rate_high": [0.6, 0.5, 0.4], "mrr": 0.2, "ndcg": 0.3, "coverage": 0.9,
        "popular_share": 0.1,
    }
)  # fmt: skip

DRAWN: dict[str, tuple[pd.DataFrame, Callable[[pd.DataFrame], Any]]] = {
    "clicks.overview.tiles": (
        SUMMARY, lambda f: clicks_chart.tiles(f.fillna(0).iloc[0], TREND.head(0)),
    ),
    "clicks.overview.funnel": (
        STEPS, lambda f: clicks_chart.funnel(clicks.where_visits_leave(f)),
    ),
    "clicks.overview.trend": (TREND, lambda f: clicks_chart.trend(clicks.peak(f))),
    "clicks.overview.products": (
        PRODUCTS, lambda f: clicks_chart.products(clicks.best_sellers(f)),
    ),
    "clicks.funnel.path": (FUNNEL, lambda f: funnel_chart.path(funnel.path(f))),
    "clicks.funnel.compared": (
        SLICES, lambda f: funnel_chart.compared(funnel.compared(f, "device_type")),
    ),
    "clicks.funnel.instead": (STOPPED, lambda f: funnel_chart.instead(funnel.went(f))),
    "clicks.experiment.balance": (
        ARMS, lambda f: experiment_chart.balance(Finding("The arms", f)),
    ),
    "clicks.experiment.effects": (
        EFFECTS, lambda f: experiment_chart.effects(experiment.said(f)),
    ),
    "clicks.experiment.worth": (
        WORTH, lambda f: experiment_chart.worth(Finding("Unknown", f.dropna()), None),
    ),
    "clicks.experiment.over_time": (
        LOOKS, lambda f: experiment_chart.over_time(experiment.since(f)),
    ),
    "clicks.experiment.planned": (
        POWER, lambda f: experiment_chart.planned(experiment.enough(f, 0.1)),
    ),
    "clicks.experiment.segments": (
        SEGMENTS, lambda f: experiment_chart.segments(experiment.differing(f)),
    ),
    "clicks.delivery_effect.naive": (
        LAST, lambda f: cost_chart.naive(Finding("As it looks", f.dropna())),
    ),
    "clicks.delivery_effect.adjusted": (
        CAUSES, lambda f: cost_chart.adjusted(delivery_effect.costing(f)),
    ),
    "clicks.recommend.lists": (
        LISTED, lambda f: recommend_chart.lists(recommend.listed(f, "beside Bed")),
    ),
    "clicks.recommend.methods": (
        METHODS,
        lambda f: recommend_chart.methods(recommend.compared(f, is_new_only=False)),
    ),
    "clicks.retention.cohorts": (COHORTS, lambda f: back.cohorts(retention.cohorts(f))),
    "clicks.retention.stickiness": (ACTIVE, lambda f: back.stickiness(retention.stickiness(f))),
    "clicks.attribution.channels": (
        CHANNELS, lambda f: sources.channels(attribution.finding(f)),
    ),
    "clicks.products.ranking": (
        FARED, lambda f: goods.ranking(products.ranking(products.demand(f))),
    ),
    "clicks.products.lost": (FARED, lambda f: goods.lost(products.lost(products.demand(f)))),
    "clicks.overview.visitors": (
        VISITORS, lambda f: clicks_chart.visitors(clicks.who_came(f)),
    ),
    "clicks.overview.devices": (DEVICES, lambda f: clicks_chart.devices(clicks.conversion(f))),
}  # fmt: skip
