"""Where fuel goes: consumption beside the fleet's, the tanks' accounts, losses, receipts."""

import numpy as np
import pandas as pd

from cartwheel.display import current
from cartwheel.estimation.intervals import WITHIN_80
from cartwheel.finding import Finding, counted
from cartwheel.timeframe import Interval
from cartwheel.warehouse import Warehouse
from cartwheel.warehouse.provenance import made_from

HIGH = 1.2  # times the fleet's median
# Standard deviations, in percent of the tank: of a level at a stand, of a rise or fall. A truck
# whose receipts do not say what a percent is has a gauge that may be off by some percent.
_LEVEL, _JUMP = 0.2, 0.35
_LEARNT, _BY_SIZE = 0.004, 0.02
LEAST_ERROR = 3.0  # litres by which a receipt is off at least, to be called wrong
_SURE = 4.0  # standard deviations


def consumption(fleet: pd.DataFrame, limit: int = 12) -> Finding:
    """
    Compare the trucks' fuel consumption with the fleet's median.

    Parameters
    ----------
    fleet
        As :func:`cartwheel.fleet.overview.trucks` returns it.
    limit
        Trucks in the rows, those of the highest consumption.

    Returns
    -------
    Finding
        Rows: ``truck_id``, ``litres_per_100_km``, ``distance_km``, ``median`` (the fleet's)
        and ``is_high``, the highest first; a truck without a known consumption is left out.
    """
    columns = ["truck_id", "litres_per_100_km", "distance_km"]
    known = fleet.dropna(subset=["litres_per_100_km"])[columns]
    median = known["litres_per_100_km"].median()
    known = known.assign(median=median, is_high=known["litres_per_100_km"] > HIGH * median)
    if known.empty:
        return Finding("No consumption over a distance is known", known)
    if len(known) == 1:
        truck, used = known["truck_id"].iloc[0], known["litres_per_100_km"].iloc[0]
        shown = current().unit("consumption").text(used, ".1f")
        return Finding(f"{truck} used {shown}; of no other truck it is known", known)
    rows = known.sort_values("litres_per_100_km", ascending=False, kind="stable")
    count = int(known["is_high"].sum())
    text = (
        f"{count} of {len(known)} trucks {'uses' if count == 1 else 'use'} over {HIGH - 1:.0%} "
        f"more fuel than the median, {rows['truck_id'].iloc[0]} the most"
        if count
        else f"No truck uses over {HIGH - 1:.0%} more fuel than the median"
    )
    return Finding(text, rows.head(limit))


def ledger(warehouse: Warehouse, time: Interval) -> Finding:
    """
    Account for the litres of each truck's tank over a time.

    Returns
    -------
    Finding
        Rows as :func:`accounted` gives them.
    """
    return accounted(warehouse.query_file("fleet/fuel/ledger", **time._asdict()))


def accounted(rows: pd.DataFrame) -> Finding:
    """
    Return each truck's account: at first + refuelled = used + lost + left.

    Returns
    -------
    Finding
        Rows: ``truck_id``, ``began_at``, ``ended_at``, ``distance_km``, ``at_first``,
        ``refuelled``, ``lost``, ``left``, ``used`` (burnt, or leaked slowly), ``low`` and
        ``high`` of ``used`` (80 %), all in litres, null where a percent of the gauge cannot be
        told in litres; ``litres_per_100_km``, ``count_refuels``, ``count_losses``,
        ``is_calibrated`` (by receipts).
    """
    scale = rows["litres_per_percent"].astype(float)
    percent = {
        "at_first": rows["percent_at_first"], "refuelled": rows["percent_refuelled"],
        "lost": rows["percent_lost"], "left": rows["percent_left"],
    }  # fmt: skip
    litres = {name: values.astype(float) * scale for name, values in percent.items()}
    used = litres["at_first"] + litres["refuelled"] - litres["lost"] - litres["left"]
    events = rows["count_refuels"] + rows["count_losses"]
    share = np.where(rows["is_calibrated"].fillna(False).astype(bool), _LEARNT, _BY_SIZE)
    noise = scale**2 * (2 * _LEVEL**2 + events * _JUMP**2) + (share * used) ** 2
    off = WITHIN_80 * np.sqrt(noise.astype(float))
    names = ["truck_id", "began_at", "ended_at", "distance_km", "count_refuels", "count_losses"]
    account = rows[[*names, "is_calibrated"]].assign(
        **litres, used=used, low=(used - off).clip(lower=0), high=used + off,
        litres_per_100_km=100 * used / rows["distance_km"].astype(float).where(lambda km: km > 0),
    )  # fmt: skip
    account = made_from(account.sort_values("used", ascending=False, kind="stable"), rows)
    known = account.dropna(subset=["used"])
    if known.empty:
        why = "No tank's level is known while a truck stood" if rows.empty else (
            "No receipt and no tank size says how many litres a percent is"
        )  # fmt: skip
        return Finding(why, account)
    unit = current().unit("volume")
    text = (
        f"{counted(len(known), 'truck')} used {unit.text(known['used'].sum())} and filled in "
        f"{unit.text(known['refuelled'].sum())}"
    )
    lost = known["lost"].sum()
    return Finding(text + (f"; {unit.text(lost)} left at once" if lost else ""), account)


