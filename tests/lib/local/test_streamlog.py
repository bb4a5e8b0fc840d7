"""A shard's log: what was appended is there, in order, whatever ended the process."""

import resource
from collections.abc import Sequence
from pathlib import Path

import pytest
from cartwheel.local import streamlog
from cartwheel.local.streamlog import Logs, Record, RecordLog
from hypothesis import given, settings
from hypothesis import strategies as st


def record(number: int, arrived: float = 0.0, data: bytes = b"x") -> Record:
    return Record(f"{number:030d}", arrived, f"key {number}", data)


def numbers(records: Sequence[Record]) -> list[int]:
    return [int(each.sequence_number) for each in records]


@settings(max_examples=60, deadline=None)
@given(
    batches=st.lists(st.lists(st.tuples(st.text(max_size=20), st.binary(max_size=300)))),
    segment=st.integers(1, 2000),
)
def test_a_log_opened_anew_holds_what_was_appended(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[tuple[str, bytes]]], segment: int
) -> None:
    """Keys of any text and data of any bytes come back, over any number of files."""
    folder = tmp_path_factory.mktemp("log")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streamlog, "SEGMENT_BYTES", segment)
        log, expected = RecordLog(folder), []
        for batch in batches:
            made = [Record(f"{len(expected) + n:030d}", 1.5, *one) for n, one in enumerate(batch)]
            log.extend(made)
            expected += made
        for each in (log, RecordLog(folder)):
            assert list(each) == expected
            assert len(each) == len(expected)
            assert each.last == (expected[-1] if expected else None)
            middle = len(expected) // 2
            assert each.read(middle, 3) == expected[middle : middle + 3]


@pytest.mark.parametrize("cut", [1, 5, 20, 60])
def test_a_record_that_a_kill_left_half_written_is_cut_off(tmp_path: Path, cut: int) -> None:
    """The tail that was never acknowledged goes; what is appended next follows the whole ones."""
    log = RecordLog(tmp_path)
    log.extend([record(1), record(2, data=b"y" * 100)])
    (path,) = tmp_path.glob("*.log")
    path.write_bytes(path.read_bytes()[:-cut])
    again = RecordLog(tmp_path)
    assert numbers(list(again)) == [1]
    again.extend([record(3)])
    assert numbers(list(RecordLog(tmp_path))) == [1, 3]


def test_a_record_whose_bytes_changed_on_disk_is_not_served(tmp_path: Path) -> None:
    """The checksum tells: from the changed record on nothing is believed."""
    RecordLog(tmp_path).extend([record(1), record(2), record(3)])
    (path,) = tmp_path.glob("*.log")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    assert numbers(list(RecordLog(tmp_path))) == [1]


def test_a_full_disk_appends_nothing_and_says_so(tmp_path: Path) -> None:
    """All of a batch or none: what the disk did not take leaves no trace."""
    log = RecordLog(tmp_path)
    log.extend([record(1)])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            log.extend([record(2), record(3, data=b"z" * 500)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert numbers(list(log)) == [1]
    log.extend([record(4)])
    assert numbers(list(RecordLog(tmp_path))) == [1, 4]


def test_positions_stay_what_they_were_when_old_records_leave(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A consumer reads next what it would have read next; what it has not read stays."""
    monkeypatch.setattr(streamlog, "SEGMENT_BYTES", 1)  # a file a batch
    log = RecordLog(tmp_path)
    for n in range(6):
        log.extend([record(n, arrived=float(n))])
    log.trim(position=4, before=3.0)
    assert (log.first, len(log)) == (3, 6)
    assert numbers(log.read(4, 10)) == [4, 5]
    assert numbers(log.read(0, 2)) == [3, 4]  # who asks for what is gone gets the oldest
    log.trim(position=4, before=100.0)
    assert numbers(list(log)) == [4, 5]
    log.trim(position=6, before=100.0)
    assert list(log) == [] and len(log) == 6
    log.extend([record(6)])
    assert numbers(RecordLog(tmp_path).read(6, 1)) == [6]


def test_a_position_is_found_by_number_and_by_time(tmp_path: Path) -> None:
    """At, after, from an instant on: as the kinds of shard iterator say; ties and gaps too."""
    log = RecordLog(tmp_path)
    log.extend([record(n, arrived) for n, arrived in ((10, 1.0), (20, 2.0), (30, 2.0), (40, 5.0))])
    text = "{:030d}".format
    assert log.position_after(text(20)) == 2 and log.position_after(text(20), or_at=True) == 1
    assert log.position_after(text(25)) == log.position_after(text(25), or_at=True) == 2
    assert log.position_after(text(0)) == 0 and log.position_after(text(40)) == 4
    assert [log.position_at(t) for t in (0.0, 2.0, 2.1, 5.0, 6.0)] == [0, 1, 3, 3, 4]
    empty = RecordLog(tmp_path / "empty")
    assert empty.position_after(text(1)) == empty.position_at(1.0) == 0 and empty.read(0, 5) == []


def test_a_read_is_bounded_in_bytes_but_gives_one_record(tmp_path: Path) -> None:
    """A consumer gets at most what its function takes, and never gets stuck on a large record."""
    log = RecordLog(tmp_path)
    log.extend([record(n, data=b"x" * 1000) for n in range(10)])
    assert len(log.read(0, 100, 1)) == 1
    assert 1 < len(log.read(0, 100, 3500)) < 5


def test_a_log_that_no_kept_state_names_is_removed(tmp_path: Path) -> None:
    """Streams that were deleted take no disk; the ids of logs are never given twice."""
    logs = Logs(tmp_path)
    first, second = logs.new(), logs.new()
    first.extend([record(1)])
    second.extend([record(2)])
    logs.keep_only({second.folder.name})
    assert not first.folder.exists()
    assert numbers(list(logs.open(second.folder.name))) == [2]
    assert logs.new().folder.name not in {first.folder.name, second.folder.name}
