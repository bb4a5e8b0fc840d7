"""
What a dimension is made of: where its events lie, what is tracked, when it ends.

A declaration holds names and plain values only. Every name must be a plain identifier
and every value a plain word, so that a declaration cannot carry SQL of its own.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cartwheel.errors import UsageError

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_TABLE = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_TITLE = re.compile(r"[A-Z][A-Z0-9_]*")
_WORD = re.compile(r"[A-Za-z0-9_-]+")
# The greatest lineage wins among the rows of one key and time.
LINEAGE = ("sequence_number", "shard_id", "event_id", "file_name", "file_row")
# Columns that every history has, or that its merge makes: no dimension may have them.
RESERVED = {
    "effective_from", "effective_to", "is_current", "load_timestamp", "region_from", "region_to",
    "happened_at", "previous_at", "next_at", "next_from", "last_at", "changed_at", "point_at",
    "point_number", "begun_until", "next_until", "count_held", "count_ended", "ended_at",
    "place_from_last", "seconds_ahead", "look_until", "holds", "life", "place_in_tie", "is_open",
    "is_last", "is_known", "arrived_at", "is_deleted", "source_number", "merge_id", "change",
    "column_name", *LINEAGE,
}  # fmt: skip
# Snowflake's reserved words, which cannot name a column unless quoted:
# https://docs.snowflake.com/en/sql-reference/reserved-keywords
KEYWORDS = set(
    re.findall(
        r"\w+",
        """
        all alter and any as between by case cast check column connect connection
        constraint create cross current current_date current_time current_timestamp
        current_user database delete distinct drop else exists false following for from
        full grant group gscluster having ilike in increment inner insert intersect into
        is issue join lateral left like localtime localtimestamp minus natural not null
        of on or order organization qualify regexp revoke right rlike row rows sample
        schema select set some start table tablesample then to trigger true try_cast
        union unique update using values view when whenever where with
        """,
    )
)
_OURS = re.compile(r"(changed|changes|until|tells|differs|last|now)_\d+|\w+_(of_row|told)")


def _is_text(value: Any) -> bool:
    """Return whether a value is text that UTF-8 can hold: a lone surrogate is not."""
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _plain(kind: re.Pattern[str], value: str, what: str) -> None:
    if not isinstance(value, str) or not kind.fullmatch(value):
        raise UsageError(f"{what}: {value!r} is not allowed; it must match {kind.pattern}.")
    if kind is not _WORD and (reserved := KEYWORDS & set(value.lower().split("."))):
        raise UsageError(f"{what}: {', '.join(reserved)} is a reserved word of SQL.")


@dataclass(frozen=True)
class Same:
    """A tracked column that is a column of the source."""

    of: str

    def __post_init__(self) -> None:
        _plain(_NAME, self.of, "column")

    def sql(self, row: str) -> str:
        """Return the expression over a row of the source, by the row's alias."""
        return f"{row}.{self.of}"


@dataclass(frozen=True)
class Equals:
    """True where a column of the source has a value."""

    of: str
    value: str

    def __post_init__(self) -> None:
        _plain(_NAME, self.of, "column")
        _plain(_WORD, self.value, f"value of {self.of}")

    def sql(self, row: str) -> str:
        """Return the expression over a row of the source, by the row's alias."""
        return f"{row}.{self.of} = '{self.value}'"


@dataclass(frozen=True)
class Band:
    """
    The name of the band that a number lies in; null stays null.

    Parameters
    ----------
    edges
        Where a band ends and the next begins, ascending; an edge belongs to the upper one.
    names
        One more than edges, from the lowest band to the highest.
    """

    of: str
    edges: tuple[float, ...]
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        _plain(_NAME, self.of, "column")
        for name in self.names:
            _plain(_WORD, name, f"band of {self.of}")
        if not all(type(edge) in (int, float) and math.isfinite(edge) for edge in self.edges):
            raise UsageError(f"bands of {self.of}: the edges {self.edges} must be finite numbers.")
        if not self.edges or list(self.edges) != sorted(set(self.edges)):
            raise UsageError(f"bands of {self.of}: the edges {self.edges} must ascend.")
        if len(self.names) != len(self.edges) + 1:
            raise UsageError(
                f"bands of {self.of}: {len(self.edges)} edges part {len(self.edges) + 1} bands, "
                f"but {len(self.names)} are named."
            )
        if len(set(self.names)) < len(self.names):
            raise UsageError(f"bands of {self.of}: two have one name in {self.names}.")

    def sql(self, row: str) -> str:
        """Return the expression over a row of the source, by the row's alias."""
        cases = [
            f"when {row}.{self.of} < {float(edge)!r} then '{name}'"
            for edge, name in zip(self.edges, self.names, strict=False)
        ]
        last = f"when {row}.{self.of} is not null then '{self.names[-1]}'"
        return "case\n" + "\n".join(f"    {case}" for case in [*cases, last]) + "\nend"


