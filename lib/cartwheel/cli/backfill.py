"""cartwheel backfill."""

import sys

import click
from tqdm import tqdm

from cartwheel.connections import connect


@click.command()
@click.argument("store")
@click.option("--environment", "-e", help="Name of the environment.  [local]")
def backfill(store: str, environment: str | None) -> None:
    """
    Fill the lookup STORE from RAW: Invoices, Customers, TruckState or TruckTelemetry.

    For what was loaded past the streams, or what a lookup lost. Invoices and Customers are
    filled together, TruckState and TruckTelemetry too. Safe to repeat, and while events arrive.
    """
    from cartwheel.delivery import lookups
    from cartwheel.deploy import lookups as deployed

    tables = lookups.group(store)
    env = connect(environment)
    with tqdm(unit=" rows", unit_scale=True, disable=not sys.stderr.isatty()) as bar:

        def tell(more: int) -> None:
            bar.update(more)

        count = deployed.fill(env, store, tell)
    click.echo(f"{' and '.join(tables)}: {count:,} rows of RAW are in.")
