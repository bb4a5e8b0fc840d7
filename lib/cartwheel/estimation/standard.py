"""What each unit would have had, had it been like all of them in its circumstances."""

from typing import Any

import numpy as np
import pandas as pd

_ROUNDS = 200
_CLOSE = 1e-9


def expected(cells: pd.DataFrame, unit: str, by: list[str], count: str, exposure: str) -> Any:
    """
    Return the expected count of each unit, given where its exposure lay.

    Rates are products of a factor of the unit and one of each circumstance (a Poisson
    regression with a logarithmic link), fitted by iterative proportional scaling. So a
    circumstance is not blamed for the units that are often in it. Source: Bishop, Fienberg,
    Holland (1975), Discrete Multivariate Analysis, 3.5; Breslow and Day (1987), Statistical
    Methods in Cancer Research II, 4.

    Parameters
    ----------
    cells
        Rows with the columns of the names below, in any order.
    by
        Columns of the circumstances.

    Returns
    -------
    Series
        By unit; the sum is that of the counts.
    """
    cells = cells[cells[exposure] > 0]
    counts = cells[count].to_numpy(dtype=float)
    if not len(cells) or not counts.sum():
        return cells.groupby(unit)[exposure].sum() * 0.0
    codes = [pd.factorize(cells[name])[0] for name in (unit, *by)]
    sums = [np.bincount(code, counts) for code in codes]
    factors = [np.ones(len(total)) for total in sums]
    held = cells[exposure].to_numpy(dtype=float)
    for _ in range(_ROUNDS):
        moved = 0.0
        for place, (code, total) in enumerate(zip(codes, sums, strict=True)):
            fitted = held * np.prod([f[c] for f, c in zip(factors, codes, strict=True)], axis=0)
            due = np.bincount(code, fitted)
            ratio = np.divide(total, due, out=np.zeros_like(due), where=due > 0)
            factors[place] *= ratio
            moved = max(moved, float(np.abs(ratio[total > 0] - 1).max(initial=0)))
        if moved < _CLOSE:
            break
    # The circumstances alone, scaled to the counts of all.
    alike = held * np.prod([f[c] for f, c in zip(factors[1:], codes[1:], strict=True)], axis=0)
    due = pd.Series(alike, index=cells[unit]).groupby(level=0).sum()
    return due * (counts.sum() / due.sum())
