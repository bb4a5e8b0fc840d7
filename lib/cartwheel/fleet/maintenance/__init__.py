"""What will fail, how surely, and whom to call into the workshop."""

from cartwheel.fleet.maintenance.risk import Fitted, fit

__all__ = ["Fitted", "fit"]
