"""
Functions that decide in a world's stead: routes, calls to the workshop, orders of stock.

Each is handed what a company would know that morning, and what was sent on the day before; a
function that wants to know more of the past keeps it. What it decides is carried out, or refused
with the name of what cannot be.
"""

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd
from cartwheel.errors import UsageError

from producers.message import Message


@dataclass(frozen=True)
class Morning:
    """
    A depot's morning.

    Attributes
    ----------
    day
        Of the world, from 0.
    depot_id, latitude, longitude
        Where the routes begin and end.
    departs, home_by
        When the trucks leave, and by when a truck must be home by its plan, UTC.
    orders
        Those that are due, the most urgent first: ``order_id``, ``latitude``, ``longitude``,
        ``weight_kg``, ``promised_from``, ``promised_until`` (UTC), ``attempts``.
    trucks
        Those that can drive: ``truck_id``, ``capacity_kg``, ``stops`` (how many at most).
    sent
        All records that were sent on the day before.
    """

    day: int
    depot_id: str
    latitude: float
    longitude: float
    departs: datetime
    home_by: datetime
    orders: pd.DataFrame
    trucks: pd.DataFrame
    sent: Sequence[Message]


@dataclass(frozen=True)
class Night:
    """
    The midnight before a day: whom to call to the workshop.

    Attributes
    ----------
    day
        Of the world, that begins.
    trucks
        Those that are not there already: ``truck_id``, ``depot_id``.
    sent
        All records that were sent on the day before.
    """

    day: int
    trucks: pd.DataFrame
    sent: Sequence[Message]


@dataclass(frozen=True)
class Stockroom:
    """
    The stock before a day.

    Attributes
    ----------
    day
        Of the world, that begins.
    products
        ``product_id``, ``price``, ``stock``, ``on_order`` (pieces), ``sold`` (the day before).
    lead_days
        After how many days what is ordered now can be sold.
    sent
        All records that were sent on the day before.
    """

    day: int
    products: pd.DataFrame
    lead_days: int
    sent: Sequence[Message]


Planner = Callable[[Morning], Mapping[str, Sequence[str]]]
Caller = Callable[[Night], Mapping[str, str]]
Restocker = Callable[[Stockroom], Mapping[str, int]]


@dataclass
class Hooks:
    """
    Who decides; None for the world itself.

    Attributes
    ----------
    planner
        Returns the orders of each truck that is to drive, in the sequence of its route.
    workshop
        Returns the component to be renewed of each truck that is called in.
    restock
        Returns the pieces to be ordered of each product.
    sent
        What was sent on the day before.
    """

    planner: Planner | None = None
    workshop: Caller | None = None
    restock: Restocker | None = None
    sent: list[Message] = field(default_factory=list)

    @property
    def listens(self) -> bool:
        """Whether anybody needs to know what was sent."""
        return any(each is not None for each in (self.planner, self.workshop, self.restock))


def load(name: str, option: str) -> Any:
    """
    Return the function of a name, ``module:function``; the module is looked for here first.

    Raises
    ------
    UsageError
        Naming the option, and what of its value is not there.
    """
    module, colon, function = name.partition(":")
    if not (module and colon and function):
        raise UsageError(f"{option}: 'module:function' is needed, got {name!r}.")
    try:
        found = getattr(importlib.import_module(module), function, None)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module}.".startswith(f"{error.name}."):
            raise
        raise UsageError(f"{option}: there is no module {module!r} here.") from None
    if not callable(found):
        raise UsageError(f"{option}: {module} has no function {function!r}.")
    return found


def require_known(found: Any, known: Sequence[str], what: str, option: str) -> None:
    """
    Refuse names that a hook made up.

    Raises
    ------
    UsageError
        Naming the first.
    """
    if not isinstance(found, Mapping):
        raise UsageError(f"{option}: a dict is needed, got {type(found).__name__}.")
    allowed = set(known)
    for name in found:
        if name not in allowed:
            raise UsageError(f"{option}: {name!r} is no {what} that it was given.")
