"""From the world's columns to records on their streams, with the faults of the way."""
