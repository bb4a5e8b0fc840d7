"""cartwheel refresh."""

import click

from cartwheel.connections import connect


@click.command()
@click.option("--environment", "-e", help="Name of the environment.  [local]")
@click.option("--task", "is_task", is_flag=True, help="Print the task that does it in the cloud.")
def refresh(environment: str | None, is_task: bool) -> None:
    """Bring the tables that the fleet's pages read up to what has landed."""
    from cartwheel.fleet import refreshing

    if is_task:
        click.echo(refreshing.task(), nl=False)
        return
    done = refreshing.refresh(connect(environment).warehouse)
    click.echo(f"{done.trucks:,} trucks refreshed, {done.days:,} of their days made anew.")
