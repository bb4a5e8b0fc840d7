"""The event source mappings: one at a time each, in order, halted for a save, fair."""

import threading
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cartwheel.local.consumers import Consumers
from cartwheel.local.streamlog import Record, RecordLog

SCOPE = ("000000000000", "eu-central-1")


class Functions:
    """A stand-in of MiniStack's module of Lambda, with functions that are given."""

    def __init__(self, handlers: dict[str, Callable[[list[Any]], None]]) -> None:
        self.handlers = handlers
        self.told: dict[str, list[bool]] = {}
        self._kinesis_positions = SimpleNamespace(_data={})
        self._request_account_id = self._request_region = SimpleNamespace(set=lambda value: None)
        self.mappings = [
            {
                "UUID": name, "FunctionName": name, "BatchSize": 10, "StartingPosition": position,
                "EventSourceArn": "arn:aws:kinesis:eu-central-1:000000000000:stream/S",
            }
            for name in handlers
            for position in ("TRIM_HORIZON",)
        ]  # fmt: skip

    def _emit_lambda_metrics(self, name: str, took: float, *, error: bool, throttle: bool) -> None:
        assert took >= 0 and not throttle
        self.told.setdefault(name, []).append(error)

    def _iter_all_esms(self) -> list[Any]:
        return [(*SCOPE, mapping) for mapping in self.mappings]

    def _get_func_record_for_qualifier(self, name: str, qualifier: Any) -> tuple[str, None]:
        return name, None

    def _execute_function(self, name: str, event: dict[str, list[Any]]) -> dict[str, Any]:
        try:
            self.handlers[name]([each.kinesis.sequenceNumber for each in event["Records"]])
        except ValueError as error:
            return {"error": True, "body": str(error)}
        return {}


@pytest.fixture
def log(tmp_path: Path) -> RecordLog:
    return RecordLog(tmp_path)


def consumers(log: RecordLog, functions: Functions) -> Consumers:
    stream = {"StreamStatus": "ACTIVE", "shards": {"shard-0": {"records": log}}}
    module = SimpleNamespace(
        _streams=SimpleNamespace(_data={(*SCOPE, "S"): stream}), esm_wake=threading.Event()
    )
    return Consumers(functions, module)


def put(log: RecordLog, first: int, count: int) -> None:
    log.extend([Record(str(n), 0.0, "k", b"x") for n in range(first, first + count)])


