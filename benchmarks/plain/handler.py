"""
A function from a stream to the lake as the field's descriptions have it.

Each batch is an object, named by the second in which it is written.
"""

import base64
import os
from datetime import UTC, datetime
from typing import Any

import boto3

s3 = boto3.client("s3")


def handle(event: dict[str, Any], context: Any) -> None:
    """Write the records of a batch into one object."""
    lines = [base64.b64decode(record["kinesis"]["data"]) for record in event["Records"]]
    s3.put_object(
        Bucket=os.environ["LAKE_BUCKET"],
        Key=f"{os.environ['PREFIX']}{datetime.now(UTC):%Y-%m-%d-%H-%M-%S}.json",
        Body=b"\n".join(lines) + b"\n",
    )
