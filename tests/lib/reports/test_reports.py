"""Reports: parameters are checked, cells that fail are named, pages need nothing else."""

import dataclasses
import re
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import nbformat
import psutil
import pytest
from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError, UsageError
from cartwheel.history import DIMENSIONS, Dimension
from cartwheel.reports import index, new, outside, parameters, render, result, run, shelf
from cartwheel.reports.verdict import Verdict, on_histories, reads_histories
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

VERDICT = Verdict(False, "2 rules are broken, of A <b>")


def notebook(path: Path, declaration: str, *cells: str) -> Path:
    made = new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "p", "language": "python"}}
    )
    made.cells = [
        new_markdown_cell("# A title\nA promise of one sentence. And more."),
        new_code_cell(declaration, metadata={"tags": ["parameters"]}),
        *(new_code_cell(source) for source in cells),
    ]
    nbformat.write(made, path)
    return path


@pytest.fixture
def declared(tmp_path: Path) -> Path:
    return notebook(
        tmp_path / "10_x.ipynb",
        "from typing import Annotated, Literal\n\nfrom msgspec import Meta\n\n"
        'a: str = "x"  # words\nb: int = 3\nc: float = 0.5\nd: bool = False\n'
        "m: Annotated[int, Meta(ge=1, le=1440)] = 60\n"
        'k: Literal["", "mobile", "desktop"] = ""',
    )


def test_parameters_are_converted_to_their_declared_types(declared: Path) -> None:
    """A value has the type of its declaration, whatever it looks like."""
    values = parameters.check(declared, ["a=1", "b=-4", "c=2", "d=true", "m=1440", "k=mobile"])
    assert values == {"a": "1", "b": -4, "c": 2.0, "d": True, "m": 1440, "k": "mobile"}
    assert isinstance(values["c"], float)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("e=1", r"no parameter 'e'; it has a \(str\), b \(int\), c \(float\), d \(bool\), m \(Ann"),
        ("b=three", "b=three is not allowed; it is of type int"),
        ("b=1.5", "b=1.5 is not allowed; it is of type int"),
        ("c=nan", "c=nan is not allowed; it is of type float"),
        ("d=maybe", "d=maybe is not allowed; it is of type bool"),
        ("m=0", "m=0 is not allowed; it is of type int, at least 1 and at most 1,440"),
        ("m=-5", "m=-5 is not allowed"),
        ("m=99999999999", "m=99999999999 is not allowed"),
        ("m=99999999999999999999999", "m=99999999999999999999999 is not allowed"),
        ("k=phone", "k=phone is not allowed; it is one of '', 'mobile', 'desktop'"),
        ("b", "NAME=VALUE"),
    ],
)
def test_a_wrong_parameter_is_named_before_anything_runs(
    declared: Path, word: str, said: str
) -> None:
    """Name and type are checked against the notebook's declaration."""
    with pytest.raises(UsageError, match=said):
        parameters.check(declared, [word])


def test_a_parameter_given_twice_is_refused(declared: Path) -> None:
    """Which of two values is meant cannot be known."""
    with pytest.raises(UsageError, match="given twice"):
        parameters.check(declared, ["b=1", "b=2"])


@pytest.mark.parametrize(
    "line",
    [
        "a = 1",
        "a: list = []",
        "import os",
        "a: int",
        "a: int = f()",
        "from os import path",
        "a: Annotated[int, f()] = 1",
        "a: Annotated[int, Meta(ge=2)] = 1",
        'a: Literal["x"] = "y"',
        'a: __import__("os") = 1',
    ],
)
def test_a_parameters_cell_holds_typed_defaults_and_nothing_else(tmp_path: Path, line: str) -> None:
    """What is not a typed default is refused, and never executed to find out."""
    with pytest.raises(CartwheelError, match="name: type = default"):
        parameters.declared(notebook(tmp_path / "10_x.ipynb", line))


OUT = "out"


def test_a_failing_cell_is_named_and_the_rest_is_kept(
    tmp_path: Path, environment: Environment
) -> None:
    """The page says what failed, as the terminal does, with no approval above and no traceback."""
    reading = "'core.product'\nprint('before <b>')"
    path = notebook(tmp_path / "x.ipynb", 'a: str = "x"', reading, "1 / 0  # the fault")
    said: list[str] = []
    done = run.run_one(str(path), [], tmp_path / OUT, "local", said.append)
    assert not done.succeeded
    assert done.failure == "cell 4 (1 / 0  # the fault): ZeroDivisionError: division by zero"
    assert f"FAILED in {done.failure}" in said[0]
    text = (tmp_path / OUT / "x.html").read_text()
    assert f"It failed in {done.failure}" in text and "before &lt;b&gt;" in text
    assert "The histories hold" not in text
    assert "Traceback" not in text and "papermill" not in text
    (kept,) = (tmp_path / OUT / "x").glob("*.ipynb")
    assert "ZeroDivisionError" in kept.read_text()


