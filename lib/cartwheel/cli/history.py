"""cartwheel history merge | check | sql | task."""

import sys

import click

from cartwheel.cli.groups import WholeHelpGroup
from cartwheel.connections import connect
from cartwheel.printing import printable


@click.group(cls=WholeHelpGroup)
def history() -> None:
    """Merge and check the histories (SCD Type 2), and print their SQL."""


def _named(name: str | None) -> list[str]:
    """Return the history of a name, or all."""
    from cartwheel import history as histories

    return list(histories.DIMENSIONS) if name is None else [histories.resolve(name).name]


@history.command()
@click.option("--environment", "-e", help="Name of the environment.  [local]")
@click.argument("name", required=False)
def merge(environment: str | None, name: str | None) -> None:
    """Merge what was loaded since the last merge into the history NAME, or into all."""
    from cartwheel import history as histories
    from cartwheel.aws import metrics

    names = _named(name)
    env = connect(environment)
    for each in names:
        with metrics.told(env, f"merge {each}"):
            done = histories.merge(env.warehouse, each, say=lambda text: click.echo(text, err=True))
        click.echo(
            f"{each:<22} {done.files:>6,} files claimed, {done.taken_out:>8,} versions taken out, "
            f"{done.made:>8,} made."
        )


@history.command()
@click.option("--environment", "-e", help="Name of the environment.  [local]")
@click.argument("name", required=False)
def check(environment: str | None, name: str | None) -> None:
    """
    Check the rules of the history NAME, or of all, and show how its task fares.

    The exit status is 1 if a rule is broken.
    """
    from cartwheel import history as histories
    from cartwheel.history.tasks import told

    names = _named(name)
    warehouse = connect(environment).warehouse
    tasks = histories.tasks(warehouse).set_index("history")
    count = 0
    for each in names:
        click.echo(f"{each}: {printable(told(tasks.loc[each]))}")
        for row in histories.check(warehouse, each).itertuples():
            broken = int(row.count_violations)
            verdict = f"{broken:,} violations" if broken else "holds"
            example = f", such as {printable(row.example)}" if broken else ""
            click.echo(f"  {verdict:<16} {row.rule}{example}")
            count += broken
    sys.exit(int(count > 0))


@history.command("sql")
@click.argument("name")
def show_sql(name: str) -> None:
    """Print the SQL that merges the history NAME."""
    from cartwheel import history as histories
    from cartwheel.history import sql

    click.echo(sql.text("merge", histories.resolve(name)), nl=False)


@history.command("task")
@click.argument("name")
def show_task(name: str) -> None:
    """Print the task that merges the history NAME in the cloud."""
    from cartwheel import history as histories

    click.echo(histories.task(name), nl=False)
