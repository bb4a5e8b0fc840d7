"""cartwheel refresh."""

import click

from cartwheel.connections import connect


@click.command()
@click.option("--environment", "-e", help="Name of the environment.  [local]")
@click.option(
    "--task",
    type=click.Choice(["fleet", "shop"]),
    help="Print the task that does it in the cloud.",
)
def refresh(environment: str | None, task: str | None) -> None:
    """Bring the tables that the pages of fleet and shop read up to what has landed."""
    from cartwheel.aws import metrics
    from cartwheel.clicks import refreshing as shop
    from cartwheel.fleet import refreshing as fleet

    if task:
        click.echo({"fleet": fleet.task, "shop": shop.task}[task](), nl=False)
        return
    env = connect(environment)
    with metrics.told(env, "refresh fleet"):
        done = fleet.refresh(env.warehouse)
    click.echo(f"{done.trucks:,} trucks refreshed, {done.days:,} of their days made anew.")
    with metrics.told(env, "refresh shop"):
        visits = shop.refresh(env.warehouse)
    click.echo(f"{visits:,} visits made anew.")
