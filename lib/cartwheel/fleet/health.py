"""Which trucks show signs of a failure: signals beyond a limit, or unlike the rest of the fleet."""

import math
from typing import NamedTuple

import pandas as pd

from cartwheel.display import Unit, current
from cartwheel.estimation import spread as spreads
from cartwheel.finding import Finding
from cartwheel.warehouse import Warehouse
from cartwheel.warehouse.provenance import made_from

UNUSUAL = 4.0  # spreads away from the fleet's median, to the bad side
COMPARABLE = 6  # trucks that send a signal: of fewer none can be called unlike the others


class Signal(NamedTuple):
    """
    A signal of a truck's condition: the side that is bad, and the least spread it has.

    ``beyond`` are the ranges in which no sound vehicle is, of 12 V or 24 V, light or heavy.
    """

    column: str
    name: str
    quantity: str
    bad: int
    floor: float
    digits: int
    beyond: tuple[tuple[float, float], ...]

    @property
    def unit(self) -> Unit:
        """What its values are shown in."""
        return Unit("V") if self.quantity == "voltage" else current().unit(self.quantity)


SIGNALS = (
    Signal(
        "charging_volts", "Charging voltage", "voltage", -1, 0.1, 1,
        ((-math.inf, 12.0), (18.0, 24.0)),
    ),
    Signal(
        "resting_volts", "Resting voltage", "voltage", -1, 0.1, 1,
        ((-math.inf, 11.0), (16.0, 22.0)),
    ),
    Signal("oil_kpa", "Oil pressure", "pressure", -1, 8.0, 0, ((-math.inf, 50.0),)),
    Signal("engine_celsius", "Engine temperature", "temperature", 1, 0.8, 0, ((120.0, math.inf),)),
    Signal("lowest_tire_kpa", "Lowest tyre", "pressure", -1, 14.0, 0, ((-math.inf, 100.0),)),
)  # fmt: skip


def signals(warehouse: Warehouse) -> Finding:
    """
    Return every truck's signals on the last day it ran, beside the fleet's.

    A spread is the fleet's median absolute deviation, scaled to a standard deviation, but
    not less than what the sensor's noise and the weather make of equal trucks.

    Returns
    -------
    Finding
        Rows: one a truck and signal that it sends, with ``truck_id``, ``signal``, ``unit``,
        ``value``, ``usual`` (the fleet's median), both in the environment's unit, ``badness``
        (spreads to the bad side; null if fewer than six trucks send the signal), ``is_beyond``
        (no sound truck has such a value), ``is_unusual`` (either), ``label``.
    """
    return compared(warehouse.query_file("fleet/health/signals"))


def compared(wide: pd.DataFrame) -> Finding:
    """Compare trucks, a row each, with the limits and with each other; see :func:`signals`."""
    parts = [_compared(wide, signal) for signal in SIGNALS]
    rows = made_from(pd.concat(parts, ignore_index=True), wide)
    return Finding(_text(rows), rows)


def _text(rows: pd.DataFrame) -> str:
    if rows.empty:
        return "No truck sends a signal of its condition"
    unusual = rows[rows["is_unusual"]].sort_values(["is_beyond", "badness"], ascending=False)
    if unusual.empty and rows["badness"].isna().all():
        return f"Too few trucks to compare: no value is beyond a limit, {COMPARABLE} are needed"
    if unusual.empty:
        return "No truck shows a sign of failing"
    worst = unusual.iloc[0]
    others = unusual["truck_id"].nunique() - 1
    more = f"; {others} more {'shows' if others == 1 else 'show'} a sign" if others else ""
    against = (
        "which no sound truck has" if worst["is_beyond"] else f"fleet median {worst['usual']:.1f}"
    )
    return (
        f"{worst['truck_id']} may fail: {worst['signal'].lower()} "
        f"{worst['value']:.1f} {worst['unit']}, {against}{more}"
    )


def _compared(wide: pd.DataFrame, signal: Signal) -> pd.DataFrame:
    values = wide[signal.column].astype(float)
    usual = values.median()
    spread = max(signal.floor, spreads.robust(values - usual))
    is_comparable = values.count() >= COMPARABLE
    badness = signal.bad * (values - usual) / spread if is_comparable else values * math.nan
    is_beyond = sum(values.between(low, high) for low, high in signal.beyond) > 0
    frame = pd.DataFrame(
        {
            "truck_id": wide["truck_id"],
            "signal": signal.name,
            "unit": signal.unit.name,
            "value": signal.unit.of(values),
            "usual": signal.unit.of(usual),
            "badness": badness,
            "is_beyond": is_beyond,
            "is_unusual": is_beyond | (badness > UNUSUAL),
        }
    )
    frame["label"] = [
        f"{truck} {value:.{signal.digits}f} {signal.unit.name}"
        for truck, value in zip(frame["truck_id"], frame["value"], strict=True)
    ]
    return frame.dropna(subset=["value"])
