"""Who comes on a day, when and how: a Poisson process with seasons, and bots."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from producers.simulate.ground.randomness import generator
from producers.simulate.settings import DAY, Settings
from producers.simulate.shop.customers import DEVICES, Customers

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

REFERRERS = ("search", "social", "mail", "direct")
REFERRER_URLS = ("https://search.example/", "https://social.example/", "https://mail.example/shop")
MAIL, SOCIAL = REFERRERS.index("mail"), REFERRERS.index("social")
_NEW_SHARES, _RETURNING_SHARES = (0.52, 0.28, 0.05, 0.15), (0.36, 0.18, 0.18, 0.28)
_CAMPAIGN_MAIL_SHARE = 0.3
_OTHER_DEVICE_SHARE = 0.15


@dataclass
class Carts:
    """Abandoned carts that will be taken up again: when (s since the start), whose, what."""

    due: Floats
    customer: Ints
    product: Ints


@dataclass
class Sessions:
    """
    A day's sessions in the order of their start, an entry each.

    Attributes
    ----------
    start
        Seconds since the day's midnight.
    customer, device, referrer
        Places in the customers, ``DEVICES`` and ``REFERRERS``.
    campaign
        Number of the campaign, -1 without.
    is_bot, is_new, is_treated, last_late
        0 or 1.
    taken_up
        Product of an abandoned cart that the session takes up again, -1 without.
    """

    start: Floats
    customer: Ints
    device: Ints
    referrer: Ints
    campaign: Ints
    is_bot: Ints
    is_new: Ints
    is_treated: Ints
    last_late: Floats
    taken_up: Ints


def campaign(settings: Settings, day: int) -> int:
    """Return the number of the campaign that runs on a day, -1 if none does."""
    commerce = settings.commerce
    since = day - commerce.campaign_first_day
    runs = since >= 0 and since % commerce.campaign_every_days < commerce.campaign_days
    return since // commerce.campaign_every_days if runs else -1


def expected(settings: Settings, day: int) -> float:
    """Return the number of people's sessions expected on a day, carts taken up aside."""
    commerce = settings.commerce
    weekday = (settings.start.weekday() + day) % 7
    rate = settings.customers * commerce.sessions_per_customer_day
    rate *= commerce.weekdays[weekday] / float(np.mean(commerce.weekdays))
    rate *= 1 + commerce.trend_per_year * day / 365
    return float(rate * (commerce.campaign_lift if campaign(settings, day) >= 0 else 1.0))


def of_day(
    settings: Settings, customers: Customers, day: int, carts: Carts
) -> tuple[Sessions, Carts]:
    """
    Draw the sessions of a day.

    Returns
    -------
    tuple[Sessions, Carts]
        And the carts that remain for later days.
    """
    rng = generator(settings.seed, "sessions", day)
    people = int(rng.poisson(expected(settings, day)))
    share = settings.commerce.bot_share
    bots = int(rng.poisson(expected(settings, day) * share / (1 - share)))
    loyal = np.cumsum(customers.loyalty)
    drawn = np.searchsorted(loyal, rng.random(people) * loyal[-1], side="right")
    robots = rng.integers(len(loyal) - customers.bots, len(loyal), bots)
    now = carts.due < (day + 1) * DAY
    customer = np.concatenate([drawn, robots, carts.customer[now]])
    count = len(customer)
    is_bot = np.zeros(count, np.int64)
    is_bot[people : people + bots] = 1
    taken_up = np.full(count, -1)
    taken_up[people + bots :] = carts.product[now]
    start = np.concatenate(
        [_times(settings, rng, people), rng.uniform(0, DAY, bots), carts.due[now] - day * DAY]
    )
    order = np.argsort(start, kind="stable")
    sessions = _sessions(settings, customers, day, rng, customer[order], start[order])
    sessions.is_bot, sessions.taken_up = is_bot[order], taken_up[order]
    later = Carts(carts.due[~now], carts.customer[~now], carts.product[~now])
    return sessions, later


def _times(settings: Settings, rng: np.random.Generator, count: int) -> Floats:
    """Draw times of the day: the rate is constant within an hour."""
    hours = np.array(settings.commerce.hours)
    drawn = rng.choice(24, count, p=hours / hours.sum())
    times: Floats = (drawn + rng.random(count)) * 3600
    return times


def _sessions(
    settings: Settings,
    customers: Customers,
    day: int,
    rng: np.random.Generator,
    customer: Ints,
    start: Floats,
) -> Sessions:
    count = len(customer)
    is_new = (customers.visits[customer] == 0).astype(np.int64)
    _, first = np.unique(customer, return_index=True)
    again = np.ones(count, bool)
    again[first] = False
    is_new[again] = 0  # the second session of the day is a returning one
    np.add.at(customers.visits, customer, 1)
    device = np.where(
        rng.random(count) < _OTHER_DEVICE_SHARE,
        rng.integers(0, len(DEVICES), count),
        customers.device[customer],
    )
    shares = np.where(is_new[:, None] == 1, _NEW_SHARES, _RETURNING_SHARES)
    referrer = (rng.random(count)[:, None] > np.cumsum(shares, axis=1)).sum(axis=1)
    running = campaign(settings, day)
    by_campaign = rng.random(count) < _CAMPAIGN_MAIL_SHARE
    if running >= 0:
        referrer = np.where(by_campaign, MAIL, referrer)
    return Sessions(
        start=start,
        customer=customer,
        device=device,
        referrer=np.minimum(referrer, len(REFERRERS) - 1),
        campaign=np.where(by_campaign, running, -1) if running >= 0 else np.full(count, -1),
        is_bot=np.zeros(count, np.int64),
        is_new=is_new,
        is_treated=customers.in_treatment[customer],
        last_late=customers.last_late[customer],
        taken_up=np.full(count, -1),
    )
