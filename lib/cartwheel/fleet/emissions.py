"""What the trucks emit: per truck, kilometre, tonne-kilometre and order, and what causes it."""

import math
from typing import NamedTuple

import numpy as np
import pandas as pd

from cartwheel.display import current
from cartwheel.errors import UsageError
from cartwheel.finding import Finding, counted
from cartwheel.fleet import fuel
from cartwheel.timeframe import Interval
from cartwheel.warehouse import Warehouse
from cartwheel.warehouse.provenance import made_from

_LEAST_IDLING = 0.3  # L/h: of less the meter has seen the idling itself
_HUNDRED = 100.0
CAUSES = {
    "idling": "Engine on while standing",
    "high consumption": "Consumption above the fleet's median",
    "second attempts": "Deliveries in vain",
}


class Factors(NamedTuple):
    """
    What a litre of fuel emits, kg of CO2 equivalents.

    The defaults are meant as those of diesel without biofuel in EN 16258:2012, Table A.1; they
    were not compared with the standard's text. ISO 14083:2023 has others, by region.
    """

    tank_to_wheel: float = 2.67
    well_to_wheel: float = 3.24

    def checked(self) -> "Factors":
        """
        Return the same factors.

        Raises
        ------
        UsageError
            Naming the factor that is not above zero, or that the whole is less than its part.
        """
        for name, value in self._asdict().items():
            if not (isinstance(value, int | float) and math.isfinite(value) and value > 0):
                raise UsageError(
                    f"Factor {name}: must be above 0, in kg of CO2e a litre, got {value!r}."
                )
        if self.well_to_wheel < self.tank_to_wheel:
            raise UsageError(
                f"Factor well_to_wheel: includes tank_to_wheel ({self.tank_to_wheel:g}), so it "
                f"cannot be less, got {self.well_to_wheel:g}."
            )
        return self


def read(warehouse: Warehouse, time: Interval) -> pd.DataFrame:
    """
    Return what each truck drove, burnt and delivered in a time.

    Returns
    -------
    DataFrame
        Rows: ``truck_id``, ``distance_km``, ``metered_litres``, ``tank_litres`` (by the account
        of the tank, over the same distance), ``idle_hours``, ``count_delivered``,
        ``count_failed``, ``count_weighed`` (of which weight and way are known), ``tonne_km``;
        null is unknown.
    """
    told = time._asdict()
    trucks = warehouse.query_file("fleet/emissions/trucks", **told)
    delivered = warehouse.query_file("fleet/emissions/deliveries", **told)
    tanks = fuel.ledger(warehouse, time).rows[["truck_id", "litres_per_100_km"]]
    rows = trucks.merge(tanks, "left", "truck_id").merge(delivered, "left", "truck_id")
    litres = rows["litres_per_100_km"].astype(float) * rows["distance_km"].astype(float) / _HUNDRED
    return made_from(rows.assign(tank_litres=litres).drop(columns="litres_per_100_km"), trucks)


def emitted(rows: pd.DataFrame, factors: Factors) -> Finding:
    """
    Return what each truck emitted (rows of :func:`read`).

    Returns
    -------
    Finding
        Rows, the most first: those of :func:`read` with ``litres`` (of the tank's account, else
        of the meter), ``source``, ``tank_to_wheel`` and ``well_to_wheel`` in kg, and well-to-wheel
        ``per_km`` (kg), ``per_tonne_km`` (kg, of trucks of which weights and ways of all
        deliveries are known) and ``per_order`` (kg).
    """
    tank, meter = rows["tank_litres"].astype(float), rows["metered_litres"].astype(float)
    litres = tank.where(tank > 0, meter)
    source = np.select([tank > 0, meter.notna()], ["tank", "meter"], "")
    whole, far = litres * factors.well_to_wheel, rows["distance_km"].astype(float)
    orders = rows["count_delivered"].astype(float)
    is_weighed = rows["count_weighed"].astype(float) == orders
    work = rows["tonne_km"].astype(float).where(is_weighed)
    shown = rows.assign(
        litres=litres, source=source, tank_to_wheel=litres * factors.tank_to_wheel,
        well_to_wheel=whole, per_km=whole / far.where(far > 0),
        per_tonne_km=whole / work.where(work > 0), per_order=whole / orders.where(orders > 0),
    )  # fmt: skip
    shown = made_from(shown.sort_values("well_to_wheel", ascending=False, ignore_index=True), rows)
    known = shown.dropna(subset=["well_to_wheel"])
    if known.empty:
        return Finding("Of no truck it is known what it burnt", shown)
    text = f"{counted(len(known), 'truck')} emitted {_mass(known['well_to_wheel'].sum())}"
    driven = known.dropna(subset=["per_km"])
    if len(driven):
        unit = current().unit("distance")
        rate = driven["well_to_wheel"].sum() / unit.of(driven["distance_km"].astype(float).sum())
        text += f", {rate:.2f} kg a {unit.name}"
    left_out = len(shown) - len(known)
    if left_out:
        text += f"; of {left_out} more it is unknown"
    return Finding(text, shown)


