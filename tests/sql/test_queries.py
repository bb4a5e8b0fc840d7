"""Rows in, expected rows out: every view and every query, by value."""

from typing import Any

import pandas as pd
import pytest
from cartwheel.events import BY_STREAM
from cartwheel.paths import SQL
from cartwheel.warehouse import Warehouse
from cartwheel.warehouse.connection import query_text

from . import (
    audience_cases,
    click_cases,
    core_cases,
    delivery_cases,
    driver_cases,
    emission_cases,
    engagement_cases,
    experiment_cases,
    fleet_cases,
    lookup_cases,
    maintenance_cases,
    mart_cases,
    recommend_cases,
    recommended_cases,
    route_cases,
    stop_cases,
    tank_cases,
    truck_cases,
)
from .rows import Case, fill

MODULES = (
    audience_cases,
    click_cases,
    core_cases,
    delivery_cases,
    driver_cases,
    emission_cases,
    engagement_cases,
    experiment_cases,
    route_cases,
    fleet_cases,
    lookup_cases,
    maintenance_cases,
    mart_cases,
    recommend_cases,
    recommended_cases,
    stop_cases,
    tank_cases,
    truck_cases,
)
VIEWS = {name: cases for module in MODULES for name, cases in getattr(module, "VIEWS", {}).items()}
QUERIES = {
    name: cases for module in MODULES for name, cases in getattr(module, "QUERIES", {}).items()
}
FOLDERS = (
    "core", "mart", "refreshed/core", "refreshed/mart",
    "queries/clicks", "queries/delivery", "queries/fleet", "queries/lookups",
)  # fmt: skip
# What Snowpipe could not load is no table; its own tests are in test_snowpipe.py. A part that is
# only included is tried where it is.
ELSEWHERE = {"delivery/load_failures", "clicks/attribution/touches"}


def plain(value: Any) -> Any:
    """Return a value as a case states it: None for what is not there."""
    if value is None or value is pd.NaT or value != value:
        return None
    if isinstance(value, pd.Timestamp):
        return (value.tz_convert(None) if value.tz else value).to_pydatetime()
    return value


def rows(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Return the rows of an answer."""
    columns = [frame[name].astype(object) for name in frame]
    return [tuple(plain(v) for v in row) for row in zip(*columns, strict=True)]


def equal(found: list[tuple[Any, ...]], expected: list[tuple[Any, ...]]) -> bool:
    """Are two answers alike, floats to nine digits?"""
    return len(found) == len(expected) and all(
        a == pytest.approx(b, rel=1e-9) if isinstance(b, float) and a is not None else a == b
        for one, other in zip(found, expected, strict=True)
        for a, b in zip(one, other, strict=True)
    )


def _parameters(cases: dict[str, list[Case]]) -> list[Any]:
    return [
        pytest.param(
            name,
            case,
            id=f"{name}: {case.claim}",
            marks=pytest.mark.xfail(reason=case.wrong_because, strict=True, raises=AssertionError)
            if case.wrong_because
            else (),
        )
        for name, those in cases.items()
        for case in those
    ]


@pytest.mark.parametrize(("name", "case"), _parameters(VIEWS))
def test_a_view_gives_the_expected_rows(warehouse: Warehouse, name: str, case: Case) -> None:
    """What is asked of the view is exactly what the case expects."""
    fill(warehouse, case.rows)
    found = rows(warehouse.query(case.select))
    assert equal(found, case.expected), "\n".join(map(str, found))


@pytest.mark.parametrize(("name", "case"), _parameters(QUERIES))
def test_a_query_gives_the_expected_rows(warehouse: Warehouse, name: str, case: Case) -> None:
    """What the query answers is exactly what the case expects."""
    fill(warehouse, case.rows)
    found = rows(warehouse.query_file(name, **case.parameters))
    assert equal(found, case.expected), "\n".join(map(str, found))


def test_the_queries_of_the_delivery_read_the_table_of_every_stream() -> None:
    """A stream that comes later is not forgotten by what looks at all of RAW."""
    for name in ("delivery/shards", "delivery/load_failures"):
        text = query_text(name)
        assert all(kind.table.lower() in text for kind in BY_STREAM.values()), name


def test_no_view_and_no_query_is_without_cases() -> None:
    """Each file has cases, one of them without a row."""
    files = {
        str(path.relative_to(SQL).with_suffix(""))
        .removeprefix("queries/")
        .removeprefix("refreshed/")
        for folder in FOLDERS
        for path in (SQL / folder).rglob("*.sql")
    }
    cases = VIEWS | QUERIES
    assert set(cases) == files - ELSEWHERE
    for name, those in cases.items():
        assert any(not any(case.rows.values()) for case in those), name
