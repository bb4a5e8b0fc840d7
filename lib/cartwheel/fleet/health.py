"""Which trucks show signs of a failure: signals that differ from the rest of the fleet."""

from typing import NamedTuple

import pandas as pd

from cartwheel.finding import Finding
from cartwheel.warehouse import Warehouse

UNUSUAL = 4.0  # spreads away from the fleet's median, to the bad side
_SPREAD_PER_DEVIATION = 1.4826  # median absolute deviation -> standard deviation, if normal


class Signal(NamedTuple):
    """A signal of a truck's condition: the side that is bad, and the least spread it has."""

    column: str
    name: str
    unit: str
    bad: int
    floor: float
    digits: int


SIGNALS = (
    Signal("charging_volts", "Charging voltage", "V", -1, 0.1, 1),
    Signal("resting_volts", "Resting voltage", "V", -1, 0.1, 1),
    Signal("oil_kpa", "Oil pressure", "kPa", -1, 8.0, 0),
    Signal("engine_celsius", "Engine temperature", "°C", 1, 0.8, 0),
    Signal("lowest_tire_kpa", "Lowest tyre", "kPa", -1, 14.0, 0),
)


def signals(warehouse: Warehouse) -> Finding:
    """
    Return every truck's signals on the last day it ran, beside the fleet's.

    A spread is the fleet's median absolute deviation, scaled to a standard deviation, but
    not less than what the sensor's noise and the weather make of equal trucks.

    Returns
    -------
    Finding
        Rows: one a truck and signal that it sends, with ``truck_id``, ``signal``, ``unit``,
        ``value``, ``usual`` (the fleet's median), ``badness`` (spreads to the bad side),
        ``is_unusual``, ``label``.
    """
    wide = warehouse.query_file("fleet/health/signals")
    parts = [_compared(wide, signal) for signal in SIGNALS]
    rows = pd.concat(parts, ignore_index=True)
    return Finding(_text(rows), rows)


def _text(rows: pd.DataFrame) -> str:
    if rows.empty:
        return "No truck sends a signal of its condition"
    unusual = rows[rows["is_unusual"]].sort_values("badness", ascending=False)
    if unusual.empty:
        return "No truck shows a sign of failing"
    worst = unusual.iloc[0]
    others = unusual["truck_id"].nunique() - 1
    more = f"; {others} more {'shows' if others == 1 else 'show'} a sign" if others else ""
    return (
        f"{worst['truck_id']} may fail: {worst['signal'].lower()} "
        f"{worst['value']:.1f} {worst['unit']}, fleet median {worst['usual']:.1f}{more}"
    )


def _compared(wide: pd.DataFrame, signal: Signal) -> pd.DataFrame:
    values = wide[signal.column].astype(float)
    usual = values.median()
    spread = max(signal.floor, _SPREAD_PER_DEVIATION * (values - usual).abs().median())
    badness = signal.bad * (values - usual) / spread
    frame = pd.DataFrame(
        {
            "truck_id": wide["truck_id"],
            "signal": signal.name,
            "unit": signal.unit,
            "value": values,
            "usual": usual,
            "badness": badness,
            "is_unusual": badness > UNUSUAL,
        }
    )
    frame["label"] = [
        f"{truck} {value:.{signal.digits}f} {signal.unit}"
        for truck, value in zip(frame["truck_id"], frame["value"], strict=True)
    ]
    return frame.dropna(subset=["value"])
