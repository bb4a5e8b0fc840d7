"""cartwheel connect."""

import click

from cartwheel.connections import connect as connect_to
from cartwheel.errors import UsageError


@click.command()
@click.option("--environment", "-e", help="Name of the environment.  [local]")
@click.option("--show", is_flag=True, help="Print how other tools connect.")
@click.option("--secrets", is_flag=True, help="Print passwords and keys too.")
def connect(environment: str | None, show: bool, secrets: bool) -> None:
    """Show how boto3, the connector, SQLAlchemy and DBeaver reach an environment."""
    from cartwheel import access

    if not show:
        raise UsageError("Say 'cartwheel connect --show'; with --secrets it shows passwords too.")
    env = connect_to(environment)
    click.echo(access.described(env, secrets=secrets))
    env.close()
