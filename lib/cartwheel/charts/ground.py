"""Land and borders around a place: shapes of the world's countries and of the US states."""

import functools
import gzip
import itertools
import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

FOLDER = Path(__file__).parent / "maps"
LONGEST_EDGE = 1.0  # degree: a longer one is drawn as the great circle that it is not
Ring = NDArray[np.float64]


class Box(NamedTuple):
    """A part of the world in degrees: its middle longitude, half its width, its latitudes."""

    longitude: float
    half: float
    south: float
    north: float

    @property
    def is_whole(self) -> bool:
        """Is it so wide that nothing is to be cut off?"""
        return self.half >= 85 or self.north > 83 or self.south < -83


@functools.cache
def polygons(name: str) -> list[list[Ring]]:
    """Return the polygons of a map, each with its outline and its holes, in degrees."""
    path = FOLDER / f"{name}.json.gz"
    topology = json.loads(gzip.decompress(path.read_bytes()))
    scale, move = (np.array(topology["transform"][key]) for key in ("scale", "translate"))
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + move for arc in topology["arcs"]]
    made = []
    for geometry in _geometries(topology):
        parts = geometry.get("arcs", [])
        together = [parts] if geometry["type"] == "Polygon" else parts
        made += [[_ring(arcs, numbers) for numbers in polygon] for polygon in together]
    return made


def _geometries(topology: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for each in topology["objects"].values() for one in each["geometries"]]


def _ring(arcs: list[Ring], numbers: list[int]) -> Ring:
    parts = [arcs[n] if n >= 0 else arcs[~n][::-1] for n in numbers]
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


@functools.cache
def _bounds(name: str) -> NDArray[np.float64]:
    """Return west, east, south and north of each polygon; shape ``(polygons, 4)``."""
    outlines = [polygon[0] for polygon in polygons(name)]
    ends = [(*ring.min(axis=0), *ring.max(axis=0)) for ring in outlines]
    return np.array([(west, east, south, north) for west, south, east, north in ends])


def features(name: str, box: Box, finest: float = 0.0) -> list[dict[str, Any]]:
    """
    Return what of a map lies in a box, as features of GeoJSON.

    Parameters
    ----------
    finest
        Degrees between two points of an outline, at least.
    """
    west, east, south, north = _bounds(name).T
    away = np.abs(((west + east) / 2 - box.longitude + 180) % 360 - 180)
    is_near = (away <= box.half + (east - west) / 2) & (south <= box.north) & (north >= box.south)
    made = []
    for number in np.flatnonzero(is_near):
        for turn in (-360.0, 0.0, 360.0):
            rings = [_inside(ring, box, turn) for ring in polygons(name)[number]]
            if len(rings[0]):
                rings = [_thinned(ring, finest) for ring in rings]
                coordinates = [ring.round(3).tolist() for ring in rings if len(ring)]
                made.append(
                    {
                        "type": "Feature",
                        "geometry": {"type": "Polygon", "coordinates": coordinates},
                    }
                )
    return made


def _inside(ring: Ring, box: Box, turn: float) -> Ring:
    """Return the part of a ring inside a box; longitudes go on beyond 180."""
    steps = np.diff(ring[:, 0], prepend=ring[0, 0])
    first = (ring[0, 0] - box.longitude + 180) % 360 - 180 + turn
    longitude = first + np.cumsum((steps + 180) % 360 - 180)
    moved = np.column_stack([longitude, ring[:, 1]])
    sides = ((0, -box.half, 1), (0, box.half, -1), (1, box.south, 1), (1, box.north, -1))
    low, high = moved.min(axis=0), moved.max(axis=0)
    if low[0] > box.half or high[0] < -box.half or low[1] > box.north or high[1] < box.south:
        return np.empty((0, 2))
    if box.is_whole:
        return np.add(moved, (box.longitude, 0)) if turn == 0 else np.empty((0, 2))
    for axis, limit, sign in sides:
        moved = _cut(moved, axis, limit, sign)
        if not len(moved):
            return moved
    return np.add(_short_edges(moved), (box.longitude, 0))


def _cut(ring: Ring, axis: int, limit: float, sign: int) -> Ring:
    """Cut a ring at one side of a box (Sutherland and Hodgman, 1974)."""
    is_in = sign * (ring[:, axis] - limit) >= 0
    if is_in.all():
        return ring
    kept = []
    for at in range(len(ring)):
        before, here = ring[at - 1], ring[at]
        if is_in[at] != is_in[at - 1]:
            share = (limit - before[axis]) / (here[axis] - before[axis])
            kept.append(before + share * (here - before))
        if is_in[at]:
            kept.append(here)
    return np.array(kept).reshape(-1, 2)


def _thinned(ring: Ring, finest: float) -> Ring:
    """Leave out points that are closer to the one before than can be seen."""
    if len(ring) < 12 or not finest:
        return ring
    kept, last = [0], ring[0]
    for at in range(1, len(ring) - 1):
        if abs(ring[at, 0] - last[0]) > finest or abs(ring[at, 1] - last[1]) > finest:
            kept.append(at)
            last = ring[at]
    return ring[[*kept, len(ring) - 1]] if len(kept) > 3 else ring


def _short_edges(ring: Ring) -> Ring:
    """Divide the edges that are long, and close the ring."""
    closed = np.concatenate([ring, ring[:1]])
    parts = [closed[:1]]
    for before, here in itertools.pairwise(closed):
        pieces = max(1, int(np.ceil(np.abs(here - before).max() / LONGEST_EDGE)))
        shares = np.arange(1, pieces + 1)[:, None] / pieces
        parts.append(before + shares * (here - before))
    return np.concatenate(parts)
