"""Visitors: the bots of the world that are told, and people who are taken for one."""

from collections.abc import Sequence

import pandas as pd
from cartwheel.clicks import refreshing

from benchmarks.truth.claims import Claim, wilson
from benchmarks.truth.worlds import Values, World, landed, merged

WORLD: Values = {"trucks": 1, "customers": 5000, "days": 7}
TOLD = "select session_id, user_id, has_purchase, is_bot as is_told from mart.sessions"


def claims(seeds: Sequence[int], more: Values) -> list[Claim]:
    """Measure the claims over some seeds: with the users' names, and without."""
    named, nameless = [], []
    for seed in seeds:
        with landed(merged(merged(WORLD, more), {"seed": seed})) as world:
            named.append(visits(world))
            world.warehouse.execute("update raw.click_events set user_id = null")
            world.warehouse.execute("update core.shop_refresh set landed = null")
            refreshing.refresh(world.warehouse)
            nameless.append(visits(world))
    people = pd.concat(
        each.groupby("user_id")[["is_bot", "is_told", "has_purchase"]].max() for each in named
    )
    alone = pd.concat(nameless)
    accused = int((people["has_purchase"] & people["is_told"]).sum())
    return [
        *_told("users", people, 0.99, 0.99),
        *_told("visits without a user", alone, 0.97, 0.95),
        Claim("visitors", "buyers taken for a bot", 0, accused, len(people), is_at_most=True),
    ]


def _told(what: str, frame: pd.DataFrame, precision: float, recall: float) -> list[Claim]:
    both = int((frame["is_bot"] & frame["is_told"]).sum())
    return [
        Claim(
            "visitors", f"{what}: {name}", goal, both / count, count,
            interval=wilson(both, count),
        )
        for name, goal, count in (
            ("precision of the bots told", precision, int(frame["is_told"].sum())),
            ("recall of the bots", recall, int(frame["is_bot"].sum())),
        )
    ]  # fmt: skip


def visits(world: World) -> pd.DataFrame:
    """Return the visits, whether each is a bot's and whether it is told so."""
    found = world.warehouse.query(TOLD)
    truth = world.truth["sessions"].set_index("session_id")["is_bot"]
    found["is_told"] = found["is_told"].fillna(False).astype(bool)
    return found.assign(is_bot=found["session_id"].map(truth).fillna(False).astype(bool))
