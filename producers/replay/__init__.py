"""Real files, turned into events; a signal that a source does not have is null."""

from producers.replay.source import SOURCES, Source

__all__ = ["SOURCES", "Source"]
