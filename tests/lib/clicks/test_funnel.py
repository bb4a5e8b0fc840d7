"""Funnels: rows in, counts out; and what is refused."""

from typing import Any

import pytest
from cartwheel.clicks import funnel, predicates
from cartwheel.clicks.funnel import Funnel, Step
from cartwheel.errors import UsageError
from cartwheel.estimation import differences
from cartwheel.timeframe import Interval
from cartwheel.warehouse import Warehouse

from tests.lib.clicks.filling import fill
from tests.sql.rows import CLICKS, PRODUCTS, Row, at, click

TIME = Interval(at(0), at(1000))
A, B, C = Step("A", "page = 'a'"), Step("B", "page = 'b'"), Step("C", "page = 'c'")


def walk(session: str, pages: str, minute: float = 0.0, **says: Any) -> list[Row]:
    """Return a visit's clicks: a letter a page, one a minute."""
    return [click(session, "view", minute + n, page=page, **says) for n, page in enumerate(pages)]


def taken(shop: Warehouse, asked: Funnel, *visits: list[Row], by: str = "") -> dict[str, list[int]]:
    """Return how many took each step, by slice."""
    fill(shop, {CLICKS: [row for visit in visits for row in visit]})
    rows = funnel.counts(shop, asked, TIME, by)
    return rows.groupby("slice", sort=False)["count_entities"].agg(list).to_dict()


def test_a_step_counts_only_behind_the_one_before(shop: Warehouse) -> None:
    """Loose order: others may lie between; the order of the steps must hold."""
    found = taken(
        shop, Funnel((A, B, C)),
        walk("1", "abc"), walk("2", "axbxxc"), walk("3", "acb"), walk("4", "bca"), walk("5", "xbc"),
        walk("6", "ab"), walk("7", "cba"), walk("8", "bab"),
    )  # fmt: skip
    assert found == {"": [7, 5, 2]}


def test_in_strict_order_nothing_lies_between(shop: Warehouse) -> None:
    """The next event must be the next step."""
    found = taken(
        shop, Funnel((A, B, C), order="strict"),
        walk("1", "abc"), walk("2", "axbc"), walk("3", "abxc"), walk("4", "axabc"),
    )  # fmt: skip
    assert found == {"": [4, 3, 2]}


def test_an_optional_step_may_be_left_out(shop: Warehouse) -> None:
    """It counts who took it; the next step follows it or the one before it."""
    asked = Funnel((A, Step("B", "page = 'b'", is_optional=True), C))
    found = taken(shop, asked, walk("1", "abc"), walk("2", "ac"), walk("3", "ab"), walk("4", "cb"))
    assert found == {"": [3, 2, 2]}
    rows = funnel.counts(shop, asked, TIME)
    assert rows["kept"].tolist()[1:] == pytest.approx([2 / 3, 2 / 3])  # of A both times


def test_bots_are_left_out_unless_they_are_asked_for(shop: Warehouse) -> None:
    """A visit is a bot's if that is more likely than not; of an unknown one it is not."""
    bot = {"user_agent": "a bot"}
    visits = (walk("P1", "abc"), walk("R1", "ab", **bot), walk("R2", "ax", **bot))
    fill(shop, {CLICKS: [row for visit in visits for row in visit]})
    found = {
        who: funnel.counts(shop, Funnel((A, B), visitors=who), TIME)["count_entities"].tolist()
        for who in ("people", "bots", "all")
    }
    assert found == {"people": [1, 1], "bots": [2, 1], "all": [3, 2]}
    with pytest.raises(UsageError, match="no kind of visitors 'robots'"):
        Funnel((A, B), visitors="robots").checked()


def test_what_is_excluded_ends_a_way(shop: Warehouse) -> None:
    """Between the first step and the last; before and behind it does no harm."""
    found = taken(
        shop, Funnel((A, B), exclude="page = 'x'"),
        walk("1", "axb"), walk("2", "xabx"), walk("3", "axab"), walk("4", "axx"),
    )  # fmt: skip
    assert found == {"": [4, 2]}


def test_the_time_runs_from_the_latest_beginning(shop: Warehouse) -> None:
    """A first step that is too early does not spoil one that is not."""
    found = taken(
        shop, Funnel((A, B, C), within_seconds=180),
        walk("1", "axxxbc"), walk("2", "axabxc"), walk("3", "abxc"), walk("4", "abxxc"),
    )  # fmt: skip
    assert found == {"": [4, 3, 2]}


