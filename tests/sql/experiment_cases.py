"""Cases of the experiment, and of what was put into a cart."""

from typing import Any

from .rows import CLICKS, OPERATIONS, Case, Row, at, click, operation

_TIME: Row = {"since": at(0), "until": at(1000), "experiment": "shop"}
_CARTS: Row = {"since": at(0), "until": at(9000), "zone": "UTC"}
A, B = {"experiment": "shop:a"}, {"experiment": "shop:b"}


def by(user: str | None, session: str | None, kind: str, minute: float, **says: Any) -> Row:
    """Return a click of a person."""
    return click(session, kind, minute, user_id=user, **says)


def sale(user: str, session: str, minute: float, order: str, paid: float, **says: Any) -> Row:
    """Return a purchase of one piece."""
    return by(
        user, session, "purchase", minute, order_id=order, quantity=1, price=paid,
        **{"product_id": "P", **says},
    )  # fmt: skip


_PEOPLE = {
    CLICKS: [
        by("U", "1", "view", 5, **A, device_type="mobile", referrer_url="r1", user_type="new"),
        sale("U", "1", 6, "o1", 7.0, **A, device_type="tablet"),
        sale("U", "1", 7, "o2", 2.0, **A),
        by("U", "2", "view", 100, **A, device_type="desktop", referrer_url="r2"),
        by("V", "3", "view", 2, **B), by("V", "4", "view", 1, **A), by("V", "4", "view", 3, **B),
        by("W", "5", "view", 0, **B), by("W", "6", "view", -1, **B),
        by("W", "7", "view", 1000, **B),
        sale("W", "5", 0, "o5", 1.0, **B), sale("W", "6", -1, "o3", 99.0, **B),
        sale("W", "7", 1000, "o4", 99.0, **B),
        by("X", "8", "view", 3, experiment="shopping:a"), by("X", "8", "view", 3),
        by(None, "9", "view", 3, **A),
        by("Y", None, "view", 3, **A),
    ]
}  # fmt: skip


def cart(session: str, minute: float, product: str = "P", user: str = "U", **says: Any) -> Row:
    """Return a product put into the cart."""
    return by(user, session, "add_to_cart", minute, product_id=product, **says)


def handed(order: str, minute: float, until: float, status: str = "delivered") -> Row:
    """Return a step of a delivery that was promised until a minute."""
    return operation(
        "delivery_event", minute, order_id=order, status=status, promised_until=at(until)
    )


def carted(session: str, product: str, minute: float, **says: Any) -> tuple[Any, ...]:
    """Return a row of the query."""
    names = (
        "is_bought", "arm", "device_type", "referrer_url", "user_type", "campaign", "stock_band",
        "shown_price", "promised_days", "hours_left", "is_last_late", "price_ratio", "was_left",
    )  # fmt: skip
    told = {"is_bought": False, "hours_left": (1440 - minute % 1440) / 60, **says}
    return (session, told.pop("user", "U"), product, at(minute), *(told.get(n) for n in names))


