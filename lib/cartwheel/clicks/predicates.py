"""
Predicates that a user writes: parsed, checked against an allow-list, written anew.

What is not a column that may be asked, a literal, or one of a few comparisons never reaches the
warehouse, and nothing does as it was typed: texts are bound.
"""

import difflib
from typing import Any, NamedTuple

import sqlglot
from sqlglot import exp

from cartwheel.errors import UsageError


class Columns(NamedTuple):
    """
    What a predicate may ask.

    Attributes
    ----------
    what
        Whose columns they are, for messages, such as ``a click``.
    names
        Of each name the table, as the statement calls it, and its column.
    example
        A predicate.
    """

    what: str
    names: dict[str, tuple[str, str]]
    example: str


COLUMNS = (
    "event_type", "page", "product_id", "product_name", "category", "quantity", "price",
    "order_id", "order_total", "device_type", "browser", "user_type", "location", "referrer_url",
    "campaign", "experiment", "shown_price", "stock_band", "user_id", "session_id",
)  # fmt: skip
# As the PRODUCT history has them at the time of the click.
_THEN = ("price", "stock_band", "category", "product_name")
CLICK = Columns(
    "a click",
    {
        **{name: ("clicks", name) for name in COLUMNS},
        **{f"{name}_then": ("product", name) for name in _THEN},
    },
    "event_type = 'view'",
)
_ALLOWED = (
    exp.And, exp.Or, exp.Not, exp.Paren, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In,
    exp.Between, exp.Like, exp.Is, exp.Null, exp.Literal, exp.Boolean, exp.Neg, exp.Column,
    exp.Identifier,
)  # fmt: skip
_TESTS = (
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In,
    exp.Between, exp.Like, exp.Is,
)  # fmt: skip
_WORDS = "columns, literals, =, <>, <, <=, >, >=, and, or, not, in, between, like, is null"


def checked(text: str, where: str, values: dict[str, Any], columns: Columns = CLICK) -> str:
    """
    Return a predicate as it may be sent to the warehouse: columns qualified, texts as ``:names``.

    Parameters
    ----------
    text
        Such as ``event_type = 'view' and category in ('laptop', 'camera')``.
    where
        What it belongs to, for the message.
    values
        Takes what the names bind.
    columns
        What may be asked.

    Raises
    ------
    UsageError
        Naming what is not allowed, and what is.
    """
    tree = _parsed(text, where, columns)
    for node in tree.walk():
        if not isinstance(node, _ALLOWED) or (isinstance(node, exp.In) and node.args.get("query")):
            raise UsageError(
                f"{where}: {node.sql(dialect='snowflake')!r} is not allowed; allowed are {_WORDS}."
            )
    if not isinstance(tree.unnest(), _TESTS):
        raise UsageError(f"{where}: {text!r} is no comparison, such as {columns.example}.")
    for column in list(tree.find_all(exp.Column)):
        _qualify(column, where, columns)
    for literal in list(tree.find_all(exp.Literal)):
        if literal.is_string:
            name = f"text_{len(values)}"
            values[name] = literal.name
            literal.replace(exp.Placeholder(this=name))
    return tree.sql(dialect="snowflake")


def _parsed(text: str, where: str, columns: Columns) -> exp.Expression:
    if not text.strip():
        raise UsageError(f"{where}: the condition is empty; write such as {columns.example}.")
    try:
        parsed = sqlglot.parse(text, read="snowflake")
    except sqlglot.errors.SqlglotError:
        parsed = []
    if len(parsed) != 1 or not isinstance(parsed[0], exp.Expression):
        raise UsageError(f"{where}: {text!r} is not understood; allowed are {_WORDS}.")
    return parsed[0]


def _qualify(column: exp.Column, where: str, columns: Columns) -> None:
    """Let a column name its table, if it is one that may be asked."""
    name, known = column.name.lower(), list(columns.names)
    if name not in known or column.table:
        near = difflib.get_close_matches(name, known, 1)
        parts = [each.name for each in column.parts]
        hint = f" Did you mean {near[0]}?" if near else ""
        raise UsageError(
            f"{where}: there is no column {'.'.join(parts)!r} of {columns.what}.{hint} There are "
            f"{', '.join(known)}."
        )
    table, real = columns.names[name]
    column.set("this", exp.to_identifier(real))
    column.set("table", exp.to_identifier(table))


def column(name: str, where: str) -> str:
    """
    Return a column to break down by as it may be sent to the warehouse.

    Raises
    ------
    UsageError
        If a click has no such column.
    """
    found = exp.column(name)
    _qualify(found, where, CLICK)
    return found.sql(dialect="snowflake")
