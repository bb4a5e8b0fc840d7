"""``python -m producers simulate | replay | demo``."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path
from typing import Any, NoReturn

import click
from cartwheel.cli.groups import ErrorReportingGroup
from cartwheel.connections import connect
from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError, UsageError
from cartwheel.printing import printable

from producers.message import Message
from producers.output import Format, write
from producers.prefetch import prefetch
from producers.replay import inputs
from producers.replay.check import check, require_whole
from producers.replay.guess import guess
from producers.replay.mapping import load
from producers.replay.told import report
from producers.replay.translate import messages as messages_of
from producers.sender import Account, Sender
from producers.simulate import Truth, hooks, messages
from producers.simulate.hooks import Hooks
from producers.simulate.settings import make, read
from producers.simulate.truth.store import require_empty


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


def _send(environment: Environment, messages: Iterable[Message], speed: float | None) -> NoReturn:
    """Send messages that are in the order of their time, and end with the account."""
    sender = Sender(environment.client("kinesis"), speed, progress=sys.stderr.isatty())
    try:
        account = sender.send(messages)
    except CartwheelError:
        click.echo(f"sent {sender.account} before it stopped")
        raise
    if speed is not None:
        click.echo(f"at most {account.behind:.2f} s behind the schedule")
    _report(account)


def _in_time(messages: Iterable[Message]) -> Iterator[Message]:
    """Sort by time: what is paced must not run backwards."""
    return iter(sorted(messages, key=attrgetter("at")))


def _report(account: Account) -> NoReturn:
    click.echo(f"sent {account}")
    for refusal in account.refused[:10]:
        click.echo(f"not sent: {printable(refusal)}", err=True)
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
@click.option(
    "--mapping",
    "-m",
    "told",
    required=True,
    metavar="NAME|FILE.toml",
    help="How rows become events: a TOML file, or drives, eshop, ga4, gpx, j1939, …",
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--source", help="What the events' ids begin with.  [the file's name]")
@click.option("--dry-run", is_flag=True, help="Read all, send nothing, say what would be sent.")
@click.option("--quarantine", is_flag=True, help="Send too what the streams will refuse.")
@_speed
@_environment
def replay(
    told: str,
    paths: tuple[Path, ...],
    source: str | None,
    dry_run: bool,
    quarantine: bool,
    speed: float | None,
    environment: str | None,
) -> None:
    """Replay real files as events, with their own times; FILE may be a folder."""
    mapping = load(told)
    found = inputs.found(mapping, paths)
    checked = check(found, mapping, source, with_values=dry_run, progress=sys.stderr.isatty())
    if dry_run:
        click.echo(printable(report(checked, mapping)))
        sys.exit(1 if checked.refused else 0)
    if not quarantine:
        require_whole(checked)
    connected = connect(environment)
    inputs.require_new_ids(connected, mapping)
    whole = messages_of(found, mapping, source)
    _send(connected, whole if speed is None else _in_time(whole), speed)


@main.command()
@click.argument(
    "path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
def mapping(path: Path) -> None:
    """Print a mapping of a file to start from, as its columns and values suggest."""
    click.echo(printable(guess(path)))


def _folder(name: str, text: str) -> Callable[..., Any]:
    return click.option(name, type=click.Path(file_okay=False, path_type=Path), help=text)


@main.command()
@click.option("--trucks", type=int, help="1 to 1000.  [20]")
@click.option("--customers", type=int, help="50 to 1,000,000.  [5000]")
@click.option("--days", type=int, help="1 to 365.  [7]")
@click.option("--seed", type=int, help="Another seed, another world.  [7]")
@click.option(
    "--settings", "file", type=click.Path(dir_okay=False, path_type=Path),
    help="TOML file with any of the settings in docs/world.md.",
)  # fmt: skip
@_folder("--truth", "Empty or new folder for the ground truth, as Parquet.")
@_folder("--output", "Empty or new folder for the streams as files, instead of sending them.")
@click.option(
    "--format", type=click.Choice(["ndjson", "parquet"]), default="ndjson", show_default=True,
    help="Of the files of --output; Parquet takes a tenth of the disk.",
)  # fmt: skip
@click.option(
    "--processes", type=click.IntRange(1, 64), default=1, show_default=True,
    help="Number of processes; it does not affect the output.",
)  # fmt: skip
@click.option(
    "--planner", metavar="MODULE:FUNCTION",
    help="Function that plans a depot's routes each morning; see docs/world.md.",
)  # fmt: skip
@click.option(
    "--workshop", metavar="MODULE:FUNCTION",
    help="Function that calls trucks to the workshop each midnight.",
)  # fmt: skip
@click.option(
    "--restock", metavar="MODULE:FUNCTION", help="Function that orders stock each midnight."
)
@_speed
@_environment
def simulate(
    trucks: int | None,
    customers: int | None,
    days: int | None,
    seed: int | None,
    file: Path | None,
    truth: Path | None,
    output: Path | None,
    format: Format,
    processes: int,
    planner: str | None,
    workshop: str | None,
    restock: str | None,
    speed: float | None,
    environment: str | None,
) -> None:
    """Send a simulated world; the same settings give the same bytes."""
    values: dict[str, Any] = read(file) if file else {}
    named = {"trucks": trucks, "customers": customers, "days": days, "seed": seed}
    values |= {name: value for name, value in named.items() if value is not None}
    settings = make(values, str(file) if file else "the command line")
    if output is not None and speed is not None:
        raise UsageError("--speed paces what is sent; --output writes files at once. Name one.")
    if output is None and settings.ends > datetime.now(UTC):
        raise UsageError(
            f"start: the world would end at {settings.ends:%Y-%m-%d %H:%M} UTC, and the streams "
            f"refuse the future. Take an earlier start than {settings.start}, or fewer days than "
            f"{settings.days}."
        )
    deciding = Hooks(
        None if planner is None else hooks.load(planner, "--planner"),
        None if workshop is None else hooks.load(workshop, "--workshop"),
        None if restock is None else hooks.load(restock, "--restock"),
    )
    with ExitStack() as stack:
        if output is not None:
            require_empty(output)
        told = stack.enter_context(Truth(truth)) if truth is not None else None
        world = messages(settings, told, processes, deciding)
        whole = stack.enter_context(closing(prefetch(world)))
        if output is None:
            _send(connect(environment), whole, speed)
        written = write(whole, output, format, progress=sys.stderr.isatty())
        click.echo(f"wrote {Account(sent=written)} to {output}")


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
@click.option("--verbose", "-v", is_flag=True, help="Print each change of the deployment.")
def demo(folder: Path | None, output: Path, verbose: bool) -> None:
    """Deploy, send, merge and report, and show that the numbers add up."""
    from producers.demo import demonstrate

    try:
        succeeded = demonstrate(
            folder, output, click.echo, progress=sys.stderr.isatty(), verbose=verbose
        )
    except KeyboardInterrupt:
        click.echo(
            "\nInterrupted. The embedded environment still runs, and loads what was sent; "
            "'cartwheel counts --wait' shows it, 'cartwheel down' stops it, and the same demo "
            "again sends the rest.",
            err=True,
        )
        sys.exit(130)
    sys.exit(0 if succeeded else 1)


if __name__ == "__main__":
    main()
