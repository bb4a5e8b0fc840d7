"""cartwheel load."""

import sys
from pathlib import Path

import click
from tqdm import tqdm

from cartwheel.connections import connect


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--environment", "-e", help="Name of the environment.  [local]")
def load(folder: Path, environment: str | None) -> None:
    """
    Load what 'producers simulate --output FOLDER' wrote, past the streams.

    Row for row as if it had been streamed, much faster; the live counts do not follow.
    """
    from cartwheel.delivery import loading

    env = connect(environment)
    with tqdm(unit=" records", unit_scale=True, disable=not sys.stderr.isatty()) as bar:

        def tell(more: int) -> None:
            bar.update(more)

        done = loading.load(env, folder, tell)
    for one in done:
        click.echo(f"{one.stream}: {one.rows:,} rows loaded, {one.quarantined:,} quarantined")
