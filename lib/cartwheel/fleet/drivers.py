"""Who drives how: harsh events, speeding, idling and fuel of each driver, apart from the truck."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from cartwheel import finding
from cartwheel.display import current
from cartwheel.estimation import crossed, shrinkage, standard
from cartwheel.finding import Finding, counted
from cartwheel.timeframe import Interval
from cartwheel.warehouse import Warehouse
from cartwheel.warehouse.provenance import made_from

HARSH = ["count_brakes", "count_accelerations", "count_corners"]
KINDS = {
    "count_brakes": "Hard braking",
    "count_accelerations": "Hard acceleration",
    "count_corners": "Hard cornering",
    "count_speeding": "Speeding",
}
ENOUGH_DAYS = 3  # of driving: a day or two may have been unlike the others
_CIRCUMSTANCES = ["clock_hour", "quarter"]
_HUNDRED = 100.0


class Log(NamedTuple):
    """What the drivers did in a time: by day and truck, and by hour and speed."""

    days: pd.DataFrame
    cells: pd.DataFrame


def read(warehouse: Warehouse, time: Interval) -> Log:
    """Return what the drivers did in a time; ``driver_id`` is null where nobody told it."""
    told = time._asdict()
    return Log(
        warehouse.query_file("fleet/drivers/days", **told),
        warehouse.query_file("fleet/drivers/exposure", zone=current().zone_key, **told),
    )


def places(warehouse: Warehouse, driver_id: str, time: Interval) -> pd.DataFrame:
    """Return a driver's events: when, in which truck, of what kind, how fast and where."""
    return warehouse.query_file("fleet/drivers/places", driver_id=driver_id, **time._asdict())


def names(log: Log) -> list[str]:
    """Return the drivers who are known, in their order."""
    return sorted(set(log.days["driver_id"].dropna()))


def chosen(log: Log, driver_id: str) -> str:
    """
    Return the driver to show: the one named, else that of the highest rate of harsh events.

    Returns
    -------
    str
        Empty if no driver is known.

    Raises
    ------
    UsageError
        If there is no such driver.
    """
    ranked = [] if driver_id else harsh(log).rows.dropna(subset=["rate"])["driver_id"].tolist()
    return finding.chosen("driver", driver_id, names(log), ranked)


def known(log: Log) -> Finding:
    """
    Say of how much of the driving the driver is known, and what can be said of them.

    Returns
    -------
    Finding
        Rows: ``driver_id``, ``kilometres``, ``hours``, ``count_trucks``, ``count_days``, those
        who drove the farthest first.
    """
    days = log.days
    told = days.dropna(subset=["driver_id"])
    rows = (
        told.groupby("driver_id")
        .agg(
            kilometres=("kilometres", "sum"),
            hours=("hours", "sum"),
            count_trucks=("truck_id", "nunique"),
            count_days=("day", "nunique"),
        )
        .sort_values("kilometres", ascending=False, kind="stable")
        .reset_index()
    )
    rows = made_from(rows, days)
    whole = days["kilometres"].sum()
    if not whole:
        return Finding("No speed of a truck on the move is known", rows)
    if rows.empty:
        return Finding("No shift says who drove", rows)
    share = told["kilometres"].sum() / whole
    text = f"{counted(len(rows), 'driver')} drove {_percent(share)} of the kilometres"
    return Finding(text + ("" if share > 0.9995 else "; who drove the rest no shift says"), rows)


def _percent(share: float) -> str:
    """Return a share so that only all of it is 100 %."""
    return f"{100 * share:.0f} %" if share > 0.9995 or share < 0.995 else f"{100 * share:.1f} %"


def harsh(log: Log) -> Finding:
    """
    Compare the drivers' harsh braking, acceleration and cornering.

    Returns
    -------
    Finding
        Rows as :func:`_events` gives them.
    """
    return _events(log, HARSH, "count_harsh", "brakes, accelerates or corners hard", "harsh event")


def speeding(log: Log) -> Finding:
    """Compare how often the drivers speed; rows as those of :func:`harsh`."""
    return _events(log, ["count_speeding"], "count_speeding", "speeds", "speeding event")