QUERIES: dict[str, list[Case]] = {
    "clicks/experiment/names": [
        Case("Without a click there is no experiment.", {}, []),
        Case(
            "Most persons first, each person once, arms by name; what has no arm is none.",
            {CLICKS: [
                *[
                    by(user, "1", "view", n, experiment=arm)
                    for n, (user, arm) in enumerate(
                        (("U", "z:b"), ("U", "z:b"), ("V", "z:a"), ("W", "z:a"), ("U", "m:x"),
                         ("V", "m:x"), ("U", "c:x"), ("V", "c:y"), ("U", "plain"), ("U", ":x"),
                         (None, "q:x"))
                    )
                ],
                by("U", "1", "view", 1),
            ]},
            [("z", "z:a", 2), ("z", "z:b", 1), ("c", "c:x", 1), ("c", "c:y", 1), ("m", "m:x", 2)],
        ),
    ],
    "clicks/experiment/persons": [
        Case("Without a click nobody takes part.", {}, [], _TIME),
        Case(
            "What was known first, what came of it in the time, and who was in two arms.",
            _PEOPLE,
            [("U", "shop:a", 1, at(5), "mobile", "r1", "new", 2, 1, 9.0),
             ("V", "shop:a", 2, at(1), None, None, None, 2, 0, 0.0),
             ("W", "shop:b", 1, at(0), None, None, None, 1, 1, 1.0)],
            _TIME,
        ),
        Case(
            "A purchase without a price leaves the person's revenue unknown, nobody else's.",
            {CLICKS: [
                sale("U", "1", 1, "o1", 7.0, **A), by("U", "1", "purchase", 2, order_id="o2", **A),
                sale("V", "2", 1, "o3", 3.0, **A), by("W", "3", "view", 1, **A),
            ]},
            [("U", "shop:a", 1, at(1), None, None, None, 1, 1, None),
             ("V", "shop:a", 1, at(1), None, None, None, 1, 1, 3.0),
             ("W", "shop:a", 1, at(1), None, None, None, 1, 0, 0.0)],
            _TIME,
        ),
    ],
    "clicks/experiment/days": [
        Case("Without a click there is no day.", {}, [], _TIME),
        Case(
            "Visits by the day on which they began, and those that bought.",
            {CLICKS: [
                by("U", "1", "view", 1439, **A), sale("U", "1", 1441, "o1", 7.0, **A),
                by("U", "2", "view", 0, **A), by("U", "3", "view", 1440, **A),
                by("U", "4", "view", 1450, **A), sale("U", "4", 1451, "o2", 7.0, **A),
                by("A", "5", "view", 2879, **B), by("A", "6", "view", 2880, **B),
                by("A", "7", "view", -1, **B),
                by("A", "8", "view", 3, experiment="shopping:a"), by(None, "9", "view", 3, **A),
                by("A", None, "view", 3, **A),
            ]},
            [("A", at(1440), 1, 0), ("U", at(0), 2, 1), ("U", at(1440), 2, 1)],
            {**_TIME, "until": at(2880)},
        ),
    ],
    "clicks/carts/bought": [
        Case("Without a cart there is nothing.", {CLICKS: [by("U", "1", "view", 1)]}, [], _CARTS),
        Case("Without a click there is nothing.", {}, [], _CARTS),
        Case(
            "A cart's circumstances are those told last in the visit; only the cart counts as one.",
            {CLICKS: [
                by("U", "1", "view", 1, product_id="P", device_type="mobile", shown_price=5.0),
                cart("1", 2, **A, device_type="tablet", referrer_url="r", user_type="new",
                     campaign="c", stock_band="low", shown_price=4.0, promised_at=at(2 * 1440)),
                sale("U", "1", 3, "o1", 4.0, **A, stock_band="out", shown_price=4.0,
                     promised_at=at(1440)),
                cart("0", 0, "S"), cart("2", 1441, "R", "V", shown_price=3.0),
                by("U", "1", "view", 4, product_id="Q"),
                cart("2", 1440, "P", "V", shown_price=2.0, promised_at=at(1441)),
                cart("3", 9000), cart("4", -1), by(None, "5", "add_to_cart", 1, product_id="P"),
                by("U", None, "add_to_cart", 1, product_id="P"), by("U", "6", "add_to_cart", 1),
            ]},
            [carted("0", "S", 0),
             carted("1", "P", 1, is_bought=True, arm="shop:a", device_type="tablet",
                    referrer_url="r", user_type="new", campaign="c", stock_band="out",
                    shown_price=4.0, promised_days=2, price_ratio=1.0),
             carted("2", "P", 1440, user="V", shown_price=2.0, promised_days=0, price_ratio=0.5),
             carted("2", "R", 1441, user="V", shown_price=3.0, price_ratio=1.0)],
            _CARTS,
        ),
        Case(
            "Days end on the clock of the place.",
            {CLICKS: [cart("1", 60, promised_at=at(8 * 60)), sale("U", "1", 420, "o", 1.0)]},
            [carted("1", "P", 60, is_bought=True, promised_days=1, hours_left=5.0)],
            {**_CARTS, "zone": "America/Chicago"},
        ),
        Case(
            "The last delivery before the day counts: late, in time, or none.",
            {
                CLICKS: [
                    sale("U", "0", 1, "o1", 1.0, product_id="X"),
                    sale("U", "0", 1, "o2", 1.0, product_id="X"),
                    sale("U", "0", 1, "o2", 1.0, product_id="Y"),
                    sale("V", "0", 1, "o3", 1.0, product_id="X"),
                    by("W", "0", "purchase", 1, product_id="X"),
                    sale("T", "0", 1, "o5", 1.0), sale("T", "0", 1, "o6", 1.0),
                    cart("1", 101, "Z"), cart("2", 1440, "B"), cart("3", 1700, "C"),
                    cart("4", 2880, "D", "V"), cart("4", 2880, "E", "V"), cart("5", 2880, "F", "W"),
                    cart("6", 2881, "G"), cart("7", 1450, "H", "T"),
                ],
                OPERATIONS: [
                    handed("o1", 100, 99), handed("o2", 1600, 1600), handed("o6", 60, 60),
                    handed("o3", 50, 60, "failed"), handed("o9", 140, 1), handed("o5", 50, 49),
                ],
            },
            [carted("1", "Z", 101), carted("2", "B", 1440, is_last_late=True),
             carted("3", "C", 1700, is_last_late=True), carted("4", "D", 2880, user="V"),
             carted("4", "E", 2880, user="V"), carted("5", "F", 2880, user="W"),
             carted("6", "G", 2881, is_last_late=False),
             carted("7", "H", 1450, user="T", is_last_late=False)],
            _CARTS,
        ),
        Case(
            "What was delivered on a day counts from the next day of the place on.",
            {
                CLICKS: [
                    sale("U", "0", 1, "o1", 1.0), cart("1", 1441, "B"), cart("2", 1800, "C"),
                ],
                OPERATIONS: [handed("o1", 500, 99)],
            },
            [carted("1", "B", 1441, hours_left=5 + 59 / 60),
             carted("2", "C", 1800, hours_left=24.0, is_last_late=True)],
            {**_CARTS, "zone": "America/Chicago"},
        ),
        Case(
            "A product that was in the person's cart before and not bought was left.",
            {CLICKS: [
                cart("1", 1), cart("2", 10), sale("U", "2", 11, "o1", 1.0), cart("3", 20),
                cart("4", 5, user="V"), cart("5", 6, "Q"),
            ]},
            [carted("1", "P", 1), carted("2", "P", 10, is_bought=True, was_left=True),
             carted("3", "P", 20, was_left=False), carted("4", "P", 5, user="V"),
             carted("5", "Q", 6)],
            _CARTS,
        ),
    ],
}  # fmt: skip
