"""The fleet at a glance: where the trucks are, how they run, what they drink."""

import pandas as pd

from cartwheel.errors import CartwheelError, unknown
from cartwheel.timeframe import Interval
from cartwheel.warehouse import Warehouse

MAX_POINTS = 720


def trucks(warehouse: Warehouse) -> pd.DataFrame:
    """
    Return the fleet, a row a truck.

    Returns
    -------
    DataFrame
        ``truck_id``, ``read_at``, ``gps_latitude``, ``gps_longitude``,
        ``vehicle_speed`` (km/h), ``fuel_level`` (%), ``engine_temperature`` (°C),
        ``odometer_reading`` (km), ``brake_status``, ``lowest_tire_pressure_kpa``,
        ``count_readings``, ``distance_km``, ``fuel_litres``, ``litres_per_100_km``.
    """
    return warehouse.query_file("fleet/trucks")


def span(warehouse: Warehouse, truck_id: str) -> Interval:
    """
    Return the time from a truck's first to just after its last reading.

    Raises
    ------
    UsageError
        If the truck was never read.
    """
    first, last = warehouse.query_file("fleet/span", truck_id=truck_id).iloc[0]
    if pd.isna(first):
        known = warehouse.execute("select truck_id from mart.trucks order by truck_id")
        raise unknown("truck", truck_id, [str(row[0]) for row in known])
    return Interval.holding(first.to_pydatetime(), last.to_pydatetime())


def readings(warehouse: Warehouse, truck_id: str, interval: Interval) -> pd.DataFrame:
    """
    Return a truck's readings, averaged to at most some 720 points.

    Returns
    -------
    DataFrame
        ``slice_at``, ``latitude``, ``longitude``, ``speed_kmh``, ``fuel_percent``,
        ``engine_celsius``, ``engine_rpm``.
    """
    length = interval.length.total_seconds()
    seconds = max(1, int(length // MAX_POINTS) + (length > MAX_POINTS))
    return warehouse.query_file(
        "fleet/readings", truck_id=truck_id, seconds=seconds, **interval._asdict()
    )


def chosen(warehouse: Warehouse, fleet: pd.DataFrame, truck_id: str) -> str:
    """
    Return the truck to show: the one named, else the one that drinks most, else the first.

    Raises
    ------
    UsageError
        If there is no such truck.
    CartwheelError
        If there is none at all.
    """
    if truck_id:
        span(warehouse, truck_id)
        return truck_id
    if fleet.empty:
        raise CartwheelError(
            "No truck has sent anything yet: run 'python -m producers simulate', wait some "
            "seconds, and merge with 'cartwheel history merge'."
        )
    drinks = fleet["litres_per_100_km"]
    place = drinks.idxmax() if drinks.notna().any() else fleet.index[0]
    return str(fleet.loc[place, "truck_id"])
