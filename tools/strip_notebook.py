"""
Notebooks as they are committed: without outputs, but for the cells that nbval checks.

As git's filter (``strip_notebook.py <in >out``) it lets git see a shipped notebook without
what running it adds; ``strip_notebook.py --verify|--write FILE…`` is for the checks.
"""

import sys
from pathlib import Path

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


def stripped(text: str) -> str:
    """Return a notebook's text as it is committed."""
    notebook = nbformat.reads(text, as_version=nbformat.NO_CONVERT)
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
    return nbformat.writes(notebook) + "\n"


def main(words: list[str]) -> int:
    """Filter standard input, or verify or write files; return the exit status."""
    if not words:
        sys.stdout.write(stripped(sys.stdin.read()))
        return 0
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