def _events(log: Log, columns: list[str], daily: str, does: str, noun: str) -> Finding:
    """
    Compare what the boxes told of each driver with what the fleet has in the same circumstances.

    Returns
    -------
    Finding
        Rows: ``driver_id``, ``kilometres``, ``count``, ``raw`` (per 100 km), ``rate`` (per
        100 km of the fleet's roads and hours, shrunk to the fleet), ``low``, ``high``,
        ``least`` (80 % lie between ``low`` and ``high``, 97.5 % above ``least``), ``worst``
        (probability to be among the highest tenth), ``fleet``, ``is_ranked`` (on three days
        and more); the highest first, those who are not ranked last.
    """
    cells = log.cells.dropna(subset=["driver_id"])
    cells = cells.assign(count=cells[columns].sum(axis=1))
    sums = cells.groupby("driver_id")[["kilometres", "count"]].sum()
    sums = sums[sums["kilometres"] > 0]
    if sums.empty:
        why = "Of no known driver a speed is told: nothing can be said" if names(log) else (
            "No shift says who drove"
        )  # fmt: skip
        return Finding(why, _rows(sums, log))
    if not cells["count"].sum():
        said = "of any truck" if not log.cells[columns].to_numpy().sum() else "of a known driver"
        return Finding(f"No {noun} {said} was told: nothing can be said", _rows(sums, log))
    due = standard.expected(cells, "driver_id", _CIRCUMSTANCES, "count", "kilometres")
    days = log.days.dropna(subset=["driver_id"])
    spread = shrinkage.dispersion(days["driver_id"], days[daily], days["kilometres"], share=False)
    fleet = _HUNDRED * sums["count"].sum() / sums["kilometres"].sum()
    found = shrinkage.rates(sums["count"], due.reindex(sums.index), spread)
    rows = sums.assign(
        raw=_HUNDRED * sums["count"] / sums["kilometres"],
        rate=fleet * found.middle,
        low=fleet * found.low,
        high=fleet * found.high,
        least=fleet * found.least,
        worst=found.worst,
        fleet=fleet,
    )
    far = current().unit("distance")
    shown = _HUNDRED / far.of(_HUNDRED)
    return _ranked(
        _rows(rows, log), does, lambda rate: f"{shown * rate:.1f} times in 100 {far.name}"
    )


def _rows(frame: pd.DataFrame, log: Log) -> pd.DataFrame:
    """Return a frame by driver as rows, the highest first."""
    names = ["raw", "rate", "low", "high", "least", "worst", "fleet"]
    whole = frame.reindex(columns=[*frame.columns, *(n for n in names if n not in frame)])
    days = log.days[log.days["kilometres"] > 0].groupby("driver_id")["day"].nunique()
    whole["is_ranked"] = days.reindex(whole.index, fill_value=0) >= ENOUGH_DAYS
    whole = whole.rename_axis("driver_id").reset_index()
    order = whole.sort_values(["is_ranked", "rate"], ascending=False, kind="stable")
    return made_from(order, log.days, log.cells)


def _ranked(rows: pd.DataFrame, does: str, text: Any) -> Finding:
    """Name the drivers who are above the fleet beyond chance, or say that nothing is seen."""
    if rows.loc[rows["is_ranked"], "rate"].isna().all():
        return Finding(
            f"Of {counted(len(rows), 'driver')} nobody can be compared with the others", rows
        )
    above = rows[rows["is_ranked"] & (rows["least"] > rows["fleet"])]
    if above.empty:
        return Finding(f"No driver is seen who {does} more often than the fleet", rows)
    first = above.iloc[0]
    more = f"; {len(above) - 1} more above the fleet" if len(above) > 1 else ""
    return Finding(
        f"{first['driver_id']} {does} {text(first['rate'])}, the fleet "
        f"{text(first['fleet'])}{more}",
        rows,
    )


def idling(log: Log) -> Finding:
    """
    Compare in how many of their stops the drivers let the engine run.

    Returns
    -------
    Finding
        Rows: ``driver_id``, ``count_stops`` (of a known engine), ``count_idled``,
        ``idle_hours``, and as in :func:`harsh`, of the share of the stops.
    """
    days = log.days.dropna(subset=["driver_id"])
    sums = (
        days.groupby("driver_id")
        .agg(
            count_stops=("count_known_stops", "sum"),
            count_idled=("count_idled_stops", "sum"),
            idle_hours=("idle_seconds", lambda seconds: seconds.sum() / 3600),
        )
        .query("count_stops > 0")
    )
    if sums.empty:
        why = (
            "No shift says who drove"
            if days.empty
            else "Of no stop it is known whether the engine ran"
        )
        return Finding(why, _rows(sums, log))
    spread = shrinkage.dispersion(
        days["driver_id"], days["count_idled_stops"], days["count_known_stops"], share=True
    )
    found = shrinkage.shares(sums["count_idled"], sums["count_stops"], spread)
    rows = sums.assign(
        raw=sums["count_idled"] / sums["count_stops"],
        rate=found.middle,
        low=found.low,
        high=found.high,
        least=found.least,
        worst=found.worst,
        fleet=sums["count_idled"].sum() / sums["count_stops"].sum(),
    )
    return _ranked(
        _rows(rows, log),
        "lets the engine run",
        lambda share: f"in {100 * share:.0f} % of the stops",
    )


