"""What is recommended beside a product, and to a person, as it was published last."""

import os
from typing import Any

from api.callers import Caller
from api.items import Document, Table, missing, one
from api.requests import Request


def of_product(request: Request, _: Caller) -> dict[str, Any]:
    """Return what is recommended beside a product."""
    return _of("product", request)


def of_person(request: Request, _: Caller) -> dict[str, Any]:
    """Return what is recommended to a person."""
    return _of("person", request)


def _of(kind: str, request: Request) -> dict[str, Any]:
    subject = request.path["id"]
    table = Table(os.environ["RECOMMENDATIONS"], "Subject", "")
    found: Document | None = one(table, f"{kind} {subject}")
    if found is None:
        raise missing(f"Nothing is recommended for the {kind} {subject!r}.")
    return {f"{kind}_id": subject} | found
