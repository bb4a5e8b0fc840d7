"""
The lookups by key against the warehouse: what they should hold, and filling them from it.

A lookup's function reads its stream from the oldest record on that is left. What came before, or
was loaded past the stream, is filled in from RAW. A record counts once whichever way it comes,
so that both may go on at once, and again.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd

from cartwheel.aws import lookups
from cartwheel.delivery import batches
from cartwheel.environment import Environment
from cartwheel.errors import UsageError
from cartwheel.printing import aligned

# Each is kept by a function, with another: by table, the tables that are filled together.
INVOICES, TRUCKS = ("Invoices", "Customers"), ("TruckState", "TruckTelemetry")
GROUPS = {name: group for group in (INVOICES, TRUCKS) for name in group}
FUNCTIONS: dict[tuple[str, ...], str] = dict(zip((INVOICES, TRUCKS), batches.LOOKUPS, strict=True))
CENT = Decimal("0.01")
_LISTS = ("lamps", "trouble_codes")


@dataclass(frozen=True)
class Held:
    """
    What a lookup holds, against what it should.

    Parameters
    ----------
    there
        What it holds.
    streamed, landed
        What the warehouse holds, by the stream alone, and in all.
    amounts_agree
        Whether the sums of money agree too, where there are any.
    """

    table: str
    what: str
    there: int
    streamed: int
    landed: int
    amounts_agree: bool = True

    @property
    def balanced(self) -> bool:
        """Does it hold all that came by the stream, and nothing that did not land?"""
        return self.streamed <= self.there <= self.landed and (
            self.amounts_agree or self.there < self.landed
        )

    @property
    def verdict(self) -> str:
        """Say whether it adds up, and what to do if not."""
        if not self.balanced:
            return f"DOES NOT ADD UP; 'cartwheel backfill {self.table}' fills it from RAW"
        if left := self.landed - self.there:
            return f"adds up but for {left:,} loaded past the stream: 'cartwheel backfill'"
        return "adds up"


def held(environment: Environment, days: int) -> list[Held]:
    """
    Compare the lookups with the warehouse.

    Parameters
    ----------
    days
        How long the moments of trucks are kept.
    """
    return [*_of_invoices(environment), *_of_trucks(environment, days)]


def _of_invoices(environment: Environment) -> Iterator[Held]:
    row = environment.warehouse.query_file("lookups/invoices").iloc[0]
    lines, customers = lookups.count_lines(environment), lookups.customers(environment)
    yield Held("Invoices", "lines", lines, int(row["count_streamed"]), int(row["count_lines"]))
    difference = customers.net_amount - Decimal(str(row["net_amount_of_customers"]))
    yield Held(
        "Customers",
        "lines",
        customers.lines,
        int(row["count_streamed_of_customers"]),
        int(row["count_lines_of_customers"]),
        abs(difference) < CENT,
    )


def _of_trucks(environment: Environment, days: int) -> Iterator[Held]:
    now = datetime.now(UTC)
    since = now - timedelta(days=days)
    rows = environment.warehouse.query_file("lookups/trucks", since=since)
    newest = lookups.newest(environment)
    known = pd.to_datetime(rows["truck_id"].map(newest), format="ISO8601")
    # A lookup may be ahead of the warehouse.
    there = int((known >= rows["newest_at"]).sum())
    is_behind = rows["newest_streamed_at"].notna() & ~(known >= rows["newest_streamed_at"])
    yield Held(
        "TruckState",
        "trucks at their newest reading",
        there,
        len(rows) if is_behind.any() else there,
        len(rows),
    )
    yield Held(
        "TruckTelemetry",
        f"readings of {days} days",
        lookups.count_moments(environment, now.timestamp()),
        int(rows["count_streamed_moments"].sum()),
        int(rows["count_moments"].sum()),
    )


def wait_until_balanced(environment: Environment, days: int, seconds: float) -> list[Held]:
    """Return what the lookups hold as soon as it adds up, or when the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        began = time.monotonic()
        found = held(environment, days)
        if began >= deadline or all(each.balanced for each in found):
            return found
        # A look reads whole tables: most of the time is left to who writes them.
        now = time.monotonic()
        time.sleep(min(max(1.0, 3 * (now - began)), max(0.0, deadline - now)))


def as_table(found: Sequence[Held]) -> str:
    """Return what the lookups hold as a text table."""
    heads = ("lookup", "of", "holds", "landed", "")
    lines = [heads] + [
        (each.table, each.what, f"{each.there:,}", f"{each.landed:,}", each.verdict)
        for each in found
    ]
    return aligned(lines, right=(2, 3))


def group(table: str) -> tuple[str, ...]:
    """
    Return the tables that are filled together with one.

    Raises
    ------
    UsageError
        If there is no such lookup.
    """
    if table not in GROUPS:
        raise UsageError(f"There is no lookup {table!r}; there are {', '.join(GROUPS)}.")
    return GROUPS[table]


def backfill(
    environment: Environment,
    tables: tuple[str, ...],
    days: int,
    tell: Callable[[int], None],
    *,
    with_loaded: bool,
) -> int:
    """
    Fill lookups that are kept together from RAW; return how many rows were handed over.

    Parameters
    ----------
    tables
        As :func:`group` returns them.
    days
        How long the moments of trucks are kept.
    tell
        Told how many more rows are kept, from time to time.
    with_loaded
        Also what was loaded past the streams.
    """
    asked: dict[str, Any] = {"with_loaded": with_loaded}
    name = "lookups/order_lines"
    if tables == TRUCKS:
        name = "lookups/readings"
        asked["since"] = datetime.now(UTC) - timedelta(days=days)
    frames = environment.warehouse.batches_of_file(name, **asked)
    rows = (row for frame in frames for row in _rows(frame))
    return lookups.hand_over(environment, FUNCTIONS[tables], rows, tell)


def _rows(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Give rows as the functions make them of events."""
    for name in frame.select_dtypes("datetime"):
        frame[name] = [moment.isoformat(timespec="microseconds") for moment in frame[name]]
    plain = frame.astype(object).where(frame.notna(), None)
    for row in plain.to_dict("records"):
        for name in _LISTS:
            if isinstance(row.get(name), str):
                row[name] = json.loads(row[name])
        yield row
