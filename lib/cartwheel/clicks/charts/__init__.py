"""Charts of the clicks, one module an analysis."""
