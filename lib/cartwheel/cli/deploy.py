"""cartwheel deploy."""

import click

from cartwheel.connections import connect
from cartwheel.warehouse import Warehouse


@click.command()
@click.argument("environment", required=False)
@click.option("--runtime", help="Python of the functions, such as python3.12.  [this Python]")
@click.option("--architecture", help="x86_64 or arm64.  [this machine's]")
@click.option("--admin-connection", help="Connection that may use ACCOUNTADMIN; runs sql/admin.")
def deploy(
    environment: str | None,
    runtime: str | None,
    architecture: str | None,
    admin_connection: str | None,
) -> None:
    """Deploy templates, functions and SQL to ENVIRONMENT; safe to repeat."""
    from cartwheel.deploy import package, steps

    here = package.here()
    target = package.Target(runtime or here.runtime, architecture or here.architecture)
    env = connect(environment)
    admin = Warehouse(env.other_connection(admin_connection)) if admin_connection else None
    steps.deploy(env, click.echo, target, admin)
