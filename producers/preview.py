"""The simulated world as tables, to look at it before it is sent."""

from typing import Any, NamedTuple

import msgspec
import pandas as pd
from cartwheel.environment import Environment
from cartwheel.events import CLICK, TELEMETRY

from producers.sender import Account, Sender
from producers.simulation import Settings, simulate_messages


class World(NamedTuple):
    """Readings and clicks of a simulated world, in the order of their time."""

    readings: pd.DataFrame
    clicks: pd.DataFrame


def of(settings: Settings) -> World:
    """
    Return the world of some settings, without malformed records.

    Returns
    -------
    World
        ``readings`` with ``truck_id``, ``at``, ``speed_kmh``, ``odometer`` (km),
        ``fuel_percent``; ``clicks`` with ``session_id``, ``at``, ``event_type``,
        ``product_id``.
    """
    readings: list[dict[str, Any]] = []
    clicks: list[dict[str, Any]] = []
    for message in simulate_messages(msgspec.structs.replace(settings, malformed=0)):
        if message.stream == TELEMETRY.stream:
            event = msgspec.json.decode(message.data)
            readings.append(
                {
                    "truck_id": event["truck_id"],
                    "at": message.at,
                    "speed_kmh": event["vehicle_speed"],
                    "odometer": event["odometer"],
                    "fuel_percent": event["engine"]["fuel_level"],
                }
            )
        elif message.stream == CLICK.stream:
            event = msgspec.json.decode(message.data)
            fields = ("session_id", "event_type", "product_id")
            clicks.append({"at": message.at, **{field: event[field] for field in fields}})
    return World(_with_time(readings), _with_time(clicks))


def _with_time(rows: list[dict[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows)
    frame["at"] = pd.to_datetime(frame["at"], utc=True).dt.tz_localize(None)
    return frame


def violations(world: World) -> dict[str, int]:
    """Count what breaks the world's own rules: all zero, or the simulation is wrong."""
    readings = world.readings.sort_values(["truck_id", "at"])
    by_truck = readings.groupby("truck_id")
    step = by_truck[["odometer", "fuel_percent"]].diff()
    moved = step["odometer"] > 0.001
    order = {"view": 0, "click": 1, "add_to_cart": 2, "purchase": 3}
    clicks = world.clicks.assign(step=world.clicks["event_type"].map(order))
    before = clicks.groupby(["session_id", "product_id"])["step"]
    reached = before.cummax().groupby([clicks["session_id"], clicks["product_id"]]).shift(1)
    return {
        "the odometer falls": int((step["odometer"] < 0).sum()),
        "a truck moves and its tank does not fall": int((moved & (step["fuel_percent"] > 0)).sum()),
        "a step without the one before": int((clicks["step"] > reached.fillna(-1) + 1).sum()),
    }


def send(environment: Environment, settings: Settings) -> Account:
    """Send the world to the streams, as fast as possible."""
    return Sender(environment.client("kinesis"), progress=False).send(simulate_messages(settings))
