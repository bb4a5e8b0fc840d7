"""cartwheel destroy."""

import click

from cartwheel.connections import connect


@click.command()
@click.argument("environment", required=False)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--delete-data", is_flag=True, help="Delete the lake and the warehouse's data too.")
def destroy(environment: str | None, yes: bool, delete_data: bool) -> None:
    """Remove everything that deploy created in ENVIRONMENT."""
    from cartwheel.deploy import destroying

    env = connect(environment)
    destroying.refuse_data(env, delete_data)
    if not yes:
        click.confirm(f"Remove Cartwheel from {env.name} ({env.region})?", abort=True)
    destroying.destroy(env, click.echo)
