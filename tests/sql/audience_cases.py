"""Cases of who the people are, what they may buy, and what messages brought."""

from typing import Any

from .engagement_cases import DAY, on
from .recommend_cases import version
from .rows import CLICKS, MESSAGES, PRODUCTS, Case, Row, at, click

_TOUCHES = "select * from mart.session_products order by session_id, product_id nulls first"
_ASKED: Row = {"as_of": on(30), "until": on(37), "category": None}
_DEFAULTS: Row = {
    "days_since_first": 0.0, "days_since_visit": 0.0, "count_visits": 1, "visits_7_days": 1,
    "visits_28_days": 1, "count_orders": 0, "days_since_order": None, "revenue": 0.0,
    "recency": None, "frequency": None, "money": None, "device_type": None, "location": None,
    "favourite_category": None, "favourite_share": None, "count_seen": 0, "seen_7_days": 0,
    "count_carted": 0, "count_bought": 0, "days_since_bought": None, "count_left": 0,
    "left_value": None, "days_since_left": None, "price_fell": None, "count_messages": 0,
    "has_bought_after": False, "paid_after": 0.0,
}  # fmt: skip


def person(user: str, since: float, **says: Any) -> tuple[Any, ...]:
    """Return what is told of a person who came once, so many days before."""
    told = {"days_since_first": since, "days_since_visit": since, **says}
    assert set(told) <= set(_DEFAULTS), told
    return (user, *{**_DEFAULTS, **told}.values())


def came(user: str | None, day: float, kind: str = "view", **says: Any) -> Row:
    """Return an event of a person's visit on a day."""
    return click(f"{user}-{int(day)}", kind, day * DAY, user_id=user, **says)


def sold(user: str, day: float, paid: float | None, **says: Any) -> Row:
    """Return a purchase."""
    return came(user, day, "purchase", quantity=1, price=paid, **says)


def told(audience: str, user: str, day: float, *, held: bool = False) -> Row:
    """Return a message, or that of somebody held out."""
    return {
        "audience": audience, "user_id": user, "planned_at": at(day * DAY), "is_held_out": held,
    }  # fmt: skip


def _case(claim: str, rows: dict[str, list[Row]], expected: list[Any], **asked: Any) -> Case:
    return Case(claim, rows, expected, {**_ASKED, **asked})


_CAMERA, _PHONE = (
    {"product_id": name, "category": kind} for name, kind in (("C1", "camera"), ("P1", "phone"))
)
_KNOWN: Row = {"since": on(0), "until": on(10), "events": 2}
_SAID: Row = {
    "device_type": "mobile", "referrer_url": "r", "user_type": "new", "campaign": "c",
}  # fmt: skip


def _after(session: str, user: str | None, minutes: float, **says: Any) -> tuple[Any, ...]:
    """Return what is known of a visit after its first events."""
    defaults: Row = {
        "device_type": None, "referrer_url": None, "user_type": None, "campaign": None,
        "known_at": at(minutes), "count_views": 0, "count_clicks": 0, "count_carts": 0,
        "count_products": 0, "count_categories": 0, "count_out": 0, "mean_price": None,
        "started_at": at(minutes), "seconds": 0, "visits_before": 0, "orders_before": 0,
        "days_since_visit": None, "has_bought_after": False,
    }  # fmt: skip
    assert set(says) <= set(defaults), says
    return (session, user, *{**defaults, **says}.values())


