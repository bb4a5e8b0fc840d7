"""Whom to call in: costs, the rule, its trial on the past, and what the page says; by value."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from cartwheel.errors import UsageError
from cartwheel.fleet.maintenance import assessment, decision, proof
from cartwheel.fleet.maintenance.decision import Costs

MONDAY = pd.Timestamp("2026-03-02")
REPAIRS = {"battery": 400.0}
COSTS = Costs(tow=500, late_delivery=10, late_deliveries=10, idle_hour=50, idle_hours=8, visit=100)


def day(number: float) -> pd.Timestamp:
    """Return a day after the first Monday."""
    return MONDAY + pd.Timedelta(days=number)


def record(unit: str, days: int, *failed: int) -> pd.DataFrame:
    """Return a battery's days, on some of which it failed."""
    return pd.DataFrame(
        {
            "unit": unit, "component": "battery", "day": [day(n) for n in range(days)],
            "failed": [n in failed for n in range(days)],
        }
    )  # fmt: skip


def risks(unit: str, *told: tuple[int, float]) -> pd.DataFrame:
    """Return a unit's probabilities on days."""
    return pd.DataFrame(
        {"unit": unit, "component": "battery", "day": [day(n) for n, _ in told],
         "probability": [p for _, p in told]}
    )  # fmt: skip


def test_a_failure_costs_what_its_parts_cost() -> None:
    """500 + 10 of 10 + 8 h of 50, less the visit of 100."""
    assert COSTS.saved == 900


@pytest.mark.parametrize(
    ("costs", "message"),
    [
        (COSTS._replace(tow=-1.0), "Cost tow: must be a number of 0 or more, got -1.0"),
        (COSTS._replace(visit=float("nan")), "Cost visit: must be"),
        (Costs(0, 0, 0, 0, 0, 0), "nothing is saved by calling a truck in. Raise tow"),
        (COSTS._replace(visit=1000.0), "costs 1000 beside the repair, an early visit 1000"),
    ],
)
def test_costs_that_cannot_be_are_told_by_name(costs: Costs, message: str) -> None:
    """Below zero, no number, or a failure that costs nothing."""
    with pytest.raises(UsageError, match=message):
        costs.checked()


def test_a_call_is_worth_what_it_saves_less_what_it_wastes() -> None:
    """0.5 of 900, less 0.5 of 100 + half of 400."""
    found = decision.worth(pd.Series([0.5, 0.0, 1.0, 0.25]), pd.Series([400.0] * 4), COSTS)
    assert found.tolist() == [300.0, -300.0, 900.0, 0.0]


def test_lives_end_with_failures_or_with_the_record() -> None:
    """Two lives of a unit, the second goes on."""
    found = decision.lives(pd.concat([record("a", 10, 3), record("b", 4)]))
    assert found[["unit", "begins", "ends", "failed"]].to_numpy().tolist() == [
        ["a", day(0), day(3), True], ["a", day(4), day(9), False], ["b", day(0), day(3), False],
    ]  # fmt: skip


def test_the_rule_is_tried_beside_the_truth_and_an_interval() -> None:
    """
    A fails on day 20 and is called on day 14; b never fails and is called in vain on day 7.

    Two failures on 3 times 70 days: a mean life of 105 days. 6 days of it are 6/105 of 400.
    c fails on day 30, of which nobody warned; who knows calls it on day 28.
    """
    rows = pd.concat([record("a", 70, 20), record("b", 70), record("c", 70, 30)])
    held_out = pd.concat(
        [
            risks("a", (0, 0.1), (7, 0.2), (10, 0.9), (14, 0.9), (28, 0.0)),
            risks("b", (0, 0.0), (7, 0.3), (14, 0.9)), risks("c", (0, 0.0), (28, 0.25)),
        ]
    )  # fmt: skip
    found = decision.tried(rows, held_out, REPAIRS, COSTS)
    policies = found.policies.set_index("policy")
    assert policies.loc["risk", ["calls", "in_vain", "failures"]].tolist() == [2, 1, 1]
    assert policies["saved"]["risk"] == pytest.approx(900 - 400 * 6 / 105 - 300)
    assert policies.loc["truth", ["calls", "in_vain", "failures"]].tolist() == [2, 0, 0]
    assert policies["saved"]["truth"] == pytest.approx(1800 - 400 * 8 / 105)
    called = found.by_risk.dropna(subset=["called"]).set_index("unit")
    assert called["days_early"]["a"] == 6 and np.isnan(called["days_early"]["b"])
    # At 14 days, until day 42: four calls, 6 and 16 days early, and two in vain.
    interval = policies.loc["interval"]
    assert interval[["calls", "in_vain"]].tolist() == [4, 2]
    assert interval["saved"] == pytest.approx(1800 - 400 * 22 / 105 - 600)


def test_the_best_interval_is_found_where_lives_are_alike() -> None:
    """Both fail at 30 days: called at 28, two days early, each of both saves nearly all."""
    rows = pd.concat([record("a", 61, 30), record("b", 61, 30)])
    found = decision.tried(rows, risks("a", (0, 0.0)), REPAIRS, COSTS)
    interval = found.policies.set_index("policy").loc["interval"]
    assert interval["calls"] == 2 and interval["failures"] == 0
    assert interval["saved"] == pytest.approx(2 * (900 - 400 * 2 / 61))


