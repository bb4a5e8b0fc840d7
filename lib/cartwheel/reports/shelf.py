"""Where pages are kept: each run by its date, the newest also under the notebook's name."""

import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cartwheel.errors import UsageError
from cartwheel.files import write_atomically

PUBLIC = 0o644
_FORM = "%Y-%m-%d_%H-%M-%S"


@dataclass(frozen=True)
class Place:
    """
    Where one run of a notebook leaves its files.

    Attributes
    ----------
    page
        The page of this run, which no other run overwrites.
    newest
        The newest page of the notebook.
    """

    page: Path
    newest: Path

    @property
    def notebook(self) -> Path:
        """The executed notebook of this run."""
        return self.page.with_suffix(".ipynb")

    @property
    def unfinished(self) -> Path:
        """The notebook while it runs."""
        return self.page.with_name(f".{self.page.stem}.unfinished.ipynb")

    def drop(self) -> None:
        """Leave nothing of this run."""
        self.unfinished.unlink(missing_ok=True)
        if not any(self.page.parent.iterdir()):
            self.page.parent.rmdir()

    def put(self, text: str) -> None:
        """Keep the page, and let it be the newest."""
        self.unfinished.replace(self.notebook)
        write_atomically(self.page, text, PUBLIC)
        beside = self.newest.with_name(f".{self.page.name}.{os.getpid()}.new")
        beside.unlink(missing_ok=True)
        try:
            os.link(self.page, beside)
        except OSError:  # a file system without links
            shutil.copyfile(self.page, beside)
        beside.replace(self.newest)


def place(output: Path, name: str, at: datetime) -> Place:
    """
    Return where a run of a notebook that began at a time of the clock leaves its files.

    Raises
    ------
    UsageError
        If something else has a name that it needs.
    """
    folder, newest = output / name, output / f"{name}.html"
    if (folder.exists() and not folder.is_dir()) or newest.is_dir():
        raise UsageError(
            f"--output {output}: {name} must be a folder and {newest.name} a file there, and "
            "one of them is not. Name another folder."
        )
    folder.mkdir(exist_ok=True)
    stem, number = f"{at:{_FORM}}", 1
    while True:
        made = Place(
            folder / f"{stem}{f'-{number}' if number > 1 else ''}.html", output / f"{name}.html"
        )
        try:
            made.unfinished.touch(exist_ok=False)
        except FileExistsError:
            number += 1
            continue
        if made.page.exists() or made.notebook.exists():
            made.unfinished.unlink()
            number += 1
            continue
        return made


def earlier(output: Path, name: str) -> list[Path]:
    """Return the kept pages of a notebook, the newest first."""
    return sorted((output / name).glob("*.html"), reverse=True)


def require_writable(output: Path) -> None:
    """
    Make the folder of the reports if it is not there.

    Raises
    ------
    UsageError
        If nothing can be written there.
    """
    try:
        output.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=output):
            pass
    except OSError as error:
        raise UsageError(
            f"--output {output}: cannot be written: {error.strerror}. Name another folder."
        ) from None
