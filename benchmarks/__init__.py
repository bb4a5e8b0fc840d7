"""The speed goals, measured: ``make bench``. No test depends on a time."""
