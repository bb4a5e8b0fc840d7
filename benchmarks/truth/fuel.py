"""Fuel: refuels, losses and receipts against the truth, and what a truck burns in a week."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

import pandas as pd
from cartwheel.fleet import fuel, overview
from cartwheel.timeframe import Interval

from benchmarks.truth.claims import Claim, wilson
from benchmarks.truth.worlds import Values, World, landed, merged

AREA = "fuel"
WORLD: Values = {
    "trucks": 20, "customers": 5000, "days": 28,
    # So that some seeds hold enough of what is rare.
    "losses": {"thefts_per_truck_day": 0.08, "receipts_missing": 0.25, "receipts_wrong": 0.2},
}  # fmt: skip
LEAST_THEFT = 5.0  # litres
_SLACK = pd.Timedelta(minutes=10)


class Matched(NamedTuple):
    """Of truth and finding: the pairs, and how many there are of each."""

    pairs: pd.DataFrame
    real: int
    found: int


def claims(seeds: Sequence[int], more: Values) -> list[Claim]:
    """Measure the claims over some seeds."""
    unpaid, thefts, wrong, weeks = [], [], [], []
    for seed in seeds:
        with landed(merged(merged(WORLD, more), {"seed": seed})) as world:
            time = overview.span(world.warehouse)
            seen = fuel.events(world.warehouse, time)
            paid = fuel.receipts(seen).rows
            receipts = world.truth["receipts"].assign(
                at=world.instants(world.truth["receipts"]["at"])
            )
            stolen = world.truth["thefts"].assign(at=world.instants(world.truth["thefts"]["at"]))
            refuels = seen[seen["kind"] == "refuel"]
            unpaid.append(match(receipts[receipts["is_missing"]],
                                refuels[refuels["receipt_litres"].isna()]))  # fmt: skip
            thefts.append(match(stolen, seen[seen["kind"] == "loss"]))
            fits = receipts["is_wrong"] & ~receipts["is_missing"]
            called = paid[paid["verdict"].isin(["wrong", "nothing reached the tank"])]
            wrong.append(match(receipts[fits], called.assign(earliest_at=called["happened_at"])))
            weeks.append(_weeks(world, time))
    return [
        *_both("refuels without a receipt", 0.99, unpaid),
        _error(unpaid),
        *_both("thefts of 5 L and more", 0.95, [_large(each) for each in thefts]),
        *_both("wrong receipts", 0.9, wrong),
        *_burnt(pd.concat(weeks)),
    ]


def match(real: pd.DataFrame, found: pd.DataFrame) -> Matched:
    """Pair what happened with what was found of the same truck and time, each once."""
    pairs, left = [], found
    for row in real.itertuples():
        near = left[
            (left["truck_id"] == row.truck_id)
            & (left["earliest_at"] - _SLACK <= row.at)
            & (left["happened_at"] + _SLACK >= row.at)
        ]
        if len(near):
            place = (near["happened_at"] - row.at).abs().idxmin()
            pairs.append({"real": row.litres, "found": abs(near.loc[place, "litres"])})
            left = left.drop(index=place)
    return Matched(pd.DataFrame(pairs, columns=["real", "found"]), len(real), len(found))


def _large(thefts: Matched) -> Matched:
    """Leave out thefts below the limit: neither finding nor missing one counts."""
    small = thefts.pairs[thefts.pairs["real"] < LEAST_THEFT]
    large = thefts.pairs[thefts.pairs["real"] >= LEAST_THEFT]
    return Matched(large, thefts.real, thefts.found - len(small))


def _both(what: str, goal: float, matched: list[Matched]) -> list[Claim]:
    hits = sum(len(each.pairs) for each in matched)
    real, found = (sum(each[n] for each in matched) for n in (1, 2))
    return [
        Claim(AREA, f"{what}: recall", goal, hits / max(1, real), real,
              interval=wilson(hits, real)),
        Claim(AREA, f"{what}: precision", goal, hits / max(1, found), found,
              interval=wilson(hits, found)),
    ]  # fmt: skip


def _error(matched: list[Matched]) -> Claim:
    pairs = pd.concat([each.pairs for each in matched])
    error = float((pairs["real"] - pairs["found"]).abs().mean())
    what = "refuels without a receipt: mean error"
    return Claim(AREA, what, 1.0, error, len(pairs), " L", is_at_most=True)


def _weeks(world: World, time: Interval) -> pd.DataFrame:
    """Return what each truck used in each whole week, found and true."""
    days = world.truth["truck_days"]
    found = []
    first = world.settings.local_midnight.replace(tzinfo=None)
    for week in range(world.settings.days // 7):
        begin = first + timedelta(days=7 * week)
        rows = fuel.ledger(world.warehouse, Interval(begin, begin + timedelta(days=7))).rows
        real = days[days["day"].between(7 * week, 7 * week + 6)].groupby("truck_id")
        burnt = real[["litres_burnt", "litres_leaked"]].sum().sum(axis=1).rename("real")
        found.append(rows.join(burnt, on="truck_id"))
    whole = pd.concat(found)
    return whole[whole["real"] > 0]


def _burnt(weeks: pd.DataFrame) -> list[Claim]:
    error = (weeks["used"] - weeks["real"]).abs()
    close = int((error <= 0.015 * weeks["real"]).sum())
    held = int(((weeks["low"] <= weeks["real"]) & (weeks["real"] <= weeks["high"])).sum())
    width = float((weeks["high"] - weeks["low"]).median() / error.median())
    count = len(weeks)
    return [
        Claim(AREA, "litres a truck-week within 1.5 %", 0.95, close / count, count,
              interval=wilson(close, count)),
        Claim(AREA, "coverage of the 80 % intervals off by, litres a truck-week", 0.03,
              abs(held / count - 0.8), count, is_at_most=True, interval=wilson(held, count)),
        Claim(AREA, "median width over median error, litres a truck-week", 4, width, count,
              is_at_most=True),
    ]  # fmt: skip
