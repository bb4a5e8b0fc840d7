"""How far the risks can be trusted: tried on trucks and days that were not learned from."""

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from cartwheel.display import current
from cartwheel.estimation import boosting
from cartwheel.estimation.intervals import wilson
from cartwheel.finding import Finding, counted
from cartwheel.fleet.maintenance import risk
from cartwheel.fleet.maintenance.assessment import Assessment

POLICIES = {
    "risk": "Called in by risk",
    "interval": "At the best fixed interval",
    "truth": "By who knows the failures",
}
LIKELY = 0.05  # risks below are too small to compare one by one


def saved(assessed: Assessment) -> Finding:
    """Say what calling in by risk would have saved against running to failure."""
    if assessed.trial is None:
        return Finding(
            f"The rule cannot be tried on the past: {counted(assessed.failures, 'failure')} on "
            f"the road {'is' if assessed.failures == 1 else 'are'} known",
            pd.DataFrame(columns=["policy", "calls", "in_vain", "failures", "saved"]),
        )
    rows = assessed.trial.policies
    money = rows.set_index("policy")["saved"]
    rows = rows.assign(name=rows["policy"].map(POLICIES))
    if not money["truth"] > 0:
        return Finding("Nothing could have been saved by calling trucks in", rows)
    amount, share = money["risk"], money["risk"] / money["truth"]
    if not amount > 0:
        return Finding("Called in by risk, nothing would have been saved", rows)
    return Finding(
        f"Called in by risk, the trucks would have cost {current().money(amount)} less than run "
        f"to failure: {share:.0%} of what who knows the failures saves",
        rows,
    )


def scores(assessed: Assessment) -> Finding:
    """Return how well failures are foreseen, beside the condition, the age and the base rate."""
    if assessed.fitted is None or assessed.fitted.scores.empty:
        return Finding(
            "Too few failures to say how well they are foreseen", pd.DataFrame(columns=risk.SCORES)
        )
    rows = assessed.fitted.scores
    skill = float(rows.set_index("what")["skill"]["model"])
    return Finding(
        f"On trucks and days that it had not seen, the model's error is {skill:.0%} below the "
        "base rate's" if skill > 0 else "The model foresees failures as badly as the base rate",
        rows,
    )  # fmt: skip


def calibration(predictions: pd.DataFrame) -> pd.DataFrame:
    """
    Return what was foreseen beside what happened, by tenths of the probability.

    Returns
    -------
    DataFrame
        ``predicted`` and ``observed`` (means), ``low`` and ``high`` of the observed (95 %,
        Wilson, of as many cases as there are units), ``count``, ``units``.
    """
    predictions = predictions.dropna(subset=["is_failing"])
    place = np.minimum((predictions["probability"] * 10).astype(int), 9)
    grouped = predictions.groupby(place)
    rows = grouped.agg(
        predicted=("probability", "mean"), observed=("is_failing", "mean"),
        count=("is_failing", "size"), units=("unit", "nunique"),
    ).reset_index(drop=True)  # fmt: skip
    # A unit's days are nearly one case: as many cases as units, not as days.
    low, high = wilson(rows["observed"], rows["units"])
    return rows.assign(low=low, high=high)


def fits(tenths: pd.DataFrame) -> "pd.Series[bool]":
    """Return of each likely tenth (of :func:`calibration`) whether it happened as foreseen."""
    likely = tenths[tenths["predicted"] > LIKELY]
    return likely["predicted"].between(likely["low"], likely["high"])


def slope(predictions: pd.DataFrame) -> float:
    """
    Return the slope of a logistic regression of what happened on the log odds foreseen.

    It is 1 of risks that are neither too sure (below 1) nor too shy (above).
    """
    predictions = predictions.dropna(subset=["is_failing"])
    x = boosting.log_odds(predictions["probability"].to_numpy(float)).reshape(-1, 1)
    fitted = LogisticRegression(C=1e6).fit(x, predictions["is_failing"].astype(bool))
    return float(fitted.coef_[0, 0])


def trusted(assessed: Assessment) -> Finding:
    """Say whether what was foreseen happened as often as foreseen."""
    if assessed.fitted is None or assessed.fitted.scores.empty:
        return Finding(
            "Too few failures to compare risks with what happened",
            pd.DataFrame(columns=["predicted", "observed", "low", "high", "count", "units"]),
        )
    rows = calibration(assessed.fitted.predictions)
    likely = fits(rows)
    if likely.empty:
        return Finding(f"No risk above {LIKELY:.0%} was foreseen", rows)
    if likely.all():
        return Finding("Failures happened as often as foreseen, within chance", rows)
    return Finding(
        f"In {counted(int((~likely).sum()), 'tenth')} of the risks failures happened more or less "
        "often than foreseen",
        rows,
    )
