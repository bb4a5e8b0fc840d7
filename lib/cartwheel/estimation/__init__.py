"""Estimates of many alike units, with intervals: rates, shares, effects apart from each other."""
