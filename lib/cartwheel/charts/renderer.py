"""
One way to show a chart: live in JupyterLab, in a re-opened notebook, in a report.

A chart is an image that a script turns into a live one where scripts may run; its title
is text, which finds its lines at any width. The script and its libraries are stored once
per notebook by :func:`setup`; nothing is fetched from outside.
"""

import base64
import copy
import functools
import html
import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import vl_convert
from IPython.core.getipython import get_ipython
from IPython.display import HTML, display

from cartwheel.charts import data, tables
from cartwheel.charts import theme as look
from cartwheel.display import Display, current, use
from cartwheel.errors import UsageError

VEGA_LITE = "6.4"
FOLDER = Path(__file__).parent
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_shown_by: str | None = None  # the cell that holds the script
_draws_images = True


@functools.cache
def assets() -> str:
    """Return the Vega libraries, our script and our style, as one piece of HTML."""
    libraries = vl_convert.javascript_bundle(None, VEGA_LITE)  # type: ignore[arg-type]
    script = (FOLDER / "page.js").read_text(encoding="utf-8")
    script = script.replace('"@DARK@"', json.dumps(look.DARK))
    return (
        f"<style>{style()}</style>"
        f"<script>if(!window.cartwheelChart){{{libraries};{script}}}</script>"
    )


def style() -> str:
    """Return the style sheet of pages and tiles, with the theme's colours."""
    light = "".join(f"--cw-{name}:{pair[0]};" for name, pair in look.COLOURS.items())
    dark = "".join(f"--cw-{name}:{pair[1]};" for name, pair in look.COLOURS.items())
    sheet = (FOLDER / "page.css").read_text(encoding="utf-8")
    return sheet.replace("/*@LIGHT@*/", light).replace("/*@DARK@*/", dark)


def setup(shown: Display | None = None) -> None:
    """
    Make this notebook show charts, tables and tiles; ``cartwheel.connect()`` calls it.

    Parameters
    ----------
    shown
        How to show times, quantities and money; by default in UTC and metric units.
    """
    global _shown_by
    use(shown or Display())
    alt.theme.enable(look.NAME)
    alt.renderers.register("cartwheel", render)
    alt.renderers.enable("cartwheel")
    alt.data_transformers.register("cartwheel", data.transform)
    alt.data_transformers.enable("cartwheel")
    shell = get_ipython()
    if shell is not None:
        formatter = shell.display_formatter.formatters["text/html"]  # type: ignore[union-attr]
        formatter.for_type(pd.DataFrame, tables.frame_as_html)
    # Stored once: again only if the cell that held it runs again, which empties it.
    cell = str(shell.history_manager.input_hist_raw[-1]) if shell is not None else ""  # type: ignore[union-attr]
    if _shown_by in (None, cell):
        display(HTML(assets()))
        _shown_by = cell


@contextmanager
def live_only() -> Iterator[None]:
    """Leave out the images, as long as scripts run: a control must answer within a second."""
    global _draws_images
    _draws_images = False
    try:
        yield
    finally:
        _draws_images = True


def render(spec: dict[str, Any], **_: Any) -> dict[str, str]:
    """Return a chart as HTML: title, image, what brings it to life, and what is behind it."""
    behind = spec.get("usermeta", {}).get("cartwheel")
    instants = {str(each) for frame in _frames(spec) for each in frame.columns[data.times(frame)]}
    if behind is None:
        behind = _behind(spec)
        _say_zone(spec, instants)
    spec = _printable({key: part for key, part in spec.items() if key != "usermeta"})
    _refuse_outside(spec)
    finding, detail = _title(spec.pop("title", None))
    is_simple = not {"hconcat", "vconcat", "concat", "facet", "repeat", "spec"} & spec.keys()
    if is_simple and "width" not in spec:
        spec["width"] = "container"
    spec.setdefault("description", finding or "chart")  # which Vega hands to screen readers
    identity = "cw" + uuid.uuid4().hex[:12]
    caption = html.escape(finding or "chart", quote=True)
    told = f"<h3>{html.escape(finding)}</h3>" if finding else ""
    told += f"<p>{html.escape(detail)}</p>" if detail else ""
    return {
        "text/html": (
            f'<figure class="cw-figure">{f"<figcaption>{told}</figcaption>" if told else ""}'
            f'<div id="{identity}" class="cw-chart" role="img" aria-label="{caption}">'
            f"{_image(spec, caption)}</div>"
            f"<script>(function(){{var tries=0,spec={data.for_script(spec)};(function go(){{"
            f'if(window.cartwheelChart)window.cartwheelChart("{identity}",spec);'
            "else if(tries++<300)setTimeout(go,100)})()})()</script>"
            f"{data.foot(behind, finding or 'chart', is_chart=True)}</figure>"
        ),
        "text/plain": f"<chart: {finding or 'without a title'}>",
    }


def _image(spec: dict[str, Any], caption: str) -> str:
    if not _draws_images:
        return ""
    static = copy.copy(spec) | {"background": "white"}
    if static.get("width") == "container":
        static["width"] = look.USUAL_WIDTH
    png = vl_convert.vegalite_to_png(static, vl_version=VEGA_LITE, scale=1.0)
    return f'<img alt="{caption}" src="data:image/png;base64,{base64.b64encode(png).decode()}">'


def _title(title: Any) -> tuple[str, str]:
    """Return a title and its subtitle, each in one line."""
    parts = title if isinstance(title, dict) else {"text": title}
    told = [parts.get("text") or "", parts.get("subtitle") or ""]
    first, second = (" ".join(each) if isinstance(each, list) else str(each) for each in told)
    return first, second


def _behind(spec: dict[str, Any]) -> dict[str, Any]:
    """Return what is behind a chart that says nothing of it: the longest of its frames."""
    frames = sorted(_frames(spec), key=len, reverse=True)
    return data.taken(*(frames or [pd.DataFrame()]))


def _frames(spec: dict[str, Any]) -> list[pd.DataFrame]:
    held = spec.get("datasets", {}).values()
    return [rows.frame for rows in held if isinstance(rows, data.Rows)]


def _say_zone(value: Any, instants: set[str]) -> None:
    """Let what shows an instant and has no title of its own say whose clock it is."""
    if isinstance(value, list):
        for part in value:
            _say_zone(part, instants)
    if not isinstance(value, dict):
        return
    field = value.get("field")
    is_named = isinstance(field, str) and field in instants
    if (
        is_named
        and value.get("type") == "temporal"
        and "title" not in value
        and "title" not in (value.get("axis") or {})
    ):
        value["title"] = f"{value['field']} ({current().zone_name})"
    for key, part in value.items():
        if key != "datasets":
            _say_zone(part, instants)


def _refuse_outside(value: Any) -> None:
    """Refuse what a browser would fetch: data or images that are elsewhere."""
    if isinstance(value, list):
        for part in value:
            _refuse_outside(part)
    if not isinstance(value, dict):
        return
    for key, part in value.items():
        at = part.get("value") if key == "url" and isinstance(part, dict) else part
        if key == "url" and isinstance(at, str) and not at.startswith("data:"):
            raise UsageError(
                f"The chart would fetch {at}, and a page fetches nothing: read it into a "
                "DataFrame, and hand that to the chart."
            )
        if key not in ("datasets", "values"):
            _refuse_outside(part)


def _printable(value: Any) -> Any:
    """Replace what XML cannot hold: such a character in a label would end the whole kernel."""
    if isinstance(value, str):
        return _NOT_XML.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_printable(key): _printable(part) for key, part in value.items()}
    return [_printable(part) for part in value] if isinstance(value, list) else value
