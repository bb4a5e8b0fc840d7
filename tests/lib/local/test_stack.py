"""The embedded stack: up, down and status; what dies is recognised and recovered."""

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
from typing import Any

import psutil
import pytest
from botocore.exceptions import BotoCoreError
from cartwheel.aws import kinesis
from cartwheel.delivery import reconciliation
from cartwheel.deploy import steps
from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError
from cartwheel.events import CLICK, TELEMETRY, Click, Telemetry
from cartwheel.local import processes, stack, streamlog
from cartwheel.local.environment import LoopbackEnvironment
from cartwheel.local.files import Files

from producers.message import Message, message
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
    return LoopbackEnvironment(files)


def readings(first: int, number: int) -> Iterator[Message]:
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
        assert known["ministack"].healthy(files)
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


def clicks(first: int, number: int) -> Iterator[Message]:
    for n in range(first, first + number):
        event = Click(
            event_id=f"c{n}", session_id="s", event_type="view", timestamp=START,
            product_id=f"P{n % 7}",
        )  # fmt: skip
        yield message(CLICK, event, START)


def settled(environment: Environment, sent: dict[str, int]) -> list[reconciliation.Entry]:
    """Wait until what was sent has landed and is counted, and return the account."""
    entries = reconciliation.wait_until_balanced(environment, sent, 60)
    assert all(entry.balanced for entry in entries), reconciliation.as_table(entries)
    return entries


def ask(home: Path, path: str) -> bool:
    """Ask MiniStack for something of the project's own, such as to save."""
    files = Files(home)
    return processes.ask(files, processes.read_state(files)["ministack"].port, path, seconds=60)


