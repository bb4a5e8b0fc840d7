"""cartwheel quarantine list | show | resend."""

import sys
from pathlib import Path

import click

from cartwheel.cli.groups import WholeHelpGroup
from cartwheel.connections import connect
from cartwheel.printing import printable


@click.group(cls=WholeHelpGroup)
def quarantine() -> None:
    """List, show and resend records that did not validate."""


@quarantine.command("list")
@click.option("--environment", "-e", help="Name of the environment.  [local]")
@click.option("--stream", help="Only this stream.")
def list_(environment: str | None, stream: str | None) -> None:
    """List the keys, and which were resent."""
    from cartwheel.delivery import quarantine as store

    entries = store.entries(connect(environment), stream)
    for entry in entries:
        click.echo(f"{printable(entry.key)}{'  (resent)' if entry.resent else ''}")
    click.echo(f"{len(entries)} in quarantine.", err=True)


@quarantine.command()
@click.argument("key")
@click.option("--environment", "-e", help="Name of the environment.  [local]")
@click.option("--payload", is_flag=True, help="Print the original bytes and nothing else.")
def show(key: str, environment: str | None, payload: bool) -> None:
    """Show the reason and the original bytes of KEY."""
    from cartwheel.delivery import quarantine as store

    record = store.show(connect(environment), key)
    if payload:
        sys.stdout.buffer.write(record.original())
        return
    for field in ("stream", "shard_id", "sequence_number", "arrived_at", "reason"):
        click.echo(f"{field:<16} {printable(getattr(record, field))}")
    click.echo(f"{'payload':<16} {record.original()[:2000]!r}")


@quarantine.command()
@click.argument("key")
@click.option("--environment", "-e", help="Name of the environment.  [local]")
@click.option(
    "--edited",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File with the corrected record, one JSON object.",
)
def resend(key: str, environment: str | None, edited: Path | None) -> None:
    """Put KEY back on its stream: the original bytes, or a corrected record."""
    from cartwheel.delivery import quarantine as store

    payload = edited.read_bytes().strip() if edited else None
    receipt = store.resend(connect(environment), key, payload)
    click.echo(
        f"Sent to {receipt['stream']} as {receipt['shard_id']} {receipt['sequence_number']}."
    )
