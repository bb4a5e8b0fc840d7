"""An executed notebook as one self-contained page; the list of the pages."""

import copy
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup
from nbconvert import HTMLExporter
from nbconvert.preprocessors import CoalesceStreamsPreprocessor

from cartwheel.charts.renderer import style
from cartwheel.reports.result import MIME
from cartwheel.reports.verdict import Verdict

FOLDER = Path(__file__).parent
_SKIPPED = ("application/vnd.jupyter.widget-view+json", MIME)


def page(notebook: Any, name: str, verdict: Verdict, footer: str) -> str:
    """
    Render an executed notebook: its texts and outputs, without code and controls.

    Parameters
    ----------
    notebook
        A notebook node.
    name
        Its title, if its first heading gives none.
    verdict
        On the histories: the line at the head.
    footer
        The line at the end.
    """
    shown = copy.deepcopy(notebook)
    for cell in shown.cells:
        if cell.cell_type == "code":
            cell.outputs = [o for o in cell.outputs if not _is_skipped(o)]
    shown.metadata["title"] = title(shown) or name
    exporter = HTMLExporter(
        template_name="template",
        extra_template_basedirs=[str(FOLDER)],
        exclude_input=True,
        exclude_output_prompt=True,
        preprocessors=[CoalesceStreamsPreprocessor],
    )
    resources = {
        "cartwheel": {"style": style(), "verdict": verdict, "footer": footer},
        "metadata": {"name": name},
    }
    body, _ = exporter.from_notebook_node(shown, resources=resources)
    return str(body)


def _is_skipped(output: Any) -> bool:
    return any(mime in output.get("data", {}) for mime in _SKIPPED)


def title(notebook: Any) -> str:
    """Return the first heading."""
    return _first_text(notebook)[0]


def promise(notebook: Any) -> str:
    """Return the first sentence below the first heading."""
    text = " ".join(_first_text(notebook)[1:])
    return text.split(". ")[0].rstrip(".") + "." if text else ""


def _first_text(notebook: Any) -> list[str]:
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("# "):
            lines = [line.strip() for line in cell.source.splitlines() if line.strip()]
            return [lines[0].removeprefix("# "), *lines[1:]]
    return [""]


def index(results: Sequence[Any], environment: str, verdict: Verdict) -> str:
    """Render the list of the reports with run time, data range and status of each."""
    loader = jinja2.FileSystemLoader(FOLDER)
    template = jinja2.Environment(loader=loader, autoescape=True).get_template("index.html.j2")
    return template.render(
        results=results,
        environment=environment,
        verdict=verdict,
        at=f"{datetime.now(UTC):%Y-%m-%d %H:%M}",
        failed=sum(not result.succeeded for result in results),
        style=Markup(style()),
        report_style=Markup((FOLDER / "template" / "report.css").read_text(encoding="utf-8")),
    )
