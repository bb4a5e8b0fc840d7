"""
The four DataProcessors (Click, Truck, Order, Operation): stream -> Firehose -> lake.

One piece of code; the variable KIND says which events it takes. A record that does
not validate goes to quarantine and the batch goes on. Firehose is asked again while it
throttles and there is time. Anything else that fails is raised, so that the whole batch
comes again: rows may then land twice, which the warehouse counts once.
"""

import os
import random
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from cartwheel.events import KINDS, row
from metrics import measured
from records import AT_ONCE, decode_batch, quarantine

# Firehose takes 1,000 KiB a record; a batch is one record, since that is cheaper.
RECORD_BYTES = 1_000 * 1024

# What is sent is made here, so that checking its types again only takes time.
PLAIN = Config(parameter_validation=False)
firehose = boto3.client("firehose", config=PLAIN)
s3 = boto3.client("s3", config=Config(max_pool_connections=AT_ONCE))
_threads = ThreadPoolExecutor(4)
# Direct PUT takes 1 MiB/s in most regions: beyond it, records wait in Kinesis.
THROTTLED = ("ServiceUnavailableException", "LimitExceededException", "ThrottlingException")
LONGEST_PAUSE = 5.0
# Before the function's end, to fail by an error of its own instead of being cut off.
SPARE_SECONDS = 10.0


def handle(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Land a batch of one shard."""
    deadline = time.monotonic() + context.get_remaining_time_in_millis() / 1000 - SPARE_SECONDS
    kind = KINDS[os.environ["KIND"]]
    good, bad = decode_batch(kind, event)
    quarantine(s3, bad)
    rows = (row(kind, record.event, record.lineage) for record in good)
    # A block is on its way while the next is made; all are there, or have failed, on return.
    under_way = [_threads.submit(_put, block, deadline) for block in blocks(rows)]
    wait(under_way)
    for each in under_way:
        each.result()
    return {"landed": len(good), "quarantined": len(bad)}


handler = measured(handle)


def _put(block: bytes, deadline: float) -> None:
    longest = 0.5
    while True:
        try:
            firehose.put_record(
                DeliveryStreamName=os.environ["DELIVERY_STREAM"], Record={"Data": block}
            )
            return
        except ClientError as error:
            pause = random.uniform(0, longest)
            is_throttled = error.response["Error"]["Code"] in THROTTLED
            if not is_throttled or time.monotonic() + pause > deadline:
                raise
        time.sleep(pause)
        longest = min(LONGEST_PAUSE, 2 * longest)


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
