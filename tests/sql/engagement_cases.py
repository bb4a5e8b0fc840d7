"""Cases of the queries of who comes back, what brought them, and how products fare."""

from datetime import datetime, timedelta
from typing import Any

from .rows import CLICKS, START, Case, Row, at, click

DAY = 1440
_ASKED: Row = {
    "since": at(-60), "until": at(60 * DAY), "zone": "UTC", "unit": "week", "starts_with": "visit",
    "returns_with": "visit", "times": 1,
}  # fmt: skip


def on(day: int) -> datetime:
    """Return a day of the world's first weeks."""
    return START + timedelta(days=day)


def visits(user: str | None, *days: float, kind: str = "view", **says: Any) -> list[Row]:
    """Return visits of a user, one on each of some days."""
    return [
        click(f"{user}-{kind}-{day}", kind, day * DAY, user_id=user, **says) for day in days
    ]  # fmt: skip


# Monday is day 0. A comes in three weeks, B in the first alone, C twice in the third, D begins in
# the second; a bot, and who has no name, are nobody. Z came before the time.
_CAME = {
    CLICKS: [
        *visits("A", 0, 8, 15),
        *visits("B", 3, 6.99),
        *visits("C", 1, 14, 15),
        *visits("D", 7, 21),
        *visits("R", 0, 7, user_agent="A bot"),
        *visits(None, 0, 7),
        *visits("Z", -1, 0, 8),
    ]
}
_BUYING = {
    CLICKS: [
        *visits("A", 0),
        *visits("A", 1, 8, kind="purchase"),
        *visits("A", 15, kind="click"),
        *visits("B", 0, kind="add_to_cart"),
        *visits("B", 8),
        *visits("B", 15, kind="add_to_cart"),
        *visits("C", 0, kind="click"),
        *visits("C", 8, kind="click"),
    ]
}


def _cohorts(claim: str, rows: dict[str, list[Row]], expected: list[Any], **asked: Any) -> Case:
    return Case(claim, rows, expected, {**_ASKED, **asked})


_WAYS: Row = {"since": at(0), "until": at(40 * DAY), "lookback_days": 30}
_SALE: Row = {"quantity": 1, "price": 10}
_SEARCH, _MAIL = {"referrer_url": "https://search.example/q?a"}, {"referrer_url": "mail"}
# A comes by search, directly, by mail and buys, then by search and does not. B buys at once. C buys
# after what is too long ago. D bought before the time. A bot and a nameless buyer are nobody.
_BOUGHT = {
    CLICKS: [
        *visits("A", 1, **_SEARCH), *visits("A", 2, 5),
        *visits("A", 8, kind="purchase", **_SALE, **_MAIL),
        *visits("A", 9, **_SEARCH),
        *visits("B", 3, kind="purchase", quantity=1, price=30),
        *visits("C", 4, **_MAIL), *visits("C", 35, kind="purchase", **_SALE, **_SEARCH),
        *visits("D", -2, kind="purchase", **_SALE), *visits("D", -1, **_MAIL),
        *visits("E", 1, kind="purchase", **_SALE, user_agent="a bot"),
        *visits(None, 1, kind="purchase", **_SALE),
                *visits("G", 0, **_SEARCH), *visits("H", 5, **_MAIL), *visits("H", 35),
        *visits("J", 3, kind="purchase", quantity=1, price=5),
        *visits("F", 39.99, **_MAIL), *visits("F", 40, kind="purchase", **_SALE),
    ]
}  # fmt: skip
_FRESH = [0.5 ** (days / 7) for days in (7, 6, 3, 0)]
_DECAY = [one / sum(_FRESH) for one in _FRESH]
_TWO, _THREE = (
    [0.5 ** (day / 7) / sum(0.5 ** (each / 7) for each in range(days)) for day in range(days)][::-1]
    for days in (2, 3)
)
_FARED: Row = {"since": at(0), "until": at(100)}


def _seen(session: str, kind: str = "view", minute: float = 1, **says: Any) -> Row:
    return click(session, kind, minute, product_id="P1", **says)


