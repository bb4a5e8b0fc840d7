"""
What the functions tell CloudWatch of themselves, in the namespace ``Cartwheel``.

AWS/Lambda counts their invocations and errors by itself. A figure that cannot be told is
logged and fails no batch: the records are what counts.
"""

import functools
import logging
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


def measured(handle: Handler) -> Handler:
    """
    Let a function of a stream tell of each batch.

    ``IteratorAge``: how long its oldest record has waited, in seconds, told also of a batch that
    fails. ``RecordsDelivered``, and ``QuarantineRate``: 100 for each record that did not
    validate, 0 for each other, so that its average is the share in percent.
    """

    @functools.wraps(handle)
    def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
        if not event.get("Records"):
            return handle(event, context)  # rows of the warehouse, to fill a lookup with
        data = [_age(event)]
        try:
            told = handle(event, context)
            data += _records(told)
        finally:
            put(context.function_name, data)
        return told

    return handler


def _age(event: dict[str, Any]) -> dict[str, Any]:
    oldest = min(one["kinesis"]["approximateArrivalTimestamp"] for one in event["Records"])
    waited = max(0.0, time.time() - oldest)
    return {"MetricName": "IteratorAge", "Value": waited, "Unit": "Seconds"}


def _records(told: dict[str, int]) -> list[dict[str, Any]]:
    bad = told.get(QUARANTINED, 0)
    good = sum(told.values()) - bad
    data: list[dict[str, Any]] = [
        {"MetricName": "RecordsDelivered", "Value": good, "Unit": "Count"}
    ]
    shares = {0: good, 100: bad}
    if QUARANTINED in told and any(shares.values()):
        of_each = {value: count for value, count in shares.items() if count}
        data.append(
            {
                "MetricName": "QuarantineRate",
                "Values": list(of_each),
                "Counts": list(of_each.values()),
                "Unit": "Percent",
            }
        )
    return data


def put(function: str, data: list[dict[str, Any]]) -> None:
    """Tell CloudWatch figures of a function, to the second."""
    dimensions = [{"Name": "FunctionName", "Value": function}]
    try:
        cloudwatch.put_metric_data(
            Namespace=NAMESPACE,
            MetricData=[each | {"Dimensions": dimensions, "StorageResolution": 1} for each in data],
        )
    except (BotoCoreError, ClientError) as error:
        log.warning("CloudWatch was not told of %s: %s", function, error)
