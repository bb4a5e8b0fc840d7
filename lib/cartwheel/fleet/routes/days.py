"""What a depot has to deliver on a day: orders, trucks, times, and what it costs."""

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cartwheel.errors import UsageError
from cartwheel.fleet.emissions import Factors

Floats = NDArray[np.float64]


class Costs(NamedTuple):
    """What a day of deliveries costs, in the environment's currency."""

    truck_day: float = 90.0
    driver_hour: float = 25.0
    fuel_litre: float = 1.3
    litres_per_100_km: float = 18.0
    upkeep_km: float = 0.25  # tyres, repairs, wear
    late_stop: float = 25.0
    carbon_tonne: float = 90.0
    kg_per_litre: float = Factors().well_to_wheel

    def checked(self) -> "Costs":
        """
        Return the same costs.

        Raises
        ------
        UsageError
            Naming the cost that is not above zero.
        """
        for name, value in self._asdict().items():
            if not (isinstance(value, int | float) and math.isfinite(value) and value > 0):
                raise UsageError(f"{name}: must be above 0, got {value!r}.")
        return self

    @property
    def kilometre(self) -> float:
        """What a kilometre costs: upkeep, fuel, and its carbon at the price of a tonne."""
        litre = self.fuel_litre + self.carbon_litre
        return self.upkeep_km + self.litres_per_100_km / 100 * litre

    @property
    def carbon_litre(self) -> float:
        """What the carbon of a litre costs."""
        return self.kg_per_litre * self.carbon_tonne / 1000


class Rules(NamedTuple):
    """
    How routes are driven.

    Attributes
    ----------
    break_after_hours, break_minutes
        A driver who is on the road for so long takes a break before driving on; 0 minutes: none.
    stops
        Of a route, at most; 0: any number.
    shift_hours
        How long a truck may be out.
    punctual
        With this probability a stop is planned to be over in time.
    """

    break_after_hours: float = 5.0
    break_minutes: float = 30.0
    stops: int = 0
    shift_hours: float = 14.0
    punctual: float = 0.95

    def checked(self) -> "Rules":
        """
        Return the same rules.

        Raises
        ------
        UsageError
            Naming the one that is below zero, or no number.
        """
        for name, value in self._asdict().items():
            if not (isinstance(value, int | float) and math.isfinite(value) and value >= 0):
                raise UsageError(f"{name}: must be 0 or more, got {value!r}.")
        if not 0.5 <= self.punctual < 1:
            raise UsageError(f"punctual: must be from 0.5 to below 1, got {self.punctual!r}.")
        return self


@dataclass(frozen=True)
class Task:
    """
    A depot's day.

    Attributes
    ----------
    latitude, longitude
        Of the depot.
    departs, home_by
        When the trucks set off, and until when they must be back; UTC.
    orders
        Rows: ``order_id``, ``latitude``, ``longitude``, ``weight_kg``, ``promised_from``,
        ``promised_until`` (null: any time).
    trucks
        Rows: ``truck_id``, ``capacity_kg`` (null: any weight).
    service
        Seconds of hand-overs as they were.
    """

    depot_id: str
    latitude: float
    longitude: float
    departs: datetime
    home_by: datetime
    orders: pd.DataFrame
    trucks: pd.DataFrame
    service: Floats
    rules: Rules = field(default_factory=Rules)

    @property
    def horizon(self) -> float:
        """How long a truck may be out, in seconds."""
        return (self.home_by - self.departs) / timedelta(seconds=1)

    def windows(self) -> Floats:
        """
        Return from when until when each order is wanted, in seconds after the departure.

        An order of an earlier day is wanted at the same time of this one: that is when somebody
        is at home. Shape ``(orders, 2)``.
        """
        from_, until = (
            ((self.orders[name] - pd.Timestamp(self.departs)) / timedelta(seconds=1)).to_numpy(
                float
            )
            for name in ("promised_from", "promised_until")
        )
        until = np.where(np.isnan(until), self.horizon, until)
        from_ = np.where(np.isnan(from_), 0.0, from_)
        days = np.ceil(np.maximum(0.0, -until) / 86_400) * 86_400
        return np.column_stack([np.maximum(from_ + days, 0.0), until + days])
