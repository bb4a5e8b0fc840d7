"""
The embedded CloudWatch's alarms, evaluated by CloudWatch's rules.

As shipped, MiniStack looks at an alarm when a figure is put, mixes the figures of all dimensions,
knows no missing data and never ends an alarm by it. Here every alarm is looked at every few
seconds, by the rules of
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html.
Metric math, anomalies and composite alarms are left out: no template has one.
"""

import asyncio
import logging
import operator
import time
from collections.abc import Callable, Sequence
from typing import Any

LOOK_SECONDS = 5.0
# So many periods more than it evaluates are looked at, in case that some are missing.
FURTHER_PERIODS = 2
INSUFFICIENT, ALARM, OK = "INSUFFICIENT_DATA", "ALARM", "OK"
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
log = logging.getLogger("alarms")


def state(
    breaching: Sequence[bool | None], periods: int, to_alarm: int, missing: str, before: str
) -> str:
    """
    Return the state of an alarm.

    Parameters
    ----------
    breaching
        Of each period of the evaluation range, the oldest first: whether its figure breaches
        the threshold; None if there is none.
    periods, to_alarm
        ``EvaluationPeriods`` and ``DatapointsToAlarm``.
    missing
        ``TreatMissingData``: ``breaching``, ``notBreaching``, ``ignore`` or ``missing``.
    before
        The state until now.
    """
    real = [each for each in breaching if each is not None]
    if len(real) >= periods:
        return ALARM if sum(real[-periods:]) >= to_alarm else OK
    filled = periods - len(real) if missing == "breaching" else 0
    if sum(real) + filled >= to_alarm:
        return ALARM
    if missing in ("breaching", "notBreaching") or not all(real):
        return OK
    if not real:
        return INSUFFICIENT if missing == "missing" else before
    # All that there is breaches, but it is too little: it must be old enough not to be premature.
    age = len(breaching) - next(i for i, each in enumerate(breaching) if each is not None)
    return ALARM if missing == "missing" and age >= to_alarm else before


def folded(points: list[dict[str, Any]], cloudwatch: Any, before: float) -> list[dict[str, Any]]:
    """
    Return the points of a figure with those before a moment as one a minute.

    CloudWatch does so with what is older than three hours: its statistics stay what they were.
    """
    minutes: dict[tuple[float, str], list[dict[str, Any]]] = {}
    late: list[dict[str, Any]] = []
    for point in points:
        if point["Timestamp"] < before:
            minute = 60 * (point["Timestamp"] // 60)
            minutes.setdefault((minute, point["Unit"]), []).append(point)
        else:
            late.append(point)
    old = [
        these[0]
        if len(these) == 1
        else these[0] | {"Timestamp": minute, "_stat": cloudwatch._calc_stats(these)}
        for (minute, _), these in sorted(minutes.items())
    ]
    return old + late


class Alarms:
    """
    Looks at the alarms of a MiniStack.

    Parameters
    ----------
    cloudwatch
        MiniStack's ``cloudwatch`` module.
    """

    def __init__(self, cloudwatch: Any) -> None:
        self._cloudwatch = cloudwatch

    def patch(self) -> None:
        """Let no figure that is put decide on an alarm, nor look through all that were put."""
        self._cloudwatch._evaluate_alarm = lambda alarm: None
        self._cloudwatch._evaluate_all_alarms = lambda: None
        # Saving the state lets go of the oldest.
        self._cloudwatch._evict_old_metrics = lambda: None

    async def keep(self) -> None:
        """Look at every alarm every few seconds, for ever."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            self.look(time.time())

    def look(self, now: float) -> None:
        """Look at every alarm once; one that changes tells its topics."""
        from ministack.core import responses

        for account, region, name in list(self._cloudwatch._alarms._data):
            responses._request_account_id.set(account)
            responses._request_region.set(region)
            try:
                self._look(self._cloudwatch._alarms[name], now)
            except Exception:  # of MiniStack's own: the other alarms are looked at all the same
                log.exception("the alarm %s could not be looked at", name)

    def _look(self, alarm: dict[str, Any], now: float) -> None:
        compare, threshold = COMPARISONS.get(alarm["ComparisonOperator"]), alarm["Threshold"]
        if compare is None or not alarm["MetricName"]:
            return  # of metric math or an anomaly: it keeps its state
        figures, periods = self._figures(alarm, now), alarm["EvaluationPeriods"]
        after = state(
            [None if each is None else compare(each, threshold) for each in figures],
            periods,
            alarm.get("DatapointsToAlarm", periods),
            alarm["TreatMissingData"],
            alarm["StateValue"],
        )
        if after == alarm["StateValue"]:
            return
        told = ", ".join("none" if each is None else f"{each:g}" for each in figures)
        reason = (
            f"{alarm['MetricName']}, {_statistic(alarm)} of {alarm['Period']} s, was {told}; "
            f"the threshold is {threshold:g} ({alarm['ComparisonOperator']})."
        )
        asked = {"AlarmName": alarm["AlarmName"], "StateValue": after, "StateReason": reason}
        self._cloudwatch._set_alarm_state({}, asked, is_cbor=False, is_json=True)

    def _figures(self, alarm: dict[str, Any], now: float) -> list[float | None]:
        """Return the figure of each whole period of the evaluation range, the oldest first."""
        cloudwatch, period = self._cloudwatch, alarm["Period"]
        dimensions = {one["Name"]: one["Value"] for one in alarm["Dimensions"]}
        key = (alarm["Namespace"], alarm["MetricName"], cloudwatch._dims_key(dimensions))
        count = alarm["EvaluationPeriods"] + FURTHER_PERIODS
        last = int(now // period)
        points: dict[int, list[Any]] = {place: [] for place in range(last - count, last)}
        for point in cloudwatch._metrics.get(key) or []:
            place = int(point["Timestamp"] // period)
            if place in points:
                points[place].append(point)
        return [
            cloudwatch._stat_value(cloudwatch._calc_stats(each), _statistic(alarm), each)
            if each
            else None
            for each in points.values()
        ]


def _statistic(alarm: dict[str, Any]) -> str:
    """Return an alarm's statistic: a percentile, or one of the others."""
    return str(alarm.get("ExtendedStatistic") or alarm["Statistic"])
