"""What units would have had in the others' place."""

import numpy as np
import pandas as pd
import pytest
from cartwheel.estimation import standard

CELLS = pd.DataFrame(
    {
        "unit": ["A", "A", "B", "B"],
        "road": ["town", "motorway", "town", "motorway"],
        "hour": [8, 8, 8, 8],
        "km": [900.0, 100.0, 100.0, 900.0],
        "count": [270, 10, 60, 180],
    }
)


def expected(cells: pd.DataFrame) -> pd.Series:
    """Return the expected counts."""
    return standard.expected(cells, "unit", ["road", "hour"], "count", "km")


def test_who_is_often_in_town_is_not_blamed_for_the_town() -> None:
    """B has twice the events of A on each road, though A has more of them by distance."""
    due = expected(CELLS)
    counts = CELLS.groupby("unit")["count"].sum()
    assert due.sum() == pytest.approx(counts.sum())
    # Town is three times as eventful: A 0.3 and 0.1 a km, B 0.6 and 0.2.
    assert (counts / due)["B"] / (counts / due)["A"] == pytest.approx(2.0)
    assert due["A"] / due["B"] == pytest.approx((900 * 3 + 100) / (100 * 3 + 900))


def test_a_unit_or_a_road_without_events_is_due_what_others_have() -> None:
    """Zero counts are counts; without any event nothing is due."""
    none = CELLS.assign(count=[270, 10, 0, 0])
    # A's rates hold for all: 0.3 and 0.1 a km, scaled to what came in all.
    due = {"A": 900 * 0.3 + 100 * 0.1, "B": 100 * 0.3 + 900 * 0.1}
    scale = 280 / sum(due.values())
    assert expected(none).to_dict() == pytest.approx({k: v * scale for k, v in due.items()})
    assert expected(CELLS.assign(count=0)).tolist() == [0.0, 0.0]
    assert expected(CELLS.head(0)).empty


def test_cells_without_exposure_do_not_count() -> None:
    """An event where nobody drove is of no rate."""
    more = pd.concat([CELLS, CELLS.head(1).assign(km=0.0, count=99)])
    pd.testing.assert_series_equal(expected(more), expected(CELLS))


def test_factors_of_many_circumstances_are_found() -> None:
    """Products of a driver's, a road's and an hour's factor are told apart to a percent."""
    rng = np.random.default_rng(0)
    drivers, roads, hours = (np.exp(rng.normal(0, 0.5, n)) for n in (20, 4, 24))
    at = [(d, r, h) for d in range(20) for r in range(4) for h in range(24) if rng.random() < 0.7]
    unit, road, hour = (np.array(each) for each in zip(*at, strict=True))
    km = rng.uniform(1, 500, len(at)) * np.where(road == unit % 4, 5, 1)
    cells = pd.DataFrame({"unit": unit, "road": road, "hour": hour, "km": km})
    cells["count"] = drivers[unit] * roads[road] * hours[hour] * km
    due = expected(cells)
    factors = cells.groupby("unit")["count"].sum() / due
    assert (factors / factors.mean()).to_numpy() == pytest.approx(
        drivers / drivers.mean(), rel=0.01
    )
