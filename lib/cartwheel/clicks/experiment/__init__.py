"""An experiment: was it drawn right, what does the treatment do, and is it time to stop."""

from cartwheel.clicks.experiment.course import (
    always_valid,
    differing,
    enough,
    over_time,
    planned,
    segments,
    since,
    worth,
)
from cartwheel.clicks.experiment.difference import effects, estimates, log_odds, said
from cartwheel.clicks.experiment.log import Log, balance, logged, read

__all__ = [
    "Log",
    "always_valid",
    "balance",
    "differing",
    "effects",
    "enough",
    "estimates",
    "log_odds",
    "logged",
    "over_time",
    "planned",
    "read",
    "said",
    "segments",
    "since",
    "worth",
]
