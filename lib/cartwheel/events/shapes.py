"""
Shapes of records that published producers send, and what they are in ours.

A click that is an item's count (``Item ID``, ``Item Name``, ``Click Count``) happened when it
arrived; a sale (``event_time``, ``product_id``, ``quantity``, ``price``) is an order line
without invoice and country. Clicks and order lines of such producers have no id: theirs is the
record's, shard and sequence number, so that what a producer sends twice counts twice.
"""

from datetime import datetime
from typing import Any

_CLICK = {"item id": "product_id", "item name": "product_name", "click count": "click_count"}
_WITHOUT_ID = ("click", "order_line")
_SALE = {
    "event_time": "InvoiceDate", "product_id": "StockCode", "quantity": "Quantity",
    "price": "UnitPrice",
}  # fmt: skip


def ours(
    kind: str, record: dict[str, Any], arrived_at: datetime, record_id: str | None
) -> dict[str, Any]:
    """Return a record of another shape in ours, any other as it is."""
    if record_id is not None and kind in _WITHOUT_ID and "event_id" not in record:
        record = {"event_id": record_id} | record
    if kind == "click" and "event_type" not in record:
        plain = {name.lower().replace("_", " ").removesuffix("s"): name for name in record}
        if "item id" in plain and "click count" in plain:
            names = {plain[known]: name for known, name in _CLICK.items() if known in plain}
            times = {"timestamp": arrived_at.isoformat()}
            return times | _renamed(record, names) | {"event_type": "click"}
    if kind == "order_line" and "StockCode" not in record and "product_id" in record:
        return _local(_renamed(record, _SALE))
    return record


def _renamed(record: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in record.items()}


def _local(line: dict[str, Any]) -> dict[str, Any]:
    """Take a sale's time as the clock that its producer read, whatever its offset."""
    told = line.get("InvoiceDate")
    if isinstance(told, str):
        try:
            clock = datetime.fromisoformat(told).replace(tzinfo=None)
        except ValueError:
            return line
        return line | {"InvoiceDate": clock.isoformat()}
    return line
