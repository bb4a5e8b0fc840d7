"""What an analysis hands to a chart."""

from typing import NamedTuple

import pandas as pd

from cartwheel.errors import unknown


class Finding(NamedTuple):
    """
    What an analysis found.

    Attributes
    ----------
    text
        The sentence that the rows bear; it becomes the chart's title.
    rows
        What is drawn; empty if there is nothing to show.
    """

    text: str
    rows: pd.DataFrame


def chosen(kind: str, name: str, names: list[str], ranked: list[str]) -> str:
    """
    Return what a page shows: the one named, else the first of a ranking, else the first.

    Returns
    -------
    str
        Empty if there is none.

    Raises
    ------
    UsageError
        If one is named that is not there.
    """
    if name and name not in names:
        raise unknown(kind, name, names)
    return name or next(iter([*ranked, *names]), "")


def counted(count: int, noun: str) -> str:
    """Return a number with its noun, such as "1 truck" or "2,000 trucks"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
