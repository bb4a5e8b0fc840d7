"""The events of a body, each as the bytes that go onto its stream."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
from cartwheel.events import ORDER_LINE, Kind

from api.problems import Problem
from api.requests import Request

BYTES, EVENTS = 5 * 1024 * 1024, 500
JSON, CSV = "application/json", "text/csv"
LINES = ("application/x-ndjson", "application/ndjson", "application/jsonl")
# UCI's Online Retail; a column that is empty throughout may be left out of a file.
COLUMNS = (
    "InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID",
    "Country",
)  # fmt: skip
NEEDED = ("StockCode", "Quantity", "InvoiceDate", "UnitPrice")
LONGEST_SOURCE = 200

_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]*)?([eE][+-]?[0-9]{1,3})?")
_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])


def events_of(kind: Kind, request: Request) -> list[bytes]:
    """
    Return the events of a request, as they came.

    Raises
    ------
    Problem
        If the body has another type, cannot be taken apart, or holds too much or nothing.
    """
    if len(request.body) > BYTES:
        raise Problem(413, "Too large", f"The body has {len(request.body):,} bytes of {BYTES:,}.")
    if request.content_type == JSON:
        found = _of_json(request.body)
    elif request.content_type in LINES:
        found = [line for line in request.body.splitlines() if line.strip()]
    elif request.content_type == CSV and kind is ORDER_LINE:
        found = list(_of_csv(request))
    else:
        allowed = ", ".join((JSON, LINES[0], CSV) if kind is ORDER_LINE else (JSON, LINES[0]))
        got = request.content_type or "none"
        raise Problem(415, "Not that type", f"The content type is {got}; allowed: {allowed}.")
    if not found:
        raise Problem(400, "Not readable", "The body holds no event.")
    if len(found) > EVENTS:
        raise Problem(413, "Too large", f"The body holds {len(found):,} events of {EVENTS:,}.")
    return found


def _of_json(body: bytes) -> list[bytes]:
    """Take an array apart without reading its events; anything else is one event."""
    if not body.lstrip().startswith(b"["):
        return [body] if body.strip() else []
    try:
        return [bytes(each) for each in _ARRAY.decode(body)]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(400, "Not readable", f"The body is no JSON: {error}.") from None


def _of_csv(request: Request) -> Iterator[bytes]:
    source, offset = _place(request)
    try:
        text = request.body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem(400, "Not readable", f"The body is no UTF-8: {error}.") from None
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise Problem(400, "Not readable", f"The body is no CSV: {error}.") from None
    missing = [name for name in NEEDED if rows and name not in rows[0]]
    if missing:
        raise Problem(
            400,
            "Not readable",
            f"The first line does not name {', '.join(missing)}; it names the columns "
            f"{', '.join(COLUMNS)}.",
        )
    for number, row in enumerate(rows, offset):
        if None in row:
            detail = f"Row {number} has more cells than the first line has columns."
            raise Problem(400, "Not readable", detail)
        yield json.dumps({"event_id": f"{source}:{number}"} | _line(row)).encode()


def _place(request: Request) -> tuple[str, int]:
    """Return a table's source and the number of its first row: together they make the ids."""
    source, offset = request.query.get("source", ""), request.query.get("offset", "")
    if not 0 < len(source) <= LONGEST_SOURCE or not (offset.isascii() and offset.isdecimal()):
        raise Problem(
            400,
            "Not readable",
            "Rows have no ids of their own: say source=NAME (at most 200 characters) and offset="
            "NUMBER, the place of the first row in it. The same row always needs the same two.",
        )
    return source, int(offset)


def _line(row: dict[Any, Any]) -> dict[str, Any]:
    """Return a row as an order line; what cannot be read stays, for its refusal to name it."""
    said = {name: value for name, value in row.items() if value}
    for name in ("Quantity", "UnitPrice"):
        if name in said:
            said[name] = _number(said[name])
    if "InvoiceDate" in said:
        said["InvoiceDate"] = _date(said["InvoiceDate"])
    return said


def _number(text: str) -> Any:
    if not _NUMBER.fullmatch(text.strip()):
        return text
    return float(text) if set(text) & set(".eE") else int(text)


def _date(text: str) -> str:
    """Return a time in ISO 8601; UCI's own file has ``12/1/2010 8:26``, the month first."""
    try:
        return datetime.strptime(text.strip(), "%m/%d/%Y %H:%M").isoformat()
    except ValueError:
        return text
