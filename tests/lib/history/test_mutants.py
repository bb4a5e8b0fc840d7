"""
The proof is sharp: each of these faults in the SQL gives another table than the oracle's.

A mutant replaces a piece of a template; it counts as caught as soon as one of the drawn
deliveries, or one of the cases made for it, ends in a wrong table or an error.
"""

from datetime import timedelta

import jinja2
import pytest
from cartwheel import history
from cartwheel.errors import CartwheelError
from cartwheel.history import sql
from cartwheel.paths import SQL
from cartwheel.warehouse import Warehouse
from snowflake.connector.errors import Error as SnowflakeError

from .deliveries import drawn
from .oracle import (
    DIMENSIONS_TESTED,
    SHELVES,
    START,
    Row,
    clear,
    load,
    oracle,
    reading,
    table,
)

DELIVERIES, ROWS = 12, 40
# Template, what stands there, what the mutant puts instead, the dimension that shows it.
MUTANTS = {
    "the least lineage wins": (
        "parts.j2", '"_of_row desc"', '"_of_row asc"', "TRUCK_TELEMETRY_DATA",
    ),
    "rows that have a rival are lost": (
        "parts.j2",
        "    having count(*) > 1\n",
        "    having count(*) > 2\n",
        "TRUCK_TELEMETRY_DATA",
    ),
    "null equals everything": (
        "parts.j2",
        "        or winners.{{ name }}\n        is distinct from befores.{{ name }}",
        "        or winners.{{ name }} <> befores.{{ name }}",
        "TRUCK_TELEMETRY_DATA",
    ),
    "every reading makes a version": (
        "parts.j2",
        "linked.previous_at is null\n",
        "true\n",
        "TRUCK_TELEMETRY_DATA",
    ),
    "a region ends before its last version": (
        "parts.j2", "raw_rows.{{ source.event_time }} < regions.region_to",
        "raw_rows.{{ source.event_time }} <= regions.region_from", "TRUCK_TELEMETRY_DATA",
    ),
    "a region begins after its first row": (
        "parts.j2", "raw_rows.{{ source.event_time }} >= regions.region_from",
        "raw_rows.{{ source.event_time }} > regions.region_from", "TRUCK_TELEMETRY_DATA",
    ),
    "the last version of a region stays open": (
        "parts.j2",
        "coalesce(changes.next_at, winners.region_to)",
        "changes.next_at",
        "TRUCK_TELEMETRY_DATA",
    ),
    "no claimed row is news": (
        "merge.j2", "    where\n        {{ is_claimed() }}\n", "    where\n        false\n",
        "TRUCK_TELEMETRY_DATA",
    ),
    "a file is claimed by its name": (
        "merge.j2", "or landed.count_rows <> claimed.count_rows\n        or 2 * landed.sum_rows "
        "<> claimed.twice_sum\n        or 6 * landed.sum_squares <> claimed.six_squares\n", "",
        "TRUCK_TELEMETRY_DATA",
    ),
    "a claim spans what lies between its rows": (
        "merge.j2", "file_row - row_number() over (", "0 * row_number() over (",
        "TRUCK_TELEMETRY_DATA",
    ),
    "a late row reaches only to the version in which its column changed": (
        "regions.j2", "changes_{{ loop.index }},\n                coalesce(effective_to,",
        "changes_{{ loop.index }},\n                coalesce(effective_from,",
        "TRUCK_TELEMETRY_DATA",
    ),
    "a late row ends with the next version, whatever changed in it": (
        "regions.j2", "effective_from > point_at and changes_{{ loop.index }}",
        "effective_from > point_at and true", "TRUCK_TELEMETRY_DATA",
    ),
    "what a late row tells otherwise changes nothing": (
        "regions.j2", "differs_{{ loop.index }} = 1", "differs_{{ loop.index }} = 2",
        "TRUCK_TELEMETRY_DATA",
    ),
    "a late row at a version's first instant changes nothing": (
        "regions.j2", "coalesce(begun_until, {{ never }})", "{{ never }}", "TRUCK_TELEMETRY_DATA",
    ),
    "a late row before the first version changes nothing behind it": (
        "regions.j2", "is_deleted or count_held = 0,\n                    next_until",
        "false,\n                    next_until", "SHELF",
    ),
    "a version's first instant does not reach the one before": (
        "regions.j2", "max(iff(effective_from < point_at,", "max(iff(effective_from <= point_at,",
        "TRUCK_TELEMETRY_DATA",
    ),
    "the current version's first instant does not reach the one before": (
        "merge.j2", "news.changed_at <= befores.effective_to",
        "news.changed_at < befores.effective_to", "TRUCK_TELEMETRY_DATA",
    ),
    "what is new behind late rows is left out": (
        "regions.j2", "(is_open and count_late > 0)", "false", "TRUCK_TELEMETRY_DATA",
    ),
    "what overrules a current version's beginning is known": (
        "merge.j2", "news.happened_at > currents.effective_from\n            and not",
        "news.happened_at >= currents.effective_from\n            and not",
        "TRUCK_TELEMETRY_DATA",
    ),
    "a deletion tells nothing new": (
        "merge.j2", "            and not news.is_deleted,\n            false",
        ",\n            false", "SHELF",
    ),
    "who overrules a deletion brings back only what he tells": (
        "regions.j2", "when count_held = 0 and count_ended > 0 then", "when false then", "SHELF",
    ),
    "old versions are not taken out": (
        "merge.j2", "effective_from >= regions.region_from", "effective_from > regions.region_from",
        "TRUCK_TELEMETRY_DATA",
    ),
    "taking out goes on behind the region": (
        "merge.j2", "effective_from < regions.region_to", "effective_from <= regions.region_to",
        "TRUCK_TELEMETRY_DATA",
    ),
    "regions that touch are made twice": (
        "regions.j2", "iff(reached_until >= region_from, 0, 1)", "1", "TRUCK_TELEMETRY_DATA",
    ),
    "the newest time stands for what is new": (
        "merge.j2", "min(iff(is_known, null, happened_at))",
        "max(iff(is_known, null, happened_at))", "TRUCK_TELEMETRY_DATA",
    ),
    "the version that ends where something new begins is left out": (
        "regions.j2", "<= coalesce(history.effective_to", "< coalesce(history.effective_to",
        "TRUCK_TELEMETRY_DATA",
    ),
    "work tables are not emptied": (
        "merge.j2", "delete from {{ work }}_regions;",
        "delete from {{ work }}_regions where false;", "TRUCK_TELEMETRY_DATA",
    ),
    "a deletion opens a version": (
        "merge.j2", "    where not is_deleted\n", "", "SHELF",
    ),
    "keys of two columns are told apart by the first alone": (
        "parts.j2", "{% for name in d.key %}\n{% if not loop.first %}\n{{ \" \" * indent }}and",
        "{% for name in d.key[:1] %}\n{% if not loop.first %}\n{{ \" \" * indent }}and", "SHELF",
    ),
    "a deletion is not told from nulls": (
        "parts.j2",
        "{% for name in states(d) %}\n        or winners",
        "{% for name in d.columns %}\n        or winners",
        "SHELF",
    ),
    "a region forgets what held where it begins": (
        "parts.j2", "{% else %}\n            regions.{{ name }}\n",
        "{% else %}\n            null\n", "TRUCK_TELEMETRY_DATA",
    ),
    "a region brings back what was deleted in it": (
        "parts.j2", "iff({{ lined }}.life = 0, regions", "iff(true, regions", "SHELF",
    ),
    "what was told is not carried on": (
        "parts.j2", "rows between unbounded preceding and current row\n{{- inner }})",
        "rows between current row and current row\n{{- inner }})", "TRUCK_STATUS",
    ),
    "a reading that leaves something out is taken as it is": (
        "parts.j2", '{{ "" if loop.first else "or " }}{{ name }} is null\n{% endfor %}\n        )',
        '{{ "" if loop.first else "or " }}false\n{% endfor %}\n        )', "TRUCK_TELEMETRY_DATA",
    ),
    "of one time the least lineage fills what others leave out": (
        "parts.j2", "{{ lined }}.place_in_tie desc,\n{{- inner }}",
        "{{ lined }}.place_in_tie asc,\n{{- inner }}", "TRUCK_TELEMETRY_DATA",
    ),
    "a deletion does not forget": (
        "parts.j2", "told.is_deleted and told.place_in_tie = 1, 1, 0", "false, 1, 0", "SHELF",
    ),
}  # fmt: skip