def test_a_report_gets_its_parameters(tmp_path: Path, environment: Environment) -> None:
    """What -p says is what the notebook sees, and quotes in it are data."""
    path = notebook(tmp_path / "x.ipynb", 'a: str = "x"\nb: int = 1', "print(repr(a), b + 1)")
    text = 'it\'s "so"\\n; import os'
    done = run.run_one(str(path), [f"a={text}", "b=41"], tmp_path / OUT, "local", lambda _: None)
    assert done.succeeded
    (kept,) = (tmp_path / OUT / "x").glob("*.ipynb")
    printed = nbformat.read(kept, as_version=4).cells[-1].outputs[0].text
    assert printed.strip() == f"{text!r} 42"


def test_a_rerun_overwrites_no_page(tmp_path: Path, environment: Environment) -> None:
    """Each run's page is kept by its date; the newest is also under the notebook's name."""
    path = notebook(tmp_path / "x.ipynb", "n: int = 0", "print(f'run {n}')")
    for n in (1, 2):
        run.run_one(str(path), [f"n={n}"], tmp_path / OUT, "local", lambda _: None)
    kept = shelf.earlier(tmp_path / OUT, "x")
    assert len(kept) == 2 and all(re.match(r"20\d\d-\d\d-\d\d_", each.name) for each in kept)
    assert sorted("run 1" in each.read_text() for each in kept) == [False, True]
    assert "run 2" in (tmp_path / OUT / "x.html").read_text()


def test_two_runs_of_one_second_have_two_places(tmp_path: Path) -> None:
    """A name that is taken, by a page or by one that is being made, gets a number."""
    at = datetime(2026, 1, 2, 3, 4, 5)
    first = shelf.place(tmp_path, "x", at)
    second = shelf.place(tmp_path, "x", at)
    assert first.page.name == "2026-01-02_03-04-05.html"
    assert second.page.name == "2026-01-02_03-04-05-2.html"
    first.put("one")
    second.drop()
    assert shelf.place(tmp_path, "x", at).page.name == second.page.name


def test_charts_and_frames_of_ones_own_are_the_kits(tmp_path: Path, loaded: Environment) -> None:
    """A notebook anywhere that only connects has live charts, tables, and nothing from outside."""
    path = notebook(
        tmp_path / "own.ipynb",
        'a: str = "x"',
        "import altair as alt\nimport cartwheel\nenv = cartwheel.connect()",
        "frame = env.warehouse.query('select truck_id, count(*) as n from core.truck_status "
        "group by truck_id')\nalt.Chart(frame).mark_bar().encode(x='n:Q', y='truck_id:N')",
        "frame",
    )
    done = run.run_one(str(path), [], tmp_path / OUT, "local", lambda _: None)
    assert done.succeeded, done.failure
    text = (tmp_path / OUT / "own.html").read_text()
    assert text.count('class="cw-figure"') == 2 and 'class="cw-table"' in text
    assert "select truck_id, count(*) as n" in text
    assert "The histories hold" in text  # it reads one
    assert text.count("if(!window.cartwheelChart)") == 1


