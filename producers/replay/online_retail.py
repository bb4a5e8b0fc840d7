"""
UCI's Online Retail (2010 to 2011), as order lines: all of them, as they are.

Cancellations (invoices that begin with C), adjustments (A), lines without customer or
description, prices of zero and below: everything is sent. Equal lines of an invoice
are told apart by their line in the file.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from cartwheel.errors import UsageError
from cartwheel.events import ORDER_LINE, OrderLine

from producers.message import Message, message
from producers.replay import table

COLUMNS = (
    "InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice",
    "CustomerID", "Country",
)  # fmt: skip


def read(path: Path) -> Iterator[Message]:
    """Yield a message per row."""
    for line, cells in table.rows(path, COLUMNS):
        invoice, stock_code, description, quantity, date, price, customer, country = cells
        at = _local_time(path, line, date)
        event = OrderLine(
            event_id=f"online-retail:{line}",
            InvoiceNo=table.required(path, line, "InvoiceNo", invoice),
            StockCode=table.required(path, line, "StockCode", stock_code),
            Description=description,
            Quantity=_quantity(path, line, quantity),
            InvoiceDate=at,
            UnitPrice=_price(path, line, price),
            CustomerID=customer,
            Country=table.required(path, line, "Country", country),
        )
        yield message(ORDER_LINE, event, at.replace(tzinfo=UTC))


def _local_time(path: Path, line: int, cell: str | None) -> datetime:
    try:
        return datetime.fromisoformat(cell or "")
    except ValueError:
        raise UsageError(f"{path}, line {line}, InvoiceDate: {cell!r} is not a time.") from None


def _quantity(path: Path, line: int, cell: str | None) -> int:
    try:
        return int(cell or "")
    except ValueError:
        raise UsageError(
            f"{path}, line {line}, Quantity: {cell!r} is not a whole number."
        ) from None


def _price(path: Path, line: int, cell: str | None) -> float:
    price = table.number(path, line, "UnitPrice", cell)
    if price is None:
        raise UsageError(f"{path}, line {line}, UnitPrice: must not be empty.")
    return price
