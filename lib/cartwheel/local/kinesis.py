"""
The embedded Kinesis: MiniStack's API on logs that survive a kill.

As shipped, MiniStack keeps every record in memory until it is a day old, rebuilds each
shard's list at each call, and loses on a kill what came since its last clean stop.
"""

import base64
import binascii
import json
import threading
import time
from collections import defaultdict
from types import SimpleNamespace
from typing import Any

import msgspec

from cartwheel.local.streamlog import Logs, Record, RecordLog

# What one GetRecords call returns at most (Kinesis API reference).
GET_BYTES = 10 * 2**20
RECORD_BYTES = 2**20
REQUEST_BYTES = 5 * 2**20
REQUEST_RECORDS = 500
Answer = tuple[int, dict[str, str], bytes]


class Numbers:
    """Sequence numbers that only grow, also when the clock is set back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._milliseconds = self._counter = 0

    def next(self) -> str:
        """Return a number of 30 digits: the time in milliseconds and a counter."""
        return self.take(1)[0]

    def take(self, count: int) -> list[str]:
        """Return so many numbers, each greater than all before."""
        with self._lock:
            self._milliseconds = max(self._milliseconds, time.time_ns() // 1_000_000)
            first = self._counter + 1
            self._counter += count
            time_part = f"{self._milliseconds:020d}"
        return [f"{time_part}{number:010d}" for number in range(first, first + count)]

    def pass_by(self, number: str) -> None:
        """Give no number from now on that is not greater than this one."""
        with self._lock:
            self._milliseconds = max(self._milliseconds, int(number[:20]) + 1)


class Streams:
    """MiniStack's Kinesis module, its shards' lists replaced by logs."""

    def __init__(self, module: Any, logs: Logs) -> None:
        self._module, self._logs, self._numbers = module, logs, Numbers()

    def patch(self) -> None:
        """Replace what reads or writes a shard's list."""
        module = self._module
        for name in ("_build_shards", "_merge_shards", "_split_shard"):
            setattr(module, name, self._with_logs(getattr(module, name)))
        module._next_sequence_number = self._numbers.next
        module._expire_records = lambda stream: None
        module._start_position = start_position
        module._put_records = self.put_records
        module._get_records = self.get_records
        module.json = fast_json()

    def _with_logs(self, original: Any) -> Any:
        def wrapped(*words: Any, **options: Any) -> Any:
            answer = original(*words, **options)
            made = answer if isinstance(answer, dict) else None
            shards = [made] if made is not None else [s["shards"] for s in self._all()]
            for shard in (shard for each in shards for shard in each.values()):
                if isinstance(shard["records"], list):
                    shard["records"] = self._logs.new()
            return answer

        return wrapped

    def _all(self) -> list[dict[str, Any]]:
        return list(self._module._streams._data.values())

    def restored(self) -> None:
        """Move lists of an earlier layout into logs, and number from the last record on."""
        for stream in self._all():
            for shard in stream["shards"].values():
                if isinstance(shard["records"], list):
                    entries, shard["records"] = shard["records"], self._logs.new()
                    for entry in entries:
                        shard["records"].append(entry)
                if (last := shard["records"].last) is not None:
                    self._numbers.pass_by(last.sequence_number)
        # They hold positions of before; a reader asks for a new one, as after five minutes.
        self._module._shard_iterators._data.clear()

    def shards(self) -> list[tuple[str, str, RecordLog]]:
        """Return (stream ARN, shard id, log) of every shard."""
        return [
            (stream["StreamARN"], shard_id, shard["records"])
            for stream in self._all()
            for shard_id, shard in list(stream["shards"].items())
        ]

    def put_records(self, data: dict[str, Any]) -> Answer:
        """Answer PutRecords: what is acknowledged is in a log."""
        module = self._module
        name, stream = module._resolve_stream(data)
        if not stream:
            return _error(module, "ResourceNotFoundException", f"Stream {name} not found")
        if stream["StreamStatus"] != "ACTIVE":
            return _error(module, "ResourceInUseException", f"Stream {name} is not active")
        entries = data.get("Records", [])
        try:
            payloads = [base64.b64decode(entry.get("Data") or "") for entry in entries]
        except (binascii.Error, TypeError):
            return _error(module, "SerializationException", "Data is not base64")
        if refusal := _refusal(entries, payloads):
            return _error(module, "ValidationException", refusal)
        results = self._append(stream, entries, payloads)
        module.esm_wake.set()
        pairs = [(e["PartitionKey"], p) for e, p in zip(entries, payloads, strict=True)]
        from ministack.services import firehose

        firehose.ingest_from_kinesis_source(stream["StreamARN"], pairs)
        answer = {
            "FailedRecordCount": sum("ErrorCode" in result for result in results),
            "Records": results,
            "EncryptionType": stream.get("EncryptionType", "NONE"),
        }
        return 200, {"Content-Type": "application/x-amz-json-1.1"}, msgspec.json.encode(answer)

    def _append(
        self, stream: dict[str, Any], entries: list[dict[str, Any]], payloads: list[bytes]
    ) -> list[dict[str, str]]:
        now = round(time.time(), 3)
        shards = stream["shards"]
        only = next(iter(shards)) if len(shards) == 1 else None
        by_shard: dict[str, list[int]] = defaultdict(list)
        for place, entry in enumerate(entries):
            by_shard[only or self._route(stream, entry)].append(place)
        results: list[dict[str, str]] = [{}] * len(entries)
        for shard_id, places in by_shard.items():
            numbers = self._numbers.take(len(places))
            records = [
                Record(number, now, entries[p]["PartitionKey"], payloads[p])
                for number, p in zip(numbers, places, strict=True)
            ]
            try:
                shards[shard_id]["records"].extend(records)
            except OSError as error:
                refused = {"ErrorCode": "InternalFailure", "ErrorMessage": str(error.strerror)}
                for place in places:
                    results[place] = refused
                continue
            for place, record in zip(places, records, strict=True):
                results[place] = {"SequenceNumber": record.sequence_number, "ShardId": shard_id}
        return results

    def _route(self, stream: dict[str, Any], entry: dict[str, Any]) -> str:
        given = entry.get("ExplicitHashKey")
        key = int(given) if given else self._module._partition_key_to_hash(entry["PartitionKey"])
        return str(self._module._route_to_shard(key, stream))

    def get_records(self, data: dict[str, Any]) -> Answer:
        """Answer GetRecords: up to 10 MiB from an iterator's position on."""
        module, token = self._module, data.get("ShardIterator")
        state = module._shard_iterators.get(token)
        if state is None:
            text = "Iterator has expired or is invalid"
            return _error(module, "ExpiredIteratorException", text)
        stream = module._streams.get(state["stream"])
        shard = stream and stream["shards"].get(state["shard_id"])
        if not shard:
            return _error(module, "ResourceNotFoundException", "Shard not found")
        log: RecordLog = shard["records"]
        position = min(max(state["position"], log.first), len(log))
        found = log.read(position, min(data.get("Limit", 10_000), 10_000), GET_BYTES)
        ahead = log.read(position + len(found), 1)
        next_token = module.new_uuid()
        module._shard_iterators[next_token] = {
            **state, "position": position + len(found), "created_at": time.time(),
        }  # fmt: skip
        made: Answer = module.json_response(
            {
                "Records": [
                    {
                        "SequenceNumber": record.sequence_number,
                        "ApproximateArrivalTimestamp": record.arrived,
                        "Data": base64.b64encode(record.data).decode(),
                        "PartitionKey": record.partition_key,
                    }
                    for record in found
                ],
                "NextShardIterator": next_token,
                "MillisBehindLatest": int((time.time() - ahead[0].arrived) * 1000) if ahead else 0,
            }
        )
        return made


