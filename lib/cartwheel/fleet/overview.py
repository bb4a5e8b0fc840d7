"""The fleet at a glance: where the trucks are, and how each of them runs."""

import pandas as pd

from cartwheel.display import current
from cartwheel.errors import CartwheelError, unknown
from cartwheel.finding import Finding, counted
from cartwheel.timeframe import Interval
from cartwheel.warehouse import Warehouse
from cartwheel.warehouse.provenance import made_from

MAX_POINTS = 720
GAP = 5  # usual intervals between two values: a longer silence is a gap
OLD = pd.Timedelta(hours=1)  # behind the newest: a last position may no longer hold


def trucks(warehouse: Warehouse) -> pd.DataFrame:
    """
    Return the fleet, a row a truck.

    Returns
    -------
    DataFrame
        ``truck_id``, ``read_at``, and the last known ``gps_latitude``, ``gps_longitude``,
        ``speed_kmh``, ``fuel_level`` (%), ``engine_temperature`` (°C), ``odometer_reading`` (km),
        ``brake_status``, ``lowest_tire_pressure_kpa``, each with its time; ``count_readings``,
        ``distance_km`` and ``fuel_litres`` (null if unknown), ``litres_per_100_km`` (of the
        kilometres whose fuel is known, ``fuelled_km``, and their ``fuelled_litres``),
        ``distance_source`` (odometer or
        positions), ``fuel_source`` (counter, rate, consumption or tank), ``tank_percent``,
        ``known_hours``, ``moving_hours``, ``count_left_out``, ``count_misdated``.
    """
    return warehouse.query_file("fleet/overview/trucks")


def span(warehouse: Warehouse, truck_id: str | None = None) -> Interval:
    """
    Return the time from the first to just after the last reading of a truck, or of all.

    Raises
    ------
    UsageError
        If the truck was never read.
    """
    first, last = warehouse.query_file("fleet/overview/span", truck_id=truck_id).iloc[0]
    if pd.isna(first):
        raise unknown("truck", truck_id or "", trucks(warehouse)["truck_id"])
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
    places = places.assign(is_old=fleet["read_at"].max() - places["position_at"] > OLD)
    if places.empty:
        return Finding("No truck has sent a position", places)
    known = places["speed_kmh"].dropna()
    text = f"{counted(len(places), 'truck')} on the map"
    if len(known) == len(places):
        moving = (
            f"{(known > 1).sum()} of them moving" if len(places) > 1 else _moving(known.iloc[0])
        )
        text += f", {moving} when last read"
    elif not known.empty:
        text += f", {(known > 1).sum()} of the {len(known)} with a known speed moving"
    return Finding(text, places)


def _moving(speed: float) -> str:
    return "moving" if speed > 1 else "not moving"


def movement(warehouse: Warehouse, found: pd.DataFrame, truck_id: str, time: Interval) -> Finding:
    """
    Say how long of a time a truck was moving, and how fast; a gap is no time in motion.

    Returns
    -------
    Finding
        Rows of ``found`` with ``speed_kmh``, a null where there is a gap.
    """
    told = warehouse.query_file("fleet/overview/movement", truck_id=truck_id, **time._asdict())
    return moved(told.iloc[0], broken_at_gaps(found, "speed_kmh"), truck_id, time)


def moved(told: pd.Series, rows: pd.DataFrame, truck_id: str, time: Interval) -> Finding:
    """Say what the hours of a truck's movement are; see :func:`movement`."""
    if rows.empty:
        return Finding(f"{truck_id} sent no speed", rows)
    known, whole = told["known_hours"], time.length.total_seconds() / 3600
    if pd.isna(known):
        return Finding(f"How long {truck_id} moved is unknown: no two of its speeds follow", rows)
    text = f"{truck_id} was moving in {_hours(told['moving_hours'], whole)}"
    if told["moving_hours"] > 0:
        text += f", at a mean of {current().unit('speed').text(told['moving_speed_kmh'])}"
    if known < 0.98 * whole:
        text += f"; its speed is known of {_hours(known, whole)}"
    return Finding(text, rows)


def _hours(part: float, whole: float) -> str:
    if whole < 1 / 30:
        return f"{3600 * part:.0f} of {3600 * whole:.0f} s"
    if whole < 1:
        return f"{60 * part:.0f} of {60 * whole:.0f} min"
    return f"{part:.1f} of {whole:.1f} h"


def broken_at_gaps(found: pd.DataFrame, column: str) -> pd.DataFrame:
    """
    Return the rows that know a column, and one without it in each gap.

    A gap is longer than five times the usual time from one known value to the next.
    """
    rows = found.dropna(subset=[column])
    step = rows["slice_at"].diff()
    gaps = rows["slice_at"].shift(1)[step > GAP * step.median()] + step.median()
    if gaps.empty:
        return rows
    silent = pd.DataFrame({"slice_at": gaps})
    return made_from(pd.concat([rows, silent]).sort_values("slice_at", ignore_index=True), found)


def tank(found: pd.DataFrame, truck_id: str) -> Finding:
    """Say how a truck's tank stood; rows with ``fuel_percent``, a null where there is a gap."""
    rows = broken_at_gaps(found, "fuel_percent")
    levels = rows["fuel_percent"].dropna()
    if levels.empty:
        return Finding(f"{truck_id} sends no tank level", rows)
    low, high = f"{levels.min():.0f}", f"{levels.max():.0f}"
    if low == high:
        return Finding(f"The tank of {truck_id} was at {low} %", rows)
    return Finding(f"The tank of {truck_id} was between {low} % and {high} %", rows)


def engine(found: pd.DataFrame, truck_id: str) -> Finding:
    """
    Say how hot a truck's engine became, or how fast it turned if that is not known.

    Returns
    -------
    Finding
        Rows with ``engine_celsius``, or with ``engine_rpm`` alone; a null where there is a gap.
    """
    hot = broken_at_gaps(found, "engine_celsius")
    if not hot.empty:
        unit = current().unit("temperature")
        low, high = (unit.text(hot["engine_celsius"].agg(end)) for end in ("min", "max"))
        if low == high:
            return Finding(f"The engine of {truck_id} was at {low}", hot)
        return Finding(f"The engine of {truck_id} was between {low} and {high}", hot)
    rows = broken_at_gaps(found, "engine_rpm").drop(columns="engine_celsius")
    if rows.empty:
        return Finding(f"{truck_id} sends no engine data", rows)
    running = rows["engine_rpm"][rows["engine_rpm"] > 0]
    if running.empty:
        return Finding(f"The engine of {truck_id} did not run", rows)
    text = f"The engine of {truck_id} turned at a median of {running.median():,.0f}/min"
    return Finding(f"{text} while it ran", rows)
