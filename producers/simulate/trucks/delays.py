"""Why a delivery came late: what happened before, or what the day took from its truck."""

import numpy as np
from numpy.typing import NDArray

from producers.simulate.ground.dtypes import Records
from producers.simulate.trucks.order_book import Reason

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ON_TIME, PLANNED_LATE = "", "planned_late"
OF_THE_DAY = ("congestion", "rain", "lights", "service", "break")


def causes(
    visits: Records, until: Floats, planned_leaving: Floats, reason: Ints, service: float
) -> NDArray[np.str_]:
    """
    Return why each stop of a route was late, empty for who was not.

    An order that comes after its day has the cause of its last failure. One that was planned
    too late is ``planned_late``. Otherwise the largest of what the truck lost up to there counts:
    seconds behind free-flowing traffic, to rain, at lights, to services longer than planned, to
    breaks.

    Parameters
    ----------
    visits
        As the drive logged them, a record of ``VISIT`` a stop.
    until, planned_leaving
        End of the promised window and planned departure, seconds of the day; a window of an
        earlier day ends below 0.
    reason
        Why an earlier attempt failed, -1 without.
    service
        Planned seconds a stop.
    """
    overrun = np.cumsum(visits["service_seconds"] - service)
    lost = np.stack(
        [
            visits["lost_congestion"],
            visits["lost_rain"],
            visits["lost_lights"],
            overrun,
            np.cumsum(visits["break_seconds"]),
        ],
        axis=1,
    )
    cause: NDArray[np.str_] = np.array(OF_THE_DAY, dtype="<U20")[np.argmax(lost, axis=1)]
    cause[planned_leaving > until] = PLANNED_LATE
    before = (until < 0) & (reason >= 0)
    cause[before] = np.array(Reason.words())[reason[before]]
    cause[visits["left"] <= until] = ON_TIME
    return cause
