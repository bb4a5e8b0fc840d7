"""What an analysis hands to a chart."""

from typing import NamedTuple

import pandas as pd


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


def counted(count: int, noun: str) -> str:
    """Return a number with its noun, such as "1 truck" or "2,000 trucks"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
