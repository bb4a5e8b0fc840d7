"""A base map without network, around whatever is drawn: land, borders, towns, a scale."""

import functools
import json
import math
from typing import Any, NamedTuple

import altair as alt
import numpy as np
import pandas as pd

from cartwheel.charts import theme
from cartwheel.charts.ground import FOLDER, Box, features
from cartwheel.display import current

HEIGHT = 380
SMALLEST_SPAN = 0.02  # degrees
MARGIN = 1.25
WIDEST, NARROWEST = 3.4, 0.75  # a page's map, as width by height
TOWNS = 9
_USA = (-180.0, 17.0, -65.0, 72.0)
_MERCATOR_ENDS = 84.0  # degrees of latitude
_EARTH_KM = 6371.0
_LINE = 18.0  # pixels: the height of a label
_SCALE_ROOM = 130.0  # pixels of the corner with the scale
_WIDTHS = (330.0, theme.USUAL_WIDTH, 1190.0)  # of a map on a phone and on a wide page


class View(NamedTuple):
    """What a map shows: its middle in degrees, its span in radians of the projection."""

    longitude: float
    latitude: float
    width: float
    height: float

    @property
    def box(self) -> Box:
        """What can be seen of the world, however wide the page is."""
        wide = max(self.width, self.height * WIDEST) * 0.55
        high = max(self.height, self.width / NARROWEST) * 0.55
        middle = _mercator(self.latitude)
        return Box(
            self.longitude,
            math.degrees(min(wide, math.pi)),
            _latitude(middle - high),
            _latitude(middle + high),
        )

    @property
    def pixels(self) -> float:
        """Pixels a radian of the projection has, on a page of the usual width."""
        return min(theme.USUAL_WIDTH / self.width, HEIGHT / self.height)


def _mercator(latitude: Any) -> Any:
    """Return how far north of the equator a latitude, or each of many, is drawn, in radians."""
    bounded = np.clip(latitude, -_MERCATOR_ENDS, _MERCATOR_ENDS)
    return np.log(np.tan(math.pi / 4 + np.radians(bounded) / 2))


def _latitude(mercator: float) -> float:
    return math.degrees(2 * math.atan(math.exp(mercator)) - math.pi / 2)


def view(*places: pd.DataFrame) -> View:
    """Return the view that holds all places (``longitude``, ``latitude``) with a margin."""
    drawn = pd.concat([each[["longitude", "latitude"]] for each in places]).dropna()
    longitude, east_west = _longitudes(drawn["longitude"].to_numpy(dtype=float))
    south, north = (_mercator(float(drawn["latitude"].agg(end))) for end in ("min", "max"))
    least = math.radians(SMALLEST_SPAN)
    return View(
        longitude,
        _latitude((south + north) / 2),
        max(math.radians(east_west), least) * MARGIN,
        max(north - south, least) * MARGIN,
    )


def _longitudes(values: Any) -> tuple[float, float]:
    """Return middle and span of the shortest arc that holds all, also across 180 degrees."""
    ordered = np.unique(values % 360)
    gaps = np.diff(np.append(ordered, ordered[0] + 360))
    widest = int(gaps.argmax())
    west = float(ordered[(widest + 1) % len(ordered)])
    span = 360.0 - float(gaps[widest])
    return (west + span / 2 + 180) % 360 - 180, span


def spread(places: pd.DataFrame, shown: View) -> pd.DataFrame:
    """Return places with those that would hide each other set in a ring around their middle."""
    size = 11 / shown.pixels  # in radians: the width of a mark
    x = np.radians(places["longitude"].to_numpy(dtype=float))
    y = _mercator(places["latitude"].to_numpy(dtype=float))
    cells = pd.Series(list(zip(np.round(x / size), np.round(y / size), strict=True)))
    counts = cells.groupby(cells).transform("size").to_numpy()
    turns = cells.groupby(cells).cumcount().to_numpy() / np.maximum(counts, 1) * 2 * math.pi
    # The ring is as long as its marks are wide, together.
    radius = np.where(counts > 1, np.maximum(size, size * counts / (2 * math.pi)), 0.0)
    moved = y + radius * np.cos(turns)
    return places.assign(
        longitude=np.degrees(x + radius * np.sin(turns)),
        latitude=[_latitude(each) for each in moved],
        is_spread=counts > 1,
    )


