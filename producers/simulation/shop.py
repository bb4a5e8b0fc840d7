"""Visitors of an electronics shop: sessions by the hour, each step after the one before."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cartwheel.events import CLICK, ORDER_LINE, Click, OrderLine

from producers.message import Message, message

CATALOGUE = tuple(
    (f"{code}-{number:02d}", f"{name} {model}", price)
    for code, name, models, prices in (
        ("PHN", "Phone", ("Mini", "One", "Plus", "Pro", "Max", "Fold"), range(199, 1300, 200)),
        ("LAP", "Laptop", ("Air", "Book", "Studio", "Work", "Game"), range(599, 2600, 450)),
        ("CAM", "Camera", ("Pocket", "Travel", "Street", "Sport", "Cine"), range(249, 2300, 480)),
        (
            "ACC",
            "Accessory",
            ("Case", "Charger", "Card", "Lens", "Bag", "Dock"),
            range(19, 140, 22),
        ),
    )
    for number, (model, price) in enumerate(zip(models, prices, strict=False), 1)
)
# Visits by the hour of the day, and the share of each step that goes on.
HOURS = (1, 1, 1, 1, 1, 2, 3, 5, 6, 7, 7, 8, 9, 8, 7, 7, 8, 9, 11, 13, 14, 12, 7, 3)
CLICK_RATE, CART_RATE, PURCHASE_RATE = 0.62, 0.34, 0.42
MOBILE_PENALTY = 0.7
DEVICES = (("mobile", 0.58), ("desktop", 0.34), ("tablet", 0.08))
REFERRERS = (
    ("https://search.example/", 0.45), ("https://social.example/", 0.25),
    ("https://mail.example/spring", 0.12), (None, 0.18),
)  # fmt: skip
PLACES = ("Chicago", "Dallas", "Atlanta", "Denver", "Omaha", "Memphis")
BROWSERS = ("Chrome", "Safari", "Firefox", "Edge")


@dataclass
class _Visit:
    rng: random.Random
    number: int
    seed: int
    device: str
    context: dict[str, str | None]
    at: datetime
    steps: int = 0

    def click(self, event_type: str, product: tuple[str, str, int], **purchase: object) -> Message:
        """Return the visit's next step, some seconds after the one before."""
        self.at += timedelta(seconds=self.rng.uniform(3, 70))
        self.steps += 1
        event = Click(
            event_id=f"simulation:{self.seed}:session-{self.number}:{self.steps}",
            session_id=f"S{self.number:07d}",
            event_type=event_type,  # type: ignore[arg-type]
            timestamp=self.at,
            page=f"/products/{product[0].lower()}",
            product_id=product[0],
            product_name=product[1],
            shown_price=float(product[2]),
            device_type=self.device,  # type: ignore[arg-type]
            **self.context,  # type: ignore[arg-type]
            **purchase,  # type: ignore[arg-type]
        )
        return message(CLICK, event, self.at)


def messages(seed: int, sessions: int, start: datetime, days: int) -> Iterator[Message]:
    """Yield the messages of all sessions: clicks, and an order line per purchase."""
    rng = random.Random(f"{seed}/shop")
    weights = [1 / rank for rank in range(1, len(CATALOGUE) + 1)]
    ranked = rng.sample(CATALOGUE, len(CATALOGUE))
    for number in range(1, sessions + 1):
        yield from _session(_visit(rng, number, seed, start, days), ranked, weights)


def _visit(rng: random.Random, number: int, seed: int, start: datetime, days: int) -> _Visit:
    hour = rng.choices(range(24), HOURS)[0]
    at = start + timedelta(days=rng.randrange(days), hours=hour, seconds=rng.uniform(0, 3600))
    context: dict[str, str | None] = {
        "user_id": f"U{rng.randrange(1, 4000):05d}",
        "referrer_url": rng.choices([r for r, _ in REFERRERS], [w for _, w in REFERRERS])[0],
        "location": rng.choice(PLACES),
        "browser": rng.choice(BROWSERS),
        "user_type": rng.choices(("new", "returning"), (0.6, 0.4))[0],
    }
    device = rng.choices([d for d, _ in DEVICES], [w for _, w in DEVICES])[0]
    return _Visit(rng, number, seed, device, context, at)


def _session(
    visit: _Visit, ranked: list[tuple[str, str, int]], weights: list[float]
) -> Iterator[Message]:
    rng = visit.rng
    factor = MOBILE_PENALTY if visit.device == "mobile" else 1.0
    for product in rng.choices(ranked, weights, k=1 + min(7, int(rng.expovariate(0.5)))):
        yield visit.click("view", product)
        if rng.random() >= CLICK_RATE:
            continue
        yield visit.click("click", product)
        if rng.random() >= CART_RATE * factor:
            continue
        yield visit.click("add_to_cart", product)
        if rng.random() < PURCHASE_RATE * factor:
            yield from _purchase(visit, product)


def _purchase(visit: _Visit, product: tuple[str, str, int]) -> Iterator[Message]:
    quantity = visit.rng.choices((1, 2, 3), (0.86, 0.11, 0.03))[0]
    order_id = f"{visit.number:07d}-{visit.steps}"
    bought = visit.click(
        "purchase", product, quantity=quantity, price=float(product[2]), order_id=order_id
    )
    yield bought
    line = OrderLine(
        event_id=f"simulation:{visit.seed}:order-{order_id}",
        InvoiceNo=order_id,
        StockCode=product[0],
        Description=product[1],
        Quantity=quantity,
        InvoiceDate=visit.at.replace(tzinfo=None),
        UnitPrice=float(product[2]),
        CustomerID=visit.context["user_id"],
        Country="USA",
    )
    yield message(ORDER_LINE, line, visit.at.astimezone(UTC))
