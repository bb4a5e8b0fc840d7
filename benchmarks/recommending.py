"""Recommendations: on the clicks of a real shop, and how long a build and a request take."""

import io
import time
import zipfile
from collections.abc import Iterator
from datetime import datetime

import numpy as np
import pandas as pd
from cartwheel.clicks import recommend
from cartwheel.clicks.recommend import Weights

from benchmarks.common import DATA, Measured
from benchmarks.truth.worlds import landed

SPLIT = datetime(2008, 7, 1)
WORLD = {"trucks": 2, "customers": 5000, "days": 40, "seed": 1}


def clothing_shop() -> pd.DataFrame:
    """Return the steps of UCI's clickstream of a clothing shop; their order stands for time."""
    folder = zipfile.ZipFile(DATA / "eshop_2008" / "uci_clickstream_553.zip")
    told = pd.read_csv(io.BytesIO(folder.read("e-shop clothing 2008.csv")), sep=";")
    day = pd.to_datetime({"year": told["year"], "month": told["month"], "day": told["day"]})
    return pd.DataFrame(
        {
            "session_id": told["session ID"].astype(str),
            "product_id": told["page 2 (clothing model)"],
            "stepped_at": day + pd.to_timedelta(told["order"], unit="s"),
        }
    )


def measure() -> Iterator[Measured]:
    """Yield the hit rate and MRR on July and August, a build's and a request's time."""
    found = recommend.evaluate(clothing_shop(), split=SPLIT)
    for row in found[~found["is_new_only"]].itertuples():
        is_ours = row.method == "Cartwheel"
        for what, goal in (("hit_rate", "0.695"), ("mrr", "0.256")):
            yield Measured(
                f"{what}@20 of {row.method}, clothing shop, July and August",
                f"at least {goal}" if is_ours else "", "", [getattr(row, what)],
            )  # fmt: skip
    with landed(WORLD) as world:
        count = world.warehouse.scalar("select count(*) from core.clicks")
        builds = []
        for _ in range(3):
            begin = time.perf_counter()
            recommend.build(world.warehouse)
            builds.append(time.perf_counter() - begin)
        yield Measured(f"build of {count:,} clicks", "3 s a million", "s", builds)
        names = list(recommend.names(world.warehouse))
        waits = []
        for n in range(200):
            begin = time.perf_counter()
            recommend.request(world.warehouse, names[n % 100 : n % 100 + 4], Weights())
            waits.append(1000 * (time.perf_counter() - begin))
        yield Measured("95th percentile of 200 requests", "12 ms", "ms", [np.percentile(waits, 95)])
