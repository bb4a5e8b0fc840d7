"""The command makes the world that was asked for, and refuses what makes no sense."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

SMALL = ("--trucks", "3", "--customers", "100", "--days", "2")


def simulate(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "producers", "simulate", *words],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, **environment},
    )


def test_the_streams_are_written_as_files_with_the_truth_beside(tmp_path: Path) -> None:
    """One file a stream, as many lines as the command says; the truth is Parquet."""
    streams, truth = tmp_path / "streams", tmp_path / "truth"
    done = simulate(*SMALL, "--output", str(streams), "--truth", str(truth))
    assert done.returncode == 0, done.stderr
    said = dict(word.split("=") for word in done.stdout.split() if "=" in word)
    assert {path.stem for path in streams.iterdir()} == set(said)
    for stream, count in said.items():
        lines = (streams / f"{stream}.ndjson").read_bytes().splitlines()
        assert len(lines) == int(count) > 0
    assert pq.read_table(truth / "trucks.parquet").num_rows == 3
    assert pq.read_table(truth / "truck_days.parquet").num_rows == 6
    assert not list(tmp_path.rglob("*.part"))


def test_the_same_settings_give_the_same_bytes_in_any_number_of_processes(tmp_path: Path) -> None:
    """Two runs of the command are byte-identical, by one process and by two."""
    for number in ("1", "2"):
        done = simulate(*SMALL, "--output", str(tmp_path / number), "--processes", number)
        assert done.returncode == 0, done.stderr
    files = sorted(path.name for path in (tmp_path / "1").iterdir())
    assert len(files) == 4
    for name in files:
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--trucks", "0"), "trucks: "),
        (("--days", "0"), "days: "),
        (("--seed", "-1"), "seed: "),
        (("--customers", "many"), "many"),
        (("--settings", "nowhere.toml"), "nowhere.toml cannot be read"),
        (("--speed", "fast"), "neither 'max' nor a number"),
        (("--processes", "0"), "processes"),
        (("--output", "x", "--speed", "2"), "Name one"),
    ],
)
def test_misuse_is_named_and_ends_with_2(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    """No traceback; nothing is started and nothing is written."""
    done = simulate(*words, CARTWHEEL_HOME=str(tmp_path / "home"))
    assert done.returncode == 2
    assert said in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "home").exists()


def test_a_world_in_the_future_is_not_sent(tmp_path: Path) -> None:
    """The streams would refuse it record by record, so it is refused at once."""
    settings = tmp_path / "world.toml"
    settings.write_text("start = 2099-01-01\n")
    done = simulate("--settings", str(settings), CARTWHEEL_HOME=str(tmp_path / "home"))
    assert done.returncode == 2 and "start: the world would end at" in done.stderr


@pytest.mark.parametrize("option", ["--output", "--truth"])
def test_a_folder_that_holds_something_is_left_alone(option: str, tmp_path: Path) -> None:
    """Neither streams nor truth are mixed with what lies there."""
    (tmp_path / "mine.txt").write_text("mine")
    words = [option, str(tmp_path)] if option == "--output" else [
        option, str(tmp_path), "--output", str(tmp_path.parent / f"{tmp_path.name}-out")
    ]  # fmt: skip
    done = simulate(*SMALL, *words)
    assert done.returncode == 2 and "is not empty (it holds mine.txt)" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_interrupted_run_leaves_no_half_file(tmp_path: Path) -> None:
    """After Ctrl-C there is neither a stream file nor a table of the truth."""
    streams, truth = tmp_path / "streams", tmp_path / "truth"
    process = subprocess.Popen(
        [sys.executable, "-m", "producers", "simulate", "--trucks", "50", "--days", "365",
         "--output", str(streams), "--truth", str(truth)],
        stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )  # fmt: skip
    while not any(truth.glob("truck_days*")) if truth.exists() else True:
        assert process.poll() is None
        time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode in (1, 130) and "Traceback" not in errors
    assert list(streams.iterdir()) == list(truth.iterdir()) == []