def test_a_report_that_refers_outside_is_refused_by_name(
    tmp_path: Path, environment: Environment
) -> None:
    """Altair's own renderer asks a CDN: cell and address are told, and the page holds neither."""
    path = notebook(
        tmp_path / "x.ipynb",
        'a: str = "x"',
        "import altair as alt\nimport pandas as pd\nalt.renderers.enable('html')",
        "alt.Chart(pd.DataFrame({'n': [1]})).mark_bar().encode(x='n:Q')",
    )
    done = run.run_one(str(path), [], tmp_path / OUT, "local", lambda _: None)
    assert done.failure is not None
    assert done.failure.startswith("cell 4 (alt.Chart(pd.DataFrame({'n': [1]}))")
    assert "it refers to https://cdn.jsdelivr.net" in done.failure
    text = (tmp_path / OUT / "x.html").read_text()
    assert "This page is not complete" in text and "<script" not in text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('<img src="https://a.org/x.png">', "https://a.org/x.png"),
        ('<img src="//a.org/x.png"/>', "//a.org/x.png"),
        ('<link rel="stylesheet" href="https://a.org/x.css">', "https://a.org/x.css"),
        ('<p style="background: url(https://a.org/x)">', "https://a.org/x"),
        ("<style>@import 'https://a.org/x.css';</style>", "https://a.org/x.css"),
        ('<script>import("https://a.org/x.js")</script>', "https://a.org/x.js"),
        ('<iframe src="https://a.org"></iframe>', "https://a.org"),
        ('<img srcset="a.png 1x, https://a.org/x.png 2x">', "https://a.org/x.png"),
        ('<img src="https:\\\\a.org/x.png">', "https://a.org/x.png"),
        ("<iframe srcdoc=\"<img src='https://a.org/x.png'>\"></iframe>", "https://a.org/x.png"),
        ('<meta http-equiv="refresh" content="0; url=https://a.org">', "https://a.org"),
        ("<p onclick=\"fetch('https://a.org')\">", "https://a.org"),
        ('<a href="https://a.org">a link</a>', None),
        ("<p>https://a.org is a text</p>", None),
        ('<script type="application/json">{"a": "https://a.org"}</script>', None),
        ('<svg xmlns="http://www.w3.org/2000/svg"></svg>', None),
        ('<img src="data:image/png;base64,AAAA">', None),
    ],
)
def test_what_a_page_would_fetch_is_found(text: str, found: str | None) -> None:
    """What a browser loads by itself, not what a reader may follow or read."""
    assert outside.in_html(text) == ([found] if found else [])


def test_an_image_from_outside_in_a_text_is_found() -> None:
    """Markdown can fetch too, by a reference as well; what is code is only read."""
    for text, found in (
        ("![a picture](https://a.org/x.png) and [a link](https://b.org)", "https://a.org/x.png"),
        ("![a picture][p]\n\n[p]: https://a.org/x.png", "https://a.org/x.png"),
        ('```html\n<img src="https://a.org/x.png">\n```', None),
    ):
        made = new_notebook()
        made.cells = [new_markdown_cell(text)]
        assert outside.in_notebook(made) == ((1, found) if found else None)
        assert '<img src="https' not in render.page(made, render.Head("x"))
        assert "is left out" in render.page(made, render.Head("x")) or not found


@pytest.mark.parametrize(
    ("words", "environment_name", "said"),
    [
        (["minutes=0"], None, "minutes=0 is not allowed"),
        (["environment=dev"], "local", "both name the environment"),
    ],
)
def test_misuse_is_refused_before_anything_runs(
    tmp_path: Path, words: list[str], environment_name: str | None, said: str
) -> None:
    """Nothing is started, nothing is written, the old page stays."""
    old = tmp_path / "03_streams.html"
    old.write_text("the old page")
    with pytest.raises(UsageError, match=said):
        run.run_one("03_streams", words, tmp_path, environment_name, lambda _: None)
    assert [each.name for each in tmp_path.iterdir()] == [old.name]
    assert old.read_text() == "the old page"


def test_an_output_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    """A file where the folder should be, or below it."""
    (tmp_path / "file").write_text("")
    for output in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(UsageError, match="--output .* cannot be written"):
            run.run_one("03_streams", [], output, "local", lambda _: None)


@pytest.mark.parametrize("name", ["index.ipynb", "...ipynb", "-x.ipynb"])
def test_a_name_that_no_page_can_have_is_refused(tmp_path: Path, name: str) -> None:
    """It would be the list, or lie outside of the folder."""
    notebook(tmp_path / name, "a: int = 1")
    with pytest.raises(UsageError, match="cannot be the name of a page"):
        run.find(str(tmp_path / name))


def test_what_is_in_the_way_of_a_page_is_named(tmp_path: Path) -> None:
    """A file where the folder, or a folder where the page should be; nothing is left."""
    (tmp_path / "x").write_text("")
    (tmp_path / "y.html").mkdir()
    for name in ("x", "y"):
        with pytest.raises(UsageError, match=f"{name} must be a folder"):
            shelf.place(tmp_path, name, datetime(2026, 1, 1))
    assert sorted(each.name for each in tmp_path.iterdir()) == ["x", "y.html"]


