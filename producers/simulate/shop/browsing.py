"""What happens inside the sessions: view, click, add to cart, purchase, one after the other."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from producers.simulate.ground.dtypes import Records, record
from producers.simulate.ground.words import Word
from producers.simulate.settings import DAY

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Step(Word):
    """What a visitor does with a product."""

    VIEW = 0
    CLICK = 1
    ADD_TO_CART = 2
    PURCHASE = 3


class Band(Word):
    """How much of a product a visitor sees in stock."""

    IN_STOCK = 0
    LOW = 1
    OUT = 2


LARGEST_CART = 12
_AFTER_VIEW, _AFTER_CLICK, _BEFORE_PURCHASE = 38.0, 22.0, 70.0  # seconds on average
_BOT_PAUSE = 1.5
_BOT_CLICKS = 0.5
_TWO_PIECES = 0.08


STEP = record("session", "kind", "product", "second", "price", "band", "pieces", "order")


class Visits(NamedTuple):
    """The sessions of a day: an entry each; odds are log-odds of the three steps."""

    start: Floats
    views: Ints
    is_bot: Ints
    taste: Ints
    taken_up: Ints
    click_odds: Floats
    cart_odds: Floats
    purchase_odds: Floats


class Shelf(NamedTuple):
    """
    The products: an entry each.

    A withdrawn one has the price -1. ``price_ratio`` is the log of price over list price;
    ``cumulated`` sums the popularity up over ``members``, the products sold in the order of
    their category, each of which begins at its place in ``bounds``.
    """

    price: Floats
    price_ratio: Floats
    stock: Ints
    low: Ints
    cumulated: Floats
    members: Ints
    bounds: Ints
    companions: Ints


class Effects(NamedTuple):
    """What does not depend on the session alone."""

    cart_price: float
    purchase_price: float
    purchase_low: float
    purchase_returned: float
    taste_share: float
    affinity_share: float


class Outcome(NamedTuple):
    """
    What the sessions leave behind, filled by :func:`browse`.

    ``steps``: records of ``STEP``; ``lost``: what was wanted and not there, added to;
    ``counts``: number of steps, the next order's number.
    """

    steps: Records
    lost: Ints
    counts: Ints


@njit(cache=True)  # pragma: no cover
def band(stock: int, low: int) -> int:
    """Return the band that a stock is shown in: out, low, or in stock."""
    if stock <= 0:
        return Band.OUT.value
    return Band.LOW.value if stock <= low else Band.IN_STOCK.value


@njit(cache=True)  # pragma: no cover
def _likely(rng: np.random.Generator, log_odds: float) -> bool:
    return rng.random() < 1 / (1 + np.exp(-log_odds))


@njit(cache=True)  # pragma: no cover
def _choose(rng: np.random.Generator, shelf: Shelf, begin: int, end: int) -> int:
    """Draw one of the members of a range, by popularity."""
    below = shelf.cumulated[begin - 1] if begin > 0 else 0.0
    at = below + rng.random() * (shelf.cumulated[end - 1] - below)
    place = np.searchsorted(shelf.cumulated, at, side="right")
    return shelf.members[min(end - 1, place)]


@njit(cache=True)  # pragma: no cover
def _next_product(
    rng: np.random.Generator, taste: int, last: int, shelf: Shelf, effects: Effects
) -> int:
    """Draw what is looked at: what goes with the cart, what is to one's taste, or anything."""
    if last >= 0 and shelf.companions[last, 0] >= 0 and rng.random() < effects.affinity_share:
        return shelf.companions[last, int(rng.random() * shelf.companions.shape[1])]
    begin, end = shelf.bounds[taste], shelf.bounds[taste + 1]
    if begin < end and rng.random() < effects.taste_share:
        return _choose(rng, shelf, begin, end)
    return _choose(rng, shelf, 0, shelf.members.shape[0])


@njit(cache=True)  # pragma: no cover
def _step(
    outcome: Outcome, shelf: Shelf, session: int, kind: int, product: int, at: float,
    pieces: int, order: int,
) -> None:  # fmt: skip
    row = outcome.steps[outcome.counts[0]]
    row.session, row.kind, row.product, row.second = session, kind, product, at
    row.price = shelf.price[product]
    row.band = band(shelf.stock[product], shelf.low[product])
    row.pieces, row.order = pieces, order
    outcome.counts[0] += 1


