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
    """What answers a route, with which status, and who may ask."""

    answer: Callable[[Request, Caller], dict[str, Any]]
    roles: tuple[str, ...]
    status: int = 200


STAFF = ("engineer", "analyst")
EVERYBODY = (*STAFF, "customer")
ROUTES = {
    "POST /clicks": Route(posting.of(CLICK), ("engineer",), 202),
    "POST /orders": Route(posting.of(ORDER_LINE), ("engineer",), 202),
    "POST /operations": Route(posting.of(OPERATION), ("engineer",), 202),
    "POST /telemetry": Route(posting.of(TELEMETRY), ("engineer", "device"), 202),
    "GET /invoices/{InvoiceNo}": Route(invoices.invoice, EVERYBODY),
    "GET /invoices/{InvoiceNo}/items/{StockCode}": Route(invoices.lines, EVERYBODY),
    "GET /customers/{CustomerID}": Route(invoices.customer, EVERYBODY),
    "GET /customers/{CustomerID}/invoices": Route(invoices.invoices_of_customer, EVERYBODY),
    "GET /trucks": Route(trucks.every, STAFF),
    "GET /trucks/{id}": Route(trucks.single, STAFF),
    "GET /trucks/{id}/telemetry": Route(trucks.telemetry, STAFF),
    "GET /products/{id}/clicks": Route(counts.of_product, STAFF),
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
    return _json(route.status, route.answer(request, who))


def _json(status: int, content: dict[str, Any]) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json", "cache-control": "no-store"},
        "body": json.dumps(content),
    }