def test_state_survives_down_and_up_also_when_records_are_old(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Streams, positions, tables, files and history are back; an aged stream loses no record."""
    stack.up(lambda _: None)
    environment = connect(own_home)
    steps.deploy(environment, lambda _: None)
    Sender(environment.client("kinesis"), progress=False).send(readings(0, 30))
    assert landed(environment, 30) == 30
    environment.close()
    stack.down(lambda _: None)
    # A day and more goes by: every record on the stream is past its retention.
    age_records(Files(own_home).streams, 30 * 3600)
    stack.up(lambda _: None)
    environment = connect(own_home)
    changes = steps.deploy(environment, lambda _: None)
    assert not changes.changed
    assert ask(own_home, "/_cartwheel/save")  # after which what is old and read may leave
    Sender(environment.client("kinesis"), progress=False).send(readings(30, 20))
    assert landed(environment, 50) == 50
    time.sleep(2)
    assert landed(environment, 51, seconds=0) == 50
    environment.close()
    stack.down(lambda _: None)


def age_records(folder: Path, seconds: float) -> None:
    """Let every record of the logs have arrived earlier."""
    for path in folder.glob("*/*.log"):
        log = streamlog.RecordLog(path.parent)
        aged = [record._replace(arrived=record.arrived - seconds) for record in log]
        path.write_bytes(b"".join(map(streamlog._encode, aged)))


def test_what_a_killed_ministack_had_acknowledged_is_not_lost(own_home: Path) -> None:
    """After kill -9 everything ends as without it: rows, streams, positions, live counts."""
    stack.up(lambda _: None)
    environment = connect(own_home)
    steps.deploy(environment, lambda _: None)
    sender = Sender(environment.client("kinesis"), progress=False)
    sender.send([*readings(0, 25), *clicks(0, 40)])
    settled(environment, {"TruckTelemetry": 25, "ClickDataStream": 40})
    assert ask(own_home, "/_cartwheel/save")
    # Landed and counted after the save: they will be read again, and must not count again.
    sender.send([*readings(25, 30), *clicks(40, 300)])
    settled(environment, {"TruckTelemetry": 55, "ClickDataStream": 340})
    # In flight when it dies.
    sender.send([*readings(55, 700), *clicks(340, 900)])
    numbers = sequence_numbers(environment)
    kill(processes.read_state(Files(own_home))["ministack"])
    environment.close()
    status = json.loads(cartwheel("status", "--json", home=own_home, check=False).stdout)
    assert status["services"]["ministack"]["state"] == "dead" and not status["ok"]

    recovered = cartwheel("up", home=own_home)
    assert "ministack had died" in recovered.stdout
    environment = connect(own_home)
    settled(environment, {"TruckTelemetry": 755, "ClickDataStream": 1240})
    assert sequence_numbers(environment) == numbers
    distinct = "select count(distinct event_id), count(distinct sequence_number)"
    for table, count in (("raw.truck_telemetry", 755), ("raw.click_events", 1240)):
        assert environment.warehouse.execute(f"{distinct} from {table}") == [(count, count)]
    assert not steps.deploy(environment, lambda _: None).changed
    # What comes now follows what was there.
    Sender(environment.client("kinesis"), progress=False).send(readings(755, 5))
    settled(environment, {"TruckTelemetry": 760, "ClickDataStream": 1240})
    environment.close()
    stack.down(lambda _: None)


@pytest.mark.proof
def test_a_function_at_work_ends_with_the_ministack_that_was_killed(own_home: Path) -> None:
    """What it would still write belongs to the tables of before; ``up`` ends it first."""
    stack.up(lambda _: None)
    environment = connect(own_home)
    steps.deploy(environment, lambda _: None)
    Sender(environment.client("kinesis"), progress=False).send(clicks(0, 40))
    settled(environment, {"ClickDataStream": 40})
    environment.close()
    ministack = processes.read_state(Files(own_home))["ministack"]
    workers = psutil.Process(ministack.pid).children(recursive=True)
    assert workers
    for worker in workers:
        worker.suspend()  # in the middle of its batch
    kill(ministack)
    assert all(worker.is_running() for worker in workers)
    stack.up(lambda _: None)
    assert not any(processes.runs(worker.pid, worker.create_time()) for worker in workers)
    stack.down(lambda _: None)


def sequence_numbers(environment: Environment) -> list[str]:
    """Return the sequence numbers on all shards of the two streams."""
    return [
        record["SequenceNumber"]
        for stream in ("TruckTelemetry", "ClickDataStream")
        for shard in kinesis.shards(environment, stream)
        for record in kinesis.records(environment, stream, shard, START, 10_000)
    ]


@pytest.mark.proof
def test_a_stack_killed_during_its_deployment_is_deployed_by_the_next(own_home: Path) -> None:
    """Kill -9 of MiniStack in the middle of a deployment leaves nothing half-made behind."""
    stack.up(lambda _: None)
    for seconds in (0.4, 1.2):
        deploying = subprocess.Popen(
            [sys.executable, "-m", "cartwheel", "deploy"],
            env={**os.environ, "CARTWHEEL_HOME": str(own_home)},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until = time.monotonic() + 60
        while not has_stack(own_home) and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(seconds)
        kill(processes.read_state(Files(own_home))["ministack"])
        assert deploying.wait(120) in (0, 1)
        stack.up(lambda _: None)
    environment = connect(own_home)
    steps.deploy(environment, lambda _: None)
    Sender(environment.client("kinesis"), progress=False).send(readings(0, 10))
    settled(environment, {"TruckTelemetry": 10})
    environment.close()
    stack.down(lambda _: None)


def has_stack(home: Path) -> bool:
    environment = connect(home)
    try:
        return bool(environment.client("cloudformation").describe_stacks()["Stacks"])
    except BotoCoreError:
        return False
    finally:
        environment.close()


@pytest.mark.parametrize("service", ["fakesnow", pytest.param("snowpipe", marks=pytest.mark.proof)])
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


def interrupt(monkeypatch: pytest.MonkeyPatch, name: str, at: int) -> None:
    """Let the n-th call of a step of ``up`` or ``down`` be interrupted, as by Ctrl-C."""
    original, calls = getattr(processes, name), iter(range(1, 100))

    def interrupted(*words: Any, **options: Any) -> Any:
        if next(calls) == at:
            raise KeyboardInterrupt
        return original(*words, **options)

    monkeypatch.setattr(processes, name, interrupted)


def ours(home: Path) -> set[int]:
    """Return the numbers of all running processes of a home."""
    return {
        each.pid
        for each in psutil.process_iter(["cmdline", "status"])
        if str(home) in (each.info["cmdline"] or []) and each.info["status"] != "zombie"
    }


@pytest.mark.parametrize(
    "step", ["wait_until_healthy", pytest.param("write_state", marks=pytest.mark.proof)]
)
def test_an_interrupted_start_is_healed_by_the_next(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Wherever 'up' is interrupted, the next one ends what it left, and everything works."""
    for at in (1, 2, 3):
        with monkeypatch.context() as patch:
            interrupt(patch, step, at)
            with pytest.raises(KeyboardInterrupt):
                stack.up(lambda _: None)
        known = stack.up(lambda _: None).processes
        assert ours(own_home) == {process.pid for process in known.values()}
        assert stack.status()["ok"]
        stack.down(lambda _: None)
        assert not ours(own_home)


@pytest.mark.parametrize("step", ["stop", pytest.param("write_state", marks=pytest.mark.proof)])
def test_an_interrupted_stop_is_healed_by_the_next_start(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Wherever 'down' is interrupted, 'up' sets everything to work again; nothing is lost."""
    stack.up(lambda _: None)
    environment = connect(own_home)
    steps.deploy(environment, lambda _: None)
    sent = 0
    for at in (1, 2, 3):
        Sender(environment.client("kinesis"), progress=False).send(readings(sent, 20))
        sent += 20
        environment.close()
        with monkeypatch.context() as patch:
            interrupt(patch, step, at)
            with pytest.raises(KeyboardInterrupt):
                stack.down(lambda _: None)
        known = stack.up(lambda _: None).processes
        assert ours(own_home) >= {process.pid for process in known.values()}
        environment = connect(own_home)
        settled(environment, {"TruckTelemetry": sent})
    environment.close()
    stack.down(lambda _: None)
    assert not ours(own_home)


def test_a_halted_process_is_told_from_a_running_one_and_started_again(own_home: Path) -> None:
    """Status says halted, and up replaces it."""
    known = stack.up(lambda _: None).processes
    os.kill(known["fakesnow"].pid, signal.SIGSTOP)
    deadline = time.monotonic() + 10
    while psutil.Process(known["fakesnow"].pid).status() != psutil.STATUS_STOPPED:
        assert time.monotonic() < deadline, "the signal had no effect"
        time.sleep(0.01)
    states = {name: each["state"] for name, each in stack.status()["services"].items()}
    assert states == {"ministack": "running", "fakesnow": "halted", "snowpipe": "running"}
    assert stack.up(lambda _: None).processes["fakesnow"].pid != known["fakesnow"].pid
    assert stack.status()["ok"]
    stack.down(lambda _: None)


@pytest.mark.proof
def test_a_damaged_state_is_told_and_nothing_is_lost(own_home: Path) -> None:
    """With a halved file of streams, the state before and the records that came are used."""
    stack.up(lambda _: None)
    environment = connect(own_home)
    steps.deploy(environment, lambda _: None)
    sender = Sender(environment.client("kinesis"), progress=False)
    sender.send([*readings(0, 40), *clicks(0, 40)])
    settled(environment, {"TruckTelemetry": 40, "ClickDataStream": 40})
    environment.close()
    stack.down(lambda _: None)
    state = max(Files(own_home).aws_state.glob("[0-9]*"), key=lambda path: int(path.name))
    path = state / "kinesis.json"
    path.write_bytes(path.read_bytes()[:-100])
    said = cartwheel("up", home=own_home).stdout
    assert f"{path} is damaged" in said and "damaged-" in said
    environment = connect(own_home)
    settled(environment, {"TruckTelemetry": 40, "ClickDataStream": 40})
    assert not steps.deploy(environment, lambda _: None).changed
    environment.close()
    stack.down(lambda _: None)


@pytest.mark.proof
def test_a_full_disk_acknowledges_nothing_and_heals_without_a_restart(own_home: Path) -> None:
    """While no file can grow, no record is acknowledged; when there is room again, all lands."""
    known = stack.up(lambda _: None).processes
    environment = connect(own_home)
    steps.deploy(environment, lambda _: None)
    sender = Sender(environment.client("kinesis"), progress=False)
    sender.send(readings(0, 10))
    assert landed(environment, 10) == 10
    full = [psutil.Process(known[name].pid) for name in ("ministack", "snowpipe")]
    limits = [process.rlimit(psutil.RLIMIT_FSIZE) for process in full]
    for process, (_, hard) in zip(full, limits, strict=True):
        process.rlimit(psutil.RLIMIT_FSIZE, (16, hard))
    with pytest.raises(CartwheelError, match="took nothing|cannot be reached"):
        Sender(environment.client("kinesis"), progress=False).send(readings(10, 5))
    for process, limit in zip(full, limits, strict=True):
        process.rlimit(psutil.RLIMIT_FSIZE, limit)
    Sender(environment.client("kinesis"), progress=False).send(readings(10, 30))
    assert landed(environment, 40) == 40
    assert stack.status()["ok"]
    environment.close()
    stack.down(lambda _: None)


@pytest.mark.parametrize(
    "body", ["no json", "[]", "{}", '{"Message": 5}', '{"Records": [{"eventName": "x"}]}', "é"]
)
def test_a_message_that_is_no_notification_does_not_end_the_runner(
    environment: Environment, home: Path, body: str
) -> None:
    """It is dropped and logged, and what comes after it lands."""
    sqs = environment.client("sqs")
    queue = sqs.get_queue_url(QueueName="cartwheel-load-queue")["QueueUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody=body)
    before = int(environment.warehouse.scalar("select count(*) from raw.truck_telemetry"))
    number = abs(hash(body)) % 10**6 + 10**6
    Sender(environment.client("kinesis"), progress=False).send(readings(number, 3))
    assert landed(environment, before + 3) == before + 3
    assert processes.read_state(Files(home))["snowpipe"].alive()


def test_a_command_whose_warehouse_is_away_says_so_at_once(own_home: Path) -> None:
    """No wait of minutes: what is away and what to run; after 'up' the same works again."""
    known = stack.up(lambda _: None).processes
    environment = connect(own_home)
    assert environment.warehouse.scalar("select 1") == 1
    kill(known["fakesnow"])
    began = time.monotonic()
    with pytest.raises(CartwheelError, match="does not answer.*Run 'cartwheel up'"):
        environment.warehouse.scalar("select 2")
    stack.up(lambda _: None)
    with pytest.raises(CartwheelError, match="ended this session.*Run the same again"):
        environment.warehouse.scalar("select 3")
    assert environment.warehouse.scalar("select 4") == 4
    assert time.monotonic() - began < 30
    environment.close()
    stack.down(lambda _: None)