def test_a_notebook_of_ones_own_is_found_by_its_file_alone(tmp_path: Path) -> None:
    """By its path; an unknown name lists the shipped ones and says how; other files are refused."""
    path = notebook(tmp_path / "sales.ipynb", "a: int = 1")
    assert run.find(str(path)) == path
    with pytest.raises(UsageError, match=r"no notebook 'sales'.*40_fleet.*folder/sales\.ipynb"):
        run.find("sales")
    with pytest.raises(UsageError, match=r"There is no notebook .*sold\.ipynb"):
        run.find(str(tmp_path / "sold.ipynb"))
    broken = tmp_path / "broken.ipynb"
    broken.write_text("{}")
    with pytest.raises(CartwheelError, match=r"broken\.ipynb is no notebook that can be read"):
        parameters.check(run.find(str(broken)), [])


def test_what_a_cell_refuses_is_misuse(tmp_path: Path, environment: Environment) -> None:
    """A history that does not exist is refused with the names that do; nothing is left of it."""
    asked = "from cartwheel import history\nhistory.resolve(name)"
    path = notebook(tmp_path / "x.ipynb", 'name: str = "PRODUCT"', asked)
    out = tmp_path / OUT
    with pytest.raises(UsageError, match="no history 'PRODUCTS'; there are TRUCK_TELEMETRY_DATA"):
        run.run_one(str(path), ["name=PRODUCTS"], out, "local", lambda _: None)
    assert list(out.iterdir()) == []
    assert run.run_one(str(path), ["name=PRODUCT"], out, "local", lambda _: None).succeeded
    assert {each.name for each in out.iterdir()} == {"x", "x.html"}


def page(*outputs: object) -> str:
    made = new_notebook()
    made.cells = [new_markdown_cell("# T <b>"), new_code_cell("secret = 1", outputs=list(outputs))]
    return render.page(made, render.Head("name", verdict=VERDICT, footer="a <footer>"))


def test_a_page_is_one_file_without_code_controls_or_outside_address() -> None:
    """No source, no widget, no link to another host; titles are escaped."""
    widget = new_output(
        "display_data",
        {"application/vnd.jupyter.widget-view+json": {}, "text/plain": "HBox(children)"},
    )
    text = page(widget, new_output("display_data", {"text/html": "<p>shown</p>"}))
    assert "<p>shown</p>" in text
    assert "secret" not in text and "HBox" not in text
    assert "2 rules are broken, of A &lt;b&gt;" in text
    assert "a &lt;footer&gt;" in text and "<title>T &lt;b&gt;" in text
    assert not re.findall(r"""(?:src|href)=["']https?://""", text)


@pytest.mark.parametrize(
    ("old", "new"), [("05_fleet", "40_fleet"), ("06_clicks.ipynb", "50_clicks")]
)
def test_a_notebook_answers_to_its_old_name(old: str, new: str) -> None:
    """A schedule that says the name of before runs the notebook of today."""
    assert run.find(old) == run.find(new)
    assert run.find(new).stem == new


def test_what_a_notebook_publishes_is_read_back() -> None:
    """The last result counts; a notebook without one has none."""
    made = new_notebook()
    published = [new_output("display_data", {result.MIME: {"numbers": {"n": n}}}) for n in (1, 2)]
    made.cells = [new_code_cell("x", outputs=published)]
    assert result.read(made) == {"numbers": {"n": 2}}
    assert result.read(new_notebook()) == {}


