"""Run notebooks as reports: checked, executed with papermill, rendered, kept, listed."""

import logging
import os
import re
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from cartwheel import display
from cartwheel.connections import connect
from cartwheel.environment import LOCAL
from cartwheel.errors import UsageError, unknown
from cartwheel.files import write_atomically
from cartwheel.paths import NOTEBOOKS
from cartwheel.reports import index, outside, parameters, render, result, shelf
from cartwheel.reports.verdict import of_page, on_histories

WORKERS = 2
_NAME = re.compile(r"\w[\w .-]*")
ENVIRONMENT = "environment"  # a notebook's parameter that means the same as -e
Say = Callable[[str], None]


@dataclass(frozen=True)
class Result:
    """What became of one report."""

    name: str
    title: str
    promise: str
    seconds: float
    data_from: str | None
    data_to: str | None
    zone: str
    failure: str | None

    @property
    def succeeded(self) -> bool:
        """Did every cell run?"""
        return self.failure is None


# Schedules and links may still know a notebook by its old name.
RENAMED = {"05_fleet": "40_fleet", "06_clicks": "50_clicks"}


def find(name: str) -> Path:
    """
    Return a notebook: a file anywhere, or one of the shipped ones by its name.

    Raises
    ------
    UsageError
        If there is none of that name.
    """
    path = Path(name)
    if path.suffix == ".ipynb" and path.is_file():
        if not _NAME.fullmatch(path.stem) or path.stem == "index":
            raise UsageError(
                f"{path.stem!r} cannot be the name of a page: letters, digits, blanks, '_', '-' "
                "and '.' are allowed, and 'index' is the list of the reports. Rename the notebook."
            )
        return path.resolve()
    if path.suffix == ".ipynb" and path.parent != Path():
        raise UsageError(f"There is no notebook {name}; 'cartwheel new' writes one.")
    known = {each.stem: each for each in _shipped()}
    stem = path.stem if path.parent == Path() else name
    found = known.get(RENAMED.get(stem, stem))
    if found is None:
        raise UsageError(
            f"{unknown('notebook', name, known)} A notebook of your own is named by its file, "
            "such as folder/sales.ipynb."
        )
    return found


def _shipped() -> list[Path]:
    return sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))


def run_one(
    name: str, words: Sequence[str], output: Path, environment: str | None, say: Say
) -> Result:
    """
    Run one notebook and keep its page and the executed notebook in a folder.

    Parameters
    ----------
    words
        Parameters as ``NAME=VALUE``.

    Raises
    ------
    UsageError
        If the notebook, a parameter or the folder is not as it must be, or if a cell
        refuses a parameter's value; nothing is left then, and the old page stays.
    """
    path = find(name)
    values = parameters.check(path, words)
    if values.get(ENVIRONMENT) and environment:
        raise UsageError(
            f"-e {environment} and -p {ENVIRONMENT}={values[ENVIRONMENT]} both name the "
            "environment: name it once."
        )
    environment = _name(environment or values.get(ENVIRONMENT))
    shelf.require_writable(output)
    connect(environment).close()  # started once, and an unknown name is told at once
    done = _execute(path, values, output, environment)
    say(_line(done, output))
    return done


def run_all(
    output: Path, environment: str | None, say: Say, *, overviews: bool = False
) -> list[Result]:
    """
    Run the shipped notebooks with their defaults, and write the list of the reports.

    Parameters
    ----------
    overviews
        Only the pipeline's own, and the first of each area.
    """
    environment = _name(environment)
    shelf.require_writable(output)
    connect(environment).close()
    # A kernel needs a fresh process: this one may hold threads and connections.
    with ProcessPoolExecutor(
        WORKERS, get_context("spawn"), initializer=_end_with_parent, initargs=(os.getpid(),)
    ) as pool:
        running = [
            pool.submit(_execute, path, {}, output, environment)
            for path in _shipped()
            if not overviews or path.name.startswith("0") or path.name[1] == "0"
        ]
        results = []
        for future in running:
            results.append(future.result())
            say(_line(results[-1], output))
    text = index.page(results, output, environment, on_histories(environment))
    write_atomically(output / "index.html", text, shelf.PUBLIC)
    say(f"{output / 'index.html'} lists them.")
    return results


def _end_with_parent(parent: int) -> None:
    """End this worker, and with it its kernel, when the command that started it is gone."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="watch the parent").start()


def _name(environment: str | None) -> str:
    return environment or os.environ.get("CARTWHEEL_ENV") or LOCAL


def _line(done: Result, output: Path) -> str:
    page = output / f"{done.name}.html"
    told = (
        str(page) if done.succeeded else f"FAILED in {done.failure}\n{'':24}{page} shows the rest"
    )
    return f"{done.name:<14} {done.seconds:5.1f} s  {told}"


def _execute(path: Path, values: dict[str, Any], output: Path, environment: str) -> Result:
    shown = display.of_environment(environment)
    at = shown.clock(datetime.now(UTC))
    place = shelf.place(output, path.stem, at)
    os.environ["CARTWHEEL_ENV"] = environment
    began = time.monotonic()
    try:
        failure = _run(path, values, place.unfinished)
    except BaseException:
        place.drop()
        raise
    seconds = time.monotonic() - began
    notebook = parameters.read(place.unfinished)
    failure = failure or outside.refused(notebook)
    published = {"zone": shown.zone_name} | result.read(notebook)
    given = ", ".join(f"{key}={value}" for key, value in values.items()) or "defaults"
    footer = (
        f"{path.stem} · {environment} · run on {at:%Y-%m-%d %H:%M} {shown.zone_name} "
        f"in {seconds:.1f} s · {given}"
    )
    head = render.Head(
        name=path.stem,
        verdict=of_page(notebook, environment),
        failure=failure,
        data=(published.get("data_from"), published.get("data_to")),
        zone=published["zone"],
        footer=footer,
    )
    place.put(render.page(notebook, head))
    return Result(
        path.stem,
        render.title(notebook) or path.stem,
        render.promise(notebook),
        seconds,
        published.get("data_from"),
        published.get("data_to"),
        published["zone"],
        failure,
    )


def _run(path: Path, values: dict[str, Any], executed: Path) -> str | None:
    """Execute a notebook; return what failed in it, None if nothing did."""
    import papermill
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    # It cannot read our parameters' types and warns of them; they were checked here. A kernel
    # says in its log as an error that it was interrupted, which is how it is ended.
    logging.getLogger("papermill").setLevel(logging.ERROR)
    try:
        papermill.execute_notebook(
            str(path), str(executed), values, cwd=str(path.parent), kernel_name="python3",
            progress_bar=False, extra_arguments=["--IPKernelApp.log_level=50"],
        )  # fmt: skip
    except PapermillExecutionError as error:
        if values and error.ename == UsageError.__name__:
            raise UsageError(str(error.evalue)) from None
        return _failed_cell(path, error)
    except DeadKernelError:
        return "a cell that ended its kernel; run the notebook in JupyterLab to see which"
    return None


def _failed_cell(path: Path, error: Any) -> str:
    """Name the cell that failed: its number in the notebook, its first line, its error."""
    sources = [cell.source for cell in parameters.read(path).cells]
    number = sources.index(error.source) + 1 if error.source in sources else error.cell_index + 1
    first = next((line for line in error.source.splitlines() if line.strip()), "")
    return f"cell {number} ({first.strip()[:60]}): {error.ename}: {error.evalue[:300]}"
