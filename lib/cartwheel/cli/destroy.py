"""cartwheel destroy."""

import click

from cartwheel.connections import connect


@click.command()
@click.argument("environment", required=False)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--delete-data", is_flag=True, help="Delete the lake and the warehouse's data too.")
@click.option("--aws-only", is_flag=True, help="Leave Snowflake alone; no login is needed.")
def destroy(environment: str | None, yes: bool, delete_data: bool, aws_only: bool) -> None:
    """Remove everything that deploy created in ENVIRONMENT."""
    from cartwheel.deploy import destroying, ownership

    env = connect(environment)
    ownership.refuse_others_stacks(env)
    destroying.refuse_data(env, delete_data, aws_only=aws_only)
    if not yes:
        click.confirm(f"Remove Cartwheel from {env.name} ({env.region})?", abort=True)
    destroying.destroy(env, click.echo, aws_only=aws_only)
