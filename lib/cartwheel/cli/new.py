"""cartwheel new."""

import click


@click.command()
@click.argument("name")
def new(name: str) -> None:
    """Write a notebook to start from: NAME.ipynb, where you are."""
    from cartwheel.reports import new as template

    path = template.write(name)
    click.echo(f"Wrote {path}. Open it in JupyterLab, or run 'cartwheel report {path}'.")
