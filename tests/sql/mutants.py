"""Faults put into a query, one at a time: what a slip of the pen would make of it."""

from collections.abc import Callable, Iterator
from functools import cache
from itertools import count

import sqlglot
from sqlglot import exp

Change = Callable[[exp.Expression], Iterator[tuple[str, exp.Expression]]]

_COMPARED: dict[type[exp.Expression], tuple[type[exp.Binary], ...]] = {
    exp.EQ: (exp.NEQ,),
    exp.GT: (exp.GTE, exp.LT),
    exp.GTE: (exp.GT, exp.LT),
    exp.LT: (exp.LTE, exp.GTE),
    exp.LTE: (exp.LT, exp.GT),
    exp.Add: (exp.Sub,),
    exp.Sub: (exp.Add,),
    exp.Mul: (exp.Div,),
    exp.Div: (exp.Mul,),
}
_TOLD: dict[type[exp.Expression], tuple[type[exp.Func], ...]] = {
    exp.Min: (exp.Max,),
    exp.Max: (exp.Min,),
    exp.Sum: (exp.Avg, exp.Max),
    exp.Avg: (exp.Sum, exp.Max),
    exp.Median: (exp.Avg, exp.Max),
    exp.Floor: (exp.Ceil,),
}


def _binary(node: exp.Expression) -> Iterator[tuple[str, exp.Expression]]:
    for other in _COMPARED.get(type(node), ()):
        yield other.key, other(this=node.this.copy(), expression=node.expression.copy())


def _connected(node: exp.Expression) -> Iterator[tuple[str, exp.Expression]]:
    if isinstance(node, exp.And | exp.Or):
        yield "only the left", node.this.copy()
        yield "only the right", node.expression.copy()


def _function(node: exp.Expression) -> Iterator[tuple[str, exp.Expression]]:
    for other in _TOLD.get(type(node), ()):
        yield other.key, other(this=node.this.copy())
    if isinstance(node, exp.Least):
        yield "greatest", exp.Greatest(**node.copy().args)
        for place in range(len(node.expressions)):
            less = node.copy()
            less.expressions.pop(place)
            yield f"without argument {place + 2}", less
        first, *others = node.copy().expressions
        yield "without argument 1", exp.Least(this=first, expressions=others)
    if isinstance(node, exp.Coalesce):
        yield "without its default", node.this.copy()
    if isinstance(node, exp.CountIf):
        yield "count all", exp.Count(this=exp.Star())
    if isinstance(node, exp.Count) and isinstance(node.this, exp.Distinct):
        yield "not distinct", exp.Count(this=node.this.expressions[0].copy())


def _branches(node: exp.Expression) -> Iterator[tuple[str, exp.Expression]]:
    if isinstance(node, exp.Case) and len(node.args["ifs"]) > 1:
        for place in range(len(node.args["ifs"])):
            less = node.copy()
            less.args["ifs"].pop(place)
            yield f"without branch {place + 1}", less
    if isinstance(node, exp.If) and not isinstance(node.parent, exp.Case):
        yield "always the first", node.args["true"].copy()
        yield "always the second", (node.args.get("false") or exp.Null()).copy()


def _ordered(node: exp.Expression) -> Iterator[tuple[str, exp.Expression]]:
    if isinstance(node, exp.Ordered):
        turned = node.copy()
        turned.set("desc", not node.args.get("desc"))
        yield "the other way round", turned
    if isinstance(node, exp.Order) and len(node.expressions) > 1:
        for place in range(len(node.expressions)):
            less = node.copy()
            less.expressions.pop(place)
            yield f"without key {place + 1}", less
    if isinstance(node, exp.Window) and node.args.get("partition_by"):
        whole = node.copy()
        whole.set("partition_by", None)
        yield "without partition", whole


def _clauses(node: exp.Expression) -> Iterator[tuple[str, exp.Expression]]:
    if isinstance(node, exp.Select):
        for clause in ("where", "qualify"):
            if node.args.get(clause):
                bare = node.copy()
                bare.set(clause, None)
                yield f"without {clause}", bare
    if isinstance(node, exp.Join) and node.args.get("kind") == "INNER":
        left = node.copy()
        left.set("kind", None)
        left.set("side", "LEFT")
        yield "left join", left
    if isinstance(node, exp.Literal) and node.is_int and not node.find_ancestor(exp.Cast):
        yield "one more", exp.Literal.number(int(node.this) + 1)


def _projected(node: exp.Expression) -> Iterator[tuple[str, exp.Expression]]:
    """Replace a column of a list by null."""
    if not isinstance(node, exp.Select) or node.find_ancestor(exp.Union):
        return
    for place, column in enumerate(node.expressions):
        name = column.alias_or_name
        if name and not isinstance(column, exp.Star) and name != "*":
            nulled = node.copy()
            nulled.expressions[place] = exp.alias_(exp.Null(), name)
            nulled.set("expressions", nulled.expressions)
            yield f"{name} is null", nulled


CHANGES: tuple[Change, ...] = (
    _binary, _connected, _function, _branches, _ordered, _clauses, _projected,
)  # fmt: skip


@cache
def of(statement: str) -> dict[str, str]:
    """
    Return every mutant of a statement: its name, and its text.

    A name tells what was changed and to what, and numbers what would be called alike.
    """
    tree = sqlglot.parse_one(statement, dialect="snowflake")
    found: dict[str, str] = {}
    for place, node in enumerate(tree.walk()):
        for change in CHANGES:
            for what, other in change(node):
                told = node.sql(dialect="snowflake")
                short = told if len(told) < 60 else f"{told[:57]}…"
                name = f"{short} -> {what}"
                for number in count(2):
                    if name not in found:
                        break
                    name = f"{short} -> {what} ({number})"
                found[name] = _with(tree, place, other)
    return found


def _with(tree: exp.Expression, place: int, other: exp.Expression) -> str:
    """Return the text of the tree with another node at a place."""
    mutant = tree.copy()
    node = next(n for number, n in enumerate(mutant.walk()) if number == place)
    if node is mutant:
        return other.sql(dialect="snowflake")
    node.replace(other)
    return mutant.sql(dialect="snowflake")
