"""cartwheel token."""

import os
import sys

import click

from cartwheel.connections import connect
from cartwheel.errors import UsageError

PASSWORD, NEW_PASSWORD = "CARTWHEEL_PASSWORD", "CARTWHEEL_NEW_PASSWORD"


@click.command()
@click.argument("name")
@click.option("--environment", "-e", help="Name of the environment.  [local]")
def token(name: str, environment: str | None) -> None:
    """
    Print the token that user NAME calls the API with, as curl takes it.

    Asks for the password, or takes it from the variable CARTWHEEL_PASSWORD; at the first sign-in
    for the new one too, or takes it from CARTWHEEL_NEW_PASSWORD.
    """
    from cartwheel.aws.api import users
    from cartwheel.deploy.api import api_of

    api = api_of(connect(environment))
    word = os.environ.get(PASSWORD) or _asked(f"Password of {name}", PASSWORD)
    click.echo(users.sign_in(api, name, word, _chosen))


def _chosen() -> str:
    if given := os.environ.get(NEW_PASSWORD):
        return given
    click.echo(
        "This password is good for the first sign-in only. The new one needs 12 characters, "
        "with lower case, upper case and a digit.",
        err=True,
    )
    word = _asked("New password", NEW_PASSWORD)
    if word != _asked("Once more", NEW_PASSWORD):
        raise UsageError("The two are not the same; the password was not changed.")
    return word


def _asked(what: str, variable: str) -> str:
    if not sys.stdin.isatty():
        raise UsageError(f"There is nobody to ask: set the variable {variable}.")
    return str(click.prompt(what, hide_input=True, err=True))
