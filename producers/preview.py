"""The simulated world as tables, to look at it before it is sent."""

from dataclasses import dataclass, replace
from datetime import timedelta, timezone

import msgspec
import pandas as pd
from cartwheel.display import Display, of_environment
from cartwheel.environment import Environment
from cartwheel.events import CLICK, TELEMETRY

from producers import simulate
from producers.prefetch import prefetch
from producers.sender import Account, Sender
from producers.simulate import Settings
from producers.simulate.truth.store import TruthTables

_LITRES, _KILOMETRES = 1e-6, 1e-6  # what rounding may leave
_LATENCY_SECONDS = 2.0


@dataclass(frozen=True)
class World:
    """
    A simulated world as it is sent, and as it is.

    Attributes
    ----------
    readings
        ``truck_id``, ``at`` (UTC), ``speed_kmh``, ``fuel_percent``, ``temperature`` (°C),
        ``odometer`` (km), in the order of their sending.
    clicks
        ``session_id``, ``at``, ``event_type``, ``product_id``, ``order_id``; without visits
        that the end of the world cut short.
    truth
        The tables of the truth by name.
    start
        Midnight of the first day where the depots lie, in UTC.
    """

    readings: pd.DataFrame
    clicks: pd.DataFrame
    truth: dict[str, pd.DataFrame]
    start: pd.Timestamp

    @property
    def stops(self) -> pd.DataFrame:
        """Stops of the routes; ``late_seconds`` and ``cause`` say how each order arrived."""
        none = pd.DataFrame({"late_seconds": [], "cause": []})
        return self.truth.get("stops", none)


def of(settings: Settings) -> World:
    """Return the world of some settings, without malformed records."""
    sound = msgspec.structs.replace(settings.imperfection, malformed=0.0)
    settings = msgspec.structs.replace(settings, imperfection=sound)
    told = TruthTables()
    readings: list[tuple[object, ...]] = []
    clicks: list[tuple[object, ...]] = []
    for message in simulate.messages(settings, told):
        if message.stream not in (TELEMETRY.stream, CLICK.stream):
            continue
        event = msgspec.json.decode(message.data)
        if message.stream == TELEMETRY.stream:
            engine, at = event["engine"], event["timestamp"]
            level, heat = engine["fuel_level"], engine["temperature"]
            speed, odometer = event["vehicle_speed"], event["odometer"]
            readings.append((event["truck_id"], at, speed, level, heat, odometer))
        else:
            fields = ("session_id", "timestamp", "event_type", "product_id", "order_id")
            clicks.append(tuple(event[field] for field in fields))
    truth = told.tables()
    ended = pd.Timestamp(settings.ends).tz_localize(None)
    on_the_way = pd.Timedelta(seconds=sound.reorder_seconds + _LATENCY_SECONDS)
    steps = _frame(clicks, "session_id", "at", "event_type", "product_id", "order_id")
    cut = steps.loc[steps["at"] >= ended - on_the_way, "session_id"]
    return World(
        _frame(readings, "truck_id", "at", "speed_kmh", "fuel_percent", "temperature", "odometer"),
        steps[~steps["session_id"].isin(cut)],
        truth,
        pd.Timestamp(settings.local_midnight).tz_localize(None),
    )


def _frame(rows: list[tuple[object, ...]], *columns: str) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(columns))
    frame["at"] = pd.to_datetime(frame["at"], utc=True, format="ISO8601").dt.tz_localize(None)
    return frame


def violations(made: World) -> dict[str, int]:
    """Count what breaks the world's own rules: all zero, or the simulation is wrong."""
    days, demand = made.truth["truck_days"], made.truth["demand"]
    gone = days["litres_burnt"] + days["litres_stolen"] + days["litres_leaked"]
    left = days["litres_start"] + days["litres_refuelled"] - gone
    driven = days["odometer_end"] - days["odometer_start"] - days["kilometres"]
    before = days.sort_values("day").groupby("truck_id")["litres_end"].shift(1)
    overnight = (days["litres_start"] - before).fillna(0.0)
    closing = _closing(made)
    return {
        "litres that came from nowhere": int(
            ((left - days["litres_end"]).abs() > _LITRES).sum() + (overnight.abs() > _LITRES).sum()
        ),
        "an odometer that is not the distance": int((driven.abs() > _KILOMETRES).sum()),
        "an order closed twice, or never made": int(closing["order_id"].duplicated().sum())
        + int((~closing["order_id"].isin(made.truth["orders"]["order_id"])).sum()),
        "a step without the one before": _early_steps(made.clicks),
        "stock below zero": int((demand["stock"] < 0).sum()),
    }


def _early_steps(clicks: pd.DataFrame) -> int:
    order = {"view": 0, "click": 1, "add_to_cart": 2, "purchase": 3}
    clicks = clicks.sort_values("at", kind="stable")
    clicks = clicks.assign(step=clicks["event_type"].map(order))
    keys = [clicks["session_id"], clicks["product_id"]]
    reached = clicks.groupby(keys)["step"].cummax().groupby(keys).shift(1)
    return int((clicks["step"] > reached.fillna(-1) + 1).sum())


def _closing(made: World) -> pd.DataFrame:
    """Return the steps that close an order."""
    columns = ["order_id", "status", "at"]
    steps = made.truth.get("order_steps", pd.DataFrame(columns=columns))
    return steps[steps["status"].isin(["delivered", "cancelled"])]


def litres(made: World) -> dict[str, float]:
    """Return the fuel's account of all trucks: at the start, refuelled, burnt, lost, left."""
    days = made.truth["truck_days"]
    first, last = days["day"] == days["day"].min(), days["day"] == days["day"].max()
    return {
        "start": float(days.loc[first, "litres_start"].sum()),
        "refuelled": float(days["litres_refuelled"].sum()),
        "burnt": float(days["litres_burnt"].sum()),
        "lost": float((days["litres_stolen"] + days["litres_leaked"]).sum()),
        "left": float(days.loc[last, "litres_end"].sum()),
    }


def orders(made: World) -> dict[str, int]:
    """Return the orders' account: bought, delivered, cancelled, on their way."""
    bought = made.truth["orders"]["order_id"]
    closing = _closing(made)
    closed = closing["status"].value_counts()
    return {
        "bought": len(bought),
        "delivered": int(closed.get("delivered", 0)),
        "cancelled": int(closed.get("cancelled", 0)),
        "on their way": int((~bought.isin(closing["order_id"])).sum()),
    }


def shown(settings: Settings) -> Display:
    """Return how a world is shown: on the clock of its own depots, which knows no summer time."""
    offset = timedelta(hours=settings.logistics.utc_offset_hours)
    return replace(of_environment("local"), zone=timezone(offset))


def send(environment: Environment, settings: Settings) -> Account:
    """Send the world to the streams, as fast as possible."""
    whole = prefetch(simulate.messages(settings))
    return Sender(environment.client("kinesis"), progress=False).send(whole)


def midnight(made: World, day: int) -> pd.Timestamp:
    """Return when a day of the world begins where the depots lie, in UTC."""
    return made.start + pd.Timedelta(days=day)


def busiest(made: World) -> list[str]:
    """Return the trucks, the one that drove most first."""
    driven = made.truth["truck_days"].groupby("truck_id")["kilometres"].sum()
    return [str(truck) for truck in driven.sort_values(ascending=False, kind="stable").index]


def busiest_day(made: World) -> int:
    """Return the day on which the truck that drove most drove most."""
    days = made.truth["truck_days"]
    of_one = days[days["truck_id"] == busiest(made)[0]]
    return int(of_one.loc[of_one["kilometres"].idxmax(), "day"])
