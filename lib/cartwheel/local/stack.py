"""The embedded stack as a whole: up, down, status."""

import fcntl
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from cartwheel import paths
from cartwheel.errors import CartwheelError
from cartwheel.local import processes
from cartwheel.local.files import Files
from cartwheel.local.processes import FAKESNOW, MINISTACK, SNOWPIPE, Process

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


def up(say: Say = to_stderr) -> Stack:
    """
    Start what is not running, and return the stack; calling it twice does no harm.

    Parameters
    ----------
    say
        Told what was started and what was mended.

    Raises
    ------
    CartwheelError
        If the state folder cannot be written or a process does not start.
    """
    files = Files(paths.home())
    if (found := _healthy(files)) is not None:
        files.configure(found[MINISTACK].port, found[FAKESNOW].port)
        return Stack(files, found)
    files.make()
    with _lock(files):
        return Stack(files, _start_missing(files, say))


def _healthy(files: Files) -> dict[str, Process] | None:
    if not (files.run / "processes.json").exists():
        return None
    known = processes.read_state(files)
    complete = set(known) == set(SERVICES)
    return known if complete and all(p.healthy() for p in known.values()) else None


def _start_missing(files: Files, say: Say) -> dict[str, Process]:
    known = processes.read_state(files)
    crashed = MINISTACK in known and not known[MINISTACK].alive()
    healthy = {name: process.healthy() for name, process in known.items()}
    if not healthy.get(MINISTACK) and SNOWPIPE in known:
        # It must look for files whose notification was lost with the queue.
        processes.stop(known[SNOWPIPE])
        healthy[SNOWPIPE] = False
    for service in SERVICES:
        if service == SNOWPIPE:
            files.configure(known[MINISTACK].port, known[FAKESNOW].port)
        if healthy.get(service):
            continue
        if service in known:
            processes.stop(known[service])
        preferred = known[service].port if service in known else _last_port(files, service)
        port = 0 if service == SNOWPIPE else processes.free_port(preferred)
        known[service] = processes.start(files, service, port)
        processes.write_state(files, known)
        say(f"{service} started{f' on 127.0.0.1:{port}' if port else ''}.")
    if crashed:
        from cartwheel.local import recovery

        recovery.mend(files, say)
    return known


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
        if not known:
            say("Nothing is running.")
        if MINISTACK in known and known[MINISTACK].healthy():
            processes.post(known[MINISTACK].port, "/_cartwheel/pause", timeout=60)
        for service in reversed(SERVICES):
            if service in known:
                _stop(files, known, service, say)


def _stop(files: Files, known: dict[str, Process], service: str, say: Say) -> None:
    process = known[service]
    was_alive = process.alive()
    processes.stop(process)
    if process.port:
        (files.run / f"{service}.port").write_text(str(process.port))
    if service == MINISTACK and not (files.run / "saved").exists():
        # The entry stays: the next up must mend what was not saved.
        if not was_alive:
            say(f"{service} had died; the next 'cartwheel up' mends what it lost.")
            return
        raise CartwheelError(
            f"MiniStack's state could not be saved in {files.aws_state}: see "
            f"{files.logs / 'ministack.log'}, free some space, and run 'cartwheel up'."
        )
    del known[service]
    processes.write_state(files, known)
    say(f"{service} {'stopped' if was_alive else 'was not running'}.")


def status() -> dict[str, Any]:
    """
    Return what runs: per service ``running``, ``stopped`` or ``dead``, with id and port.

    The entry ``ok`` is true if the whole stack is healthy.
    """
    files = Files(paths.home())
    known = processes.read_state(files) if files.run.exists() else {}
    services: dict[str, dict[str, Any]] = {}
    for service in SERVICES:
        process = known.get(service)
        if process is None:
            services[service] = {"state": "stopped"}
            continue
        state = "running" if process.healthy() else "silent" if process.alive() else "dead"
        services[service] = {"state": state, "pid": process.pid, "port": process.port or None}
    return {
        "home": str(files.home),
        "services": services,
        "ok": all(service["state"] == "running" for service in services.values()),
    }


@contextmanager
def _lock(files: Files, seconds: float = 180.0) -> Iterator[None]:
    with (files.run / "lock").open("w") as file:
        deadline = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise CartwheelError(
                        f"Another 'cartwheel up' or 'down' has held {files.run / 'lock'} for "
                        f"{seconds:.0f} s. Wait for it, or end it, and try again."
                    ) from None
                time.sleep(0.05)
        yield
