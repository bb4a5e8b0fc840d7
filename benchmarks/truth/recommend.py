"""Recommendations: of the products that go together in the world, how many are found."""

from collections.abc import Sequence

from cartwheel import history
from cartwheel.clicks import recommend

from benchmarks.truth.claims import Claim, wilson
from benchmarks.truth.worlds import Values, World, landed, merged

WORLD: Values = {"trucks": 5, "customers": 5000}
GOALS = {7: 0.8, 28: 0.95}
PLACES = 10


def claims(seeds: Sequence[int], more: Values) -> list[Claim]:
    """Measure the claims over some seeds."""
    found = []
    for days, goal in GOALS.items():
        hits = wanted = 0
        for seed in seeds:
            with landed(merged(merged(WORLD, more), {"seed": seed, "days": days})) as world:
                one, all_of_them = companions(world)
                hits, wanted = hits + one, wanted + all_of_them
        found.append(
            Claim(
                "recommend", f"true companions among {PLACES} beside a product, {days} days", goal,
                hits / wanted, wanted, interval=wilson(hits, wanted),
            )
        )  # fmt: skip
    return found


def companions(world: World) -> tuple[int, int]:
    """Return how many true companions are recommended, and how many can be bought at all."""
    history.merge(world.warehouse, "PRODUCT")
    recommend.build(world.warehouse, limit=PLACES)
    lists = world.warehouse.query(
        "select product_id, recommended_id from mart.product_recommendations"
    )
    told = set(zip(lists["product_id"], lists["recommended_id"], strict=True))
    gone = set(
        world.warehouse.query("select product_id from mart.product_offers where not is_available")[
            "product_id"
        ]
    )
    truth = world.truth["products"]
    real = {
        (product, other)
        for product, those in zip(truth["product_id"], truth["companions"], strict=True)
        for other in those.split(",")
        if other and other not in gone
    }
    return len(real & told), len(real)
