"""Cases of the queries of the clicks."""

from typing import Any

from .rows import CLICKS, Case, Row, at, click

_WHOLE: Row = {"since": at(0), "until": at(100), "device": None, "visitors": "people"}


def _visit(session: str, minute: float, *kinds: str, **says: Any) -> list[Row]:
    """Return a visit of some kinds of clicks, all at one time."""
    return [click(session, kind, minute, **says) for kind in kinds]


ALL = ("view", "click", "add_to_cart", "purchase")
_SALE: Row = {"product_id": "P1", "quantity": 2, "price": 5.0}
# Just before, at the beginning, before and at the end of the time; one of another device.
_SHOP = {
    CLICKS: [
        *_visit("S0", -1, *ALL, device_type="mobile", **_SALE),
        *_visit("S1", 0, *ALL, device_type="mobile", **_SALE),
        *_visit("S2", 10, "view", "click", "add_to_cart", device_type="mobile", product_id="P1"),
        *_visit("S3", 61, "view", "click", device_type="mobile", product_id="P2"),
        *_visit("S4", 99, "view", device_type="desktop", product_id="P1", product_name="Cup"),
        *_visit("S5", 99, "view"),
        *_visit("S6", 100, *ALL, device_type="mobile", **_SALE),
    ]
}
_TIES = {
    CLICKS: [
        click("S1", product_id="PB"), click("S1", product_id="PA", minute=1),
        click("S1", product_id="PA", minute=2), click("S2", product_id="PC"),
        click("S3", product_id="PC"), click("S3", product_id="PD"),
    ]
}  # fmt: skip
# People view, cart and buy, half a minute and a whole one apart; a bot needs a tenth of a second.
_SHOPPED = [
    click(f"H{n}", kind, minute, **says)
    for n in range(50)
    for kind, minute, says in (
        ("view", n / 10, {}), ("add_to_cart", n / 10 + 0.5 + n / 100, {}),
        ("purchase", n / 10 + 1.5 + n / 50, {"quantity": 1, "price": 1}),
    )
]  # fmt: skip
_QUICK = [click("Q", minute=m / 600) for m in range(4)]
_CAME = {
    CLICKS: [
        *_SHOPPED,
        *({**row, "user_id": "U"} for row in _QUICK),
        click("R", minute=50, user_id="U"),  # of the same user
        *(click("N", minute=m, user_agent="Robot/1.0") for m in (1, 2, 3)),
    ]
}
_NO_PACE = {CLICKS: [*_QUICK, *({**row, "session_id": "R"} for row in _QUICK)]}
_ALL = {**_WHOLE, "visitors": "all"}
_MOBILE = {**_WHOLE, "device": "mobile"}
_TWO_DAYS = {"since": at(0), "until": at(3000), "device": None, "by_day": True, "visitors": "all"}

