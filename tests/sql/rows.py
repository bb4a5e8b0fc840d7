"""Rows of RAW, of which a case says only what it is about, and the cases that use them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cartwheel.warehouse import Warehouse

START = datetime(2026, 3, 2)  # a Monday
CLICKS, READINGS = "raw.click_events", "raw.truck_telemetry"
LINES, OPERATIONS = "raw.order_lines", "raw.operations"
HISTORY = "core.truck_telemetry_data"
TABLES = (CLICKS, READINGS, LINES, OPERATIONS, HISTORY)

Row = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """
    Rows in, rows out.

    Attributes
    ----------
    claim
        What the case shows, in one sentence.
    rows
        Rows by table, each with what the case is about.
    expected
        The rows that come out, in order; floats are compared to nine digits.
    parameters
        Of a query.
    select
        What is asked of a view.
    wrong_because
        Why today's answer is another one; the case is then expected to fail.
    """

    claim: str
    rows: dict[str, list[Row]]
    expected: list[tuple[Any, ...]]
    parameters: dict[str, Any] = field(default_factory=dict)
    select: str = ""
    wrong_because: str = ""


def at(minutes: float = 0.0) -> datetime:
    """Return a time some minutes after the start."""
    return START + timedelta(minutes=minutes)


def click(session: str, kind: str = "view", minute: float = 0.0, **says: Any) -> Row:
    """Return a click of a session."""
    return {
        "session_id": session, "event_type": kind, "event_timestamp": at(minute), **says,
    }  # fmt: skip


def reading(minute: float, truck: str = "T1", **says: Any) -> Row:
    """Return a reading of a truck."""
    return {"truck_id": truck, "event_timestamp": at(minute), **says}


def version(truck: str, minute: float, **says: Any) -> Row:
    """Return the current version of a truck in its history."""
    return {
        "truck_id": truck, "effective_from": at(minute), "effective_to": None,
        "is_current": True, "load_timestamp": at(minute), **says,
    }  # fmt: skip


def line(invoice: str = "I1", **says: Any) -> Row:
    """Return an order line."""
    return {
        "invoice_no": invoice, "stock_code": "P1", "quantity": 1, "invoice_date": START,
        "unit_price": 2.5, "country": "France", **says,
    }  # fmt: skip


def operation(kind: str, minute: float = 0.0, **says: Any) -> Row:
    """Return an operation."""
    return {"operation": kind, "event_timestamp": at(minute), **says}


def _complete(table: str, row: Row, number: int) -> Row:
    """Add event id and lineage, unless the row says them; the row's place decides them."""
    if table == HISTORY:
        return row
    lineage = {
        "event_id": f"e{number}",
        "stream": "a-stream",
        "shard_id": "shard-0",
        "sequence_number": number,
        "arrived_at": START + timedelta(days=30, seconds=number),
        "file_name": "file-0",
        "file_row": number,
        "loaded_at": START + timedelta(days=31),
    }
    whole = {**lineage, **row}
    whole["sequence_number"] = str(whole["sequence_number"]).zfill(60)
    return whole


def fill(warehouse: Warehouse, rows: dict[str, list[Row]]) -> None:
    """Let the tables hold these rows and nothing else."""
    for table in TABLES:
        warehouse.execute(f"delete from {table}")
    for table, these in rows.items():
        whole = [_complete(table, row, number) for number, row in enumerate(these, 1)]
        names = list(dict.fromkeys(name for row in whole for name in row))
        marks = f"({', '.join('?' for _ in names)})"
        values = [_bound(row.get(name)) for row in whole for name in names]
        if whole:
            warehouse.execute(
                f"insert into {table} ({', '.join(names)}) "
                f"values {', '.join([marks] * len(whole))}",
                values,
            )


def _bound(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
