"""A small world for routes: streets are a grid, a kilometre takes a minute."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from cartwheel.fleet.routes.days import Rules, Task
from cartwheel.fleet.routes.travel import Travel

MORNING = datetime(2026, 3, 2, 7)
DEGREE_KM = 111.19492664455873


class Grid:
    """Travel times without noise, whatever the hour: a minute a kilometre of east and north."""

    widening = 0.0

    def seconds(self, x: Any) -> Any:
        return 60.0 * (x[:, 1] + x[:, 2])

    def kilometres(self, x: Any) -> Any:
        return x[:, 1] + x[:, 2]


def exact(*ratios: float) -> Travel:
    """Return travel times that come true, or so many times what is foreseen, a day each."""
    tried = pd.DataFrame(
        {"truck_id": "T1", "day": range(len(ratios) or 1), "foreseen": 1.0,
         "seconds": ratios or [1.0]}
    )  # fmt: skip
    return Travel(Grid(), tried)  # type: ignore[arg-type]


def orders(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Return orders: name, km east, km north, hours of the window or none, kilograms."""
    made = []
    for name, east, north, window, weight in rows:
        begin, end = (MORNING.replace(hour=0) + timedelta(hours=h) for h in window or (0, 0))
        made.append(
            {
                "order_id": name,
                "latitude": None if east is None else north / DEGREE_KM,
                "longitude": None if east is None else 10 + east / DEGREE_KM,
                "weight_kg": weight,
                "promised_from": begin if window else pd.NaT,
                "promised_until": end if window else pd.NaT,
            }
        )
    frame = pd.DataFrame(made)
    promised = dict.fromkeys(("promised_from", "promised_until"), "datetime64[us]")
    return frame.astype({"latitude": float, "longitude": float, **promised})


def task(
    given: pd.DataFrame, trucks: int = 1, capacity: float | None = None, service: float = 300,
    **more: Any,
) -> Task:  # fmt: skip
    """Return a depot's day from seven to seven; hand-overs take five minutes each."""
    fleet = pd.DataFrame(
        {"truck_id": [f"T{n + 1}" for n in range(trucks)], "capacity_kg": capacity}
    )
    rules = Rules(**{"break_minutes": 0.0, **more})
    home = MORNING + timedelta(hours=12)
    return Task("D1", 0.0, 10.0, MORNING, home, given, fleet, np.array([service]), rules)


def clock(times: "pd.Series[Any]") -> list[str]:
    """Return times as hours and minutes."""
    return [f"{each:%H:%M}" for each in times]
