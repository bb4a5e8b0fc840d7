"""How well the purchase of a visit is foreseen, on the visits of a real shop."""

from collections.abc import Iterator

import pandas as pd
from cartwheel.clicks import intent

from benchmarks.common import DATA, Measured

GOALS = {"roc_auc": ("ROC-AUC", "0.932"), "average_precision": ("PR-AUC", "0.750")}
# Web analytics computes it from what the visit bought: it knows of the purchase.
KNOWS = "PageValues"


def shoppers() -> pd.DataFrame:
    """Return UCI's online shoppers' intentions: a row a visit, Revenue is whether it bought."""
    (path,) = sorted((DATA / "online_shoppers").glob("*.csv"))
    return pd.read_csv(path)


def measure() -> Iterator[Measured]:
    """Yield ROC-AUC and PR-AUC of ten repeats of five folds, with and without page values."""
    every = shoppers()
    for frame, which in ((every, ""), (every.drop(columns=KNOWS), f" without {KNOWS}")):
        found = intent.evaluate(frame, "Revenue")
        for name, (what, goal) in GOALS.items():
            yield Measured(
                f"{what} of a visit's purchase{which}, online shoppers",
                "" if which else f"at least {goal}", "", found[name].tolist(),
            )  # fmt: skip
