"""
One way to show a chart: live in JupyterLab, in a re-opened notebook, in a report.

A chart is an image that a script turns into a live one where scripts may run. The
script and its libraries are stored once per notebook by :func:`setup`; nothing is
fetched from outside.
"""

import base64
import copy
import functools
import html
import json
import re
import uuid
from pathlib import Path
from typing import Any

import altair as alt
import vl_convert
from IPython.display import HTML, display

from cartwheel.charts import theme

VEGA_LITE = "6.4"
FOLDER = Path(__file__).parent
STATIC_WIDTH = 720
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@functools.cache
def _assets() -> str:
    """Return the Vega libraries, our script and our style, as one piece of HTML."""
    libraries = vl_convert.javascript_bundle(None, VEGA_LITE)  # type: ignore[arg-type]
    script = (FOLDER / "page.js").read_text(encoding="utf-8")
    script = script.replace('"@DARK@"', json.dumps(theme.DARK))
    return (
        f"<style>{style()}</style>"
        f"<script>if(!window.cartwheelChart){{{libraries};{script}}}</script>"
    )


def style() -> str:
    """Return the style sheet of pages and tiles, with the theme's colours."""
    light = "".join(f"--cw-{name}:{pair[0]};" for name, pair in theme.COLOURS.items())
    dark = "".join(f"--cw-{name}:{pair[1]};" for name, pair in theme.COLOURS.items())
    sheet = (FOLDER / "page.css").read_text(encoding="utf-8")
    return sheet.replace("/*@LIGHT@*/", light).replace("/*@DARK@*/", dark)


def setup() -> None:
    """Make this notebook show charts and tiles; the first cell calls it."""
    alt.theme.enable(theme.NAME)
    alt.renderers.register("cartwheel", render)
    alt.renderers.enable("cartwheel")
    alt.data_transformers.enable("default", max_rows=20_000)
    display(HTML(_assets()))


def render(spec: dict[str, Any], **_: Any) -> dict[str, str]:
    """Return a chart as HTML: an image, and what the script needs to bring it to life."""
    spec = _printable(spec)
    title = spec.get("title") or "chart"
    text = title.get("text", "chart") if isinstance(title, dict) else title
    finding = " ".join(text) if isinstance(text, list) else str(text)
    static = copy.copy(spec) | {"background": "white"}
    if static.get("width") == "container":
        static["width"] = STATIC_WIDTH
    png = vl_convert.vegalite_to_png(static, vl_version=VEGA_LITE, scale=1.0)
    image = base64.b64encode(png).decode()
    identity = "cw" + uuid.uuid4().hex[:12]
    caption = html.escape(finding, quote=True)
    return {
        "text/html": (
            f'<div id="{identity}" class="cw-chart" role="figure" aria-label="{caption}">'
            f'<img alt="{caption}" src="data:image/png;base64,{image}"></div>'
            f"<script>(function(){{var tries=0,spec={_for_script(spec)};(function go(){{"
            f'if(window.cartwheelChart)window.cartwheelChart("{identity}",spec);'
            "else if(tries++<300)setTimeout(go,100)})()})()</script>"
        ),
        "text/plain": f"<chart: {finding}>",
    }


def _printable(value: Any) -> Any:
    """Replace what XML cannot hold: such a character in a label would end the whole kernel."""
    if isinstance(value, str):
        return _NOT_XML.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_printable(key): _printable(part) for key, part in value.items()}
    return [_printable(part) for part in value] if isinstance(value, list) else value


def _for_script(value: Any) -> str:
    """Encode a value so that no text in it can end the script."""
    text = json.dumps(value, default=str)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
