"""What the API's lookups answer, as schemas of its OpenAPI document."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cartwheel.events import TELEMETRY, Gps, Health, Telemetry, TirePressure, Weather

MOST_MINUTES, MOST_ITEMS = 1440, 1000
Schema = dict[str, Any]
Asked = tuple[str, str, Schema]
_TEXT, _WHOLE, _NUMBER = {"type": "string"}, {"type": "integer"}, {"type": "number"}
_MOMENT = {"type": "string", "format": "date-time"}
# The shop's own time, without an offset.
_LOCAL = {"type": "string"}
_NEXT = {"type": ["string", "null"]}
_TEXTS = ("brake_status", "transmission_status", "driver_id")
_LISTS = ("lamps", "trouble_codes")
_PAGED: tuple[Asked, ...] = (
    (
        "limit",
        "How many items a page has.",
        {"type": "integer", "minimum": 1, "maximum": MOST_ITEMS, "default": 100},
    ),
    ("next", "The token of a page, as the page before it told.", {"type": "string"}),
)


@dataclass(frozen=True)
class Lookup:
    """
    A route that answers what is kept by a key.

    Parameters
    ----------
    operation, summary, told, schema
        Its name; what it is for; what it answers, in words and as the name of a schema.
    path
        Names of what its path holds.
    query
        What may be asked: name, meaning, schema.
    may_be_missing
        Whether it answers 404 for what it does not know.
    """

    operation: str
    summary: str
    told: str
    schema: str
    path: tuple[str, ...] = ()
    query: tuple[Asked, ...] = ()
    may_be_missing: bool = True


LOOKUPS = {
    "/invoices/{InvoiceNo}": Lookup(
        "getInvoice",
        "An invoice with its lines; a customer's own.",
        "The invoice.",
        "Invoice",
        ("InvoiceNo",),
        _PAGED,
    ),
    "/invoices/{InvoiceNo}/items/{StockCode}": Lookup(
        "getInvoiceItems",
        "The lines of an article on an invoice; a customer's own.",
        "The lines.",
        "InvoiceItems",
        ("InvoiceNo", "StockCode"),
        _PAGED,
    ),
    "/customers/{CustomerID}": Lookup(
        "getCustomer",
        "A customer: country, first and last invoice, lines, net amount.",
        "The customer.",
        "Customer",
        ("CustomerID",),
    ),
    "/customers/{CustomerID}/invoices": Lookup(
        "getCustomerInvoices",
        "The invoices of a customer, the greatest number first.",
        "The invoices.",
        "CustomerInvoices",
        ("CustomerID",),
        _PAGED,
    ),
    "/trucks": Lookup(
        "getTrucks",
        "The trucks, each field as it was told last.",
        "Trucks.",
        "Trucks",
        (),
        _PAGED,
        may_be_missing=False,
    ),
    "/trucks/{id}": Lookup(
        "getTruck",
        "A truck, each field as it was told last.",
        "The truck.",
        "Truck",
        ("id",),
    ),
    "/trucks/{id}/telemetry": Lookup(
        "getTruckTelemetry",
        "Readings of a truck, the oldest first; by default of the last hour.",
        "The readings.",
        "TruckTelemetry",
        ("id",),
        (
            ("since", "From this moment on.", _MOMENT),
            ("until", "To before this moment.", _MOMENT),
            *_PAGED,
        ),
        may_be_missing=False,
    ),
    "/products/{id}/clicks": Lookup(
        "getProductClicks",
        "How often a product was clicked in the last minutes.",
        "The counts.",
        "ProductClicks",
        ("id",),
        (
            (
                "minutes",
                "How many minutes back.",
                {"type": "integer", "minimum": 1, "maximum": MOST_MINUTES, "default": 60},
            ),
        ),
        may_be_missing=False,
    ),
    "/recommendations/products/{id}": Lookup(
        "getProductRecommendations",
        "What is recommended beside a product.",
        "The recommendations.",
        "ProductRecommendations",
        ("id",),
    ),
    "/recommendations/people/{id}": Lookup(
        "getPersonRecommendations",
        "What is recommended to a person.",
        "The recommendations.",
        "PersonRecommendations",
        ("id",),
    ),
}


def ref(name: str) -> dict[str, str]:
    """Return a reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def structure(*, optional: Schema | None = None, **properties: Any) -> Schema:
    """Return the schema of an object: what it always says, and what it may say."""
    return {
        "type": "object",
        "properties": properties | (optional or {}),
        "required": list(properties),
    }


