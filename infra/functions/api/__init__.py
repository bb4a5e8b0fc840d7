"""
CartwheelApi: the HTTP API. Events are posted, live counts are read; every failure is an answer.

API Gateway has checked the token's signature, issuer and time before a request comes here. What
its holder may do is decided here (:mod:`.callers`).
"""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import metrics
from cartwheel.events import CLICK, OPERATION, ORDER_LINE, TELEMETRY

from api import counts, invoices, posting, recommendations, trucks
from api.callers import Caller, caller
from api.problems import Problem
from api.requests import Request, asked

log = logging.getLogger()


@dataclass(frozen=True)
class Route:
    """What answers a route, who may ask, by which parameters of a query, with which status."""

    answer: Callable[[Request, Caller], dict[str, Any]]
    roles: tuple[str, ...]
    query: tuple[str, ...] = ()
    status: int = 200


STAFF = ("engineer", "analyst")
EVERYBODY = (*STAFF, "customer")
PAGED = ("limit", "next")
ROUTES = {
    "POST /clicks": Route(posting.of(CLICK), ("engineer",), status=202),
    "POST /orders": Route(posting.of(ORDER_LINE), ("engineer",), ("source", "offset"), 202),
    "POST /operations": Route(posting.of(OPERATION), ("engineer",), status=202),
    "POST /telemetry": Route(posting.of(TELEMETRY), ("engineer", "device"), status=202),
    "GET /invoices/{InvoiceNo}": Route(invoices.invoice, EVERYBODY, PAGED),
    "GET /invoices/{InvoiceNo}/items/{StockCode}": Route(invoices.lines, EVERYBODY, PAGED),
    "GET /customers/{CustomerID}": Route(invoices.customer, EVERYBODY),
    "GET /customers/{CustomerID}/invoices": Route(invoices.invoices_of_customer, EVERYBODY, PAGED),
    "GET /trucks": Route(trucks.every, STAFF, PAGED),
    "GET /trucks/{id}": Route(trucks.single, STAFF),
    "GET /trucks/{id}/telemetry": Route(trucks.telemetry, STAFF, ("since", "until", *PAGED)),
    "GET /products/{id}/clicks": Route(counts.of_product, STAFF, ("minutes",)),
    "GET /recommendations/products/{id}": Route(recommendations.of_product, STAFF),
    "GET /recommendations/people/{id}": Route(recommendations.of_person, STAFF),
}


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request; what nobody expected is logged whole, and its text stays here."""
    try:
        return _answered(asked(event, context))
    except Problem as problem:
        return problem.answer()
    except Exception:
        log.exception("%s failed", event.get("routeKey"))
        failure = {"MetricName": "ServerErrors", "Value": 1, "Unit": "Count"}
        metrics.put(context.function_name, [failure])
        return Problem(500, "The request failed", "Send it again later.").answer()


def _answered(request: Request) -> dict[str, Any]:
    if request.route == "GET /health":
        return _json(200, {"status": "ok"})
    route = ROUTES[request.route]
    who = caller(request.claims)
    if not who.roles.intersection(route.roles):
        raise Problem(403, "Not allowed", f"{request.route} is for {' or '.join(route.roles)}.")
    for name in request.query:
        if name not in route.query:
            allowed = ", ".join(route.query) or "none"
            raise Problem(400, "Not readable", f"{name!r} is no parameter; allowed: {allowed}.")
    return _json(route.status, route.answer(request, who))


def _json(status: int, content: dict[str, Any]) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json", "cache-control": "no-store"},
        "body": json.dumps(content),
    }
