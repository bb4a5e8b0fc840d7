"""
How long the fleet's trucks take from a place to another, learned from their own drives.

Places and the time of departure are all that is used: no map and no speed limits. Intervals are
conformal: widened until they hold what they say on days that were not learned from.
Sources: Friedman (2001), Greedy Function Approximation; Romano, Patterson, Candès (2019),
Conformalized Quantile Regression.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from cartwheel.display import current
from cartwheel.finding import Finding, counted
from cartwheel.timeframe import Interval
from cartwheel.warehouse import Warehouse
from cartwheel.warehouse.provenance import made_from

Floats = NDArray[np.float64]

FEWEST_DRIVES, FEWEST_DAYS = 100, 2
LEVEL = 0.8
_FOLDS = 5
_LOWEST, _HIGHEST = (1 - LEVEL) / 2, (1 + LEVEL) / 2
_SHORTEST_KM = 0.1  # between the ends of a drive: a round trip tells nothing of a way
_SEED = 0
_TRUSTED = ["what", "error", "less", "held", "width"]
_DEGREE_KM = 111.19492664455873  # of the sphere that Snowflake's haversine has


def drives(warehouse: Warehouse, time: Interval) -> pd.DataFrame:
    """
    Return the drives that began in a time, without those that have a gap.

    Returns
    -------
    DataFrame
        Rows: ``truck_id``, ``began_at``, ``ended_at``, ``latitude_from``, ``longitude_from``,
        ``latitude_to``, ``longitude_to``, ``distance_km`` (null if unknown).
    """
    return warehouse.query_file("fleet/routes/drives", **time._asdict())


def _features(begin: Any, end: Any, clock: Any) -> Floats:
    """Return what a way is told by; begin and end are latitudes and longitudes, clock hours."""
    north = np.abs(end[0] - begin[0]) * _DEGREE_KM
    middle = np.cos(np.radians((begin[0] + end[0]) / 2))
    east = np.abs((end[1] - begin[1] + 180) % 360 - 180) * _DEGREE_KM * middle
    parts = np.broadcast_arrays(np.hypot(east, north), east, north, clock)
    return np.column_stack([part.ravel() for part in parts])


class Model:
    """
    What was learned from some drives.

    Attributes
    ----------
    widening
        By so many seconds an interval reaches farther to each side; 0 before it is known.
    """

    def __init__(self, x: Floats, seconds: Floats, kilometres: Floats) -> None:
        known = ~np.isnan(kilometres)
        self._seconds = _boosted(x, seconds, loss="absolute_error")
        self._low = _boosted(x, seconds, loss="quantile", quantile=_LOWEST)
        self._high = _boosted(x, seconds, loss="quantile", quantile=_HIGHEST)
        # The way does not depend on when: hours, the last column, are left out.
        self._kilometres = (
            _boosted(x[known, :-1], kilometres[known], loss="absolute_error")
            if known.sum() >= FEWEST_DRIVES
            else None
        )
        self.widening = 0.0

    def seconds(self, x: Floats) -> Floats:
        """Return the median time of each row."""
        return np.maximum(_said(self._seconds, x), 0.0)

    def interval(self, x: Floats) -> tuple[Floats, Floats]:
        """Return the interval of each row's time."""
        low = np.maximum(_said(self._low, x) - self.widening, 0.0)
        return low, np.maximum(_said(self._high, x) + self.widening, low)

    def kilometres(self, x: Floats) -> Floats:
        """Return the way of each row, at least the great circle; that where none is known."""
        if self._kilometres is None:
            return x[:, 0]
        return np.maximum(_said(self._kilometres, x[:, :-1]), x[:, 0])


def _boosted(x: Floats, y: Floats, **how: Any) -> HistGradientBoostingRegressor:
    model = HistGradientBoostingRegressor(
        max_iter=100, learning_rate=0.12, min_samples_leaf=20, max_leaf_nodes=16,
        random_state=_SEED, **how,
    )  # fmt: skip
    # Threads that wait for each other take longer than one alone.
    with threadpool_limits(1):
        return model.fit(x, y)


def _said(model: HistGradientBoostingRegressor, x: Floats) -> Floats:
    with threadpool_limits(1):
        found: Floats = model.predict(x)
    return found


@dataclass(frozen=True)
class Travel:
    """
    Learned travel times with their proof.

    Attributes
    ----------
    model
        Learned from all drives.
    tried
        The drives, each foreseen by a model that did not learn from its day: those of
        :func:`drives` with ``seconds``, ``foreseen``, ``low``, ``high``, and ``constant`` and
        ``hourly``: by the best constant speed, and by each hour's, over the great circle.
    """

    model: Model
    tried: pd.DataFrame

    def ratios(self, days: int, drives: int, rng: np.random.Generator) -> Floats:
        """
        Draw how many times what was foreseen drives take that were not learned from.

        Rain, or a slow driver, is of a whole day: a row is drawn of the drives of one truck and
        day. Shape ``(days, drives)``.
        """
        ratio = (self.tried["seconds"] / self.tried["foreseen"]).to_numpy(float)
        places = list(self.tried.groupby(["truck_id", "day"]).indices.values())
        chosen = rng.integers(len(places), size=days)
        return np.stack([ratio[rng.choice(places[n], drives)] for n in chosen])

    @property
    def bias(self) -> float:
        """Times the median that drives take on average."""
        return float(self.tried["seconds"].sum() / self.tried["foreseen"].sum())

    def between(self, begin: Any, end: Any, clock: Any) -> tuple[Floats, Floats]:
        """
        Return the time and the way between places.

        Parameters
        ----------
        begin, end
            Latitudes and longitudes, arrays that broadcast.
        clock
            When it begins, in hours of the environment's clock.

        Returns
        -------
        tuple of ndarray
            Median seconds, kilometres.
        """
        shape = np.broadcast_shapes(*(np.shape(each) for each in (*begin, *end, clock)))
        x = _features(begin, end, np.asarray(clock, float) % 24)
        return self.model.seconds(x).reshape(shape), self.model.kilometres(x).reshape(shape)


