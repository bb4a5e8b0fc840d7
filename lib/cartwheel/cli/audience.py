"""cartwheel audience."""

from pathlib import Path

import click

from cartwheel.connections import connect


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--environment", "-e", help="Name of the environment.  [local]")
@click.option(
    "--days", type=int, help="Days that the probability looks ahead.  [7, or a third of the time]"
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write who is to be told here, .csv or .parquet, and note it.",
)
def audience(path: Path, environment: str | None, days: int | None, output: Path | None) -> None:
    """Say who is in the audience that a TOML file defines; with --output, export it."""
    from cartwheel.clicks import audiences, definitions, overview, refreshing

    asked = audiences.read(definitions.from_file(path), str(path))
    warehouse = connect(environment).warehouse
    if output is not None:
        done = audiences.export(warehouse, asked, output, days)
        click.echo(
            f"{output}: {done.count_told:,} to be told; "
            f"{done.count_held_out:,} held out, {done.count_capped:,} told often enough."
        )
        return
    refreshing.ready(warehouse)
    whole = overview.span(warehouse)
    known = audiences.learn(warehouse, whole, days, asked.category)
    click.echo(audiences.described(audiences.select(warehouse, asked, whole, known)).text + ".")
