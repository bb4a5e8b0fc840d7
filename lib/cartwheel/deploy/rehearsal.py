"""stub"""

FAILS = "fails"


def rehearse(a, b):
    return []


def as_table(a):
    return ""
