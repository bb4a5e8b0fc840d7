"""The embedded stack: up, down and status; what dies is recognised and mended."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from cartwheel.deploy import steps
from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError
from cartwheel.events import TELEMETRY, Telemetry
from cartwheel.local import processes, stack
from cartwheel.local.files import Files

from producers.message import message
from producers.sender import Sender

START = datetime(2026, 10, 5, tzinfo=UTC)


def cartwheel(*words: str, home: Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does."""
    return subprocess.run(
        [sys.executable, "-m", "cartwheel", *words],
        env={**os.environ, "CARTWHEEL_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=300,
        check=check,
    )


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A state folder whose stack this test starts and stops; nothing is left running."""
    folder = tmp_path / "state"
    monkeypatch.setenv("CARTWHEEL_HOME", str(folder))
    yield folder
    for process in processes.read_state(Files(folder)).values() if folder.is_dir() else ():
        processes.stop(process)


def connect(home: Path) -> Environment:
    files = Files(home)
    return Environment("local", files.aws_config, files.connections, loopback_only=True)


def readings(first: int, number: int) -> Iterator[object]:
    for n in range(first, first + number):
        event = Telemetry(event_id=f"e{n}", truck_id="T1", timestamp=START, vehicle_speed=1.0)
        yield message(TELEMETRY, event, START)


def landed(environment: Environment, expected: int, seconds: float = 60) -> int:
    """Wait until so many rows have landed, and return how many have."""
    deadline = time.monotonic() + seconds
    while True:
        found = int(environment.warehouse.scalar("select count(*) from raw.truck_telemetry"))
        if found >= expected or time.monotonic() > deadline:
            return found
        time.sleep(0.2)


def kill(process: processes.Process) -> None:
    """Kill a process, and wait until it is gone."""
    handle = psutil.Process(process.pid)
    os.kill(process.pid, signal.SIGKILL)
    handle.wait(timeout=10)


def test_two_ups_at_once_start_one_stack_and_down_ends_only_it(own_home: Path) -> None:
    """Two 'up' at once agree on one stack; 'down' ends its processes and no others."""
    bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    try:
        both = [
            subprocess.Popen(
                [sys.executable, "-m", "cartwheel", "up"],
                env={**os.environ, "CARTWHEEL_HOME": str(own_home)},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
            for _ in range(2)
        ]
        assert [p.wait(180) for p in both] == [0, 0], [p.stderr.read() for p in both if p.stderr]
        known = processes.read_state(Files(own_home))
        pattern = str(own_home)
        mine = [p for p in psutil.process_iter(["cmdline"]) if pattern in (p.info["cmdline"] or [])]
        assert {p.pid for p in mine} == {p.pid for p in known.values()}
        status = json.loads(cartwheel("status", "--json", home=own_home).stdout)
        assert status["ok"]
        assert {s["state"] for s in status["services"].values()} == {"running"}
        cartwheel("down", home=own_home)
        # A process that is gone may stay a zombie until its parent looks.
        assert not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in mine)
        assert bystander.poll() is None
        after = cartwheel("status", home=own_home, check=False)
        assert after.returncode == 1 and "stopped" in after.stdout
        assert "Nothing is running" in cartwheel("down", home=own_home).stdout
    finally:
        bystander.kill()
        bystander.wait()


def test_every_process_listens_on_the_loopback_alone(home: Path) -> None:
    """No port of the stack can be reached from another machine."""
    for process in processes.read_state(Files(home)).values():
        sockets = psutil.Process(process.pid).net_connections(kind="inet")
        hosts = {s.laddr.ip for s in sockets if s.status == psutil.CONN_LISTEN}
        assert hosts <= {"127.0.0.1"}, process


def test_a_taken_port_is_left_alone(own_home: Path) -> None:
    """If somebody else has the port of the last run, another one is found."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        files = Files(own_home)
        files.make()
        (files.run / "ministack.port").write_text(str(port))
        known = stack.up(lambda _: None).processes
        assert known["ministack"].port != port
        assert known["ministack"].healthy()
        stack.down(lambda _: None)


def test_a_stale_process_number_is_recognised(own_home: Path) -> None:
    """A number that another process has by now is not taken for ours, nor ended."""
    bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    try:
        stale = processes.Process("fakesnow", bystander.pid, time.time() - 10_000, 1)
        assert not stale.alive()
        processes.stop(stale)
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_state_survives_down_and_up_also_when_records_expired(own_home: Path) -> None:
    """Streams, positions, tables, files and history are back; an aged stream loses no record."""
    stack.up(lambda _: None)
    environment = connect(own_home)
    steps.deploy(environment, lambda _: None)
    Sender(environment.client("kinesis"), progress=False).send(readings(0, 30))
    assert landed(environment, 30) == 30
    environment.close()
    stack.down(lambda _: None)

    # A day and more goes by: every record on the stream is past its retention.
    saved = Files(own_home).aws_state / "kinesis.json"
    document = json.loads(saved.read_text())
    (stream,) = [
        s
        for s in document["payload"]["streams"]["data"].values()
        if s["StreamName"] == "TruckTelemetry"
    ]
    (shard,) = stream["shards"].values()
    assert len(shard["records"]) == 30
    for record in shard["records"]:
        record["ApproximateArrivalTimestamp"] -= 30 * 3600
    saved.write_text(json.dumps(document))

    stack.up(lambda _: None)
    environment = connect(own_home)
    changes = steps.deploy(environment, lambda _: None)
    assert not changes.changed
    Sender(environment.client("kinesis"), progress=False).send(readings(30, 20))
    assert landed(environment, 50) == 50
    time.sleep(2)
    assert landed(environment, 51, seconds=0) == 50
    environment.close()
    stack.down(lambda _: None)


def test_a_killed_ministack_is_mended_and_what_is_gone_is_said(own_home: Path) -> None:
    """After kill -9 up redeploys and names what is lost; nothing else is lost or doubled."""
    stack.up(lambda _: None)
    environment = connect(own_home)
    steps.deploy(environment, lambda _: None)
    sender = Sender(environment.client("kinesis"), progress=False)
    sender.send(readings(0, 25))
    assert landed(environment, 25) == 25
    # Its consumers are halted, so that what comes now is in flight when it dies.
    known = processes.read_state(Files(own_home))
    processes.post(known["ministack"].port, "/_cartwheel/pause", timeout=30)
    sender.send(readings(25, 7))
    environment.close()
    kill(known["ministack"])
    status = json.loads(cartwheel("status", "--json", home=own_home, check=False).stdout)
    assert status["services"]["ministack"]["state"] == "dead" and not status["ok"]

    mended = cartwheel("up", home=own_home, check=False)
    assert mended.returncode == 0, mended.stderr
    said = mended.stdout
    assert "deployed again" in said
    assert "7 of 32 records since the last save are gone" in said
    environment = connect(own_home)
    assert int(environment.warehouse.scalar("select count(*) from raw.truck_telemetry")) == 25
    Sender(environment.client("kinesis"), progress=False).send(readings(25, 7))
    assert landed(environment, 32) == 32
    distinct = "select count(distinct event_id) from raw.truck_telemetry"
    assert int(environment.warehouse.scalar(distinct)) == 32
    environment.close()
    stack.down(lambda _: None)


@pytest.mark.parametrize("service", ["fakesnow", "snowpipe"])
def test_another_killed_process_is_started_again(own_home: Path, service: str) -> None:
    """If fakesnow or the Snowpipe runner dies, up starts it again and all that was sent lands."""
    stack.up(lambda _: None)
    environment = connect(own_home)
    steps.deploy(environment, lambda _: None)
    sender = Sender(environment.client("kinesis"), progress=False)
    sender.send(readings(0, 10))
    assert landed(environment, 10) == 10
    kill(processes.read_state(Files(own_home))[service])
    sender.send(readings(10, 10))
    environment.close()
    stack.up(lambda _: None)
    environment = connect(own_home)
    assert landed(environment, 20) == 20
    environment.close()
    stack.down(lambda _: None)


@pytest.mark.parametrize(
    "content",
    ["{}", "junk", '[{"service":"fakesnow","pid":"abc","started":1,"port":1}]',
     '[{"service":"other","pid":1,"started":1,"port":1}]',
     '[{"service":"fakesnow","pid":-1,"started":1,"port":1}]'],
)  # fmt: skip
def test_a_damaged_record_of_the_processes_is_told(own_home: Path, content: str) -> None:
    """Instead of guessing which processes are ours, the message says what to do."""
    files = Files(own_home)
    files.make()
    (files.run / "processes.json").write_text(content)
    done = cartwheel("status", home=own_home, check=False)
    assert done.returncode == 1 and "is damaged" in done.stderr
    assert "Traceback" not in done.stderr
    (files.run / "processes.json").unlink()


@pytest.mark.parametrize("content", [b"junk", b"\xff\xfe\x00", b"70000", b""])
def test_a_damaged_port_file_is_only_a_preference(own_home: Path, content: bytes) -> None:
    """What cannot be a port is not preferred."""
    files = Files(own_home)
    files.make()
    (files.run / "ministack.port").write_bytes(content)
    assert stack._last_port(files, "ministack") == 0


@pytest.mark.parametrize("content", [b"junk", b"\xff\xfe\x00", None])
def test_damaged_configuration_of_local_is_written_anew(home: Path, content: bytes | None) -> None:
    """The files that name the two ports are ours: up restores them."""
    files = Files(home)
    before = files.aws_config.read_bytes(), files.connections.read_bytes()
    for path in (files.aws_config, files.connections):
        path.unlink()
        if content is not None:
            path.write_bytes(content)
    stack.up(lambda _: None)
    assert (files.aws_config.read_bytes(), files.connections.read_bytes()) == before


def test_an_apostrophe_in_the_state_folder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that DuckDB cannot attach is refused before anything is started."""
    monkeypatch.setenv("CARTWHEEL_HOME", str(tmp_path / "it's"))
    with pytest.raises(CartwheelError, match="apostrophe"):
        stack.up(lambda _: None)


def test_commands_before_a_deployment_say_what_to_run(own_home: Path) -> None:
    """Without a deployment a command says so, without a traceback."""
    stack.up(lambda _: None)
    for words in (["history", "merge"], ["counts"], ["quarantine", "list"]):
        done = cartwheel(*words, home=own_home, check=False)
        assert done.returncode == 1 and "cartwheel deploy" in done.stderr, words
        assert "Traceback" not in done.stderr
    stack.down(lambda _: None)


def test_a_state_folder_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that is none ends in a message with its name, and nothing is started."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CARTWHEEL_HOME", str(tmp_path / "file" / "state"))
    with pytest.raises(CartwheelError, match=r"file/state cannot be written: Not a directory"):
        stack.up(lambda _: None)
    done = cartwheel("up", home=Path("/proc/none"), check=False)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "/proc/none cannot be written" in done.stderr


def test_a_full_disk_is_told(own_home: Path) -> None:
    """When no byte can be written, up says which folder is full, and leaves no half file."""
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024));"
        "from cartwheel.cli import main; sys.argv = ['cartwheel', 'up']; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "CARTWHEEL_HOME": str(own_home)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1, done.stderr
    assert f"{own_home} cannot be written: File too large" in done.stderr
    assert not list((own_home / "run").glob("writable*"))
