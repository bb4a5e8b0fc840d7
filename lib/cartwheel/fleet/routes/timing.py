"""How a day's routes go: drawn many times, with drives and hand-overs as they really vary."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cartwheel.display import current
from cartwheel.fleet.routes.days import Costs, Task
from cartwheel.fleet.routes.travel import Travel

Floats = NDArray[np.float64]

DRAWS = 200
_STEP = 1800.0  # seconds between the departures at which a way's time is looked up
_SEED = 0
STOPS = [
    "truck_id", "sequence", "order_id", "latitude", "longitude", "promised_from", "promised_until",
    "arrives_at", "leaves_at", "punctual_at", "late",
]  # fmt: skip


@dataclass(frozen=True)
class Timed:
    """
    How routes go.

    Attributes
    ----------
    stops
        Rows, in the sequence of the routes: ``truck_id``, ``sequence``, ``order_id``, ``latitude``,
        ``longitude``, ``promised_from``, ``promised_until``, ``arrives_at`` and ``leaves_at``
        (UTC, medians), ``punctual_at`` (when it is over with the probability of the rules),
        ``late`` (probability to be over after the promise).
    trucks
        Rows: ``truck_id``, ``count_stops``, ``kilometres``, ``hours`` (mean).
    late, hours
        Stops over after the promise, hours of all trucks, in each draw.
    """

    stops: pd.DataFrame
    trucks: pd.DataFrame
    late: Floats
    hours: Floats

    @property
    def kilometres(self) -> float:
        """Of all trucks."""
        return float(self.trucks["kilometres"].sum())

    def money(self, costs: Costs) -> Floats:
        """Return what the day costs in each draw."""
        fixed = len(self.trucks) * costs.truck_day + self.kilometres * costs.kilometre
        found: Floats = fixed + self.hours * costs.driver_hour + self.late * costs.late_stop
        return found


def timed(routes: dict[str, list[int]], task: Task, travel: Travel) -> Timed:
    """
    Return how routes go.

    Parameters
    ----------
    routes
        The places among the task's orders of each truck, in their sequence.
    """
    rng, windows = np.random.default_rng(_SEED), task.windows()
    driven = {truck: route for truck, route in routes.items() if route}
    late, hours = np.zeros(DRAWS), np.zeros(DRAWS)
    stops, trucks = [task.orders.iloc[:0]], []
    for truck, route in driven.items():
        ways, kilometres = _ways(route, task, travel)
        arrives, leaves, ends = _drawn(ways, windows[route], task, travel, rng)
        is_late = leaves > windows[route, 1]
        late += is_late.sum(axis=1)
        hours += ends / 3600
        trucks.append((truck, len(route), kilometres, float(ends.mean()) / 3600))
        stops.append(
            task.orders.iloc[route].assign(
                truck_id=truck, sequence=np.arange(1, len(route) + 1),
                arrives_at=_instants(task, arrives, 0.5), leaves_at=_instants(task, leaves, 0.5),
                punctual_at=_instants(task, leaves, task.rules.punctual),
                late=is_late.mean(axis=0),
            )
        )  # fmt: skip
    names = ["truck_id", "count_stops", "kilometres", "hours"]
    return Timed(
        pd.concat(stops).reindex(columns=STOPS).reset_index(drop=True),
        pd.DataFrame(trucks, columns=names), late, hours,
    )  # fmt: skip


def _instants(task: Task, seconds: Floats, share: float) -> "pd.DatetimeIndex":
    at = np.quantile(seconds, share, axis=0).round()
    return pd.DatetimeIndex(pd.Timestamp(task.departs) + pd.to_timedelta(at, unit="s"))


def clock_of(task: Task, seconds: Floats) -> Floats:
    """Return the hour of the environment's clock so many seconds after the departure."""
    departs = current().clock(task.departs)
    found: Floats = departs.hour + departs.minute / 60 + departs.second / 3600 + seconds / 3600
    return found


def _ways(route: list[int], task: Task, travel: Travel) -> tuple[Floats, float]:
    """Return the time of each way of a route by departure, shape (ways, steps), and all km."""
    place = task.orders.iloc[route][["latitude", "longitude"]].to_numpy(float)
    home = np.array([[task.latitude, task.longitude]])
    points = np.concatenate([home, place, home])
    at = np.arange(0.0, 24 * 3600 + 1, _STEP)
    begin, end = points[:-1, :, None], points[1:, :, None]
    seconds, kilometres = travel.between(
        (begin[:, 0], begin[:, 1]), (end[:, 0], end[:, 1]), clock_of(task, at)[None]
    )
    return seconds, float(kilometres[:, 0].sum())


def _drawn(
    ways: Floats, windows: Floats, task: Task, travel: Travel, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats]:
    """Return when stops are reached and left, shape (draws, stops), and when a truck is home."""
    count, rules = len(windows), task.rules
    t, rested = np.zeros(DRAWS), np.full(DRAWS, rules.break_minutes == 0)
    ratios = travel.ratios(DRAWS, count + 1, rng)
    service = rng.choice(task.service, (DRAWS, count))
    arrives, leaves = np.empty((DRAWS, count)), np.empty((DRAWS, count))
    for stop in range(count + 1):
        rests = ~rested & (t > rules.break_after_hours * 3600) & (stop < count)
        t, rested = t + rests * rules.break_minutes * 60, rested | rests
        at = np.clip(t / _STEP, 0, ways.shape[1] - 1.001)
        low = at.astype(int)
        way = ways[stop, low] * (1 - (at - low)) + ways[stop, low + 1] * (at - low)
        t = t + way * ratios[:, stop]
        if stop < count:
            arrives[:, stop] = t
            t = np.maximum(t, windows[stop, 0]) + service[:, stop]
            leaves[:, stop] = t
    return arrives, leaves, t
