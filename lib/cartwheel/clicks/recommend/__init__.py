"""What to recommend: beside a product, in a visit, to a person."""

from cartwheel.clicks.recommend.answers import (
    beside,
    compared,
    listed,
    names,
    persons,
    to,
    tried,
)
from cartwheel.clicks.recommend.evaluation import OURS, evaluate
from cartwheel.clicks.recommend.model import Built, build, request
from cartwheel.clicks.recommend.weights import Weights

__all__ = [
    "OURS",
    "Built",
    "Weights",
    "beside",
    "build",
    "compared",
    "evaluate",
    "listed",
    "names",
    "persons",
    "request",
    "to",
    "tried",
]
