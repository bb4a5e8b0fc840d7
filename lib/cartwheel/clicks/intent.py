"""How likely a visit buys, by its first events; tried on visits that came later."""

import numpy as np
import pandas as pd

from cartwheel.display import current
from cartwheel.errors import UsageError
from cartwheel.estimation import foresight
from cartwheel.estimation.boosting import FEWEST, FOLDS, Model
from cartwheel.estimation.drifting import Drifting, can_learn
from cartwheel.estimation.indicators import indicators
from cartwheel.finding import Finding, counted
from cartwheel.timeframe import Interval
from cartwheel.warehouse import Warehouse
from cartwheel.warehouse.provenance import made_from

COLUMNS = ["events", "count_visits", "bought", "auc", "low", "high", "average_precision", "skill"]
_LEARNED_SHARE = 0.75  # of the visits, the first
_PERIODS = 4  # of these: the level of the last is carried on
_MOST_CASES = 20_000  # visits drawn by chance beyond
_MOST_VALUES = 6  # of a column that are told apart
_NUMBERS = (
    "count_views", "count_clicks", "count_carts", "count_products", "count_categories",
    "count_out", "mean_price", "seconds", "visits_before", "orders_before", "days_since_visit",
)  # fmt: skip
_NAMES = ("device_type", "referrer_url", "user_type", "campaign")


