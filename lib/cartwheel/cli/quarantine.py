"""cartwheel quarantine list | show | resend."""

import sys
from pathlib import Path

import click

from cartwheel.cli.groups import WholeHelpGroup
from cartwheel.connections import connect
from cartwheel.environment import Environment
from cartwheel.errors import UsageError
from cartwheel.printing import printable


@click.group(cls=WholeHelpGroup)
def quarantine() -> None:
    """List, show and resend invalid records, and batches that Lambda gave up on."""


@quarantine.command("list")
@click.option("--environment", "-e", help="Name of the environment.  [local]")
@click.option("--stream", help="Only this stream.")
@click.option("--by-reason", is_flag=True, help="Count the records of each reason instead.")
def list_(environment: str | None, stream: str | None, by_reason: bool) -> None:
    """List the keys, and which were resent."""
    from cartwheel.delivery import batches
    from cartwheel.delivery import quarantine as store

    env = connect(environment)
    if by_reason:
        for each in store.reasons(env, stream):
            resent = f", {each.count_resent:,} resent" if each.count_resent else ""
            click.echo(printable(f"{each.count:>9,}  {each.stream}  {each.reason}{resent}"))
        return
    entries, given_up = store.entries(env, stream), batches.entries(env, stream)
    for entry in entries:
        click.echo(f"{printable(entry.key)}{'  (resent)' if entry.resent else ''}")
    for batch in given_up:
        told = f"{batch.count:,} records of {batch.stream}" if batch.stream else batch.reason
        told = f"  ({told}{', resent' if batch.resent else ''})"
        click.echo(printable(batch.key + told))
    click.echo(f"{len(entries)} records in quarantine, {len(given_up)} batches given up.", err=True)


@quarantine.command()
@click.argument("key")
@click.option("--environment", "-e", help="Name of the environment.  [local]")
@click.option("--payload", is_flag=True, help="Print the original bytes and nothing else.")
def show(key: str, environment: str | None, payload: bool) -> None:
    """Show the reason and the original bytes of KEY."""
    from cartwheel.delivery import batches
    from cartwheel.delivery import quarantine as store

    env = connect(environment)
    if key.startswith(batches.PREFIX):
        _show_batch(env, key, payload)
        return
    record = store.show(env, key)
    if payload:
        sys.stdout.buffer.write(record.original())
        return
    for field in ("stream", "shard_id", "sequence_number", "arrived_at", "reason"):
        click.echo(f"{field:<16} {printable(getattr(record, field))}")
    click.echo(f"{'payload':<16} {record.original()[:2000]!r}")


def _show_batch(env: Environment, key: str, payload: bool) -> None:
    from cartwheel.delivery import batches

    if payload:
        for record in batches.records(env, key):
            sys.stdout.buffer.write(record["Data"] + b"\n")
        return
    batch = batches.show(env, key)
    fields = ("stream", "shard_id", "first", "last", "count", "function", "reason", "given_up_at")
    for field in fields:
        click.echo(f"{field:<16} {printable(getattr(batch, field))}")


@quarantine.command()
@click.argument("key", required=False)
@click.option("--environment", "-e", help="Name of the environment.  [local]")
@click.option(
    "--edited",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File with the corrected record, one JSON object.",
)
@click.option("--reason", help="Resend every record of this reason, as 'list --by-reason' has it.")
@click.option("--stream", help="With --reason: only of this stream.")
def resend(
    key: str | None,
    environment: str | None,
    edited: Path | None,
    reason: str | None,
    stream: str | None,
) -> None:
    """Put KEY back on its stream: the original bytes, a corrected record, or a whole batch."""
    from cartwheel.delivery import quarantine as store

    if (key is None) == (reason is None) or (reason is not None and edited is not None):
        raise UsageError("Name a KEY, with or without --edited, or a --reason: one of the two.")
    if stream is not None and reason is None:
        raise UsageError("--stream is for --reason: a KEY has its stream.")
    env = connect(environment)
    if reason is not None:
        keys = store.with_reason(env, reason, stream)
        for each in keys:
            store.resend(env, each)
        click.echo(f"Sent {len(keys):,} records again.")
        return
    payload = edited.read_bytes().strip() if edited else None
    receipt = store.resend(env, str(key), payload)
    if "count" in receipt:
        click.echo(f"Sent {receipt['count']:,} records to {receipt['stream']}.")
        return
    click.echo(
        f"Sent to {receipt['stream']} as {receipt['shard_id']} {receipt['sequence_number']}."
    )
