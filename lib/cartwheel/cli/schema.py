"""cartwheel schema."""

import json

import click

from cartwheel.events import KINDS
from cartwheel.events import schema as schema_of


@click.command()
@click.argument("name", type=click.Choice(list(KINDS)))
def schema(name: str) -> None:
    """Print the JSON Schema of the events of NAME, as they are sent."""
    click.echo(json.dumps(schema_of(KINDS[name]), indent=2, ensure_ascii=False))
