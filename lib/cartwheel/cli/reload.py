"""cartwheel reload."""

import sys

import click

from cartwheel.connections import connect
from cartwheel.printing import printable


@click.command()
@click.argument("prefix")
@click.option("--environment", "-e", help="Name of the environment.  [local]")
@click.option("--again", is_flag=True, help="Also load what RAW already holds.")
def reload(prefix: str, environment: str | None, again: bool) -> None:
    """
    Load the files under PREFIX of the lake that RAW does not hold whole.

    For files that landed before their pipe existed or whose notification was lost, and for
    rows that RAW lost. The exit status is 1 if a file cannot be loaded.
    """
    from cartwheel.delivery import reloading

    env = connect(environment)
    done = reloading.reload(env, prefix, again=again, say=lambda text: click.echo(text, err=True))
    for key, reason in done.failed.items():
        click.echo(f"{printable(key)}: {printable(reason)}", err=True)
    click.echo(
        f"Loaded {len(done.loaded):,} files with {done.rows:,} rows; RAW held {done.held:,} "
        f"files already, {len(done.failed):,} could not be loaded."
    )
    sys.exit(1 if done.failed else 0)