def _mass(kilograms: float) -> str:
    if kilograms >= 1000:
        return f"{kilograms / 1000:,.1f} t of CO2e"
    return f"{kilograms:,.0f} kg of CO2e"


def idle_rate(rows: pd.DataFrame) -> float:
    """
    Return the litres of an hour with the engine on at a stand; null if they cannot be told.

    They are what the tanks' accounts have more than the meters, over all trucks: many meters
    count the fuel of driving alone.
    """
    known = rows[["tank_litres", "metered_litres", "idle_hours"]].astype(float).dropna()
    known = known[known["tank_litres"] > 0]
    hours = known["idle_hours"].sum()
    if not hours > 0:
        return math.nan
    rate = float((known["tank_litres"] - known["metered_litres"]).sum() / hours)
    return rate if rate > _LEAST_IDLING else math.nan


def causes(emissions: Finding, factors: Factors, idle_litres_per_hour: float = 0.0) -> Finding:
    """
    Say what of it idling, high consumption and deliveries in vain emit.

    Parameters
    ----------
    emissions
        Of :func:`emitted`.
    idle_litres_per_hour
        Of an engine at a stand; 0 for what the tanks tell.

    Returns
    -------
    Finding
        Rows: ``cause``, ``well_to_wheel`` (kg, null if it cannot be told), ``share`` of all. A
        litre may have two causes: they do not add up.

    Raises
    ------
    UsageError
        If an hour of idling is to burn less than nothing.
    """
    if not idle_litres_per_hour >= 0:
        raise UsageError(f"idle_litres_per_hour: must be 0 or more, got {idle_litres_per_hour!r}.")
    known = emissions.rows.dropna(subset=["well_to_wheel"])
    rate = idle_litres_per_hour or idle_rate(known)
    per_km = known["per_km"].astype(float)
    above = (per_km - per_km.median()).clip(lower=0) * known["distance_km"].astype(float)
    stops = known["count_delivered"].astype(float) + known["count_failed"].astype(float)
    each = known["well_to_wheel"] / stops.where(stops > 0)
    kilograms = {
        "idling": known["idle_hours"].astype(float).sum(min_count=1) * rate * factors.well_to_wheel,
        "high consumption": above.sum(min_count=1) if len(known) > 1 else math.nan,
        "second attempts": (each * known["count_failed"].astype(float)).sum(min_count=1),
    }
    total = known["well_to_wheel"].sum()
    rows = pd.DataFrame(
        {"cause": [CAUSES[name] for name in kilograms], "well_to_wheel": list(kilograms.values())}
    )
    rows = made_from(rows.assign(share=rows["well_to_wheel"] / (total or math.nan)), emissions.rows)
    told = rows.dropna(subset=["share"])
    if told.empty:
        return Finding("What causes the emissions cannot be told", rows)
    largest = told.loc[told["share"].idxmax()]
    if not largest["share"] > 0:
        return Finding("None of the causes that can be told emits anything", rows)
    return Finding(f"{largest['cause']}: {largest['share']:.0%} of what was emitted", rows)
