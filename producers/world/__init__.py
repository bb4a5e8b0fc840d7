"""
A simulated world that knows its own truth: shoppers, orders, depots, trucks.

``docs/world.md`` says every mechanism with its formula, parameter, unit and source.
"""

from producers.world.settings import Settings
from producers.world.truth import Truth
from producers.world.world import World, messages

__all__ = ["Settings", "Truth", "World", "messages"]
