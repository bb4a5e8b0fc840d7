"""Invoices and customers; a customer sees what is the own alone."""

import os
from typing import Any

import keys

from api.callers import Caller
from api.items import Document, Table, missing, one, page
from api.problems import Problem
from api.requests import Request


def _invoices() -> Table:
    return Table(os.environ["INVOICES"], "InvoiceNo", "StockCode_Line")


def _customers() -> Table:
    return Table(os.environ["CUSTOMERS"], "CustomerID", "Part")


def invoice(request: Request, who: Caller) -> dict[str, Any]:
    """Return an invoice with its lines; of one that several customers share the own part."""
    number = request.path["InvoiceNo"]
    if who.customer_id is None:
        summary = one(_invoices(), number, keys.SUMMARY)
    else:
        summary = one(_customers(), who.customer_id, keys.of_invoice(number))
    if not summary or not summary["lines"]:
        raise missing(_no_invoice(number, who))
    items, after = page(request, _invoices(), number, is_wanted=lambda line: _is_line(line, who))
    return summary | {"invoice_no": number, "items": [line for _, line in items], "next": after}


def lines(request: Request, who: Caller) -> dict[str, Any]:
    """Return the lines of an article on an invoice."""
    number, article = request.path["InvoiceNo"], request.path["StockCode"]
    items, after = page(
        request,
        _invoices(),
        number,
        prefix=keys.of_lines(article),
        is_wanted=lambda line: _is_line(line, who) and line["stock_code"] == article,
    )
    if not items:
        raise missing(f"{_no_invoice(number, who)[:-1]} with the article {article!r}.")
    return {
        "invoice_no": number,
        "stock_code": article,
        "items": [line for _, line in items],
        "next": after,
    }


def customer(request: Request, who: Caller) -> dict[str, Any]:
    """Return a customer: country, first and last invoice, lines, net amount."""
    return _customer(request, who)


def invoices_of_customer(request: Request, who: Caller) -> dict[str, Any]:
    """Return the invoices of a customer, the greatest number first."""
    summary = _customer(request, who)
    items, after = page(
        request,
        _customers(),
        summary["customer_id"],
        prefix=keys.INVOICE,
        is_wanted=lambda each: bool(each["lines"]),
        newest_first=True,
    )
    found = [each for _, each in items]
    return {"customer_id": summary["customer_id"], "items": found, "next": after}


def _customer(request: Request, who: Caller) -> Document:
    asked = request.path["CustomerID"]
    if who.customer_id not in (None, asked):
        raise Problem(403, "Not allowed", "Customers see what is their own.")
    found = one(_customers(), asked, keys.SUMMARY)
    if not found or not found["lines"]:
        raise missing(f"There is no customer {asked!r}.")
    return found | {"customer_id": asked}


def _is_line(line: Document, who: Caller) -> bool:
    """Is it a line, not their sum, and the caller's to see?"""
    return "stock_code" in line and who.customer_id in (None, line.get("customer_id"))


def _no_invoice(number: str, who: Caller) -> str:
    return f"There is no invoice {number!r}{' of yours' if who.customer_id else ''}."
