"""Charts: one look, no outside request, light and dark; one function per chart."""

from cartwheel.charts.renderer import setup
from cartwheel.charts.tiles import Tile, tiles

__all__ = ["Tile", "setup", "tiles"]