QUERIES: dict[str, list[Case]] = {
    "clicks/overview/span": [
        Case("Without a click there is no time.", {}, [(None, None)]),
        Case(
            "From the first to the last click, in whatever order they came.",
            {CLICKS: [click("S", minute=5), click("S", minute=1), click("S", minute=9)]},
            [(at(1), at(9))],
        ),
    ],
    "clicks/overview/visitors": [
        Case("Without a visit nobody came.", {}, [], _ALL),
        Case(
            "People, bots and who is neither for sure, each with visits and events.",
            _CAME,
            [("bots", 3, 8), ("people", 50, 150)],
            _ALL,
        ),
        Case("Of a shop without carts nobody knows.", _NO_PACE, [("unknown", 2, 8)], _ALL),
    ],
    "clicks/overview/summary": [
        Case("Bots are left out.", _CAME, [(50, 150, 50, 50.0, 0, 0)], _WHOLE),
        Case("Bots alone.", _CAME, [(3, 8, 0, 0.0, 0, 0)], {**_WHOLE, "visitors": "bots"}),
        Case("Both together.", _CAME, [(53, 158, 50, 50.0, 0, 0)], _ALL),
        Case("Without a visit all is zero.", {}, [(0, 0, 0, 0.0, 0, 0)], _WHOLE),
        Case(
            "The visits that began in the time, the end left out.",
            _SHOP,
            [(5, 11, 1, 10.0, 0, 0)],
            _WHOLE,
        ),
        Case("The visits of a device.", _SHOP, [(3, 9, 1, 10.0, 0, 0)], _MOBILE),
        Case(
            "A visit that begins in the time counts whole, also what comes after it.",
            {CLICKS: [click("S1", "view", 99), click("S1", "purchase", 101, quantity=1, price=3)]},
            [(1, 2, 1, 3.0, 0, 0)],
            _WHOLE,
        ),
        Case(
            "Several buyers and their money are added up.",
            {CLICKS: [
                *_visit("S1", 1, "purchase", quantity=1, price=3),
                *_visit("S2", 2, "purchase", quantity=2, price=4),
            ]},
            [(2, 2, 2, 11.0, 0, 0)],
            _WHOLE,
        ),
        Case(
            "A visit whose purchase says no price is told, and has no revenue.",
            {CLICKS: [
                *_visit("S1", 1, "purchase", quantity=1, price=3), *_visit("S2", 2, "purchase"),
                *_visit("S3", 2, "view"),
            ]},
            [(3, 3, 2, 3.0, 1, 0)],
            _WHOLE,
        ),
        Case(
            "Purchases that were told again with another content are counted.",
            {CLICKS: [
                click("S1", "purchase", n, order_id=order, quantity=quantity, price=3)
                for n, (order, quantity) in enumerate([("a", 1), ("a", 2), ("b", 1), ("b", 1)])
            ] + [click("S2", "purchase", 9, order_id="c", price=n, quantity=1) for n in (1, 2)]},
            [(2, 6, 2, 7.0, 0, 2)],
            _WHOLE,
        ),
    ],
    "clicks/overview/funnel": [
        Case("Without a visit nobody took a step.", {}, [], _WHOLE),
        Case(
            "Each step has the visits of the time that took it.",
            _SHOP,
            [(1, "View", 5, 0), (2, "Click", 3, 0), (3, "Add to cart", 2, 0),
             (4, "Purchase", 1, 0)],
            _WHOLE,
        ),
        Case(
            "The visits of a device.",
            _SHOP,
            [(1, "View", 3, 0), (2, "Click", 3, 0), (3, "Add to cart", 2, 0),
             (4, "Purchase", 1, 0)],
            _MOBILE,
        ),
        Case(
            "Who takes a step twice is one visit.",
            {CLICKS: [*_visit("S1", 0, *ALL, **_SALE), *_visit("S1", 5, *ALL, **_SALE)]},
            [(1, "View", 1, 0), (2, "Click", 1, 0), (3, "Add to cart", 1, 0),
             (4, "Purchase", 1, 0)],
            _WHOLE,
        ),
        Case(
            "A source without clicks has a funnel of three steps.",
            {CLICKS: [
                *_visit("S1", 0, "view", "add_to_cart", "purchase", **_SALE),
                *_visit("S2", 0, "view", "add_to_cart"),
                *_visit("S3", 0, "view"),
            ]},
            [(1, "View", 3, 0), (3, "Add to cart", 2, 0), (4, "Purchase", 1, 0)],
            _WHOLE,
        ),
        Case(
            "A step counts by what its visits did; those with no step before are told.",
            {CLICKS: [
                *_visit("S1", 0, "purchase", **_SALE), *_visit("S2", 0, "click", "purchase"),
                *_visit("S3", 0, "add_to_cart", "purchase"), *_visit("S4", 0, "view", "purchase"),
                *_visit("S5", 0, "add_to_cart"), *_visit("S6", 0, "view", "add_to_cart"),
                *_visit("S7", 0, "click", "add_to_cart"), *_visit("S8", 0, "view", "click"),
            ]},
            [(1, "View", 3, 0), (2, "Click", 3, 2), (3, "Add to cart", 4, 2),
             (4, "Purchase", 4, 1)],
            _WHOLE,
        ),
    ],
    "clicks/overview/trend": [
        Case(
            "Without a visit there is no slice.", {}, [],
            {**_WHOLE, "by_day": False, "zone": "UTC"},
        ),
        Case(
            "Visits by the hour in which they began, an hour without one left out.",
            _SHOP,
            [(at(0), 2, 1), (at(60), 3, 0)],
            {**_WHOLE, "by_day": False, "zone": "UTC"},
        ),
        Case(
            "The visits of a device.",
            _SHOP,
            [(at(0), 2, 1), (at(60), 1, 0)],
            {**_MOBILE, "by_day": False, "zone": "UTC"},
        ),
        Case(
            "By day, in the order of the days.",
            {CLICKS: [*_visit("S1", 1500, "view"), *_visit("S2", 30, "view"),
                      *_visit("S3", 90, "view", "purchase", **_SALE)]},
            [(at(0), 2, 1), (at(1440), 1, 0)],
            {**_TWO_DAYS, "zone": "UTC"},
        ),
        Case(
            "By the day of the zone's clock: an hour ahead, a visit at 23:30 is the next day's.",
            {CLICKS: [*_visit("S1", 0, "view"), *_visit("S2", 1410, "view")]},
            [(at(-60), 1, 0), (at(1380), 1, 0)],
            {**_TWO_DAYS, "zone": "Etc/GMT-1"},
        ),
        Case(
            "By the hour of a clock that is half an hour off.",
            {CLICKS: [*_visit("S1", 29, "view"), *_visit("S2", 31, "view")]},
            [(at(-30), 1, 0), (at(30), 1, 0)],
            {**_WHOLE, "by_day": False, "zone": "Asia/Kolkata"},
        ),
    ],
    "clicks/visits": [
        Case("Without a visit there is none.", {}, [], _WHOLE),
        Case(
            "The visit of a device that began in the time, as MART.SESSIONS has it.",
            {CLICKS: [*_visit("S1", 0, "view", device_type="mobile"),
                      *_visit("S2", 1, "view", device_type="desktop"),
                      *_visit("S3", 100, "view", device_type="mobile"),
                      *_visit("S4", -1, "view", device_type="mobile")]},
            [("S1", None, at(0), at(0), "mobile", None, None, None, 1, 0,
              True, False, False, False, 0.0, 0, None, False, 0)],
            _MOBILE,
        ),
        Case(
            "Without a device every visit of the time counts, also one that tells none.",
            {CLICKS: _visit("S1", 99, "view")},
            [("S1", None, at(99), at(99), None, None, None, None, 1, 0,
              True, False, False, False, 0.0, 0, None, False, 0)],
            _WHOLE,
        ),
    ],
    "clicks/overview/devices": [
        Case("Without a visit there is no device.", {}, [], _WHOLE),
        Case(
            "Visits of the time by device, the most first; who tells none is unknown.",
            {CLICKS: [*_SHOP[CLICKS], *_visit("S7", 50, "view", device_type="desktop")]},
            [("mobile", 3, 1), ("desktop", 2, 0), ("unknown", 1, 0)],
            _WHOLE,
        ),
        Case("Of one device there is one row.", _SHOP, [("mobile", 3, 1)], _MOBILE),
    ],
    "clicks/overview/products": [
        Case("Without a visit there is no product.", {}, [], {**_WHOLE, "limit": 9}),
        Case(
            "Products by the visits that saw them; a name is told if one click tells it.",
            _SHOP,
            [("P1", "Cup", 3, 2, 1, 10.0), ("P2", "P2", 1, 0, 0, 0.0)],
            {**_WHOLE, "limit": 9},
        ),
        Case(
            "The visits of a device, whose clicks tell no name.",
            _SHOP,
            [("P1", "P1", 2, 2, 1, 10.0), ("P2", "P2", 1, 0, 0, 0.0)],
            {**_MOBILE, "limit": 9},
        ),
        Case(
            "Products with as many visits follow their ids.",
            _TIES,
            [(p, p, n, 0, 0, 0.0) for p, n in (("PC", 2), ("PA", 1), ("PB", 1), ("PD", 1))],
            {**_WHOLE, "limit": 4},
        ),
        Case(
            "The limit cuts in that order.",
            _TIES,
            [("PC", "PC", 2, 0, 0, 0.0), ("PA", "PA", 1, 0, 0, 0.0)],
            {**_WHOLE, "limit": 2},
        ),
        Case(
            "A visit that carts or buys twice is one; its money is added up.",
            {CLICKS: [
                *_visit("S1", 0, *ALL, **_SALE), *_visit("S1", 5, "add_to_cart", **_SALE),
                *_visit("S1", 6, "purchase", product_id="P1", quantity=1, price=4),
            ]},
            [("P1", "P1", 1, 1, 1, 14.0)],
            {**_WHOLE, "limit": 9},
        ),
        Case(
            "What a product brought is unknown if one of its purchases says no price.",
            {CLICKS: [
                click("S1", "purchase", product_id="P1", quantity=1, price=3),
                click("S2", "purchase", product_id="P1", quantity=1),
                click("S3", "purchase", product_id="P2", quantity=1, price=4),
            ]},
            [("P1", "P1", 2, 0, 2, None), ("P2", "P2", 1, 0, 1, 4.0)],
            {**_WHOLE, "limit": 9},
        ),
        Case(
            "A purchase told again brings its money once.",
            {CLICKS: [
                *_visit("S1", 0, "purchase", order_id="o1", **_SALE),
                *_visit("S1", 9, "purchase", order_id="o1", **_SALE),
            ]},
            [("P1", "P1", 1, 0, 1, 10.0)],
            {**_WHOLE, "limit": 9},
        ),
    ],
}  # fmt: skip
