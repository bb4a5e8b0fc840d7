"""cartwheel deploy | destroy."""

import click

from cartwheel.connections import connect
from cartwheel.warehouse import Warehouse


@click.command()
@click.argument("environment", required=False)
@click.option("--runtime", help="Python of the functions, as in python3.12.  [this Python]")
@click.option("--architecture", help="x86_64 or arm64.  [this machine's]")
@click.option("--admin-connection", help="Connection that may use ACCOUNTADMIN, for sql/admin.")
def deploy(
    environment: str | None,
    runtime: str | None,
    architecture: str | None,
    admin_connection: str | None,
) -> None:
    """Bring ENVIRONMENT to what templates, functions and SQL say; safe to repeat."""
    from cartwheel.deploy import package, steps

    here = package.here()
    target = package.Target(runtime or here.runtime, architecture or here.architecture)
    env = connect(environment)
    admin = Warehouse(env.other_connection(admin_connection)) if admin_connection else None
    steps.deploy(env, click.echo, target, admin)


@click.command()
@click.argument("environment", required=False)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--delete-data", is_flag=True, help="Also delete the lake and the warehouse's data.")
def destroy(environment: str | None, yes: bool, delete_data: bool) -> None:
    """Remove from ENVIRONMENT all that deploy made."""
    from cartwheel.deploy import destroying

    env = connect(environment)
    destroying.refuse_data(env, delete_data)
    if not yes:
        click.confirm(f"Remove Cartwheel from {env.name} ({env.region})?", abort=True)
    destroying.destroy(env, click.echo)
