"""
How good the recommendations are: on later visits, beside simpler and published ways.

The statements are those that make the recommendations in the warehouse; here they run in an
in-memory DuckDB, so that the visits of any file can be tried.
"""

from datetime import datetime
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import sqlglot
from numpy.typing import NDArray

from cartwheel.clicks.recommend import rivals
from cartwheel.clicks.recommend.model import MODEL
from cartwheel.clicks.recommend.split import Split, parted
from cartwheel.clicks.recommend.weights import MARKOV, POPULARITY, Weights
from cartwheel.estimation.intervals import WITHIN_95
from cartwheel.warehouse.connection import statement

Ints = NDArray[np.int64]
AT = 20
OURS = "Cartwheel"
_POPULAR_SHARE = 0.1


def evaluate(
    frame: pd.DataFrame,
    *,
    split: datetime | None = None,
    weights: Weights = Weights(),  # noqa: B008 - immutable
    most_steps: int = 60_000,
    most_by_neighbours: int = 5_000,
) -> pd.DataFrame:
    """
    Compare the recommendations on visits that began later than those they were learned from.

    Before each step of a later visit but the first, 20 products are recommended, by the steps
    before it; a hit is that the next product is among them.

    Parameters
    ----------
    frame
        A row a step: ``session_id``, ``product_id``, ``stepped_at``; of equal times the order
        of the rows counts. Steps without a visit, product or time are left out.
    split
        Visits that began before it are learned from; by default the first three quarters.
    most_steps
        Of the later visits, at most, that are tried; visits beyond are left out by chance.
    most_by_neighbours
        Of these, at most, on which the ways by neighbours are tried, which take long.

    Returns
    -------
    DataFrame
        Rows: ``method``, ``is_new_only`` (what the visit saw before is never recommended, and
        steps to it are not counted), ``count_steps``, ``count_visits``; ``hit_rate``, ``mrr``
        and ``ndcg`` at 20, each with ``_low`` and ``_high`` (95 %, by visits); ``coverage`` (of
        the known products, those that were recommended at all) and ``popular_share`` (of what
        was recommended, the most popular tenth of the products).

    Raises
    ------
    UsageError
        If a column is missing, or one side of the split is left without a visit.
    """
    parts = parted(frame, split, most_steps)
    ways = {OURS: weights.checked(), "Markov chain": MARKOV, "Popularity": POPULARITY}
    lists, rows = {}, []
    # Neighbours of a visit are costly: they are tried on the first, which split.py draws by chance.
    few = min(most_by_neighbours, len(parts.wanted))
    with _loaded(parts, few) as duck:
        for name, each in ways.items():
            _learn(duck, parts, each)
            for new in (False, True):
                lists[name, new] = _recommended(duck, parts, each, is_new_only=new)
        for name in rivals.WAYS:
            for new in (False, True):
                lists[name, new] = _by_neighbours(duck, parts, name, is_new_only=new)
    for name, new in sorted(lists, key=lambda each: each[1]):
        wanted = parts.wanted[parts.wanted["is_new"]] if new else parts.wanted
        tried = wanted[wanted["request"] < few] if name in rivals.WAYS else wanted
        row = {"method": name, "is_new_only": new}
        rows.append(row | measures(parts, tried, lists[name, new]))
    return pd.DataFrame(rows)


