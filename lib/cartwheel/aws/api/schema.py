"""What the API says of itself: an OpenAPI 3.1 document, made of the events' own structs."""

import json
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from cartwheel.aws.api import lookups
from cartwheel.aws.api.lookups import ref, structure
from cartwheel.events import CLICK, OPERATION, ORDER_LINE, TELEMETRY, Kind, schema

JSON, LINES, CSV, PROBLEM = (
    "application/json", "application/x-ndjson", "text/csv", "application/problem+json",
)  # fmt: skip
MOST_EVENTS = 500
_NAMES = {CLICK: "Clicks", ORDER_LINE: "OrderLines", OPERATION: "Operations", TELEMETRY: "Readings"}


@dataclass(frozen=True)
class _Failure:
    status: str
    told: str


_FAILURES = (
    _Failure("400", "The request cannot be read; 'detail' says what is wrong with it."),
    _Failure("401", "There is no token, or none that is good."),
    _Failure("403", "The token's holder may not do this."),
    _Failure("500", "The request failed; send it again later."),
)
_MISSING = _Failure("404", "There is none, or none of yours.")
_OF_POSTS = (
    _Failure("413", "The body is larger than 5 MiB, or holds more than 500 events."),
    _Failure("415", "The body's content type is none that is taken."),
    _Failure("422", "No event could be taken; 'refused' says why."),
    _Failure("503", "The stream is busy; send the same again, it is counted once."),
)


def openapi() -> dict[str, Any]:
    """Return the document; its servers are for whoever publishes it to fill in."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Cartwheel",
            "version": version("cartwheel"),
            "description": "Events in, lookups out. People send their ID token, devices the "
            "access token of their client.",
        },
        "security": [{"token": []}],
        "paths": {
            "/clicks": {"post": _post(CLICK, "Post clicks.")},
            "/orders": {"post": _post(ORDER_LINE, "Post order lines.")},
            "/operations": {"post": _post(OPERATION, "Post operations.")},
            "/telemetry": {"post": _post(TELEMETRY, "Post readings; a device its own truck's.")},
            **{path: {"get": _lookup(each)} for path, each in lookups.LOOKUPS.items()},
            "/health": {"get": _health()},
        },
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
            "schemas": _schemas(),
        },
    }


def _content(kind: str, name: str) -> dict[str, Any]:
    return {kind: {"schema": ref(name)}}


def _failures(*failures: _Failure) -> dict[str, Any]:
    """Return the answers that are no success; API Gateway's own, 401, is another document."""
    return {
        each.status: {
            "description": each.told,
            "content": _content(
                *((JSON, "Message") if each.status == "401" else (PROBLEM, "Problem"))
            ),
        }
        for each in failures
    }


def _post(kind: Kind, summary: str) -> dict[str, Any]:
    one = {"schema": ref(_NAMES[kind])}
    content = {JSON: one, LINES: {"schema": {"type": "string"}}}
    parameters = []
    if kind is ORDER_LINE:
        content[CSV] = {"schema": {"type": "string"}}
        parameters = [
            _asked(
                "source", "Of a CSV: what its rows are from.", {"type": "string", "maxLength": 200}
            ),
            _asked(
                "offset", "Of a CSV: the place of its first row.", {"type": "integer", "minimum": 0}
            ),
        ]
    return {
        "operationId": f"post{_NAMES[kind]}",
        "summary": summary,
        "parameters": parameters,
        "requestBody": {"required": True, "content": content},
        "responses": {
            "202": {
                "description": "Events were taken; those that were not are named.",
                "content": _content(JSON, "Taken"),
            },
            **_failures(*_FAILURES, *_OF_POSTS),
        },
    }


def _asked(name: str, told: str, of: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": told, "schema": of}


def _lookup(each: lookups.Lookup) -> dict[str, Any]:
    missing = (_MISSING,) if each.may_be_missing else ()
    return {
        "operationId": each.operation,
        "summary": each.summary,
        "parameters": [
            *(
                {
                    "name": name,
                    "in": "path",
                    "required": True,
                    "schema": {"type": "string", "minLength": 1},
                }
                for name in each.path
            ),
            *(_asked(*one) for one in each.query),
        ],
        "responses": {
            "200": {"description": each.told, "content": _content(JSON, each.schema)},
            **_failures(*_FAILURES, *missing),
        },
    }


def _health() -> dict[str, Any]:
    status = {"type": "object", "properties": {"status": {"const": "ok"}}, "required": ["status"]}
    return {
        "operationId": "getHealth",
        "summary": "Whether the API answers; needs no token.",
        "security": [],
        "responses": {"200": {"description": "It does.", "content": {JSON: {"schema": status}}}},
    }


def _schemas() -> dict[str, Any]:
    found = {
        "Told": structure(
            index={"type": "integer", "minimum": 0},
            field={"type": "string"},
            value={"type": ["string", "null"]},
            rule={"type": "string"},
        ),
        "Taken": structure(
            taken={"type": "integer", "minimum": 1},
            refused={"type": "array", "items": ref("Told")},
            set_aside={"type": "array", "items": ref("Told")},
        ),
        "Problem": structure(
            title={"type": "string"}, status={"type": "integer"}, detail={"type": "string"}
        ),
        "Message": structure(message={"type": "string"}),
    }
    found |= lookups.schemas()
    for kind, name in _NAMES.items():
        one, parts = _events(kind)
        many = {"type": "array", "items": one, "minItems": 1, "maxItems": MOST_EVENTS}
        found |= parts | {name: {"anyOf": [one, many]}}
    return found


def _events(kind: Kind) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the schema of a kind's event, and those that it refers to."""
    text = json.dumps(schema(kind)).replace("#/$defs/", "#/components/schemas/")
    made = json.loads(text)
    parts: dict[str, Any] = made.pop("$defs")
    return made, parts