def drain(made: Consumers, seconds: float, until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + seconds
    while not until() and time.monotonic() < deadline:
        made.poll()
        time.sleep(0.002)


def test_every_record_is_handed_over_once_and_in_order(log: RecordLog) -> None:
    """Batch by batch, also what comes while a batch is at work."""
    seen: list[str] = []
    functions = Functions({"f": seen.extend})
    made = consumers(log, functions)
    put(log, 0, 25)
    drain(made, 5, lambda: len(seen) == 25)
    put(log, 25, 30)
    drain(made, 5, lambda: len(seen) == 55)
    assert seen == [str(n) for n in range(55)]
    assert made.positions(functions.mappings[0]["EventSourceArn"], "shard-0") == [55]


def test_a_batch_that_fails_is_handed_over_again_and_holds_up_nobody_else(
    log: RecordLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The position moves with success alone, and CloudWatch counts the failures; others go on."""
    monkeypatch.setattr("cartwheel.local.consumers.BACKOFF_SECONDS", 0.05)
    seen: dict[str, list[str]] = {"good": [], "bad": []}
    failures = [ValueError("first"), ValueError("second")]

    def bad(batch: list[str]) -> None:
        if failures:
            raise failures.pop()
        seen["bad"] += batch

    functions = Functions({"bad": bad, "good": seen["good"].extend})
    made = consumers(log, functions)
    put(log, 0, 12)
    drain(made, 5, lambda: len(seen["bad"]) == 12)
    assert seen == {name: [str(n) for n in range(12)] for name in ("good", "bad")}
    assert functions.told["bad"] == [True, True, False, False]
    assert not any(functions.told["good"])


def test_a_halt_waits_for_the_batch_at_work_and_lets_none_start(log: RecordLog) -> None:
    """While all is halted no position moves: what is saved then fits together."""
    working, go_on = threading.Event(), threading.Event()
    seen: list[str] = []

    def slow(batch: list[str]) -> None:
        working.set()
        assert go_on.wait(5)
        seen.extend(batch)

    made = consumers(log, Functions({"slow": slow}))
    put(log, 0, 20)
    made.poll()
    assert working.wait(5)
    threading.Timer(0.1, go_on.set).start()
    with made.halted(5):
        assert len(seen) == 10
        made.poll()
        time.sleep(0.05)
        assert len(seen) == 10
    drain(made, 5, lambda: len(seen) == 20)
    assert len(seen) == 20


def test_a_halt_gives_up_on_a_function_that_does_not_end(log: RecordLog) -> None:
    """It says so instead of waiting for ever, and the function goes on."""
    go_on = threading.Event()
    made = consumers(log, Functions({"stuck": lambda batch: go_on.wait(5) and None}))
    put(log, 0, 1)
    made.poll()
    with pytest.raises(TimeoutError, match="did not finish"), made.halted(0.1):
        pass
    go_on.set()


def test_the_slowest_function_holds_up_no_other(
    log: RecordLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one place for two mappings, the faster is done before the slower is half through."""
    monkeypatch.setattr("cartwheel.local.consumers.AT_ONCE", 1)
    counts = {"fast": 0, "slow": 0}

    def handler(name: str, seconds: float) -> Callable[[list[str]], None]:
        def handle(batch: list[str]) -> None:
            time.sleep(seconds)
            counts[name] += len(batch)

        return handle

    functions = Functions({"slow": handler("slow", 0.03), "fast": handler("fast", 0.001)})
    made = consumers(log, functions)
    put(log, 0, 300)
    drain(made, 10, lambda: counts["fast"] == 300)
    assert counts["fast"] == 300 and counts["slow"] < 150
    drain(made, 10, lambda: counts["slow"] == 300)
    assert counts["slow"] == 300


def test_the_slowest_function_has_its_turn_though_the_others_are_always_busy(
    log: RecordLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has waited for the patience goes first: live counts must not wait for a quiet moment."""
    monkeypatch.setattr("cartwheel.local.consumers.AT_ONCE", 1)
    monkeypatch.setattr("cartwheel.local.consumers.PATIENCE_SECONDS", 0.2)
    turns: list[tuple[str, float]] = []

    def handler(name: str, seconds: float) -> Callable[[list[str]], None]:
        def handle(batch: list[str]) -> None:
            turns.append((name, time.monotonic()))
            time.sleep(seconds)

        return handle

    functions = Functions({"slow": handler("slow", 0.03), "fast": handler("fast", 0.001)})
    made = consumers(log, functions)
    count, stop = 0, time.monotonic() + 2
    while time.monotonic() < stop:  # so that the fast one always has something to do
        put(log, count, 20)
        count += 20
        made.poll()
        time.sleep(0.002)
    slow = [at for name, at in turns if name == "slow"][1:]  # after its time was measured
    pauses = [later - earlier for earlier, later in pairwise(slow)]
    assert len(slow) > 3 and max(pauses) < 1.0
    drain(made, 10, lambda: not any(made._left(*SCOPE, m)["shard-0"] for m in functions.mappings))


def test_a_mapping_that_starts_at_the_end_reads_what_comes_after_it(log: RecordLog) -> None:
    """LATEST is fixed at the first look, TRIM_HORIZON begins with the oldest record."""
    seen: list[str] = []
    functions = Functions({"f": seen.extend})
    functions.mappings[0]["StartingPosition"] = "LATEST"
    made = consumers(log, functions)
    put(log, 0, 5)
    made.poll()
    put(log, 5, 3)
    drain(made, 5, lambda: len(seen) == 3)
    assert seen == ["5", "6", "7"]


def test_functions_that_fail_slowly_leave_a_turn_to_the_others(
    log: RecordLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has waited longest goes first, whatever its name and however many fail beside it."""
    monkeypatch.setattr("cartwheel.local.consumers.BACKOFF_SECONDS", 0.0)
    monkeypatch.setattr("cartwheel.local.consumers.PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr("cartwheel.local.consumers.AT_ONCE", 2)
    seen: list[str] = []
    failed: set[str] = set()

    def fails(name: str) -> Callable[[list[str]], None]:
        def handle(_: list[str]) -> None:
            failed.add(name)
            time.sleep(0.05)
            raise ValueError(name)

        return handle

    handlers = {name: fails(name) for name in "abcd"} | {"z": seen.extend}
    made = consumers(log, Functions(handlers))
    put(log, 0, 30)
    drain(made, 5, lambda: len(seen) == 30)
    assert seen == [str(n) for n in range(30)]
    assert failed == set("abcd")
