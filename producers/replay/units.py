"""
What a value in another unit is worth in the wire's own.

Factors are exact by definition (NIST SP 811, appendix B) but for mmHg and inHg, which are
conventional.
"""

from collections.abc import Callable

from cartwheel.events.signals import SIGNALS

# Of fields that are no signals of telemetry.
_MORE = {"litres": "L", "weight_kg": "kg"}
_LENGTH = {"km": 1.0, "m": 1e-3, "mi": 1.609344, "nmi": 1.852, "ft": 3.048e-4, "yd": 9.144e-4}
_SPEED = {"km/h": 1.0, "kph": 1.0, "m/s": 3.6, "mph": 1.609344, "kn": 1.852, "knots": 1.852}
_PRESSURE = {
    "kPa": 1.0, "Pa": 1e-3, "hPa": 0.1, "mbar": 0.1, "bar": 100.0, "psi": 6.894757293168361,
    "mmHg": 0.133322387415, "inHg": 3.386389,
}  # fmt: skip
_VOLUME = {"L": 1.0, "mL": 1e-3, "m3": 1000.0, "gal": 3.785411784, "imp gal": 4.54609}
_TIME = {"h": 1.0, "min": 1 / 60, "s": 1 / 3600, "ms": 1 / 3_600_000}
_FACTORS: dict[str, dict[str, float]] = {
    "km": _LENGTH,
    "m": {name: value * 1000 for name, value in _LENGTH.items()},
    "km/h": _SPEED,
    "kPa": _PRESSURE,
    "hPa": {name: value * 10 for name, value in _PRESSURE.items()},
    "L": _VOLUME,
    "L/h": {f"{name}/h": value for name, value in _VOLUME.items()} | {"L/min": 60.0},
    "h": _TIME,
    "V": {"V": 1.0, "mV": 1e-3},
    "%": {"%": 1.0, "fraction": 100.0},
    "1/min": {"1/min": 1.0, "rpm": 1.0, "1/s": 60.0},
    "kg": {"kg": 1.0, "g": 1e-3, "t": 1000.0, "lb": 0.45359237},
    "degrees": {"degrees": 1.0, "rad": 57.29577951308232},
    "°C": {"°C": 1.0, "C": 1.0},
    "L/100 km": {"L/100 km": 1.0},
}
_KELVIN = 273.15
_OTHER: dict[tuple[str, str], Callable[[float], float]] = {
    ("°C", "°F"): lambda value: (value - 32) / 1.8,
    ("°C", "F"): lambda value: (value - 32) / 1.8,
    ("°C", "K"): lambda value: value - _KELVIN,
    # Of distance by volume the inverse; nothing burnt over a distance has no such number.
    ("L/100 km", "mpg"): lambda value: 235.214583 / value if value else float("nan"),
    ("L/100 km", "imp mpg"): lambda value: 282.480936 / value if value else float("nan"),
    ("L/100 km", "km/L"): lambda value: 100 / value if value else float("nan"),
}


def unit_of(field: str) -> str:
    """Return the unit that a field has on the wire, '' if it has none."""
    signal = SIGNALS.get(field)
    return signal.unit if signal else _MORE.get(field, "")


def known(field: str) -> list[str]:
    """Return the units that can be converted to the field's."""
    own = unit_of(field)
    return [*_FACTORS.get(own, {}), *(unit for to, unit in _OTHER if to == own)]


def converter(field: str, unit: str) -> Callable[[float], float]:
    """Return what turns a number in a unit that is known into the field's own."""
    own = unit_of(field)
    if other := _OTHER.get((own, unit)):
        return other
    factor = _FACTORS[own][unit]
    return lambda value: value * factor
