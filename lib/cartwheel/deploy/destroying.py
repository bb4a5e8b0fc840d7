"""Remove what a deployment made."""

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from cartwheel.deploy import stacks, templates
from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError

SCHEMAS = ("MART", "CORE", "RAW", "OPS")


def refuse_data(environment: Environment, delete_data: bool) -> None:
    """
    See that no data would be deleted unasked.

    Raises
    ------
    CartwheelError
        If the lake is not empty and ``delete_data`` is false.
    """
    bucket = _outputs(environment).get("LakeBucketName")
    if delete_data or bucket is None:
        return
    if next(_versions(environment, bucket), None) is not None:
        raise CartwheelError(
            f"The lake s3://{bucket} is not empty. To delete it with all its data and the "
            f"warehouse's, run 'cartwheel destroy {environment.name} --delete-data'."
        )


def destroy(environment: Environment, say: Callable[[str], None]) -> None:
    """Delete the warehouse's schemas, the stacks, and the two buckets with what they hold."""
    made = _outputs(environment)
    for schema in SCHEMAS:
        environment.warehouse.execute(f"drop schema if exists {schema} cascade")
    say(f"Dropped the schemas {', '.join(SCHEMAS)}.")
    for template in reversed(templates.TEMPLATES):
        if stacks.delete(environment, template.stack):
            say(f"Deleted the stack {template.stack}.")
    for name in ("LakeBucketName", "ArtifactBucketName"):
        if name in made:
            _delete_bucket(environment, made[name])
            say(f"Deleted s3://{made[name]}.")
    say(f"Nothing of Cartwheel is left in {environment.name}, but for what sql/admin made.")


def _outputs(environment: Environment) -> dict[str, str]:
    return stacks.outputs(environment, templates.STORAGE.stack)


def _versions(environment: Environment, bucket: str) -> Iterator[dict[str, str]]:
    pages = environment.client("s3").get_paginator("list_object_versions").paginate(Bucket=bucket)
    try:
        for page in pages:
            entries: list[dict[str, Any]] = page.get("Versions", []) + page.get("DeleteMarkers", [])
            for entry in entries:
                yield {"Key": entry["Key"], "VersionId": entry["VersionId"]}
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucket":
            raise


def _delete_bucket(environment: Environment, bucket: str) -> None:
    client = environment.client("s3")
    batch: list[dict[str, str]] = []
    for version in list(_versions(environment, bucket)):
        batch.append(version)
        if len(batch) == 1000:
            client.delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})
            batch = []
    if batch:
        client.delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})
    try:
        client.delete_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucket":
            raise