def test_of_the_last_weeks_nobody_is_judged() -> None:
    """Of 49 days decisions are until day 28: a fails on day 30, b on day 40, both called on 21."""
    rows = pd.concat([record("a", 50, 30), record("b", 50, 40), record("c", 50, 45)])
    held_out = pd.concat([risks("a", (0, 0.0), (14, 0.9)), risks("b", (14, 0.9), (35, 0.9))])
    found = decision.tried(rows, held_out, REPAIRS, COSTS)
    policies = found.policies.set_index("policy")
    assert policies.loc["risk", ["calls", "in_vain", "failures"]].tolist() == [2, 0, 0]
    assert policies.loc["truth", ["calls", "failures"]].tolist() == [1, 0]
    assert found.by_risk.loc[found.by_risk["is_due"], "unit"].tolist() == ["a"]


def parts(*shares: float, part: str = "battery") -> pd.DataFrame:
    """Return trucks T0, T1... of which a part has come so far, on three days."""
    rows = [
        {
            "unit": f"T{n} {part}", "truck_id": f"T{n}", "component": part, "day": day(d),
            "value": 25.5 - 3.5 * share, "usual": 25.5, "limit": 22.0, "share": share,
            "failed": False,
        }
        for n, share in enumerate(shares)
        for d in range(3)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(rows[0]) if rows else list(parts(0.0).columns))


def visits(*told: Any) -> pd.DataFrame:
    """Return visits: truck, component, cost, whether on the road."""
    frame = pd.DataFrame(told, columns=["truck_id", "component", "cost", "is_roadside"])
    return frame.assign(began_at=pd.Timestamp("2026-03-02 03:00"))


@pytest.mark.parametrize(
    ("shares", "text"),
    [
        ((), "Of no part there is a past to compare with"),
        ((0.1, 0.3), "No part has come a third of the way to its limit"),
        ((0.1, 0.5), "The battery of T1 has come 50% of the way to its limit"),
        ((0.4, 0.5, 0.9), "The battery of T2 has come 90% of the way to its limit; "
         "2 more parts past a third"),
    ],
)  # fmt: skip
def test_the_part_nearest_to_its_limit_is_named(shares: tuple[float, ...], text: str) -> None:
    """None, none near, one, more."""
    found = assessment.conditions(assessment.Record(parts(*shares), visits()))
    assert found.text == text
    assert found.rows["share"].tolist() == sorted(shares, reverse=True)


def test_one_truck_is_shown_the_named_the_worst_or_the_first() -> None:
    """And one that is not there is told."""
    told = assessment.Record(parts(0.1, 0.5), visits())
    found = assessment.conditions(told)
    assert assessment.chosen(told, "", found) == "T1"
    assert assessment.chosen(told, "T0", found) == "T0"
    assert assessment.chosen(told, "", found._replace(rows=found.rows.head(0))) == "T0"
    with pytest.raises(UsageError, match="T9"):
        assessment.chosen(told, "T9", found)
    none = assessment.Record(parts(), visits())
    assert assessment.chosen(none, "", assessment.conditions(none)) == ""


def test_a_part_s_history_says_how_far_it_has_come() -> None:
    """Or that nothing is sent, or too little."""
    told = assessment.Record(parts(0.5), visits())
    assert assessment.history(told, "T0", "battery").text == (
        "Battery of T0: resting voltage 50% of the way to its limit"
    )
    assert assessment.history(told, "T0", "cooling").text == (
        "Cooling of T0: no engine temperature is sent"
    )
    short = assessment.Record(parts(0.5).assign(share=np.nan), visits())
    assert assessment.history(short, "T0", "battery").text.endswith(
        "too short a past to compare with"
    )


def test_failures_are_on_the_road_alone_and_of_the_zone_s_day() -> None:
    """A planned visit is none, and one of which nobody knows is none."""
    told = visits(("A", "battery", 1.0, True), ("B", "battery", 1.0, False), ("C", "x", 1.0, None))
    found = assessment.failures(told)
    assert found[["truck_id", "component"]].to_numpy().tolist() == [["A", "battery"]]


def test_a_repair_costs_the_median_of_the_visits_or_a_default() -> None:
    """300 of 200, 300 and 900; nobody has paid for the others."""
    told = visits(*(("A", "battery", cost, True) for cost in (200.0, 300.0, 900.0, np.nan)))
    found = assessment.repair_costs(told)
    assert found["battery"] == 300 and found["cooling"] == decision.UNKNOWN_REPAIR


def test_without_failures_there_are_no_risks_and_the_page_says_so() -> None:
    """Ten are needed to learn from."""
    told = assessment.assess(assessment.Record(parts(0.1, 0.9), visits()), COSTS)
    assert assessment.calls(told).text == (
        "No risks yet: 0 failures on the road are known, 10 are needed"
    )
    assert assessment.calls(told).rows.empty
    assert proof.saved(told).text.startswith("The rule cannot be tried on the past: 0 failures")
    assert proof.trusted(told).text == "Too few failures to compare risks with what happened"
    assert proof.scores(told).text == "Too few failures to say how well they are foreseen"


def test_foreseen_and_happened_stand_beside_each_other_by_tenths() -> None:
    """Of 0.1 one in ten failed, of 0.8 four in five: as foreseen."""
    rows = pd.DataFrame(
        {
            "unit": [f"u{n}" for n in range(15)],
            "probability": [0.12] * 10 + [0.8] * 5,
            "is_failing": [1.0] + [0.0] * 9 + [1.0] * 4 + [0.0],
        }
    )
    found = proof.calibration(rows)
    assert found["predicted"].tolist() == pytest.approx([0.12, 0.8])
    assert found["observed"].tolist() == [0.1, 0.8]
    assert found["low"].iloc[0] == pytest.approx(0.0179, abs=1e-4)  # Wilson, 1 of 10
    assert found["high"].iloc[0] == pytest.approx(0.4042, abs=1e-4)
    assert proof.slope(rows) == pytest.approx(1.0, abs=0.15)
