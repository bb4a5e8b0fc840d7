"""cartwheel users add | import | list | disable | enable | reset."""

import sys
from pathlib import Path

import click

from cartwheel.cli.groups import WholeHelpGroup
from cartwheel.connections import connect
from cartwheel.printing import printable

_ENVIRONMENT = click.option("--environment", "-e", help="Name of the environment.  [local]")


@click.group(cls=WholeHelpGroup)
def users() -> None:
    """Say who may sign in to the API, and as what."""


@users.command()
@click.argument("name")
@click.option("--role", required=True, help="engineer, analyst or customer.")
@click.option("--email", default="", help="Where mail reaches them.")
@click.option("--customer-id", default="", help="Of a customer: their id on the invoices.")
@_ENVIRONMENT
def add(name: str, role: str, email: str, customer_id: str, environment: str | None) -> None:
    """Make the user NAME and print the password of the first sign-in, which asks for another."""
    from cartwheel.aws.api import users as accounts
    from cartwheel.deploy.api import api_of

    person, temporary = accounts.Person(name, role, email, customer_id), accounts.password()
    if accounts.add(api_of(connect(environment)), person, temporary):
        click.echo(temporary)
    else:
        click.echo(printable(f"{name} is there already, as {role}; nothing was changed."), err=True)


@users.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--passwords", required=True, type=click.Path(dir_okay=False, path_type=Path),
    help="File for the passwords of the first sign-in; its owner alone may read it.",
)  # fmt: skip
@_ENVIRONMENT
def import_(file: Path, passwords: Path, environment: str | None) -> None:
    """
    Make everybody in FILE, a CSV with the columns name, role, email, customer_id.

    Run it again if it was interrupted: whoever is there already stays as they are.
    """
    from cartwheel.aws.api import people
    from cartwheel.deploy.api import api_of
    from cartwheel.finding import counted

    found = people.read(file)
    api = api_of(connect(environment))
    count = 0
    with click.progressbar(length=len(found), label="Users", file=sys.stderr) as bar:
        for is_new in people.add(api, found, passwords):
            count += is_new
            bar.update(1)
    there = len(found) - count
    click.echo(f"{counted(count, 'user')} made, {there:,} there already. Passwords: {passwords}.")


@users.command("list")
@_ENVIRONMENT
def list_(environment: str | None) -> None:
    """List who may sign in."""
    from cartwheel.aws.api import users as accounts
    from cartwheel.deploy.api import api_of
    from cartwheel.finding import counted

    found = accounts.listed(api_of(connect(environment)))
    for user in found:
        told = (user.name, user.role or "-", user.state, user.email, user.customer_id)
        click.echo(printable("  ".join(each for each in told if each)))
    click.echo(f"{counted(len(found), 'user')}.", err=True)


@users.command()
@click.argument("name")
@_ENVIRONMENT
def disable(name: str, environment: str | None) -> None:
    """Let NAME sign in no more; a token that they hold is good until it expires."""
    from cartwheel.aws.api import users as accounts
    from cartwheel.deploy.api import api_of

    accounts.disable(api_of(connect(environment)), name)


@users.command()
@click.argument("name")
@_ENVIRONMENT
def enable(name: str, environment: str | None) -> None:
    """Let NAME, who was disabled, sign in again."""
    from cartwheel.aws.api import users as accounts
    from cartwheel.deploy.api import api_of

    accounts.enable(api_of(connect(environment)), name)


@users.command()
@click.argument("name")
@_ENVIRONMENT
def reset(name: str, environment: str | None) -> None:
    """Print a new password for the next sign-in of NAME; the old one is void."""
    from cartwheel.aws.api import users as accounts
    from cartwheel.deploy.api import api_of

    click.echo(accounts.reset(api_of(connect(environment)), name))
