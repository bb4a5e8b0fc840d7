"""Remove what a deployment made."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError
from snowflake.connector.errors import ProgrammingError

from cartwheel.deploy import retiring, stacks, templates
from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError
from cartwheel.events import KINDS
from cartwheel.finding import counted
from cartwheel.warehouse import ConnectionRefused

SCHEMAS = ("MART", "CORE", "RAW", "OPS")
OBJECTS_A_REQUEST = 1000
SHOWN = 5


def refuse_data(environment: Environment, delete_data: bool, *, aws_only: bool) -> None:
    """
    See that no data would be deleted unasked.

    Raises
    ------
    CartwheelError
        If the lake, the user pool or RAW is not empty and ``delete_data`` is false, or if
        Snowflake cannot be asked.
    """
    if delete_data:
        return
    bucket = environment.lake_bucket
    held = []
    if next(_versions(environment, bucket), None) is not None:
        held.append(f"the lake s3://{bucket}")
    if (count := _users(environment)) > 0:
        held.append(f"the user pool with {counted(count, 'user')}")
    if not aws_only:
        held += [f"{table} with {count:,} rows" for table, count in _rows(environment)]
    if held:
        options = "--delete-data" + (" --aws-only" if aws_only else "")
        raise CartwheelError(
            f"There is data in {', '.join(held)}. To delete all of them, run 'cartwheel destroy "
            f"{environment.name} {options}'."
        )


def _users(environment: Environment) -> int:
    """Return how many users the API's pool has, devices apart."""
    pool = stacks.outputs(environment, templates.API.stack).get("UserPoolId")
    if pool is None:
        return 0
    pages = environment.client("cognito-idp").get_paginator("list_users").paginate(UserPoolId=pool)
    return sum(len(page["Users"]) for page in pages)


def _rows(environment: Environment) -> Iterator[tuple[str, int]]:
    """Give the tables of RAW that have rows."""
    try:
        environment.warehouse.execute("select 1")
    except ConnectionRefused as error:
        raise CartwheelError(
            f"{error} To remove what is in AWS without it, run 'cartwheel destroy "
            f"{environment.name} --aws-only'; the schemas of {environment.names.database} stay."
        ) from error
    for kind in KINDS.values():
        try:
            count = int(environment.warehouse.scalar(f"select count(*) from {kind.table}"))
        except ProgrammingError:  # it was never made
            continue
        if count:
            yield kind.table, count


def destroy(environment: Environment, say: Callable[[str], None], *, aws_only: bool) -> None:
    """
    Delete the warehouse's schemas, the stacks, and the two buckets with what they hold.

    Parameters
    ----------
    aws_only
        Leave the warehouse as it is.
    """
    with environment.deploying(say):
        _destroy(environment, say, aws_only=aws_only)


def _destroy(environment: Environment, say: Callable[[str], None], *, aws_only: bool) -> None:
    if not aws_only:
        for schema in SCHEMAS:
            environment.warehouse.execute(f"drop schema if exists {schema} cascade")
        say(f"Dropped the schemas {', '.join(SCHEMAS)}.")
    current = [template.stack for template in reversed(templates.TEMPLATES)]
    for name in (*retiring.WRITERS, retiring.DELIVERY, *current):
        if stacks.delete(environment, name):
            say(f"Deleted the stack {name}.")
    # They outlive their stack.
    for bucket in (environment.lake_bucket, environment.artifact_bucket):
        if stacks.exists(environment.client("s3").head_bucket, Bucket=bucket):
            _delete_bucket(environment, bucket)
            say(f"Deleted s3://{bucket}.")
    left = "but for what sql/admin made"
    if aws_only:
        left = f"but for the database {environment.names.database} and what sql/admin made"
    say(f"Nothing of Cartwheel is left in {environment.name}, {left}.")


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
    versions = iter(list(_versions(environment, bucket)))
    while batch := list(islice(versions, OBJECTS_A_REQUEST)):
        answer = client.delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})
        # It answers 200 whatever became of the objects.
        if errors := answer.get("Errors", []):
            shown = "; ".join(
                f"{e['Key']}: {e.get('Code')} {e.get('Message', '')}".rstrip()
                for e in errors[:SHOWN]
            )
            raise CartwheelError(
                f"{len(errors):,} objects of s3://{bucket} could not be deleted, such as {shown}. "
                "Remove the cause, then run the same again."
            )
    client.delete_bucket(Bucket=bucket)