def halo(mark: Any, **encodings: Any) -> Any:
    """Return a text on a map: what is below it does not cross its letters."""
    below = mark.copy(deep=False)
    below.mark = mark.mark.copy(deep=False)
    below.mark.stroke, below.mark.strokeWidth = theme.CARD, 3.5
    return alt.layer(below.encode(**encodings), mark.encode(**encodings))


def layered(shown: View, *layers: Any, places: pd.DataFrame) -> Any:
    """
    Draw layers with ``longitude`` and ``latitude`` on the base map of a view.

    Parameters
    ----------
    places
        Of the marks; names of towns keep their distance from them.
    """
    # The scale follows the page's width; the narrower side decides.
    scale = f"min(width / {shown.width:.8f}, height / {shown.height:.8f})"
    named = towns(shown)
    ground = [*_land(shown), *_towns(named, places, shown)]
    corner = free_corner(shown, places, named)
    return alt.layer(*ground, *layers, *_scale(shown, scale, corner)).project(
        type="mercator",
        rotate=[round(-shown.longitude, 6), 0, 0],
        center=[0, round(shown.latitude, 6)],
        scale=alt.ExprRef(scale),
        translate=alt.ExprRef("[width / 2, height / 2]"),
    )


@functools.lru_cache(maxsize=16)
def _land(shown: View) -> list[Any]:
    box = shown.box
    west, south, east, north = _USA
    is_usa = west < box.longitude < east and box.south < north and box.north > south
    finest = math.degrees(0.8 / shown.pixels)  # most of a pixel
    names = ["countries-110m" if box.is_whole else "countries-50m"]
    names += ["us-states"] if is_usa and not box.is_whole else []
    return [_shapes(features(name, box, finest)) for name in names]


def _shapes(found: list[dict[str, Any]]) -> Any:
    # One text: Altair would copy and check lists of coordinates, number by number.
    text = json.dumps({"type": "FeatureCollection", "features": found}, separators=(",", ":"))
    form = alt.DataFormat(type="json", property="features")
    return alt.Chart(alt.InlineData(values=text, format=form)).mark_geoshape(
        fill=theme.LAND, stroke=theme.BORDER, strokeWidth=0.8, clip=True
    )


@functools.cache
def _all_towns() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "towns.csv.gz", keep_default_na=False)


def towns(shown: View) -> pd.DataFrame:
    """Return the largest towns of a view whose names meet on no page: ``name``, place, size."""
    known = _all_towns()
    x = np.radians((known["longitude"] - shown.longitude + 180) % 360 - 180)
    y = _mercator(known["latitude"]) - _mercator(shown.latitude)
    half = known["name"].str.len() * theme.LETTER / 2
    is_seen = pd.Series(True, index=known.index)
    for width in _WIDTHS:
        scale = min(width / shown.width, HEIGHT / shown.height)
        is_seen &= (x.abs() * scale + half < width / 2) & (y.abs() * scale < HEIGHT / 2 - 2 * _LINE)
    kept: list[Any] = []
    for town in known.assign(x=x, y=y, half=half)[is_seen].head(20 * TOWNS).itertuples():
        if len(kept) < TOWNS and not any(_meet(town, other, shown) for other in kept):
            kept.append(town)
    names = ["name", "longitude", "latitude", "population"]
    rows = [[getattr(each, n) for n in names] for each in kept]
    return pd.DataFrame(rows, columns=names).astype({"longitude": float, "latitude": float})


def _meet(one: Any, other: Any, shown: View) -> bool:
    scales = [min(width / shown.width, HEIGHT / shown.height) for width in _WIDTHS]
    return any(
        abs(one.x - other.x) * scale < one.half + other.half
        and abs(one.y - other.y) * scale < _LINE
        for scale in scales
    )


