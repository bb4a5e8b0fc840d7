"""
How a page shows times, quantities and money: the environment's own way of saying them.

``timezone``, ``units`` and ``currency`` of ``infra/parameters/<environment>.json`` say it.
It concerns what is shown and nothing else: tables and rows stay in UTC and metric units.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd

from cartwheel.errors import CartwheelError
from cartwheel.paths import INFRA

UNITS = ("metric", "us")
NAMES = ("timezone", "units", "currency")
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}


class Unit(NamedTuple):
    """How a quantity is shown: ``value * factor + offset``, and the name of that."""

    name: str
    factor: float = 1.0
    offset: float = 0.0

    def of(self, value: Any) -> Any:
        """Return a metric value, or a column of them, in this unit."""
        return value * self.factor + self.offset

    def text(self, value: float, form: str = ",.0f") -> str:
        """Return a metric value as people read it."""
        return f"{self.of(value):{form}} {self.name}"


_KM_PER_MILE, _LITRES_PER_GALLON = 1.609344, 3.785411784
# Fuel over distance in both, so that more is worse in both.
_METRIC = {
    "distance": Unit("km"),
    "speed": Unit("km/h"),
    "volume": Unit("L"),
    "consumption": Unit("L/100 km"),
    "temperature": Unit("°C"),
    "pressure": Unit("kPa"),
}
_US = {
    "distance": Unit("mi", 1 / _KM_PER_MILE),
    "speed": Unit("mph", 1 / _KM_PER_MILE),
    "volume": Unit("gal", 1 / _LITRES_PER_GALLON),
    "consumption": Unit("gal/100 mi", _KM_PER_MILE / _LITRES_PER_GALLON),
    "temperature": Unit("°F", 1.8, 32.0),
    "pressure": Unit("psi", 1 / 6.894757293168),
}


@dataclass(frozen=True)
class Display:
    """
    How an environment shows things.

    Attributes
    ----------
    zone
        Whose clock its pages show.
    units
        ``metric`` or ``us``.
    currency
        Of its prices, such as ``USD``; empty if that is not known.
    """

    zone: tzinfo = UTC
    units: str = "metric"
    currency: str = ""

    @property
    def zone_name(self) -> str:
        """The zone as a page names it: ``Chicago time``, ``UTC`` or ``UTC-06:00``."""
        name = str(getattr(self.zone, "key", self.zone))
        place = name.rpartition("/")[2].replace("_", " ")
        return name if name.startswith("UTC") else f"{place} time"

    @property
    def zone_key(self) -> str:
        """The zone as SQL names it: ``America/Chicago``."""
        return str(getattr(self.zone, "key", "UTC"))

    def unit(self, quantity: str) -> Unit:
        """Return the unit of ``distance``, ``speed``, ``volume``, ``temperature`` and so on."""
        return (_US if self.units == "us" else _METRIC)[quantity]

    def money(self, amount: float, form: str = ",.0f") -> str:
        """Return an amount with its currency."""
        sign = _SIGNS.get(self.currency)
        if sign is not None:
            return f"{sign}{amount:{form}}"
        return f"{amount:{form}} {self.currency}".rstrip()

    def clock(self, moment: datetime) -> datetime:
        """Return what the zone's clock shows at a moment, which is in UTC without an offset."""
        aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        return aware.astimezone(self.zone).replace(tzinfo=None)

    def time_of_day(self, moment: datetime) -> str:
        """Return what the zone's clock shows, with the zone: ``9:30 Chicago time``."""
        return f"{self.clock(moment):%-H:%M} {self.zone_name}"

    def instant(self, clock: datetime) -> datetime:
        """
        Return when the zone's clock shows a time, in UTC without an offset.

        What the clock shows twice is the first; what it leaves out is the hour after.
        """
        aware = clock.replace(tzinfo=self.zone) if clock.tzinfo is None else clock
        return aware.astimezone(UTC).replace(tzinfo=None)

    def clocks(self, times: pd.Series) -> pd.Series:
        """Return what the zone's clock shows at times, which are in UTC if they have no offset."""
        aware = times.dt.tz_localize("UTC") if times.dt.tz is None else times
        return aware.dt.tz_convert(self.zone).dt.tz_localize(None)


_shown = Display()


def current() -> Display:
    """Return how this process shows things: UTC and metric, unless :func:`use` said otherwise."""
    return _shown


def use(display: Display) -> None:
    """Show things so from now on, as a notebook does that is connected to an environment."""
    global _shown
    _shown = display


def parameters(name: str) -> dict[str, str]:
    """
    Return what ``infra/parameters/<environment>.json`` says; nothing if it does not exist.

    Raises
    ------
    CartwheelError
        If it is no JSON object of texts.
    """
    path = INFRA / "parameters" / f"{name}.json"
    if not path.exists():
        return {}
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CartwheelError(f"{path} is not JSON: {error}. Correct it.") from None
    if not isinstance(values, dict):
        raise CartwheelError(f'{path}: an object such as {{"ShardCount": "2"}} is needed.')
    for field, value in values.items():
        if not isinstance(value, str):
            raise CartwheelError(
                f"{path}: {field} = {json.dumps(value)} must be a text: put it in quotes, as in "
                f'"{field}": "{value}".'
            )
    return values


def of_environment(name: str) -> Display:
    """
    Return how an environment shows things.

    Raises
    ------
    CartwheelError
        Naming file, field and value of what is not allowed.
    """
    path = INFRA / "parameters" / f"{name}.json"
    values = parameters(name)
    zone, units, currency = (values.get(each, "") for each in NAMES)
    if units not in ("", *UNITS):
        raise CartwheelError(f"{path}: units: {units!r} is neither {' nor '.join(UNITS)}.")
    if currency and not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        raise CartwheelError(
            f"{path}: currency: {currency!r} is no code of ISO 4217, such as USD or EUR."
        )
    try:
        # An absolute path would read any file.
        known = ZoneInfo(zone) if zone and not zone.startswith("/") else UTC if not zone else None
    except (KeyError, ValueError, OSError):
        known = None
    if known is None:
        raise CartwheelError(
            f"{path}: timezone: {zone!r} is unknown; a name such as America/Chicago, "
            "Europe/Berlin or UTC is needed."
        )
    return Display(known, units or "metric", currency)