class Mutated(jinja2.FileSystemLoader):
    """The templates, one of them with a fault."""

    def __init__(self, name: str, before: str, after: str) -> None:
        super().__init__(SQL / "history")
        self._mutant = (name, before, after)

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple:
        source, path, fresh = super().get_source(environment, template)
        name, before, after = self._mutant
        if template == name:
            assert before in source, f"{name} has no {before!r}: the mutant is out of date"
            source = source.replace(before, after)
        return source, path, fresh


def _stands(minute: int, sequence: int, **says: object) -> Row:
    at = START + timedelta(minutes=minute)
    return Row(SHELVES, f"file-{sequence}", ("a", "1"), at, tuple(says.items()), sequence)


# A deletion is overruled; what stood before it stands until something else is told.
DELETED = [
    _stands(1, 1, product="soap"), _stands(3, 2, removed=True), _stands(4, 3),
    _stands(5, 4, weight=2.0), _stands(6, 5, product="salt"),
]  # fmt: skip
OVERRULED = [_stands(3, 6)]


def made(name: str) -> list[list[list[Row]]]:
    """Return the deliveries made for a case that chance seldom draws."""
    if name == "SHELF":
        return [[DELETED, OVERRULED]]
    if name != "TRUCK_TELEMETRY_DATA":
        return []
    first = [reading(1, 10.0, 1), reading(2, 20.0, 2)]
    corrected = [reading(2, 10.0, 3, "file-1"), reading(3, 30.0, 4, "file-1")]
    told_again = [reading(1, 10.0, 5, "file-2")]  # a version's beginning arrives later
    return [[first, corrected], [first[:1], told_again]]


def is_wrong(warehouse: Warehouse, name: str, batches: list[list[Row]]) -> bool:
    """Merge a delivery batch by batch; is the table ever another than the oracle's?"""
    dimension = DIMENSIONS_TESTED[name]
    clear(warehouse, dimension)
    loaded = []
    for batch in batches:
        load(warehouse, dimension, batch)
        loaded += batch
        try:
            history.merge(warehouse, dimension)
        except (SnowflakeError, CartwheelError):
            return True
        if table(warehouse, dimension) != oracle(dimension, loaded):
            return True
    return False


@pytest.mark.parametrize(
    "mutant",
    # A sixth here, the others with the proofs.
    [
        name if number % 6 == 0 else pytest.param(name, marks=pytest.mark.proof)
        for number, name in enumerate(MUTANTS)
    ],
)
def test_the_mutant_is_caught(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, mutant: str
) -> None:
    """A fault in the SQL gives another table than the oracle's within some deliveries."""
    template, before, after, name = MUTANTS[mutant]
    mutated = sql.environment().overlay(loader=Mutated(template, before, after), cache_size=0)
    monkeypatch.setattr(sql, "environment", lambda: mutated)
    deliveries = [*made(name), *(drawn(name, seed, ROWS) for seed in range(DELIVERIES))]
    assert any(is_wrong(warehouse, name, batches) for batches in deliveries), mutant
