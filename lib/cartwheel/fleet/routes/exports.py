"""A day's routes as files that drivers, navigation devices and maps read."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pandas as pd

from cartwheel.errors import UsageError
from cartwheel.files import write_atomically
from cartwheel.fleet.routes.comparison import Day


def write(days: Sequence[Day], folder: Path) -> list[Path]:
    """
    Write the new routes: all stops as CSV, each truck's way as GPX, all ways as GeoJSON.

    Returns
    -------
    list of Path
        What was written; nothing if there is no day.

    Raises
    ------
    UsageError
        If the folder is a file.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; a folder is needed to write routes to.")
    if not days:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    stops = pd.concat([day.best.timed.stops.assign(depot_id=day.task.depot_id) for day in days])
    files["routes.csv"] = stops.to_csv(index=False, date_format="%Y-%m-%dT%H:%M:%SZ")
    files["routes.geojson"] = json.dumps(_collection(days))
    for day in days:
        for truck, rows in day.best.timed.stops.groupby("truck_id"):
            files[f"{_safe(str(truck))}.gpx"] = _gpx(str(truck), rows, day)
    paths = []
    for name, text in files.items():
        paths.append(folder / name)
        write_atomically(paths[-1], text, 0o644)
    return paths


def _safe(name: str) -> str:
    """Return a name as a file may have it: a truck's comes from the stream."""
    return "".join(sign if sign.isalnum() or sign in "-_" else "_" for sign in name)


def _way(rows: pd.DataFrame, day: Day) -> list[tuple[float, float]]:
    """Return longitudes and latitudes from the depot over all stops and back."""
    home = (day.task.longitude, day.task.latitude)
    return [
        home,
        *zip(rows["longitude"].astype(float), rows["latitude"].astype(float), strict=True),
        home,
    ]


def _collection(days: Sequence[Day]) -> dict[str, Any]:
    features = []
    for day in days:
        for truck, rows in day.best.timed.stops.groupby("truck_id"):
            told = {"depot_id": day.task.depot_id, "truck_id": truck}
            features.append(_feature(told, "LineString", _way(rows, day)))
            for stop in rows.itertuples():
                more = {"sequence": int(stop.sequence), "order_id": stop.order_id,
                        "arrives_at": stop.arrives_at.isoformat() + "Z"}  # fmt: skip
                place = [float(stop.longitude), float(stop.latitude)]
                features.append(_feature(told | more, "Point", place))
    return {"type": "FeatureCollection", "features": features}


def _feature(properties: dict[str, Any], kind: str, coordinates: Any) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _gpx(truck: str, rows: pd.DataFrame, day: Day) -> str:
    names = [day.task.depot_id or "depot", *rows["order_id"].astype(str)]
    names.append(names[0])
    points = "".join(
        f'<rtept lat="{latitude:.6f}" lon="{longitude:.6f}"><name>{_text(name)}</name></rtept>'
        for (longitude, latitude), name in zip(_way(rows, day), names, strict=True)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gpx version="1.1" creator="Cartwheel" xmlns="http://www.topografix.com/GPX/1/1">'
        f"<rte><name>{_text(truck)}</name>{points}</rte></gpx>\n"
    )


def _text(name: str) -> str:
    # A name may hold signs that XML gives a meaning, or does not allow at all.
    return escape("".join(sign for sign in name if sign.isprintable()))
