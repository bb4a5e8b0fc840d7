"""
OrdersToDynamoDBProcessor: invoices with their lines, customers with their invoices.

``Invoices`` has an item for each line (InvoiceNo; StockCode and line) and one that sums them up,
``Customers`` one that sums up a customer and one for each invoice. A line that is told again
counts once; what it says last holds, as in the warehouse. Cancellations are lines of a negative
quantity, so that sums are net. A line without an invoice number is not kept: nobody could ask
for it.
"""

import os
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import boto3
import keys
from botocore.config import Config
from cartwheel.events import ORDER_LINE
from lookups import Item, Items, Key, Row, lineage, number, rows_of, settle
from metrics import measured

# The sums of some twenty lines are written with them.
ROWS = 80
# Of a price, as the warehouse keeps it.
DECIMALS = Decimal("0.000001")
# What is sent is made here, so that checking its types again only takes time.
dynamodb = boto3.client("dynamodb", config=Config(parameter_validation=False))


def handle(event: dict[str, Any], context: object) -> dict[str, int]:
    """Keep a batch of one shard, or rows of the warehouse."""
    rows = [row for row in rows_of(ORDER_LINE, event) if row["invoice_no"]]
    settle(_items, tell, rows, ROWS)
    return {"kept": len(rows)}


handler = measured(handle)


def _items() -> Items:
    names = {
        os.environ["INVOICES"]: ("InvoiceNo", "StockCode_Line"),
        os.environ["CUSTOMERS"]: ("CustomerID", "Part"),
    }
    return Items(dynamodb, names)


def tell(items: Items, rows: list[Row]) -> None:
    """Change the items of lines, and the sums that hold them."""
    lines = [_line_key(row) for row in rows]
    items.read(lines)
    items.read(
        sums
        for row, key in zip(rows, lines, strict=True)
        for sums in (*_sums(row["invoice_no"], row), *_sums(row["invoice_no"], items[key]))
    )
    for row, key in zip(rows, lines, strict=True):
        before, after = items[key], _line(row)
        if before.get("Lineage", "") >= after["Lineage"]:
            continue
        items[key] = after | {"Version": before.get("Version")}
        if before:
            _add(items, row["invoice_no"], before, -1)
        _add(items, row["invoice_no"], after, 1)


def _line_key(row: Row) -> Key:
    sort = keys.of_line(row["stock_code"], row["event_id"])
    return Key(os.environ["INVOICES"], row["invoice_no"], sort)


def _line(row: Row) -> Item:
    return {
        "stock_code": row["stock_code"],
        "description": row["description"],
        "quantity": row["quantity"],
        "unit_price": number(row["unit_price"]).quantize(DECIMALS),
        "invoice_date": row["invoice_date"],
        "customer_id": row["customer_id"],
        "country": row["country"],
        "Lineage": lineage(row),
    }


def _sums(invoice_no: str, line: Row | Item) -> Iterator[Key]:
    """Give the items that a line is summed up in."""
    yield Key(os.environ["INVOICES"], invoice_no, keys.SUMMARY)
    if customer := line.get("customer_id"):
        yield Key(os.environ["CUSTOMERS"], customer, keys.SUMMARY)
        yield Key(os.environ["CUSTOMERS"], customer, keys.of_invoice(invoice_no))


def _add(items: Items, invoice_no: str, line: Item, sign: int) -> None:
    """Add a line to its sums, or take it out of them."""
    for key in _sums(invoice_no, line):
        before = items[key]
        dates = [line["invoice_date"]]
        if before.get("lines"):
            dates += [before["first_invoice_date"], before["last_invoice_date"]]
        items[key] = {
            **before,
            "invoice_no": None if key.sort == keys.SUMMARY else invoice_no,
            "lines": before.get("lines", 0) + sign,
            "net_amount": before.get("net_amount", Decimal(0))
            + sign * line["quantity"] * line["unit_price"],
            "first_invoice_date": min(dates),
            "last_invoice_date": max(dates),
            **(_latest(before, line) if sign > 0 else {}),
        }


def _latest(before: Item, line: Item) -> Item:
    """Return what the lines say of their customer: of each field the greatest lineage's."""
    told = dict(before.get("Told", {}))
    said = {
        name: line[name]
        for name in ("customer_id", "country")
        if line[name] is not None and line["Lineage"] >= told.get(name, "")
    }
    return said | {"Told": told | dict.fromkeys(said, line["Lineage"])}