# A cart of A's whose price fell; B bought hers; C left two, of one no price is known; D bought, and
# put the same into the cart again.
_SHOPPED = {
    CLICKS: [
        came("A", 5, **_CAMERA),
        came("A", 24, "add_to_cart", **_CAMERA, shown_price=100),
        came("A", 24, **_PHONE),
        came("A", 25, product_id="C2"),
        came("A", 26, product_id="P2"),
        came("B", 24, "add_to_cart", **_CAMERA, shown_price=100),
        came("B", 25, "add_to_cart", **_CAMERA, shown_price=100),
        sold("B", 25, 50, **_CAMERA),
        came("C", 20, "add_to_cart", **_CAMERA, shown_price=80),
        came("C", 28, "add_to_cart", **_PHONE),
        came("D", 10, "add_to_cart", **_CAMERA, shown_price=70),
        sold("D", 10.1, 70, **_CAMERA),
        came("D", 29, "add_to_cart", **_CAMERA, shown_price=65),
    ],
    PRODUCTS: [
        version("C1", price=60, category="lens"),
        version("C2", price=10, category="camera"),
        version("P1", price=44, category="phone"),
    ],
}
_OF_A: Row = {
    "days_since_first": 25.0,
    "count_visits": 4,
    "visits_7_days": 3,
    "visits_28_days": 4,
    "favourite_category": "camera",
    "favourite_share": 0.75,
    "count_carted": 1,
    "count_left": 1,
    "left_value": 100.0,
    "days_since_left": 6.0,
    "price_fell": 0.4,
}
_OF_B: Row = {
    "days_since_first": 6.0,
    "count_visits": 2,
    "visits_7_days": 2,
    "visits_28_days": 2,
    "count_orders": 1,
    "days_since_order": 5.0,
    "revenue": 50.0,
    "recency": 5,
    "frequency": 1,
    "money": 1,
    "favourite_category": "camera",
    "favourite_share": 1.0,
    "count_seen": 2,
    "seen_7_days": 2,
    "count_carted": 2,
    "count_bought": 1,
    "days_since_bought": 5.0,
}
_OF_C: Row = {
    "days_since_first": 10.0,
    "count_visits": 2,
    "visits_28_days": 2,
    "favourite_category": "camera",
    "favourite_share": 0.5,
    "price_fell": 0.25,
}
_OF_D: Row = {
    "days_since_first": 20.0,
    "count_visits": 2,
    "visits_28_days": 2,
    "count_orders": 1,
    "days_since_order": 19.9,
    "revenue": 70.0,
    "recency": 1,
    "frequency": 1,
    "money": 5,
    "favourite_category": "camera",
    "favourite_share": 1.0,
    "count_seen": 2,
    "seen_7_days": 1,
    "count_carted": 2,
    "count_bought": 1,
    "days_since_bought": 19.9,
    "count_left": 1,
    "left_value": 65.0,
    "days_since_left": 1.0,
    "price_fell": 1 - 60 / 65,
}
_ONCE: Row = {"visits_7_days": 0, "visits_28_days": 0}
# Bought from the moment on, at the end, for an unknown price, and without a product.
_LATER = {
    CLICKS: [
        *(came(user, 1) for user in "ABCD"),
        sold("A", 30, 10, **_CAMERA, order_id="a"),
        sold("A", 36.9, 5, **_PHONE, order_id="b"),
        sold("B", 37, 99, **_CAMERA),
        sold("C", 31, None, **_CAMERA, order_id="c"),
        sold("C", 32, 7, **_CAMERA, order_id="e"),
        came("D", 32, "purchase", order_id="d", order_total=9),
        came("D", 30, "add_to_cart", **_CAMERA),
        came("D", 33, "add_to_cart", **_PHONE),
    ]
}
# Two products left, one of them put there twice; one bought since, another bought again; a cart of
# no product; the favourite is not the first by name; the days of a week end at a moment.
_OFTEN = {
    CLICKS: [
        came("A", 22.5, "add_to_cart", **_CAMERA, shown_price=90),
        came("A", 23.5, "add_to_cart", **_CAMERA, shown_price=80),
        came("A", 23, "add_to_cart", **_PHONE, shown_price=50),
        came("A", 24, **_PHONE),
        came("A", 25, **_PHONE),
        came("A", 26, "add_to_cart"),
        sold("A", 10, 5, product_id="P2", order_id="a"),
        came("A", 11, "add_to_cart", product_id="P2", shown_price=5),
        sold("A", 12, 5, product_id="P2", order_id="b"),
        sold("A", 13, 7, product_id="P3", order_id="c"),
    ],
    PRODUCTS: [version("C1", price=60, category="lens"), version("P1", price=44, category="x")],
}

# A click that says everything that is kept.
_WHOLE: Row = {
    "event_id": "e", "event_timestamp": at(1), "event_type": "purchase", "user_id": "u",
    "session_id": "S", "page": "p", "product_id": "P1", "product_name": "Cup",
    "category": "phone", "device_type": "mobile", "referrer_url": "r", "location": "Lyon",
    "browser": "b", "user_agent": "a", "user_type": "new", "quantity": 2, "price": 3.5,
    "order_id": "o", "order_total": 9.0, "campaign": "c", "experiment": "x:a",
    "shown_price": 4.0, "stock_band": "low", "promised_at": at(9),
}  # fmt: skip

