"""
Events that are posted: taken apart, checked as on the stream, and put on it as they came.

What was sent again, because no answer came or only a part was taken, is the same events: they
carry their ids, and are counted once.
"""

import functools
import random
import time
from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config
from cartwheel.events import EventError, Kind, decode

from api.bodies import events_of
from api.callers import Caller
from api.problems import Problem
from api.requests import Request

# Of a stream: a record with its key, and a request.
RECORD_BYTES, REQUEST_BYTES = 1024 * 1024, 5 * 1024 * 1024
LONGEST_PAUSE = 1.0

kinesis = boto3.client("kinesis", config=Config(read_timeout=5, retries={"total_max_attempts": 2}))


def of(kind: Kind) -> Callable[[Request, Caller], dict[str, Any]]:
    """Return what takes the posts of a kind of event."""
    return functools.partial(post, kind)


def post(kind: Kind, request: Request, who: Caller) -> dict[str, Any]:
    """
    Put the events of a request on their stream.

    Returns
    -------
    dict
        ``taken``, how many; ``refused`` and ``set_aside``, a list each of the event's index,
        the field, its value as text and the rule.

    Raises
    ------
    Problem
        If the body cannot be read, if no event could be taken, or if the stream does not take
        them all in time.
    """
    good: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    aside: list[dict[str, Any]] = []
    for index, data in enumerate(events_of(kind, request)):
        try:
            event = decode(kind, data, request.received_at, f"event {index}")
            good.append(_record(kind, event, data, who))
        except EventError as error:
            refused.append(_told(index, error.field, error.got, error.rule))
        else:
            aside += [_told(index, s.field, s.value, s.rule) for s in event.set_aside or ()]
    if not good:
        detail = "No event could be taken; 'refused' says why."
        raise Problem(422, "Not valid", detail, taken=0, refused=refused)
    put(kind.stream, good, request.deadline)
    return {"taken": len(good), "refused": refused, "set_aside": aside}


def _told(index: int, field: str, value: str | None, rule: str) -> dict[str, Any]:
    """Tell what was wrong with an event; the value is null if nothing stood there."""
    return {"index": index, "field": field, "value": value, "rule": rule}


def _record(kind: Kind, event: Any, data: bytes, who: Caller) -> dict[str, Any]:
    if who.truck_id is not None and event.truck_id != who.truck_id:
        raise EventError("truck_id", event.truck_id, f"must be {who.truck_id}, this device's truck")
    key = str(getattr(event, kind.partition_key) or event.event_id)[:256]
    if len(data) + len(key.encode()) > RECORD_BYTES:
        raise EventError("record", f"{len(data)} bytes", "must be at most 1 MiB")
    return {"Data": data, "PartitionKey": key}


def put(stream: str, records: list[dict[str, Any]], deadline: float) -> None:
    """
    Put records on a stream, again those that it did not take.

    Raises
    ------
    Problem
        If some are left at the deadline: the request may be sent again as it is.
    """
    left, longest = records, 0.05
    while left:
        batch = _as_many_as_fit(left)
        answer = kinesis.put_records(StreamName=stream, Records=batch)
        failed = [
            record
            for record, result in zip(batch, answer["Records"], strict=True)
            if "ErrorCode" in result
        ]
        left = failed + left[len(batch) :]
        if failed:
            pause = random.uniform(0, longest)
            if time.monotonic() + pause > deadline:
                raise Problem(
                    503,
                    "The stream is busy",
                    f"{len(records) - len(left)} of {len(records)} events were taken. Send all of "
                    "them again: what was taken is counted once.",
                )
            time.sleep(pause)
            longest = min(LONGEST_PAUSE, 2 * longest)


def _as_many_as_fit(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    size = 0
    for count, record in enumerate(records):
        size += len(record["Data"]) + len(record["PartitionKey"].encode())
        if size > REQUEST_BYTES:
            return records[:count]
    return records