def coaching(log: Log) -> Finding:
    """
    List who is above the fleet beyond chance, and in what.

    Returns
    -------
    Finding
        Rows: ``driver_id``, ``what``, ``times`` (the driver's rate over the fleet's), ``least``
        (so many times with 97.5 %), ``worst``; the farthest above first.
    """
    parts = []
    for column, name in KINDS.items():
        daily = "count_speeding" if column == "count_speeding" else "count_harsh"
        parts.append(_events(log, [column], daily, "", "").rows.assign(what=name))
    parts.append(idling(log).rows.assign(what="Idling"))
    names = ["driver_id", "what", "rate", "least", "fleet", "worst", "is_ranked"]
    every = pd.concat([part[names] for part in parts], ignore_index=True)
    rows = every[every["is_ranked"].astype(bool) & (every["least"] > every["fleet"])]
    rows = rows.assign(
        times=rows["rate"] / rows["fleet"],
        least=rows["least"] / rows["fleet"],
    ).sort_values("times", ascending=False, kind="stable")
    rows = rows[["driver_id", "what", "times", "least", "worst"]]
    rows = made_from(rows.reset_index(drop=True), log.days, log.cells)
    if rows.empty:
        return Finding("Nobody is seen above the fleet beyond chance", rows)
    count = rows["driver_id"].nunique()
    return Finding(f"{counted(count, 'driver')} above the fleet beyond chance in something", rows)


def fuel(log: Log) -> Finding:
    """
    Tell apart what drivers and trucks add to the fuel that a distance needs.

    Returns
    -------
    Finding
        Rows: ``driver_id``, ``rate``, ``low``, ``high``, ``least`` (share more than the fleet,
        0.1 is a tenth), ``is_apart`` (false: never seen apart from its truck), ``kilometres``;
        the thirstiest first.
    """
    days = log.days.dropna(subset=["driver_id"])
    days = days[(days["fuelled_km"] > 0) & (days["fuelled_litres"] > 0)]
    pairs = days.groupby(["driver_id", "truck_id"])[["fuelled_km", "fuelled_litres"]].sum()
    pairs = pairs.reset_index()
    if pairs.empty:
        frame = pd.DataFrame(
            columns=["driver_id", "rate", "low", "high", "least", "is_apart", "kilometres"]
        )
        why = "No consumption is known of a day that had one driver"
        return Finding(why, made_from(frame, log.days))
    pairs["thirst"] = np.log(pairs["fuelled_litres"] / pairs["fuelled_km"])
    found = crossed.apart(pairs, "driver_id", "truck_id", "thirst", "fuelled_km").first
    rows = np.expm1(found[["effect", "low", "high", "least"]]).rename(columns={"effect": "rate"})
    rows = rows.assign(
        is_apart=found["is_apart"],
        kilometres=pairs.groupby("driver_id")["fuelled_km"].sum(),
    )
    rows = rows.rename_axis("driver_id").reset_index()
    rows = made_from(rows.sort_values("rate", ascending=False, kind="stable"), log.days)
    return Finding(_thirst(rows), rows)


def _thirst(rows: pd.DataFrame) -> str:
    bound = rows.loc[~rows["is_apart"], "driver_id"].tolist()
    apart = rows[rows["is_apart"]].dropna(subset=["rate"])
    if apart.empty:
        return "No driver changed trucks: what is the driver's and what the truck's is unknown"
    above = apart[apart["least"] > 0]
    if above.empty:
        text = "No driver is seen who needs more fuel than the others on the same trucks"
    else:
        first = above.iloc[0]
        text = f"{first['driver_id']} needs {100 * first['rate']:.0f} % more fuel on the same truck"
        text += f"; {len(above) - 1} more need more" if len(above) > 1 else ""
    return text + (f". Not apart from its truck: {_named(bound)}" if bound else "")


def _named(names: list[str], most: int = 3) -> str:
    listed = ", ".join(names[:most])
    return listed if len(names) <= most else f"{listed} and {len(names) - most} more"
