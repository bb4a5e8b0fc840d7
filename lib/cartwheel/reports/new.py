"""A notebook to start from: title, parameters, one query, one chart, one table."""

import json
import re
from pathlib import Path

from cartwheel.errors import UsageError
from cartwheel.files import write_atomically
from cartwheel.paths import NOTEBOOKS

TEMPLATE = Path(__file__).parent / "new.ipynb"
_NAME = re.compile(r"[\w][\w .-]{0,80}")
PUBLIC = 0o644


def write(name: str) -> Path:
    """
    Write a notebook from the template.

    Parameters
    ----------
    name
        Of the notebook, with or without its ending; a folder may stand before it.

    Returns
    -------
    Path
        The notebook.

    Raises
    ------
    UsageError
        If it exists, its folder does not, or its name is none for a file.
    """
    path = Path(name.removesuffix(".ipynb") + ".ipynb")
    if not _NAME.fullmatch(path.stem):
        raise UsageError(
            f"{path.stem!r} is no name for a notebook: letters, digits, blanks, '_', '-' and '.' "
            "are allowed."
        )
    if (NOTEBOOKS / path.name).exists():
        raise UsageError(
            f"{path.stem} is a shipped notebook, and its pages have that name; choose another."
        )
    if not path.parent.is_dir():
        raise UsageError(f"There is no folder {path.parent}; make it first, or name another one.")
    if path.exists():
        raise UsageError(f"{path} exists already, and is left as it is; choose another name.")
    title = re.sub(r"^\d+_", "", path.stem).replace("_", " ").strip()
    notebook = json.loads(TEMPLATE.read_text(encoding="utf-8"))
    first = notebook["cells"][0]
    heading = f"# {title[:1].upper()}{title[1:]}"
    first["source"] = [line.replace("# @TITLE@", heading) for line in first["source"]]
    try:
        write_atomically(path, json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", PUBLIC)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from None
    return path
