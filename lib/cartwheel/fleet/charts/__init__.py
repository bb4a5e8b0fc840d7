"""Charts of the fleet, one module an analysis."""
