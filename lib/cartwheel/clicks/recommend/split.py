"""Visits parted by the time when they began: to learn from, and to be tried on."""

from datetime import datetime
from typing import NamedTuple

import numpy as np
import pandas as pd

from cartwheel.errors import UsageError

COLUMNS = ("session_id", "product_id", "stepped_at")
LONGEST_VISIT = 200  # steps that are tried
_LEARNED_SHARE = 0.75


class Split(NamedTuple):
    """
    What is learned from and what is to be found.

    Attributes
    ----------
    at
        Visits that began before are learned from.
    steps
        ``session_id``, ``step_number``, ``product_id``, ``product`` (a number from zero),
        ``stepped_at``, ``started_at``; of the later visits only those that are tried.
    wanted
        Steps of the later visits but the first of each: the same, with ``request`` (a number
        from zero) and ``is_new`` (the visit did not see the product before).
    """

    at: datetime
    steps: pd.DataFrame
    wanted: pd.DataFrame

    @property
    def products(self) -> pd.Index:
        """The product of each number."""
        told = self.steps.drop_duplicates("product").sort_values("product")
        return pd.Index(told["product_id"])

    @property
    def learned(self) -> pd.DataFrame:
        """The steps that are learned from."""
        return self.steps[self.steps["started_at"] < self.at]

    def histories(self, memory: int = LONGEST_VISIT) -> pd.DataFrame:
        """Return what each request knows: ``request``, ``back`` (1: the last), ``product``."""
        tried = self.steps[self.steps["started_at"] >= self.at]
        pairs = self.wanted[["request", "session_id", "step_number"]].merge(
            tried[["session_id", "step_number", "product"]], on="session_id", suffixes=("", "_then")
        )
        pairs["back"] = pairs["step_number"] - pairs["step_number_then"]
        pairs = pairs[(pairs["back"] >= 1) & (pairs["back"] <= memory)]
        return pairs.sort_values(["request", "back"])[["request", "back", "product"]]


def parted(frame: pd.DataFrame, at: datetime | None, most_steps: int) -> Split:
    """
    Part visits by when they began, at a time or behind the first three quarters of them.

    Raises
    ------
    UsageError
        If a column is missing, or one side is left without a visit that can be used.
    """
    if missing := [name for name in COLUMNS if name not in frame]:
        raise UsageError(
            f"No column {', '.join(missing)}: a row is a step of a visit, with "
            f"{', '.join(COLUMNS)}."
        )
    steps = frame[list(COLUMNS)].dropna()
    # Ids may be numbers; the statements compare texts.
    steps[["session_id", "product_id"]] = steps[["session_id", "product_id"]].astype(str)
    steps["stepped_at"] = _moments(steps["stepped_at"])
    at = None if at is None else _moments(pd.Series([at])).iloc[0]
    steps = steps.sort_values("stepped_at", kind="stable", ignore_index=True)
    visits = steps.groupby("session_id")
    steps["started_at"] = visits["stepped_at"].transform("min")
    steps["step_number"] = visits.cumcount() + 1
    if at is None:
        begun = steps["started_at"][steps["step_number"] == 1]
        at = begun.quantile(_LEARNED_SHARE, interpolation="higher") if len(begun) else None
    is_later = steps["started_at"] >= at if at is not None else steps["step_number"] < 1
    later = steps[is_later & (steps["step_number"] <= LONGEST_VISIT)]
    place = _drawn(later, most_steps)
    later = later.assign(place=later["session_id"].map(place)).dropna(subset=["place"])
    later = later.sort_values(["place", "step_number"]).drop(columns="place")
    steps = pd.concat([steps[~is_later], later], ignore_index=True)
    steps["product"] = pd.factorize(steps["product_id"])[0]
    wanted = steps[(steps.index >= len(steps) - len(later)) & (steps["step_number"] > 1)]
    if at is None or is_later.all() or wanted.empty:
        raise UsageError(
            "Too few visits: some must begin earlier, to learn from, and one with two steps later, "
            f"to be tried; the data have {steps['session_id'].nunique():,}, parted at {at}."
        )
    is_new = ~steps.duplicated(["session_id", "product"])
    wanted = wanted.assign(is_new=is_new[wanted.index], request=np.arange(len(wanted)))
    return Split(at, steps, wanted.reset_index(drop=True))


def _moments(column: pd.Series) -> pd.Series:
    """Return times in UTC without saying so, as the warehouse has them."""
    try:
        return pd.to_datetime(column, utc=True).dt.tz_localize(None)
    except (ValueError, TypeError) as error:
        raise UsageError(f"stepped_at, split: not understood as times: {error}.") from None


def _drawn(later: pd.DataFrame, most_steps: int) -> pd.Series:
    """Return the places of visits in an order by chance, of those with so many steps at most."""
    sizes = later.groupby("session_id").size().sample(frac=1.0, random_state=0)
    kept = sizes[sizes.cumsum() <= max(most_steps, sizes.max())] if len(sizes) else sizes
    return pd.Series(np.arange(len(kept)), kept.index)