def test_the_head_of_a_report_says_whether_the_histories_hold(
    loaded: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All rules hold; a broken one is named with its history; no answer is no approval."""
    verdict = on_histories("local")
    assert verdict.holds and verdict.text.startswith("The histories hold: all 46 rules")
    damage = "update core.product set is_current = not is_current"
    loaded.warehouse.execute(damage)
    try:
        verdict = on_histories("local")
    finally:
        loaded.warehouse.execute(damage)
    assert not verdict.holds and "of PRODUCT: see" in verdict.text
    monkeypatch.setattr("cartwheel.history.questions.DIMENSIONS", {"NOWHERE": _missing()})
    verdict = on_histories("local")
    assert not verdict.holds and "could not be checked" in verdict.text


@pytest.mark.parametrize(
    ("source", "sql", "reads"),
    [
        ("env.warehouse.query('select * from CORE.PRODUCT')", "", True),
        ("draw(rows)", "select * from core.truck_status where is_current", True),
        ("draw(rows)", "select * from mart.trucks", False),  # of the readings
        ("draw(rows)", "select * from core.product_changes", False),
        ("draw(rows)", "select * from mart.sessions", False),
    ],
)
def test_the_badge_stands_on_pages_that_read_histories(source: str, sql: str, reads: bool) -> None:
    """Named in a cell, or behind what it shows, as a table or by a view of one."""
    shown = f'<details class="cw-sql"><summary>SQL</summary><pre>{sql}</pre></details>'
    made = new_notebook()
    made.cells = [new_code_cell(source, outputs=[new_output("display_data", {"text/html": shown})])]
    assert reads_histories(made) is reads


def test_a_good_verdict_never_stands_above_a_failure() -> None:
    """A broken history is told all the same."""
    good, bad = Verdict(True, "holds"), Verdict(False, "broken")
    assert render.Head("x", verdict=good).approval == good
    assert render.Head("x", verdict=good, failure="cell 2").approval is None
    assert render.Head("x", verdict=bad, failure="cell 2").approval == bad


def test_the_template_is_written_run_and_reported(tmp_path: Path, loaded: Environment) -> None:
    """Title, setup, parameters, one query, one chart, one table; it runs as it is."""
    path = new.write(str(tmp_path / "50_best sellers"))
    cells = nbformat.read(path, as_version=4).cells
    assert cells[0].source.startswith("# Best sellers\n")
    assert set(parameters.declared(path)) == {"environment", "since", "until"}
    done = run.run_one(str(path), ["since=-1d"], tmp_path / OUT, "local", lambda _: None)
    assert done.succeeded, done.failure
    assert done.title == "Best sellers" and done.data_from is not None
    text = (tmp_path / OUT / f"{path.stem}.html").read_text()
    assert text.count('class="cw-chart"') == 1 and text.count('class="cw-table"') == 1


def test_a_notebook_is_never_overwritten(tmp_path: Path) -> None:
    """An existing file, a folder that is not there, a name that is none: refused by name."""
    path = new.write(str(tmp_path / "a.ipynb"))
    before = path.read_text()
    with pytest.raises(UsageError, match="exists already"):
        new.write(str(tmp_path / "a"))
    assert path.read_text() == before
    with pytest.raises(UsageError, match="40_fleet is a shipped notebook"):
        new.write(str(tmp_path / "40_fleet"))
    with pytest.raises(UsageError, match="There is no folder"):
        new.write(str(tmp_path / "b" / "a"))
    with pytest.raises(UsageError, match="no name for a notebook"):
        new.write(str(tmp_path / "a\x1b[31m"))


def _missing() -> Dimension:
    return dataclasses.replace(DIMENSIONS["PRODUCT"], name="NOWHERE")


def test_the_index_lists_status_time_and_data(tmp_path: Path) -> None:
    """Each report is listed with what became of it and its kept pages; text is escaped."""
    (tmp_path / "40_fleet").mkdir()
    (tmp_path / "40_fleet" / "2026-01-02_03-04-05.html").write_text("")
    results = [
        run.Result("40_fleet", "Fleet", "Shows.", 1.25, "2026-01-01", "2026-01-02", "UTC", None),
        run.Result("50_clicks", "Shop", "Shows.", 2.0, None, None, "UTC", "cell 2: <script>"),
    ]
    text = index.page(results, tmp_path, "local", VERDICT)
    assert 'href="40_fleet/2026-01-02_03-04-05.html"' in text and "Data (Chicago time)" in text
    assert "succeeded" in text and "1.2 s" in text and "2026-01-01 to 2026-01-02 UTC" in text
    assert "1 failed" in text and "&lt;script&gt;" in text and "<script>" not in text


def test_workers_end_with_the_command_that_started_them() -> None:
    """A killed 'report --all' leaves no worker behind."""
    code = (
        "import os, time\n"
        "from concurrent.futures import ProcessPoolExecutor\n"
        "from multiprocessing import get_context\n"
        "from cartwheel.reports.run import _end_with_parent\n"
        "if __name__ == '__main__':\n"
        "    own = (os.getpid(),)\n"
        "    pool = ProcessPoolExecutor(1, get_context('spawn'), _end_with_parent, own)\n"
        "    print(pool.submit(os.getpid).result(), flush=True)\n"
        "    pool.submit(time.sleep, 600)\n"
        "    time.sleep(600)\n"
    )
    with tempfile.NamedTemporaryFile("w", suffix=".py") as script:
        script.write(code)
        script.flush()
        command = subprocess.Popen([sys.executable, script.name], stdout=subprocess.PIPE, text=True)
        assert command.stdout is not None
        worker = psutil.Process(int(command.stdout.readline()))
        command.kill()
        command.wait()
        assert worker.wait(timeout=20) is None
    assert not worker.is_running()
