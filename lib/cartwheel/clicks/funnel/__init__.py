"""Funnels of any steps: how far visits come, by what, and where they go instead."""

from cartwheel.clicks.funnel.building import Builder
from cartwheel.clicks.funnel.definition import STANDARD, Funnel, Step, read
from cartwheel.clicks.funnel.measuring import compared, counts, instead, path, went
from cartwheel.clicks.predicates import COLUMNS

__all__ = [
    "COLUMNS", "STANDARD", "Builder", "Funnel", "Step", "compared", "counts", "instead", "path",
    "read", "went",
]  # fmt: skip
