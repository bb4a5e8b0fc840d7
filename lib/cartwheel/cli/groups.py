"""Groups of commands: loaded when they are asked for, their help whole, their errors told."""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from cartwheel.errors import CartwheelError
from cartwheel.files import unwritable
from cartwheel.printing import printable


class WholeHelpGroup(click.Group):
    """Lists its commands with their first sentence, which click would cut off."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of the commands."""
        commands = [self.get_command(ctx, name) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(
                [(str(each.name), each.get_short_help_str(limit=1000)) for each in commands if each]
            )


class ErrorReportingGroup(WholeHelpGroup):
    """Turns our errors into one message and their exit status; a traceback is a bug."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except CartwheelError as error:
            click.echo(f"cartwheel: {printable(error)}", err=True)
            sys.exit(error.exit_status)
        except Exception as error:
            if is_one(error, OF_SERVICES):
                text = f"{printable(error)}{_advice(error)}"
            elif isinstance(error, OSError) and (reason := unwritable(error)) is not None:
                text = printable(reason)
            else:
                raise
            click.echo(f"cartwheel: {text}", err=True)
            sys.exit(1)


class LazyGroup(ErrorReportingGroup):
    """
    Loads a command from the module of its name when it is asked for.

    Parameters
    ----------
    package
        Of the modules.
    names
        Of the commands, in the order of their listing.
    """

    def __init__(self, *words: Any, package: str, names: Sequence[str], **options: Any) -> None:
        super().__init__(*words, **options)
        self._package, self._names = package, tuple(names)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(self._names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, None if there is none of that name."""
        if cmd_name not in self._names:
            return None
        module = import_module(f"{self._package}.{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        return command


# By their names: to import the clients takes longer than most commands.
_BOTO, _SNOWFLAKE = "botocore.exceptions", "snowflake.connector.errors"
OF_SERVICES = {(_BOTO, "BotoCoreError"), (_BOTO, "ClientError"), (_SNOWFLAKE, "Error")}
UNREACHABLE = {(_BOTO, "HTTPClientError"), (_BOTO, "ConnectionError")}


def is_one(error: Exception, names: set[tuple[str, str]]) -> bool:
    """Return whether an error is of one of the classes, given by module and name."""
    return any((kind.__module__, kind.__name__) in names for kind in type(error).__mro__)


_NOT_THERE = ("does not exist", "NoSuchBucket", "ResourceNotFoundException")


def _advice(error: Exception) -> str:
    if is_one(error, UNREACHABLE):
        return (
            "\nIt cannot be reached. For 'local', 'cartwheel status' shows what is running and "
            "'cartwheel up' starts the rest; for another environment, check the network."
        )
    if any(word in str(error) for word in _NOT_THERE):
        return "\nIs this environment deployed? Run 'cartwheel deploy' with its name first."
    return ""
