"""
The embedded event source mappings of Kinesis: one thread a mapping, halted for a save.

As shipped, one thread serves all mappings in turn, so that a slow function holds up the
others, and a batch may exceed the 6 MB that Lambda takes.
"""

import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from cartwheel.local.streamlog import Record, RecordLog

# Lambda takes 6 MB: records as base64, each with its lineage.
BATCH_BYTES = 3_800_000
BACKOFF_SECONDS = 1.0
# Who has waited so long goes first: a live count is to be there within two seconds.
PATIENCE_SECONDS = 1.0
AT_ONCE = max(2, os.cpu_count() or 2)
log = logging.getLogger("consumers")


class Consumers:
    """
    Reads the streams for the functions that are mapped to them.

    Parameters
    ----------
    functions
        MiniStack's module of Lambda.
    streams
        Its module of Kinesis.
    """

    def __init__(self, functions: Any, streams: Any) -> None:
        self._functions, self._streams = functions, streams
        self._changed = threading.Condition()
        self._working: set[str] = set()
        self._resting_until: dict[str, float] = {}
        self._seconds_a_record: dict[str, float] = {}
        self._waiting_since: dict[str, float] = {}
        self._halts = 0

    def patch(self) -> None:
        """Serve the mappings instead of MiniStack's own thread."""
        self._functions._poll_kinesis = self.poll

    @contextmanager
    def halted(self, seconds: float) -> Iterator[None]:
        """
        Wait until no batch is at work, and let none start inside.

        Raises
        ------
        TimeoutError
            If a function is still at work after so many seconds.
        """
        with self._changed:
            self._halts += 1
        try:
            with self._changed:
                if not self._changed.wait_for(lambda: not self._working, seconds):
                    raise TimeoutError(f"a function did not finish within {seconds:.0f} s")
            yield
        finally:
            with self._changed:
                self._halts -= 1
            self._streams.esm_wake.set()

    def poll(self) -> bool:
        """
        Start a thread for each mapping that has something to read, as many as there are cores.

        Who would be done first goes first, by the time that a record of its last batch took,
        so that the slowest function holds up none of the others; before them who has waited too
        long, the longest first, so that functions that fail slowly leave a turn to the others.
        """
        waiting = []
        for account, region, mapping in self._functions._iter_all_esms():
            identity = mapping["UUID"]
            left = sum(self._left(account, region, mapping).values())
            resting = self._resting_until.get(identity, 0) > time.monotonic()
            if left and not resting and identity not in self._working:
                since = self._waiting_since.setdefault(identity, time.monotonic())
                turn = (1, left * self._seconds_a_record.get(identity, 0.0))
                if time.monotonic() - since > PATIENCE_SECONDS:
                    turn = (0, since)
                waiting.append((turn, identity, (account, region, mapping)))
        started = False
        for _, identity, words in sorted(waiting, key=lambda each: each[:2]):
            with self._changed:
                if self._halts or len(self._working) >= AT_ONCE:
                    break
                self._working.add(identity)
                self._waiting_since.pop(identity, None)
            threading.Thread(target=self._serve, args=words, name=identity, daemon=True).start()
            started = True
        return started

    def _shards(
        self, account: str, region: str, mapping: dict[str, Any]
    ) -> dict[str, dict[str, Any]]:
        """Return the shards that a mapping reads; none if it is disabled or not of Kinesis."""
        arn = mapping.get("EventSourceArn", "")
        if not mapping.get("Enabled", True) or ":kinesis:" not in arn:
            return {}
        stream = self._streams._streams._data.get((account, region, arn.partition("/")[2]))
        is_there = stream is not None and stream["StreamStatus"] == "ACTIVE"
        shards: dict[str, dict[str, Any]] = stream["shards"] if is_there else {}
        return shards

    def _left(self, account: str, region: str, mapping: dict[str, Any]) -> dict[str, int]:
        """Return how many records are left by shard; a mapping's first look fixes its start."""
        known = self._functions._kinesis_positions._data
        positions = known.setdefault((account, region, mapping["UUID"]), {})
        left = {}
        for shard_id, shard in list(self._shards(account, region, mapping).items()):
            records: RecordLog = shard["records"]
            if shard_id not in positions:
                oldest = mapping.get("StartingPosition") == "TRIM_HORIZON"
                positions[shard_id] = records.first if oldest else len(records)
            left[shard_id] = len(records) - positions[shard_id]
        return left

    def _serve(self, account: str, region: str, mapping: dict[str, Any]) -> None:
        """Hand over a batch of each shard; a mapping that fails rests for a second."""
        functions, identity = self._functions, mapping["UUID"]
        functions._request_account_id.set(account)
        functions._request_region.set(region)
        took = False
        try:
            left, began = self._left(account, region, mapping), time.monotonic()
            counts = [self._batch(account, region, mapping, one) for one in left if left[one]]
            took = all(counts)
            if took:
                seconds = (time.monotonic() - began) / max(sum(counts), 1)
                # A cold start or a tiny batch says little of what comes.
                before = self._seconds_a_record.get(identity)
                best = 0.0 if before is None else min(seconds, 1.1 * before or seconds)
                self._seconds_a_record[identity] = best
        except Exception:
            log.exception("the mapping %s failed", identity)
        finally:
            if not took:
                self._resting_until[identity] = time.monotonic() + BACKOFF_SECONDS
            with self._changed:
                self._working.discard(identity)
                self._changed.notify_all()
            # What came between the last look and now is somebody's to see.
            self._streams.esm_wake.set()

    def _batch(self, account: str, region: str, mapping: dict[str, Any], shard_id: str) -> int:
        """Hand one batch of a shard to the function; return how many it took, 0 if it failed."""
        functions = self._functions
        positions = functions._kinesis_positions._data[account, region, mapping["UUID"]]
        records: RecordLog = self._shards(account, region, mapping)[shard_id]["records"]
        position = max(positions[shard_id], records.first)
        batch = records.read(position, mapping.get("BatchSize", 100), BATCH_BYTES)
        name, qualifier = mapping["FunctionName"], mapping.get("Qualifier")
        function, _ = functions._get_func_record_for_qualifier(name, qualifier)
        if function is None:
            return 0
        events: list[Any] = [_event(record, shard_id, account, region, mapping) for record in batch]
        if "FilterCriteria" in mapping:
            events = functions._apply_filter_criteria(msgspec.to_builtins(events), mapping)
        result, began = {}, time.monotonic()
        if events:
            result = functions._execute_function(function, {"Records": events})
            took, failed = 1000 * (time.monotonic() - began), bool(result.get("error"))
            functions._emit_lambda_metrics(name, took, error=failed, throttle=False)
        if result.get("error"):
            mapping["LastProcessingResult"] = "FAILED"
            log.warning("%s failed: %s\n%s", name, result.get("body"), result.get("log", ""))
            return 0
        positions[shard_id] = position + len(batch)
        mapping["LastProcessingResult"] = f"OK - {len(batch)} records"
        return len(batch)

    def positions(self, arn: str, shard_id: str) -> list[int]:
        """Return how far each mapping of a stream has read a shard."""
        known = self._functions._kinesis_positions._data
        return [
            known.get((account, region, mapping["UUID"]), {}).get(shard_id, 0)
            for account, region, mapping in self._functions._iter_all_esms()
            if mapping.get("EventSourceArn") == arn
        ]


class _Payload(msgspec.Struct):
    """A record as Lambda gets it; its bytes become base64 when it is encoded."""

    kinesisSchemaVersion: str
    partitionKey: str
    sequenceNumber: str
    data: bytes
    approximateArrivalTimestamp: float


class _Event(msgspec.Struct):
    kinesis: _Payload
    eventSource: str
    eventVersion: str
    eventID: str
    eventName: str
    invokeIdentityArn: str
    awsRegion: str
    eventSourceARN: str


def _event(
    record: Record, shard_id: str, account: str, region: str, mapping: dict[str, Any]
) -> _Event:
    number, arrived, key, data = record
    return _Event(
        _Payload("1.0", key, number, data, arrived),
        "aws:kinesis",
        "1.0",
        f"{shard_id}:{number}",
        "aws:kinesis:record",
        f"arn:aws:iam::{account}:role/lambda-role",
        region,
        mapping["EventSourceArn"],
    )