@pytest.mark.parametrize(
    ("unit", "expected"), [("visit", [2, 0]), ("person", [1, 1]), ("order", [1, 1])]
)
def test_a_funnel_is_of_visits_persons_or_orders(
    shop: Warehouse, unit: str, expected: list[int]
) -> None:
    """What has no such id is nobody's."""
    visits = (
        walk("1", "a", 0, user_id="U", order_id="O"), walk("2", "b", 5, user_id="U", order_id="O"),
        walk("3", "a", 9),
    )  # fmt: skip
    assert taken(shop, Funnel((A, B), unit=unit), *visits) == {"": expected}


def test_a_column_parts_by_its_value_at_the_first_step(shop: Warehouse) -> None:
    """Null is unknown, the most frequent come first, events outside the time do not count."""
    found = taken(
        shop, Funnel((A, B)),
        walk("1", "a", 0, device_type="mobile") + walk("1", "b", 5, device_type="tablet"),
        walk("2", "ab", 0, device_type="mobile"), walk("3", "ab"), walk("4", "xx"),
        walk("5", "ab", -1, device_type="desktop"), walk("6", "ab", 999, device_type="tablet"),
        by="device_type",
    )  # fmt: skip
    assert found == {"": [4, 3], "mobile": [2, 2], "tablet": [1, 0], "unknown": [1, 1]}


def test_what_is_too_rare_to_be_told_apart_is_taken_together(shop: Warehouse) -> None:
    """Nobody is lost: the rest is one value, so that "the others" are all of them."""
    visits = [
        walk(f"{d}{n}", "ab", device_type=d) for d, k in (("x", 3), ("", 2)) for n in range(k)
    ]
    visits += [walk("y", "ab", device_type="y"), walk("z", "a", device_type="z")]
    fill(shop, {CLICKS: [row for visit in visits for row in visit]})
    rows = funnel.counts(shop, Funnel((A, B)), TIME, "device_type", most=2)
    told = rows.groupby("slice", sort=False)["count_entities"].agg(list).to_dict()
    assert told == {"": [7, 6], "x": [3, 3], "(empty)": [2, 2], "all others": [2, 1]}
    rest = rows[rows["slice"] == "all others"]
    assert rest["share"].tolist() == [1.0, 0.5] and rest["seconds"].isna().all()
    assert funnel.compared(funnel.counts(shop, Funnel((A,)), TIME), "").text == (
        "No column is chosen to compare by"
    )


def test_shares_have_intervals_and_times(shop: Warehouse) -> None:
    """The share of the first step by Wilson; the median time to each step, null if nobody came."""
    fill(shop, {CLICKS: walk("1", "ab") + walk("2", "axxb") + walk("3", "ca") + walk("4", "a")})
    rows = funnel.counts(shop, Funnel((A, B, C)), TIME)
    assert rows["share"].tolist() == [1.0, 0.5, 0.0]
    assert rows["share_low"].tolist()[1] == pytest.approx(0.15004, abs=1e-5)
    assert rows["share_high"].tolist()[1] == pytest.approx(0.84996, abs=1e-5)
    assert rows["seconds"].tolist()[:2] == [0.0, 120.0] and rows["seconds"].isna().tolist()[2]
    assert funnel.path(rows).text == (
        "0.0% of the visits that begin come to C (0.0% to 49.0%); fewest go on to C: 0%"
    )


def test_a_step_that_no_event_meets_is_not_one_of_the_source(shop: Warehouse) -> None:
    """Views 4, carts 2 without clicks: a funnel of two steps, and what is missing is named."""
    asked = Funnel((A, Step("X", "page = 'x'"), B, Step("Y", "page = 'y'", is_optional=True), C))
    fill(shop, {CLICKS: walk("1", "ab") + walk("2", "ab") + walk("3", "a") + walk("4", "az")})
    rows = funnel.counts(shop, asked, TIME, "device_type")
    found = funnel.path(rows)
    assert found.rows["step"].tolist() == ["A", "B"]
    assert found.rows["count_entities"].tolist() == [4, 2]
    assert found.text == (
        "50.0% of the visits that begin come to B (15.0% to 85.0%); "
        "no event of this source is X or Y or C"
    )
    assert funnel.compared(rows, "device_type").rows.empty
    nothing = funnel.counts(shop, Funnel((Step("X", "page = 'x'"),)), TIME)
    assert funnel.path(nothing).text == "No visit took the first step: X"