VIEWS: dict[str, list[Case]] = {
    "core/kept_clicks": [
        Case("Nothing in, nothing out.", {}, [], select="select * from core.kept_clicks"),
        Case(
            "Each click once, with all that it says.",
            {CLICKS: [{**_WHOLE, "sequence_number": n} for n in (1, 2)]},
            [tuple(_WHOLE.values())],
            select="select * from core.kept_clicks",
        ),
    ],
    "core/kept_purchases": [
        Case("Nothing in, nothing out.", {}, [], select="select * from core.kept_purchases"),
        Case(
            "Each product of an order once, with what differs between its tellings.",
            {CLICKS: [_WHOLE, {**_WHOLE, "event_id": "f", "event_timestamp": at(2), "price": 1}]},
            [("e", at(1), "S", "u", "o", "P1", 7.0, "price")],
            select="select * from core.kept_purchases",
        ),
    ],
    "mart/session_products": [
        Case("Nothing in, nothing out.", {}, [], select=_TOUCHES),
        Case(
            "A visit and a product have their times, the last cart with its price, the purchases.",
            {CLICKS: [
                click("S", "view", 1, user_id="u", **_CAMERA, shown_price=9),
                click("S", "add_to_cart", 3, **_CAMERA, shown_price=8, price=1),
                click("S", "add_to_cart", 2, **_CAMERA, shown_price=7),
                click("S", "purchase", 5, **_CAMERA, quantity=2, price=8, order_id="a"),
                click("S", "purchase", 6, **_CAMERA, quantity=1, price=8, order_id="b"),
                click("S", "view", 7), click("S", "view", 8, product_id="P2"),
                click("S", "add_to_cart", 9, product_id="P2", price=4),
                click("T", "purchase", 4, **_PHONE, quantity=1),
                click("T", "purchase", 5, **_PHONE, quantity=1, price=2, order_id="c"),
                click("T", "purchase", 6, order_id="d", order_total=3),
                click(None, "view", 1, **_PHONE),
            ]},
            [
                ("S", None, None, None, at(7), at(7), 1, None, None, None, None),
                ("S", "u", "C1", "camera", at(1), at(6), 5, at(3), 8.0, at(6), 24.0),
                ("S", None, "P2", None, at(8), at(9), 2, at(9), 4.0, None, None),
                ("T", None, None, None, at(6), at(6), 1, None, None, at(6), 3.0),
                ("T", None, "P1", "phone", at(4), at(5), 2, None, None, at(5), None),
            ],
            select=_TOUCHES,
        ),
        Case(
            "A purchase told again counts once, as an event twice.",
            {CLICKS: [
                click("S", "purchase", minute, **_PHONE, quantity=1, price=5, order_id="a")
                for minute in (1, 2)
            ]},
            [("S", None, "P1", "phone", at(1), at(2), 2, None, None, at(1), 5.0)],
            select=_TOUCHES,
        ),
    ],
}  # fmt: skip

