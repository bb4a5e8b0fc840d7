"""
A simulated world that knows its own truth: shoppers, orders, depots, trucks.

``docs/world.md`` says every mechanism with its formula, parameter, unit and source.
"""

from producers.simulate.ground import caching

caching.keep_apart()

from producers.simulate.settings import Settings  # noqa: E402
from producers.simulate.truth.store import Truth  # noqa: E402
from producers.simulate.world import World, messages  # noqa: E402

__all__ = ["Settings", "Truth", "World", "messages"]
