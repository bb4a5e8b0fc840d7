"""Cases of what is recommended: the steps of the visits, the model, the lists."""

from typing import Any

from .rows import (
    BESIDE,
    CLICKS,
    COMPANIONS,
    NEXTS,
    PAIRS,
    PERSONAL,
    POPULAR,
    PRODUCTS,
    STEPS,
    Case,
    Row,
    at,
    click,
)  # fmt: skip

DAY = 24 * 60


def step(
    session: str, number: int, product: str, minute: float = 0.0, user: str | None = None,
    began: float | None = None,
) -> Row:  # fmt: skip
    """Return a step of a visit that began in that minute, or with it."""
    return {
        "session_id": session, "user_id": user,
        "started_at": at(minute if began is None else began),
        "stepped_at": at(minute + number), "product_id": product, "step_number": number,
    }  # fmt: skip


def visit(session: str, products: str, minute: float = 0.0, user: str | None = None) -> list[Row]:
    """Return the steps of a visit, a letter a product."""
    return [step(session, n, p, minute, user) for n, p in enumerate(products, 1)]


def version(product: str, *, current: bool = True, minute: float = 0.0, **says: Any) -> Row:
    """Return a version of a product's history."""
    return {
        "product_id": product, "effective_from": at(minute), "is_current": current,
        "load_timestamp": at(minute), **says,
    }  # fmt: skip


def leads(product: str, to: str, weight: float) -> Row:
    """Return how strongly a product leads to another."""
    return {"product_id": product, "next_id": to, "weight": weight}


def confirms(before: str, product: str, to: str, weight: float) -> Row:
    """Return how often a product came behind two others."""
    return {"before_id": before, "product_id": product, "next_id": to, "weight": weight}


def goes(product: str, companion: str, orders: int, surprise: float) -> Row:
    """Return how surely a product goes with another."""
    return {
        "product_id": product, "companion_id": companion, "count_views": 9, "count_orders": orders,
        "surprise": surprise,
    }  # fmt: skip


def popular(*products: str) -> list[Row]:
    """Return products by their popularity: of n the first has the share n, and so on."""
    return [
        {"product_id": p, "share": float(len(products) - n), "place": n + 1}
        for n, p in enumerate(products)
    ]


def listed(key: str, who: str, place: int, product: str, **says: Any) -> Row:
    """Return a line of a list of recommendations."""
    return {
        key: who, "place": place, "recommended_id": product, "reason": f"why {product}",
        "made_at": at(), "valid_until": at(DAY), **says,
    }  # fmt: skip


_UNTIL: Row = {"until": at(100)}
_PAIRS: Row = {
    **_UNTIL, "reach": 2, "fade": 0.5, "back": 0.25, "half_life_days": 1e12, "prior": 0.0,
    "most": 9,
}  # fmt: skip
MODEL = {
    NEXTS: [leads("A", "C", 0.5), leads("B", "D", 0.125), leads("B", "A", 0.0625)],
    PAIRS: [
        confirms("A", "B", "E", 0.375), confirms("B", "A", "F", 9.0), confirms("A", "C", "F", 9.0),
        confirms("Z", "B", "F", 9.0), confirms("A", "A", "F", 9.0), confirms("B", "B", "F", 9.0),
    ],
    POPULAR: popular("P", "C"),
}  # fmt: skip
LISTS: Row = {
    "until": at(1), "valid_until": at(2), "limit": 5, "least_surprise": 1.0, "recency": 0.5,
    "trust": 2.0, "memory": 2,
}  # fmt: skip
# With A in the cart B is seen four times of five, without it never; C only once of five.
_CARTED = [
    *[click(f"S{n}", "add_to_cart", 0, product_id="A") for n in range(5)],
    *[click(f"S{n}", "view", 1, product_id="B") for n in range(4)],
    click("S4", "view", 1, product_id="C"),
    *[click(f"V{n}", "view", 1, product_id="C") for n in range(15)],
]
_G2 = 2 * (4 * 1.3862943611198906 - 3)  # four were seen, one expected: 5 times 4 of 20


def sale(session: str, order: str | None, product: str, **says: Any) -> Row:
    """Return a purchase."""
    return click(
        session, "purchase", 5, order_id=order, product_id=product, quantity=1, price=1.0, **says
    )


