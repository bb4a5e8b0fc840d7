"""The experiment and the late deliveries: effects that the world has, found in its clicks."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from cartwheel.clicks import carts, delivery_effect, experiment, overview
from cartwheel.clicks.experiment import course, difference
from cartwheel.estimation.intervals import WITHIN_95
from cartwheel.estimation.logit import Effect

from benchmarks.truth.claims import Claim, wilson
from benchmarks.truth.worlds import Values, World, landed, merged

WORLD: Values = {"trucks": 20, "customers": 5000, "days": 28}
REPEATED = 2000  # re-randomisations of one log
AREA = "experiment"


class Found(NamedTuple):
    """The effects of a world, beside what was put in."""

    treated: Effect
    late: Effect
    promised: Effect
    truth: tuple[float, float, float]


def claims(seeds: Sequence[int], more: Values) -> list[Claim]:
    """Measure the claims over some seeds."""
    found, lines = [], []
    for number, seed in enumerate(seeds):
        with landed(merged(merged(WORLD, more), {"seed": seed})) as world:
            if not number:
                lines = repeated(world)
            found.append(effects(world))
    for place, (name, goal, widest) in enumerate(
        (("uplift of a carted product", 0.85, 0.06), ("log-odds of a late delivery", 0.85, 0.12),
         ("log-odds of a promised day", 0.85, 0.05))
    ):  # fmt: skip
        measured = [(each.treated, each.late, each.promised)[place] for each in found]
        told = [(effect, each.truth[place]) for effect, each in zip(measured, found, strict=True)]
        held = sum(effect.low < truth < effect.high for effect, truth in told)
        width = max(effect.half_width for effect, _ in told)
        lines.append(
            Claim(AREA, f"{name}: worlds whose interval holds it", goal, held / len(found),
                  len(found), interval=wilson(held, len(found)))
        )  # fmt: skip
        lines.append(
            Claim(AREA, f"{name}: widest half of an interval", widest, width, len(found),
                  is_at_most=True)
        )  # fmt: skip
    return lines


def effects(world: World) -> Found:
    """Return what is found in a world, on its own clock."""
    offset = -round(world.settings.logistics.utc_offset_hours)
    time = overview.span(world.warehouse)
    rows = world.warehouse.query_file(
        "clicks/carts/bought", zone=f"Etc/GMT{offset:+d}", **time._asdict()
    )
    told = delivery_effect.told(rows)
    log = experiment.read(world.warehouse, time)
    treated = rows.merge(log.persons[["user_id", "is_treated"]], on="user_id")
    uplift = carts.effects(treated, {"treated": treated["is_treated"]})["treated"]
    funnel = world.settings.funnel
    truth = (funnel.purchase_treatment, funnel.purchase_last_late, funnel.purchase_promised_day)
    return Found(uplift, told.effects[carts.LATE], told.effects[carts.PROMISED], truth)


def repeated(world: World) -> list[Claim]:
    """Draw the arms of one log anew, again and again: intervals hold zero, looks are not fooled."""
    log = experiment.read(world.warehouse, overview.span(world.warehouse))
    draw = np.random.default_rng(0)
    held = dict.fromkeys(difference.ESTIMANDS, 0)
    alarms = 0
    for _ in range(REPEATED):
        treated = draw.random(len(log.persons)) < 0.5
        again = log._replace(persons=log.persons.assign(is_treated=treated))
        for name, each in difference.estimates(again).items():
            held[name] += abs(each.difference) < WITHIN_95 * each.error
        alarms += any(
            low > 0 or high < 0
            for low, high in (
                course.always_valid(gap, error, 0.1 * base)
                for _, gap, error, base, _ in course.looks(again, treated)
            )
        )
    worst = max(held.values(), key=lambda count: abs(count / REPEATED - 0.95))
    return [
        Claim(AREA, "95 % intervals that hold zero, the worst estimand, off 95 %", 0.015,
              abs(worst / REPEATED - 0.95), REPEATED, is_at_most=True),
        Claim(AREA, "false alarms, looked at every day", 0.05, alarms / REPEATED, REPEATED,
              is_at_most=True, interval=wilson(alarms, REPEATED)),
    ]  # fmt: skip
