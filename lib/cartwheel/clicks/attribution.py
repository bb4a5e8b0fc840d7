"""Which channel brought the purchases, by each rule of attribution beside the others."""

import numpy as np
import pandas as pd

from cartwheel.errors import UsageError
from cartwheel.finding import Finding, counted
from cartwheel.timeframe import Interval
from cartwheel.warehouse import Warehouse
from cartwheel.warehouse.provenance import made_from

START, PURCHASE, NONE = "(start)", "(purchase)", "(none)"
# By the way alone, and by what the ways would be without the channel.
RULES = {
    "first": "First touch", "last": "Last touch", "linear": "Linear", "position": "Position",
    "decay": "Time decay", "markov": "Markov removal",
}  # fmt: skip


def read(warehouse: Warehouse, time: Interval, lookback_days: int = 30) -> pd.DataFrame:
    """
    Return what each channel brought by each rule; rows as :func:`compared`.

    Parameters
    ----------
    lookback_days
        A visit counts for a purchase that comes at most so many days after it.

    Raises
    ------
    UsageError
        If the days are not between 0 and 365.
    """
    if not 0 <= lookback_days <= 365:
        raise UsageError(f"lookback_days = {lookback_days}: from 0 to 365 are allowed.")
    asked = {"lookback_days": lookback_days, **time._asdict()}
    credits = warehouse.query_file("clicks/attribution/credits", **asked)
    steps = warehouse.query_file("clicks/attribution/steps", **asked)
    return made_from(compared(credits, steps), credits, steps)


def compared(credits: pd.DataFrame, steps: pd.DataFrame) -> pd.DataFrame:
    """
    Return each channel's share of the purchases by each rule.

    Returns
    -------
    DataFrame
        A row per channel and rule: ``channel``, ``rule``, ``purchases``, ``share``,
        ``revenue`` (null for the Markov chain, which knows no money).
    """
    total = float(credits["first_purchases"].sum())
    effects = removal(steps)
    rows = []
    for channel, one in zip(credits["channel"], credits.to_dict("records"), strict=True):
        for rule, name in RULES.items():
            bought = total * effects[channel] if rule == "markov" else one[f"{rule}_purchases"]
            revenue = None if rule == "markov" else one[f"{rule}_revenue"]
            rows.append((channel, name, bought, bought / total if total else np.nan, revenue))
    frame = pd.DataFrame(rows, columns=["channel", "rule", "purchases", "share", "revenue"])
    return frame.astype({"purchases": float, "share": float, "revenue": float})


def removal(steps: pd.DataFrame) -> dict[str, float]:
    """
    Return each channel's share of the removal effects of a first-order Markov chain.

    The effect of a channel is how much less likely a way ends with a purchase if whoever comes
    to the channel is lost. Source: Anderl et al. (2016), Mapping the customer journey,
    International Journal of Research in Marketing 33(3).
    """
    channels = sorted(set(steps["from_channel"]) - {START})
    places = {name: place for place, name in enumerate([START, *channels])}
    moves, ends = np.zeros((len(places), len(places))), np.zeros(len(places))
    columns = (steps["from_channel"], steps["to_channel"], steps["count_steps"])
    for begin, end, count in zip(*columns, strict=True):
        if end == PURCHASE:
            ends[places[begin]] += count
        elif end != NONE:
            moves[places[begin], places[end]] += count
    sums = steps.groupby("from_channel")["count_steps"].sum()
    every = np.array([max(1.0, float(sums.get(name, 0.0))) for name in places])
    moves, ends = moves / every[:, None], ends / every
    whole = _bought(moves, ends)
    effects = {}
    for channel in channels:
        without, gone = moves.copy(), places[channel]
        without[:, gone] = 0.0
        effects[channel] = whole - _bought(without, ends)
    total = sum(effects.values())
    return {name: effect / total if total else np.nan for name, effect in effects.items()}


def _bought(moves: np.ndarray, ends: np.ndarray) -> float:
    """Return how likely a way from the start ends with a purchase."""
    return float(np.linalg.solve(np.eye(len(ends)) - moves, ends)[0])


def finding(rows: pd.DataFrame) -> Finding:
    """Say which channel brings most, and whether the rules agree on it; rows as given."""
    known = rows.dropna(subset=["share"])
    if known.empty:
        return Finding("No identified visitor bought in this time", rows.head(0))
    purchases = counted(round(known[known["rule"] == RULES["last"]]["purchases"].sum()), "purchase")
    channels = known["channel"].unique()
    if len(channels) == 1:
        return Finding(f"All of {purchases} came by {channels[0]}", rows)
    # Of two that are alike by a rule both lead.
    most = known.groupby("rule")["share"].transform("max")
    best = known[np.isclose(known["share"], most)]
    if len(best) == len(known):
        return Finding(f"Each channel brought as many of {purchases} as the others", rows)
    if best["channel"].nunique() > 1:
        told = ", ".join(sorted(set(best["channel"])))
        return Finding(f"Which channel brings most depends on the rule: {told}", rows)
    low, high = best["share"].min(), best["share"].max()
    between = f"{low:.0%}" if f"{low:.0%}" == f"{high:.0%}" else f"{low:.0%} to {high:.0%}"
    text = f"By every rule {best['channel'].iloc[0]} brings most: {between} of {purchases}"
    return Finding(text, rows)
