"""The groups of a world's settings: what each may be, and what it is by default."""

from typing import Annotated

import msgspec
from msgspec import Meta

Share = Annotated[float, Meta(ge=0, le=1)]
NotNegative = Annotated[float, Meta(ge=0, le=1e6)]
Effect = Annotated[float, Meta(ge=-10, le=10)]
Hour = Annotated[float, Meta(ge=0, le=24)]
Count = Annotated[int, Meta(ge=1, le=1_000_000)]
Kmh = Annotated[float, Meta(ge=10, le=130)]


class Group(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings that belong together."""


class Commerce(Group, frozen=True, kw_only=True, forbid_unknown_fields=True):
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


class Funnel(Group, frozen=True, kw_only=True, forbid_unknown_fields=True):
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


class Logistics(Group, frozen=True, kw_only=True, forbid_unknown_fields=True):
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


class Trucks(Group, frozen=True, kw_only=True, forbid_unknown_fields=True):
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


class Imperfection(Group, frozen=True, kw_only=True, forbid_unknown_fields=True):
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


Range = tuple[NotNegative, NotNegative]


class Drivers(Group, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who drives which truck, how, and what of it is told."""

    rota_days: Annotated[int, Meta(ge=0, le=365)] = 7
    fixed_pairs: Annotated[int, Meta(ge=0, le=1000)] = 1
    stand_ins: Annotated[int, Meta(ge=0, le=1000)] = 2
    stand_in_every_days: Annotated[int, Meta(ge=7, le=10_000)] = 28
    harsh_acceleration_per_100km: Annotated[float, Meta(ge=0, le=100)] = 0.6
    harsh_corner_per_100km: Annotated[float, Meta(ge=0, le=100)] = 0.8
    harsh_by_road: Annotated[
        tuple[Annotated[float, Meta(ge=0, le=20)], ...], Meta(min_length=3, max_length=3)
    ] = (3.0, 1.0, 1.0)
    speeding_from: Annotated[float, Meta(ge=1, le=2)] = 1.08
    shifts_told: Share = 1.0
    events_told: Share = 1.0
    master_data: bool = True


class Sensors(Group, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the sensors of a truck differ from the truth, for as long as it lives."""

    gauge_step: Annotated[float, Meta(ge=0, le=10)] = 0.4
    slosh_minutes: Annotated[float, Meta(ge=0, le=60)] = 3.0
    gauge_spread: Annotated[float, Meta(ge=0, le=0.2)] = 0.02
    meter_spread: Annotated[float, Meta(ge=0, le=0.2)] = 0.02
    meter_sees_idling: bool = False
    counter_share: Share = 0.5
    offsets: Annotated[float, Meta(ge=0, le=10)] = 1.0


class Losses(Group, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where fuel goes besides the engine, and what the receipts say."""

    receipts_missing: Share = 0.1
    receipts_wrong: Share = 0.05
    receipt_error_litres: Range = (5.0, 30.0)
    thefts_per_truck_day: Share = 0.01
    theft_litres: Range = (3.0, 60.0)
    leaks_per_truck_day: Share = 0.002
    leak_litres_per_day: Range = (0.5, 3.0)
    leak_days: Annotated[float, Meta(ge=0.1, le=1000)] = 10.0
    cold_share_per_degree: Annotated[float, Meta(ge=0, le=0.1)] = 0.004


class Wear(Group, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a part shows that it will fail, and what shows without a failure."""

    silent_share: Share = 0.3
    symptom_spread: Annotated[float, Meta(ge=0, le=3)] = 0.6
    curve_exponents: tuple[
        Annotated[float, Meta(ge=0.1, le=20)], Annotated[float, Meta(ge=0.1, le=20)]
    ] = (1.0, 4.0)
    false_per_truck_day: Share = 0.002
    false_days: Range = (1.0, 5.0)
    fault_until_repaired: bool = True
