"""What a funnel is: its steps, their order, whose it is, and in what time."""

from dataclasses import dataclass
from typing import Any, Self

from cartwheel.clicks import definitions, predicates
from cartwheel.errors import UsageError, unknown

UNITS = {"visit": "session_id", "person": "user_id", "order": "order_id"}
ORDERS = ("loose", "strict")
VISITORS = ("people", "bots", "all")
MOST_STEPS = 20


@dataclass(frozen=True)
class Step:
    """
    A step: its name, the condition that an event of it meets, and whether it may be left out.

    ``where`` is a comparison of columns with literals, see
    :func:`cartwheel.clicks.funnel.predicates.checked`.
    """

    name: str
    where: str
    is_optional: bool = False


@dataclass(frozen=True)
class Funnel:
    """
    A funnel.

    Attributes
    ----------
    steps
        In their order.
    unit
        Whose: of a ``visit``, a ``person`` or an ``order``.
    order
        ``loose``: other events may lie between two steps; ``strict``: none may.
    within_seconds
        Time from the first step to the last, at most; None for any.
    exclude
        Condition of events that may not lie between the first step and the last; empty for none.
    visitors
        Whose visits count: of ``people``, of ``bots`` or of ``all``.
    """

    steps: tuple[Step, ...]
    unit: str = "visit"
    order: str = "loose"
    within_seconds: float | None = None
    exclude: str = ""
    visitors: str = "people"

    def checked(self) -> Self:
        """
        Return the same funnel.

        Raises
        ------
        UsageError
            Naming what is not allowed.
        """
        if self.unit not in UNITS:
            raise unknown("unit", self.unit, list(UNITS))
        if self.order not in ORDERS:
            raise unknown("order", self.order, list(ORDERS))
        if self.visitors not in VISITORS:
            raise unknown("kind of visitors", self.visitors, list(VISITORS))
        if not 1 <= len(self.steps) <= MOST_STEPS:
            raise UsageError(f"A funnel has 1 to {MOST_STEPS} steps, got {len(self.steps)}.")
        for end in (self.steps[0], self.steps[-1]):
            if end.is_optional:
                raise UsageError(f"Step {end.name!r}: the first and the last cannot be optional.")
        if self.within_seconds is not None and not self.within_seconds > 0:
            raise UsageError(f"within_seconds: above 0, got {self.within_seconds!r}.")
        return self


STANDARD = Funnel(
    (
        Step("View", "event_type = 'view'"),
        Step("Click", "event_type = 'click'"),
        Step("Add to cart", "event_type = 'add_to_cart'"),
        Step("Purchase", "event_type = 'purchase'"),
    )
)


def read(text: str, where: str = "the funnel") -> Funnel:
    """
    Read a funnel from TOML: keys as in :class:`Funnel`, a table ``[[steps]]`` for each step.

    Raises
    ------
    UsageError
        Naming what is not understood.
    """
    told = definitions.parsed(text, where)
    steps = told.pop("steps", [])
    if not isinstance(steps, list) or not all(isinstance(each, dict) for each in steps):
        raise UsageError(f"{where}: steps are tables, each below a line [[steps]].")
    made = tuple(
        definitions.made(Step, each, f"{where}, step {n}") for n, each in enumerate(steps, 1)
    )
    return definitions.made(Funnel, {**told, "steps": made}, where).checked()


def written(funnel: Funnel, by: str = "") -> dict[str, Any]:
    """
    Return what the funnel's SQL is rendered with: checked predicates, and where each step leads.

    Raises
    ------
    UsageError
        Naming the step whose predicate is not allowed.
    """
    steps, values = funnel.checked().steps, dict[str, str]()
    told: list[dict[str, Any]] = []
    for n, step in enumerate(steps, 1):
        # A step follows the one before, or the one before that if that may be left out.
        back = n - 1
        while back > 1 and steps[back - 1].is_optional:
            back -= 1
        sources = [f"began_{k}" for k in range(max(1, back), n)] if n > 1 else []
        needed = [k for k in range(n + 1, len(steps) + 1) if not steps[k - 1].is_optional]
        told.append(
            {
                "number": n,
                "where": predicates.checked(step.where, f"Step {step.name!r}", values),
                "sources": sources[0] if len(sources) == 1
                else f"greatest_ignore_nulls({', '.join(sources)})",
                "needed_next": needed[0] if needed and not step.is_optional else 0,
            }
        )  # fmt: skip
    exclude = "false"
    if funnel.exclude:
        exclude = predicates.checked(funnel.exclude, "exclude", values)
    slice_by = predicates.column(by, "by") if by else "null"
    asked = [exclude, slice_by, *(str(each["where"]) for each in told)]
    return {
        "steps": told, "unit": UNITS[funnel.unit], "is_strict": funnel.order == "strict",
        "exclude": exclude, "by": slice_by, "visitors": funnel.visitors,
        "is_as_of_then": any("product." in each for each in asked), "values": values,
    }  # fmt: skip