@njit(cache=True)  # pragma: no cover
def _look(
    rng: np.random.Generator, s: int, visits: Visits, shelf: Shelf, effects: Effects,
    outcome: Outcome, cart: Ints,
) -> tuple[float, int]:  # fmt: skip
    """Walk through a session's views; return the time and the number of products in the cart."""
    at, held, last = visits.start[s], 0, -1
    for view in range(visits.views[s]):
        again = view == 0 and visits.taken_up[s] >= 0
        product = visits.taken_up[s]
        if not again:
            product = _next_product(rng, visits.taste[s], last, shelf, effects)
        if shelf.price[product] < 0:
            continue
        if at >= DAY:
            break
        _step(outcome, shelf, s, Step.VIEW.value, product, at, 0, -1)
        at += rng.exponential(_BOT_PAUSE if visits.is_bot[s] else _AFTER_VIEW) + 0.5
        odds = visits.click_odds[s]
        clicked = rng.random() < _BOT_CLICKS if visits.is_bot[s] else _likely(rng, odds)
        if at >= DAY or not (clicked or again):
            continue
        _step(outcome, shelf, s, Step.CLICK.value, product, at, 0, -1)
        at += rng.exponential(_BOT_PAUSE if visits.is_bot[s] else _AFTER_CLICK) + 0.5
        if at >= DAY or visits.is_bot[s] or held == LARGEST_CART:
            continue
        odds = visits.cart_odds[s] + effects.cart_price * shelf.price_ratio[product]
        if not (_likely(rng, odds) or again):
            continue
        if shelf.stock[product] <= 0:
            outcome.lost[product] += 1
            continue
        _step(outcome, shelf, s, Step.ADD_TO_CART.value, product, at, 0, -1)
        at += rng.exponential(_AFTER_CLICK) + 0.5
        cart[held] = product
        held, last = held + 1, product
    return at, held


@njit(cache=True)  # pragma: no cover
def _check_out(
    rng: np.random.Generator, s: int, visits: Visits, shelf: Shelf, effects: Effects,
    outcome: Outcome, cart: Ints, at: float,
) -> None:  # fmt: skip
    """Decide product by product; what is bought together is one order."""
    bought = False
    for place in range(cart.shape[0]):
        product = cart[place]
        at += rng.exponential(_BEFORE_PURCHASE if place == 0 else 1.0) + 0.5
        shown = band(shelf.stock[product], shelf.low[product])
        odds = visits.purchase_odds[s] + effects.purchase_price * shelf.price_ratio[product]
        odds += effects.purchase_low * (shown == Band.LOW.value)
        odds += effects.purchase_returned * (product == visits.taken_up[s])
        if at >= DAY or not _likely(rng, odds):
            continue
        pieces = 2 if rng.random() < _TWO_PIECES else 1
        if (cart[:place] == product).any():
            continue  # an order has a product once, with its pieces
        if shelf.stock[product] < pieces:
            outcome.lost[product] += pieces
            continue
        _step(outcome, shelf, s, Step.PURCHASE.value, product, at, pieces, outcome.counts[1])
        shelf.stock[product] -= pieces
        bought = True
    outcome.counts[1] += bought


@njit(cache=True, nogil=True)  # pragma: no cover
def browse(
    rng: np.random.Generator, visits: Visits, shelf: Shelf, effects: Effects, outcome: Outcome
) -> None:
    """
    Let the sessions of a day happen, in the order of their start.

    Each ends at midnight at the latest, when prices and stock change.

    Stock is taken as the sessions are walked through, so it is never below zero however
    they overlap: what a session buys was there when it was walked.
    """
    cart = np.empty(LARGEST_CART, np.int64)
    for s in range(visits.start.shape[0]):
        at, held = _look(rng, s, visits, shelf, effects, outcome, cart)
        _check_out(rng, s, visits, shelf, effects, outcome, cart[:held], at)
