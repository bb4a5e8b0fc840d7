"""The tasks that merge the histories in the cloud: whether they run, and how they fared."""

import pandas as pd

from cartwheel.history import sql
from cartwheel.history.dimensions import DIMENSIONS
from cartwheel.warehouse import Warehouse
from cartwheel.warehouse.provenance import made_from

NO_TASK = "no task"
SUCCEEDED = "SUCCEEDED"


def tasks(warehouse: Warehouse) -> pd.DataFrame:
    """
    Return what is known of the task of each history.

    Returns
    -------
    DataFrame
        A row per history: ``history``, ``state`` (started, suspended, or no task where the
        warehouse has none, as the embedded one), ``suspended_because``, ``last_run_at`` and
        ``last_outcome`` of the newest run of the last week, ``last_error`` and ``failed_at``
        of the newest that failed.
    """
    found = {str(row["name"]).lower(): row for row in warehouse.rows("show tasks in schema core")}
    rows, asked = [], []
    for name, dimension in DIMENSIONS.items():
        (statement,) = sql.statements("task_runs", dimension)
        runs = warehouse.query(statement)
        asked.append(runs)
        task = found.get(f"{dimension.table_name}_merge", {})
        failed = runs[runs["state"] != SUCCEEDED]
        rows.append(
            {
                "history": name,
                "state": str(task.get("state", NO_TASK)),
                "suspended_because": task.get("last_suspended_reason"),
                "last_run_at": runs["scheduled_time"].iloc[0] if len(runs) else pd.NaT,
                "last_outcome": runs["state"].iloc[0] if len(runs) else None,
                "last_error": failed["error_message"].iloc[0] if len(failed) else None,
                "failed_at": failed["scheduled_time"].iloc[0] if len(failed) else pd.NaT,
            }
        )
    return made_from(pd.DataFrame(rows), *asked)


def told(task: "pd.Series[object]") -> str:
    """Return what is known of one history's task, in a sentence."""
    if task["state"] == NO_TASK:
        return "has no task in this warehouse; merge it with 'cartwheel history merge'"
    text = f"its task is {task['state']}"
    if task["state"] == "suspended" and task["suspended_because"]:
        text += f" ({task['suspended_because']})"
    if pd.isna(task["last_run_at"]):
        return text + ", and did not run in the last week"
    text += (
        f", last run {task['last_run_at']:%Y-%m-%d %H:%M} UTC {str(task['last_outcome']).lower()}"
    )
    if task["last_error"] is not None:
        text += f"; failed {task['failed_at']:%Y-%m-%d %H:%M} UTC: {task['last_error']}"
    return text
