"""An experiment: its arms, its effects, its course; with numbers that were put in."""

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from cartwheel.clicks import experiment
from cartwheel.clicks.experiment import Log, course, difference
from cartwheel.errors import UsageError
from cartwheel.timeframe import Interval
from cartwheel.warehouse import Warehouse

from tests.lib.clicks.filling import fill
from tests.sql.experiment_cases import A, B, by, cart, sale
from tests.sql.rows import CLICKS, at

END = pd.Timestamp(at(30 * 1440))


def world(
    seed: int, persons: int = 3000, uplift: float = 0.05, share: float = 0.5, base: float = 0.2
) -> Log:
    """Return an experiment in which a visit of the treated buys so much more often."""
    draw = np.random.default_rng(seed)
    treated = draw.random(persons) < share
    new = draw.random(persons) < 0.5
    # People differ: whoever bought once buys again.
    own = np.clip(base + 0.3 * new * base + draw.normal(0, 0.05, persons), 0.01, 0.9)
    visits = draw.poisson(4, persons) + 1
    day = np.repeat(draw.integers(0, 20, persons), visits) + draw.integers(0, 10, visits.sum())
    user = np.repeat(np.arange(persons), visits)
    bought = draw.random(len(user)) < (own + uplift * treated)[user]
    days = pd.DataFrame({"user_id": user, "day": pd.Timestamp(at(0)) + pd.to_timedelta(day, "D"),
                         "count_visits": 1, "count_buying_visits": bought * 1})  # fmt: skip
    first = days.groupby("user_id")["day"].min()
    people = pd.DataFrame(
        {
            "user_id": np.arange(persons), "arm": np.where(treated, "shop:b", "shop:a"),
            "count_arms": 1, "first_at": first.to_numpy(), "device_type": "mobile",
            "referrer_url": None, "user_type": np.where(new, "new", "returning"),
            "count_visits": visits, "count_buying_visits": np.bincount(user, bought, persons),
            "revenue": 10 * np.bincount(user, bought, persons),
        }
    )  # fmt: skip
    carts = pd.DataFrame({"user_id": user, "is_bought": bought}).head(0)
    return experiment.logged(("shop", "a", "b"), people, days, carts, END)


def test_an_experiment_is_read_from_the_clicks(shop: Warehouse) -> None:
    """Persons of one arm, their carts; who was in both is counted and left out."""
    fill(
        shop,
        {CLICKS: [
            by("U", "1", "view", 1, **A), cart("1", 2, **A), sale("U", "1", 3, "o", 5.0, **A),
            cart("2", 4, user="V", **B), cart("2", 5, "Q", "V", **B), by("W", "3", "view", 4, **A),
            by("W", "4", "view", 5, **B), cart("5", 6, user="X"),
        ]},
    )  # fmt: skip
    log = experiment.read(shop, Interval(at(0), at(1000)))
    assert (log.name, log.control, log.treatment) == ("shop", "a", "b")
    assert log.count_mixed == 1
    told = log.persons[["user_id", "is_treated", "revenue", "count_carted", "count_bought"]]
    assert told.to_numpy().tolist() == [["U", False, 5.0, 1.0, 1.0], ["V", True, 0.0, 2.0, 0.0]]
    assert log.days["user_id"].tolist() == ["U", "V"]
    assert log.carts["user_id"].tolist() == ["U", "V", "V"]
    other = experiment.read(shop, Interval(at(0), at(1000)), "shop", "b")
    assert (other.control, other.treatment) == ("b", "a")
    text = "The arms are as they were drawn: 1 person beside 1; 1 person in both arms left out"
    assert experiment.balance(log).text == text


