"""Every page there is: on a wide screen, a phone, in the dark, on paper; what one takes along."""

import io
import re
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from cartwheel.charts import tables
from cartwheel.clicks import overview
from cartwheel.environment import Environment
from cartwheel.paths import NOTEBOOKS
from cartwheel.reports import new, run
from playwright.sync_api import expect
from pypdf import PdfReader

from .watched import Watched, browser_of

CHECK = (Path(__file__).parent / "geometry.js").read_text(encoding="utf-8")
SHIPPED = sorted(path.stem for path in NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
NAMES = [*SHIPPED, "index", "own"]
# Name -> width and height in pixels, colour scheme, medium. Paper: A4 less its margins, at 96 dpi.
VIEWS = {
    "wide": (1280, 900, "light", "screen"),
    "phone": (400, 800, "light", "screen"),
    "dark": (1280, 900, "dark", "screen"),
    "paper": (688, 1010, "dark", "print"),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from browser_of()


@pytest.fixture(scope="module")
def pages(loaded: Environment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All shipped pages and their list, and the page of a notebook made from the template."""
    folder = tmp_path_factory.mktemp("pages")
    results = run.run_all(folder, "local", lambda _: None)
    assert [each.failure for each in results] == [None] * len(SHIPPED)
    own = new.write(str(folder / "own"))
    done = run.run_one(str(own), ["since=-1d"], folder, "local", lambda _: None)
    assert done.succeeded, done.failure
    return folder


def opened(browser: Any, pages: Path, name: str, view: str) -> Watched:
    wide, high, scheme, medium = VIEWS[view]
    watched = Watched(browser, scheme, wide, high)
    watched.page.goto((pages / f"{name}.html").as_uri())
    for chart in watched.page.locator(".cw-chart").all():
        expect(chart).to_have_attribute("data-live", "true", timeout=20_000)
    if medium == "print":
        watched.page.evaluate("dispatchEvent(new Event('beforeprint'))")
        watched.page.emulate_media(media="print")
    watched.page.wait_for_timeout(200)  # charts take their card's width a frame later
    return watched


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_cut_or_printed_over_or_hard_to_read(
    browser: Any, pages: Path, name: str, view: str
) -> None:
    """Texts are whole, apart and of 4.5:1; charts fill their cards; nothing comes from outside."""
    watched = opened(browser, pages, name, view)
    assert watched.page.evaluate(CHECK) == []
    assert watched.outside == []
    assert watched.errors == []
    watched.page.close()


def test_a_page_that_comes_in_pieces_is_whole_at_the_end(browser: Any) -> None:
    """A table whose rows are still on their way waits for them; its search works afterwards."""
    script = (Path(tables.__file__).parent / "page.js").read_text(encoding="utf-8")
    made = tables.table(pd.DataFrame({"n": range(500)}), "Numbers").data
    text = f"<html><body><script>{script}</script>{made}</body></html>".encode()
    cut = text.index(b'class="cw-foot"') + 100

    class Slow(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text[:cut])
            self.wfile.flush()
            time.sleep(0.5)
            self.wfile.write(text[cut:])

        def log_message(self, format: str, *words: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        watched = Watched(browser, "light", 1280, 900)
        watched.page.goto(f"http://127.0.0.1:{server.server_port}/01.html")
        expect(watched.page.locator("table.cw-table").first).to_have_attribute("data-live", "true")
        server.shutdown()
        thread.join()
    assert watched.errors == []
    watched.page.close()


def test_the_check_finds_what_is_wrong(browser: Any, pages: Path) -> None:
    """A cut title, a text over another, a pale one, an empty card and a narrow chart are named."""
    watched = opened(browser, pages, "50_clicks", "wide")
    page = watched.page
    page.evaluate(
        """() => {
        const texts = document.querySelectorAll(".cw-chart svg text");
        texts[1].setAttribute("transform", texts[0].getAttribute("transform"));
        texts[2].setAttribute("transform", "translate(-900,0)");
        texts[3].style.fill = "#ddd";
        const figures = document.querySelectorAll(".cw-figure");
        figures[1].querySelector("svg").style.width = "200px";
        const title = document.querySelector("figcaption h3");
        title.style.cssText = "white-space:nowrap;width:90px;overflow:hidden";
        document.querySelector(".cw-tile").innerHTML = "";
        }"""
    )
    found = " ".join(page.evaluate(CHECK))
    for fault in ("printed over", "is cut", "contrast of 1", "empty card", "does not fill"):
        assert fault in found, fault
    page.close()


@pytest.mark.parametrize("name", SHIPPED)
def test_a_heading_is_on_the_sheet_of_what_it_heads(
    browser: Any, pages: Path, name: str, tmp_path: Path
) -> None:
    """No sheet of a printed page ends with a heading or with the text below one."""
    watched = opened(browser, pages, name, "wide")
    heads = watched.page.evaluate(
        "[...document.querySelectorAll('.jp-MarkdownCell')].filter(e => e.checkVisibility())"
        ".map(e => e.innerText)"
    )
    watched.page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    watched.page.close()
    sheets = [squeezed(each.extract_text()) for each in PdfReader(tmp_path / "page.pdf").pages]
    ends = {squeezed(head)[-24:] for head in heads}
    assert any(end in "".join(sheets) for end in ends)  # the texts are found at all
    for sheet in sheets[:-1]:
        assert not any(sheet.endswith(end) for end in ends), sheet[-60:]


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("name", NAMES)
def test_no_page_speaks_of_a_control_that_is_not_there(pages: Path, name: str) -> None:
    """A static page has no slider, no button to merge, and nothing to choose from."""
    text = re.sub(
        r"<(script|style)\b.*?</\1>", "", (pages / f"{name}.html").read_text(), flags=re.S
    )
    told = re.sub(r"<[^>]+>", " ", text)
    found = re.findall(
        r"\b(?:slider|controls?|button|choose|drag|JupyterLab)\b", told, re.IGNORECASE
    )
    # An experiment has an arm of that name.
    allowed = {"control"} if name == "55_experiment" else set()
    assert [word for word in found if word not in allowed] == []


def test_a_page_can_be_read_without_scripts(browser: Any, pages: Path) -> None:
    """Without scripts every chart is a picture with a text, and every row of a table is there."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((pages / "04_history.html").as_uri())
    pictures = page.locator(".cw-chart img")
    assert pictures.count() >= 2
    assert all(picture.get_attribute("alt") for picture in pictures.all())
    assert page.locator("tbody tr").count() == page.locator("tbody tr:visible").count() > 20
    context.close()


def downloaded(watched: Watched, figure: Any, kind: str) -> tuple[str, bytes]:
    with watched.page.expect_download() as waited:
        figure.get_by_role("button", name=kind, exact=True).click()
    return waited.value.suggested_filename, Path(waited.value.path()).read_bytes()


def test_what_a_chart_shows_can_be_taken_along(
    browser: Any, pages: Path, loaded: Environment
) -> None:
    """The CSV is the query's answer, value by value; PNG and SVG carry the title; the SQL runs."""
    watched = opened(browser, pages, "50_clicks", "wide")
    figure = watched.page.locator(".cw-figure").filter(has_text="Most visits began")
    name, content = downloaded(watched, figure, "CSV")
    assert name.startswith("Most-visits-began") and name.endswith(".csv")
    taken = pd.read_csv(io.BytesIO(content), parse_dates=["slice_at"])
    asked = overview.trend(loaded.warehouse, overview.Visits(overview.span(loaded.warehouse))).rows
    # The page's hours are those of its clock; an hour begins alike in both.
    assert taken["slice_at"].dt.tz_localize(None).tolist() == asked["slice_at"].tolist()
    columns = ["count_sessions", "count_buying_sessions"]
    pd.testing.assert_frame_equal(taken[columns], asked[columns])
    name, content = downloaded(watched, figure, "PNG")
    assert name.endswith(".png") and content.startswith(b"\x89PNG")
    name, content = downloaded(watched, figure, "SVG")
    assert name.endswith(".svg") and b"Most visits began" in content
    figure.get_by_text("SQL", exact=True).click()
    again = loaded.warehouse.query(figure.locator("pre").inner_text())
    assert again["count_sessions"].sum() == taken["count_sessions"].sum()
    assert watched.errors == []
    watched.page.close()


def test_a_table_is_sorted_searched_and_taken_along(
    browser: Any, pages: Path, loaded: Environment
) -> None:
    """A click sorts by value, a second one downwards; words filter; the CSV holds all rows."""
    watched = opened(browser, pages, "own", "wide")
    page = watched.page
    figure = page.locator(".cw-figure").filter(has_text="The products that most visits saw")
    names = figure.locator("tbody tr:visible td:first-child")
    visits = figure.locator("tbody tr:visible td.cw-number")
    figure.get_by_role("columnheader", name="visits").click()
    rising = [int(text.replace(",", "")) for text in visits.all_inner_texts()]
    assert rising == sorted(rising) and len(set(rising)) > 1
    figure.get_by_role("columnheader", name="visits").click()
    falling = [int(text.replace(",", "")) for text in visits.all_inner_texts()]
    assert falling == sorted(rising, reverse=True)
    first = names.first.inner_text()
    figure.get_by_role("searchbox").fill(first.upper())
    assert set(names.all_inner_texts()) == {first}
    _, content = downloaded(watched, figure, "CSV")
    taken = pd.read_csv(io.BytesIO(content))
    again = loaded.warehouse.query(figure.locator(".cw-sql pre").text_content())
    pd.testing.assert_frame_equal(taken, again, check_dtype=False)
    watched.page.close()


def test_the_tooltip_is_that_of_the_nearest_point(browser: Any, pages: Path) -> None:
    """Between the points of a line, and far above it, the nearest in time tells its values."""
    watched = opened(browser, pages, "50_clicks", "wide")
    chart = watched.page.locator(".cw-chart[aria-label^='Most visits began']")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box is not None
    watched.page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 20)
    watched.page.mouse.move(box["x"] + box["width"] * 0.52, box["y"] + 24)
    tip = watched.page.locator("#vg-tooltip-element")
    expect(tip).to_be_visible()
    assert "Chicago time" in tip.inner_text() and "Visits" in tip.inner_text()
    watched.page.close()
