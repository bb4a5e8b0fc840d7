"""``python -m producers replay | simulate``."""

import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from operator import attrgetter
from pathlib import Path

import click
from cartwheel.cli import ErrorReportingGroup
from cartwheel.environment import connect
from cartwheel.errors import CartwheelError, UsageError

from producers.message import Message
from producers.replay import SOURCES
from producers.sender import Account, Sender
from producers.simulation import Settings, simulate_messages


class Speed(click.ParamType):  # type: ignore[type-arg]
    """``max``, or how many times as fast as it happened."""

    name = "max|N"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> float | None:
        """Return the multiple, None for ``max``."""
        if value == "max":
            return None
        try:
            speed = float(value)
        except ValueError:
            speed = 0.0
        if not 0 < speed < float("inf"):
            self.fail(f"{value!r} is neither 'max' nor a number above 0.", param, ctx)
        return speed


@click.group(cls=ErrorReportingGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Send events to the streams."""


def _send(environment: str | None, messages: Iterable[Message], speed: float | None) -> None:
    sender = Sender(connect(environment).client("kinesis"), speed, progress=sys.stderr.isatty())
    try:
        account = sender.send(messages if speed is None else _in_time(messages))
    except CartwheelError:
        click.echo(f"sent {sender.account} before it stopped")
        raise
    _report(account)


def _in_time(messages: Iterable[Message]) -> Iterator[Message]:
    """Sort by time: what is paced must not run backwards."""
    return iter(sorted(messages, key=attrgetter("at")))


def _report(account: Account) -> None:
    click.echo(f"sent {account}")
    for refusal in account.refused[:10]:
        click.echo(f"not sent: {refusal}", err=True)
    if account.refused:
        click.echo(f"{len(account.refused)} records were too large and not sent.", err=True)
    if account.interrupted:
        click.echo("Interrupted; the batch in flight was finished.", err=True)
        sys.exit(130)
    sys.exit(1 if account.refused else 0)


_environment = click.option("--environment", "-e", help="Name of the environment.  [local]")
_speed = click.option(
    "--speed", type=Speed(), default="max", show_default=True, help="Multiple of real time."
)


@main.command()
@click.option("--source", type=click.Choice(list(SOURCES)), required=True, help="What the file is.")
@click.option(
    "--path", type=click.Path(path_type=Path), required=True, help="The file, or its folder."
)
@_speed
@_environment
def replay(source: str, path: Path, speed: float | None, environment: str | None) -> None:
    """Send a real file as events with their own times."""
    chosen = SOURCES[source]
    messages = chosen.read(chosen.find(path))
    first = next(messages, None)  # a wrong file is noticed before anything is started
    if first is None:
        raise UsageError(f"{path} holds no row.")
    _send(environment, chain([first], messages), speed)


@main.command()
@click.option("--trucks", type=click.IntRange(1, 10_000), default=16, show_default=True)
@click.option("--sessions", type=click.IntRange(1, 1_000_000), default=6_000, show_default=True)
@click.option("--days", type=click.IntRange(1, 365), default=1, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=7, show_default=True)
@click.option(
    "--malformed", type=click.IntRange(0, 10_000), default=12, show_default=True,
    help="Broken records among the others.",
)  # fmt: skip
@_speed
@_environment
def simulate(
    trucks: int,
    sessions: int,
    days: int,
    seed: int,
    malformed: int,
    speed: float | None,
    environment: str | None,
) -> None:
    """Send a small invented fleet and shop; a seed gives the same events."""
    settings = Settings(trucks, sessions, days, seed, malformed)
    _send(environment, simulate_messages(settings), speed)


@main.command()
@click.option(
    "--input",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with the real files to replay.  [the simulation]",
)
@click.option(
    "--output", type=click.Path(file_okay=False, path_type=Path), default=Path("reports"),
    show_default=True, help="Folder of the reports.",
)  # fmt: skip
def demo(folder: Path | None, output: Path) -> None:
    """Deploy, send, merge and report, and show that the numbers add up."""
    from producers.demo import demonstrate

    succeeded = demonstrate(folder, output, click.echo, progress=sys.stderr.isatty())
    sys.exit(0 if succeeded else 1)


if __name__ == "__main__":
    main()
