"""cartwheel report."""

import sys
from pathlib import Path

import click


@click.command()
@click.argument("notebook", required=False)
@click.option("--all", "every", is_flag=True, help="Run every notebook, and write an index.")
@click.option("-p", "--parameter", multiple=True, metavar="NAME=VALUE", help="May be repeated.")
@click.option("--environment", "-e", help="Name of the environment.  [local]")
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("reports"),
    show_default=True,
    help="Folder of the reports.",
)
def report(
    notebook: str | None,
    every: bool,
    parameter: tuple[str, ...],
    environment: str | None,
    output: Path,
) -> None:
    """Run NOTEBOOK, such as 40_fleet, and render it as a single HTML page."""
    from cartwheel.errors import UsageError
    from cartwheel.reports import run

    if bool(notebook) == every:
        raise UsageError("Name one notebook, as in 'cartwheel report 40_fleet', or say --all.")
    if every and parameter:
        raise UsageError("-p goes with one notebook, not with --all.")
    if every:
        results = run.run_all(output, environment, click.echo)
    else:
        results = [run.run_one(str(notebook), parameter, output, environment, click.echo)]
    sys.exit(0 if all(result.succeeded for result in results) else 1)
