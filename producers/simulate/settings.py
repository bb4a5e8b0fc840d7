"""
Every parameter of the world: one typed object, from a TOML file or the command line.

``docs/world.md`` says what each does, its unit and where its value comes from.
"""

import datetime as dt
import hashlib
import re
from pathlib import Path
from typing import Annotated, Any

import msgspec
from cartwheel.errors import UsageError
from msgspec import Meta

from producers.simulate.groups import (
    Commerce,
    Drivers,
    Funnel,
    Group,
    Imperfection,
    Logistics,
    Losses,
    Sensors,
    Trucks,
    Wear,
)


class Settings(Group, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A world: its size, its seed, and every parameter."""

    trucks: Annotated[int, Meta(ge=1, le=1000)] = 20
    customers: Annotated[int, Meta(ge=50, le=1_000_000)] = 5000
    days: Annotated[int, Meta(ge=1, le=365)] = 7
    seed: Annotated[int, Meta(ge=0, le=2**53)] = 7
    start: dt.date = dt.date(2025, 8, 31)  # a Sunday: the first orders ride on Monday
    interval_seconds: Annotated[int, Meta(ge=1, le=60)] = 60
    commerce: Commerce = Commerce()
    funnel: Funnel = Funnel()
    logistics: Logistics = Logistics()
    fleet: Trucks = Trucks()
    drivers: Drivers = Drivers()
    sensors: Sensors = Sensors()
    losses: Losses = Losses()
    wear: Wear = Wear()
    imperfection: Imperfection = Imperfection()

    @property
    def world_id(self) -> str:
        """A name that only the same world bears; its length in days does not matter."""
        text = msgspec.json.encode(msgspec.structs.replace(self, days=1), order="deterministic")
        return hashlib.blake2b(text, digest_size=4).hexdigest()

    @property
    def local_midnight(self) -> dt.datetime:
        """The instant at which the world begins: midnight of its first day, where it lies."""
        midnight = dt.datetime.combine(self.start, dt.time(), dt.UTC)
        return midnight - dt.timedelta(hours=self.logistics.utc_offset_hours)

    @property
    def ends(self) -> dt.datetime:
        """The instant at which the world ends."""
        return self.local_midnight + dt.timedelta(days=self.days)


DAY = 86_400.0  # seconds
# Readings or sessions of a day: what a laptop holds in memory at once.
LARGEST_DAY = 5_000_000
_AT = re.compile(r" - at `\$\.?(.*?)`$")


def make(values: dict[str, Any], source: str) -> Settings:
    """
    Make settings from nested values, and refuse nonsense by name.

    Parameters
    ----------
    values
        Like the TOML file's; what is not named keeps its default.
    source
        Where they come from, for the message.

    Raises
    ------
    UsageError
        Naming source, setting, value and rule.
    """
    try:
        settings = msgspec.convert(values, Settings)
    except msgspec.ValidationError as error:
        raise UsageError(_explained(str(error), values, source)) from None
    _check(settings, source)
    return settings


def read(path: Path) -> dict[str, Any]:
    """
    Read a TOML file of settings.

    Raises
    ------
    UsageError
        If it is not there or no TOML.
    """
    try:
        values: dict[str, Any] = msgspec.toml.decode(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    except (msgspec.DecodeError, ValueError) as error:
        raise UsageError(f"{path} is not TOML: {error}") from None
    return values


def _explained(message: str, values: dict[str, Any], source: str) -> str:
    found = _AT.search(message)
    path = found[1] if found else ""
    value: Any = values
    for part in re.findall(r"[^.\[\]]+", path):
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list | tuple) and part.isdecimal():
            value = value[int(part)]
    rule = _AT.sub("", message)
    got = f", got {value!r}" if path and not isinstance(value, dict) else ""
    return f"{source}: {path or 'settings'}: {rule}{got}. docs/world.md lists every setting."


def _check(settings: Settings, source: str) -> None:
    """Refuse what no single setting's range can tell."""
    logistics, commerce = settings.logistics, settings.commerce
    for name in ("windows", "peak_hours"):
        for begin, end in getattr(logistics, name):
            if end <= begin:
                raise UsageError(
                    f"{source}: logistics.{name}: must begin before it ends, got ({begin}, {end})."
                )
    for name in ("hours", "weekdays"):
        if not any(getattr(commerce, name)):
            raise UsageError(f"{source}: commerce.{name}: must not be zero everywhere.")
    if max(end for _, end in logistics.windows) > logistics.latest_hour:
        raise UsageError(
            f"{source}: logistics.windows: must end by logistics.latest_hour = "
            f"{logistics.latest_hour:g}, got {logistics.windows}."
        )
    if 3600 % settings.interval_seconds:
        raise UsageError(
            f"{source}: interval_seconds: must divide an hour, got {settings.interval_seconds}."
        )
    _check_ranges(settings, source)
    if list(logistics.windows) != sorted(logistics.windows):
        raise UsageError(
            f"{source}: logistics.windows: must be in the order of the day, got "
            f"{logistics.windows}."
        )
    if not dt.date(2000, 1, 2) <= settings.start < dt.date(2100, 1, 1):
        raise UsageError(
            f"{source}: start: must not be before 2000-01-02 nor after 2099, got {settings.start}."
        )
    readings = settings.trucks * 86_400 // settings.interval_seconds
    if readings > LARGEST_DAY:
        raise UsageError(
            f"{source}: trucks, interval_seconds: make {readings:,} readings a day; "
            f"{LARGEST_DAY:,} are allowed."
        )
    busiest = 1 + max(0.0, commerce.trend_per_year) * settings.days / 365
    busiest *= max(1.0, commerce.campaign_lift) * max(commerce.weekdays)
    busiest *= len(commerce.weekdays) / sum(commerce.weekdays) / (1 - commerce.bot_share)
    visits = settings.customers * commerce.sessions_per_customer_day * busiest
    if visits > LARGEST_DAY:
        raise UsageError(
            f"{source}: customers, commerce: make up to {visits:,.0f} sessions a day; "
            f"{LARGEST_DAY:,} are allowed."
        )


def _check_ranges(settings: Settings, source: str) -> None:
    for group, name in (
        ("losses", "receipt_error_litres"), ("losses", "theft_litres"),
        ("losses", "leak_litres_per_day"), ("wear", "false_days"), ("wear", "curve_exponents"),
    ):  # fmt: skip
        low, high = getattr(getattr(settings, group), name)
        if high < low:
            raise UsageError(
                f"{source}: {group}.{name}: the lower end comes first, got ({low:g}, {high:g})."
            )
