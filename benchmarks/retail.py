"""The complete Online Retail set, with one forced retry, to its exact control totals."""

import os
import threading
import time
from pathlib import Path
from typing import Any

from cartwheel.delivery import reconciliation
from cartwheel.environment import Environment
from cartwheel.events import ORDER_LINE

from benchmarks.common import Measured, fresh, resident_bytes
from producers.replay import inputs
from producers.replay.mapping import load
from producers.replay.translate import messages
from producers.sender import Sender

LINES = 541_909
# Of the lines, counted once by event_id; the quantities and amounts are exact decimals.
TOTALS = ("5176450", "9747747.934", "25900", "4070", "4372", "38")
QUERY = """
select
    sum(quantity), sum(quantity * unit_price), count(distinct invoice_no),
    count(distinct stock_code), count(distinct customer_id), count(distinct country)
from core.order_lines
"""


class Stuttering:
    """A Kinesis client whose twentieth answer is lost, so that its batch is sent again."""

    def __init__(self, client: Any) -> None:
        self._client, self._calls = client, 0

    def put_records(self, **arguments: Any) -> Any:
        """Put records; once, answer as if none of them had been taken."""
        self._calls += 1
        answer = self._client.put_records(**arguments)
        if self._calls != 20:
            return answer
        failed = [{"ErrorCode": "InternalFailure"} for _ in answer["Records"]]
        return {"FailedRecordCount": len(failed), "Records": failed}


def measure() -> list[Measured]:
    """Replay the whole file once; without the file there is nothing to measure."""
    folder = os.environ.get("CARTWHEEL_DATA")
    if folder is None:
        print("online-retail: not measured; CARTWHEEL_DATA names no folder with the file.")
        return []
    with fresh() as environment:
        seconds, peak = _replay(environment, Path(folder))
    return [
        Measured("Replay of all 541,909 order lines into RAW", "below 5 min", "s", [seconds]),
        Measured("Its memory, all processes together", "below 6 GiB", "GiB", [peak / 2**30]),
    ]


def _replay(environment: Environment, folder: Path) -> tuple[float, float]:
    mapping = load("online-retail")
    paths = inputs.found(mapping, [folder])
    peaks = [0]
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(0.5):
            peaks.append(resident_bytes())

    watcher = threading.Thread(target=watch)
    watcher.start()
    began = time.perf_counter()
    client = Stuttering(environment.client("kinesis"))
    account = Sender(client, progress=False).send(messages(paths, mapping, None))
    sent = {ORDER_LINE.stream: account.sent[ORDER_LINE.stream] + account.retried}
    entries = reconciliation.wait_until_balanced(environment, sent, 600)
    seconds = time.perf_counter() - began
    stop.set()
    watcher.join()
    _check(environment, entries)
    return seconds, max(peaks)


def _check(environment: Environment, entries: list[reconciliation.Entry]) -> None:
    (entry,) = [e for e in entries if e.stream == ORDER_LINE.stream]
    if not entry.balanced or entry.landed.events != LINES or entry.landed.records != LINES + 500:
        raise RuntimeError(f"the lines do not add up: {entry}")
    check_totals(environment)
    print(f"online-retail: {LINES:,} lines counted once of {entry.sent:,} records; totals exact.")


def check_totals(environment: Environment) -> None:
    """See that CORE has the control totals of the whole set."""
    (row,) = environment.warehouse.execute(QUERY)
    found = tuple(
        f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else str(value) for value in row
    )
    if found != TOTALS:
        raise RuntimeError(f"the control totals are {found} instead of {TOTALS}")
