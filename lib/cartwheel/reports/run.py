"""Run notebooks as reports: checked, executed with papermill, rendered, listed."""

import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import nbformat

from cartwheel.connections import connect
from cartwheel.environment import LOCAL
from cartwheel.errors import CartwheelError, UsageError, unknown
from cartwheel.files import write_atomically
from cartwheel.paths import NOTEBOOKS
from cartwheel.reports import parameters, render, result
from cartwheel.reports.verdict import on_histories

WORKERS = 2
PUBLIC = 0o644
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
    failure: str | None

    @property
    def succeeded(self) -> bool:
        """Did every cell run?"""
        return self.failure is None


# Schedules and links may still know a notebook by its old name.
RENAMED = {"05_fleet": "40_fleet", "06_clicks": "50_clicks"}


def find(name: str) -> Path:
    """
    Return a notebook by its name, or by the one it had before.

    Raises
    ------
    UsageError
        If there is none of that name.
    """
    known = {path.stem: path for path in sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))}
    stem = Path(name).stem
    path = known.get(RENAMED.get(stem, stem))
    if path is None:
        raise unknown("notebook", name, known)
    return path


def run_one(
    name: str, words: Sequence[str], output: Path, environment: str | None, say: Say
) -> Result:
    """
    Run one notebook and leave its page and the executed notebook in a folder.

    Parameters
    ----------
    words
        Parameters as ``NAME=VALUE``.

    Raises
    ------
    UsageError
        If the notebook or a parameter is not as declared, or if a cell refuses a
        parameter's value; nothing is left then.
    """
    path = find(name)
    values = parameters.check(path, words)
    environment = _name(environment)
    connect(environment).close()  # started once, and an unknown name is told at once
    _make(output)
    done = _execute(path, values, output, environment)
    say(_line(done, output))
    return done


def run_all(output: Path, environment: str | None, say: Say) -> list[Result]:
    """Run every notebook with its defaults, and write the list of the reports."""
    paths = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
    environment = _name(environment)
    connect(environment).close()
    _make(output)
    # A kernel needs a fresh process: this one may hold threads and connections.
    with ProcessPoolExecutor(
        WORKERS, get_context("spawn"), initializer=_end_with_parent, initargs=(os.getpid(),)
    ) as pool:
        running = [pool.submit(_execute, path, {}, output, environment) for path in paths]
        results = []
        for future in running:
            results.append(future.result())
            say(_line(results[-1], output))
    index = render.index(results, environment, on_histories(environment))
    write_atomically(output / "index.html", index, PUBLIC)
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


def _make(output: Path) -> None:
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CartwheelError(f"{output} cannot be made a folder: {error.strerror}.") from None


def _line(done: Result, output: Path) -> str:
    page = output / f"{done.name}.html"
    return f"{done.name:<14} {done.seconds:5.1f} s  " + (
        str(page) if done.succeeded else f"FAILED in {done.failure}"
    )


def _execute(path: Path, values: dict[str, Any], output: Path, environment: str) -> Result:
    import papermill
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    executed = output / f"{path.stem}.ipynb"
    unfinished = output / f".{path.stem}.unfinished.ipynb"
    os.environ["CARTWHEEL_ENV"] = environment
    began = time.monotonic()
    failure = None
    try:
        papermill.execute_notebook(
            str(path), str(unfinished), values, cwd=str(path.parent), kernel_name="python3",
            progress_bar=False, extra_arguments=["--IPKernelApp.log_level=40"],
        )  # fmt: skip
    except PapermillExecutionError as error:
        if values and error.ename == UsageError.__name__:
            unfinished.unlink()
            raise UsageError(str(error.evalue)) from None
        failure = _failed_cell(error)
    except DeadKernelError:
        failure = "a cell that ended its kernel; run the notebook in JupyterLab to see which"
    unfinished.replace(executed)
    seconds = time.monotonic() - began
    notebook = nbformat.read(executed, as_version=4)
    published = result.read(notebook)
    footer = (
        f"{path.stem} · {environment} · run on {datetime.now(UTC):%Y-%m-%d %H:%M} UTC "
        f"in {seconds:.1f} s · " + (", ".join(f"{k}={v}" for k, v in values.items()) or "defaults")
    )
    page = render.page(notebook, path.stem, on_histories(environment), footer)
    write_atomically(output / f"{path.stem}.html", page, PUBLIC)
    return Result(
        path.stem,
        render.title(notebook) or path.stem,
        render.promise(notebook),
        seconds,
        published.get("data_from"),
        published.get("data_to"),
        failure,
    )


def _failed_cell(error: Any) -> str:
    """Name the cell that failed: its number and its first line."""
    first = next((line for line in error.source.splitlines() if line.strip()), "")
    return (
        f"cell {error.cell_index + 1} ({first.strip()[:60]}): {error.ename}: {error.evalue[:300]}"
    )
