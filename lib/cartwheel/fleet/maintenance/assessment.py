"""What the streams say of the parts: their condition, their risk, and whom to call in."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from cartwheel import finding
from cartwheel.display import current
from cartwheel.estimation.boosting import FEWEST
from cartwheel.finding import Finding, counted
from cartwheel.fleet.maintenance import condition, decision, risk
from cartwheel.fleet.maintenance.condition import PARTS
from cartwheel.fleet.maintenance.decision import Costs, Trial
from cartwheel.timeframe import Interval
from cartwheel.warehouse import Warehouse
from cartwheel.warehouse.provenance import made_from

NEAR = 1 / 3  # of the way to the limit
LATE_DAYS = 3  # of which the condition is told
_LEARNED = ["unit", "truck_id", "day", "share", "signal", "warning", "kind", "failed"]
_NAMES = {part.component: part.name for part in PARTS}


class Record(NamedTuple):
    """What is known of a time: the parts' days, and the visits to the workshop."""

    parts: pd.DataFrame
    visits: pd.DataFrame


class Assessment(NamedTuple):
    """
    The risk of every part, and the rule tried on the past.

    Attributes
    ----------
    risks
        Rows: the parts' last day with ``probability`` and ``worth`` of a call; null without model.
    fitted, trial
        None if too few failures are known.
    failures
        On the road, how many are known.
    """

    risks: pd.DataFrame
    fitted: risk.Fitted | None
    trial: Trial | None
    failures: int


def read(warehouse: Warehouse, time: Interval) -> Record:
    """Return the condition of all parts, by day, and the visits, in a time."""
    asked = time._asdict()
    days = warehouse.query_file("fleet/maintenance/days", zone=current().zone_key, **asked)
    visits = warehouse.query_file("fleet/maintenance/visits", **asked)
    days = days.assign(day=pd.to_datetime(days["day"]))
    return Record(made_from(condition.table(days, failures(visits)), days), visits)


def failures(visits: pd.DataFrame) -> pd.DataFrame:
    """Return the failures on the road: ``truck_id``, ``component``, ``day``."""
    on_road = visits[visits["is_roadside"].fillna(False).astype(bool)]
    day = current().clocks(pd.to_datetime(on_road["began_at"])).dt.normalize()
    return on_road[["truck_id", "component"]].assign(day=day)


def chosen(record: Record, truck_id: str, found: Finding) -> str:
    """
    Return the truck to show: the one named, else the first of the findings, else the first.

    Raises
    ------
    UsageError
        If there is no such truck.
    """
    return finding.chosen("truck", truck_id, names(record), found.rows["truck_id"].tolist())


def names(record: Record) -> list[str]:
    """Return the trucks of which a part's signal is known."""
    return sorted(set(record.parts["truck_id"]))


def conditions(record: Record) -> Finding:
    """
    Return how far each part of each truck has come towards its limit, of late.

    Returns
    -------
    Finding
        Rows: a truck and component, worst first; ``share`` of the way, ``value``, ``usual``,
        ``limit``, ``day``, ``is_near``. Of parts with too short a past nothing is told.
    """
    parts = record.parts.dropna(subset=["share"])
    last = parts.groupby("unit").tail(LATE_DAYS)
    rows = last.groupby("unit", as_index=False).agg(
        truck_id=("truck_id", "first"), component=("component", "first"), day=("day", "max"),
        share=("share", "median"), value=("value", "median"), usual=("usual", "last"),
        limit=("limit", "last"),
    )  # fmt: skip
    rows = rows.assign(is_near=rows["share"] >= NEAR, signal=rows["component"].map(_NAMES))
    rows = made_from(rows.sort_values("share", ascending=False, ignore_index=True), record.parts)
    if rows.empty:
        return Finding("Of no part there is a past to compare with", rows)
    near = rows[rows["is_near"]]
    if near.empty:
        return Finding("No part has come a third of the way to its limit", rows)
    worst = near.iloc[0]
    more = f"; {counted(len(near) - 1, 'more part')} past a third" if len(near) > 1 else ""
    return Finding(
        f"The {worst['component']} of {worst['truck_id']} has come {worst['share']:.0%} of the way "
        f"to its limit{more}",
        rows,
    )


def history(record: Record, truck_id: str, component: str) -> Finding:
    """Return a part's signal by day, with its usual value, its limit and the visits."""
    parts = record.parts
    rows = parts[(parts["truck_id"] == truck_id) & (parts["component"] == component)]
    name = f"{component.capitalize()} of {truck_id}"
    if rows.empty:
        return Finding(f"{name}: no {_NAMES[component].lower()} is sent", rows)
    known = rows.dropna(subset=["share"])
    if known.empty:
        return Finding(f"{name}: too short a past to compare with", rows)
    share = max(0.0, float(known["share"].tail(LATE_DAYS).median()))
    return Finding(f"{name}: {_NAMES[component].lower()} {share:.0%} of the way to its limit", rows)


def assess(record: Record, costs: Costs) -> Assessment:
    """Learn the risk of every part from the failures on the road, and try the rule on the past."""
    parts, known = record.parts, int(record.parts["failed"].sum())
    last = parts[~parts["failed"]].groupby("unit", as_index=False).tail(1)
    if known < FEWEST:
        return Assessment(last.assign(probability=np.nan, worth=np.nan), None, None, known)
    fitted = risk.fit(
        parts[_LEARNED], decision.HORIZON_DAYS, unit="unit", time="day", group="truck_id"
    )
    repairs = repair_costs(record.visits)
    now = fitted.probability(parts[_LEARNED])
    risks = last.merge(now, "inner", ["unit", "day"])
    risks = risks.assign(
        worth=decision.worth(risks["probability"], risks["component"].map(repairs), costs)
    )
    held_out = fitted.predictions
    if held_out.empty:
        return Assessment(risks, fitted, None, known)
    held_out = held_out.assign(component=held_out["unit"].str.rpartition(" ")[2])
    return Assessment(risks, fitted, decision.tried(parts, held_out, repairs, costs), known)


def repair_costs(visits: pd.DataFrame) -> dict[str, float]:
    """Return what a repair costs, the median of the visits, by component."""
    paid = visits.dropna(subset=["cost"]).groupby("component")["cost"].median()
    return {part.component: float(paid.get(part.component, decision.UNKNOWN_REPAIR))
            for part in PARTS}  # fmt: skip


def calls(assessed: Assessment) -> Finding:
    """Say whom to call in this week: those of whom a visit saves money on average."""
    rows = assessed.risks
    wanted = rows[rows["worth"] > 0].sort_values("worth", ascending=False, ignore_index=True)
    wanted = made_from(wanted.assign(signal=wanted["component"].map(_NAMES)), rows)
    if assessed.fitted is None:
        text = (
            f"No risks yet: {counted(assessed.failures, 'failure')} on the road "
            f"{'is' if assessed.failures == 1 else 'are'} known, {FEWEST} are needed"
        )
    elif wanted.empty:
        text = "Nobody needs to be called in: no part's risk is worth a visit"
    else:
        trucks = list(dict.fromkeys(wanted["truck_id"]))
        others = f" and {counted(len(trucks) - 1, 'other')}" if len(trucks) > 1 else ""
        text = (
            f"Call in {trucks[0]}{others} this week: that saves "
            f"{current().money(float(wanted['worth'].sum()))} on average"
        )
    return Finding(text, wanted)
