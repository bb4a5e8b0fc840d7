"""cartwheel down."""

import click

from cartwheel.local import stack


@click.command()
def down() -> None:
    """Save the state and stop the embedded environment."""
    stack.down(click.echo)
