"""
The four DataProcessors (Click, Truck, Order, Operation): stream -> Firehose -> lake.

One piece of code; the variable KIND says which events it takes. A record that does
not validate goes to quarantine and the batch goes on. Anything else that fails is
raised, so that the whole batch comes again: rows may then land twice, which the
warehouse counts once.
"""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import boto3
from botocore.config import Config
from cartwheel.events import KINDS, row
from records import decode_batch, quarantine

# Firehose takes 1,000 KiB a record; a batch is one record, since that is cheaper.
RECORD_BYTES = 1_000 * 1024

# What is sent is made here, so that checking its types again only takes time.
PLAIN = Config(parameter_validation=False)
firehose = boto3.client("firehose", config=PLAIN)
s3 = boto3.client("s3")
_threads = ThreadPoolExecutor(4)


def handle(event: dict[str, Any], context: object) -> dict[str, int]:
    """Land a batch of one shard."""
    kind = KINDS[os.environ["KIND"]]
    good, bad = decode_batch(kind, event)
    quarantine(s3, bad)
    rows = (row(kind, record.event, record.lineage) for record in good)
    # A block is on its way while the next is made; all are there, or have failed, on return.
    under_way = [_threads.submit(_put, block) for block in blocks(rows)]
    wait(under_way)
    for each in under_way:
        each.result()
    return {"landed": len(good), "quarantined": len(bad)}


def _put(block: bytes) -> None:
    firehose.put_record(DeliveryStreamName=os.environ["DELIVERY_STREAM"], Record={"Data": block})


def blocks(rows: Iterable[bytes]) -> Iterator[bytes]:
    """Join rows to newline-delimited JSON, as many as fit into one Firehose record."""
    block = bytearray()
    for line in rows:
        if block and len(block) + len(line) + 1 > RECORD_BYTES:
            yield bytes(block)
            block.clear()
        block += line + b"\n"
    if block:
        yield bytes(block)
