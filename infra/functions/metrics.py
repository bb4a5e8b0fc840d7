"""
What the functions tell CloudWatch of themselves, in the namespace ``Cartwheel``.

AWS/Lambda counts their invocations and errors by itself. A figure that cannot be told is
logged and fails no batch: the records are what counts.
"""

import functools
import logging
import os
import time
from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

NAMESPACE = "Cartwheel"
QUARANTINED = "quarantined"

# One try of two seconds: a batch does not wait for its figures.
cloudwatch = boto3.client(
    "cloudwatch",
    config=Config(connect_timeout=2, read_timeout=2, retries={"total_max_attempts": 1}),
)
log = logging.getLogger()
Handler = Callable[[dict[str, Any], Any], dict[str, int]]
Figure = dict[str, Any]


class _Kept:
    """Figures of batches that went well: told some at a time, since each request has its price."""

    def __init__(self) -> None:
        self.figures: list[Figure] = []
        self.told_at = 0.0


_kept = _Kept()


def measured(handle: Handler) -> Handler:
    """
    Let a function of a stream tell of each batch.

    ``IteratorAge``: how long its oldest record has waited, in seconds, told also of a batch that
    fails. ``RecordsDelivered``, and ``QuarantineRate``: 100 for each record that did not
    validate, 0 for each other, so that its average is the share in percent.

    A batch that fails, or has records for the quarantine, is told at once. Others are told with
    the next batch after METRIC_SECONDS; those of the last seconds before a stream falls silent
    are told when it speaks again.
    """

    @functools.wraps(handle)
    def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
        if not event.get("Records"):
            return handle(event, context)  # rows of the warehouse, to fill a lookup with
        figures, is_urgent = [_age(event)], True
        try:
            told = handle(event, context)
            figures += _records(told)
            is_urgent = told.get(QUARANTINED, 0) > 0
        finally:
            _tell(context.function_name, figures, is_urgent)
        return told

    return handler


def _age(event: dict[str, Any]) -> Figure:
    oldest = min(one["kinesis"]["approximateArrivalTimestamp"] for one in event["Records"])
    waited = max(0.0, time.time() - oldest)
    return {"MetricName": "IteratorAge", "Value": waited, "Unit": "Seconds"}


def _records(told: dict[str, int]) -> list[Figure]:
    bad = told.get(QUARANTINED, 0)
    good = sum(told.values()) - bad
    figures: list[Figure] = [{"MetricName": "RecordsDelivered", "Value": good, "Unit": "Count"}]
    of_each = {value: count for value, count in ((0, good), (100, bad)) if count}
    if QUARANTINED in told and of_each:
        figures.append(
            {
                "MetricName": "QuarantineRate",
                "Values": list(of_each),
                "Counts": list(of_each.values()),
                "Unit": "Percent",
            }
        )
    return figures


def _tell(function: str, figures: list[Figure], is_urgent: bool) -> None:
    now = time.time()
    _kept.figures += [each | {"Timestamp": now} for each in figures]
    if is_urgent or now - _kept.told_at >= float(os.environ["METRIC_SECONDS"]):
        put(function, _kept.figures)
        _kept.figures, _kept.told_at = [], now


def put(function: str, figures: list[Figure]) -> None:
    """Tell CloudWatch figures of a function, to the second."""
    dimensions = [{"Name": "FunctionName", "Value": function}]
    try:
        cloudwatch.put_metric_data(
            Namespace=NAMESPACE,
            MetricData=[
                each | {"Dimensions": dimensions, "StorageResolution": 1} for each in figures
            ],
        )
    except (BotoCoreError, ClientError) as error:
        log.warning("CloudWatch was not told of %s: %s", function, error)
