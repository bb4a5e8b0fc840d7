"""Charts of how early a visit that will buy is told."""

from typing import Any

from IPython.display import HTML

from cartwheel.charts.calibration import calibration
from cartwheel.charts.tables import table
from cartwheel.finding import Finding, counted


def by_events(found: Finding) -> HTML:
    """Show how well buyers are told after each number of events."""
    names = {
        "events": "Events", "count_visits": "Visits", "bought": "Bought", "auc": "ROC-AUC",
        "low": "from", "high": "to", "average_precision": "PR-AUC",
        "skill": "Skill against the base rate",
    }  # fmt: skip
    form = {
        "Bought": ".1%", "ROC-AUC": ".3f", "from": ".3f", "to": ".3f", "PR-AUC": ".3f",
        "Skill against the base rate": ".1%",
    }  # fmt: skip
    return table(found.rows.rename(columns=names), found.text, form)


def calibrated(found: Finding, events: int) -> Any:
    """Draw the probabilities of later visits against what happened."""
    detail = f"Share that bought, by what was foreseen after {counted(events, 'event')}"
    return calibration(found, detail, {"count": "Visits"}, ".1%")
