"""cartwheel new."""

import shlex

import click


@click.command()
@click.argument("name")
def new(name: str) -> None:
    """Write a notebook to start from: NAME.ipynb, where you are."""
    from cartwheel.reports import new as template

    path = template.write(name)
    command = f"cartwheel report {shlex.quote(str(path))}"
    click.echo(f"Wrote {path}. Open it in JupyterLab, or run: {command}")
