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

Share = Annotated[float, Meta(ge=0, le=1)]
NotNegative = Annotated[float, Meta(ge=0, le=1e6)]
Effect = Annotated[float, Meta(ge=-10, le=10)]
Hour = Annotated[float, Meta(ge=0, le=24)]
Count = Annotated[int, Meta(ge=1, le=1_000_000)]
Kmh = Annotated[float, Meta(ge=10, le=130)]


# What a setting was called when a world was first named by it: sent again, a world must
# have the same event ids, whatever its settings are called now.
_NAMED_BEFORE = {
    "consumption_spread": "thirst_spread",
    "high_consumption_share": "thirsty_share",
    "high_consumption_factor": "thirsty_factor",
}


class _Group(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Commerce(_Group, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When shoppers come, what they look at, what the shop does."""

    products: Annotated[int, Meta(ge=8, le=5000)] = 200
    zipf_exponent: Annotated[float, Meta(ge=0, le=4)] = 0.9
    sessions_per_customer_day: Annotated[float, Meta(gt=0, le=50)] = 0.5
    hours: Annotated[tuple[NotNegative, ...], Meta(min_length=24, max_length=24)] = (
        1.2, 0.7, 0.5, 0.4, 0.5, 1.0, 2.2, 3.6, 4.6, 5.2, 5.6, 5.9,
        6.2, 5.8, 5.4, 5.3, 5.6, 6.2, 7.2, 8.2, 8.6, 7.4, 5.0, 2.6,
    )  # fmt: skip
    weekdays: Annotated[tuple[NotNegative, ...], Meta(min_length=7, max_length=7)] = (
        1.0, 0.96, 0.97, 1.0, 1.08, 1.22, 1.3,
    )  # fmt: skip
    trend_per_year: Annotated[float, Meta(ge=-0.95, le=10)] = 0.15
    campaign_every_days: Count = 14
    campaign_first_day: Annotated[int, Meta(ge=0, le=10_000)] = 3
    campaign_days: Annotated[int, Meta(ge=0, le=10_000)] = 2
    campaign_lift: Annotated[float, Meta(ge=0.01, le=20)] = 1.35
    views_mean: Annotated[float, Meta(ge=1, le=50)] = 4.5
    taste_share: Share = 0.6
    affinity_share: Share = 0.35
    returning_share: Share = 0.4
    abandoned_return_share: Share = 0.15
    abandoned_return_days: Annotated[float, Meta(ge=0.01, le=365)] = 2.5
    bot_share: Annotated[float, Meta(ge=0, le=0.9)] = 0.03
    bot_views_mean: Annotated[float, Meta(ge=1, le=500)] = 35.0
    treatment_share: Share = 0.5
    price_change_per_day: Share = 0.03
    withdrawn_per_day: Share = 0.0005
    stock_days: Annotated[float, Meta(ge=0.1, le=1000)] = 12.0
    restock_lead_days: Annotated[int, Meta(ge=1, le=60)] = 3
    low_stock_share: Share = 0.15
    cancel_share: Share = 0.01


class Funnel(_Group, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Coefficients of the three steps on the log-odds scale."""

    click_base: Effect = 0.35
    click_mobile: Effect = -0.1
    click_campaign: Effect = 0.25
    cart_base: Effect = -1.6
    cart_mobile: Effect = -0.25
    cart_social: Effect = -0.3
    cart_mail: Effect = 0.2
    cart_price: Effect = -1.5
    purchase_base: Effect = -0.55
    purchase_mobile: Effect = -0.4
    purchase_tablet: Effect = -0.15
    purchase_social: Effect = -0.25
    purchase_mail: Effect = 0.25
    purchase_new: Effect = -0.3
    purchase_price: Effect = -2.0
    purchase_stock_low: Effect = 0.2
    purchase_promised_day: Effect = -0.2
    purchase_last_late: Effect = -0.6
    purchase_treatment: Effect = 0.25
    purchase_returned: Effect = 0.8


class Logistics(_Group, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where customers live, how days are planned, how fast roads are."""

    utc_offset_hours: Annotated[float, Meta(ge=-14, le=14)] = -6.0
    trucks_per_depot: Count = 5
    customer_radius_km: Annotated[float, Meta(gt=0, le=40)] = 14.0
    order_cutoff_hour: Hour = 18.0
    departure_hour: Annotated[float, Meta(ge=2, le=12)] = 7.0
    latest_hour: Annotated[float, Meta(ge=13, le=23.5)] = 23.0
    windows: Annotated[tuple[tuple[Hour, Hour], ...], Meta(min_length=1, max_length=12)] = (
        (8.0, 10.0), (10.0, 12.0), (12.0, 14.0), (14.0, 16.0), (16.0, 18.0), (18.0, 20.0),
    )  # fmt: skip
    stops_per_route: Annotated[int, Meta(ge=1, le=200)] = 28
    payload_kg: Annotated[float, Meta(ge=200, le=100000)] = 1500.0
    plan_speed_kmh: Annotated[float, Meta(ge=5, le=130)] = 46.0
    service_minutes: Annotated[float, Meta(ge=0.1, le=240)] = 9.0
    service_spread: Annotated[float, Meta(ge=0, le=2)] = 0.45
    not_at_home_share: Share = 0.03
    attempts: Annotated[int, Meta(ge=1, le=10)] = 3
    break_after_hours: Annotated[float, Meta(ge=0.1, le=24)] = 5.0
    break_minutes: Annotated[float, Meta(ge=0, le=240)] = 30.0
    delivers_on_sunday: bool = False
    speed_limits: Annotated[tuple[Kmh, ...], Meta(min_length=3, max_length=3)] = (
        50.0, 80.0, 95.0,
    )  # fmt: skip
    peak_hours: Annotated[tuple[tuple[Hour, Hour], ...], Meta(max_length=12)] = (
        (7.0, 9.0), (16.0, 18.5),
    )  # fmt: skip
    peak_factors: Annotated[
        tuple[Annotated[float, Meta(gt=0.05, le=1)], ...], Meta(min_length=3, max_length=3)
    ] = (0.55, 0.7, 0.62)
    rain_factor: Annotated[float, Meta(gt=0.05, le=1)] = 0.9
    rain_share: Share = 0.25
    lights_per_km: Annotated[float, Meta(ge=0, le=20)] = 0.7
    light_seconds: Annotated[float, Meta(ge=1, le=600)] = 25.0
    pump_seconds: Annotated[float, Meta(ge=1, le=7200)] = 600.0


class Trucks(_Group, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a truck is, burns and suffers."""

    tank_litres: Annotated[float, Meta(ge=40, le=2000)] = 120.0
    tare_kg: Annotated[float, Meta(ge=500, le=40000)] = 5200.0
    drag_area_m2: Annotated[float, Meta(ge=0.1, le=30)] = 4.6
    rolling: Annotated[float, Meta(ge=0.001, le=0.1)] = 0.0085
    engine_efficiency: Annotated[float, Meta(gt=0.05, le=0.6)] = 0.36
    idle_litres_per_hour: Annotated[float, Meta(ge=0.01, le=20)] = 1.9
    consumption_spread: Annotated[float, Meta(ge=0, le=0.5)] = 0.03
    high_consumption_share: Share = 0.1
    high_consumption_factor: Annotated[float, Meta(ge=1, le=5)] = 1.28
    refuel_below: Annotated[float, Meta(ge=0.2, le=0.9)] = 0.35
    idle_share: Share = 0.3
    harsh_per_100km: Annotated[float, Meta(ge=0, le=100)] = 1.0
    style_spread: Annotated[float, Meta(ge=0, le=2)] = 0.5
    speed_spread: Annotated[float, Meta(ge=0, le=0.3)] = 0.05
    altitude_metres: Annotated[float, Meta(ge=0, le=150)] = 30.0
    weibull_shape: Annotated[float, Meta(ge=0.3, le=20)] = 2.5
    symptom_share: Annotated[float, Meta(ge=0.001, le=1)] = 0.06
    alternator_hours: Annotated[float, Meta(ge=1, le=1e06)] = 3000.0
    cooling_hours: Annotated[float, Meta(ge=1, le=1e06)] = 4000.0
    lubrication_hours: Annotated[float, Meta(ge=1, le=1e06)] = 5000.0
    transmission_km: Annotated[float, Meta(ge=10, le=1e08)] = 90_000.0
    battery_days: Annotated[float, Meta(ge=0.1, le=1e06)] = 700.0
    puncture_km: Annotated[float, Meta(ge=10, le=1e08)] = 15_000.0
    leak_kpa_per_day: Annotated[float, Meta(ge=0.1, le=500)] = 30.0
    brake_life_mj: Annotated[float, Meta(ge=1, le=1e09)] = 40_000.0
    workshop_hours: Annotated[float, Meta(ge=0.1, le=10000)] = 14.0
    diesel_price: Annotated[float, Meta(ge=0.01, le=100)] = 1.05


class Imperfection(_Group, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What goes wrong between the truth and the stream; zero everywhere is a perfect world."""

    noise: Annotated[float, Meta(ge=0, le=10)] = 1.0
    dropout: Share = 0.002
    stuck_per_truck_day: Share = 0.01
    clock_skew_seconds: Annotated[float, Meta(ge=0, le=600)] = 2.0
    outages_per_truck_day: Annotated[float, Meta(ge=0, le=50)] = 0.15
    outage_minutes: Annotated[float, Meta(ge=0.1, le=1440)] = 25.0
    reordered: Share = 0.005
    reorder_seconds: Annotated[float, Meta(ge=0.1, le=86400)] = 60.0
    duplicated: Share = 0.003
    malformed: Share = 0.0001

    def scaled(self, factor: float) -> "Imperfection":
        """Return the same faults, so many times as frequent; 0 is a perfect world."""
        rates = (
            "dropout", "stuck_per_truck_day", "reordered", "duplicated", "malformed",
        )  # fmt: skip
        scales = ("noise", "clock_skew_seconds", "outages_per_truck_day")
        changed = {name: min(1.0, factor * getattr(self, name)) for name in rates}
        changed |= {name: factor * getattr(self, name) for name in scales}
        return msgspec.structs.replace(self, **changed)


class Settings(_Group, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A world: its size, its seed, and every parameter."""

    trucks: Annotated[int, Meta(ge=3, le=1000)] = 20
    customers: Annotated[int, Meta(ge=50, le=1_000_000)] = 5000
    days: Annotated[int, Meta(ge=1, le=365)] = 7
    seed: Annotated[int, Meta(ge=0, le=2**53)] = 7
    start: dt.date = dt.date(2025, 8, 31)  # a Sunday: the first orders ride on Monday
    interval_seconds: Annotated[int, Meta(ge=1, le=60)] = 60
    commerce: Commerce = Commerce()
    funnel: Funnel = Funnel()
    logistics: Logistics = Logistics()
    fleet: Trucks = Trucks()
    imperfection: Imperfection = Imperfection()

    @property
    def world_id(self) -> str:
        """A name that only the same world bears; its length in days does not matter."""
        text = msgspec.json.encode(msgspec.structs.replace(self, days=1), order="deterministic")
        for name, before in _NAMED_BEFORE.items():
            text = text.replace(f'"{name}"'.encode(), f'"{before}"'.encode())
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
