"""Reading a shard leaves the functions their share of it; putting loses nothing."""

from datetime import UTC, datetime
from typing import Any

import pytest
from cartwheel.aws import kinesis
from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError
from cartwheel.local.environment import LoopbackEnvironment


class TooMuch(Exception):
    """Stands for ProvisionedThroughputExceededException."""


class Shard:
    """A Kinesis of one shard with some records, that throttles and fails in part if told to."""

    def __init__(self, count: int = 0) -> None:
        self.exceptions = type("E", (), {"ProvisionedThroughputExceededException": TooMuch})
        self.records = [{"Data": b"x", "SequenceNumber": str(n)} for n in range(count)]
        self.throttled, self.reads = 0, 0
        self.taken: list[bytes] = []
        self.takes_every = 1
        self._puts = 0

    def get_shard_iterator(self, **_: Any) -> dict[str, Any]:
        return {"ShardIterator": "0"}

    def get_records(self, ShardIterator: str, Limit: int) -> dict[str, Any]:
        if self.throttled:
            self.throttled -= 1
            raise TooMuch
        self.reads += 1
        start = int(ShardIterator)
        found = self.records[start : start + 100]
        behind = 0 if start + 100 >= len(self.records) else 1
        return {
            "Records": found,
            "MillisBehindLatest": behind,
            "NextShardIterator": str(start + len(found)),
        }

    def put_records(self, StreamName: str, Records: list[dict[str, Any]]) -> dict[str, Any]:
        results = []
        for record in Records:
            self._puts += 1
            if self.takes_every and self._puts % self.takes_every == 0:
                self.taken.append(record["Data"])
                results.append({"SequenceNumber": "1"})
            else:
                results.append({"ErrorCode": "ProvisionedThroughputExceededException"})
        assert len(Records) <= 500
        assert sum(len(r["Data"]) + len(r["PartitionKey"]) for r in Records) <= 5 * 1024 * 1024
        return {"Records": results}


class Cloud:
    SHARD_PAUSE = Environment.SHARD_PAUSE

    def __init__(self, shard: Shard) -> None:
        self._shard = shard

    def client(self, _: str) -> Shard:
        return self._shard


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    made: list[float] = []
    monkeypatch.setattr(kinesis.time, "sleep", made.append)
    return made


def read(shard: Shard) -> int:
    since = datetime(2026, 1, 1, tzinfo=UTC)
    return len(kinesis.records(Cloud(shard), "S", "0", since))  # type: ignore[arg-type]


def test_reading_pauses_between_two_answers(pauses: list[float]) -> None:
    """Of the five answers a second that a shard gives, a page takes one; the laptop none back."""
    shard = Shard(1000)
    assert read(shard) == 1000
    assert sum(pauses) >= shard.reads - 1
    assert Environment.SHARD_PAUSE >= 0.5 and LoopbackEnvironment.SHARD_PAUSE == 0


def test_reading_waits_when_the_functions_took_the_share(pauses: list[float]) -> None:
    """A shard that says it was too much is read again."""
    shard = Shard(10)
    shard.throttled = 3
    assert read(shard) == 10


def test_what_a_stream_did_not_take_is_put_again(pauses: list[float]) -> None:
    """Partial failures: every record is taken, none is left out."""
    shard = Shard()
    shard.takes_every = 3
    data = [f"{n}".encode() for n in range(1201)]
    records = [{"Data": one, "PartitionKey": "k"} for one in data]
    kinesis.put(Cloud(shard), "S", records)  # type: ignore[arg-type]
    assert sorted(shard.taken) == sorted(data)


def test_large_records_are_put_in_several_requests(pauses: list[float]) -> None:
    """A request stays below 5 MiB, and takes at most 500 records."""
    shard = Shard()
    records = [{"Data": bytes(900_000), "PartitionKey": "k"} for _ in range(9)]
    kinesis.put(Cloud(shard), "S", records)  # type: ignore[arg-type]
    assert len(shard.taken) == 9


def test_a_stream_that_takes_nothing_is_told(
    pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a while the rest is named; nothing waits for ever."""
    shard = Shard()
    shard.takes_every = 0
    monkeypatch.setattr(kinesis, "PATIENCE_SECONDS", -1.0)
    with pytest.raises(CartwheelError, match="2 records were not sent"):
        kinesis.put(
            Cloud(shard),  # type: ignore[arg-type]
            "S",
            [{"Data": b"a", "PartitionKey": "k"}, {"Data": b"b", "PartitionKey": "k"}],
        )
