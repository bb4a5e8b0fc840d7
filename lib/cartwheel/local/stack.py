"""The embedded stack as a whole: up, down, status."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from cartwheel import paths
from cartwheel.errors import CartwheelError
from cartwheel.local import processes
from cartwheel.local.files import Files, held
from cartwheel.local.processes import FAKESNOW, MINISTACK, SNOWPIPE, Process, Service

SERVICES = (MINISTACK, FAKESNOW, SNOWPIPE)
HIGHEST_PORT = 65_535
Say = Callable[[str], None]


@dataclass(frozen=True)
class Stack:
    """The running stack: its files and its processes by service."""

    files: Files
    processes: dict[str, Process]


def to_stderr(message: str) -> None:
    """Say something without touching the standard output."""
    print(message, file=sys.stderr)


def up(say: Say = to_stderr, *, sync: bool = False) -> Stack:
    """
    Start what is not running, and return the stack; calling it twice does no harm.

    What died is started again and goes on from what it had acknowledged; an ``up`` that
    was interrupted anywhere is healed by the next.

    Parameters
    ----------
    say
        Told what was started and what the services have to tell.
    sync
        Let what is acknowledged also survive a power loss, at the price of speed.

    Raises
    ------
    CartwheelError
        If the state folder cannot be written or a process does not start.
    """
    files = Files(paths.home())
    if (found := _healthy(files)) is not None:
        files.configure(found[MINISTACK].port, found[FAKESNOW].port)
        if sync and not (files.run / "sync").exists():
            say("It runs without --sync: run 'cartwheel down' first.")
        return Stack(files, found)
    files.make()
    with _lock(files):
        return Stack(files, _start_missing(files, say, sync))


def _healthy(files: Files) -> dict[str, Process] | None:
    if not (files.run / "processes.json").exists():
        return None
    known = processes.read_state(files)
    complete = set(known) == set(SERVICES)
    return known if complete and all(p.healthy(files) for p in known.values()) else None


def _start_missing(files: Files, say: Say, sync: bool) -> dict[str, Process]:
    known = processes.read_state(files)
    _end_strays(files, known, say)
    for service in SERVICES:
        if service == SNOWPIPE:
            files.configure(known[MINISTACK].port, known[FAKESNOW].port)
        if service in known and known[service].healthy(files):
            continue
        if service in known:
            if not known[service].alive():
                say(f"{service} had died.")
            processes.stop(known[service])
        preferred = known[service].port if service in known else _last_port(files, service)
        port = 0 if service == SNOWPIPE else processes.free_port(preferred)
        # Remembered before it is waited for, so that an interrupted start leaves no stranger.
        known[service] = processes.spawn(files, service, port, _options(files, service, sync))
        processes.write_state(files, known)
        processes.wait_until_healthy(files, known[service])
        say(f"{service} started{f' on 127.0.0.1:{port}' if port else ''}.")
        for line in files.told():
            say(line)
    return known


def _options(files: Files, service: Service, sync: bool) -> list[str]:
    if service != MINISTACK:
        return []
    marker = files.run / "sync"
    if sync:
        marker.touch()
    else:
        marker.unlink(missing_ok=True)
    return ["--sync"] if sync else []


def _end_strays(files: Files, known: dict[str, Process], say: Say) -> None:
    for stray in processes.strays(files, known):
        processes.stop(stray)
        say(f"{stray.service} (process {stray.pid}) of an interrupted start was ended.")


def _last_port(files: Files, service: str) -> int:
    """Return the port of the last run, so that a notebook's open session stays valid."""
    path = files.run / f"{service}.port"
    text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    port = int(text) if text.isascii() and text.isdecimal() else 0
    return port if port <= HIGHEST_PORT else 0


def down(say: Say = to_stderr) -> None:
    """
    Save the state and end the processes that ``up`` started, and no others.

    Raises
    ------
    CartwheelError
        If a process does not end, or the state could not be saved.
    """
    files = Files(paths.home())
    if not files.run.exists():
        say("Nothing is running.")
        return
    with _lock(files):
        known = processes.read_state(files)
        _end_strays(files, known, say)
        if not known:
            say("Nothing is running.")
        for service in reversed(SERVICES):
            if service in known:
                _stop(files, known, service, say)


def _stop(files: Files, known: dict[str, Process], service: Service, say: Say) -> None:
    process = known[service]
    was_alive = process.alive()
    processes.stop(process)
    if process.port:
        (files.run / f"{service}.port").write_text(str(process.port))
    del known[service]
    processes.write_state(files, known)
    if failures := files.told():
        raise CartwheelError(
            "\n".join(failures) + "\nNothing that was acknowledged is lost: the next 'cartwheel "
            "up' goes on from the state saved before and the records that came since."
        )
    say(f"{service} stopped." if was_alive else f"{service} had died; 'cartwheel up' goes on.")


def status() -> dict[str, Any]:
    """
    Return what runs: per service its state, process and port.

    A state is ``running``, ``lagging`` (alive, but without a sign of life for 10 s),
    ``halted`` (stopped by a signal), ``dead`` or ``stopped``. The entry ``ok`` is true if
    all are running.
    """
    files = Files(paths.home())
    known = processes.read_state(files) if files.run.exists() else {}
    services: dict[str, dict[str, Any]] = {}
    for service in SERVICES:
        process = known.get(service)
        if process is None:
            services[service] = {"state": "stopped"}
            continue
        state = process.state(files)
        services[service] = {"state": state, "pid": process.pid, "port": process.port or None}
    return {
        "home": str(files.home),
        "services": services,
        "ok": all(service["state"] == "running" for service in services.values()),
    }


@contextmanager
def _private_files() -> Iterator[None]:
    """Let what is made inside be its owner's alone."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def _lock(files: Files, seconds: float = 240.0) -> Iterator[None]:
    with _private_files(), held(files.run / "lock", "'cartwheel up' or 'down'", seconds):
        yield
