"""Effects of drivers and trucks, told apart."""

import numpy as np
import pandas as pd
from cartwheel.estimation import crossed


def pairs(seed: int = 0, noise: float = 0.02) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """Return 30 drivers on 30 trucks, three each, one pair never separated; and the truth."""
    rng = np.random.default_rng(seed)
    names = [f"{n:02}" for n in range(30)]
    driver = pd.Series(rng.normal(0, 0.05, 30), index=["D" + n for n in names])
    truck = pd.Series(rng.normal(0, 0.10, 30), index=["T" + n for n in names])
    rows = [("D00", "T00", 3.0)]
    rows += [
        (f"D{d:02}", f"T{1 + (d + k) % 29:02}", float(rng.uniform(0.5, 1.5)))
        for d in range(1, 30)
        for k in range(3)
    ]
    frame = pd.DataFrame(rows, columns=["driver", "truck", "km"])
    error = rng.normal(0, noise, len(frame)) / np.sqrt(frame["km"] / frame["km"].mean())
    value = 3.4 + frame["driver"].map(driver) + frame["truck"].map(truck) + error
    return frame.assign(value=value), driver, truck


def solved(frame: pd.DataFrame) -> crossed.Effects:
    """Return the effects of drivers and trucks."""
    return crossed.apart(frame, "driver", "truck", "value", "km")


def test_effects_are_found_and_their_intervals_hold_them() -> None:
    """Of five worlds: correlation of 0.9 and more, and 80 % intervals hold 74 to 88 %."""
    held, close = [], []
    for seed in range(5):
        frame, driver, truck = pairs(seed)
        for found, truth in zip(solved(frame), (driver, truck), strict=True):
            known = found[found["is_apart"]]
            real = truth[known.index]
            close.append(np.corrcoef(known["effect"], real)[0, 1])
            held += ((known["low"] <= real) & (real <= known["high"])).tolist()
    assert np.mean(close) > 0.9
    assert 0.74 <= np.mean(held) <= 0.88 and len(held) == 290


def test_a_pair_that_was_never_separated_is_named() -> None:
    """Only the pair that met nobody else is not apart; a driver of one shared truck is."""
    frame, _, _ = pairs()
    found = solved(frame)
    assert found.first.index[~found.first["is_apart"]].tolist() == ["D00"]
    assert found.second.index[~found.second["is_apart"]].tolist() == ["T00"]
    more = pd.concat([frame, frame.head(1).assign(driver="D99")], ignore_index=True)
    assert solved(more).first["is_apart"].all()


def test_without_differences_every_effect_is_nearly_nothing() -> None:
    """Equal values, one pair, none: no effect, no error."""
    frame, _, _ = pairs()
    same = solved(frame.assign(value=3.0))
    assert same.first["effect"].abs().max() < 1e-6
    one = solved(frame.head(1))
    assert np.isnan(one.first["effect"]).all() and not one.first["is_apart"].any()
    assert solved(frame.head(0)).first.empty
