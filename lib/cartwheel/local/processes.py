"""The three processes: started, recognised by identity, asked for their health, stopped."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, get_args

import msgspec
import psutil
from msgspec import Meta

from cartwheel.errors import CartwheelError
from cartwheel.files import write_atomically
from cartwheel.local.access import KEY_HEADER
from cartwheel.local.files import Files

Service = Literal["ministack", "fakesnow", "snowpipe"]
MINISTACK: Service = "ministack"
FAKESNOW: Service = "fakesnow"
SNOWPIPE: Service = "snowpipe"
_MODULE = "cartwheel.local."
START_SECONDS = 60.0
STOP_SECONDS = 180.0
LAG_SECONDS = 10.0
# What a process may inherit; nothing of AWS_*, SNOWFLAKE_* or a proxy.
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "SYSTEMROOT")


def runs(pid: int, started: float) -> bool:
    """Return whether the process of a number is the one that started then, and running."""
    try:
        process = psutil.Process(pid)
        return _is_same(process, started) and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _is_same(process: psutil.Process, started: float) -> bool:
    return bool(abs(process.create_time() - started) < 0.01)


class Process(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A started process; its start time tells it from a later one of the same number."""

    service: Service
    pid: Annotated[int, Meta(ge=1, lt=2**31)]
    started: float
    port: Annotated[int, Meta(ge=0, le=65_535)]

    def alive(self) -> bool:
        """Is it still this process, and running?"""
        return runs(self.pid, self.started)

    def healthy(self, files: Files) -> bool:
        """Does it answer?"""
        if not self.alive():
            return False
        return answers(files, self.port) if self.port else _beat(files, self.service).exists()

    def state(self, files: Files) -> str:
        """Return ``running``, ``lagging`` (no sign of life for 10 s), ``halted`` or ``dead``."""
        if not self.alive():
            return "dead"
        if psutil.Process(self.pid).status() == psutil.STATUS_STOPPED:
            return "halted"
        beat = _beat(files, self.service)
        age = time.time() - beat.stat().st_mtime if beat.exists() else LAG_SECONDS
        return "running" if age < LAG_SECONDS and self.healthy(files) else "lagging"


def _beat(files: Files, service: str) -> Path:
    """Return the file that a service touches while it is at work."""
    return files.run / f"{service}.beat"


_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def answers(files: Files, port: int) -> bool:
    """Ask a service on a port of 127.0.0.1 for its health."""
    return ask(files, port, "/_cartwheel/health", seconds=5)


def ask(files: Files, port: int, path: str, seconds: float) -> bool:
    """Send a request of this project's own to a service; return whether it answers well."""
    secret = files.credentials().secret
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={KEY_HEADER: secret})
    try:
        with _OPENER.open(request, timeout=seconds) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def read_state(files: Files) -> dict[str, Process]:
    """Return the processes that were started and not yet ended by ``down``."""
    path = files.run / "processes.json"
    if not path.exists():
        return {}
    try:
        entries = msgspec.json.decode(path.read_bytes(), type=list[Process])
        return {entry.service: entry for entry in entries}
    except msgspec.DecodeError:
        raise CartwheelError(
            f"{path} is damaged. End the processes of the embedded environment by hand, "
            "delete this file, and run 'cartwheel up'."
        ) from None


def write_state(files: Files, processes: dict[str, Process]) -> None:
    """Remember the processes."""
    entries = msgspec.json.encode(list(processes.values())).decode()
    write_atomically(files.run / "processes.json", entries)


def free_port(preferred: int = 0) -> int:
    """Return a free port of 127.0.0.1: the preferred one, if nobody has taken it."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise CartwheelError("No port of 127.0.0.1 is free.")


def spawn(files: Files, service: Service, port: int, options: Sequence[str] = ()) -> Process:
    """Start a service; it is not healthy yet."""
    environment = {k: v for k, v in os.environ.items() if k in _INHERITED}
    environment |= {"TMPDIR": str(files.temporary), "PYTHONUNBUFFERED": "1"}
    words = [str(files.home), str(port), *options]
    _beat(files, service).unlink(missing_ok=True)
    with (files.logs / f"{service}.log").open("ab") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", _MODULE + service, *words],
            env=environment,
            cwd=files.home,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=0o077,
        )
    return Process(service, child.pid, psutil.Process(child.pid).create_time(), port)


def wait_until_healthy(files: Files, process: Process) -> None:
    """
    Wait until a started service is healthy; end one that does not become so.

    Raises
    ------
    CartwheelError
        With the end of its log, if it ends or stays silent.
    """
    deadline = time.monotonic() + START_SECONDS
    while process.alive() and time.monotonic() < deadline:
        if process.healthy(files):
            return
        time.sleep(0.05)
    if process.alive():
        os.kill(process.pid, signal.SIGKILL)
    log = files.logs / f"{process.service}.log"
    tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
    raise CartwheelError(f"{process.service} did not start. The end of {log}:\n{tail}")


def strays(files: Files, known: dict[str, Process]) -> list[Process]:
    """Return services of this home that an interrupted start left, and nobody remembers."""
    found = []
    numbers = {process.pid for process in known.values()}
    for each in psutil.process_iter(["cmdline", "create_time"]):
        words = each.info["cmdline"] or []
        if str(files.home) not in words or each.pid in numbers:
            continue
        found += [
            Process(service, each.pid, each.info["create_time"], 0)
            for service in get_args(Service)
            if _MODULE + service in words
        ]
    return found


def stop(process: Process) -> None:
    """End a process of ours by its id, and wait until it is gone; then what it left at work."""
    if not process.alive():
        _end_orphans(process)
        return
    handle = psutil.Process(process.pid)
    children = handle.children(recursive=True)
    if handle.status() == psutil.STATUS_STOPPED:
        handle.resume()  # a halted process hears no other signal
    handle.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    # Not psutil's wait: a process that a notebook started stays a zombie until that ends.
    while process.alive():
        if time.monotonic() > deadline:
            raise CartwheelError(
                f"{process.service} (process {process.pid}) did not end within "
                f"{STOP_SECONDS:.0f} s; its state may not be saved. See its log, then kill it."
            )
        time.sleep(0.02)
    for child in children:
        if child.is_running():
            child.terminate()


def _end_orphans(process: Process) -> None:
    """
    End the functions that a killed service left at work.

    Such a function knows what was counted before the kill. Were it to go on, it would add its
    batch to a restored table that does not hold the batches before it.
    """
    with contextlib.suppress(psutil.NoSuchProcess):
        if not _is_same(psutil.Process(process.pid), process.started):
            return  # the number is another's by now, so the group of that number is empty
    orphans = [each for each in psutil.process_iter() if _group(each) == process.pid]
    for orphan in orphans:
        with contextlib.suppress(psutil.NoSuchProcess):
            orphan.kill()
    while any(runs(orphan.pid, orphan.create_time()) for orphan in orphans):
        time.sleep(0.02)


def _group(process: psutil.Process) -> int:
    try:
        return os.getpgid(process.pid)
    except ProcessLookupError:
        return 0
