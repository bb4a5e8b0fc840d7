"""CloudWatch: which alarms there are, and how they stand."""

from dataclasses import dataclass
from datetime import datetime

from cartwheel.environment import Environment

PREFIX = "cartwheel-"
ON, CLEAR, UNKNOWN = "ALARM", "OK", "INSUFFICIENT_DATA"


@dataclass(frozen=True)
class Alarm:
    """An alarm: its state since when and why, and the topics that are told."""

    name: str
    state: str
    since: datetime
    reason: str
    about: str
    topics: tuple[str, ...]


def alarms(environment: Environment) -> list[Alarm]:
    """Return the alarms that a deployment made, by name."""
    pages = environment.client("cloudwatch").get_paginator("describe_alarms")
    return [
        Alarm(
            each["AlarmName"],
            each["StateValue"],
            each["StateUpdatedTimestamp"],
            each["StateReason"],
            each["AlarmDescription"],
            tuple(each["AlarmActions"]),
        )
        for page in pages.paginate(AlarmNamePrefix=PREFIX)
        for each in sorted(page["MetricAlarms"], key=lambda one: str(one["AlarmName"]))
    ]
