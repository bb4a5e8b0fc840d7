"""The accounting identities hold of whatever landed, and are broken by a wrong view."""

from typing import Any

import pytest
from cartwheel.paths import SQL
from cartwheel.warehouse import Warehouse

from .rows import (
    CLICKS,
    LINES,
    OPERATIONS,
    READINGS,
    click,
    fill,
    line,
    operation,
    reading,
)
from .test_mutants import _statement
from .test_queries import rows

CHECKS = sorted(path.stem for path in (SQL / "queries" / "checks").glob("*.sql"))
_SALE = {"quantity": 2, "price": 2.5}
LANDED: dict[str, list[dict[str, Any]]] = {
    CLICKS: [
        click("S1", "view", event_id="a"), click("S1", "view", event_id="a"),
        click("S1", "purchase", 3, event_id="b", **_SALE), click("S2", "purchase", 4, **_SALE),
    ],
    READINGS: [
        *(reading(m // 2, event_id=f"r{m // 2}", odometer_reading=100 + m // 2) for m in range(9)),
        reading(1441, odometer_reading=150), reading(2, "T2"),
    ],
    LINES: [line(event_id="a"), line(event_id="a"), line()],
    OPERATIONS: [
        *(operation(kind, event_id=f"{kind}{n // 2}") for n in range(4)
          for kind in ("delivery_event", "truck_service", "product_change")),
    ],
}  # fmt: skip
# A rule, the view whose fault breaks it, what stands there, and what the fault makes of it.
FAULTS = {
    "CORE has each event once": ("core/clicks", ") = 1", ") < 3"),
    "no more events than records": (
        "mart/reconciliation", "count(distinct event_id)", "count(event_id) + 1",
    ),
    "no more records than rows": (
        "mart/reconciliation", "count(*) as count_rows",
        "count(distinct event_id) as count_rows",
    ),
    "each click is in one visit": (
        "mart/sessions", "count(*) as count_events", "count(clicks.product_id) as count_events",
    ),
    "each session is one visit": (
        "mart/sessions", "group by clicks.session_id",
        "group by clicks.session_id, clicks.event_type",
    ),
    "the visits bring what was bought": (
        "mart/sessions", "coalesce(sum(clicks.paid), 0)", "coalesce(max(clicks.paid), 0) + 1",
    ),
    "no visit ends before it begins": (
        "mart/sessions", "max(clicks.event_timestamp) as ended_at",
        "min(clicks.event_timestamp) - interval '1 day' as ended_at",
    ),
    "each reading is in one day": ("mart/truck_days", "sum(count_readings)", "count(odometer_km)"),
    "no truck drives further than its odometer": (
        "mart/truck_days", "sum(step_km)", "2 * sum(step_km)",
    ),
    "each truck is there once": (
        "mart/trucks", "from core.truck_moments\n    group by truck_id",
        "from core.truck_moments\n    group by truck_id, odometer_km",
    ),
}  # fmt: skip


def broken(warehouse: Warehouse) -> set[str]:
    """Return the rules that do not hold."""
    found = [row for name in CHECKS for row in rows(warehouse.query_file(f"checks/{name}"))]
    return {str(row[0]) for row in found}


@pytest.mark.parametrize("landed", [{}, LANDED], ids=["nothing", "repetitions"])
def test_the_identities_hold(warehouse: Warehouse, landed: dict[str, Any]) -> None:
    """Of nothing, and of events told twice, no rule is broken."""
    fill(warehouse, landed)
    assert not broken(warehouse)


@pytest.mark.parametrize("rule", FAULTS)
def test_an_identity_is_broken_by_a_wrong_view(warehouse: Warehouse, rule: str) -> None:
    """The rule is named when the view that it holds is wrong."""
    fill(warehouse, LANDED)
    name, right, wrong = FAULTS[rule]
    original = _statement(name)
    assert right in original, f"{name} has no {right!r}"
    try:
        warehouse.execute(original.replace(right, wrong))
        assert rule in broken(warehouse)
    finally:
        warehouse.execute(original)


def test_every_identity_has_a_fault_that_breaks_it() -> None:
    """No rule of the checks is without one."""
    told = "".join((SQL / "queries" / "checks" / f"{name}.sql").read_text() for name in CHECKS)
    assert told.count(" as rule") == len(FAULTS)
    assert all(f"'{rule}' as rule" in told for rule in FAULTS)
