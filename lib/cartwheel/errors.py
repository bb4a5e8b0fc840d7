"""The errors a user meets: a message without a traceback and an exit status."""

from collections.abc import Iterable

SHOWN = 12  # names that a message lists


class CartwheelError(Exception):
    """Something failed; the message says what, and what to do (exit status 1)."""

    exit_status = 1


class UsageError(CartwheelError):
    """A command or call was misused; the message says what is allowed (exit status 2)."""

    exit_status = 2


def unknown(kind: str, name: str, known: Iterable[str]) -> UsageError:
    """Return the error of a name that is not among those that are known."""
    names = list(known)
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    shown = ", ".join(names[:SHOWN]) or "none yet"
    return UsageError(f"There is no {kind} {name!r}; there are {shown}{more}.")
