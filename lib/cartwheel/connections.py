"""The way to an environment: ``connect(name)``."""

import os
import re
import sys
from pathlib import Path

from cartwheel.environment import LOCAL, Environment
from cartwheel.errors import UsageError
from cartwheel.local import stack
from cartwheel.local.environment import LoopbackEnvironment
from cartwheel.warehouse import parameters

_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")


def connect(name: str | None = None) -> Environment:
    """
    Connect to an environment; ``local`` is started when it is down.

    In a notebook it also sets up the charts: plain Altair charts and DataFrames look like
    those of the shipped pages, fetch nothing, and show times on the environment's clock.

    Parameters
    ----------
    name
        ``local``, or the name of an AWS profile and a Snowflake connection.
        Default: the variable ``CARTWHEEL_ENV``, else ``local``.

    Raises
    ------
    UsageError
        If the name, the profile or the connection is unknown: the message says
        which file to add what to.
    """
    name = name or os.environ.get("CARTWHEEL_ENV") or LOCAL
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is not the name of an environment: lower-case letters, digits and '-' "
            "are allowed, as in local, dev or prod."
        )
    if name == LOCAL:
        made: Environment = LoopbackEnvironment(stack.up().files)
    else:
        made = Environment(name, None, _connections_file())
        if warning := parameters.readable_secrets(name, made.connections):
            print(f"Warning: {warning}", file=sys.stderr)
    if in_notebook():
        from cartwheel import charts  # which takes as long to import as all the rest

        charts.setup(made.display)
    return made


def in_notebook() -> bool:
    """Does this code run in a kernel, whose outputs a page can show?"""
    if "IPython" not in sys.modules:
        return False
    from IPython.core.getipython import get_ipython

    return hasattr(get_ipython(), "kernel")


def _connections_file() -> Path:
    """Find the user's connections.toml where the connector itself looks for it."""
    if configured := os.environ.get("SNOWFLAKE_HOME"):
        return Path(configured).expanduser() / "connections.toml"
    from snowflake.connector.constants import CONNECTIONS_FILE

    return Path(CONNECTIONS_FILE)
