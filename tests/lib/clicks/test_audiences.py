"""Audiences: who is in one, what is expected of them, who is told, and what it brought."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from cartwheel.cli import main
from cartwheel.clicks import audiences
from cartwheel.clicks.audiences import Audience, Likelihood, persons
from cartwheel.clicks.audiences.effect import beside, finding
from cartwheel.clicks.audiences.selecting import held_out
from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError, UsageError
from cartwheel.timeframe import Interval
from cartwheel.warehouse import Warehouse
from click.testing import CliRunner
from scipy import special

from tests.lib.clicks.filling import fill
from tests.sql.audience_cases import came, sold, told
from tests.sql.engagement_cases import on
from tests.sql.rows import CLICKS, MESSAGES, Row

WHOLE = Interval(on(0), on(30))
PHONE = {"product_id": "P1", "category": "phone"}


@pytest.fixture
def warehouse(shop: Warehouse) -> Warehouse:
    """The warehouse that the tests of this folder share: each of these fills it anew."""
    return shop


def people(seed: int, count: int = 1500, level: float = -1.5, paid: float | None = 100.0) -> Any:
    """Return people as known at a moment, who buy the more likely the more often they came."""
    draw = np.random.default_rng(seed)
    came_often = draw.poisson(2, count)
    buys = draw.random(count) < special.expit(level + 0.8 * (came_often - 2))
    frame = pd.DataFrame(
        dict.fromkeys(persons.COLUMNS, 0.0), index=range(count)
    ).assign(
        user_id=[f"U{n:04}" for n in range(count)], count_visits=came_often + 1,
        visits_7_days=came_often, days_since_first=28.0, favourite_category="phone",
        days_since_order=np.nan, count_messages=0, is_in=True, has_bought_after=buys,
    )  # fmt: skip
    money = draw.gamma(4, (paid or 0) / 4, count) if paid else np.nan
    return frame.assign(paid_after=np.where(buys, money, 0.0))


def known(*levels: float, seed: int = 1, paid: float | None = 100.0) -> Likelihood:
    """Return what moments teach, the last first."""
    past = [people(seed + n, level=level, paid=paid) for n, level in enumerate(levels)]
    return Likelihood(7, "", past)


def test_what_is_expected_comes_true_on_days_that_were_not_learned_from() -> None:
    """Of twelve worlds whose level stays, the money lies in the interval in eleven at least."""
    inside = 0
    for seed in range(0, 600, 50):
        taught = known(-1.5, -1.5, -1.5, seed=seed)
        low, high = audiences.likelihood.revenue(taught.tried)[1:]
        inside += low <= taught.tried["paid_after"].sum() <= high
        assert high - low < 1.2 * taught.tried["paid_after"].sum()
    assert inside >= 11


def test_those_who_come_often_are_told_as_likely() -> None:
    """Ranked by what they did; the tenths of the probability happen about as often."""
    taught = known(-1.5, -1.5, -1.5)
    tried = taught.tried
    assert tried["probability"].corr(tried["visits_7_days"], method="spearman") > 0.95
    shown = audiences.trusted(taught)
    assert shown.text.startswith("Of a buyer and another, the buyer was ranked first in 7")
    assert (shown.rows["predicted"] - shown.rows["observed"]).abs().max() < 0.12


def test_the_days_that_are_tried_are_not_learned_from() -> None:
    """Whatever happened in them, the same was foreseen."""
    taught = known(-1.5, -1.5, -1.5)
    turned = taught.past[0].assign(has_bought_after=lambda rows: ~rows["has_bought_after"])
    other = Likelihood(7, "", [turned, *taught.past[1:]])
    assert other.tried["probability"].tolist() == taught.tried["probability"].tolist()


def test_too_little_teaches_nothing_and_says_so() -> None:
    """One moment, or fewer than ten buyers: no probability, no money, and why."""
    none = known(-40.0, -40.0)
    assert none.why_not.startswith("one of the times left out, fewer than 10 people bought")
    short = known(-1.5)
    assert short.why_not == "it takes 21 days of clicks to learn who buys within 7"
    for taught in (none, short, Likelihood(7, "", [])):
        found = taught.foresee(people(9, 5))
        assert found["probability"].isna().all() and found["expected_revenue"].isna().all()
        assert np.isnan(audiences.likelihood.revenue(found)[0])
        assert audiences.trusted(taught).text.startswith("The probabilities cannot be tried: ")


def test_money_that_no_purchase_says_is_unknown() -> None:
    """The probability is known all the same."""
    found = known(-1.5, -1.5, paid=None).foresee(people(9, 5))
    assert found["probability"].between(0.01, 0.99).all()
    assert found["expected_revenue"].isna().all()


def test_the_money_is_the_sum_with_chance_and_the_moved_level() -> None:
    """Two people: 3 and 5 expected, variance 16, lowest 6, highest 14 together."""
    rows = pd.DataFrame(
        {
            "expected_revenue": [3.0, 5.0], "variance": [7.0, 9.0], "lowest": [2.0, 4.0],
            "highest": [6.0, 8.0],
        }
    )  # fmt: skip
    value, low, high = audiences.likelihood.revenue(rows)
    chance = 1.959964 * 4
    assert value == 8 and high == pytest.approx(8 + np.hypot(chance, 6))
    assert low == pytest.approx(max(0, 8 - np.hypot(chance, 2)), abs=1e-5)
    assert audiences.likelihood.revenue(rows.head(0)) == (0, 0, 0)


def test_moments_lie_whole_horizons_before_the_end(warehouse: Warehouse) -> None:
    """At most four; people must have been seen for as long before the first."""
    fill(warehouse, {CLICKS: [came("A", day) for day in range(1, 29)]})
    for days, wanted in ((7, [21, 14, 7]), (6, [22, 16, 10, 4]), (10, [18, 8]), (20, [])):
        whole = Interval(on(0), on(28))
        found = audiences.learn(warehouse, whole, days)
        visits = [int(each["count_visits"].iloc[0]) for each in found.past]
        moments = [at for at in wanted if at >= days]
        assert visits == [at - 1 for at in moments], days
    with pytest.raises(UsageError, match="days = 0: 1 or more are looked ahead"):
        audiences.learn(warehouse, WHOLE, 0)
    assert audiences.fitting(Interval(on(0), on(21) - timedelta(minutes=1))) == 7
    assert audiences.fitting(Interval(on(0), on(10))) == 3
    assert audiences.fitting(Interval(on(0), on(1))) == 1


SHOP = {
    CLICKS: [
        came("A", 1, "add_to_cart", **PHONE), came("B", 2, **PHONE), came("B", 29, **PHONE),
        sold("C", 20, 50, **PHONE), came("D", 5),
    ],
    MESSAGES: [told("old", "B", 28), told("old", "B", 27)],
}  # fmt: skip
UNKNOWN = Likelihood(7, "", [])


def selected(warehouse: Warehouse, **asked: Any) -> audiences.Selected:
    fill(warehouse, SHOP)
    given = Audience("Some", **asked)
    return audiences.select(warehouse, given, WHOLE, replace(UNKNOWN, category=given.category))


@pytest.mark.parametrize(
    ("where", "who"),
    [
        ("", "ABCD"),
        ("count_left > 0", "A"),
        ("count_orders = 0 and days_since_visit < 26", "BD"),
        ("favourite_category in ('phone', 'x') and not user_id like 'C%'", "AB"),
        ("revenue > 0 or location is not null", "C"),
        ("count_visits > 9", ""),
        ("price_fell > 0.1", ""),
    ],
)
def test_a_rule_chooses_by_a_person_s_columns(warehouse: Warehouse, where: str, who: str) -> None:
    """What is null meets no comparison."""
    found = selected(warehouse, where=where).people
    assert sorted(found["user_id"]) == list(who)


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("count_lefts > 0", "no column 'count_lefts' of a person. Did you mean count_left?"),
        ("has_bought_after = true", "no column 'has_bought_after' of a person"),
        ("revenue > (select 1)", "is not allowed; allowed are columns"),
        ("1", "is no comparison, such as count_left > 0"),
        ("count_left > 0; drop table mart.messages", "is not understood"),
    ],
)
def test_what_is_no_rule_is_refused(warehouse: Warehouse, where: str, said: str) -> None:
    """The message says what is allowed."""
    with pytest.raises(UsageError, match=said.replace("?", r"\?").replace("(", r"\(")):
        selected(warehouse, where=where)


def test_an_unknown_category_is_named(warehouse: Warehouse) -> None:
    """With those that there are."""
    with pytest.raises(UsageError, match=r"no category 'phones'.*phone"):
        selected(warehouse, category="phones")


def test_who_has_had_enough_messages_is_capped(warehouse: Warehouse) -> None:
    """Two in seven days are enough, if two are allowed; a third may come if three are."""
    found = selected(warehouse, hold_out=0.0)
    assert found.people.set_index("user_id")["is_capped"].to_dict() == {
        "A": False, "B": True, "C": False, "D": False
    }  # fmt: skip
    assert sorted(found.told["user_id"]) == ["A", "C", "D"] and found.held_out.empty
    assert audiences.described(found).text == "4 people: 0 held out, 1 told often enough"
    assert len(selected(warehouse, hold_out=0.0, most_messages=3).told) == 4


def test_nobody_is_likely_where_nobody_knows(warehouse: Warehouse) -> None:
    """A probability that is asked for and unknown chooses nobody, and the title says why."""
    found = selected(warehouse, at_least=0.1)
    assert found.people.empty
    assert audiences.described(found).text == (
        "Nobody knows who is likely to buy: it takes 21 days of clicks to learn who buys within 7"
    )
    nobody = selected(warehouse, where="count_visits > 9")
    assert audiences.described(nobody).text == "Nobody is in this audience"
    assert audiences.compared([nobody]).text == "Nobody is in any of these audiences"


class Counted(Likelihood):
    """Foresees of each person a share of those that it is given."""

    def foresee(self, people: pd.DataFrame) -> pd.DataFrame:
        return super().foresee(people).assign(probability=1 / len(people))


def test_a_person_is_as_likely_in_any_audience(warehouse: Warehouse) -> None:
    """The probability is the person's, whoever else a rule chooses."""
    fill(warehouse, SHOP)
    taught = Counted(7, "", [])
    found = [
        audiences.select(warehouse, Audience("Some", where=where), WHOLE, taught).people
        for where in ("", "count_left > 0")
    ]
    every, alone = (each.set_index("user_id")["probability"] for each in found)
    assert alone.index.tolist() == ["A"] and alone["A"] == every["A"] == 0.25


