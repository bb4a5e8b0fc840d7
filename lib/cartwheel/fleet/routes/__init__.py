"""Which route was better: travel times of the fleet's own, days planned anew, files solved."""

from cartwheel.fleet.routes.problems import (
    SOLOMON_SCALE,
    VEHICLE,
    Problem,
    Routes,
    as_text,
    read,
    solve,
)

__all__ = ["SOLOMON_SCALE", "VEHICLE", "Problem", "Routes", "as_text", "read", "solve"]