def _list(name: str) -> Schema:
    return {"type": "array", "items": ref(name)}


def schemas() -> dict[str, Schema]:
    """Return the schemas of what the lookups answer, by name."""
    return _of_invoices() | _of_trucks() | _of_products()


def _of_invoices() -> dict[str, Schema]:
    sums = {
        "lines": _WHOLE,
        "net_amount": _NUMBER,
        "first_invoice_date": _LOCAL,
        "last_invoice_date": _LOCAL,
    }
    whose = {"customer_id": _TEXT, "country": _TEXT}
    line = structure(
        stock_code=_TEXT,
        quantity=_WHOLE,
        unit_price=_NUMBER,
        invoice_date=_LOCAL,
        optional=whose | {"description": _TEXT},
    )
    lines = {"items": _list("InvoiceLine"), "next": _NEXT}
    return {
        "InvoiceLine": line,
        "Invoice": structure(invoice_no=_TEXT, **sums, **lines, optional=whose),
        "InvoiceItems": structure(invoice_no=_TEXT, stock_code=_TEXT, **lines),
        "Customer": structure(customer_id=_TEXT, **sums, optional={"country": _TEXT}),
        "CustomerInvoice": structure(invoice_no=_TEXT, **sums, optional=whose),
        "CustomerInvoices": structure(
            customer_id=_TEXT, items=_list("CustomerInvoice"), next=_NEXT
        ),
    }


def _of_trucks() -> dict[str, Schema]:
    fields = {name: _field(name) for name in _signals()}
    return {
        "Truck": structure(truck_id=_TEXT, timestamp=_MOMENT, optional=fields),
        "Reading": structure(timestamp=_MOMENT, optional=fields),
        "Trucks": structure(items=_list("Truck"), next=_NEXT),
        "TruckTelemetry": structure(
            truck_id=_TEXT, since=_MOMENT, until=_MOMENT, items=_list("Reading"), next=_NEXT
        ),
    }


def _signals() -> list[str]:
    """Return the names of a reading's fields as they land, but for its id, truck and time."""
    whole = Telemetry(
        event_id="-", truck_id="-", timestamp=datetime(2000, 1, 1, tzinfo=UTC), gps=Gps(),
        health=Health(tire_pressure=TirePressure()), environment=Weather(),
    )  # fmt: skip
    return [
        n for n in TELEMETRY.columns(whole) if n not in ("event_id", "truck_id", "event_timestamp")
    ]


def _field(name: str) -> Schema:
    if name in _LISTS:
        return {"type": "array", "items": _TEXT}
    if name == "ignition":
        return {"type": "boolean"}
    return _TEXT if name in _TEXTS else _NUMBER


def _of_products() -> dict[str, Schema]:
    lists = {"made_at": _MOMENT, "valid_until": _MOMENT, "items": _list("Recommended")}
    return {
        "Minute": structure(minute=_MOMENT, clicks=_WHOLE),
        "ProductClicks": structure(
            product_id=_TEXT,
            product_name={"type": ["string", "null"]},
            minutes=_WHOLE,
            clicks=_WHOLE,
            by_minute=_list("Minute"),
        ),
        "Recommended": structure(
            product_id=_TEXT,
            product_name={"type": ["string", "null"]},
            because_of={"type": ["string", "null"]},
            reason=_TEXT,
        ),
        "ProductRecommendations": structure(product_id=_TEXT, **lists),
        "PersonRecommendations": structure(person_id=_TEXT, **lists),
    }