QUERIES: dict[str, list[Case]] = {
    "clicks/audiences/categories": [
        Case("Nobody touched anything.", {}, []),
        Case(
            "What the clicks say counts, else what the product's history says; most events first.",
            {
                CLICKS: [
                    click("S", minute=1, **_CAMERA), click("S", minute=2, **_CAMERA),
                    click("T", minute=3, **_CAMERA),
                    click("S", minute=4, product_id="P1"), click("S", minute=5, product_id="P9"),
                    click("S", minute=6, product_id="A1", category="a"),
                    click("S", minute=7, product_id="A2", category="a"),
                    click("S", minute=8, category="b"), click("S", minute=9, category="b"),
                ],
                PRODUCTS: [
                    version("P1", price=1, category="phone"),
                    version("C1", price=1, category="lens"),
                ],
            },
            [("camera", 3), ("a", 2), ("b", 2), ("phone", 1)],
        ),
    ],
    "clicks/audiences/persons": [
        _case("Nobody came.", {}, []),
        _case(
            "Visits that had ended count, with the last one's device; no bots, no nameless.",
            {CLICKS: [
                came("A", 1, device_type="mobile", location="Lyon"),
                came("A", 2), came("A", 23), came("A", 29.5, device_type="tablet", location="Metz"),
                came("B", 22.99), came("C", 29.99), click("C-29", minute=30.1 * DAY),
                came(None, 5), came("R", 5, user_agent="a bot"), came("F", 30),
            ]},
            [
                person("A", 0.5, days_since_first=29.0, count_visits=4, visits_7_days=2,
                       visits_28_days=3, device_type="tablet", location="Metz"),
                person("B", 7.01, visits_7_days=0),
            ],
        ),
        _case(
            "Orders part the buyers into fifths, alike ones together; unknown money is in none.",
            {CLICKS: [
                sold("A", 10, 10), sold("B", 12, 20), sold("C", 14, 30), sold("D", 16, 40),
                sold("D", 18, 5), sold("E", 20, 50), sold("E", 22, None), came("G", 29),
            ]},
            [
                person("A", 20.0, visits_7_days=0, count_orders=1, days_since_order=20.0,
                       revenue=10.0, recency=1, frequency=1, money=1, count_bought=1,
                       days_since_bought=20.0),
                person("B", 18.0, visits_7_days=0, count_orders=1, days_since_order=18.0,
                       revenue=20.0, recency=2, frequency=1, money=2, count_bought=1,
                       days_since_bought=18.0),
                person("C", 16.0, visits_7_days=0, count_orders=1, days_since_order=16.0,
                       revenue=30.0, recency=3, frequency=1, money=4, count_bought=1,
                       days_since_bought=16.0),
                person("D", 12.0, days_since_first=14.0, count_visits=2, visits_7_days=0,
                       visits_28_days=2, count_orders=2, days_since_order=12.0, revenue=45.0,
                       recency=4, frequency=4, money=5, count_bought=2, days_since_bought=12.0),
                person("E", 8.0, days_since_first=10.0, count_visits=2, visits_7_days=0,
                       visits_28_days=2, count_orders=2, days_since_order=8.0, revenue=None,
                       recency=5, frequency=4, money=None, count_bought=2, days_since_bought=8.0),
                person("G", 1.0),
            ],
        ),
        _case(
            "What is seen, left in the cart and bought of all products.",
            _SHOPPED,
            [
                person("A", 4.0, **_OF_A, count_seen=5, seen_7_days=4),
                person("B", 5.0, **_OF_B),
                person("C", 2.0, **_OF_C, count_seen=2, seen_7_days=1, count_carted=2,
                       count_left=2, left_value=None, days_since_left=2.0),
                person("D", 1.0, **_OF_D),
            ],
        ),
        _case(
            "Of one category only its products count, by the clicks, else by the history.",
            _SHOPPED,
            [
                person("A", 4.0, **_OF_A, count_seen=3, seen_7_days=2),
                person("B", 5.0, **_OF_B),
                person("C", 2.0, **_OF_C, count_seen=1, seen_7_days=0, count_carted=1,
                       count_left=1, left_value=80.0, days_since_left=10.0),
                person("D", 1.0, **_OF_D),
            ],
            category="camera",
        ),
        _case(
            "A price of one is a price.",
            {
                CLICKS: [came("A", 29, "add_to_cart", **_CAMERA, shown_price=1)],
                PRODUCTS: [version("C1", price=0.5, category="camera")],
            },
            [
                person("A", 1.0, favourite_category="camera", favourite_share=1.0, count_seen=1,
                       seen_7_days=1, count_carted=1, count_left=1, left_value=1.0,
                       days_since_left=1.0, price_fell=0.5),
            ],
        ),
        _case(
            "What came after is what was bought until the end, whatever is known of its price.",
            _LATER,
            [
                person("A", 29.0, **_ONCE, has_bought_after=True, paid_after=15.0),
                person("B", 29.0, **_ONCE),
                person("C", 29.0, **_ONCE, has_bought_after=True, paid_after=None),
                person("D", 29.0, **_ONCE, has_bought_after=True, paid_after=9.0),
            ],
        ),
        _case(
            "What is left in the cart is counted by products, with the last price of each.",
            _OFTEN,
            [
                person("A", 4.0, days_since_first=20.0, count_visits=9, visits_7_days=4,
                       visits_28_days=9, count_orders=3, days_since_order=17.0, revenue=17.0,
                       recency=1, frequency=1, money=1, favourite_category="phone",
                       favourite_share=0.6, count_seen=9, seen_7_days=4, count_carted=5,
                       count_bought=3, days_since_bought=17.0, count_left=2, left_value=130.0,
                       days_since_left=6.5, price_fell=0.25),
            ],
        ),
        _case(
            "Of one category only its products count for what came after.",
            _LATER,
            [
                person("A", 29.0, **_ONCE, has_bought_after=True, paid_after=10.0),
                person("B", 29.0, **_ONCE),
                person("C", 29.0, **_ONCE, has_bought_after=True, paid_after=None),
                person("D", 29.0, **_ONCE),
            ],
            category="camera",
        ),
        _case(
            "Messages of the seven days before count.",
            {
                CLICKS: [came("A", 1), came("B", 1)],
                MESSAGES: [
                    *(told("x", "A", day) for day in (23, 23.1, 30, 30.1)),
                    told("y", "A", 24, held=True), told("y", "B", 1),
                ],
            },
            [person("A", 29.0, **_ONCE, count_messages=3), person("B", 29.0, **_ONCE)],
        ),
    ],
    "clicks/audiences/effects": [
        Case("Nobody was told.", {}, [], {"until": on(10), "days": 7}),
        Case(
            "Those told and held out, by what they bought in the days after the first message.",
            {
                CLICKS: [
                    sold("A", 1, 10, order_id="a"), sold("A", 10, 99, order_id="a2"),
                    sold("B", 0.5, 99), sold("C", 7.9, None), sold("E", 5, 99),
                    sold("F", 5, 5, order_id="f"), sold("F", 6, 6, order_id="f2"),
                    sold("H", 3, 1), sold("D", 10, 99, order_id="d"), sold("I", 5, 2),
                    sold("J", 5, 3),
                ],
                MESSAGES: [
                    told("x", "A", 1), told("x", "A", 3), told("x", "B", 1, held=True),
                    told("x", "C", 1), told("x", "D", 3), told("x", "E", 3.1),
                    told("y", "F", 2, held=True), told("y", "G", 2),
                    told("y", "H", 1), told("y", "H", 2, held=True),
                    told("z", "I", 2), told("z", "J", 2), told("z", "A", 2),
                ],
            },
            [("x", False, 3, 2, None), ("x", True, 1, 0, 0.0), ("y", False, 2, 1, 1.0),
             ("y", True, 1, 1, 11.0), ("z", False, 3, 2, 5.0)],
            {"until": on(10), "days": 7},
        ),
    ],
    "clicks/intent/visits": [
        Case("Nobody came.", {}, [], _KNOWN),
        Case(
            "What is known after two events, and whether a purchase followed.",
            {CLICKS: [
                click("S1", "purchase", DAY + 2, **_PHONE, order_id="a"),
                click("S1", "purchase", DAY + 2, **_PHONE, order_id="b"),
                click("S1", "add_to_cart", DAY + 1, **_PHONE, shown_price=99, stock_band="out"),
                click("S1", "click", DAY + 0.5, **_CAMERA, stock_band="out",
                      **dict.fromkeys(_SAID, "a"), user_id="a"),
                click("S1", "view", DAY, user_id="u", **_CAMERA, shown_price=10, **_SAID),
                click("S9", "view", 2 * DAY, user_id="u"),
                click("S3", "add_to_cart", 3 * DAY, user_id="u", **_CAMERA, shown_price=10,
                      stock_band="low"),
                click("S3", "view", 3 * DAY, **_PHONE, shown_price=20),
                click("S3", "click", 3 * DAY, event_id="z"),
                click("S4", "view", 4 * DAY, user_id="v"),
                click("S4", "purchase", 4 * DAY + 1, user_id="v"),
                click("S0", "view", 4.5 * DAY),
                click("S5", "view", 5 * DAY), click("S5", "view", 5 * DAY + 1),
                *(click(name, "view", 6 * DAY, user_id="t") for name in ("T1", "T1", "T2", "T2")),
                click("T1", "purchase", 6 * DAY + 1, order_id="t"),
                click("T3", "purchase", 7 * DAY, order_id="t3", user_id="t"),
                *(click("T4", "view", 8 * DAY, user_id="t") for _ in range(2)),
                click("S6", "view", -1, user_id="w"), click("S6", "view", 0, user_id="w"),
                click("S7", "view", 10 * DAY, user_id="w"), click("S7", "view", 10 * DAY + 1),
                click("S8", "view", 0, user_id="w"), click("S8", "view", 1, user_id="w"),
                click(None, "view", 1), click(None, "view", 2),
            ]},
            [
                _after("S8", "w", 0, known_at=at(1), count_views=2, seconds=60, visits_before=1,
                       days_since_visit=60 / 86_400),
                _after("S1", "u", DAY, **_SAID, known_at=at(DAY + 0.5), count_views=1,
                       count_clicks=1, count_products=1, count_categories=1, count_out=1,
                       mean_price=10.0, seconds=30, has_bought_after=True),
                _after("S3", "u", 3 * DAY, count_views=1, count_carts=1, count_products=2,
                       count_categories=2, mean_price=15.0, visits_before=2, orders_before=2,
                       days_since_visit=1.0),
                _after("S5", None, 5 * DAY, known_at=at(5 * DAY + 1), count_views=2, seconds=60,
                       visits_before=None, orders_before=None),
                _after("T1", "t", 6 * DAY, count_views=2, has_bought_after=True),
                _after("T2", "t", 6 * DAY, count_views=2, visits_before=1, orders_before=1,
                       days_since_visit=0.0),
                _after("T4", "t", 8 * DAY, count_views=2, visits_before=3, orders_before=2,
                       days_since_visit=1.0),
            ],
            _KNOWN,
        ),
    ],
}  # fmt: skip
