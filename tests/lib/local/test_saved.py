"""Saved states: whole or not at all; damage is named, and the state before it is used."""

import resource
from pathlib import Path

import pytest
from cartwheel.local.saved import SavedStates


def states(folder: Path) -> tuple[SavedStates, list[str]]:
    said: list[str] = []
    return SavedStates(folder / "aws" / "state", said.append), said


def newest(folder: Path) -> Path:
    return max((folder / "aws" / "state").glob("[0-9]*"), key=lambda path: int(path.name))


def test_the_newest_state_is_read_and_the_one_before_it_kept(tmp_path: Path) -> None:
    """Two states are on disk, no more."""
    saved, said = states(tmp_path)
    assert saved.load() == {}
    for n in range(12):
        saved.save([("kinesis", b"%d" % n), ("sqs", b"x")])
    assert saved.load() == {"kinesis": b"11", "sqs": b"x"}
    assert sorted(path.name for path in (tmp_path / "aws" / "state").iterdir()) == ["11", "12"]
    assert said == []


@pytest.mark.parametrize("damage", ["halved", "changed", "removed", "no manifest", "junk manifest"])
def test_a_damaged_state_is_named_kept_aside_and_not_used(tmp_path: Path, damage: str) -> None:
    """Instead of a half state, the one before it, and a message that says where the other is."""
    saved, said = states(tmp_path)
    saved.save([("kinesis", b"before")])
    saved.save([("kinesis", b"after, and long enough to be halved")])
    path = newest(tmp_path) / ("manifest.json" if "manifest" in damage else "kinesis.json")
    content = path.read_bytes()
    match damage:
        case "halved":
            path.write_bytes(content[: len(content) // 2])
        case "changed":
            path.write_bytes(content[:-1] + b"?")
        case "junk manifest":
            path.write_bytes(b"[1, 2")
        case _:
            path.unlink()
    assert saved.load() == {"kinesis": b"before"}
    (line,) = said
    assert "is damaged" in line and "damaged-2" in line
    assert (tmp_path / "aws" / "state" / "damaged-2").is_dir()
    saved.save([("kinesis", b"next")])
    assert states(tmp_path)[0].load() == {"kinesis": b"next"}


def test_if_no_state_is_whole_nothing_is_started_empty(tmp_path: Path) -> None:
    """Starting empty would look like a loss of everything: the user decides, and is told how."""
    saved, _ = states(tmp_path)
    saved.save([("kinesis", b"only")])
    (newest(tmp_path) / "kinesis.json").write_bytes(b"")
    with pytest.raises(SystemExit, match="No saved state in .* is whole"):
        saved.load()
    with pytest.raises(SystemExit, match="No saved state in .* is whole"):
        saved.load()


def test_a_save_that_a_kill_or_a_full_disk_ended_changes_nothing(tmp_path: Path) -> None:
    """The state before stays the newest, and nothing half-written is left."""
    saved, _ = states(tmp_path)
    saved.save([("kinesis", b"before")])
    unfinished = tmp_path / "aws" / "state" / "2.unfinished"
    unfinished.mkdir()
    (unfinished / "kinesis.json").write_bytes(b"killed here")
    assert saved.load() == {"kinesis": b"before"}
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            saved.save([("kinesis", b"x" * 5000)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert saved.load() == {"kinesis": b"before"}
    assert [path.name for path in (tmp_path / "aws" / "state").iterdir()] == ["1"]


def test_a_state_of_the_layout_before_is_read_and_then_replaced(tmp_path: Path) -> None:
    """A home of the version before this one goes on where it was."""
    folder = tmp_path / "aws" / "state"
    folder.mkdir(parents=True)
    (folder / "kinesis.json").write_bytes(b"{}")
    saved, _ = states(tmp_path)
    assert saved.load() == {"kinesis": b"{}"}
    saved.save([("kinesis", b"new")])
    assert [path.name for path in folder.iterdir()] == ["1"]
    assert saved.load() == {"kinesis": b"new"}
