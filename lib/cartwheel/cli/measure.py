"""cartwheel measure."""

import time

import click

from cartwheel.connections import connect


@click.command()
@click.option("--environment", "-e", help="Name of the environment.  [local]")
@click.option(
    "--every", type=click.FloatRange(1), metavar="SECONDS",
    help="Go on, a look every so many seconds, until interrupted.",
)  # fmt: skip
def measure(environment: str | None, every: float | None) -> None:
    """
    Tell CloudWatch how far lake and warehouse are behind, and SNS of new files and loads.

    The alarms on lake and warehouse need it.

    Run it every minute by whatever schedules there, or leave it running with --every 60.
    """
    from cartwheel.aws import metrics
    from cartwheel.cli.groups import OF_SERVICES, is_one
    from cartwheel.delivery import measuring, notices
    from cartwheel.deploy.stacks import outputs
    from cartwheel.deploy.templates import STORAGE
    from cartwheel.errors import CartwheelError
    from cartwheel.printing import aligned, printable

    env = connect(environment)
    topic = outputs(env, STORAGE.stack).get("StorageTopicArn")
    if topic is None:
        raise CartwheelError(f"{env.name} has no topic for notices: run 'cartwheel deploy' first.")
    while True:
        try:
            found = list(measuring.figures(measuring.look(env)))
            metrics.put(env, found)
            told = notices.tell_new(env, topic)
        except Exception as error:
            if every is None or not is_one(error, OF_SERVICES):
                raise
            # The alarms see that nobody tells; the next look may succeed.
            click.echo(f"cartwheel: not measured: {printable(error)}", err=True)
        else:
            lines = [
                (each.name, " ".join(each.of.values()), f"{each.value:,.0f}", each.unit.lower())
                for each in found
            ]
            click.echo(aligned(lines, right=[2]))
            for notice in told:
                click.echo(notice.subject)
        if every is None:
            return
        time.sleep(every)