def test_a_time_in_which_all_or_none_bought_is_told_so() -> None:
    """Neither can be ranked."""
    taught = known(-1.5, -1.5, -1.5)
    for bought, who in ((True, "everybody"), (False, "nobody")):
        last = taught.past[0].assign(has_bought_after=bought)
        shown = audiences.trusted(Likelihood(7, "", [last, *taught.past[1:]]))
        assert shown.text == f"Of 1,500 people {who} bought in the last 7 days"


def test_the_hold_out_is_drawn_by_name_and_person() -> None:
    """A fifth of 5,000, the same again, and of another name as if drawn anew."""
    users = pd.Series([f"U{n}" for n in range(5000)])
    asked = Audience("One", hold_out=0.2)
    first = held_out(asked, users)
    assert 0.18 < first.mean() < 0.22
    assert first.tolist() == held_out(asked, users).tolist()
    other = held_out(replace(asked, name="Two"), users)
    assert 0.03 < (first & other).mean() < 0.05
    more = held_out(replace(asked, hold_out=0.3), users)
    assert (more | ~first).all() and 0.28 < more.mean() < 0.32


def test_audiences_side_by_side_say_of_whom_most_is_expected() -> None:
    """By money a person; one that nobody is in, or whose money is unknown, is not compared."""
    taught = known(-1.5, -1.5)
    likely = taught.foresee(people(7, 400, level=-1.5)).assign(is_held_out=False, is_capped=False)
    often, rarely = likely[likely["visits_7_days"] > 3], likely[likely["visits_7_days"] < 2]
    of = [
        audiences.Selected(Audience(name), taught, rows)
        for name, rows in (("Often", often), ("Rarely", rarely), ("None", likely.head(0)))
    ]
    found = audiences.compared(of)
    money = often["expected_revenue"].mean()
    assert found.text == f"“Often” is expected to pay most: {money:,.0f} a person in 7 days"
    assert found.rows["count_people"].tolist() == [len(often), len(rarely), 0]
    assert (
        audiences.compared([of[0], of[0]]).text
        == f"Up to {money:,.0f} a person is expected in 7 days"
    )


