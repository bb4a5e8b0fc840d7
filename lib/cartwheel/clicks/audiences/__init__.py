"""Audiences: whom to address, what of it is expected, and what it brought."""

from cartwheel.clicks.audiences import effect, persons
from cartwheel.clicks.audiences.definition import Audience, read, ready
from cartwheel.clicks.audiences.exporting import Exported, export
from cartwheel.clicks.audiences.likelihood import Likelihood, fitting, learn, trusted
from cartwheel.clicks.audiences.selecting import Selected, compared, described, select

__all__ = [
    "Audience",
    "Exported",
    "Likelihood",
    "Selected",
    "compared",
    "described",
    "effect",
    "export",
    "fitting",
    "learn",
    "persons",
    "read",
    "ready",
    "select",
    "trusted",
]