def test_what_is_no_experiment_is_named(shop: Warehouse) -> None:
    """None at all, an unknown name or arm, three arms."""
    fill(shop, {CLICKS: [by("U", "1", "view", 1)]})
    time = Interval(at(0), at(1000))
    none = experiment.read(shop, time)
    assert experiment.balance(none).text == "No click tells of an experiment"
    assert experiment.worth(none).text == "Too few persons to tell what it is worth"
    for name in ("effects", "over_time", "planned", "segments"):
        assert getattr(experiment, name)(none).text.startswith("Too few persons"), name
    clicks = [by("U", "1", "view", 1, **A), by("V", "2", "view", 1, **B)]
    fill(shop, {CLICKS: [*clicks, by("W", "3", "view", 1, experiment="shop:c")]})
    with pytest.raises(UsageError, match=r"has 3 arms \(a, b, c\)"):
        experiment.read(shop, time)
    with pytest.raises(UsageError, match="experiment"):
        experiment.read(shop, time, "shap")
    with pytest.raises(UsageError, match="arm"):
        experiment.read(shop, time, "shop", "d")
    fill(shop, {CLICKS: clicks[:1]})
    alone = experiment.read(shop, time)
    assert experiment.balance(alone).text == "There is one arm only: nothing can be compared"
    assert experiment.effects(alone).rows.empty and experiment.log_odds(alone) is None


def test_arms_that_are_not_as_drawn_are_told() -> None:
    """3,000 persons, 55 % of them treated: not by chance; 50 % is; 55 % drawn as 55 % is."""
    assert "do not trust" in experiment.balance(world(1, share=0.55)).text
    assert "as they were drawn" in experiment.balance(world(1)).text
    assert "not" not in experiment.balance(world(1, share=0.55), 0.55).text
    with pytest.raises(UsageError, match="treated_share"):
        experiment.balance(world(1, persons=50), 1.0)


def test_the_difference_that_was_put_in_is_found() -> None:
    """In 40 experiments the interval holds it in 34 and more; without one, it holds zero."""
    for uplift in (0.05, 0.0):
        held = 0
        for seed in range(40):
            found = experiment.estimates(world(seed, 600, uplift))["A visit buys"]
            held += abs(found.difference - uplift) < 1.96 * found.error
        assert held >= 34, (uplift, held)


def test_persons_who_come_again_are_one() -> None:
    """An interval by visit would be too narrow where people differ."""
    log = world(3, 800)
    twice = log.persons.assign(
        count_visits=4 * log.persons["count_visits"],
        count_buying_visits=4 * log.persons["count_buying_visits"],
    )
    once = experiment.estimates(log)["A visit buys"]
    assert experiment.estimates(log._replace(persons=twice))["A visit buys"].error == (
        pytest.approx(once.error)
    )


def test_what_was_known_before_takes_noise_out() -> None:
    """A column that foretells the outcome narrows the interval and leaves the difference."""
    draw = np.random.default_rng(4)
    before = draw.normal(0, 1, 2000)
    treated = draw.random(2000) < 0.5
    above = 5 + 2 * before + 0.5 * treated + draw.normal(0, 1, 2000)
    ones = np.ones(2000)
    plain = difference.estimate(above, ones, treated, np.zeros((2000, 1)))
    told = difference.estimate(above, ones, treated, before[:, None])
    assert told.error == pytest.approx(2 / np.sqrt(2000), rel=0.05)
    assert plain.error > 2 * told.error and abs(told.difference - 0.5) < 2 * told.error


def test_effects_are_said_as_far_as_they_can_be_seen() -> None:
    """More often, less often, or no difference; the first estimand is that of the title."""
    assert experiment.effects(world(5, uplift=0.1)).text.startswith("A visit buys ")
    assert " more often with the treatment (+" in experiment.effects(world(5, uplift=0.1)).text
    assert " less often with the treatment (-" in experiment.effects(world(5, uplift=-0.1)).text
    assert "no difference can be seen" in experiment.effects(world(5, uplift=0.0)).text
    few = experiment.effects(world(5, persons=40))
    assert few.text == "Too few persons, or no purchase, to tell what the treatment does"


def test_a_look_every_day_is_seldom_fooled() -> None:
    """Of 100 experiments without a difference at most 8 are stopped; a naive look stops 15."""
    fooled = naive = 0
    for seed in range(100):
        rows = experiment.over_time(world(seed, 300, uplift=0.0)).rows
        fooled += bool(((rows["low_always"] > 0) | (rows["high_always"] < 0)).any())
        naive += bool(((rows["low"] > 0) | (rows["high"] < 0)).any())
    assert fooled <= 8 and naive >= 15, (fooled, naive)


