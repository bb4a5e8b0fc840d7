"""cartwheel up."""

import click

from cartwheel.local import stack


@click.command()
@click.option("--sync", is_flag=True, help="Fsync before acknowledging, to survive a power loss.")
def up(sync: bool) -> None:
    """Start the embedded AWS, Snowflake and Snowpipe, and restart what has died."""
    running = stack.up(click.echo, sync=sync)
    click.echo(f"The embedded environment is up; its state is in {running.files.home}.")
