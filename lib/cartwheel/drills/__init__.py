"""Drills: something is broken on purpose, in an environment of its own, and must be noticed."""
