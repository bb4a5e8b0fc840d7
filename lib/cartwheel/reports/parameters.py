"""Parameters of a notebook: declared in one tagged cell, checked before it runs."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import nbformat

from cartwheel.errors import CartwheelError, UsageError

TYPES: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool}
_WORDS = {"true": True, "false": False}


@dataclass(frozen=True)
class Parameter:
    """A declared parameter, such as ``truck_id: str = ""``."""

    name: str
    type_name: str
    default: Any


def declared(notebook: Path) -> dict[str, Parameter]:
    """
    Return the parameters that a notebook declares.

    Raises
    ------
    CartwheelError
        If the cell tagged ``parameters`` holds anything but typed defaults.
    """
    cells = nbformat.read(notebook, as_version=4).cells
    tagged = [c for c in cells if "parameters" in c.metadata.get("tags", [])]
    found: dict[str, Parameter] = {}
    for cell in tagged:
        for node in ast.parse(cell.source).body:
            parameter = _parameter(node)
            if parameter is None:
                raise CartwheelError(
                    f"{notebook.name}: {ast.unparse(node)!r} in the parameters cell is not of the "
                    f"form 'name: type = default' with a type of {', '.join(TYPES)}."
                )
            found[parameter.name] = parameter
    return found


def _parameter(node: ast.stmt) -> Parameter | None:
    if not isinstance(node, ast.AnnAssign) or node.value is None:
        return None
    if not isinstance(node.target, ast.Name) or not isinstance(node.annotation, ast.Name):
        return None
    if node.annotation.id not in TYPES:
        return None
    try:
        default = ast.literal_eval(node.value)
    except ValueError:
        return None
    return Parameter(node.target.id, node.annotation.id, default)


def check(notebook: Path, words: Sequence[str]) -> dict[str, Any]:
    """
    Turn words such as ``truck_id=T003`` into the notebook's parameters.

    Raises
    ------
    UsageError
        Naming the parameter that is unknown, given twice, or of the wrong type.
    """
    known = declared(notebook)
    allowed = ", ".join(f"{p.name} ({p.type_name})" for p in known.values()) or "none"
    values: dict[str, Any] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals:
            raise UsageError(f"-p {word!r} is not of the form NAME=VALUE.")
        if name not in known:
            raise UsageError(f"{notebook.stem} has no parameter {name!r}; it has {allowed}.")
        if name in values:
            raise UsageError(f"{notebook.stem}: the parameter {name!r} is given twice.")
        values[name] = _converted(notebook, known[name], text)
    return values


def _converted(notebook: Path, parameter: Parameter, text: str) -> Any:
    if parameter.type_name == "str" and text.isprintable():
        return text
    if parameter.type_name == "str":
        raise UsageError(f"{notebook.stem}: {parameter.name}={text!r} is not printable text.")
    word: Any = _WORDS.get(text.lower(), text) if parameter.type_name == "bool" else text
    try:
        value: Any = msgspec.convert(word, TYPES[parameter.type_name], strict=False)
    except msgspec.ValidationError:
        value = None
    if value is None or (isinstance(value, float) and value - value != 0):
        raise UsageError(
            f"{notebook.stem}: {parameter.name} is of type {parameter.type_name}, and "
            f"{text!r} is not."
        )
    return value
