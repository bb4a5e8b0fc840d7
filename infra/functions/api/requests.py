"""A request as API Gateway hands it over (payload format 2.0)."""

import base64
import binascii
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from api.problems import Problem

# Before API Gateway gives up on the function after 30 s.
SPARE_SECONDS = 5.0


@dataclass(frozen=True)
class Request:
    """What was asked: ``deadline`` is one of the monotonic clock."""

    route: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    content_type: str
    body: bytes
    claims: Mapping[str, str]
    received_at: datetime
    deadline: float


def asked(event: dict[str, Any], context: Any) -> Request:
    """
    Return an event of API Gateway as a request.

    Raises
    ------
    Problem
        If its body is not what its encoding says.
    """
    about = event["requestContext"]
    left = context.get_remaining_time_in_millis() / 1000
    return Request(
        route=event["routeKey"],
        path={name: _said(each) for name, each in (event.get("pathParameters") or {}).items()},
        query=event.get("queryStringParameters") or {},
        content_type=_content_type(event.get("headers") or {}),
        body=_body(event),
        claims=about.get("authorizer", {}).get("jwt", {}).get("claims", {}),
        received_at=datetime.fromtimestamp(about["timeEpoch"] / 1000, UTC),
        deadline=time.monotonic() + left - SPARE_SECONDS,
    )


def _said(parameter: str) -> str:
    """
    Return what a parameter of the path says.

    API Gateway decodes a path before it finds the route, but for the sign of percent itself: a
    slash within an id reaches us only if it was encoded twice.
    """
    return parameter.replace("%252F", "/").replace("%25", "%")


def _content_type(headers: Mapping[str, str]) -> str:
    return str(headers.get("content-type", "")).partition(";")[0].strip().lower()


def _body(event: dict[str, Any]) -> bytes:
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(body).encode()
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error:
        raise Problem(400, "Not readable", "The body is no base64.") from None
