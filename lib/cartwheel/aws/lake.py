"""S3: the objects of the lake by prefix."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cartwheel.environment import Environment


@dataclass(frozen=True)
class LakeObject:
    """An object of the lake; ``size`` in bytes."""

    key: str
    size: int
    written_at: datetime


def objects(environment: Environment, prefix: str = "") -> list[LakeObject]:
    """Return the lake's objects under a prefix, in the order of their keys."""
    pages = (
        environment.client("s3")
        .get_paginator("list_objects_v2")
        .paginate(Bucket=environment.lake_bucket, Prefix=prefix)
    )
    return [
        LakeObject(item["Key"], item["Size"], item["LastModified"])
        for page in pages
        for item in page.get("Contents", [])
    ]


def read(environment: Environment, key: str) -> bytes:
    """Return the bytes of one object."""
    answer: Any = environment.client("s3").get_object(Bucket=environment.lake_bucket, Key=key)
    return bytes(answer["Body"].read())


def write(environment: Environment, key: str, body: bytes) -> None:
    """Write one object."""
    environment.client("s3").put_object(Bucket=environment.lake_bucket, Key=key, Body=body)
