"""How long an event takes at 200 events a second: to the live counts, to the warehouse."""

import threading
import time
from datetime import UTC, datetime

import numpy as np
from cartwheel.environment import Environment
from cartwheel.events import CLICK, TELEMETRY, Click, Telemetry

from benchmarks.common import Measured, fresh
from producers.message import Message, message
from producers.sender import Sender

EVENTS_PER_SECOND = 200
SECONDS = 40
RUNS = 3


def measure() -> list[Measured]:
    """Report the 95th percentile of each run."""
    clicks, rows = [], []
    for _ in range(RUNS):
        with fresh() as environment:
            click, row = _run(environment)
        clicks.append(click)
        rows.append(row)
    return [
        Measured("A click in DynamoDB at 200 events/s, p95", "within 2 s", "s", clicks),
        Measured("A reading in the warehouse at 200 events/s, p95", "within 5 s", "s", rows),
    ]


def _messages() -> list[Message]:
    made = []
    start = datetime.now(UTC)
    for number in range(EVENTS_PER_SECOND * SECONDS):
        at = datetime.fromtimestamp(start.timestamp() + number / EVENTS_PER_SECOND, UTC)
        if number % 2:
            event = Click(
                event_id=f"e{number}", session_id="s", event_type="view", timestamp=start,
                product_id=f"p{number}",
            )  # fmt: skip
            made.append(message(CLICK, event, at))
        else:
            reading = Telemetry(event_id=f"e{number}", truck_id="T", timestamp=start)
            made.append(message(TELEMETRY, reading, at))
    return made


def _run(environment: Environment) -> tuple[float, float]:
    sent: dict[str, float] = {}
    messages = _messages()
    began = time.time()
    for number, made in enumerate(messages):
        sent[f"{'p' if number % 2 else 'e'}{number}"] = began + made.at - messages[0].at
    sender = Sender(environment.client("kinesis"), speed=1.0, progress=False)
    landed: dict[str, float] = {}
    counted: dict[str, float] = {}
    stop = threading.Event()
    watcher = threading.Thread(target=_watch, args=(environment, landed, counted, stop))
    watcher.start()
    sender.send(messages)
    time.sleep(15)
    stop.set()
    watcher.join()
    readings = [k for k in sent if k.startswith("e")]
    clicks = [k for k in sent if k.startswith("p")]
    missing = [k for k in readings if k not in landed] + [k for k in clicks if k not in counted]
    if missing:
        raise RuntimeError(f"{len(missing)} events did not arrive within 15 s after the last")
    return (
        float(np.percentile([counted[k] - sent[k] for k in clicks], 95)),
        float(np.percentile([landed[k] - sent[k] for k in readings], 95)),
    )


def _watch(
    environment: Environment,
    landed: dict[str, float],
    counted: dict[str, float],
    stop: threading.Event,
) -> None:
    """Note when each event is first seen; looking itself costs some of the time measured."""
    while not stop.is_set():
        for (event_id,) in environment.warehouse.execute(
            "select event_id from raw.truck_telemetry"
        ):
            landed.setdefault(str(event_id), time.time())
        pages = environment.client("dynamodb").get_paginator("scan")
        for page in pages.paginate(TableName="ClickStreamData"):
            now = time.time()
            for item in page["Items"]:
                counted.setdefault(item["Item_ID"]["S"], now)
        time.sleep(0.2)
