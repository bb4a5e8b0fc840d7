"""The shop, day by day: stock and prices, sessions, orders, and what was wanted in vain."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from cartwheel.errors import UsageError
from numpy.typing import NDArray

from producers.simulate.ground.dtypes import Records
from producers.simulate.ground.randomness import generator
from producers.simulate.hooks import Hooks, Stockroom, require_known
from producers.simulate.settings import DAY, Settings
from producers.simulate.shop import catalogue, sessions
from producers.simulate.shop.browsing import (
    LARGEST_CART,
    STEP,
    Effects,
    Outcome,
    Shelf,
    Step,
    Visits,
    band,
    browse,
)
from producers.simulate.shop.customers import DEVICES, Customers
from producers.simulate.shop.sessions import MAIL, SOCIAL, Carts, Sessions

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOBILE, TABLET = DEVICES.index("mobile"), DEVICES.index("tablet")
PRICE_LEVELS = (0.85, 0.92, 1.0, 1.0, 1.06)
# Of the views, about so many end in a purchase: the shop orders by it.
_BUYS_PER_VIEW = 0.025
_SMALLEST_STOCK = 6
_MOST_PIECES = 1_000_000  # of a product, in one order
_LEAD_MARGIN_DAYS = 4
# How far a day's sales move the shop's opinion of the demand.
_LEARNING = 0.15


@dataclass
class Orders:
    """
    Orders, an entry each; times are seconds since the world's start.

    Attributes
    ----------
    number, customer, session
        Whose, and from which session of the day.
    placed
        When the last of its products was bought.
    weight_kg
        Of all pieces.
    promised_day, window
        Day of the world, and place in the delivery windows.
    """

    number: Ints
    customer: Ints
    session: Ints
    placed: Floats
    weight_kg: Floats
    promised_day: Ints
    window: Ints


@dataclass
class Changes:
    """Changes of products, an entry each: when (s since the start), and how it is then."""

    product: Ints
    at: Floats
    price: Floats
    band: Ints
    withdrawn: Ints


@dataclass
class ShopDay:
    """
    What a day left behind.

    Attributes
    ----------
    sessions
        Who came.
    promised_day
        The delivery day that each session was shown.
    steps
        Records of :data:`~producers.simulate.shop.browsing.STEP`.
    bought, lost, stock
        Pieces per product: sold, wanted and not there, left at midnight.
    purchase_odds
        Log-odds of each session's purchases, for a product of list price in stock.
    """

    sessions: Sessions
    promised_day: Ints
    steps: Records
    orders: Orders
    changes: Changes
    bought: Ints
    lost: Ints
    stock: Ints
    purchase_odds: Floats


class Shop:
    """
    The shop's own state: prices, stock, what is on order, abandoned carts.

    Parameters
    ----------
    settings
        Of the world.
    customers
        Whose visits are counted here.
    hooks
        Who orders stock, if not the shop itself.
    """

    def __init__(self, settings: Settings, customers: Customers, hooks: Hooks) -> None:
        self._settings, self.customers, self._hooks = settings, customers, hooks
        self.catalogue = catalogue.make(settings)
        rng = generator(settings.seed, "stock")
        views = sessions.expected(settings, 0) * settings.commerce.views_mean
        self._demand = views * _BUYS_PER_VIEW * self.catalogue.popularity
        self._plan()
        count = len(self._target)
        self.stock = np.ceil(self._target * rng.uniform(0.6, 1.0, count)).astype(np.int64)
        self._price = self.catalogue.list_price.copy()
        self._withdrawn = np.zeros(count, bool)
        self._due = [np.zeros(count, np.int64) for _ in range(settings.commerce.restock_lead_days)]
        self._carts = Carts(np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.int64))
        self._next_order = 1
        self._sold = np.zeros(count, np.int64)

    def day(self, day: int, promises: Ints) -> ShopDay:
        """
        Let a day happen.

        Parameters
        ----------
        day
            Each in turn, from 0.
        promises
            The delivery day promised by each depot, before and after the order cut-off;
            shape ``(depots, 2)``.
        """
        changed = self._midnight(day)
        shown = self._bands()[changed]
        visitors, self._carts = sessions.of_day(self._settings, self.customers, day, self._carts)
        late = visitors.start >= self._settings.logistics.order_cutoff_hour * 3600
        promised = promises[self.customers.depot[visitors.customer], late.astype(np.int64)]
        rng = generator(self._settings.seed, "browsing", day)
        visits = self._visits(rng, visitors, promised - day - 1)
        outcome = self._outcome(visits)
        opening = self.stock.copy()
        browse(rng, visits, self._shelf(), self._effects(), outcome)
        steps = outcome.steps[: outcome.counts[0]].copy()
        self._next_order = int(outcome.counts[1])
        self._abandon(rng, day, visitors, steps)
        sold = steps[steps["kind"] == Step.PURCHASE]
        bought = np.bincount(sold["product"].astype(np.int64), sold["pieces"], len(self.stock))
        self._sold = bought.astype(np.int64)
        self._demand = (1 - _LEARNING) * self._demand + _LEARNING * (bought + outcome.lost)
        return ShopDay(
            sessions=visitors,
            promised_day=promised,
            steps=steps,
            orders=self._orders(day, visitors, promised, sold),
            changes=self._changed(day, changed, shown, self._moved(opening, sold)),
            bought=bought.astype(np.int64),
            lost=outcome.lost,
            stock=self.stock.copy(),
            purchase_odds=visits.purchase_odds,
        )

    def _plan(self) -> None:
        """Set how much the shop wants in stock, and what it shows as low, from the demand."""
        commerce = self._settings.commerce
        target = np.ceil(self._demand * commerce.stock_days)
        self._target = np.maximum(_SMALLEST_STOCK, target).astype(np.int64)
        self._low = np.ceil(self._target * commerce.low_stock_share).astype(np.int64)

    def _midnight(self, day: int) -> Ints:
        """Change prices, withdraw, take deliveries in, order; return the products that changed."""
        commerce, count = self._settings.commerce, len(self.stock)
        rng = generator(self._settings.seed, "midnight", day)
        before = self._bands()
        self._plan()
        repriced = rng.random(count) < commerce.price_change_per_day * (day > 0)
        level = np.array(PRICE_LEVELS)[rng.integers(0, len(PRICE_LEVELS), count)]
        price = np.where(repriced, np.round(self.catalogue.list_price * level, 2), self._price)
        leaving = (rng.random(count) < commerce.withdrawn_per_day * (day > 0)) & ~self._withdrawn
        if (self._withdrawn | leaving).sum() > count // 2:
            leaving[:] = False  # half of the catalogue stays
        self.stock += self._due.pop(0)
        on_order = np.sum(self._due, axis=0) if self._due else np.zeros(count, np.int64)
        lead = commerce.restock_lead_days + _LEAD_MARGIN_DAYS
        short = self.stock + on_order <= np.maximum(self._demand * lead, self._low + 1)
        self._withdrawn |= leaving
        wanted = np.where(short & ~self._withdrawn, self._target - self.stock - on_order, 0)
        if self._hooks.restock is not None:
            wanted = self._ordered(day, price, on_order)
        self._due.append(np.maximum(wanted, 0))
        moved = (price != self._price) | leaving | (self._bands() != before)
        self._price = price
        return np.arange(count) if day == 0 else np.flatnonzero(moved)

    def _ordered(self, day: int, price: Floats, on_order: Ints) -> Ints:
        """Return the pieces of each product that somebody outside orders."""
        assert self._hooks.restock is not None
        where, known = f"--restock, day {day}", np.flatnonzero(~self._withdrawn)
        place = {self.catalogue.ids[product]: product for product in known.tolist()}
        frame = pd.DataFrame({
            "product_id": list(place), "price": price[known], "stock": self.stock[known],
            "on_order": on_order[known], "sold": self._sold[known],
        })  # fmt: skip
        lead = self._settings.commerce.restock_lead_days
        found = self._hooks.restock(Stockroom(day, frame, lead, self._hooks.sent))
        require_known(found, list(place), "product", where)
        wanted = np.zeros(len(self.stock), np.int64)
        for product, pieces in found.items():
            if not isinstance(pieces, int | np.integer) or not 0 <= pieces <= _MOST_PIECES:
                raise UsageError(
                    f"{where}, {product}: whole pieces from 0 to {_MOST_PIECES:,} are needed, got "
                    f"{pieces!r}."
                )
            wanted[place[product]] = pieces
        return wanted

    def _bands(self) -> Ints:
        return np.array(
            [band(s, low) for s, low in zip(self.stock, self._low, strict=True)], np.int64
        )

    def _moved(self, opening: Ints, sold: Records) -> Floats:
        """
        Return where purchases moved a product's band: product, second, band; shape ``(n, 3)``.

        In the order of their time, which is not quite that of the walk through the sessions.
        """
        stock, rows = opening.copy(), []
        for step in sold[np.argsort(sold["second"], kind="stable")]:
            place = int(step["product"])
            before = band(stock[place], self._low[place])
            stock[place] -= int(step["pieces"])
            after = band(stock[place], self._low[place])
            if after != before:
                rows.append((step["product"], step["second"], after))
        return np.array(rows).reshape(-1, 3)

    def _changed(self, day: int, at_midnight: Ints, shown: Ints, moved: Floats) -> Changes:
        """Return the products that changed at midnight, with their bands, and by purchases."""
        product = np.concatenate([at_midnight, moved[:, 0].astype(np.int64)])
        at = np.concatenate([np.zeros(len(at_midnight)), moved[:, 1]])
        return Changes(
            product=product,
            at=day * DAY + at,
            price=self._price[product],
            band=np.concatenate([shown, moved[:, 2].astype(np.int64)]),
            withdrawn=self._withdrawn[product].astype(np.int64),
        )

    def _shelf(self) -> Shelf:
        sold = np.flatnonzero(~self._withdrawn)
        members = sold[np.argsort(self.catalogue.category[sold], kind="stable")]
        of_category = np.bincount(self.catalogue.category[members], minlength=4)
        return Shelf(
            price=np.where(self._withdrawn, -1.0, self._price),
            price_ratio=np.log(self._price / self.catalogue.list_price),
            stock=self.stock,
            low=self._low,
            cumulated=np.cumsum(self.catalogue.popularity[members]),
            members=members,
            bounds=np.concatenate([[0], np.cumsum(of_category)]),
            companions=self.catalogue.companions,
        )

    def _visits(self, rng: np.random.Generator, visitors: Sessions, waits: Ints) -> Visits:
        """Sum up each session's log-odds; ``waits`` counts days beyond the next."""
        f, commerce = self._settings.funnel, self._settings.commerce
        mobile, tablet = visitors.device == MOBILE, visitors.device == TABLET
        social, mail = visitors.referrer == SOCIAL, visitors.referrer == MAIL
        purchase = f.purchase_base + f.purchase_mobile * mobile + f.purchase_tablet * tablet
        purchase = purchase + f.purchase_social * social + f.purchase_mail * mail
        purchase += f.purchase_new * visitors.is_new + f.purchase_promised_day * waits
        purchase += f.purchase_last_late * visitors.last_late
        purchase += f.purchase_treatment * visitors.is_treated
        people = rng.geometric(1 / commerce.views_mean, len(visitors.start))
        robots = rng.geometric(1 / commerce.bot_views_mean, len(visitors.start))
        cart = f.cart_base + f.cart_mobile * mobile + f.cart_social * social + f.cart_mail * mail
        return Visits(
            start=visitors.start,
            views=np.where(visitors.is_bot == 1, robots, people),
            is_bot=visitors.is_bot,
            taste=self.customers.taste[visitors.customer],
            taken_up=visitors.taken_up,
            click_odds=f.click_base
            + f.click_mobile * mobile
            + f.click_campaign * (visitors.campaign >= 0),
            cart_odds=cart,
            purchase_odds=purchase,
        )

    def _effects(self) -> Effects:
        f, commerce = self._settings.funnel, self._settings.commerce
        return Effects(
            f.cart_price, f.purchase_price, f.purchase_stock_low, f.purchase_returned,
            commerce.taste_share, commerce.affinity_share,
        )  # fmt: skip

    def _outcome(self, visits: Visits) -> Outcome:
        largest = int(3 * visits.views.sum() + LARGEST_CART * len(visits.views)) + 1
        counts = np.array([0, self._next_order], np.int64)
        lost = np.zeros(len(self.stock), np.int64)
        return Outcome(np.empty(largest, STEP), lost, counts)

    def _abandon(
        self, rng: np.random.Generator, day: int, visitors: Sessions, steps: Records
    ) -> None:
        """Choose the abandoned carts that will be taken up again some days later."""
        carted = steps[steps["kind"] == Step.ADD_TO_CART]
        sold = steps[steps["kind"] == Step.PURCHASE]
        width = len(self.stock)
        keys = carted["session"] * width + carted["product"]
        left = carted[~np.isin(keys, sold["session"] * width + sold["product"])]
        left = left[rng.random(len(left)) < self._settings.commerce.abandoned_return_share]
        wait = rng.exponential(self._settings.commerce.abandoned_return_days, len(left)) * DAY
        due = (day + 1) * DAY + wait
        who = visitors.customer[left["session"].astype(np.int64)]
        self._carts = Carts(
            np.concatenate([self._carts.due, due]),
            np.concatenate([self._carts.customer, who]),
            np.concatenate([self._carts.product, left["product"].astype(np.int64)]),
        )

    def _orders(self, day: int, visitors: Sessions, promised: Ints, sold: Records) -> Orders:
        number, first = np.unique(sold["order"].astype(np.int64), return_index=True)
        session = sold["session"][first].astype(np.int64)
        customer = visitors.customer[session]
        places = np.searchsorted(number, sold["order"])
        weight = sold["pieces"] * self.catalogue.weight_kg[sold["product"].astype(np.int64)]
        last = np.zeros(len(number))
        np.maximum.at(last, places, sold["second"])
        return Orders(
            number=number,
            customer=customer,
            session=session,
            placed=day * DAY + last,
            weight_kg=np.round(np.bincount(places, weight, len(number)), 3),
            promised_day=promised[session],
            window=self.customers.window[customer],
        )