def tried(warehouse: Warehouse, whole: Interval, events: int) -> pd.DataFrame:
    """
    Learn from three quarters of the visits who buys, and foresee it of the later ones.

    Parameters
    ----------
    events
        Of a visit that are known; visits that have fewer, or have bought by then, are left out.

    Returns
    -------
    DataFrame
        The later visits: ``session_id``, ``has_bought_after`` and ``probability``; without a row
        if too few visits buy to learn from.

    Raises
    ------
    UsageError
        If events is below 1.
    """
    if events < 1:
        raise UsageError(f"events = {events}: 1 or more of a visit are known.")
    visits = warehouse.query_file("clicks/intent/visits", events=events, **whole._asdict())
    count = int(len(visits) * _LEARNED_SHARE)
    x, bought = _features(visits), visits["has_bought_after"].astype(bool)
    learned = visits.index[:count].to_series()
    learned = learned.sample(min(count, _MOST_CASES), random_state=0).sort_values().index
    period = pd.Series(learned * _PERIODS // max(1, count))
    later = visits.iloc[count:][["session_id", "has_bought_after"]]
    x_learned, y_learned = (each.loc[learned].reset_index(drop=True) for each in (x, bought))
    if period.nunique() < _PERIODS or not can_learn(y_learned, period):
        return made_from(later.iloc[:0].assign(probability=np.empty(0)), visits)
    model = Drifting(x_learned, y_learned, period)
    found = later.assign(probability=model.probability(x.iloc[count:]))
    return made_from(found.reset_index(drop=True), visits)


def _features(visits: pd.DataFrame) -> pd.DataFrame:
    clock = visits["started_at"].dt.tz_localize("UTC").dt.tz_convert(current().zone_key)
    told = {name: visits[name] for name in _NUMBERS}
    told |= {"hour": clock.dt.hour, "weekday": clock.dt.day_of_week}
    told |= indicators(visits, _NAMES, _MOST_VALUES)
    return pd.DataFrame(told).astype(float)


def by_events(parts: dict[int, pd.DataFrame]) -> Finding:
    """
    Say how well buyers are told after so many events.

    Parameters
    ----------
    parts
        Of each number of events what :func:`tried` returned.

    Returns
    -------
    Finding
        Rows: ``events``, ``count_visits``, ``bought`` (share), ``auc`` with ``low`` and ``high``
        (95 %), ``average_precision``, ``skill``; null where nothing can be told.
    """
    rows = []
    for events, part in sorted(parts.items()):
        told = foresight.scores(
            part["has_bought_after"].astype(bool), part["probability"].to_numpy(float)
        )
        values = [np.nan] * 6
        if told is not None:
            values = [
                told.base_rate, told.auc, told.auc_low, told.auc_high, told.average_precision,
                told.skill,
            ]  # fmt: skip
        rows.append((events, len(part), *values))
    found = made_from(pd.DataFrame(rows, columns=COLUMNS), *parts.values())
    known = found.dropna(subset=["auc"])
    if known.empty:
        return Finding("Too few visits buy to tell early which will", found)
    last = known.iloc[-1]
    return Finding(
        f"After {counted(int(last['events']), 'event')} a visit that will buy is told from one "
        f"that will not in {last['auc']:.0%} of the pairs ({last['low']:.0%} to "
        f"{last['high']:.0%})",
        found,
    )


def calibrated(part: pd.DataFrame, events: int) -> Finding:
    """
    Say whether as many visits bought as foreseen; rows of :func:`tried`.

    Returns
    -------
    Finding
        Rows of :func:`cartwheel.estimation.foresight.tenths`.
    """
    happened, chance = part["has_bought_after"].astype(bool), part["probability"].to_numpy(float)
    rows = made_from(foresight.tenths(happened, chance), part)
    if part.empty:
        return Finding(f"Nothing can be foreseen after {counted(events, 'event')}", rows)
    return Finding(
        f"{happened.mean():.1%} of the visits bought, {chance.mean():.1%} were foreseen after "
        f"{counted(events, 'event')}",
        rows,
    )


def evaluate(frame: pd.DataFrame, bought: str, repeats: int = 10) -> pd.DataFrame:
    """
    Score the model on any table of visits, by repeated cross-validation.

    Parameters
    ----------
    frame
        A row a visit; columns of texts are told apart by their values. Rows that are equal but
        for ``bought`` are in one fold.
    bought
        Column that says whether the visit bought: true or false, or 1 or 0.
    repeats
        Of five folds, each drawn anew.

    Returns
    -------
    DataFrame
        A row a repeat: ``roc_auc``, ``average_precision``, ``brier``, means over its folds.

    Raises
    ------
    UsageError
        If there is no such column, or too few visits bought.
    """
    if bought not in frame:
        raise UsageError(f"The table has no column {bought!r}; it has {', '.join(frame)}.")
    y = frame[bought].astype(bool).reset_index(drop=True)
    if not FOLDS * FEWEST <= int(y.sum()) <= len(y) - FOLDS * FEWEST:
        raise UsageError(
            f"{bought}: {int(y.sum()):,} of {len(y):,} visits bought; {FOLDS * FEWEST} that did "
            "and as many that did not are needed."
        )
    rest = frame.drop(columns=bought).reset_index(drop=True)
    alike = pd.Series(pd.factorize(pd.util.hash_pandas_object(rest.astype(str), index=False))[0])
    x = rest.apply(_number)
    return pd.DataFrame([_scored(x, y, alike, seed) for seed in range(repeats)])


def _number(column: "pd.Series[float]") -> "pd.Series[float]":
    if pd.api.types.is_numeric_dtype(column):
        return column.astype(float)
    return pd.Series(pd.factorize(column.astype(str), sort=True)[0].astype(float), column.index)


def _scored(
    x: pd.DataFrame, y: "pd.Series[bool]", alike: "pd.Series[int]", seed: int
) -> dict[str, float]:
    drawn = np.random.default_rng(seed).permutation(int(alike.max()) + 1)
    fold = pd.Series(drawn[alike] % FOLDS)
    told = []
    for each in range(FOLDS):
        learned, held = fold != each, fold == each
        parts = (one[learned].reset_index(drop=True) for one in (x, y, alike.astype(str)))
        found = foresight.scores(y[held], Model(*parts).probability(x[held]))
        if found is not None:
            told.append((found.auc, found.average_precision, found.brier))
    auc, precision, brier = np.mean(told, axis=0)
    return {"roc_auc": float(auc), "average_precision": float(precision), "brier": float(brier)}
