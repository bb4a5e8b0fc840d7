"""How much each observation counts in what is recommended."""

import math
from typing import Any, NamedTuple

from cartwheel.errors import UsageError


class Weights(NamedTuple):
    """
    How a visit's last products and those of earlier visits are weighed.

    The defaults were chosen on the visits of April to June 2008 of a clothing shop (UCI,
    dataset 553), which the tests of July and August do not touch.

    Attributes
    ----------
    reach
        Steps between two products of a visit, at most, that count as one leading to the other.
    fade
        Factor on that weight a step further away, 0 to 1.
    back
        Weight of the product before, beside that of the product behind.
    half_life_days
        Of a visit's weight.
    prior
        Weight that a product's successors must have together until half of it is believed.
    trust
        How often a product must come behind the same two until that counts as much as all else.
    recency
        Factor on the weight of a visit's product a step further back, 0 to 1.
    memory
        Steps back that count.
    most
        Successors that are kept of a product, the strongest.
    """

    reach: int = 3
    fade: float = 0.3
    back: float = 0.1
    half_life_days: float = 180.0
    prior: float = 20.0
    trust: float = 150.0
    recency: float = 0.15
    memory: int = 5
    most: int = 200

    def checked(self) -> "Weights":
        """
        Return the same weights.

        Raises
        ------
        UsageError
            Naming the one that is outside of what it may be.
        """
        for name, value in self._asdict().items():
            least, most = _RANGES[name]
            if not (isinstance(value, int | float) and least <= value <= most):
                raise UsageError(
                    f"Weight {name}: from {least:g} to {most:g} is allowed, got {value!r}."
                )
        return self

    @property
    def of_pairs(self) -> dict[str, Any]:
        """What the queries of the model bind."""
        names = ("reach", "fade", "back", "half_life_days", "prior", "most")
        return {name: getattr(self, name) for name in names}

    @property
    def of_scores(self) -> dict[str, Any]:
        """What the queries of the scores bind."""
        return {name: getattr(self, name) for name in ("recency", "trust", "memory")}


_RANGES = {
    "reach": (1, 20), "fade": (0, 1), "back": (0, 10), "half_life_days": (0.01, math.inf),
    "prior": (0, math.inf), "trust": (1e-9, math.inf), "recency": (0, 1), "memory": (1, 50),
    "most": (1, 10_000),
}  # fmt: skip
# A Markov chain of the first order: what came behind the last product, as often as it did.
MARKOV = Weights(
    reach=1, fade=0, back=0, half_life_days=math.inf, prior=0, trust=math.inf, recency=0, memory=1
)
# Nothing but how often each product is looked at.
POPULARITY = MARKOV._replace(prior=math.inf)