def test_the_course_ends_where_the_whole_does() -> None:
    """The last day's difference is that of all visits; the wide interval holds the narrow one."""
    log = world(6, uplift=0.08)
    found = experiment.over_time(log)
    persons = log.persons.groupby("is_treated")[["count_visits", "count_buying_visits"]].sum()
    share = persons["count_buying_visits"] / persons["count_visits"]
    last = found.rows.iloc[-1]
    assert last["difference"] == pytest.approx(share[True] - share[False])
    assert last["count_persons"] == 3000
    assert (found.rows["low_always"] < found.rows["low"]).all()
    assert found.text.startswith("Looked at every day, the difference could be seen by ")
    with pytest.raises(UsageError, match="worth_seeing"):
        experiment.over_time(log, 0.0)


def test_an_interval_for_every_look_is_the_mixtures() -> None:
    """By hand: error 1, spread 1: half is sqrt(2 * 2 * ln(sqrt(2) / 0.05))."""
    low, high = experiment.always_valid(3.0, 1.0, 1.0)
    half = np.sqrt(4 * np.log(np.sqrt(2) / 0.05))
    assert (low, high) == pytest.approx((3 - half, 3 + half))


def test_more_persons_see_less() -> None:
    """What is detectable shrinks with the root of the persons; the days follow from it."""
    few, many = (experiment.planned(world(7, n)).rows.set_index("estimand") for n in (750, 3000))
    ratio = few["detectable"] / many["detectable"]
    assert ratio["A visit buys"] == pytest.approx(2.0, rel=0.15)
    found = few.loc["A visit buys"]
    length = (END - world(7, 750).persons["first_at"].min()) / timedelta(days=1)
    days = max(0.0, length * ((found["detectable"] / 0.1) ** 2 - 1))
    assert found["days"] == pytest.approx(days)


def test_segments_are_drawn_together_unless_they_differ() -> None:
    """Of equal segments nothing stands out; of one with an effect of its own it does."""
    same = experiment.segments(world(8, 4000, uplift=0.05))
    assert same.text == "No segment can be told from the others"
    assert (same.rows["high"] - same.rows["low"]).max() < 0.6
    log = world(8, 6000, uplift=0.0)
    is_new = (log.persons["user_type"] == "new") & log.persons["is_treated"]
    more = log.persons["count_buying_visits"] + np.where(is_new, 1, 0)
    found = experiment.segments(log._replace(persons=log.persons.assign(count_buying_visits=more)))
    assert found.text.startswith("By user_type: new +")
    rows = found.rows[found.rows["column"] == "user_type"].set_index("segment")
    assert rows.loc["new", "low"] > rows.loc["returning", "high"]


def test_shrinking_is_that_of_the_normal_model() -> None:
    """By hand: equal errors, no spread beyond them: all at the whole; wide apart: nearly as is."""
    near = pd.DataFrame({"log_ratio": [0.1, 0.1], "error": [0.1, 0.1]})
    assert course.shrunk(near, 0.1)["relative"].tolist() == pytest.approx([np.expm1(0.1)] * 2)
    far = pd.DataFrame({"log_ratio": [-1.0, 1.0], "error": [0.1, 0.1]})
    # Q = 200, one degree of freedom, C = 200 - 100: between = 1.99, kept = 1.99 / 2.
    assert course.shrunk(far, 0.0)["relative"].tolist() == pytest.approx(
        [np.expm1(-0.995), np.expm1(0.995)]
    )


def test_what_it_is_worth_a_month_is_in_money() -> None:
    """The difference in revenue a person, times the persons of 30 days."""
    log = world(9, uplift=0.1)
    found = experiment.worth(log).rows.iloc[0]
    each = experiment.estimates(log)["Revenue a person"]
    days = (END - log.persons["first_at"].min()) / timedelta(days=1)
    assert found["money"] == pytest.approx(each.difference * 3000 * 30 / days)
    assert experiment.worth(log).text.startswith("Worth ")
    assert "cannot be seen" in experiment.worth(world(9, uplift=0.0)).text
    log.persons.loc[0, "revenue"] = np.nan
    assert experiment.worth(log).text == "Some purchases do not say what was paid"
    assert "Revenue a person" not in experiment.estimates(log)
    assert "A visit buys" in experiment.estimates(log)
    nobody: Any = experiment.worth(world(9, persons=20))
    assert nobody.text == "Too few persons to tell what it is worth"
