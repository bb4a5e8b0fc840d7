"""
A simulated world that knows its own truth: shoppers, orders, depots, trucks.

``docs/world.md`` says every mechanism with its formula, parameter, unit and source.
"""

from producers.simulate.settings import Settings
from producers.simulate.truth.store import Truth
from producers.simulate.world import World, messages

__all__ = ["Settings", "Truth", "World", "messages"]
