"""The functions' packages are small since they import the events alone."""

import ast

import pytest
from cartwheel.paths import INFRA

FILES = sorted((INFRA / "functions").rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_function_imports_nothing_of_the_library_but_the_events(path) -> None:
    """What a function takes of the library is cartwheel.events."""
    tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    names = []
    for node in tree:
        if isinstance(node, ast.ImportFrom):
            names.append(node.module or "")
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
    ours = {name for name in names if name.split(".")[0] in ("cartwheel", "producers")}
    assert ours <= {"cartwheel.events"}


def test_there_are_functions() -> None:
    """The claim above is about something."""
    assert len(FILES) >= 10
