"""The ``cartwheel`` command: a file a command, named as the command."""

import click

from cartwheel import __version__
from cartwheel.cli.groups import LazyGroup

COMMANDS = (
    "up", "down", "status", "connect", "deploy", "destroy", "counts", "quarantine", "load",
    "reload", "backfill", "history", "refresh", "report", "new", "schema", "route", "audience",
    "publish", "measure", "drill", "api", "users", "devices", "token",
)  # fmt: skip


@click.group(
    cls=LazyGroup,
    package=__name__,
    names=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__)
def main() -> None:
    """The analyst's workbench, from click to delivery."""
