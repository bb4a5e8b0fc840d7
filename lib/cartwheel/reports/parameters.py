"""Parameters of a notebook: declared in one tagged cell, checked before it runs."""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec
import nbformat

from cartwheel.errors import CartwheelError, UsageError

TYPES: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool}
_IMPORTS = {"typing", "msgspec"}
_WORDS = {"true": True, "false": False}
_FORM = (
    "is not of the form 'name: type = default', where the type is str, int, float, bool, "
    "Literal[…] or Annotated[int, Meta(ge=…, le=…)]"
)


@dataclass(frozen=True)
class Parameter:
    """
    A declared parameter, such as ``truck_id: str = ""``.

    Attributes
    ----------
    type
        As msgspec checks it.
    type_text
        As it is declared.
    """

    name: str
    type: Any
    type_text: str
    default: Any

    @property
    def is_text(self) -> bool:
        """Is it a text, of whatever words?"""
        return isinstance(self.default, str)


def declared(notebook: Path) -> dict[str, Parameter]:
    """
    Return the parameters that a notebook declares.

    Raises
    ------
    CartwheelError
        If it cannot be read, or its cell tagged ``parameters`` holds anything but typed
        defaults.
    """
    found: dict[str, Parameter] = {}
    for cell in read(notebook).cells:
        if "parameters" not in (cell.metadata.get("tags") or []):
            continue
        try:
            statements = ast.parse(cell.source).body
        except SyntaxError as error:
            raise CartwheelError(
                f"{notebook.name}: the parameters cell is not Python: {error}."
            ) from None
        for node in statements:
            if isinstance(node, ast.ImportFrom) and node.module in _IMPORTS:
                continue
            parameter = _parameter(node)
            if parameter is None:
                text = ast.unparse(node)
                raise CartwheelError(f"{notebook.name}: {text!r} in the parameters cell {_FORM}.")
            found[parameter.name] = parameter
    return found


_UNREADABLE = (
    OSError, ValueError, TypeError, AttributeError, KeyError, nbformat.ValidationError,
)  # fmt: skip


def read(notebook: Path) -> Any:
    """
    Return a notebook.

    Raises
    ------
    CartwheelError
        If the file holds none.
    """
    try:
        found = nbformat.read(notebook, as_version=4)
        if not isinstance(found.cells, list):
            raise TypeError("its cells are no list")
        return found
    except _UNREADABLE as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise CartwheelError(f"{notebook} is no notebook that can be read: {reason}.") from None


def _parameter(node: ast.stmt) -> Parameter | None:
    if not isinstance(node, ast.AnnAssign) or node.value is None:
        return None
    if not isinstance(node.target, ast.Name):
        return None
    try:
        made = _type(node.annotation)
        default = msgspec.convert(ast.literal_eval(node.value), made)
    except (ValueError, TypeError, re.error, msgspec.ValidationError):
        return None
    return Parameter(node.target.id, made, ast.unparse(node.annotation), default)


def _type(node: ast.expr) -> Any:
    """
    Return the type that an annotation writes.

    Raises
    ------
    ValueError
        If it is none of those that a parameter may have.
    """
    if isinstance(node, ast.Name) and node.id in TYPES:
        return TYPES[node.id]
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if node.value.id == "Literal":
            return Literal[tuple(ast.literal_eval(part) for part in parts)]
        if node.value.id == "Annotated" and len(parts) == 2:
            return Annotated[_type(parts[0]), _meta(parts[1])]
    raise ValueError(ast.unparse(node))


def _meta(node: ast.expr) -> msgspec.Meta:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.args):
        raise ValueError(ast.unparse(node))
    if node.func.id != "Meta":
        raise ValueError(ast.unparse(node))
    return msgspec.Meta(**{str(each.arg): ast.literal_eval(each.value) for each in node.keywords})


def check(notebook: Path, words: Sequence[str]) -> dict[str, Any]:
    """
    Turn words such as ``truck_id=T003`` into the notebook's parameters.

    Raises
    ------
    UsageError
        Naming the parameter that is unknown, given twice, or of the wrong type.
    """
    known = declared(notebook)
    allowed = ", ".join(f"{p.name} ({p.type_text})" for p in known.values()) or "none"
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
    if parameter.is_text and not text.isprintable():
        raise UsageError(f"{notebook.stem}: {parameter.name}={text!r} is not printable text.")
    is_flag = isinstance(parameter.default, bool)
    word: Any = _WORDS.get(text.lower(), text) if is_flag else text
    try:
        value: Any = msgspec.convert(word, parameter.type, strict=parameter.is_text)
        is_number = not (isinstance(value, float) and value - value != 0)
    except msgspec.ValidationError:
        is_number = False
    if not is_number:
        raise UsageError(
            f"{notebook.stem}: {parameter.name}={text} is not allowed; it is {_words(parameter)}."
        )
    return value


def _words(parameter: Parameter) -> str:
    """Say what a parameter may be."""
    made = parameter.type
    if get_origin(made) is Literal:
        return "one of " + ", ".join(repr(each) for each in get_args(made))
    if get_origin(made) is Annotated:
        base, meta = get_args(made)
        limits = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
        parts = [
            f"{word} {limit:,}"
            for key, word in limits.items()
            if (limit := getattr(meta, key)) is not None
        ]
        limited = f", {' and '.join(parts)}" if parts else f": {parameter.type_text}"
        return f"of type {base.__name__}{limited}"
    return f"of type {made.__name__}"
