"""
KinesisToDynamoDBProcessor: the number of valid clicks per item and event minute.

A batch is walked in stream order in chunks of at most 99 distinct keys. One
transaction adds a chunk's sums and moves the shard's checkpoint to the chunk's last
record, on condition of the checkpoint it read. So a retried, bisected, repeated or
replayed batch changes nothing twice.
"""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
import transactions
from botocore.config import Config
from cartwheel.events import CLICK, to_utc
from metrics import measured
from records import AT_ONCE, Decoded, decode_batch, quarantine
from transactions import ACTIONS, ATTEMPTS, Overtaken, pause

# One of a transaction's actions moves the checkpoint.
KEYS_PER_CHUNK = ACTIONS - 1
NO_ITEM = "-"

# What is sent is made here, so that checking its types again only takes time.
PLAIN = Config(parameter_validation=False)
dynamodb = boto3.client("dynamodb", config=PLAIN)
s3 = boto3.client("s3", config=Config(max_pool_connections=AT_ONCE))


@dataclass
class Chunk:
    """Sums per (item, minute), the items' latest known names, and the last record's number."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    last: str = ""


def handle(event: dict[str, Any], context: object) -> dict[str, int]:
    """Count a batch of one shard."""
    good, bad = decode_batch(CLICK, event)
    quarantine(s3, bad)
    if not good:
        return {"counted": 0, "quarantined": len(bad)}
    counted = count(f"{CLICK.stream}/{good[0].lineage.shard_id}", good)
    return {"counted": counted, "quarantined": len(bad)}


handler = measured(handle)


def count(shard: str, records: list[Decoded]) -> int:
    """Count the records beyond the shard's checkpoint; return how many there were."""
    counted = 0
    for attempt in range(ATTEMPTS):
        checkpoint = read_checkpoint(shard)
        fresh = [r for r in records if r.lineage.sequence_number > checkpoint]
        try:
            for chunk in chunks(fresh):
                commit(shard, checkpoint, chunk)
                checkpoint = chunk.last
                counted += sum(chunk.counts.values())
            return counted
        except Overtaken:
            pause(attempt)
    raise RuntimeError(f"{shard}: the checkpoint moved {ATTEMPTS} times under this batch")


def chunks(records: list[Decoded]) -> Iterator[Chunk]:
    """Yield the sums of consecutive records, at most 99 distinct keys at a time."""
    chunk = Chunk()
    for record in records:
        click = record.event
        minute = to_utc(click.timestamp).strftime("%Y-%m-%dT%H:%M:00Z")
        key = (click.product_id or NO_ITEM, minute)
        if key not in chunk.counts and len(chunk.counts) == KEYS_PER_CHUNK:
            yield chunk
            chunk = Chunk()
        chunk.counts[key] += click.click_count or 1
        if click.product_name:
            chunk.names[key] = click.product_name
        chunk.last = record.lineage.sequence_number
    if chunk.counts:
        yield chunk


def read_checkpoint(shard: str) -> str:
    """Return the last counted sequence number of a shard, empty if there is none."""
    answer = dynamodb.get_item(
        TableName=os.environ["CHECKPOINT_TABLE"],
        Key={"Shard_ID": {"S": shard}},
        ConsistentRead=True,
    )
    return str(answer["Item"]["Sequence_Number"]["S"]) if "Item" in answer else ""


def commit(shard: str, checkpoint: str, chunk: Chunk) -> None:
    """
    Add a chunk and move the checkpoint, both or neither; conflicts are tried again.

    Raises
    ------
    Overtaken
        If the checkpoint is not the one that was read.
    """
    actions = [_add(key, n, chunk.names.get(key)) for key, n in chunk.counts.items()]
    actions.append(_move(shard, checkpoint, chunk.last))
    transactions.commit(dynamodb, actions)


def _add(key: tuple[str, str], number: int, name: str | None) -> dict[str, Any]:
    """Add to a count; a click without a name leaves a name that is known as it is."""
    told = ":name" if name else "if_not_exists(Item_Name, :name)"
    return {
        "Update": {
            "TableName": os.environ["COUNT_TABLE"],
            "Key": {"Item_ID": {"S": key[0]}, "Timestamp": {"S": key[1]}},
            "UpdateExpression": f"SET Item_Name = {told} ADD Click_Counts :number",
            "ExpressionAttributeValues": {
                ":name": {"S": name or NO_ITEM},
                ":number": {"N": str(number)},
            },
        }
    }


def _move(shard: str, before: str, after: str) -> dict[str, Any]:
    values = {":after": {"S": after}}
    condition = "attribute_not_exists(Shard_ID)"
    if before:
        values[":before"] = {"S": before}
        condition = "Sequence_Number = :before"
    return {
        "Update": {
            "TableName": os.environ["CHECKPOINT_TABLE"],
            "Key": {"Shard_ID": {"S": shard}},
            "UpdateExpression": "SET Sequence_Number = :after",
            "ConditionExpression": condition,
            "ExpressionAttributeValues": values,
        }
    }