VIEWS: dict[str, list[Case]] = {
    "mart/product_offers": [
        Case("Without a history none is.", {}, [], select="select * from mart.product_offers"),
        Case(
            "In stock, low or unknown can be bought; sold out or withdrawn cannot.",
            {PRODUCTS: [
                version("A", product_name="Cup", price=2.5, stock_band="low", category="cups"),
                version("B", stock_band="out"), version("C"), version("D", current=False),
            ]},
            [("A", "Cup", "cups", 2.5, "low", True), ("B", None, None, None, "out", False),
             ("C", None, None, None, None, True), ("D", None, None, None, None, False)],
            select="select * from mart.product_offers order by product_id",
        ),
        Case(
            "The last version counts, whatever was sold out before.",
            {PRODUCTS: [
                version("A", minute=5, stock_band="in_stock"),
                version("A", current=False, minute=1, stock_band="out"),
                version("A", current=False, minute=3, stock_band="out"),
            ]},
            [("A", None, None, None, "in_stock", True)],
            select="select * from mart.product_offers",
        ),
    ],
}  # fmt: skip

QUERIES: dict[str, list[Case]] = {
    "clicks/recommend/steps": [
        Case("Without clicks there are no steps.", {}, []),
        Case(
            "Each view is a step; a product without a view has one, at its first event.",
            {CLICKS: [
                click("S1", "view", 2, product_id="A", user_id="U"),
                click("S1", "click", 3, product_id="A", user_id="U"),
                click("S1", "view", 4, product_id="A", user_id="U"),
                click("S1", "click", 1.5, product_id="A", user_id="U"),
                click("S1", "purchase", 5, product_id="B", user_id="U"),
                click("S1", "click", 1, product_id="B", user_id="U"),
                click("S1", "view", 3), click(None, "view", 1, product_id="A"),
                click("S2", "view", 9, product_id="A"),
                click("R", "view", 9, product_id="A", user_agent="a bot"),
            ]},
            [("S1", "U", at(1), at(1), "B", 1), ("S1", "U", at(1), at(2), "A", 2),
             ("S1", "U", at(1), at(4), "A", 3), ("S2", None, at(9), at(9), "A", 1)],
        ),
        Case(
            "Of one time the event id decides, for views and for what has none.",
            {CLICKS: [
                click("S1", "view", 1, product_id="A", event_id="e2"),
                click("S1", "view", 1, product_id="B", event_id="e1"),
                click("S1", "click", 1, product_id="C", event_id="e4", user_id="X"),
                click("S1", "click", 1, product_id="C", event_id="e3", user_id="U"),
            ]},
            [("S1", None, at(1), at(1), "B", 1), ("S1", None, at(1), at(1), "A", 2),
             ("S1", "U", at(1), at(1), "C", 3)],
        ),
    ],
    "clicks/recommend/pairs": [
        Case("Without steps nothing leads to anything.", {}, [], _PAIRS),
        Case(
            "Behind counts by distance, before by a part; of each product the weights are shares.",
            {STEPS: visit("S1", "ABCD")},
            [
                ("A", "B", 1 / 1.5), ("A", "C", 0.5 / 1.5),
                ("B", "C", 1 / 1.75), ("B", "D", 0.5 / 1.75), ("B", "A", 0.25 / 1.75),
                ("C", "D", 1 / 1.375), ("C", "B", 0.25 / 1.375), ("C", "A", 0.125 / 1.375),
                ("D", "C", 0.25 / 0.375), ("D", "B", 0.125 / 0.375),
            ],
            _PAIRS,
        ),
        Case(
            "Visits from the end on are left out, and a prior takes from what was seen seldom.",
            {STEPS: [*visit("S1", "AB", 99), *visit("S2", "AC", 100)]},
            [("A", "B", 1 / 3)],
            {**_PAIRS, "back": 0.0, "prior": 2.0},
        ),
        Case(
            "A visit of a half-life ago counts half, by when it began.",
            {STEPS: [*visit("S1", "AB", 100 - DAY), *visit("S2", "AC", 100 - 2 * DAY)]},
            [("A", "B", 2 / 3), ("A", "C", 1 / 3)],
            {**_PAIRS, "back": 0.0, "half_life_days": 1},
        ),
        Case(
            "Of equal weights the first by name are kept.",
            {STEPS: [
                *visit("S1", "AD"), *visit("S2", "AC"), *visit("S3", "AB"), *visit("S4", "AD"),
            ]},
            [("A", "D", 0.5), ("A", "B", 0.25)],
            {**_PAIRS, "back": 0.0, "most": 2},
        ),
        Case(
            "Of equal weights the first by name come first.",
            {STEPS: [
                *visit("S1", "AD"), *visit("S2", "AC"), *visit("S3", "AB"), *visit("S4", "AD"),
            ]},
            [("A", "D", 0.5), ("A", "B", 0.25), ("A", "C", 0.25)],
            {**_PAIRS, "back": 0.0},
        ),
    ],
    "clicks/recommend/seconds": [
        Case("Without steps nothing is confirmed.", {}, [], _PAIRS),
        Case(
            "What came behind two others is counted, younger visits more.",
            {STEPS: [
                *visit("S1", "ABCD", 100 - DAY), *visit("S2", "ABC", 100 - 2 * DAY),
                *visit("S3", "XY", 5), *visit("S4", "ABZ", 100),
            ]},
            [("A", "B", "C", 0.75), ("B", "C", "D", 0.5)],
            {**_UNTIL, "half_life_days": 1},
        ),
        Case(
            "The order is that of the steps, and the answer is sorted.",
            {STEPS: [*visit("S1", "BAC")[::-1], *visit("S2", "ABD"), *visit("S3", "ABC"),
                     *visit("S4", "ADB")]},
            [
                ("A", "B", "C", 1.0), ("A", "B", "D", 1.0), ("A", "D", "B", 1.0),
                ("B", "A", "C", 1.0),
            ],
            {**_UNTIL, "half_life_days": 1e12},
        ),
    ],
    "clicks/recommend/popular": [
        Case("Without steps nothing is popular.", {}, [], _UNTIL),
        Case(
            "The share of the steps, of equal ones the first by name.",
            {STEPS: [*visit("S1", "BCCA", 99), *visit("S2", "A", 100)]},
            [("C", 0.5, 1), ("A", 0.25, 2), ("B", 0.25, 3)],
            _UNTIL,
        ),
    ],
    "clicks/recommend/companions": [
        Case("Without clicks nothing goes together.", {}, [], LISTS),
        Case(
            "What a cart makes likelier is a companion, with the orders that hold both.",
            {CLICKS: [
                *_CARTED, sale("S0", "o1", "A"), sale("S0", "o1", "B"), sale("S1", "o2", "A"),
                sale("S1", "o2", "B"), sale("S2", "o3", "B"), sale("S2", "o4", "A"),
                sale("S3", "o5", "C"), sale("S3", "o6", "C"), sale("S3", "o6", "B"),
                sale("S3", "o7", "A"), sale("S3", "o7", "C"), click("S0", "view", 1),
            ]},
            [("A", "B", 4, 2, _G2)],
            LISTS,
        ),
        Case(
            "What surprises too little is none.", {CLICKS: _CARTED}, [],
            {**LISTS, "least_surprise": 5.1},
        ),
        Case(
            "The last product in the cart counts, never the product itself, nor one without visit.",
            {CLICKS: [
                click("S1", "add_to_cart", 0, product_id="A"),
                click("S1", "view", 1, product_id="A"),
                click("S1", "add_to_cart", 2, product_id="X"),
                click("S1", "view", 3, product_id="B"),
                click("S1", "click", 3, product_id="D"),
                click("S1", "add_to_cart", 3, product_id="Y", event_id="z"),
                click(None, "add_to_cart", 4, product_id="A"),
                click(None, "view", 5, product_id="B"),
                *[click(f"V{n}", "view", 1, product_id="C") for n in range(18)],
            ]},
            [("X", "B", 1, 0, 2 * (2.995732273553991 - 0.95))],
            LISTS,
        ),
        Case(
            "The greatest surprise first, of equal ones by name, as many as asked.",
            {CLICKS: [
                click("S1", "add_to_cart", 0, product_id="A"),
                *[click("S1", "view", 1, product_id=p) for p in "DCB"],
                click("S1", "view", 1, product_id="D"),
                *[click(f"V{n}", "view", 1, product_id="Z") for n in range(36)],
            ]},
            [("A", "D", 2, 0, 2 * (2 * 2.302585092994046 - 1.8)),
             ("A", "B", 1, 0, 2 * (2.302585092994046 - 0.9))],
            {**LISTS, "limit": 2},
        ),
        Case(
            "Each product has its own, in the order of the products, then of the names.",
            {CLICKS: [
                click("S1", "add_to_cart", 0, product_id="A"),
                *[click("S1", "view", 1, product_id=p) for p in "DC"],
                click("S2", "add_to_cart", 0, product_id="B"),
                click("S2", "view", 1, product_id="E"),
                *[click(f"V{n}", "view", 1, product_id="Z") for n in range(37)],
            ]},
            [("A", "C", 1, 0, 2 * (2.995732273553991 - 0.95)),
             ("A", "D", 1, 0, 2 * (2.995732273553991 - 0.95)),
             ("B", "E", 1, 0, 2 * (3.6888794541139363 - 0.975))],
            {**LISTS, "limit": 2},
        ),
    ],
    "clicks/recommend/products": [
        Case("Without a model nothing is recommended.", {}, [], LISTS),
        Case(
            "Companions first, then what is viewed after it; each once, none sold out.",
            {
                COMPANIONS: [goes("A", "B", 2, 3.0), goes("A", "C", 1, 4.0)],
                NEXTS: [leads("A", "B", 99.0), leads("A", "E", 9.1), leads("A", "D", 9.1),
                        leads("A", "F", 9.2), leads("A", "A", 99.0), leads("A", "G", 99.0),
                        leads("Q", "A", 0.9)],
                PRODUCTS: [version("A", product_name="Cup"), version("G", stock_band="out")],
            },
            [("A", 1, "C", "viewed with Cup in the cart", at(1), at(2)),
             ("A", 2, "B", "bought with Cup", at(1), at(2)),
             ("A", 3, "F", "viewed after Cup", at(1), at(2)),
             ("A", 4, "D", "viewed after Cup", at(1), at(2)),
             ("Q", 1, "A", "viewed after Q", at(1), at(2))],
            {**LISTS, "limit": 4},
        ),
    ],
    "clicks/recommend/to_product": [
        Case("Without a list there is nothing.", {}, [], {"product": "A"}),
        Case(
            "The list of that product, in order, with what is known of each.",
            {
                BESIDE: [listed("product_id", "A", 2, "C"), listed("product_id", "A", 1, "B"),
                         listed("product_id", "X", 1, "B")],
                PRODUCTS: [version("B", product_name="Cup", category="cups", price=2.5)],
            },
            [(1, "B", "Cup", "cups", 2.5, "why B"), (2, "C", "C", None, None, "why C")],
            {"product": "A"},
        ),
    ],
    "clicks/recommend/to_person": [
        Case("Without a list there is nothing.", {}, [], {"person": "U"}),
        Case(
            "The list of that person, in order, with what is known of each.",
            {
                PERSONAL: [listed("user_id", "U", 2, "C"), listed("user_id", "U", 1, "B"),
                           listed("user_id", "V", 1, "B")],
                PRODUCTS: [version("B", product_name="Cup", category="cups", price=2.5)],
            },
            [(1, "B", "Cup", "cups", 2.5, "why B"), (2, "C", "C", None, None, "why C")],
            {"person": "U"},
        ),
    ],
    "clicks/recommend/names": [
        Case("Without lists there are no names.", {}, []),
        Case(
            "Each product once, the most viewed first, those never viewed last.",
            {
                BESIDE: [listed("product_id", p, n, "B") for p in "ABCD" for n in (1, 2)],
                POPULAR: popular("C", "B"),
                PRODUCTS: [version("B", product_name="Cup")],
            },
            [("C", "C"), ("B", "Cup"), ("A", "A"), ("D", "D")],
        ),
    ],
    "clicks/recommend/buyers": [
        Case("Without lists there is nobody.", {}, []),
        Case(
            "Each person once, who bought most often first.",
            {
                PERSONAL: [listed("user_id", u, n, "B") for u in "WVU" for n in (1, 2)],
                CLICKS: [sale("S1", "o1", "A", user_id="V"), sale("S1", "o2", "A", user_id="V"),
                         sale("S1", "o3", "A", user_id="X")],
            },
            [("V", 2), ("U", 0), ("W", 0)],
        ),
        Case(
            "Fifty are enough.",
            {PERSONAL: [listed("user_id", f"U{n:02}", 1, "B") for n in range(51)]},
            [(f"U{n:02}", 0) for n in range(50)],
        ),
    ],
}  # fmt: skip
