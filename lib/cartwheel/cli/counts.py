"""cartwheel counts."""

import sys

import click

from cartwheel.connections import connect


@click.command()
@click.option("--environment", "-e", help="Name of the environment.  [local]")
@click.option(
    "--wait", type=click.FloatRange(0), is_flag=False, flag_value=120, default=0,
    metavar="[SECONDS]",
    help="Wait for what is missing, 120 seconds by default; without numbers, until nothing more "
    "arrives.",
)  # fmt: skip
@click.argument("sent", nargs=-1, metavar="[STREAM=NUMBER]...")
def counts(environment: str | None, wait: float, sent: tuple[str, ...]) -> None:
    """
    Show per stream what has landed, is in quarantine, was counted live and can be looked up.

    STREAM=NUMBER is the total ever sent to a stream, to compare with.
    The exit status is 1 if something does not add up.
    """
    from cartwheel.delivery import lookups, reconciliation
    from cartwheel.deploy import lookups as deployed

    expected = reconciliation.parse_sent(sent)
    env = connect(environment)
    if wait and not expected:
        is_quiet = reconciliation.wait_until_quiet(env, wait)
        click.echo(
            f"Nothing more has arrived for {reconciliation.QUIET_SECONDS:.0f} s."
            if is_quiet
            else f"Records are still arriving after {wait:.0f} s.",
            err=True,
        )
    balance = reconciliation.wait_until_balanced(env, expected, wait)
    click.echo(reconciliation.as_table(balance))
    held: list[lookups.Held] = []
    if deployed.are_deployed(env):
        held = lookups.wait_until_balanced(env, deployed.telemetry_days(env), wait)
        click.echo("\n" + lookups.as_table(held))
    if all(entry.balanced for entry in balance) and all(each.balanced for each in held):
        return
    if not wait:
        click.echo("What was sent may still be arriving: ask again with --wait 60.", err=True)
    sys.exit(1)