def measures(parts: Split, wanted: pd.DataFrame, lists: Ints) -> dict[str, float]:
    """Return what :func:`evaluate` says of a method, of lists with a row for each request."""
    if wanted.empty:
        return {"count_steps": 0, "count_visits": 0}
    shown = lists[wanted["request"]]
    is_hit = shown == wanted["product"].to_numpy()[:, None]
    place = np.where(is_hit.any(axis=1), is_hit.argmax(axis=1) + 1.0, np.inf)
    found: dict[str, float] = {
        "count_steps": len(wanted), "count_visits": wanted["session_id"].nunique()
    }  # fmt: skip
    for name, values in (
        ("hit_rate", np.isfinite(place) * 1.0),
        ("mrr", 1 / place),
        ("ndcg", np.where(np.isfinite(place), 1 / np.log2(1 + place), 0.0)),
    ):
        found[name] = float(values.mean())
        half = WITHIN_95 * _error_by_visit(values, wanted["session_id"])
        found[f"{name}_low"], found[f"{name}_high"] = found[name] - half, found[name] + half
    known = np.bincount(parts.learned["product"], minlength=len(parts.products))
    ranked = np.argsort(-known, kind="stable")
    popular = ranked[: max(1, round(_POPULAR_SHARE * (known > 0).sum()))]
    told = shown[shown >= 0]
    found["coverage"] = len(np.unique(told)) / max(1, int((known > 0).sum()))
    found["popular_share"] = float(np.isin(told, popular).mean()) if len(told) else np.nan
    return found


def _error_by_visit(values: NDArray[np.float64], visits: "pd.Series[Any]") -> float:
    """Return the standard error of a mean over steps; those of a visit are not independent."""
    sums = pd.Series(values - values.mean()).groupby(visits.to_numpy()).sum()
    count = len(sums)
    return float(np.sqrt((sums**2).sum() * count / max(1, count - 1)) / len(values))


def _loaded(parts: Split, few: int) -> duckdb.DuckDBPyConnection:
    """Return a database with what the statements read: steps, no offers, and what rivals read."""
    duck = duckdb.connect()
    duck.register("learned", parts.learned)
    histories = parts.histories()
    duck.register("histories", histories[histories["request"] < few])
    for name, sql in rivals.WAYS.items():
        duck.execute(f'create table "{name}" as {sql}')
    duck.execute("create schema mart")
    duck.register("steps", parts.steps)
    duck.execute("create table mart.visit_steps as select * from steps")
    duck.execute(
        "create table mart.product_offers "
        "(product_id varchar, product_name varchar, is_available boolean)"
    )
    return duck


def _run(duck: duckdb.DuckDBPyConnection, before: str, name: str, **values: Any) -> Any:
    sql, bound = statement(name, values)
    (translated,) = sqlglot.transpile(sql, read="snowflake", write="duckdb")
    return duck.execute(f"{before} {translated}", bound)


def _learn(duck: duckdb.DuckDBPyConnection, parts: Split, weights: Weights) -> None:
    for table, query in MODEL.items():
        _run(duck, f"create or replace table {table} as", query, until=parts.at, **weights.of_pairs)


def _recommended(
    duck: duckdb.DuckDBPyConnection, parts: Split, weights: Weights, *, is_new_only: bool
) -> Ints:
    """Return what is recommended at each request by what was learned: products' numbers, or -1."""
    found = _run(
        duck, "", "clicks/recommend/replayed", since=parts.at, limit=AT, is_new_only=is_new_only,
        **weights.of_scores,
    ).df()  # fmt: skip
    wanted = parts.wanted
    names = wanted["session_id"] + "/" + wanted["step_number"].astype(str)
    row = pd.Index(names).get_indexer(found["request_id"])
    lists = np.full((len(wanted), AT), -1, np.int64)
    lists[row, found["place"] - 1] = parts.products.get_indexer(found["product_id"])
    return lists


def _by_neighbours(
    duck: duckdb.DuckDBPyConnection, parts: Split, name: str, *, is_new_only: bool
) -> Ints:
    """Return what neighbours recommend, as their table of scores says."""
    seen = "anti join histories using (request, product)" if is_new_only else ""
    found = duck.execute(
        "select request, product, row_number() over (partition by request order by score desc, "
        f'product) as place from "{name}" {seen} qualify place <= {AT}'
    ).df()
    lists = np.full((len(parts.wanted), AT), -1, np.int64)
    lists[found["request"], found["place"] - 1] = found["product"]
    return lists
