"""cartwheel publish."""

import click

from cartwheel.connections import connect


@click.group()
def publish() -> None:
    """Put what the warehouse knows where the API answers it."""


@publish.command()
@click.option("--environment", "-e", help="Name of the environment.  [local]")
def recommendations(environment: str | None) -> None:
    """Publish the recommendations that notebook 53 built last, in the place of those before."""
    from cartwheel.clicks.recommend import publishing

    count = publishing.publish(connect(environment))
    click.echo(f"Published {count:,} lists of recommendations.")