QUERIES: dict[str, list[Case]] = {
    "clicks/retention/cohorts": [
        _cohorts("Nobody came.", {}, []),
        _cohorts(
            "By week: who came again in a later one, once each.",
            _CAME,
            [
                (on(0), on(7), 3, 1),
                (on(0), on(14), 3, 2),
                (on(7), on(21), 1, 1),
            ],
        ),
        _cohorts(
            "Twice in a week, if so often is asked.",
            _CAME,
            [(on(0), on(14), 3, 1), (on(7), None, 1, 0)],
            times=2,
        ),
        _cohorts(
            "By day, of who began in the time.",
            _CAME,
            [
                (on(3), on(6), 1, 1),
                (on(7), on(21), 1, 1),
            ],
            unit="day",
            since=on(2),
        ),
        _cohorts(
            "Who began as the time begins is in it.",
            {CLICKS: visits("A", 1, 8)},
            [(on(0), on(7), 1, 1)],
            since=on(1),
        ),
        _cohorts(
            "By month, until the end of the time.",
            {CLICKS: [*visits("A", 0, 30), *visits("B", 1, 59), *visits("C", 31)]},
            [(on(-1), datetime(2026, 4, 1), 2, 1), (datetime(2026, 4, 1), None, 1, 0)],
            unit="month",
            until=on(59),
        ),
        _cohorts(
            "A day begins on the zone's clock.",
            {CLICKS: visits("A", 0.2, 0.3)},
            [(on(-1), on(0), 1, 1)],
            unit="day",
            zone="America/Chicago",
        ),
        _cohorts(
            "From a purchase on, who clicked again.",
            _BUYING,
            [(on(0), on(14), 1, 1)],
            starts_with="purchase",
            returns_with="click",
        ),
        _cohorts(
            "From a click on, who bought again.",
            _BUYING,
            [(on(0), None, 1, 0), (on(14), None, 1, 0)],
            starts_with="click",
            returns_with="purchase",
        ),
        _cohorts(
            "From a cart on, who carted again.",
            _BUYING,
            [(on(0), on(14), 1, 1)],
            starts_with="add_to_cart",
            returns_with="add_to_cart",
        ),
        _cohorts(
            "From any visit on, who bought.",
            _BUYING,
            [(on(0), on(7), 3, 1)],
            returns_with="purchase",
        ),
    ],
    "clicks/retention/active": [
        Case("Nobody came.", {}, [], {"since": at(0), "until": at(DAY), "zone": "UTC"}),
        Case(
            "People of a day and of the 28 days that end with it, each once.",
            {
                CLICKS: [
                    *visits("A", 0, 0.5, 27),
                    *visits("B", 27),
                    *visits("C", 1, 28),
                    *visits("D", -28),
                    *visits("E", -29),
                    *visits(None, 27),
                    *visits("R", 27, user_agent="bot"),
                    *visits("F", 29),
                ]
            },
            [
                (on(-28), 1, 1),
                (on(0), 1, 1),
                (on(1), 1, 2),
                (on(27), 2, 3),
                (on(28), 1, 3),
            ],
            {"since": on(0), "until": on(29), "zone": "UTC"},
        ),
        Case(
            "A day begins on the zone's clock.",
            {CLICKS: visits("A", 0.2, 0.3)},
            [(on(-1), 1, 1), (on(0), 1, 1)],
            {"since": on(0), "until": on(1), "zone": "America/Chicago"},
        ),
    ],
    "clicks/attribution/credits": [
        Case("Nobody bought.", {CLICKS: visits("A", 1)}, [], _WAYS),
        Case("Nobody came.", {}, [], _WAYS),
        Case(
            "A purchase is given to the first, the last, to all alike, to both ends, to the late.",
            _BOUGHT,
            [
                (
                    "direct",
                    4,
                    2.0,
                    2.0,
                    2.5,
                    2.2,
                    2 + _DECAY[1] + _DECAY[2],
                    35.0,
                    35.0,
                    40.0,
                    37.0,
                    35 + 10 * (_DECAY[1] + _DECAY[2]),
                ),
                ("mail", 1, 0.0, 1.0, 0.25, 0.4, _DECAY[3], 0.0, 10.0, 2.5, 4.0, 10 * _DECAY[3]),
                (
                    "search.example",
                    2,
                    2.0,
                    1.0,
                    1.25,
                    1.4,
                    1 + _DECAY[0],
                    20.0,
                    10.0,
                    12.5,
                    14.0,
                    10 + 10 * _DECAY[0],
                ),
            ],
            _WAYS,
        ),
        Case(
            "Two touches have a half each; one of three in the middle a fifth.",
            {
                CLICKS: [
                    *visits("A", 1, **_SEARCH),
                    *visits("A", 2, kind="purchase", **_MAIL),
                    *visits("B", 1, **_SEARCH),
                    *visits("B", 2),
                    *visits("B", 3, kind="purchase", **_MAIL),
                ]
            },
            [
                ("direct", 1, 0.0, 0.0, 1 / 3, 0.2, _THREE[1], *[None] * 5),
                ("mail", 2, 0.0, 2.0, 5 / 6, 0.9, _TWO[1] + _THREE[2], *[None] * 5),
                ("search.example", 2, 2.0, 0.0, 5 / 6, 0.9, _TWO[0] + _THREE[0], *[None] * 5),
            ],
            _WAYS,
        ),
    ],
    "clicks/attribution/steps": [
        Case("Nobody came.", {}, [], _WAYS),
        Case(
            "The ten channels of most visits are told apart, by name if they have as many.",
            {
                CLICKS: [
                    row
                    for n in range(12)
                    for user in (f"A{n}", *([f"B{n}"] if n == 11 else []))
                    for row in visits(user, 1, referrer_url=f"c{n:02}")
                ]
            },
            [
                ("(start)", "all others", 2),
                *(("(start)", f"c{n:02}", 1) for n in range(9)),
                ("(start)", "c11", 2),
                ("all others", "(none)", 2),
                *((f"c{n:02}", "(none)", 1) for n in range(9)),
                ("c11", "(none)", 2),
            ],
            _WAYS,
        ),
        Case(
            "Which channel is followed by which, from the start to a purchase or to none.",
            _BOUGHT,
            [
                ("(start)", "direct", 2),
                ("(start)", "mail", 2),
                ("(start)", "search.example", 4),
                ("direct", "(none)", 1),
                ("direct", "(purchase)", 2),
                ("direct", "direct", 1),
                ("direct", "mail", 1),
                ("mail", "(none)", 1),
                ("mail", "(purchase)", 1),
                ("mail", "direct", 1),
                ("search.example", "(none)", 2),
                ("search.example", "(purchase)", 1),
                ("search.example", "direct", 1),
            ],
            _WAYS,
        ),
    ],
    "clicks/products/performance": [
        Case("Nothing was seen.", {}, [], _FARED),
        Case(
            "Visits by what they did with a product in the time, and its prices in view.",
            {
                CLICKS: [
                    _seen("A", product_name="Cup", category="cups", shown_price=5),
                    _seen("A", "click", 2, shown_price=5),
                    _seen("A", "add_to_cart", 3),
                    _seen("A", "purchase", 4, quantity=2, price=4),
                    _seen("A", "purchase", 4.5, quantity=1, price=4),
                    _seen("A"),
                    _seen("B", shown_price=7),
                    _seen("B", "purchase", 5, quantity=1, price=6),
                    _seen("C", "click", 6, shown_price=6),
                    _seen("D", minute=-1),
                    _seen("D", minute=100),
                    _seen("E", user_agent="bot", shown_price=1),
                    click(None, product_id="P1"),
                    click("A", product_id=None),
                    click("A", product_id="P0"),
                    click("A", product_id="P3"),
                ]
            },
            [
                ("P1", "Cup", "cups", 2, 2, 1, 2, 18.0, 0, 0, 3, 5.0, 7.0),
                ("P0", "P0", None, 1, 0, 0, 0, 0.0, 0, 0, 0, None, None),
                ("P3", "P3", None, 1, 0, 0, 0, 0.0, 0, 0, 0, None, None),
            ],
            _FARED,
        ),
        Case(
            "A visit that saw a product in stock too did not miss it.",
            {
                CLICKS: [
                    _seen("A", stock_band="out"),
                    _seen("B", stock_band="out"),
                    _seen("B", minute=2, stock_band="low"),
                    _seen("C", stock_band="in_stock"),
                    _seen("E"),
                    _seen("D"),
                    _seen("D", minute=2, stock_band="out"),
                ]
            },
            [("P1", "P1", None, 5, 0, 0, 0, 0.0, 2, 4, 0, None, None)],
            _FARED,
        ),
        Case(
            "What one purchase brought is unknown, so is the product's revenue.",
            {CLICKS: [_seen("A", "purchase", quantity=1, price=3), _seen("B", "purchase")]},
            [("P1", "P1", None, 0, 0, 0, 2, None, 0, 0, 0, None, None)],
            _FARED,
        ),
    ],
}
