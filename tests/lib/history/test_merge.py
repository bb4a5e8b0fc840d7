"""A history is a pure function of the rows in RAW, whatever their order and batching."""

import pytest
from cartwheel import history
from cartwheel.history import sql
from cartwheel.warehouse import Warehouse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .deliveries import deliveries, together
from .oracle import DIMENSIONS_TESTED, Row, clear, load, oracle, table


@pytest.mark.parametrize("name", DIMENSIONS_TESTED)
def test_any_order_batching_and_repetition_gives_the_oracles_table(
    warehouse: Warehouse, name: str
) -> None:
    """Whatever the order of files, the batches and the repetitions, the table is the same."""
    dimension = DIMENSIONS_TESTED[name]

    @settings(
        max_examples=12,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(deliveries(name), st.lists(st.booleans(), min_size=12, max_size=12))
    def holds(batches: list[list[Row]], merges_after: list[bool]) -> None:
        clear(warehouse, dimension)
        loaded: list[Row] = []
        for batch, merges in zip(batches, merges_after, strict=False):
            load(warehouse, dimension, batch)
            loaded += batch
            if merges:
                history.merge(warehouse, dimension)
                assert table(warehouse, dimension) == oracle(dimension, loaded)
        history.merge(warehouse, dimension)
        assert table(warehouse, dimension) == oracle(dimension, loaded)
        assert history.check(warehouse, dimension)["count_violations"].sum() == 0
        assert history.merge(warehouse, dimension).files == 0

    holds()


@pytest.mark.parametrize("max_times", [sql.MAX_TIMES, 1])
@pytest.mark.parametrize("name", DIMENSIONS_TESTED)
def test_many_keys_with_news_in_one_merge_each_have_the_oracles_versions(
    warehouse: Warehouse, name: str, max_times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Sixty deliveries at once, in seven merges, each of keys of its own: none disturbs.

    Likewise if a key with more than one region is made anew between its first and last.
    """
    few = sql.environment().overlay(cache_size=0)
    few.globals = {**few.globals, "max_times": max_times}
    monkeypatch.setattr(sql, "environment", lambda: few)
    dimension = DIMENSIONS_TESTED[name]
    loaded: list[Row] = []
    for rows in together(name, range(60), 7):
        load(warehouse, dimension, rows)
        loaded += rows
        history.merge(warehouse, dimension)
        assert table(warehouse, dimension) == oracle(dimension, loaded)
    assert history.check(warehouse, dimension)["count_violations"].sum() == 0