def fast_json() -> Any:
    """Return a stand-in for the module ``json`` that takes a fraction of its time."""

    def loads(text: bytes | str) -> Any:
        try:
            return msgspec.json.decode(text)
        except msgspec.DecodeError:
            return json.loads(text)  # which reports the fault, or knows better

    return SimpleNamespace(
        dumps=lambda value: msgspec.json.encode(value).decode(),
        loads=loads,
        JSONDecodeError=json.JSONDecodeError,
    )


def start_position(log: RecordLog, kind: str, number: str, at: Any) -> int | None:
    """Return the position where an iterator of a kind starts, None for an unknown kind."""
    match kind:
        case "TRIM_HORIZON":
            return log.first
        case "LATEST":
            return len(log)
        case "AT_SEQUENCE_NUMBER" | "AFTER_SEQUENCE_NUMBER":
            return log.position_after(number, or_at=kind.startswith("AT"))
        case "AT_TIMESTAMP":
            return log.position_at(float(at))
    return None


def _refusal(entries: list[dict[str, Any]], payloads: list[bytes]) -> str:
    if len(entries) > REQUEST_RECORDS:
        return "Value at 'records' failed to satisfy constraint: at most 500 records"
    if any(not 1 <= len(entry.get("PartitionKey", "")) <= 256 for entry in entries):
        return "Value at 'partitionKey' failed to satisfy constraint: 1 to 256 characters"
    sizes = [len(p) + len(e["PartitionKey"]) for e, p in zip(entries, payloads, strict=True)]
    if any(size > RECORD_BYTES for size in sizes):
        return "Value at 'data' failed to satisfy constraint: at most 1048576 bytes"
    return "Records total payload size exceeds 5 MB limit" if sum(sizes) > REQUEST_BYTES else ""


def _error(module: Any, code: str, message: str) -> Answer:
    made: Answer = module.error_response_json(code, message, 400)
    return made
