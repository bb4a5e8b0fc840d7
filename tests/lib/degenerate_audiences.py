"""Tables of the charts of audiences and intent, each with how it is drawn."""

from collections.abc import Callable
from typing import Any

import pandas as pd
from cartwheel.clicks import audiences, intent
from cartwheel.clicks.audiences import Audience, Likelihood, Selected
from cartwheel.clicks.audiences.effect import COLUMNS, finding
from cartwheel.clicks.charts import audiences as drawn
from cartwheel.clicks.charts import intent as early
from cartwheel.finding import Finding

UNKNOWN = Likelihood(7, "", [])
_NUMBERS = dict.fromkeys(("expected_revenue", "variance", "lowest", "highest"), float)
BUYERS = pd.DataFrame(
    {
        "user_id": ["A", "B", "C"], "count_orders": [3.0, 2.0, 1.0],
        "revenue": [90.0, 50.0, 10.0], "recency": [5, 3, 1], "frequency": [5, 3, 1],
        "days_since_order": [1.0, 5.0, 9.0], "favourite_category": ["phone", "phone", "camera"],
    }
)  # fmt: skip
LIKELY = pd.DataFrame(
    {
        "user_id": ["A", "B", "C"], "probability": [0.5, 0.4, 0.3],
        "expected_revenue": [50.0, 40.0, 30.0], "variance": 9.0, "lowest": [20.0, 10.0, 5.0],
        "highest": [90.0, 80.0, 70.0], "days_since_visit": 1.0, "count_orders": 2,
        "favourite_category": "phone", "count_left": 1, "is_held_out": [False, False, True],
        "is_capped": [False, True, False],
    }
)  # fmt: skip
TRIED = pd.DataFrame(
    {"has_bought_after": [True, False, False], "probability": [0.5, 0.4, 0.3]}
)  # fmt: skip
TOLD = pd.DataFrame(
    [
        (name, 900, 100, buyers, 10, buyers / 900, 0.1, buyers / 900 - 0.1, low, low + 0.1, 9.0,
         8.0)
        for name, buyers, low in (("a", 300, 0.1), ("b", 200, 0.0), ("c", 90, -0.05))
    ],
    columns=COLUMNS,
)  # fmt: skip


def _picked(rows: pd.DataFrame) -> Selected:
    # Whether somebody is held out or capped is drawn and counted here, never unknown.
    flags = {name: rows[name].fillna(False).astype(bool) for name in ("is_held_out", "is_capped")}
    return Selected(Audience("Own"), UNKNOWN, rows.astype(_NUMBERS).assign(**flags))


def _compared(rows: pd.DataFrame) -> Finding:
    return audiences.compared([_picked(rows.iloc[[n]]) for n in range(len(rows))])


def _tried(rows: pd.DataFrame) -> pd.DataFrame:
    happened = rows["has_bought_after"].fillna(False).astype(bool)
    chance = rows["probability"].astype(float).fillna(0.1)
    return rows.assign(has_bought_after=happened, probability=chance)


class _Known(Likelihood):
    """A likelihood whose trial is given."""

    def __init__(self, rows: pd.DataFrame) -> None:
        super().__init__(7, "", [])
        self.__dict__["tried"] = rows


DRAWN: dict[str, tuple[pd.DataFrame, Callable[[pd.DataFrame], Any]]] = {
    "clicks.audiences.spent": (BUYERS, lambda f: drawn.spent(audiences.persons.spent(f))),
    "clicks.audiences.tastes": (BUYERS, lambda f: drawn.tastes(audiences.persons.tastes(f))),
    "clicks.audiences.people": (
        LIKELY, lambda f: drawn.people(audiences.described(_picked(f))),
    ),
    "clicks.audiences.compared": (LIKELY, lambda f: drawn.compared(_compared(f))),
    "clicks.audiences.trusted": (
        TRIED, lambda f: drawn.trusted(audiences.trusted(_Known(_tried(f))), 7),
    ),
    "clicks.audiences.effects": (
        TOLD,
        lambda f: drawn.effects(
            finding(f.dropna(subset=["low"]).astype({"low": float, "high": float}), 7), 7
        ),
    ),
    "clicks.intent.by_events": (
        TRIED, lambda f: early.by_events(intent.by_events({3: _tried(f)})),
    ),
    "clicks.intent.calibrated": (
        TRIED, lambda f: early.calibrated(intent.calibrated(_tried(f), 3), 3),
    ),
}  # fmt: skip
