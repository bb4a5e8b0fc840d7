"""What a notebook tells the report that runs it."""

from datetime import datetime
from typing import Any

from IPython.display import display

from cartwheel.display import current

MIME = "application/vnd.cartwheel.result+json"


def publish(
    data_from: datetime | None = None, data_to: datetime | None = None, **numbers: float
) -> None:
    """
    Publish the time that the shown data cover, and numbers worth keeping.

    They are kept in the executed notebook; the time is shown on the page and in the list of
    the reports, on the environment's clock.
    """
    result: dict[str, Any] = {"numbers": numbers}
    if data_from is not None and data_to is not None:
        clock = current().clock
        result["zone"] = current().zone_name
        result["data_from"] = f"{clock(data_from):%Y-%m-%d %H:%M}"
        result["data_to"] = f"{clock(data_to):%Y-%m-%d %H:%M}"
    display({MIME: result}, raw=True)


def read(notebook: Any) -> dict[str, Any]:
    """Return what an executed notebook published, the last first; empty if nothing."""
    for cell in reversed(notebook.cells):
        for output in reversed(cell.get("outputs", [])):
            if MIME in output.get("data", {}):
                return dict(output["data"][MIME])
    return {}
