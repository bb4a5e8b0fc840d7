"""Travel times are learned from drives, and what they promise holds on days not learned from."""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from cartwheel.fleet.routes import travel

from .routing import DEGREE_KM, exact

START = datetime(2026, 3, 2)


def made(count: int = 1500, days: int = 10, seed: int = 3, noise: float = 0.1) -> pd.DataFrame:
    """Return drives on a grid: 2 min a kilometre, in the rush at 8 h half as long again."""
    rng = np.random.default_rng(seed)
    east, north = rng.uniform(-8, 8, (2, count))
    hour, day = rng.integers(6, 18, count), rng.integers(0, days, count)
    pace = np.where(hour == 8, 180.0, 120.0)
    seconds = (np.abs(east) + np.abs(north)) * pace * np.exp(rng.normal(0, noise, count))
    began = [START + timedelta(days=int(d), hours=int(h)) for d, h in zip(day, hour, strict=True)]
    rows = pd.DataFrame(
        {
            "truck_id": "T1", "began_at": began, "latitude_from": 0.0, "longitude_from": 10.0,
            "latitude_to": north / DEGREE_KM, "longitude_to": 10 + east / DEGREE_KM,
            "distance_km": np.abs(east) + np.abs(north),
        }
    )  # fmt: skip
    ended = rows["began_at"] + pd.to_timedelta(seconds.round(), unit="s")
    return rows.assign(ended_at=ended)


@pytest.fixture(scope="module")
def learned() -> travel.Travel:
    found = travel.learn(made())
    assert found is not None
    return found


def test_a_way_takes_as_long_as_the_drives_did(learned: travel.Travel) -> None:
    """Five kilometres east and five north: 20 minutes at noon, 30 in the rush; 10 km."""
    to = (np.array([5 / DEGREE_KM]), np.array([10 + 5 / DEGREE_KM]))
    for hour, seconds in ((12.5, 1200), (8.5, 1800), (36.5, 1200)):
        found, way = learned.between((0.0, 10.0), to, hour)
        assert found[0] == pytest.approx(seconds, rel=0.08)
        assert way[0] == pytest.approx(10, rel=0.05)


def test_it_foresees_other_drives_and_its_intervals_hold(learned: travel.Travel) -> None:
    """Drives of another seed: a fifth nearer than one speed at least; 80 % cover 76 to 84 %."""
    other = travel.usable(made(seed=4))
    x, seconds = travel.inputs(other), other["seconds"].to_numpy()
    low, high = learned.model.interval(x)
    assert 0.76 <= ((seconds >= low) & (seconds <= high)).mean() <= 0.84
    error = np.abs(seconds - learned.model.seconds(x)).mean()
    assert error < np.abs(seconds - x[:, 0] * np.median(seconds / x[:, 0])).mean() * 0.8
    assert (high - low).mean() / error < 4


def test_the_page_tells_what_was_not_learned_from(learned: travel.Travel) -> None:
    """Mean errors beside those of one speed and of a speed an hour, and what intervals hold."""
    found = travel.trusted(learned, made())
    rows = found.rows.set_index("what")
    tried = learned.tried
    assert rows["error"]["Learned"] == (tried["seconds"] - tried["foreseen"]).abs().mean()
    assert rows["error"]["Learned"] < rows["error"]["A speed for each hour"]
    assert rows["error"]["A speed for each hour"] < rows["error"]["One speed for all"]
    assert 0.75 < rows["held"]["Learned"] < 0.85 and rows["held"].notna().sum() == 1
    assert found.text.startswith(f"Learned travel times are off by {rows['error']['Learned']:.0f}")


def test_too_few_drives_teach_nothing() -> None:
    """Fewer than a hundred, or all of one day; round trips and unknown places do not count."""
    assert travel.learn(made(99)) is None
    assert travel.learn(made(300, days=1)) is None
    lost = made(300).assign(latitude_to=np.nan)
    home = made(300).assign(latitude_to=0.0, longitude_to=10.0)
    for rows in (lost, home, made(300).head(0)):
        assert travel.learn(rows) is None
        assert "only 0 drives can be used" in travel.trusted(None, rows).text


def test_without_kilometres_a_way_is_the_great_circle() -> None:
    """An unknown way is at least that."""
    found = travel.learn(made(300).assign(distance_km=np.nan))
    assert found is not None
    _, way = found.between((0.0, 10.0), (3 / DEGREE_KM, 10 + 4 / DEGREE_KM), 12.0)
    assert way == pytest.approx(5, rel=1e-4)


def test_a_whole_day_is_drawn_at_once() -> None:
    """The drives of a draw are of one truck and day."""
    drawn = exact(1.0, 2.0).ratios(50, 4, np.random.default_rng(1))
    assert drawn.shape == (50, 4) and set(drawn.ravel()) == {1.0, 2.0}
    assert (drawn == drawn[:, :1]).all()
