"""Where the depots lie, and how kilometres around them become degrees and metres."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from producers.simulate.ground.randomness import generator
from producers.simulate.settings import Settings

Floats = NDArray[np.float64]

KM_PER_DEGREE = 111.195  # of a great circle, mean Earth radius 6,371 km
STATIONS = 3
# Cities of one time zone, with metres above the sea.
_CITIES = (
    ("Chicago", 41.85, -87.75, 181.0), ("Dallas", 32.78, -96.80, 131.0),
    ("Memphis", 35.13, -89.95, 90.0), ("Omaha", 41.26, -96.05, 320.0),
    ("Kansas City", 39.08, -94.55, 270.0), ("Minneapolis", 44.96, -93.27, 255.0),
    ("St. Louis", 38.63, -90.34, 142.0), ("Nashville", 36.16, -86.78, 170.0),
    ("Oklahoma City", 35.47, -97.52, 370.0), ("Little Rock", 34.74, -92.33, 100.0),
    ("Des Moines", 41.59, -93.62, 260.0), ("Madison", 43.07, -89.40, 265.0),
)  # fmt: skip


@dataclass(frozen=True)
class Geography:
    """
    The depots; places are kilometres east and north of their depot.

    Attributes
    ----------
    names
        Of the depots' cities.
    latitude, longitude, altitude
        Of the depots: degrees (WGS 84), metres; shape ``(depots,)``.
    stations
        Filling stations of each depot, km; shape ``(depots, 3, 2)``.
    """

    names: tuple[str, ...]
    latitude: Floats
    longitude: Floats
    altitude: Floats
    stations: Floats

    def degrees(
        self, depot: NDArray[np.int64] | int, east: Floats, north: Floats
    ) -> tuple[Floats, Floats]:
        """Return latitude and longitude of places around depots."""
        latitude = self.latitude[depot]
        narrow = KM_PER_DEGREE * np.cos(np.radians(latitude))
        return latitude + north / KM_PER_DEGREE, self.longitude[depot] + east / narrow


def make(settings: Settings) -> Geography:
    """Place as many depots as the fleet fills, the largest cities first."""
    count = min(len(_CITIES), max(1, round(settings.trucks / settings.logistics.trucks_per_depot)))
    rng = generator(settings.seed, "geography")
    radius = settings.logistics.customer_radius_km
    cities = _CITIES[:count]
    return Geography(
        names=tuple(city[0] for city in cities),
        latitude=np.array([city[1] for city in cities]),
        longitude=np.array([city[2] for city in cities]),
        altitude=np.array([city[3] for city in cities]),
        stations=rng.uniform(-0.6 * radius, 0.6 * radius, (len(_CITIES), STATIONS, 2))[:count],
    )
