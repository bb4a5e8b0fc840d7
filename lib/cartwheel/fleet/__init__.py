"""Analyses of the fleet, one module each."""
