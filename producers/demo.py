"""The demonstration: everything once, from an empty folder to the reports."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from cartwheel import history
from cartwheel.connections import connect
from cartwheel.delivery import reconciliation
from cartwheel.deploy import steps
from cartwheel.errors import CartwheelError
from cartwheel.reports import run

from producers import simulate
from producers.message import Message
from producers.prefetch import prefetch
from producers.replay import SOURCES
from producers.sender import Sender

BALANCE_SECONDS = 600
# A week of a mid-sized company; the reports are made of it.
WORLD = simulate.Settings(trucks=8, customers=2000, seed=27)
Say = Callable[[str], None]


def demonstrate(folder: Path | None, output: Path, say: Say, *, progress: bool) -> bool:
    """
    Deploy, send, merge, report, and show that the numbers add up.

    Parameters
    ----------
    folder
        Holds the real files to replay; None for the simulation.
    output
        Folder of the reports.

    Returns
    -------
    bool
        Whether every report succeeded and every record is accounted for.
    """
    began = time.monotonic()
    inputs = list(_inputs(folder))
    environment = connect()
    steps.deploy(environment, say)
    before = reconciliation.take(environment)
    sent: Counter[str] = Counter()
    for name, messages in inputs:
        say(f"Sending {name}")
        account = Sender(environment.client("kinesis"), progress=progress).send(messages)
        sent += account.sent
        say(f"   sent {account}")
        if account.interrupted or account.refused:
            raise CartwheelError(f"{name} was not sent whole; run the same again.")
    say("Waiting until everything has landed")
    entries = reconciliation.wait_until_balanced(environment, sent, BALANCE_SECONDS, before)
    for done in history.merge_all(environment.warehouse):
        say(f"Merged {done.name}: {done.files} files, {done.made:,} versions made")
    environment.close()
    say("Running the notebooks")
    results = run.run_all(output, environment.name, say)
    say("\n" + reconciliation.as_table(entries))
    say(f"\nDone in {time.monotonic() - began:.0f} s. Open {output / 'index.html'}")
    return all(r.succeeded for r in results) and all(e.balanced for e in entries)


def _inputs(folder: Path | None) -> Iterator[tuple[str, Iterable[Message]]]:
    if folder is None:
        yield "the simulation", prefetch(simulate.messages(WORLD))
        return
    for name, source in SOURCES.items():
        yield name, source.read(source.find(folder))
