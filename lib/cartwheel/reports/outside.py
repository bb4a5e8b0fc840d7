"""What a page would fetch from elsewhere: a report is one file, and is refused then."""

import re
from html.parser import HTMLParser
from typing import Any

from nbconvert.filters import markdown2html

from cartwheel.charts.renderer import assets

_ADDRESS = re.compile(r"(?:https?:|wss?:)?//[\w\[][^\s\"'`<>)\\]*", re.IGNORECASE)
_IN_STYLE = re.compile(r"(?:url\(|@import)\s*['\"]?\s*((?:https?:)?//[^\s\"')]+)", re.IGNORECASE)
# In a script only what is fetched by its kind: a name of a namespace or schema is an address too.
_FETCHED = re.compile(
    r"['\"`]((?:https?:|wss?:)//(?!www\.w3\.org/|vega\.github\.io/schema/)[^\s'\"`]+)['\"`]"
)
_LOADING = {"src", "data", "poster", "background", "xlink:href"}
# A link is followed by a reader, not fetched by the page.
_LINKS = {"a", "area"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag if tag in ("script", "style") else ""
        held = {name: value or "" for name, value in attrs}
        if self._inside == "script" and held.get("type") == "application/json":
            self._inside = ""
        if tag == "meta" and held.get("http-equiv", "").lower() == "refresh":
            self.found += _ADDRESS.findall(held.get("content", ""))
        for name, written in held.items():
            value = written.replace("\\", "/")  # as a browser reads an address
            if name == "srcdoc":
                self.found += in_html(written)
            if name == "srcset":
                self.found += _ADDRESS.findall(value)
            if name.startswith("on"):
                self.found += _FETCHED.findall(written)
            is_loaded = name in _LOADING or (name == "href" and tag not in _LINKS)
            if is_loaded and (match := _ADDRESS.match(value.strip())):
                self.found.append(match[0])
            if name == "style":
                self.found += _IN_STYLE.findall(value)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self._inside = ""

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "style":
            self.found += _IN_STYLE.findall(data)
        if self._inside == "script" and "window.cartwheelChart" not in data:
            self.found += _FETCHED.findall(data)


def in_html(text: str) -> list[str]:
    """Return the addresses that a piece of HTML would fetch; links are not fetched."""
    if text == assets():
        return []
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.found


def in_notebook(notebook: Any) -> tuple[int, str] | None:
    """Return the number of the first cell whose outputs or text refer outside, and where to."""
    for number, cell in enumerate(notebook.cells, 1):
        is_text = cell.cell_type == "markdown"
        for text in [markdown2html(cell.source)] if is_text else _outputs(cell):
            if found := in_html(text):
                return number, found[0]
    return None


def refused(notebook: Any) -> str | None:
    """Say which cell refers outside, and what to do; None if none does."""
    found = in_notebook(notebook)
    if found is None:
        return None
    number, address = found
    first = next((s for s in notebook.cells[number - 1].source.splitlines() if s.strip()), "")
    return (
        f"cell {number} ({first.strip()[:60]}): it refers to {address}, and a report is one file "
        "that fetches nothing: draw with Altair, or put what is needed into the notebook"
    )


def _outputs(cell: Any) -> list[str]:
    made = []
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        made += [data[kind] for kind in ("text/html", "image/svg+xml") if kind in data]
        if "application/javascript" in data:
            made.append(f"<script>{data['application/javascript']}</script>")
        if "text/markdown" in data:
            made.append(markdown2html(data["text/markdown"]))
    return made
