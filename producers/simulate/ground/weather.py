"""The weather around each depot, hour by hour."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from producers.simulate.ground.geography import Geography
from producers.simulate.ground.randomness import generator
from producers.simulate.settings import Settings

Floats = NDArray[np.float64]

WARM_DAY = 200  # of the year: the warmest
MEMORY = 0.75  # of a day's anomaly that the next day keeps
ANOMALY = 3.2  # °C, standard deviation of a day
DAILY_SWING = 5.5  # °C around the day's mean, coldest at 4 h
SPELL = 3  # hours that it rains or does not


@dataclass
class Weather:
    """
    A day's weather, an entry an hour.

    Attributes
    ----------
    temperature, humidity, pressure
        °C, %, hPa; shape ``(depots, 25)``, the last the next midnight's.
    rain
        1 where it rains in that hour; shape ``(depots, 24)``.
    """

    temperature: Floats
    humidity: Floats
    pressure: Floats
    rain: Floats


class Sky:
    """Makes the weather of one day after another; days remember the one before."""

    def __init__(self, settings: Settings, geography: Geography) -> None:
        self._settings, self._geography = settings, geography
        self._anomaly = np.zeros(len(geography.names))

    def day(self, day: int) -> Weather:
        """Return the weather of a day, to be called for each day in turn."""
        settings, latitude = self._settings, self._geography.latitude
        rng = generator(settings.seed, "weather", day)
        fresh = rng.normal(0.0, ANOMALY, len(latitude))
        self._anomaly = MEMORY * self._anomaly + np.sqrt(1 - MEMORY**2) * fresh
        of_year = settings.start.timetuple().tm_yday + day
        season = np.cos((of_year - WARM_DAY) / 365.25 * 2 * np.pi)
        mean = 27.0 - 0.55 * (latitude - 25) + (4 + 0.28 * (latitude - 20)) * season
        hours = np.arange(25)
        swing = -DAILY_SWING * np.cos((hours - 4) / 24 * 2 * np.pi)
        temperature = (mean + self._anomaly)[:, None] + swing[None, :]
        spells = rng.random((len(latitude), 24 // SPELL)) < settings.logistics.rain_share
        rain = np.repeat(spells, SPELL, axis=1).astype(np.float64)
        wet = np.concatenate([rain, rain[:, -1:]], axis=1)
        humidity = np.clip(72 - 1.2 * (temperature - 15) + 18 * wet, 15, 100)
        low = 1016 - 0.5 * self._anomaly[:, None] - 7 * wet
        above = self._geography.altitude[:, None]
        return Weather(temperature - 2 * wet, humidity, low * np.exp(-above / 8_434), rain)
