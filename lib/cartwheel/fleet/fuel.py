"""Where fuel goes: each truck's consumption beside the fleet's."""

import pandas as pd

from cartwheel.display import current
from cartwheel.finding import Finding

HIGH = 1.2  # times the fleet's median


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
