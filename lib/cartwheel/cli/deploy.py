"""cartwheel deploy."""

import sys

import click

from cartwheel.connections import connect
from cartwheel.warehouse import Warehouse


@click.command()
@click.argument("environment", required=False)
@click.option("--admin-connection", help="Connection that may use ACCOUNTADMIN; runs sql/admin.")
@click.option("--check", is_flag=True, help="Change nothing: show what would stop it.")
def deploy(environment: str | None, admin_connection: str | None, check: bool) -> None:
    """
    Deploy templates, functions and SQL to ENVIRONMENT; safe to repeat.

    With --check the exit status is 1 if a check failed.
    """
    from cartwheel.deploy import rehearsal, steps

    env = connect(environment)
    admin = Warehouse(env.other_connection(admin_connection)) if admin_connection else None
    if check:
        found = rehearsal.rehearse(env, admin)
        click.echo(rehearsal.as_table(found))
        sys.exit(1 if any(each.verdict == rehearsal.FAILS for each in found) else 0)
    steps.deploy(env, click.echo, admin)
