"""cartwheel devices add | list | rotate | revoke."""

import csv
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from cartwheel.cli.groups import WholeHelpGroup
from cartwheel.connections import connect
from cartwheel.printing import printable

if TYPE_CHECKING:
    from cartwheel.aws.api.devices import Secret

_ENVIRONMENT = click.option("--environment", "-e", help="Name of the environment.  [local]")


@click.group(cls=WholeHelpGroup)
def devices() -> None:
    """Let the boxes of trucks post their readings, each those of its own truck."""


@devices.command()
@click.argument("trucks", nargs=-1, required=True)
@_ENVIRONMENT
def add(trucks: tuple[str, ...], environment: str | None) -> None:
    """
    Make a device for each of TRUCKS that has none; print its id and secret as CSV.

    TRUCKS of '-' are read from standard input, one a line. A secret is told once.
    """
    from cartwheel.aws.api import devices as store
    from cartwheel.deploy.api import api_of
    from cartwheel.finding import counted

    names = list(trucks)
    if names == ["-"]:
        names = [line.strip() for line in sys.stdin if line.strip()]
    count = _print(store.add(api_of(connect(environment)), names))
    there = len(set(names)) - count
    click.echo(f"{counted(count, 'device')} made; {counted(there, 'truck')} had one.", err=True)


@devices.command("list")
@_ENVIRONMENT
def list_(environment: str | None) -> None:
    """List the devices: truck, client, since when, and the end of one that is being replaced."""
    from cartwheel.aws.api import devices as store
    from cartwheel.deploy.api import api_of
    from cartwheel.finding import counted

    found = store.listed(api_of(connect(environment)))
    for device in found:
        ends = f"  until {device.expires_at:%Y-%m-%d %H:%M} UTC" if device.expires_at else ""
        made = f"{device.made_at:%Y-%m-%d %H:%M}"
        click.echo(printable(f"{device.truck_id}  {device.client_id}  {made}{ends}"))
    click.echo(f"{counted(len(found), 'device')}.", err=True)


@devices.command()
@click.argument("truck")
@click.option(
    "--overlap-hours", type=click.FloatRange(0, 8760), default=24.0, show_default=True,
    help="How long the old secret stays good.",
)  # fmt: skip
@_ENVIRONMENT
def rotate(truck: str, overlap_hours: float, environment: str | None) -> None:
    """Give TRUCK a new id and secret; the old ones end by themselves."""
    from cartwheel.aws.api import devices as store
    from cartwheel.deploy.api import api_of

    _print([store.rotate(api_of(connect(environment)), truck, overlap_hours)])


@devices.command()
@click.argument("truck")
@_ENVIRONMENT
def revoke(truck: str, environment: str | None) -> None:
    """Refuse the devices of TRUCK from now on, whatever token they hold."""
    from cartwheel.aws.api import devices as store
    from cartwheel.deploy.api import api_of
    from cartwheel.finding import counted

    count = store.revoke(api_of(connect(environment)), truck)
    click.echo(f"{counted(count, 'device')} of {printable(truck)} revoked.", err=True)


def _print(secrets: "Iterable[Secret]") -> int:
    """Print each secret as soon as it is known, since nobody tells it twice."""
    rows = csv.writer(sys.stdout, lineterminator="\n")
    rows.writerow(("truck_id", "client_id", "client_secret"))
    count = 0
    for each in secrets:
        rows.writerow((each.truck_id, each.client_id, each.client_secret))
        sys.stdout.flush()
        count += 1
    return count
