"""Reports: a notebook with checked parameters, executed, rendered as one page, listed."""
