"""The HTTP API: all order lines of a real shop posted to it, and lookups at 50 a second."""

import gzip
import json
import statistics
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

from cartwheel.aws.api import Api, users
from cartwheel.delivery import reconciliation
from cartwheel.deploy.api import api_of
from cartwheel.events import ORDER_LINE

from benchmarks.common import DATA, Measured, fresh
from benchmarks.retail import LINES, check_totals

FILE = DATA / "online_retail" / "online_retail.csv.gz"
POST_LINES, AT_ONCE = 500, 4
A_SECOND, SECONDS, AHEAD = 50, 20, 500
WORD = "Twelve345678"


def measure() -> list[Measured]:
    """Post the file, check its control totals, look up; without the file only look up."""
    with fresh() as environment:
        api = api_of(environment)
        token = _token(api)
        found = []
        if FILE.exists():
            found.append(_posted(api, token))
        found.append(_looked_up(api, token))
    return found


def _token(api: Api) -> str:
    temporary = users.password()
    users.add(api, users.Person("bench", "engineer"), temporary)
    return users.sign_in(api, "bench", temporary, lambda: WORD)


def _asked(api: Api, token: str, path: str, body: bytes | None = None) -> Any:
    headers = {"authorization": f"Bearer {token}", "content-type": "text/csv"}
    request = urllib.request.Request(api.url + path, body, headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def _blocks() -> Iterator[tuple[int, bytes]]:
    """Give the file in blocks of rows, each with its head; no cell of it holds a line's end."""
    with gzip.open(FILE, "rb") as file:
        head, offset = next(file), 0
        while rows := list(islice(file, POST_LINES)):
            yield offset, head + b"".join(rows)
            offset += len(rows)


def _posted(api: Api, token: str) -> Measured:
    def post(block: tuple[int, bytes]) -> int:
        path = f"/orders?source=online_retail.csv&offset={block[0]}"
        return int(_asked(api, token, path, block[1])["taken"])

    began = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as threads:
        taken = sum(threads.map(post, _blocks()))
    posted = time.perf_counter() - began
    if taken != LINES:
        raise RuntimeError(f"{taken} lines were taken of {LINES}")
    reconciliation.wait_until_balanced(api.environment, {ORDER_LINE.stream: LINES}, 600)
    seconds = time.perf_counter() - began
    check_totals(api.environment)
    print(f"api: {LINES:,} lines posted in {posted:.0f} s, landed after {seconds:.0f} s, exact.")
    return Measured("POST /orders of all 541,909 order lines into RAW", "5 min", "s", [seconds])


def _looked_up(api: Api, token: str) -> Measured:
    """
    Look up at a steady rate; a lookup that starts late counts from when it was due.

    Some are asked for ahead, as fast as they are answered, so that the function's workers run.
    """

    def ask(number: int) -> None:
        _asked(api, token, f"/products/P{number % 100}/clicks")

    def look(number: int) -> float:
        due = began + number / A_SECOND
        time.sleep(max(0.0, due - time.perf_counter()))
        ask(number)
        return 1000 * (time.perf_counter() - due)

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(ask, range(AHEAD)))
        began = time.perf_counter()
        times = list(threads.map(look, range(A_SECOND * SECONDS)))
    p95 = statistics.quantiles(times, n=20)[-1]
    return Measured("GET of live counts at 50/s, p95", "below 60 ms", "ms", [p95])
