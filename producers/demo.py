"""The demonstration: everything once, from an empty folder to the reports."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cartwheel import history
from cartwheel.clicks import refreshing as shop
from cartwheel.connections import connect
from cartwheel.delivery import lookups, reconciliation
from cartwheel.deploy import lookups as deployed
from cartwheel.deploy import steps
from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError, UsageError
from cartwheel.finding import counted
from cartwheel.fleet import refreshing as fleet
from cartwheel.reports import run
from tqdm import tqdm

from producers import simulate
from producers.message import Message
from producers.prefetch import prefetch
from producers.replay import inputs as files
from producers.replay.check import check, require_whole
from producers.replay.mapping import Mapping, load, shipped
from producers.replay.translate import messages
from producers.sender import Sender

BALANCE_SECONDS = LOOKUP_SECONDS = 600
# A week of a mid-sized company; the reports are made of it.
WORLD = simulate.Settings(trucks=8, customers=2000, seed=27)
Say = Callable[[str], None]


def demonstrate(
    folder: Path | None, output: Path, say: Say, *, progress: bool, verbose: bool
) -> bool:
    """
    Deploy, send, merge, report, and show that the numbers add up.

    Parameters
    ----------
    folder
        Holds the real files to replay; None for the simulation.
    output
        Folder of the reports.
    progress
        Show how far the sending and the waiting are.
    verbose
        Say each change of the deployment.

    Returns
    -------
    bool
        Whether every report succeeded and every record is accounted for.
    """
    began = time.monotonic()
    inputs = list(_inputs(folder, say, progress=progress))
    environment = connect()
    # The steps and the summary; the changes in between are indented.
    steps.deploy(environment, lambda line: say(line) if verbose or line[:1] != " " else None)
    before = reconciliation.take(environment)
    if folder is None:
        require_one_world(environment, WORLD.world_id)
    if folder is None and any(landed.records for landed in before.values()):
        say("This home holds data already: the same world is sent once more, and counted once.")
    sent: Counter[str] = Counter()
    for name, records in inputs:
        say(f"Sending {name}")
        account = Sender(environment.client("kinesis"), progress=progress).send(records)
        sent += account.sent
        say(f"   sent {account}")
        if account.interrupted or account.refused:
            raise CartwheelError(f"{name} was not sent whole; run the same again.")
    say("Waiting until everything has landed")
    with _waiting(sum(sent.values()), shown=progress) as tell:
        entries = reconciliation.wait_until_balanced(
            environment, sent, BALANCE_SECONDS, before, tell
        )
    held = lookups.wait_until_balanced(
        environment, deployed.telemetry_days(environment), LOOKUP_SECONDS
    )
    for done in history.merge_all(environment.warehouse):
        say(f"Merged {done.name}: {done.files} files, {done.made:,} versions made")
    trucks, visits = (
        fleet.refresh(environment.warehouse).trucks,
        shop.refresh(environment.warehouse),
    )
    say(f"Refreshed the tables of {counted(trucks, 'truck')} and {counted(visits, 'visit')}")
    environment.close()
    say("Running the notebooks; 'cartwheel report --all' runs the others too")
    results = run.run_all(output, environment.name, say, overviews=True)
    say("\n" + reconciliation.as_table(entries))
    say("\n" + lookups.as_table(held))
    say(f"\nDone in {time.monotonic() - began:.0f} s. Now:")
    say(f"  open {(output / 'index.html').resolve().as_uri()} in a browser")
    say("  make lab                        the notebooks, in JupyterLab")
    say("  .venv/bin/cartwheel new sales   a notebook of your own")
    say("  .venv/bin/cartwheel down        stops the embedded environment; 'up' brings it back")
    add_up = all(e.balanced for e in entries) and all(each.balanced for each in held)
    return add_up and all(r.succeeded for r in results)


def require_one_world(environment: Environment, world_id: str) -> None:
    """
    Refuse to send a world into a home that holds readings of another one.

    Raises
    ------
    UsageError
        If it does: trucks of both have the same names, so that every page would mix them.
    """
    rows = environment.warehouse.execute(
        "select event_id from raw.truck_telemetry "
        "where event_id rlike 'w[0-9a-f]{8}-t[0-9]+-[0-9]+' and event_id not like ? limit 1",
        [f"w{world_id}-%"],
    )
    if rows:
        raise UsageError(
            f"This home holds another simulated world (such as {rows[0][0]}), whose trucks have "
            "the same names. Run the demo in an empty home (CARTWHEEL_HOME=...), or reset this "
            "one: 'cartwheel down', and remove its folder .cartwheel. Nothing was sent."
        )


@contextmanager
def _waiting(total: int, *, shown: bool) -> Iterator[Callable[[int], None]]:
    """Show how many records have arrived, of how many that were sent."""
    with tqdm(total=total, unit=" records", unit_scale=True, disable=not shown) as bar:

        def tell(missing: int) -> None:
            bar.update(max(0, total - missing - bar.n))

        yield tell


def _inputs(
    folder: Path | None, say: Say, *, progress: bool
) -> Iterator[tuple[str, Iterable[Message]]]:
    if folder is None:
        yield "the simulation", prefetch(simulate.messages(WORLD))
        return
    claimed = list(_claimed(folder))
    used = {path for _, paths in claimed for path in paths}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path not in used and path.suffix != ".toml":
            say(f"Left out: {path}, which no mapping names")
    if not claimed:
        raise UsageError(
            f"{folder} holds no file that a mapping is for. Put one beside your files, which "
            "names them: 'python -m producers mapping FILE' guesses it."
        )
    for mapping, paths in claimed:
        say(f"Reading {', '.join(path.name for path in paths)} by {mapping.name}")
        require_whole(check(paths, mapping, None, progress=progress))
        yield mapping.name, messages(paths, mapping, None)


def _claimed(folder: Path) -> Iterator[tuple[Mapping, list[Path]]]:
    """Yield each mapping that Cartwheel brings or that lies in the folder, with its files."""
    own = sorted(str(path) for path in folder.rglob("*.toml"))
    for name in (*own, *shipped()):
        mapping = load(name)
        place = Path(name).parent if name in own else folder
        if paths := files.matching(mapping, place):
            yield mapping, paths