def test_products_are_as_they_were_at_the_click(shop: Warehouse) -> None:
    """The category of the history then, not today's."""
    version = {"product_id": "P", "load_timestamp": at(0)}
    fill(
        shop,
        {
            CLICKS: walk("1", "a", 4, product_id="P") + walk("2", "a", 5, product_id="P"),
            PRODUCTS: [
                {**version, "effective_from": at(0), "effective_to": at(5), "is_current": False,
                 "category": "phone", "price": 9.0},
                {**version, "effective_from": at(5), "is_current": True, "category": "laptop",
                 "price": 8.0},
            ],
        },
    )  # fmt: skip
    for where, expected in (("category_then = 'phone'", 1), ("price_then < 8.5 and page = 'a'", 1)):
        rows = funnel.counts(shop, Funnel((Step("A", where),)), TIME)
        assert rows["count_entities"].tolist() == [expected], where
    assert funnel.path(rows).text == "1 visit took the step A"


def test_who_stops_is_told_with_what_came_next(shop: Warehouse) -> None:
    """The next event behind the first of the step; an optional step is none to stop at."""
    fill(
        shop,
        {CLICKS: [
            *walk("1", "abc"), *walk("2", "ax"), *walk("3", "a"), *walk("4", "xa"),
            click("5", "view", 0, page="a"), click("5", "purchase", 1, page="x"),
            *walk("6", "abx"),
        ]},
    )  # fmt: skip
    found = funnel.instead(shop, Funnel((A, Step("B", "page = 'b'", is_optional=True), C)), TIME)
    told = found.rows[["step", "instead", "count_entities"]].to_numpy().tolist()
    assert told == [["A", "nothing more", 2], ["A", "view", 2], ["A", "purchase", 1]]
    assert found.text == "Of those that stop after A, 40% do nothing more"


def test_who_stops_behind_an_optional_step_is_told_by_the_right_name(shop: Warehouse) -> None:
    """A, perhaps B, C, D: who took C and not D stopped after C."""
    asked = Funnel((A, Step("B", "page = 'b'", is_optional=True), C, Step("D", "page = 'd'")))
    fill(shop, {CLICKS: walk("1", "abcd") + walk("2", "acx") + walk("3", "ax")})
    found = funnel.instead(shop, asked, TIME)
    told = found.rows[["step", "instead", "count_entities"]].to_numpy().tolist()
    assert told == [["A", "view", 1], ["C", "view", 1]]


def test_a_difference_is_claimed_only_beyond_chance(shop: Warehouse) -> None:
    """Over all comparisons; of few visits nothing can be seen."""
    few = [walk(f"m{n}", "ab" if n else "a", device_type="mobile") for n in range(4)]
    few += [walk(f"d{n}", "a" if n else "ab", device_type="desktop") for n in range(4)]
    fill(shop, {CLICKS: [row for visit in few for row in visit]})
    rows = funnel.counts(shop, Funnel((A, B)), TIME, "device_type")
    assert funnel.compared(rows, "device_type").text == (
        "No difference between the 2 values of device_type can be seen"
    )
    many = [walk(f"m{n}", "ab" if n % 4 else "a", device_type="mobile") for n in range(80)]
    many += [walk(f"d{n}", "a" if n % 4 else "ab", device_type="desktop") for n in range(80)]
    fill(shop, {CLICKS: [row for visit in many for row in visit]})
    found = funnel.compared(funnel.counts(shop, Funnel((A, B)), TIME, "device_type"), "device_type")
    assert found.text == (
        "mobile: 75.0% of the visits come through, 50.0 percentage points above the others"
    )
    assert found.rows["is_seen"].tolist() == [True, True]


