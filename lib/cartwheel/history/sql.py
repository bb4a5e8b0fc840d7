"""The SQL of a history, made from its declaration by the templates in ``sql/history``."""

from collections.abc import Iterable
from functools import cache
from textwrap import indent
from typing import Any

import jinja2

from cartwheel.history.declaration import Dimension, Source
from cartwheel.paths import SQL
from cartwheel.warehouse import sqlfiles

# What an open end sorts as. An event at this very instant only makes a merge rebuild more.
FOREVER = "cast('9999-12-31 23:59:59.999999' as timestamp_ntz)"

NEVER = "cast('0001-01-01' as timestamp_ntz)"

# With more late rows of one key in a merge, all from the first of them on is made anew.
MAX_TIMES = 50
# How many versions behind a late row, on an average, are looked at for where it ends.
LOOK_AHEAD = 20


def _listed(names: Iterable[str], spaces: int, prefix: str = "", suffix: str = "") -> str:
    return (",\n" + " " * spaces).join(f"{prefix}{name}{suffix}" for name in names)


def _tracked(source: Source, name: str, spaces: int) -> str:
    """Return a tracked column of a source's row; of a deletion nothing is known."""
    sql = source.columns[name].sql("raw_rows")
    if sql == f"raw_rows.{name}" and not source.deleted_when:
        return sql
    if source.deleted_when:
        sql = f"iff(raw_rows.{source.deleted_when}, null, {sql})"
    return indent(f"{sql} as {name}", " " * spaces).lstrip()


def _states(dimension: Dimension) -> list[str]:
    """Return what makes two neighbours alike or not."""
    return [*(["is_deleted"] if dimension.deletes else []), *dimension.columns]


def tables(dimension: Dimension) -> list[str]:
    """Return the raw tables of a dimension, each once."""
    return list(dict.fromkeys(source.table for source in dimension.sources))


@cache
def environment() -> jinja2.Environment:
    """Return Jinja with what the templates of ``sql/history`` call."""
    made = sqlfiles.templates(SQL / "history")
    made.globals.update(
        listed=_listed,
        tracked=_tracked,
        states=_states,
        tables=tables,
        forever=FOREVER,
        never=NEVER,
        max_times=MAX_TIMES,
        look_ahead=LOOK_AHEAD,
        quoted=lambda values: ", ".join(f"'{value}'" for value in values),
    )
    return made


def text(template: str, dimension: Dimension, **options: Any) -> str:
    """
    Return the SQL of a template of ``sql/history`` for a dimension.

    Parameters
    ----------
    template
        Its name without ``.j2``, such as ``merge``.
    options
        What else the template asks for.
    """
    found = environment().get_template(f"{template}.j2")
    return found.render(d=dimension, **options)


def statements(template: str, dimension: Dimension, **options: Any) -> tuple[str, ...]:
    """Return the statements of a template for a dimension, in their order."""
    return sqlfiles.statements(text(template, dimension, **options))
