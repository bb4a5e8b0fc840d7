"""
Histories (SCD Type 2) that no order of arrival can break.

Each is a pure function of the rows in RAW, from one declaration: see ``docs/history.md``.
"""

from cartwheel.history.declaration import Dimension
from cartwheel.history.dimensions import DIMENSIONS, resolve
from cartwheel.history.merging import Merge, merge, merge_all, task
from cartwheel.history.questions import (
    LATENESS,
    arrivals,
    as_known_at,
    as_of,
    as_text,
    check,
    check_all,
    chosen,
    diff,
    explain,
    keys,
    lateness,
    recent,
    span,
    totals,
    versions,
)
from cartwheel.history.tasks import tasks

__all__ = [
    "DIMENSIONS",
    "LATENESS",
    "Dimension",
    "Merge",
    "arrivals",
    "as_known_at",
    "as_of",
    "as_text",
    "check",
    "check_all",
    "chosen",
    "diff",
    "explain",
    "keys",
    "lateness",
    "merge",
    "merge_all",
    "recent",
    "resolve",
    "span",
    "task",
    "tasks",
    "totals",
    "versions",
]
