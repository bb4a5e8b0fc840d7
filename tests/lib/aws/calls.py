"""Requests to the HTTP API, and what is posted to it."""

import base64
import itertools
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from cartwheel.aws.api import Api, devices

WORD = "Twelve345678"
numbers = itertools.count()


def call(
    api: Api, what: str, token: str = "", body: Any = None, kind: str = "application/json"
) -> tuple[int, dict[str, Any]]:
    """Send a request; return its status and document."""
    method, path = what.split(" ")
    headers = {"authorization": f"Bearer {token}"} if token else {}
    data = body if isinstance(body, bytes) else json.dumps(body).encode() if body else None
    if data is not None:
        headers["content-type"] = kind
    request = urllib.request.Request(api.url + path, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"{}")


def token_of_device(api: Api, secret: devices.Secret) -> str:
    """Sign a device in by its client's credentials, as its box does."""
    pair = base64.b64encode(f"{secret.client_id}:{secret.client_secret}".encode()).decode()
    request = urllib.request.Request(
        api.token_url,
        b"grant_type=client_credentials",
        {"authorization": f"Basic {pair}", "content-type": "application/x-www-form-urlencoded"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return str(json.load(answer)["access_token"])


def now() -> str:
    return datetime.now(UTC).isoformat()


def click(event_id: str, **more: Any) -> dict[str, Any]:
    return {
        "event_id": event_id, "session_id": "s", "event_type": "view", "timestamp": now(),
    } | more  # fmt: skip


def reading(truck: str) -> dict[str, Any]:
    """Make a reading of an id of its own, as each moment of a truck has."""
    event_id = f"api-{truck}-{next(numbers)}"
    return {"event_id": event_id, "truck_id": truck, "timestamp": now(), "vehicle_speed": 50.0}


LINE = {
    "event_id": "api-line", "InvoiceNo": "1", "StockCode": "P", "Quantity": 1,
    "InvoiceDate": "2010-12-01T08:26:00", "UnitPrice": 1.5,
}  # fmt: skip


def until(look: Callable[[], Any], is_so: Callable[[Any], bool]) -> Any:
    deadline = time.monotonic() + 60
    while not is_so(found := look()):
        assert time.monotonic() < deadline, found
        time.sleep(0.2)
    return found
