"""The ``cartwheel`` command."""

import sys

import click
from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError
from snowflake.connector.errors import Error as SnowflakeError

from cartwheel import __version__
from cartwheel.errors import CartwheelError
from cartwheel.files import unwritable
from cartwheel.printing import printable


class ErrorReportingGroup(click.Group):
    """Turns our errors into one message and their exit status; a traceback is a bug."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except CartwheelError as error:
            click.echo(f"cartwheel: {printable(error)}", err=True)
            sys.exit(error.exit_status)
        except (BotoCoreError, ClientError, SnowflakeError) as error:
            click.echo(f"cartwheel: {printable(error)}{_advice(error)}", err=True)
            sys.exit(1)
        except OSError as error:
            if (reason := unwritable(error)) is None:
                raise
            click.echo(f"cartwheel: {printable(reason)}", err=True)
            sys.exit(1)


_NOT_THERE = ("does not exist", "NoSuchBucket", "ResourceNotFoundException")


def _advice(error: Exception) -> str:
    if isinstance(error, HTTPClientError | ConnectionError):
        return (
            "\nIt is away: for 'local', 'cartwheel status' tells what runs and 'cartwheel up' "
            "starts what does not; for another environment, look at the network."
        )
    if any(word in str(error) for word in _NOT_THERE):
        return "\nIs this environment deployed? Run 'cartwheel deploy' with its name first."
    return ""


@click.group(cls=ErrorReportingGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """The analyst's workbench from the click to the delivery."""


def _register() -> None:
    from cartwheel.cli import deploying, quarantining, reporting, running, warehousing

    for command in (
        running.up,
        running.down,
        running.status,
        deploying.deploy,
        deploying.destroy,
        warehousing.history,
        warehousing.counts,
        quarantining.quarantine,
        reporting.report,
    ):
        main.add_command(command)


_register()
