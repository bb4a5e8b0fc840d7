"""When a truck drove and when it stood."""

import pandas as pd

from cartwheel.display import current
from cartwheel.finding import Finding, counted
from cartwheel.timeframe import Interval
from cartwheel.warehouse import Warehouse


def spells(warehouse: Warehouse, truck_id: str, time: Interval) -> Finding:
    """
    Say how often and how far a truck drove in a time, and how long its engine ran as it stood.

    Returns
    -------
    Finding
        Rows: ``kind`` (trip or stop), ``began_at``, ``ended_at``, ``distance_km`` of a trip,
        ``engine_seconds`` of a stop; those that reach into the time are whole.
    """
    found = warehouse.query_file("fleet/stops/spells", truck_id=truck_id, **time._asdict())
    return driven(found, truck_id)


def driven(rows: pd.DataFrame, truck_id: str) -> Finding:
    """Say what the rows of :func:`spells` bear."""
    trips, stops = rows[rows["kind"] == "trip"], rows[rows["kind"] == "stop"]
    if rows.empty:
        return Finding(f"Whether {truck_id} drove or stood is unknown", rows)
    if trips.empty:
        text = f"{truck_id} made no trip"
    else:
        text = f"{truck_id} made {counted(len(trips), 'trip')}"
        known = trips["distance_km"].dropna()
        if len(known) == len(trips):
            text += f", {current().unit('distance').text(known.sum())} in all"
    ran = stops["engine_seconds"].dropna()
    if len(ran) and len(ran) == len(stops) and ran.sum() > 0:
        text += f"; its engine ran {_long(ran.sum())} in {counted(len(stops), 'stop')}"
    return Finding(text, rows)


def _long(seconds: float) -> str:
    return f"{seconds / 3600:.1f} h" if seconds >= 3600 else f"{seconds / 60:.0f} min"
