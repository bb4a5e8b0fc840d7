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
    from cartwheel.clicks import refreshing as shop
    from cartwheel.fleet import refreshing as fleet

    if task:
        click.echo({"fleet": fleet.task, "shop": shop.task}[task](), nl=False)
        return
    warehouse = connect(environment).warehouse
    done = fleet.refresh(warehouse)
    click.echo(f"{done.trucks:,} trucks refreshed, {done.days:,} of their days made anew.")
    click.echo(f"{shop.refresh(warehouse):,} visits made anew.")
