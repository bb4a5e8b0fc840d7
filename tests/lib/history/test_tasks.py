"""What is shown of the tasks that merge in the cloud."""

from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pytest
from cartwheel import history
from cartwheel.history import charts
from cartwheel.history.tasks import told
from cartwheel.warehouse import Warehouse


class WithTasks:
    """A warehouse with tasks and their runs, which the embedded one does not have."""

    def __init__(self, tasks: list[dict[str, Any]], runs: dict[str, list[tuple[Any, ...]]]) -> None:
        self._tasks, self._runs = tasks, runs

    def rows(self, _: str) -> list[dict[str, Any]]:
        return self._tasks

    def query(self, statement: str) -> pd.DataFrame:
        name = next((name for name in self._runs if f"'{name}'" in statement), "")
        columns = ["state", "error_message", "scheduled_time"]
        return pd.DataFrame(self._runs.get(name, []), columns=columns)


def at(hour: int) -> datetime:
    return datetime(2026, 11, 25, hour, tzinfo=UTC)


CLOUD = WithTasks(
    [
        {"name": "PRODUCT_MERGE", "state": "suspended", "last_suspended_reason": "USER_SUSPENDED"},
        {"name": "TRUCK_STATUS_MERGE", "state": "started", "last_suspended_reason": None},
        {"name": "TRUCK_TELEMETRY_DATA_MERGE", "state": "started", "last_suspended_reason": None},
    ],
    {
        "product_merge": [
            ("FAILED", "RAW lost rows that were merged before.", at(9)),
            ("SUCCEEDED", None, at(8)),
        ],
        "truck_status_merge": [("SUCCEEDED", None, at(9)), ("FAILED", "out of memory", at(7))],
    },
)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "PRODUCT",
            "its task is suspended (USER_SUSPENDED), last run 2026-11-25 09:00 UTC failed; failed "
            "2026-11-25 09:00 UTC: RAW lost rows that were merged before.",
        ),
        (
            "TRUCK_STATUS",
            "its task is started, last run 2026-11-25 09:00 UTC succeeded; failed "
            "2026-11-25 07:00 UTC: out of memory",
        ),
        ("TRUCK_TELEMETRY_DATA", "its task is started, and did not run in the last week"),
    ],
)
def test_a_tasks_state_and_last_error_are_told(name: str, sentence: str) -> None:
    """Suspended or not, how the last run ended, and what the last failure said."""
    found = history.tasks(CLOUD).set_index("history")  # type: ignore[arg-type]
    assert told(found.loc[name]) == sentence


def test_a_suspended_task_is_named_on_the_page() -> None:
    """The table's caption names the histories that nothing merges."""
    shown = charts.tasks(history.tasks(CLOUD)).data  # type: ignore[arg-type]
    assert "Suspended, so that nothing is merged: PRODUCT<" in shown
    assert "out of memory" in shown


def test_a_warehouse_without_tasks_says_who_merges(warehouse: Warehouse) -> None:
    """The embedded warehouse runs no task, and does not say that it did."""
    found = history.tasks(warehouse)
    assert list(found["state"]) == ["no task"] * 5
    assert "No task merges here" in charts.tasks(found).data
    assert "with 'cartwheel history merge'" in told(found.iloc[0])
