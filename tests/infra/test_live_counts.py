"""The live counts are exact under retries, repeated and bisected batches."""

import base64
import json
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from cartwheel.environment import Environment

SHARD = "shardId-000000000000"


@pytest.fixture
def counts(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The function, on tables of its own in the real (embedded) DynamoDB."""
    client = environment.client("dynamodb")
    names = {}
    for table, keys in (
        ("COUNT_TABLE", [("Item_ID", "HASH"), ("Timestamp", "RANGE")]),
        ("CHECKPOINT_TABLE", [("Shard_ID", "HASH")]),
    ):
        names[table] = f"{table}-{random.getrandbits(40)}"
        client.create_table(
            TableName=names[table],
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": k, "AttributeType": "S"} for k, _ in keys],
            KeySchema=[{"AttributeName": k, "KeyType": t} for k, t in keys],
        )
        monkeypatch.setenv(table, names[table])
    monkeypatch.setenv("LAKE_BUCKET", environment.lake_bucket)
    monkeypatch.setenv("AWS_DEFAULT_REGION", environment.region)
    import live_counts

    monkeypatch.setattr(live_counts, "dynamodb", client)
    monkeypatch.setattr(live_counts, "s3", environment.client("s3"))
    yield live_counts
    for name in names.values():
        client.delete_table(TableName=name)


def clicks(products: list[str | None], first: int = 1) -> dict[str, Any]:
    """Make a batch of views, one per product, a second apart."""
    made = []
    for number, product in enumerate(products, first):
        record = {
            "event_id": f"e{number}",
            "session_id": "s",
            "event_type": "view",
            "timestamp": f"2026-11-20T10:{number // 60 % 60:02d}:{number % 60:02d}Z",
            "product_id": product,
            "product_name": product and f"The {product}",
        }
        made.append(
            {
                "eventID": f"{SHARD}:{number}",
                "kinesis": {
                    "sequenceNumber": str(number),
                    "partitionKey": "s",
                    "data": base64.b64encode(json.dumps(record).encode()).decode(),
                    "approximateArrivalTimestamp": 1_796_000_000.0,
                },
            }
        )
    return {"Records": made}


def table(counts: Any) -> Counter[tuple[str, str]]:
    import os

    items = counts.dynamodb.scan(TableName=os.environ["COUNT_TABLE"])["Items"]
    return Counter(
        {(i["Item_ID"]["S"], i["Timestamp"]["S"]): int(i["Click_Counts"]["N"]) for i in items}
    )


def expected(products: list[str | None], first: int = 1) -> Counter[tuple[str, str]]:
    return Counter(
        (product or "-", f"2026-11-20T10:{number // 60 % 60:02d}:00Z")
        for number, product in enumerate(products, first)
    )


def test_counts_are_per_item_and_event_minute(counts: Any) -> None:
    """Each valid click counts once, for its item (or '-') and the minute it happened in."""
    products = ["a", "b", "a", None] * 40
    assert counts.handle(clicks(products), None)["counted"] == 160
    assert table(counts) == expected(products)


def test_more_than_99_keys_are_counted_in_several_transactions(counts: Any) -> None:
    """A batch with any number of keys is counted exactly."""
    products: list[str | None] = [f"p{n % 250}" for n in range(700)]
    counts.handle(clicks(products), None)
    assert table(counts) == expected(products)
    assert len(list(counts.chunks(decoded(counts, products)))) >= 3


def decoded(counts: Any, products: list[str | None]) -> list[Any]:
    return counts.decode_batch(counts.CLICK, clicks(products))[0]


def test_repeated_and_bisected_batches_change_nothing_twice(counts: Any) -> None:
    """A batch that comes again, whole, in halves or shifted, is counted once."""
    products: list[str | None] = [f"p{n % 30}" for n in range(200)]
    counts.handle(clicks(products), None)
    counts.handle(clicks(products), None)
    counts.handle(clicks(products[:100]), None)
    counts.handle(clicks(products[100:], first=101), None)
    more: list[str | None] = ["p1"] * 50
    counts.handle(clicks(products[150:] + more, first=151), None)
    assert table(counts) == expected(products + more)


@pytest.mark.parametrize("is_written", [False, True])
@pytest.mark.parametrize("fails_at", [1, 2, 3])
def test_a_failure_between_two_transactions_loses_and_doubles_nothing(
    counts: Any, monkeypatch: pytest.MonkeyPatch, fails_at: int, is_written: bool
) -> None:
    """A batch that fails half-way, even after its write was done, is finished by its retry."""
    products: list[str | None] = [f"p{n % 240}" for n in range(480)]
    commit, calls = counts.commit, iter(range(1, 100))

    def failing(*arguments: Any) -> None:
        is_last = next(calls) == fails_at
        if is_written or not is_last:
            commit(*arguments)
        if is_last:
            raise ConnectionError("DynamoDB is away")

    monkeypatch.setattr(counts, "commit", failing)
    with pytest.raises(ConnectionError):
        counts.handle(clicks(products), None)
    monkeypatch.setattr(counts, "commit", commit)
    counts.handle(clicks(products), None)
    assert table(counts) == expected(products)


def test_a_run_that_was_overtaken_reads_the_checkpoint_again(
    counts: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two runs of one batch at the same time count it once."""
    products: list[str | None] = [f"p{n}" for n in range(150)]
    read, overtaken = counts.read_checkpoint, []

    def read_then_be_overtaken(shard: str) -> str:
        found = read(shard)
        if not overtaken:
            overtaken.append(True)
            counts.handle(clicks(products), None)
        return found

    monkeypatch.setattr(counts, "read_checkpoint", read_then_be_overtaken)
    assert counts.handle(clicks(products), None)["counted"] == 0
    assert table(counts) == expected(products)
