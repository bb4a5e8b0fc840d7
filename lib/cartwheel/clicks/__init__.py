"""Analyses of the clicks, one module each."""