def export(warehouse: Warehouse, path: Path, **asked: Any) -> audiences.Exported:
    return audiences.export(warehouse, Audience(**{"name": "Some", "hold_out": 0.0, **asked}), path)


def messages(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    return warehouse.execute(
        "select audience, user_id, is_held_out from mart.messages where audience <> 'old' "
        "order by audience, user_id"
    )


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_an_export_writes_the_file_and_notes_the_messages(
    warehouse: Warehouse, tmp_path: Path, ending: str
) -> None:
    """Who is capped is in neither, who is held out is noted alone."""
    fill(warehouse, SHOP)
    path = tmp_path / f"list.{ending}"
    asked = Audience("Half", hold_out=0.5)
    out = held_out(asked, pd.Series(list("ACD")))
    done = audiences.export(warehouse, asked, path)
    assert done == (int((~out).sum()), int(out.sum()), 1) and out.any() and not out.all()
    read = pd.read_csv(path) if ending == "csv" else pd.read_parquet(path)
    assert list(read) == ["user_id", "probability", "expected_revenue"]
    assert sorted(read["user_id"]) == [
        u for u, is_out in zip("ACD", out, strict=True) if not is_out
    ]
    assert messages(warehouse) == [
        ("Half", user, is_out) for user, is_out in zip("ACD", out, strict=True)
    ]
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_nobody_is_told_the_same_twice_nor_too_often(warehouse: Warehouse, tmp_path: Path) -> None:
    """The same again is refused until a click comes; other audiences stop at the cap."""
    fill(warehouse, SHOP)
    assert export(warehouse, tmp_path / "1.csv").count_told == 3
    with pytest.raises(CartwheelError, match="'Some' was exported before, and no click has come"):
        export(warehouse, tmp_path / "2.csv")
    assert not (tmp_path / "2.csv").exists()
    assert export(warehouse, tmp_path / "3.csv", name="Other").count_told == 3
    assert export(warehouse, tmp_path / "4.csv", name="Third") == (0, 0, 4)
    assert len(messages(warehouse)) == 6


def test_exports_at_the_same_time_keep_to_the_cap(
    warehouse: Warehouse, connection_to: Callable[[str], dict[str, object]], tmp_path: Path
) -> None:
    """Four audiences at once: every person is in two of the lists, and not in more."""
    fill(warehouse, SHOP)
    failed: list[BaseException] = []

    def work(name: str) -> None:
        own = Warehouse(connection_to("SHOP"))
        try:
            export(own, tmp_path / f"{name}.csv", name=name)
        except BaseException as error:
            failed.append(error)
        finally:
            own.close()

    threads = [threading.Thread(target=work, args=(name,)) for name in "wxyz"]
    for each in threads:
        each.start()
    for each in threads:
        each.join(120)
    assert not failed
    counts = pd.Series([user for _, user, _ in messages(warehouse)]).value_counts()
    assert counts.to_dict() == {"A": 2, "C": 2, "D": 2}


@pytest.mark.parametrize(
    ("name", "said"),
    [("list.xlsx", "a file's name ends in .csv or .parquet"), ("there.csv", "is there already")],
)
def test_a_file_that_cannot_be_made_is_refused(
    warehouse: Warehouse, tmp_path: Path, name: str, said: str
) -> None:
    """Nothing is noted then."""
    fill(warehouse, SHOP)
    (tmp_path / "there.csv").write_text("mine")
    with pytest.raises(UsageError, match=said):
        export(warehouse, tmp_path / name)
    assert messages(warehouse) == [] and (tmp_path / "there.csv").read_text() == "mine"


def test_nothing_is_noted_if_the_file_cannot_be_written(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    """A folder that is not there: both or neither."""
    fill(warehouse, SHOP)
    with pytest.raises(OSError, match="nowhere"):
        export(warehouse, tmp_path / "nowhere" / "list.csv")
    assert messages(warehouse) == []


def test_no_file_stays_if_it_cannot_be_noted(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A commit that fails after the file was written takes the file with it."""
    fill(warehouse, SHOP)
    path = tmp_path / "list.csv"
    before = warehouse.execute

    def execute(text: str, *words: Any) -> Any:
        if "set models" in text:  # the last statement of a refresh, before its commit
            assert path.exists()
            raise CartwheelError("the warehouse is away")
        return before(text, *words)

    monkeypatch.setattr(warehouse, "execute", execute)
    with pytest.raises(CartwheelError, match="away"):
        export(warehouse, path)
    monkeypatch.undo()
    assert not path.exists() and messages(warehouse) == []


def effects(*rows: Row) -> pd.DataFrame:
    names = ["audience", "is_held_out", "count_people", "count_buyers", "revenue"]
    return beside(pd.DataFrame(rows, columns=names))


def test_an_effect_is_the_difference_to_those_held_out() -> None:
    """30 % of 1,000 against 20 % of 1,000 is seen; without a hold-out nothing is told."""
    rows = effects(
        ("a", False, 1000, 300, 5000.0), ("a", True, 1000, 200, None), ("b", False, 9, 1, 1.0)
    )
    assert rows["audience"].tolist() == ["a"]
    row = rows.iloc[0]
    assert (row["share_told"], row["share_held_out"]) == (0.3, 0.2)
    assert row["difference"] == pytest.approx(0.1) and 0.05 < row["low"] < row["high"] < 0.15
    assert row["revenue_told"] == 5.0 and pd.isna(row["revenue_held_out"])
    assert finding(rows, 7).text == (
        "a: 30.0% of those told bought within 7 days, 20.0% of those held out"
    )


def test_what_is_not_seen_is_not_claimed() -> None:
    """Of one audience, of several, and of none."""
    alike = effects(("a", False, 50, 12, 1.0), ("a", True, 50, 10, 1.0))
    assert finding(alike, 1).text.endswith("; no difference can be seen")
    two = effects(
        ("a", False, 50, 12, 1.0), ("a", True, 50, 10, 1.0),
        ("b", False, 500, 400, 1.0), ("b", True, 500, 100, 1.0),
    )  # fmt: skip
    assert finding(two, 1).text == "Being told made a difference in 1 of 2 audiences within 1 day"
    assert finding(effects(), 7).text == (
        "No audience was told, and its hold-out kept, 7 days ago or earlier"
    )


def test_messages_that_change_nothing_are_seldom_said_to() -> None:
    """Of 200 campaigns without an effect about ten are said to have one."""
    draw = np.random.default_rng(1)
    seen = 0
    for _ in range(200):
        buyers = draw.binomial([900, 100], 0.2)
        row = effects(("a", False, 900, buyers[0], 1.0), ("a", True, 100, buyers[1], 1.0)).iloc[0]
        seen += row["low"] > 0 or row["high"] < 0
    assert 1 <= seen <= 20


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("where = 'count_left > 0'", "name is missing"),
        ("name = ''", "has a name of 1 to 80 characters"),
        ("name = 'a'\nhold_out = 0.6", "hold_out: from 0 to 0.5 is allowed, got 0.6"),
        ("name = 'a'\nat_least = 2", "at_least: from 0 to 1 is allowed, got 2"),
        ("name = 'a'\nmost_messages = 0", "most_messages: 1 or more, got 0"),
        ("name = 'a'\nmost_messages = true", "most_messages cannot be True"),
        ("name = 'a'\nmost_messages = 1.5", "most_messages cannot be 1.5"),
        ("name = 'a'\nhold_out = '0.1'", "hold_out cannot be '0.1'"),
        ("name = 'a'\nholdout = 0.1", "no key of the audience 'holdout'"),
        ("name = ", "is no TOML"),
    ],
)
def test_a_definition_that_is_none_is_refused(text: str, said: str) -> None:
    """The message names the key and what is allowed."""
    with pytest.raises(UsageError, match=said):
        audiences.read(text)


def test_a_definition_says_what_it_does_not_leave_out() -> None:
    """Whole numbers are numbers."""
    assert audiences.read("name = 'a'\nat_least = 1\ncategory = 'phone'") == Audience(
        "a", category="phone", at_least=1
    )


def test_the_command_says_who_is_in_it_and_exports(loaded: Environment, tmp_path: Path) -> None:
    """With --output the file is there and the messages are noted."""
    path, out = tmp_path / "own.toml", tmp_path / "list.csv"
    path.write_text("name = 'Own'\nwhere = 'count_visits > 0'\nhold_out = 0.5\n")
    done = CliRunner().invoke(main, ["audience", str(path)])
    assert done.exit_code == 0, done.output
    size = int(done.stdout.partition(" ")[0].replace(",", ""))
    assert size > 10 and "told often enough" in done.stdout and not out.exists()
    done = CliRunner().invoke(main, ["audience", str(path), "--output", str(out)])
    assert done.exit_code == 0, done.output
    told_now = len(pd.read_csv(out))
    assert f"{out}: {told_now:,} to be told; {size - told_now:,} held out, 0 told" in done.stdout
    loaded.warehouse.execute("delete from mart.messages where audience = 'Own'")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read as text"),
        (b"\xff\xfe\x00", "cannot be read as text"),
        (b"name = 'a'\nwho = 'x'", "no key of"),
    ],
)
def test_a_file_that_defines_no_audience_is_misuse(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    """Status 2 and the file's name."""
    path = tmp_path / "own.toml"
    if content is not None:
        path.write_bytes(content)
    done = CliRunner().invoke(main, ["audience", str(path)])
    assert done.exit_code == 2 and "own.toml" in done.stderr and said in done.stderr
