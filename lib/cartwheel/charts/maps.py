"""A base map without network: states of the USA, else the countries of the world."""

import functools
import json
import math
from pathlib import Path
from typing import Any, NamedTuple

import altair as alt
import pandas as pd

from cartwheel.charts import theme

FOLDER = Path(__file__).parent / "maps"
# Around the fifty states, in degrees: west, south, east, north.
USA = (-172.0, 17.0, -65.0, 72.0)
SMALLEST_SPAN = 0.02
MARGIN = 1.25


class View(NamedTuple):
    """What a map shows: its middle in degrees, its span in radians of the projection."""

    longitude: float
    latitude: float
    width: float
    height: float


@functools.cache
def _topology(name: str) -> dict[str, Any]:
    topology: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    feature = "states" if name == "us-states" else "countries"
    topology["objects"] = {feature: topology["objects"][feature]}
    return topology


def _mercator(latitude: float) -> float:
    return math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2))


def view(places: pd.DataFrame) -> View:
    """Return the view that holds all places (``longitude``, ``latitude``) with a margin."""
    west, east = places["longitude"].min(), places["longitude"].max()
    south, north = places["latitude"].min(), places["latitude"].max()
    middle = math.degrees(
        2 * math.atan(math.exp((_mercator(south) + _mercator(north)) / 2)) - math.pi / 2
    )
    least = math.radians(SMALLEST_SPAN)
    return View(
        (west + east) / 2,
        middle,
        max(math.radians(east - west), least) * MARGIN,
        max(_mercator(north) - _mercator(south), least) * MARGIN,
    )


def layered(places: pd.DataFrame, *layers: Any) -> Any:
    """Draw layers with ``longitude`` and ``latitude`` on the base map around the places."""
    west, south, east, north = USA
    inside = (
        places["longitude"].between(west, east).all()
        and places["latitude"].between(south, north).all()
    )
    name, feature = ("us-states", "states") if inside else ("countries", "countries")
    shape = alt.InlineData(
        values=_topology(name), format=alt.DataFormat(type="topojson", feature=feature)
    )
    base = alt.Chart(shape).mark_geoshape(
        fill=theme.LAND, stroke=theme.BORDER, strokeWidth=0.8, clip=True
    )
    shown = view(places)
    # The scale follows the page's width; the narrower side decides.
    scale = f"min(width / {shown.width:.8f}, height / {shown.height:.8f})"
    return alt.layer(base, *layers).project(
        type="mercator",
        center=[round(shown.longitude, 6), round(shown.latitude, 6)],
        scale=alt.ExprRef(scale),
        translate=alt.ExprRef("[width / 2, height / 2]"),
    )
