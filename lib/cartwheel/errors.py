"""The errors a user meets: a message without a traceback and an exit status."""


class CartwheelError(Exception):
    """Something failed; the message says what, and what to do (exit status 1)."""

    exit_status = 1


class UsageError(CartwheelError):
    """A command or call was misused; the message says what is allowed (exit status 2)."""

    exit_status = 2
