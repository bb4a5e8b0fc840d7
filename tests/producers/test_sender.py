"""The sender delivers each record, retries only what failed, and counts exactly."""

import os
import signal
import threading
import time
from typing import Any

import pytest
from cartwheel.errors import CartwheelError
from hypothesis import given, settings
from hypothesis import strategies as st

from producers import sender as module
from producers.message import Message
from producers.sender import Sender

START = 1_767_225_600.0


class Kinesis:
    """Stands for a Kinesis that throttles: takes what it is told to, keeps what it took."""

    def __init__(self, takes: Any = lambda number: True) -> None:
        self.takes = takes
        self.attempts = 0
        self.taken: list[bytes] = []
        self.requests: list[list[dict[str, Any]]] = []

    def put_records(self, StreamName: str, Records: list[dict[str, Any]]) -> dict[str, Any]:
        self.requests.append(Records)
        answers = []
        for record in Records:
            self.attempts += 1
            if self.takes(self.attempts):
                self.taken.append(record["Data"])
                answers.append({"SequenceNumber": "1", "ShardId": "s"})
            else:
                answers.append({"ErrorCode": "ProvisionedThroughputExceededException"})
        return {"FailedRecordCount": sum("ErrorCode" in a for a in answers), "Records": answers}


def messages(number: int, size: int = 10, stream: str = "S") -> list[Message]:
    return [Message(stream, "key", f"{n:0{size}d}".encode(), START + n) for n in range(number)]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries need not wait here."""
    monkeypatch.setattr(module.random, "uniform", lambda low, high: 0.0)


def test_requests_stay_within_kinesis_limits() -> None:
    """At most 500 records and 5 MiB a request, whatever the sizes."""
    kinesis = Kinesis()
    mixed = messages(1200) + messages(12, size=900_000)
    account = Sender(kinesis, progress=False).send(mixed)
    assert account.sent == {"S": 1212}
    for request in kinesis.requests:
        assert len(request) <= 500
        assert sum(len(r["Data"]) + len(r["PartitionKey"]) for r in request) <= 5 * 1024 * 1024


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 1500), st.integers(2, 7))
def test_every_record_arrives_once_when_some_are_throttled(number: int, every: int) -> None:
    """Only what failed is sent again: nothing is missing, nothing arrives twice."""
    kinesis = Kinesis(lambda attempt: attempt % every != 0)
    account = Sender(kinesis, progress=False).send(messages(number))
    assert sorted(kinesis.taken) == [m.data for m in messages(number)]
    assert account.sent["S"] == number
    assert account.retried == kinesis.attempts - number


def test_a_stream_that_takes_nothing_is_given_up_with_an_exact_account() -> None:
    """After ten fruitless attempts the message says how many were sent."""
    kinesis = Kinesis(lambda attempt: attempt <= 700)
    with pytest.raises(CartwheelError, match=r"Sent so far: S=700\. 300 records"):
        Sender(kinesis, progress=False).send(messages(1000))


def test_a_record_above_a_mebibyte_is_refused_and_the_rest_is_sent() -> None:
    """A record that Kinesis cannot take is named; it stops nobody."""
    kinesis = Kinesis()
    big = Message("S", "big", b"x" * (2 * 1024 * 1024), START)
    account = Sender(kinesis, progress=False).send([*messages(3), big, *messages(3)])
    assert account.sent["S"] == 6
    (refusal,) = account.refused
    assert "S big" in refusal and "1 MiB is allowed" in refusal


def test_ctrl_c_finishes_the_batch_in_flight_and_counts_exactly() -> None:
    """What the account says was sent is what the stream took."""
    kinesis, before = Kinesis(), signal.getsignal(signal.SIGINT)
    put = kinesis.put_records

    def slow(**arguments: Any) -> dict[str, Any]:
        if len(kinesis.requests) == 2:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.05)
        return put(**arguments)

    kinesis.put_records = slow  # type: ignore[method-assign]
    account = Sender(kinesis, progress=False).send(messages(5000))
    assert account.interrupted
    assert account.sent["S"] == len(kinesis.taken) == 1500
    assert signal.getsignal(signal.SIGINT) is before


def test_a_paced_replay_keeps_its_pace() -> None:
    """At 50 times real time, 100 seconds take two, and records leave as they are due."""
    assert threading.current_thread() is threading.main_thread()
    kinesis = Kinesis()
    began = time.monotonic()
    account = Sender(kinesis, speed=50, progress=False).send(messages(100))
    took = time.monotonic() - began
    assert account.sent["S"] == 100
    assert 1.9 < took < 4
    assert len(kinesis.requests) > 5


def test_an_unreachable_stream_is_told_with_an_account() -> None:
    """A connection that breaks says what was sent and that repeating is safe."""
    from botocore.exceptions import EndpointConnectionError

    def broken(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:9")

    kinesis = Kinesis()
    kinesis.put_records = broken  # type: ignore[assignment, method-assign]
    with pytest.raises(CartwheelError, match="counted once"):
        Sender(kinesis, progress=False).send(messages(10))
