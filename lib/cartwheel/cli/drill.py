"""cartwheel drill alarms."""

import os
import signal
import sys
import tempfile

import click

from cartwheel.cli.groups import WholeHelpGroup
from cartwheel.connections import connect


@click.group(cls=WholeHelpGroup)
def drill() -> None:
    """Break something on purpose, in an embedded environment of its own, and see it noticed."""


@drill.command()
def alarms() -> None:
    """
    Let every alarm fire by its real cause and clear, and receive the notices.

    It takes some minutes and leaves nothing. The exit status is 1 if an alarm was silent.
    """
    from cartwheel.deploy import steps
    from cartwheel.drills import alarms as drilling
    from cartwheel.drills.causes import Broken
    from cartwheel.environment import LOCAL
    from cartwheel.local import processes, stack

    def say(text: str) -> None:
        click.echo(text, err=True)

    def signal_loader(number: int) -> None:
        loader = processes.read_state(running.files)[processes.SNOWPIPE]
        os.kill(loader.pid, number)

    # Who is told to end stops what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with tempfile.TemporaryDirectory(prefix="cartwheel-drill-") as folder:
        os.environ["CARTWHEEL_HOME"] = folder
        try:
            running = stack.up(say)
            say("Deploying.")
            environment = connect(LOCAL)
            steps.deploy(environment, lambda _: None)
            broken = Broken(
                environment,
                halt=lambda: signal_loader(signal.SIGSTOP),
                go_on=lambda: signal_loader(signal.SIGCONT),
            )
            done = drilling.run(environment, lambda: connect(LOCAL), broken.causes(), say)
            environment.close()
        finally:
            stack.down(say)
    click.echo(drilling.as_table(done))
    sys.exit(0 if all(each.fired is not None and each.cleared is not None for each in done) else 1)
