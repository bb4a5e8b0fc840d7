"""Real files, turned into events by a mapping; a signal that a file does not have is null."""
