"""
Trucks on delivery tours: one reading a minute, physically ordered.

The odometer is the integral of the speed, the tank falls by what the engine burns,
and the rest follows: revolutions from speed, oil pressure from revolutions, tyre
pressure from temperature. Each third truck drinks too much, each fifth loses air.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cartwheel.events import TELEMETRY, Engine, Gps, Health, Telemetry, TirePressure, Weather

from producers.message import Message, message

READINGS_A_DAY = 1440
HUBS = (
    ("Chicago", 41.85, -87.75), ("Dallas", 32.78, -96.80), ("Atlanta", 33.75, -84.39),
    ("Denver", 39.74, -104.99), ("Omaha", 41.26, -95.94), ("Memphis", 35.15, -90.05),
)  # fmt: skip
TANK_LITRES = 400.0
KM_PER_DEGREE = 111.2
FIRST_HOUR, LAST_HOUR = 6, 18


@dataclass
class _Truck:
    rng: random.Random
    hub: tuple[str, float, float]
    thirst: float
    leak: float  # kPa an hour
    latitude: float = 0.0
    longitude: float = 0.0
    odometer: float = 0.0
    litres: float = TANK_LITRES
    engine_temperature: float = 12.0
    speed: float = 0.0
    tyre: float = 760.0
    stop_minutes: int = 0
    target: tuple[float, float] = field(default=(0.0, 0.0))
    consumption: float = 0.0


def readings(seed: int, number: int, start: datetime, days: int) -> Iterator[Message]:
    """Yield the readings of one truck, one a minute."""
    rng = random.Random(f"{seed}/truck/{number}")
    hub = HUBS[(number - 1) % len(HUBS)]
    truck = _Truck(
        rng=rng,
        hub=hub,
        thirst=1.35 if number % 3 == 0 else rng.uniform(0.92, 1.06),
        leak=1.6 if number % 5 == 0 else 0.0,
        latitude=hub[1] + rng.gauss(0, 0.05),
        longitude=hub[2] + rng.gauss(0, 0.05),
        odometer=rng.uniform(40_000, 420_000),
        litres=TANK_LITRES * rng.uniform(0.7, 1.0),
    )
    truck.target = _next_stop(truck)
    for minute in range(days * READINGS_A_DAY):
        at = start + timedelta(minutes=minute, seconds=number % 60)
        _drive(truck, at)
        event_id = f"simulation:{seed}:truck-{number}:{minute}"
        yield message(TELEMETRY, _reading(truck, f"T{number:03d}", event_id, at), at)


def _next_stop(truck: _Truck) -> tuple[float, float]:
    distance, angle = truck.rng.uniform(0.1, 1.1), truck.rng.uniform(0, 2 * math.pi)
    return (
        truck.hub[1] + distance * math.sin(angle) * 0.8,
        truck.hub[2] + distance * math.cos(angle),
    )


def _drive(truck: _Truck, at: datetime) -> None:
    """Move the truck on by one minute."""
    on_duty = FIRST_HOUR <= at.hour < LAST_HOUR and at.weekday() < 6
    ambient = _ambient(truck, at)
    if not on_duty or truck.stop_minutes > 0:
        truck.stop_minutes = max(0, truck.stop_minutes - 1)
        _stand(truck, ambient, on_duty=on_duty)
    else:
        _roll(truck, at)
    truck.tyre -= truck.leak / 60 if on_duty else 0.0
    if not on_duty and truck.litres < 0.5 * TANK_LITRES:
        truck.litres = TANK_LITRES  # filled up at the depot


def _stand(truck: _Truck, ambient: float, *, on_duty: bool) -> None:
    truck.speed, truck.consumption = 0.0, 0.0
    if on_duty:
        truck.litres -= 2.2 * truck.thirst / 60  # idles, litres an hour
    else:
        truck.engine_temperature += (ambient - truck.engine_temperature) / 90


def _roll(truck: _Truck, at: datetime) -> None:
    congestion = 0.72 if at.hour in (7, 8, 16, 17) else 1.0
    wanted = truck.rng.gauss(74, 9) * congestion
    truck.speed = min(105.0, max(8.0, truck.speed + (wanted - truck.speed) * 0.45))
    kilometres = truck.speed / 60
    north = (truck.target[0] - truck.latitude) * KM_PER_DEGREE
    east = (
        (truck.target[1] - truck.longitude) * KM_PER_DEGREE * math.cos(math.radians(truck.latitude))
    )
    distance = math.hypot(north, east)
    share = min(1.0, kilometres / distance) if distance else 1.0
    truck.latitude += (truck.target[0] - truck.latitude) * share
    truck.longitude += (truck.target[1] - truck.longitude) * share
    truck.odometer += kilometres
    truck.consumption = truck.thirst * (15 + 0.0016 * truck.speed**2 + truck.rng.gauss(0, 1))
    truck.litres -= truck.consumption * kilometres / 100
    truck.engine_temperature += (89 - truck.engine_temperature) / 9 + truck.rng.gauss(0, 0.4)
    if share == 1.0:
        truck.stop_minutes = truck.rng.randint(8, 30)
        truck.target = _next_stop(truck)


def _ambient(truck: _Truck, at: datetime) -> float:
    hour = at.hour + at.minute / 60
    return 24 - 0.35 * (truck.hub[1] - 32) + 6 * math.sin((hour - 9) / 24 * 2 * math.pi)


def _reading(truck: _Truck, truck_id: str, event_id: str, at: datetime) -> Telemetry:
    rng, running = truck.rng, truck.engine_temperature > 60
    rpm = (820 + 9.5 * truck.speed + rng.gauss(0, 25)) if running else 0.0
    ambient = _ambient(truck, at)
    tyre = truck.tyre + 0.9 * (ambient - 15) + 0.25 * truck.speed
    return Telemetry(
        event_id=event_id,
        truck_id=truck_id,
        timestamp=at,
        gps=Gps(
            latitude=round(truck.latitude, 6),
            longitude=round(truck.longitude, 6),
            altitude=round(180 + 40 * math.sin(truck.longitude), 1),
            speed=round(max(0.0, truck.speed + rng.gauss(0, 0.6) * (truck.speed > 0)), 1),
        ),
        vehicle_speed=round(truck.speed, 1),
        engine=Engine(
            rpm=round(max(0.0, rpm)),
            fuel_level=round(max(0.0, truck.litres) / TANK_LITRES * 100, 2),
            temperature=round(truck.engine_temperature, 1),
            oil_pressure=round(90 + 0.16 * rpm + rng.gauss(0, 4), 1) if running else 0.0,
            battery_voltage=round((27.8 if running else 25.2) + rng.gauss(0, 0.1), 2),
        ),
        odometer=round(truck.odometer, 3),
        fuel_consumption=round(max(0.0, truck.consumption), 2),
        health=Health(
            brake_status="good" if truck.odometer < 350_000 else "worn",
            tire_pressure=TirePressure(
                front_left=round(tyre, 1),
                front_right=round(tyre + 2, 1),
                rear_left=round(tyre - 1, 1),
                rear_right=round(tyre + 1, 1),
            ),
            transmission_status="normal",
        ),
        environment=Weather(
            temperature=round(ambient, 1),
            humidity=round(min(100.0, max(20.0, 85 - 1.6 * ambient)), 1),
            pressure=round(1013 + 4 * math.sin(at.timestamp() / 40_000), 1),
        ),
    )