def test_a_difference_has_newcombes_interval() -> None:
    """The example (a) of Newcombe (1998), table II: 56/70 and 48/80."""
    found = differences.of_shares(56, 70, 48, 80)
    assert found.value == pytest.approx(0.2)
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=1e-4)
    assert found.is_seen and not differences.of_shares(56, 70, 48, 80, comparisons=20).is_seen
    nothing = differences.of_shares(0, 0, 1, 2)
    assert not nothing.is_seen


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "1", "page", "page = 'a'; drop table x", "page = 'a') or (1 = 1",
        "lower(page) = 'a'",
        "page in (select page from core.clicks)", "exists (select 1)", "page = other",
        "x.page = 'a'",
        "page = :since", "page = ?", "page || 'a' = 'b'",
        "page = 'a' order by 1", "case when page = 'a' then true end", "page = current_user()",
        "page = 'a' union select 1", "$1 = 'a'", "page is null qualify 1 = 1",
        "page like any ('a')",
        "page::int = 1", "page = (select 1)", "true", "not", "sequence_number = '1'",
    ],
)  # fmt: skip
def test_a_predicate_that_is_more_than_a_comparison_is_refused(text: str) -> None:
    """Columns, literals and a few comparisons; nothing else reaches the warehouse."""
    with pytest.raises(UsageError):
        predicates.checked(text, "Step 'A'", {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PAGE = 'o''clock'", "clicks.page = :text_0"),
        ("not (price >= 2.5 or price < -1) and page is not null",
         "NOT (clicks.price >= 2.5 OR clicks.price < -1) AND NOT clicks.page IS NULL"),
        ("page in ('a', 'b') and quantity between 1 and 3 and page like '%:since%'",
         "clicks.page IN (:text_1, :text_2) AND clicks.quantity BETWEEN 1 AND 3 "
         "AND clicks.page LIKE :text_0"),
        ("category_then <> 'a'", "product.category <> :text_0"),
    ],
)  # fmt: skip
def test_a_predicate_is_written_anew_with_its_texts_bound(text: str, expected: str) -> None:
    """Not a letter of what was typed is sent as SQL."""
    values: dict[str, str] = {}
    assert predicates.checked(text, "Step 'A'", values) == expected
    assert len(values) == expected.count(":text")


def test_a_text_that_looks_like_a_binding_is_a_text(shop: Warehouse) -> None:
    """Quotes, colons and question marks of a literal are found in the data as they are."""
    odd = "it's ( :since ? ;"
    fill(shop, {CLICKS: [click("1", "view", 0, page=odd), click("2", "view", 0, page="x")]})
    step = Step("A", "page = '{}'".format(odd.replace("'", "''")))
    assert funnel.counts(shop, Funnel((step,)), TIME)["count_entities"].tolist() == [1]


def test_an_unknown_column_names_the_nearest() -> None:
    """And all there are."""
    with pytest.raises(UsageError, match="Did you mean device_type"):
        predicates.checked("device = 'mobile' and device_typ = 'x'", "Step 'A'", {})
    with pytest.raises(UsageError, match="by: there is no column 'x y' of a click"):
        predicates.column("x y", "by")


def test_a_definition_is_read_from_toml() -> None:
    """The same as written in Python."""
    text = """
        unit = "person"
        within_seconds = 60
        exclude = "page = 'x'"
        [[steps]]
        name = "A"
        where = "page = 'a'"
        [[steps]]
        name = "B"
        where = "page = 'b'"
        is_optional = true
        [[steps]]
        name = "C"
        where = "page = 'c'"
    """
    asked = Funnel(
        (A, Step("B", "page = 'b'", is_optional=True), C), unit="person", within_seconds=60,
        exclude="page = 'x'",
    )  # fmt: skip
    assert funnel.read(text) == asked


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("steps", "is no TOML"), ("steps = 3", "are tables"), ("", "1 to 20 steps"),
        ("unit = 'day'\n[[steps]]\nname='A'\nwhere='x'", "unit"),
        ("units = 'day'\n[[steps]]\nname='A'\nwhere='x'", "units"),
        ("order = 'any'\n[[steps]]\nname='A'\nwhere='x'", "order"),
        ("within_seconds = 0\n[[steps]]\nname='A'\nwhere='x'", "above 0"),
        ("within_seconds = true\n[[steps]]\nname='A'\nwhere='x'", "within_seconds"),
        ("[[steps]]\nname='A'", "where is missing"), ("[[steps]]\nwhere='A'", "name is missing"),
        ("[[steps]]\nname='A'\nwhere='x'\nis_optional=true", "cannot be optional"),
        ("[[steps]]\nname=1\nwhere='x'", "name cannot be 1"),
    ],
)  # fmt: skip
def test_a_wrong_definition_is_refused_by_what_is_wrong(text: str, said: str) -> None:
    """The key and the value are named."""
    with pytest.raises(UsageError, match=said):
        funnel.read(text)


def test_the_builder_makes_what_its_rows_say() -> None:
    """Five free steps, one removed, read when the button is pressed."""
    builder = funnel.Builder(Funnel((A,)))
    for _ in range(5):
        builder._add.click()
    for n, row in enumerate(builder._rows.children[1:], 2):
        row.children[0].value, row.children[1].value = f"S{n}", f"page = '{n}'"
    builder._rows.children[1].children[3].click()
    builder._unit.value = "person"
    assert builder.value == Funnel((A,))
    builder._show.click()
    assert [step.name for step in builder.value.steps] == ["A", "S3", "S4", "S5", "S6"]
    assert builder.value.unit == "person" and builder.value.checked()
