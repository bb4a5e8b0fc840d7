"""Rows of RAW, of which a case says only what it is about, and the cases that use them."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cartwheel.warehouse import Warehouse

START = datetime(2026, 3, 2)  # a Monday
CLICKS, READINGS = "raw.click_events", "raw.truck_telemetry"
LINES, OPERATIONS = "raw.order_lines", "raw.operations"
VARIANTS = ("set_aside", "extra", "lamps", "trouble_codes")
STEPS, NEXTS, PAIRS = "mart.visit_steps", "mart.next_products", "mart.next_pairs"
POPULAR, PRODUCTS = "mart.popular_products", "core.product"
BESIDE, PERSONAL = "mart.product_recommendations", "mart.person_recommendations"
COMPANIONS = "mart.companions"
MESSAGES = "mart.messages"
RAW = (CLICKS, READINGS, LINES, OPERATIONS)
TABLES = (*RAW, STEPS, NEXTS, PAIRS, POPULAR, PRODUCTS, BESIDE, PERSONAL, COMPANIONS, MESSAGES)
TYRES = (
    "tire_pressure_front_left", "tire_pressure_front_right",
    "tire_pressure_rear_left", "tire_pressure_rear_right",
)  # fmt: skip

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


def click(session: str | None, kind: str = "view", minute: float = 0.0, **says: Any) -> Row:
    """Return a click of a session."""
    return {
        "session_id": session, "event_type": kind, "event_timestamp": at(minute), **says,
    }  # fmt: skip


def reading(minute: float, truck: str = "T1", **says: Any) -> Row:
    """Return a reading of a truck."""
    return {"truck_id": truck, "event_timestamp": at(minute), **says}


def tyres(*pressures: float | None) -> dict[str, float | None]:
    """Return the pressures of the four wheels."""
    return dict(zip(TYRES, pressures, strict=True))


def line(invoice: str = "I1", **says: Any) -> Row:
    """Return an order line."""
    return {
        "invoice_no": invoice, "stock_code": "P1", "quantity": 1, "invoice_date": START,
        "unit_price": 2.5, "country": "France", **says,
    }  # fmt: skip


def operation(kind: str, minute: float = 0.0, **says: Any) -> Row:
    """Return an operation."""
    return {"operation": kind, "event_timestamp": at(minute), **says}


def _complete(row: Row, number: int) -> Row:
    """Add event id and lineage, unless the row says them; the row's place decides them."""
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
        whole = these
        if table in RAW:
            whole = [_complete(row, number) for number, row in enumerate(these, 1)]
        names = list(dict.fromkeys(name for row in whole for name in row))
        marks = f"select {', '.join(_mark(name) for name in names)}"
        values = [_bound(row.get(name)) for row in whole for name in names]
        if whole:
            warehouse.execute(
                f"insert into {table} ({', '.join(names)}) "
                f"{' union all '.join([marks] * len(whole))}",
                values,
            )


def _mark(name: str) -> str:
    return "parse_json(?)" if name in VARIANTS else "?"


def _bound(value: Any) -> Any:
    if isinstance(value, list):
        return json.dumps(value)
    return value.isoformat() if isinstance(value, datetime) else value
