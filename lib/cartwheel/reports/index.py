"""The list of the reports, as a page."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from cartwheel import display
from cartwheel.charts.renderer import style
from cartwheel.reports import shelf
from cartwheel.reports.verdict import Verdict

FOLDER = Path(__file__).parent
EARLIER = 10  # kept pages that the list links to


def page(results: Sequence[Any], output: Path, environment: str, verdict: Verdict) -> str:
    """Render the list with run time, data range, status and earlier pages of each report."""
    loader = jinja2.FileSystemLoader(FOLDER)
    template = jinja2.Environment(loader=loader, autoescape=True).get_template("index.html.j2")
    shown = display.of_environment(environment)
    kept = {each.name: shelf.earlier(output, each.name)[:EARLIER] for each in results}
    return template.render(
        results=results,
        earlier={
            name: [(f"{name}/{path.name}", path.stem.replace("_", " ")) for path in paths]
            for name, paths in kept.items()
        },
        environment=environment,
        verdict=verdict,
        at=f"{shown.clock(datetime.now(UTC)):%Y-%m-%d %H:%M}",
        zone=shown.zone_name,
        failed=sum(not result.succeeded for result in results),
        style=Markup(style()),
        report_style=Markup((FOLDER / "template" / "report.css").read_text(encoding="utf-8")),
    )
