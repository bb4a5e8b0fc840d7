"""Audiences: what is expected of people, beside what they paid on days not learned from."""

from collections.abc import Sequence

import numpy as np
from cartwheel.clicks import audiences, intent, overview
from cartwheel.clicks.audiences.likelihood import revenue
from cartwheel.estimation import foresight

from benchmarks.truth.claims import Claim, wilson
from benchmarks.truth.worlds import Values, World, landed, merged

WORLD: Values = {"trucks": 12, "customers": 3000, "days": 35}
EVENTS = 3


def claims(seeds: Sequence[int], more: Values) -> list[Claim]:
    """Measure the claims over some seeds, of all products and of each category."""
    inside, ranked, ratios, early = [], [], [], []
    for seed in seeds:
        with landed(merged(merged(WORLD, more), {"seed": seed})) as world:
            for category in ["", *audiences.persons.categories(world.warehouse)]:
                covered, auc, ratio = foreseen(world, category)
                inside.append(covered)
                ranked.append(auc)
                ratios.append(ratio)
            early.append(told_early(world))
    return [
        Claim(
            "audiences", "money paid lies in the interval that was expected", 0.9,
            float(np.mean(inside)), len(inside), interval=wilson(sum(inside), len(inside)),
        ),
        Claim(
            "audiences", "buyers foreseen of those that bought, median off by", 0.15,
            float(np.median(np.abs(np.array(ratios) - 1))), len(ratios), is_at_most=True,
        ),
        Claim("audiences", "ROC-AUC of who buys within a week, mean", 0.7,
              float(np.mean(ranked)), len(ranked)),
        Claim("audiences", f"ROC-AUC of a visit that buys, after {EVENTS} events", 0.7,
              float(np.mean(early)), len(early)),
    ]  # fmt: skip


def foreseen(world: World, category: str) -> tuple[bool, float, float]:
    """Return whether the interval held, the AUC, and buyers foreseen over buyers."""
    whole = overview.span(world.warehouse)
    tried = audiences.learn(world.warehouse, whole, 7, category).tried
    low, high = revenue(tried)[1:]
    happened, chance = tried["has_bought_after"].astype(bool), tried["probability"].to_numpy(float)
    scores = foresight.scores(happened, chance)
    assert scores is not None
    return (
        bool(low <= tried["paid_after"].sum() <= high),
        scores.auc,
        float(chance.sum() / happened.sum()),
    )


def told_early(world: World) -> float:
    """Return the AUC of a visit's purchase after its first events."""
    found = intent.tried(world.warehouse, overview.span(world.warehouse), EVENTS)
    scores = foresight.scores(
        found["has_bought_after"].astype(bool), found["probability"].to_numpy(float)
    )
    assert scores is not None
    return scores.auc
