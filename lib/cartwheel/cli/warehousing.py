"""cartwheel history | counts: the warehouse."""

import sys

import click

from cartwheel.environment import connect


@click.group()
def history() -> None:
    """The trucks' history (SCD Type 2)."""


@history.command()
@click.option("--environment", "-e", help="Name of the environment.  [local]")
def merge(environment: str | None) -> None:
    """Merge what was loaded since the last merge."""
    from cartwheel import history as trucks

    done = trucks.merge(connect(environment).warehouse)
    click.echo(
        f"{done.files} files claimed, {done.taken_out} versions taken out, {done.made} made."
    )


@history.command()
@click.option("--environment", "-e", help="Name of the environment.  [local]")
def check(environment: str | None) -> None:
    """Check what must hold of the history; the exit status is 1 if something does not."""
    from cartwheel import history as trucks

    found = trucks.check(connect(environment).warehouse)
    for row in found.itertuples():
        verdict = "holds" if row.count_violations == 0 else f"{row.count_violations} violations"
        click.echo(f"{verdict:<14} {row.rule}")
    sys.exit(int(found["count_violations"].sum() > 0))


@click.command()
@click.option("--environment", "-e", help="Name of the environment.  [local]")
@click.option("--wait", type=click.FloatRange(0), default=0, help="Seconds to wait for the rest.")
@click.argument("sent", nargs=-1, metavar="[STREAM=NUMBER]...")
def counts(environment: str | None, wait: float, sent: tuple[str, ...]) -> None:
    """
    Show per stream what landed, lies in quarantine and was counted.

    With STREAM=NUMBER, all that was ever sent to a stream of this environment, it is compared,
    and the exit status is 1 if it does not add up.
    """
    from cartwheel import ledger

    env = connect(environment)
    expected = ledger.parse_sent(sent)
    balance = ledger.wait_until_balanced(env, expected, wait)
    click.echo(ledger.as_table(balance))
    sys.exit(0 if all(entry.balanced for entry in balance) else 1)