def _towns(found: pd.DataFrame, places: pd.DataFrame, shown: View) -> list[Any]:
    if found.empty:
        return []
    frame = found.assign(is_near=[_is_near(t, places, shown) for t in found.itertuples()])
    # Not a frame: the towns are the map's, not the chart's.
    values = alt.InlineData(values=frame.to_dict("records"))
    base = alt.Chart(values).encode(latitude="latitude:Q", longitude="longitude:Q")
    dots = base.mark_circle(size=9, color=theme.SOFT, opacity=1, tooltip=None)
    names = [
        halo(
            base.transform_filter(condition).mark_text(dy=dy, fontSize=11, color=theme.SOFT),
            text="name:N",
        )
        for condition, dy in (("!datum.is_near", 9), ("datum.is_near", 24))
    ]
    return [dots, *names]


def _is_near(town: Any, places: pd.DataFrame, shown: View) -> bool:
    east = (places["longitude"] - town.longitude + 180) % 360 - 180
    north = _mercator(places["latitude"]) - _mercator(town.latitude)
    distance = np.hypot(np.radians(east), north) * shown.pixels
    return bool((distance < 2 * _LINE).any())


def scale_length(shown: View) -> float:
    """Return a round length, in the environment's unit, of at most a fifth of a phone's map."""
    unit = current().unit("distance")
    across = max(shown.width, shown.height * min(_WIDTHS) / HEIGHT)
    fifth = float(unit.of(across / 5 * _EARTH_KM * math.cos(math.radians(shown.latitude))))
    power = 10.0 ** math.floor(math.log10(fifth))
    return max(step * power for step in (1, 2, 5) if step * power <= fifth)


def free_corner(shown: View, *marks: pd.DataFrame) -> tuple[bool, bool]:
    """Return the corner (left or not, at the foot or not) in which no mark lies on any page."""
    drawn = pd.concat([each[["longitude", "latitude"]] for each in marks]).dropna()
    x = np.radians((drawn["longitude"] - shown.longitude + 180) % 360 - 180)
    y = _mercator(drawn["latitude"]) - _mercator(shown.latitude)
    for is_left, is_foot in ((True, True), (False, True), (True, False)):
        is_free = True
        for width in _WIDTHS:
            scale = min(width / shown.width, HEIGHT / shown.height)
            across = width / 2 + (x if is_left else -x) * scale
            down = HEIGHT / 2 + (y if is_foot else -y) * scale
            is_free &= not ((across < _SCALE_ROOM) & (down < 4 * _LINE)).any()
        if is_free:
            return is_left, is_foot
    return False, False


def _scale(shown: View, scale: str, corner: tuple[bool, bool]) -> list[Any]:
    unit = current().unit("distance")
    length = scale_length(shown)
    radians = length / unit.factor / _EARTH_KM / math.cos(math.radians(shown.latitude))
    is_left, is_foot = corner
    nothing = alt.Chart(alt.InlineData(values=[{}])).encode(opacity=alt.value(1))
    long = f"{radians:.10f} * {scale}"
    begin, end = ("10", f"10 + {long}") if is_left else (f"width - 10 - {long}", "width - 10")
    line, text = ("height - 11", "height - 20") if is_foot else ("24", "13")
    bar = nothing.mark_rect(
        x=alt.ExprRef(begin), x2=alt.ExprRef(end), y=alt.ExprRef(line),
        y2=alt.ExprRef(f"{line} + 2"), color=theme.SOFT, tooltip=None,
    )  # fmt: skip
    label = nothing.mark_text(
        x=alt.ExprRef("10" if is_left else "width - 10"),
        y=alt.ExprRef(text),
        text=f"{length:,g} {unit.name}",
        align="left" if is_left else "right",
        fontSize=11,
        color=theme.SOFT,
    )
    return [bar, label]
