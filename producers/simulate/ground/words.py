"""Kinds that a number stands for inside the world, and a word on the wire."""

from enum import IntEnum


class Word(IntEnum):
    """A kind; its number is its place among its like."""

    @classmethod
    def words(cls) -> tuple[str, ...]:
        """Return what the wire calls each kind, in the order of their numbers."""
        return tuple(each.name.lower() for each in cls)
