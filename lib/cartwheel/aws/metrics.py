"""CloudWatch: what is told of the data's road, in the namespace ``Cartwheel``."""

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from botocore.exceptions import BotoCoreError, ClientError

from cartwheel.environment import Environment

NAMESPACE = "Cartwheel"
AT_ONCE = 1000  # figures that CloudWatch takes in one request


@dataclass(frozen=True)
class Figure:
    """A figure of now: ``of`` names what it is of, such as ``{"Table": "raw.click_events"}``."""

    name: str
    value: float
    unit: str
    of: Mapping[str, str] = field(default_factory=dict, hash=False)


def put(environment: Environment, figures: Sequence[Figure]) -> None:
    """Tell CloudWatch figures, to the second."""
    for first in range(0, len(figures), AT_ONCE):
        environment.client("cloudwatch").put_metric_data(
            Namespace=NAMESPACE,
            MetricData=[
                {
                    "MetricName": each.name,
                    "Value": each.value,
                    "Unit": each.unit,
                    "Dimensions": [{"Name": n, "Value": v} for n, v in each.of.items()],
                    "StorageResolution": 1,
                }
                for each in figures[first : first + AT_ONCE]
            ],
        )


@contextmanager
def told(environment: Environment, query: str) -> Iterator[None]:
    """
    Tell CloudWatch how long a query takes, and whether it fails.

    Who may not tell it, or cannot reach it, is warned; the query's own result stands.
    """
    began, failed = time.monotonic(), 1
    try:
        yield
        failed = 0
    finally:
        figures = [
            Figure("QuerySeconds", time.monotonic() - began, "Seconds", {"Query": query}),
            Figure("QueryFailures", failed, "Count"),
        ]
        try:
            put(environment, figures)
        except (BotoCoreError, ClientError) as error:
            print(f"Warning: CloudWatch was not told of {query!r}: {error}", file=sys.stderr)


def by_minute(
    environment: Environment, figure: str, of: Mapping[str, str], since: datetime, until: datetime
) -> dict[datetime, float]:
    """Return the sums of a figure by their minute; a minute without one is not told."""
    found = environment.client("cloudwatch").get_metric_statistics(
        Namespace=NAMESPACE,
        MetricName=figure,
        Dimensions=[{"Name": n, "Value": v} for n, v in of.items()],
        StartTime=since,
        EndTime=until,
        Period=60,
        Statistics=["Sum"],
    )
    return {point["Timestamp"]: point["Sum"] for point in found["Datapoints"]}
