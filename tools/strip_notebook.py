"""
Notebooks as they are committed: without outputs, but for the cells that nbval checks.

``strip_notebook.py --verify|--write FILE…`` is for the checks. JupyterLab saves the notebooks
that git knows by :func:`before_save`, so that running one changes no file; others are saved
with what they show.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbstripout import strip_output

# What a kernel writes of itself; the language's name stays.
KERNEL = [
    f"metadata.language_info.{key}"
    for key in (
        "codemirror_mode", "file_extension", "mimetype", "nbconvert_exporter",
        "pygments_lexer", "version",
    )
]  # fmt: skip


def strip(notebook: Any) -> Any:
    """Return a notebook as it is committed."""
    notebook = strip_output(
        notebook, keep_output=False, keep_count=False, keep_id=False, extra_keys=KERNEL
    )
    for cell in notebook.cells:
        # nbval takes a cell without a count for one that never ran.
        count = 1 if cell.get("outputs") else None
        if cell.cell_type == "code":
            cell.execution_count = count
        for output in cell.get("outputs", []):
            if "execution_count" in output:
                output.execution_count = count
    return notebook


def stripped(text: str) -> str:
    """Return a notebook's text as it is committed."""
    return nbformat.writes(strip(nbformat.reads(text, as_version=nbformat.NO_CONVERT))) + "\n"


def before_save(model: dict[str, Any], path: str, contents_manager: Any, **_: Any) -> None:
    """Let JupyterLab save a notebook that git knows as it is committed."""
    if model["type"] != "notebook":
        return
    known = subprocess.run(
        ["git", "ls-files", "--error-unmatch", path.lstrip("/")],  # noqa: S607 - the user's own
        cwd=contents_manager.root_dir,
        capture_output=True,
        check=False,
    )
    if known.returncode == 0:
        model["content"] = strip(nbformat.from_dict(model["content"]))


def main(words: list[str]) -> int:
    """Verify or write files; return the exit status."""
    found = 0
    for path in map(Path, words[1:]):
        text = path.read_text(encoding="utf-8")
        if (wanted := stripped(text)) == text:
            continue
        if words[0] == "--write":
            path.write_text(wanted, encoding="utf-8")
        else:
            print(f"{path} is not as it is committed: run 'make format'.", file=sys.stderr)
            found = 1
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
