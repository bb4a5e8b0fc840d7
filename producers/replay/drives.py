"""
DrivePlotR's nds_data: 28 drives at 1 Hz around Omaha, as truck telemetry.

Miles and mph become km and km/h. The odometer is the distance since the drive began.
There is no fuel, temperature, tyre or brake signal: these are null.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from cartwheel.errors import UsageError
from cartwheel.events import TELEMETRY, Engine, Gps, Telemetry, to_utc

from producers.message import Message, message
from producers.replay import table

KILOMETRES_PER_MILE = 1.609344
COLUMNS = (
    "drive", "time_utc", "gps_lat", "gps_long", "gps_elevation", "speed_mph", "speed_source",
    "engine_rpm", "cumulative_drive_dist_mi",
)  # fmt: skip


def read(path: Path) -> Iterator[Message]:
    """Yield a message per row; ``drive`` n is the truck ``drive-n``."""
    for line, cells in table.rows(path, COLUMNS):
        drive, time, lat, long, elevation, mph, source, rpm, miles = cells
        number = table.number(path, line, "drive", drive)
        if number is None:
            raise UsageError(f"{path}, line {line}, drive: must not be empty.")
        at = _instant(path, line, table.required(path, line, "time_utc", time))
        speed = _kilometres(table.number(path, line, "speed_mph", mph))
        event = Telemetry(
            event_id=f"drives:{line}",
            truck_id=f"drive-{int(number):02d}",
            timestamp=at,
            gps=Gps(
                latitude=table.number(path, line, "gps_lat", lat),
                longitude=table.number(path, line, "gps_long", long),
                altitude=table.number(path, line, "gps_elevation", elevation),
                speed=speed if source == "gps" else None,
            ),
            vehicle_speed=speed,
            engine=Engine(rpm=table.number(path, line, "engine_rpm", rpm)),
            odometer=_kilometres(table.number(path, line, "cumulative_drive_dist_mi", miles)),
        )
        yield message(TELEMETRY, event, at)


def _kilometres(miles: float | None) -> float | None:
    return None if miles is None else round(miles * KILOMETRES_PER_MILE, 6)


def _instant(path: Path, line: int, cell: str) -> datetime:
    try:
        return to_utc(datetime.fromisoformat(cell))
    except (ValueError, OverflowError):
        raise UsageError(f"{path}, line {line}, time_utc: {cell!r} is not a time.") from None
