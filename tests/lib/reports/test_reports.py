"""Reports: parameters are checked, cells that fail are named, pages need nothing else."""

import dataclasses
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import psutil
import pytest
from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError, UsageError
from cartwheel.history import DIMENSIONS, Dimension
from cartwheel.reports import parameters, render, result, run
from cartwheel.reports.verdict import Verdict, on_histories
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
        'a: str = "x"  # words\nb: int = 3\nc: float = 0.5\nd: bool = False',
    )


def test_parameters_are_converted_to_their_declared_types(declared: Path) -> None:
    """A value has the type of its declaration, whatever it looks like."""
    values = parameters.check(declared, ["a=1", "b=-4", "c=2", "d=true"])
    assert values == {"a": "1", "b": -4, "c": 2.0, "d": True}
    assert isinstance(values["c"], float)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("e=1", r"no parameter 'e'; it has a \(str\), b \(int\), c \(float\), d \(bool\)"),
        ("b=three", "b is of type int, and 'three' is not"),
        ("b=1.5", "b is of type int"),
        ("c=nan", "c is of type float"),
        ("d=maybe", "d is of type bool"),
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


@pytest.mark.parametrize("line", ["a = 1", "a: list = []", "import os", "a: int", "a: int = f()"])
def test_a_parameters_cell_holds_typed_defaults_and_nothing_else(tmp_path: Path, line: str) -> None:
    """What is not a typed default is refused, and never executed to find out."""
    with pytest.raises(CartwheelError, match="name: type = default"):
        parameters.declared(notebook(tmp_path / "10_x.ipynb", line))


def test_a_failing_cell_is_named_and_the_rest_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: Environment
) -> None:
    """The result names cell and error; the executed notebook and a page are left all the same."""
    notebook(tmp_path / "10_x.ipynb", 'a: str = "x"', "print('before')", "1 / 0  # the fault")
    monkeypatch.setattr(run, "NOTEBOOKS", tmp_path)
    said: list[str] = []
    done = run.run_one("10_x", [], tmp_path / "out", "local", said.append)
    assert not done.succeeded
    assert done.failure is not None
    assert done.failure.startswith("cell 4 (1 / 0  # the fault): ZeroDivisionError")
    assert "FAILED" in said[0]
    assert "before" in (tmp_path / "out" / "10_x.html").read_text()
    assert (tmp_path / "out" / "10_x.ipynb").exists()


def test_a_report_gets_its_parameters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: Environment
) -> None:
    """What -p says is what the notebook sees, and quotes in it are data."""
    notebook(tmp_path / "10_x.ipynb", 'a: str = "x"\nb: int = 1', "print(repr(a), b + 1)")
    monkeypatch.setattr(run, "NOTEBOOKS", tmp_path)
    text = 'it\'s "so"\\n; import os'
    done = run.run_one("10_x", [f"a={text}", "b=41"], tmp_path / "out", "local", lambda _: None)
    assert done.succeeded
    executed = nbformat.read(tmp_path / "out" / "10_x.ipynb", as_version=4)
    printed = executed.cells[-1].outputs[0].text
    assert printed.strip() == f"{text!r} 42"


def test_what_a_cell_refuses_is_misuse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: Environment
) -> None:
    """A history that does not exist is refused with the names that do; nothing is left of it."""
    asked = "from cartwheel import history\nhistory.resolve(name)"
    notebook(tmp_path / "10_x.ipynb", 'name: str = "PRODUCT"', asked)
    monkeypatch.setattr(run, "NOTEBOOKS", tmp_path)
    out = tmp_path / "out"
    with pytest.raises(UsageError, match="no history 'PRODUCTS'; there are TRUCK_TELEMETRY_DATA"):
        run.run_one("10_x", ["name=PRODUCTS"], out, "local", lambda _: None)
    assert list(out.iterdir()) == []
    assert run.run_one("10_x", ["name=PRODUCT"], out, "local", lambda _: None).succeeded
    assert {path.name for path in out.iterdir()} == {"10_x.ipynb", "10_x.html"}


def page(*outputs: object) -> str:
    made = new_notebook()
    made.cells = [new_markdown_cell("# T <b>"), new_code_cell("secret = 1", outputs=list(outputs))]
    return render.page(made, "name", VERDICT, "a <footer>")


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
    assert verdict.holds and verdict.text.startswith("The histories hold: all 25 rules")
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


def _missing() -> Dimension:
    return dataclasses.replace(DIMENSIONS["PRODUCT"], name="NOWHERE")


def test_the_index_lists_status_time_and_data() -> None:
    """Each report is listed with what became of it, and text in it is escaped."""
    results = [
        run.Result("40_fleet", "Fleet", "Shows.", 1.25, "2026-01-01", "2026-01-02", None),
        run.Result("50_clicks", "Shop", "Shows.", 2.0, None, None, "cell 2: <script>"),
    ]
    text = render.index(results, "local", VERDICT)
    assert "succeeded" in text and "1.2 s" in text and "2026-01-02" in text
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
