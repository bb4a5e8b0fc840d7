"""What MiniStack does otherwise than AWS with expired records, and how it is mended."""

import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cartwheel.local import ministack

ARN = "arn:aws:kinesis:eu-central-1:000000000000:stream/S"
SCOPE = ("000000000000", "eu-central-1")


def aged(ages_in_hours: list[float], *positions: int) -> tuple[Any, Any]:
    """Make stand-ins of MiniStack's modules: one shard, and consumers at list positions."""
    now = time.time()
    records = [
        {"SequenceNumber": str(n), "ApproximateArrivalTimestamp": now - age * 3600}
        for n, age in enumerate(ages_in_hours)
    ]
    stream = {
        "StreamName": "S",
        "StreamARN": ARN,
        "RetentionPeriodHours": 24,
        "shards": {"shard-0": {"records": records}},
    }
    esms, offsets = {}, {}
    for number, position in enumerate(positions):
        esms[*SCOPE, f"m{number}"] = {"UUID": f"m{number}", "EventSourceArn": ARN}
        offsets[*SCOPE, f"m{number}"] = {"shard-0": position}
    kinesis = SimpleNamespace(
        _streams=SimpleNamespace(_data={(*SCOPE, "S"): stream}),
        _shard_iterators=SimpleNamespace(_data={"stale": 1}),
    )
    functions = SimpleNamespace(
        _esms=SimpleNamespace(_data=esms), _kinesis_positions=SimpleNamespace(_data=offsets)
    )
    return kinesis, functions


def left(kinesis: Any) -> list[str]:
    (stream,) = kinesis._streams._data.values()
    return [r["SequenceNumber"] for r in stream["shards"]["shard-0"]["records"]]


def test_consumers_stay_where_they_were_when_records_expire() -> None:
    """A consumer reads next what it would have read next before the expiry."""
    kinesis, functions = aged([40, 30, 26, 2, 1], 4, 3)
    assert ministack.expire_at_start(kinesis, functions) == 3
    assert left(kinesis) == ["3", "4"]
    positions = functions._kinesis_positions._data.values()
    assert [p["shard-0"] for p in positions] == [1, 0]


def test_an_expired_record_that_a_consumer_has_not_read_is_kept() -> None:
    """Nothing is lost over a weekend: what is unread stays, however old."""
    kinesis, functions = aged([40, 30, 26], 3, 1)
    assert ministack.expire_at_start(kinesis, functions) == 1
    assert left(kinesis) == ["1", "2"]


def test_without_a_consumer_every_expired_record_goes() -> None:
    """A stream that nobody reads keeps what is younger than its retention."""
    kinesis, functions = aged([40, 30, 1])
    assert ministack.expire_at_start(kinesis, functions) == 2
    assert left(kinesis) == ["2"]


def test_ministack_itself_drops_records_without_moving_the_consumers() -> None:
    """The fault that the patch mends: the positions point beyond what is left."""
    from ministack.services import kinesis as unpatched

    kinesis, functions = aged([40, 30, 26, 2], 3)
    (stream,) = kinesis._streams._data.values()
    unpatched._expire_records(stream)
    assert left(kinesis) == ["3"]
    (position,) = functions._kinesis_positions._data.values()
    assert position["shard-0"] == 3  # so that the record at 0 would never be read


def test_another_version_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The patches fit one version exactly; another one is named and not served."""
    monkeypatch.setattr(ministack, "VERSION", "0.0.1")
    monkeypatch.setattr(sys, "argv", ["ministack", str(tmp_path), "1"])
    with pytest.raises(SystemExit, match=r"MiniStack 0\.0\.1 is patched here, but"):
        ministack.main()