def learn(rows: pd.DataFrame) -> Travel | None:
    """
    Learn from drives (rows of :func:`drives`).

    Returns
    -------
    Travel or None
        None if they are fewer than 100, or of less than two days.
    """
    table = usable(rows)
    days = table["day"].nunique()
    if len(table) < FEWEST_DRIVES or days < FEWEST_DAYS:
        return None
    x, seconds = inputs(table), table["seconds"].to_numpy()
    kilometres = table["distance_km"].to_numpy(float)
    fold = (table["day"].rank(method="dense").astype(int) % min(_FOLDS, days)).to_numpy()
    tried = table.assign(foreseen=np.nan, low=np.nan, high=np.nan, constant=np.nan, hourly=np.nan)
    names = ["foreseen", "low", "high", "constant", "hourly"]
    for part in np.unique(fold):
        out = fold == part
        model = Model(x[~out], seconds[~out], np.full((~out).sum(), np.nan))
        tried.loc[out, names] = np.column_stack(
            [model.seconds(x[out]), *model.interval(x[out]), *_simple(x, seconds, out)]
        )
    outside = np.maximum(tried["low"] - tried["seconds"], tried["seconds"] - tried["high"])
    model = Model(x, seconds, kilometres)
    model.widening = float(np.quantile(outside, LEVEL))
    # Each fold is widened by what the others need, so that what it holds is no tautology.
    more = np.array([np.quantile(outside[fold != part], LEVEL) for part in np.unique(fold)])
    wider = more[np.searchsorted(np.unique(fold), fold)]
    tried = tried.assign(low=(tried["low"] - wider).clip(lower=0), high=tried["high"] + wider)
    return Travel(model, made_from(tried, rows))


def usable(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the drives that a time can be learned from, with day, hour and seconds."""
    clock = current().clocks(rows["began_at"])
    seconds = (rows["ended_at"] - rows["began_at"]) / timedelta(seconds=1)
    table = rows.assign(
        day=clock.dt.normalize(), hour=(clock - clock.dt.normalize()) / timedelta(hours=1),
        seconds=seconds.astype(float),
    )  # fmt: skip
    places = ["latitude_from", "longitude_from", "latitude_to", "longitude_to"]
    table = table.dropna(subset=[*places, "seconds"])
    is_way = inputs(table)[:, 0] >= _SHORTEST_KM
    return table[is_way & (table["seconds"] > 0)].reset_index(drop=True)


def inputs(table: pd.DataFrame) -> Floats:
    """Return what usable drives are told by: km of great circle, east, north; hour of the clock."""
    begin, end = (
        tuple(table[f"{name}_{side}"].to_numpy(float) for name in ("latitude", "longitude"))
        for side in ("from", "to")
    )
    return _features(begin, end, table["hour"].to_numpy(float))


def _simple(x: Floats, seconds: Floats, out: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return what a constant speed and each hour's own foresee, learned from the others."""
    far, hour = x[:, 0], x[:, 3].astype(int)
    pace = pd.Series(seconds[~out] / far[~out])
    constant = float(pace.median())
    hourly = pace.groupby(hour[~out]).median().reindex(range(24)).fillna(constant).to_numpy()
    return far[out] * constant, far[out] * hourly[hour[out]]


def trusted(travel: Travel | None, rows: pd.DataFrame) -> Finding:
    """
    Say how well drives are foreseen on days that were not learned from.

    Returns
    -------
    Finding
        Rows, the worst first: ``what``, ``error`` (mean absolute error in seconds), ``less`` (the
        share by which it is less than the constant's); of the learned times also ``held`` (share
        of the drives inside their interval) and ``width`` (mean, seconds).
    """
    if travel is None:
        text = (
            f"Travel times are learned from {FEWEST_DRIVES} drives on {FEWEST_DAYS} days; only "
            f"{counted(len(usable(rows)), 'drive')} can be used"
        )
        return Finding(text, made_from(pd.DataFrame(columns=_TRUSTED), rows))
    tried = travel.tried
    errors = {
        what: float((tried["seconds"] - tried[name]).abs().mean())
        for name, what in (
            ("constant", "One speed for all"), ("hourly", "A speed for each hour"),
            ("foreseen", "Learned"),
        )
    }  # fmt: skip
    rows = pd.DataFrame({"what": list(errors), "error": list(errors.values())})
    rows["less"] = 1 - rows["error"] / rows["error"].iloc[0]
    held = tried["seconds"].between(tried["low"], tried["high"]).mean()
    is_learned = rows["what"] == "Learned"
    rows["held"] = np.where(is_learned, held, np.nan)
    rows["width"] = np.where(is_learned, (tried["high"] - tried["low"]).mean(), np.nan)
    learned, constant = errors["Learned"], errors["One speed for all"]
    text = f"Learned travel times are off by {learned:.0f} s on average"
    if learned < constant and len(tried) > 1:
        text += f", {1 - learned / constant:.0%} less than one speed for all"
    return Finding(text, made_from(rows, tried))
