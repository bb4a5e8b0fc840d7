"""An executed notebook as one self-contained page."""

import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbconvert import HTMLExporter
from nbconvert.filters import markdown2html
from nbconvert.preprocessors import CoalesceStreamsPreprocessor

from cartwheel.charts.renderer import style
from cartwheel.reports import outside
from cartwheel.reports.result import MIME
from cartwheel.reports.verdict import Verdict

FOLDER = Path(__file__).parent
_SKIPPED = ("application/vnd.jupyter.widget-view+json", MIME)
# Cells that speak to who sits in JupyterLab, and what papermill adds of a failure.
_LEFT_OUT = {"lab", "papermill-error-cell-tag"}


@dataclass(frozen=True)
class Head:
    """
    What a page says of itself.

    Attributes
    ----------
    name
        Its title, if its first heading gives none.
    verdict
        On the histories; None if it reads none.
    failure
        What failed, in the words of the terminal; None if nothing did.
    data
        The time of the shown data, from and to, as the clock shows it.
    zone
        Whose clock it is.
    footer
        The line at the end.
    """

    name: str
    verdict: Verdict | None = None
    failure: str | None = None
    data: tuple[str | None, str | None] = (None, None)
    zone: str = "UTC"
    footer: str = ""

    @property
    def approval(self) -> Verdict | None:
        """The verdict to show: never a good one above a failure."""
        is_shown = self.verdict and not (self.failure and self.verdict.holds)
        return self.verdict if is_shown else None


def page(notebook: Any, head: Head) -> str:
    """Render an executed notebook: its texts and outputs, without code and controls."""
    shown = copy.deepcopy(notebook)
    shown.cells = [c for c in shown.cells if not _LEFT_OUT & set(c.metadata.get("tags") or [])]
    for cell in shown.cells:
        if cell.cell_type == "markdown" and outside.in_html(markdown2html(cell.source)):
            cell.source = "*This text refers to another host, and is left out.*"
        if cell.cell_type == "code":
            cell.outputs = [o for o in cell.outputs if _is_shown(o)]
    shown.metadata["title"] = title(shown) or head.name
    exporter = HTMLExporter(
        template_name="template",
        extra_template_basedirs=[str(FOLDER)],
        exclude_input=True,
        exclude_output_prompt=True,
        preprocessors=[CoalesceStreamsPreprocessor],
    )
    resources = {
        "cartwheel": {"style": style(), "head": head},
        "metadata": {"name": head.name},
    }
    body, _ = exporter.from_notebook_node(shown, resources=resources)
    return str(body)


def _is_shown(output: Any) -> bool:
    """Is it neither a control, nor an error, which the head tells, nor something from outside?"""
    data = output.get("data", {})
    if output.output_type == "error" or any(mime in data for mime in _SKIPPED):
        return False
    told = markdown2html(data.get("text/markdown", ""))
    return not outside.in_html(data.get("text/html", "")) and not outside.in_html(told)


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
