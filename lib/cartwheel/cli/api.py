"""cartwheel api show | schema."""

import json

import click

from cartwheel.cli.groups import WholeHelpGroup
from cartwheel.connections import connect


@click.group(cls=WholeHelpGroup)
def api() -> None:
    """Show where the HTTP API is, and what it says."""


@api.command()
@click.option("--environment", "-e", help="Name of the environment.  [local]")
def show(environment: str | None) -> None:
    """Print the address of the API, and where devices get their tokens."""
    from cartwheel.deploy.api import api_of

    found = api_of(connect(environment))
    click.echo(f"API     {found.url}\ntokens  {found.token_url}")


@api.command()
def schema() -> None:
    """Print the OpenAPI 3.1 document of the API."""
    from cartwheel.aws.api import schema as document

    click.echo(json.dumps(document.openapi(), indent=2, ensure_ascii=False))