Expression = Same | Equals | Band


@dataclass(frozen=True)
class Source:
    """
    A raw table that tells of a dimension, or of a part of its columns.

    Parameters
    ----------
    table
        Schema and name; it has the key's columns and the lineage.
    columns
        What is tracked: name in the history -> how it follows from a row.
    only
        Column -> the values that a row must have one of to belong to the dimension.
    event_time
        When what a row says was true, in UTC.
    deleted_when
        A boolean column; where it is true the key ends.
    tie_break
        Of the rows of one key and time the one that is greatest by these wins: all of
        :data:`LINEAGE`, in the order that counts.
    """

    table: str
    columns: Mapping[str, Expression]
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    event_time: str = "event_timestamp"
    deleted_when: str | None = None
    tie_break: tuple[str, ...] = LINEAGE

    def __post_init__(self) -> None:
        _plain(_TABLE, self.table, "table")
        if not self.columns:
            raise UsageError(f"{self.table}: no column is tracked.")
        names = [*self.columns, self.event_time, *self.only, *self.tie_break]
        for name in [*names, *([self.deleted_when] if self.deleted_when else [])]:
            _plain(_NAME, name, f"column of {self.table}")
        if missing := set(LINEAGE) - set(self.tie_break):
            raise UsageError(
                f"{self.table}: the tie-break lacks {', '.join(sorted(missing))}, so that it would "
                "leave ties to chance."
            )
        for column, values in self.only.items():
            if not values or isinstance(values, str):
                raise UsageError(f"only {column}: {values!r} must be a tuple of values.")
            for value in values:
                _plain(_WORD, value, f"value of {column}")


@dataclass(frozen=True)
class Dimension:
    """
    A slowly changing dimension of type 2.

    Parameters
    ----------
    name
        By which it is called; its table is ``core.<name>``.
    key
        The columns that tell its members apart, the same in every source.
    sources
        One, or several that each tell of columns of their own: a version then holds the
        last that each source said. Only a single source may have a rule of deletion.
    title
        What it tells, for people.
    """

    name: str
    key: tuple[str, ...]
    sources: tuple[Source, ...]
    title: str

    def __post_init__(self) -> None:
        _plain(_TITLE, self.name, "dimension")
        for name in self.key:
            _plain(_NAME, name, f"key of {self.name}")
        if not self.key or not self.sources:
            raise UsageError(f"{self.name}: a dimension needs a key and a source.")
        taken = [*self.key, *self.columns]
        if twice := {name for name in taken if taken.count(name) > 1}:
            raise UsageError(f"{self.name}: {', '.join(sorted(twice))} is there more than once.")
        if reserved := {name for name in taken if name in RESERVED or _OURS.fullmatch(name)}:
            raise UsageError(f"{self.name}: {', '.join(sorted(reserved))} is the history's own.")
        if len(self.sources) > 1 and any(s.deleted_when for s in self.sources):
            raise UsageError(
                f"{self.name}: of several sources none may delete, since the others would go on."
            )

    @property
    def table_name(self) -> str:
        """The name of its table, without the schema."""
        return self.name.lower()

    @property
    def table(self) -> str:
        """The table of its versions."""
        return f"core.{self.table_name}"

    @property
    def columns(self) -> list[str]:
        """The tracked columns, in the order of the sources."""
        return [name for source in self.sources for name in source.columns]

    @property
    def deletes(self) -> bool:
        """Whether a key can end."""
        return any(source.deleted_when for source in self.sources)

    def key_values(self, key: Any) -> tuple[str, ...]:
        """
        Return one value per column of the key.

        Raises
        ------
        UsageError
            If there are more or fewer, or if one is no text.
        """
        values = key if isinstance(key, (tuple, list)) else (key,)
        if len(values) != len(self.key) or not all(_is_text(value) for value in values):
            raise UsageError(
                f"{self.name} has the key ({', '.join(self.key)}); {key!r} does not fit it: "
                f"{'a text' if len(self.key) == 1 else 'a tuple of texts'} is needed."
            )
        return tuple(str(value) for value in values)
