"""The three processes: started, recognised by identity, asked for their health, stopped."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO, Annotated, Literal

import msgspec
import psutil
from msgspec import Meta

from cartwheel.errors import CartwheelError
from cartwheel.local.files import Files, write_atomically

Service = Literal["ministack", "fakesnow", "snowpipe"]
MINISTACK: Service = "ministack"
FAKESNOW: Service = "fakesnow"
SNOWPIPE: Service = "snowpipe"
START_SECONDS = 60.0
STOP_SECONDS = 120.0
# What a process may inherit; nothing of AWS_*, SNOWFLAKE_* or a proxy.
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "SYSTEMROOT")


def runs(pid: int, started: float) -> bool:
    """Return whether the process of a number is the one that started then, and running."""
    try:
        process = psutil.Process(pid)
        same = abs(process.create_time() - started) < 0.01
        return bool(same and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


class Process(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A started process; its start time tells it from a later one of the same number."""

    service: Service
    pid: Annotated[int, Meta(ge=1, lt=2**31)]
    started: float
    port: Annotated[int, Meta(ge=0, le=65_535)]

    def alive(self) -> bool:
        """Is it still this process, and running?"""
        return runs(self.pid, self.started)

    def healthy(self) -> bool:
        """Does it answer?"""
        if not self.alive():
            return False
        return not self.port or answers(self.service, self.port)


_HEALTH: dict[str, str] = {MINISTACK: "/_ministack/health", FAKESNOW: "/health"}
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def answers(service: str, port: int) -> bool:
    """Ask a service on a port of 127.0.0.1 for its health."""
    try:
        with _OPENER.open(f"http://127.0.0.1:{port}{_HEALTH[service]}", timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def post(port: int, path: str, timeout: float) -> None:
    """Post an empty request to a service on a port of 127.0.0.1."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=b"", method="POST")
    with _OPENER.open(request, timeout=timeout):
        pass


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


def start(files: Files, service: Service, port: int) -> Process:
    """
    Start a service and wait until it is healthy.

    Raises
    ------
    CartwheelError
        With the end of its log, if it ends or stays silent.
    """
    log = files.logs / f"{service}.log"
    environment = {k: v for k, v in os.environ.items() if k in _INHERITED}
    environment |= {"TMPDIR": str(files.temporary), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", f"cartwheel.local.{service}", str(files.home), str(port)]
    with log.open("ab") as output:
        child = _spawn(command, environment, output, files.home)
    process = Process(service, child.pid, psutil.Process(child.pid).create_time(), port)
    heartbeat = files.run / f"{service}.json"
    began = time.time()
    while time.time() - began < START_SECONDS:
        if child.poll() is not None:
            break
        if port and answers(service, port):
            return process
        if not port and heartbeat.exists() and heartbeat.stat().st_mtime >= began:
            return process
        time.sleep(0.05)
    if process.alive():
        os.kill(process.pid, signal.SIGKILL)
    tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
    raise CartwheelError(f"{service} did not start. The end of {log}:\n{tail}")


def _spawn(
    command: list[str], environment: dict[str, str], output: IO[bytes], folder: Path
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        env=environment,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def stop(process: Process) -> None:
    """End a process of ours by its id, and wait until it is gone."""
    if not process.alive():
        return
    handle = psutil.Process(process.pid)
    children = handle.children(recursive=True)
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
