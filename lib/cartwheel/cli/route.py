"""cartwheel route."""

from pathlib import Path

import click

from cartwheel.errors import CartwheelError


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--seconds", type=float, help="Stop after so long.  [10, without --iterations]")
@click.option("--iterations", type=int, help="Stop after so many iterations of the search.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the search.")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the routes here."
)
def route(
    path: Path, seconds: float | None, iterations: int | None, seed: int, output: Path | None
) -> None:
    """Solve a problem of routes in a VRPLIB or Solomon file; print it as a .sol file has it."""
    from cartwheel.fleet import routes

    problem = routes.read(path)
    if seconds is None and iterations is None:
        seconds = 10.0
    found = routes.solve(problem, seconds=seconds, iterations=iterations, seed=seed)
    if not found.is_feasible:
        raise CartwheelError(
            f"{path}: no routes were found that keep every limit in {found.iterations:,} "
            "iterations; give it more --seconds."
        )
    text = routes.as_text(found)
    if output is not None:
        output.write_text(text + "\n", encoding="utf-8")
    click.echo(text)
    click.echo(
        f"{len(found.routes)} routes, {found.iterations:,} iterations, {found.seconds:.1f} s",
        err=True,
    )
