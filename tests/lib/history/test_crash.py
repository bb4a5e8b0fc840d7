"""A merge killed anywhere leaves the old history; the next one makes it whole."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cartwheel import history
from cartwheel.history import merging
from cartwheel.local import processes
from cartwheel.local.environment import LoopbackEnvironment
from cartwheel.local.files import Files
from cartwheel.local.processes import Process
from cartwheel.warehouse import Warehouse, migrations

from .oracle import DIMENSIONS_TESTED, load, oracle, reading, table

TRUCKS = DIMENSIONS_TESTED["TRUCK_TELEMETRY_DATA"]
# Merges as 'cartwheel history merge' does, but halts before one statement, for good.
HALTING = """
import sys, time
from cartwheel import history
from cartwheel.history import merging
from cartwheel.warehouse import Warehouse
import json
parameters, stop = json.loads(sys.argv[1]), int(sys.argv[2])
run, count = merging._run, 0
def halting(*arguments):
    global count
    if count == stop:
        print("halted", flush=True)
        time.sleep(600)
    count += 1
    return run(*arguments)
merging._run = halting
history.merge(Warehouse(parameters), "TRUCK_TELEMETRY_DATA")
print("done", flush=True)
"""


def start_halting(connection: dict[str, object], stop: int) -> subprocess.Popen[str]:
    """Start a merge that halts before its statement of a number, and wait until it does."""
    process = subprocess.Popen(
        [sys.executable, "-c", HALTING, json.dumps(connection), str(stop)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "halted\n"
    return process


@pytest.mark.parametrize("stop", [0, 1, 3, 6, 7, 8, len(merging.STEPS) - 1])
def test_a_merge_killed_before_any_statement_leaves_the_old_table(
    warehouse: Warehouse, connection: dict[str, object], stop: int
) -> None:
    """Kill -9 before a statement: the table is the old one, and the next merge's the oracle's."""
    before = [reading(minute, float(minute), minute) for minute in range(5)]
    late = [reading(1.5, 9.0, 50, "file-1"), reading(7, 1.0, 51, "file-1")]
    load(warehouse, TRUCKS, before)
    history.merge(warehouse, TRUCKS)
    load(warehouse, TRUCKS, late)
    process = start_halting(connection, stop)
    try:
        assert table(warehouse, TRUCKS) == oracle(TRUCKS, before)
    finally:
        process.kill()
        process.wait()
    assert table(warehouse, TRUCKS) == oracle(TRUCKS, before)
    assert history.merge(warehouse, TRUCKS).files == 1
    assert table(warehouse, TRUCKS) == oracle(TRUCKS, [*before, *late])


def start_warehouse(files: Files) -> Process:
    """Start the warehouse alone, and wait until it answers."""
    process = processes.spawn(files, processes.FAKESNOW, processes.free_port())
    deadline = time.monotonic() + 60
    while not process.healthy(files):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    files.configure(1, process.port)
    return process


def test_a_warehouse_killed_before_any_statement_comes_back_with_the_old_table(
    tmp_path: Path, placeholders: dict[str, str]
) -> None:
    """Kill -9 of the warehouse before statements drawn by chance: never a mixed table."""
    files = Files(tmp_path)
    files.make()
    rng = random.Random(4)
    rows, merged = [], []
    for turn, stop in enumerate([*rng.sample(range(len(merging.STEPS)), 4), None]):
        server = start_warehouse(files)
        try:
            parameters = {
                **LoopbackEnvironment(files).other_connection("local"),
                "database": "CRASHES",
            }
            warehouse = Warehouse(parameters)
            migrations.migrate(warehouse, placeholders)
            assert table(warehouse, TRUCKS) == oracle(TRUCKS, merged)
            if turn % 2:
                history.merge(warehouse, TRUCKS)
                merged = list(rows)
            batch = [
                reading(rng.randrange(40), rng.choice([1.0, 2.0]), 100 * turn + n, f"file-{turn}")
                for n in range(20)
            ]
            load(warehouse, TRUCKS, batch)
            rows += batch
            if stop is not None:
                merge = start_halting(parameters, stop)
                os.kill(server.pid, signal.SIGKILL)
                merge.kill()
                merge.wait()
                continue
            history.merge(warehouse, TRUCKS)
            assert table(warehouse, TRUCKS) == oracle(TRUCKS, rows)
            assert history.check(warehouse, TRUCKS)["count_violations"].sum() == 0
        finally:
            if server.alive():
                processes.stop(server)
