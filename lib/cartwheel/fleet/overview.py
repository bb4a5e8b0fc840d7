"""The fleet at a glance: where the trucks are, and how each of them runs."""

import pandas as pd

from cartwheel.display import current
from cartwheel.errors import CartwheelError, unknown
from cartwheel.finding import Finding
from cartwheel.timeframe import Interval
from cartwheel.warehouse import Warehouse

MAX_POINTS = 720
OLD = pd.Timedelta(hours=1)  # behind the newest: a last position may no longer hold


def trucks(warehouse: Warehouse) -> pd.DataFrame:
    """
    Return the fleet, a row a truck.

    Returns
    -------
    DataFrame
        ``truck_id``, ``read_at``, ``gps_latitude``, ``gps_longitude``,
        ``vehicle_speed`` (km/h), ``fuel_level`` (%), ``engine_temperature`` (°C),
        ``odometer_reading`` (km), ``brake_status``, ``lowest_tire_pressure_kpa``,
        ``count_readings``, ``distance_km`` (null if unknown), ``fuel_litres``,
        ``litres_per_100_km`` (of the kilometres whose consumption is known, ``fuelled_km``),
        ``distance_source`` (odometer or positions).
    """
    return warehouse.query_file("fleet/overview/trucks")


def span(warehouse: Warehouse, truck_id: str) -> Interval:
    """
    Return the time from a truck's first to just after its last reading.

    Raises
    ------
    UsageError
        If the truck was never read.
    """
    first, last = warehouse.query_file("fleet/overview/span", truck_id=truck_id).iloc[0]
    if pd.isna(first):
        raise unknown("truck", truck_id, trucks(warehouse)["truck_id"])
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
        "fleet/overview/readings", truck_id=truck_id, seconds=seconds, **interval._asdict()
    )


def chosen(warehouse: Warehouse, fleet: pd.DataFrame, truck_id: str) -> str:
    """
    Return the truck to show: the one named, else that of the highest consumption, else the first.

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
    litres = fleet["litres_per_100_km"]
    place = litres.idxmax() if litres.notna().any() else fleet.index[0]
    return str(fleet.loc[place, "truck_id"])


def positions(fleet: pd.DataFrame) -> Finding:
    """
    Say how many trucks have a last known position, and how many of them were moving.

    Returns
    -------
    Finding
        Rows: the fleet's that have one, with ``latitude``, ``longitude`` and ``is_old``: read
        more than an hour before the newest.
    """
    names = {"gps_latitude": "latitude", "gps_longitude": "longitude"}
    places = fleet.rename(columns=names).dropna(subset=["latitude", "longitude"])
    places = places.assign(is_old=fleet["read_at"].max() - places["read_at"] > OLD)
    moving = int((places["vehicle_speed"] > 0).sum())
    trucks_shown = f"{len(places)} truck{'s' if len(places) != 1 else ''}"
    text = f"{trucks_shown} on the map, {moving} of them moving when last read"
    return Finding("No truck has sent a position" if places.empty else text, places)


def movement(found: pd.DataFrame, truck_id: str) -> Finding:
    """Say how much of its time a truck was moving, and how fast; rows with ``speed_kmh``."""
    rows = found.dropna(subset=["speed_kmh"])
    if rows.empty:
        return Finding(f"{truck_id} sent no speed", rows)
    moving = rows[rows["speed_kmh"] > 1]
    text = f"{truck_id} was moving {len(moving) / len(rows):.0%} of the time"
    if not moving.empty:
        median = current().unit("speed").text(moving["speed_kmh"].median())
        text += f", at a median of {median}"
    return Finding(text, rows)


def tank(found: pd.DataFrame, truck_id: str) -> Finding:
    """Say how low a truck's tank was; rows with ``fuel_percent``."""
    rows = found.dropna(subset=["fuel_percent"])
    if rows.empty:
        return Finding(f"{truck_id} sends no tank level", rows)
    return Finding(f"The tank of {truck_id} fell to {rows['fuel_percent'].min():.0f} %", rows)


def engine(found: pd.DataFrame, truck_id: str) -> Finding:
    """
    Say how hot a truck's engine became, or how fast it turned if that is not known.

    Returns
    -------
    Finding
        Rows with ``engine_celsius``, or with ``engine_rpm`` alone.
    """
    hot = found.dropna(subset=["engine_celsius"])
    if not hot.empty:
        most = current().unit("temperature").text(hot["engine_celsius"].max())
        return Finding(f"The engine of {truck_id} reached {most}", hot)
    rows = found.dropna(subset=["engine_rpm"]).drop(columns="engine_celsius")
    if rows.empty:
        return Finding(f"{truck_id} sends no engine data", rows)
    text = f"The engine of {truck_id} turned at a median of {rows['engine_rpm'].median():,.0f}/min"
    return Finding(text, rows)
