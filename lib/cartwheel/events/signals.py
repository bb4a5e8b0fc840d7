"""
What the signals of a truck can be: their limits, and the codes that mean "no value".

A value beyond a limit is physically impossible for a road vehicle, or is one of the codes of
SAE J1939-71: the two highest bytes of a signal's range say that its sensor failed (0xFE) or
does not exist (0xFF), in 8, 16 or 32 bits, scaled like any other value.
"""

import os
import re
from typing import NamedTuple

from msgspec import Meta

_BYTES = {8: 0, 16: 8, 32: 24}  # bits below the byte that holds the code
# Codes are compared after a producer's conversions, which leave errors in the last digits, and
# after rounding: of a fine scale a part of a step.
_CLOSE, _ROUNDED = 1e-6, 0.2


class Code(NamedTuple):
    """How J1939 carries a signal: bits, what a bit is worth, and the value of zero."""

    bits: int
    scale: float
    offset: float = 0.0

    def meant(self, value: float) -> str | None:
        """Return what a value means if it is no measurement."""
        raw = (value - self.offset) / self.scale
        if raw < 0xFE - _ROUNDED:
            return None
        near = _ROUNDED if self.bits > 8 else _CLOSE * abs(raw)
        for byte, meaning in ((0xFE, "error"), (0xFF, "not available")):
            first = byte << _BYTES[self.bits]
            last = first + (1 << _BYTES[self.bits]) - 1
            if first - near <= raw <= last + near:
                return f"{meaning} (J1939 0x{byte:X} in {self.bits} bits)"
        return None

    @property
    def first(self) -> float:
        """The least value that is a code."""
        return (0xFE << _BYTES[self.bits]) * self.scale + self.offset


class Signal(NamedTuple):
    """A signal: its unit, the least and the greatest value that it can have, and its codes."""

    unit: str
    low: float
    high: float
    codes: tuple[Code, ...] = ()

    def broken_by(self, value: float) -> str | None:
        """Return the rule that a value breaks, None if it may be a measurement."""
        for code in self.codes:
            if meaning := code.meant(value):
                return meaning
        if not self.low <= value <= self.high:
            return f"must be from {self.low:,.9g} to {self.high:,.9g} {self.unit}".rstrip()
        return None

    @property
    def surely(self) -> Meta:
        """The range that needs no second look: within the limits and below every code."""
        first = min((code.first for code in self.codes), default=self.high + 1)
        if first <= self.high:
            return Meta(ge=self.low, lt=first - _CLOSE * abs(first))
        return Meta(ge=self.low, le=self.high)


_SPEED = Signal("km/h", 0, 250, (Code(16, 1 / 256), Code(8, 1)))
_TYRE = Signal("kPa", 0, 1400, (Code(8, 4),))
_LIMIT = re.compile(r"([a-z_.]+)=(-?[0-9.]+)\.\.(-?[0-9.]+)")


def narrowed(signals: dict[str, Signal], text: str) -> dict[str, Signal]:
    """
    Return the signals with narrower limits: ``vehicle_speed=0..130; odometer=0..900000``.

    Raises
    ------
    ValueError
        If the text names no signal, or a range that is not within the signal's own.
    """
    found = dict(signals)
    for told in filter(None, (part.strip() for part in text.split(";"))):
        match = _LIMIT.fullmatch(told)
        if match is None or match[1] not in signals:
            raise ValueError(f"{told!r} is no limit; one is written as 'vehicle_speed=0..130'")
        signal, low, high = signals[match[1]], float(match[2]), float(match[3])
        if not signal.low <= low < high <= signal.high:
            raise ValueError(
                f"{told!r} must be a range within {signal.low:,.9g} to {signal.high:,.9g} "
                f"{signal.unit}".rstrip()
            )
        found[match[1]] = signal._replace(low=low, high=high)
    return found


# By the field's path on the wire. Sources: the ranges of SAE J1939-71 where they are narrower
# than what roads and engines allow.
_WIDEST: dict[str, Signal] = {
    "gps.latitude": Signal("degrees", -90, 90),
    "gps.longitude": Signal("degrees", -180, 180),
    "gps.altitude": Signal("m", -500, 6000, (Code(16, 0.125, -2500),)),
    "gps.speed": _SPEED,
    "gps.heading": Signal("degrees", 0, 360),
    "gps.satellites": Signal("", 0, 100),
    "gps.hdop": Signal("", 0, 100),
    "vehicle_speed": _SPEED,
    "engine.rpm": Signal("1/min", 0, 10_000, (Code(16, 0.125),)),
    "engine.fuel_level": Signal("%", 0, 100, (Code(8, 0.4),)),
    "engine.temperature": Signal("°C", -60, 200, (Code(8, 1, -40), Code(16, 1 / 32, -273))),
    "engine.oil_pressure": Signal("kPa", 0, 1000, (Code(8, 4),)),
    "engine.battery_voltage": Signal("V", 0, 100, (Code(16, 0.05),)),
    "odometer": Signal("km", 0, 10_000_000, (Code(32, 0.005), Code(32, 0.125))),
    "fuel_consumption": Signal("L/100 km", 0, 1000),
    "fuel_rate": Signal("L/h", 0, 1000, (Code(16, 0.05),)),
    "fuel_used": Signal("L", 0, 4_000_000, (Code(32, 0.5), Code(32, 0.001))),
    "engine_hours": Signal("h", 0, 200_000, (Code(32, 0.05),)),
    "health.tire_pressure.front_left": _TYRE,
    "health.tire_pressure.front_right": _TYRE,
    "health.tire_pressure.rear_left": _TYRE,
    "health.tire_pressure.rear_right": _TYRE,
    "environment.temperature": Signal("°C", -90, 70, (Code(16, 1 / 32, -273),)),
    "environment.humidity": Signal("%", 0, 100, (Code(8, 0.4),)),
    "environment.pressure": Signal("hPa", 300, 1100, (Code(8, 5),)),
}
# An environment may know its trucks better: the functions are given its limits.
SIGNALS = narrowed(_WIDEST, os.environ.get("SIGNAL_LIMITS", ""))