def events(warehouse: Warehouse, time: Interval) -> pd.DataFrame:
    """Return refuels, losses at once and receipts without a rise; litres null if unknown."""
    return warehouse.query_file("fleet/fuel/events", **time._asdict())


def losses(rows: pd.DataFrame) -> Finding:
    """
    Say what left the tanks at once (rows of :func:`events`).

    Returns
    -------
    Finding
        Rows: ``truck_id``, ``earliest_at``, ``happened_at``, ``percent``, ``litres``, positive,
        the largest first.
    """
    lost = rows[rows["kind"] == "loss"].dropna(subset=["percent"])
    shown = lost[["truck_id", "earliest_at", "happened_at"]].assign(
        percent=-lost["percent"].astype(float), litres=-lost["litres"].astype(float)
    )
    shown = made_from(shown.sort_values("percent", ascending=False, kind="stable"), rows)
    if shown.empty:
        return Finding("No fuel is seen to have left a tank at once", shown)
    text = f"Fuel left the tanks at once{_times(len(shown))}"
    first = shown.iloc[0]
    much = first["litres"]
    amount = f"{first['percent']:.0f} %" if much != much else current().unit("volume").text(much)
    return Finding(f"{text}: {amount} from {first['truck_id']}", shown)


def _times(count: int) -> str:
    return "" if count == 1 else f" {count:,} times"


def receipts(rows: pd.DataFrame) -> Finding:
    """
    Compare receipts with what reached the tanks (rows of :func:`events`).

    Returns
    -------
    Finding
        Rows: ``truck_id``, ``happened_at``, ``litres`` (that reached the tank, null if none is
        seen), ``receipt_litres`` (null without a receipt), ``off`` (receipt less tank),
        ``verdict`` (fits, wrong, no receipt, nothing reached the tank, unknown).
    """
    filled = rows[rows["kind"].isin(["refuel", "receipt"])]
    litres, told = filled["litres"].astype(float), filled["receipt_litres"].astype(float)
    off = told - litres
    allowed = np.maximum(LEAST_ERROR, _SURE * (_LEARNT + _JUMP / 100) * litres)
    verdict = np.select(
        [filled["kind"] == "receipt", told.isna(), off.isna(), off.abs() > allowed],
        ["nothing reached the tank", "no receipt", "unknown", "wrong"],
        "fits",
    )
    shown = filled[["truck_id", "happened_at"]].assign(
        litres=litres, receipt_litres=told, off=off, verdict=verdict
    )
    shown = made_from(shown.reset_index(drop=True), rows)
    if shown.empty:
        return Finding("No refuel is seen, and no receipt", shown)
    kinds = shown["verdict"].value_counts()
    wrong = int(kinds.get("wrong", 0) + kinds.get("nothing reached the tank", 0))
    text = f"{counted(len(shown), 'refuel')}: {wrong} with a receipt that does not fit"
    missing = int(kinds.get("no receipt", 0))
    return Finding(f"{text}, {missing} without a receipt", shown)
