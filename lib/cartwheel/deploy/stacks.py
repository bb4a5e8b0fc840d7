"""CloudFormation stacks: applied by change set, deleted, looked at."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from cartwheel.deploy.templates import Template
from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError

WAIT_SECONDS = 1800
_GONE = ("ResourceNotFoundException", "NoSuchBucket", "404")
# A stack that never came to be must be deleted before it can be made again.
_STILLBORN = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED")


@dataclass(frozen=True)
class Change:
    """One line of a change set, such as ``Add AWS::Kinesis::Stream ClickDataStream``."""

    action: str
    resource_type: str
    logical_id: str

    def __str__(self) -> str:
        return f"{self.action} {self.resource_type} {self.logical_id}"


def describe(environment: Environment, name: str) -> dict[str, Any] | None:
    """Return a stack's description, None if there is no such stack."""
    try:
        answer = environment.client("cloudformation").describe_stacks(StackName=name)
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    stack: dict[str, Any] = answer["Stacks"][0]
    return None if stack["StackStatus"] == "DELETE_COMPLETE" else stack


def outputs(environment: Environment, name: str) -> dict[str, str]:
    """Return a stack's outputs by name."""
    stack = describe(environment, name) or {}
    return {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])}


def apply(environment: Environment, template: Template, values: Mapping[str, str]) -> list[Change]:
    """
    Bring a stack to its template; without a difference nothing is done.

    Parameters
    ----------
    values
        Parameters by name. Names the template does not declare are left out; what is
        not given keeps its last value, at first the template's default.

    Returns
    -------
    list of Change
        What was changed; empty if nothing had to be.

    Raises
    ------
    CartwheelError
        With CloudFormation's reasons, if the stack could not be brought there.
    """
    client = environment.client("cloudformation")
    stack = _settled(environment, template.stack)
    before = {p["ParameterKey"]: p["ParameterValue"] for p in (stack or {}).get("Parameters", [])}
    given = {**before, **values}
    parameters = [
        {"ParameterKey": name, "ParameterValue": given[name]}
        for name in template.parameters
        if name in given
    ]
    change_set = f"cartwheel-{time.time_ns()}"
    client.create_change_set(
        StackName=template.stack,
        ChangeSetName=change_set,
        ChangeSetType="UPDATE" if stack else "CREATE",
        TemplateBody=template.body,
        Parameters=parameters,
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
        Tags=[{"Key": "application", "Value": "cartwheel"}],
    )
    changes = _changes(environment, template.stack, change_set)
    if not changes:
        client.delete_change_set(StackName=template.stack, ChangeSetName=change_set)
        if gone := missing(environment, template.stack):
            raise CartwheelError(
                f"{template.stack} should hold {', '.join(gone)}, which was deleted outside "
                "CloudFormation, so deploying would not restore it. Delete the stack "
                f"(aws cloudformation delete-stack --stack-name {template.stack}) and deploy "
                "again: what the lake's buckets hold stays."
            )
        return []
    client.execute_change_set(StackName=template.stack, ChangeSetName=change_set)
    _require(environment, template.stack, "UPDATE_COMPLETE" if stack else "CREATE_COMPLETE")
    return changes


def missing(environment: Environment, stack: str) -> list[str]:
    """Return the resources that CloudFormation counts to a stack, but that do not exist."""
    looks = {
        "AWS::Kinesis::Stream": ("kinesis", "describe_stream_summary", "StreamName"),
        "AWS::DynamoDB::Table": ("dynamodb", "describe_table", "TableName"),
        "AWS::S3::Bucket": ("s3", "head_bucket", "Bucket"),
        "AWS::Lambda::Function": ("lambda", "get_function", "FunctionName"),
        "AWS::KinesisFirehose::DeliveryStream": (
            "firehose", "describe_delivery_stream", "DeliveryStreamName",
        ),
    }  # fmt: skip
    pages = environment.client("cloudformation").get_paginator("list_stack_resources")
    gone = []
    for page in pages.paginate(StackName=stack):
        for resource in page["StackResourceSummaries"]:
            name = resource.get("PhysicalResourceId", "")
            if resource["ResourceType"] not in looks or not name:
                continue
            service, look, parameter = looks[resource["ResourceType"]]
            try:
                getattr(environment.client(service), look)(**{parameter: name})
            except ClientError as error:
                if error.response["Error"]["Code"] not in _GONE:
                    raise
                gone.append(f"{resource['ResourceType']} {name}")
    return gone


def adopt(environment: Environment, template: Template, buckets: Mapping[str, str]) -> list[Change]:
    """
    Make the stack around buckets that outlived an earlier one, with all they hold.

    Parameters
    ----------
    buckets
        Names by logical id; a bucket that does not exist is left to :func:`apply`.

    Returns
    -------
    list of Change
        The imports; empty if the stack is there, or no bucket is.
    """
    if _settled(environment, template.stack) is not None:
        return []
    look = environment.client("s3").head_bucket
    found = {logical: name for logical, name in buckets.items() if exists(look, Bucket=name)}
    if not found:
        return []
    resources = {
        logical: {
            "Type": "AWS::S3::Bucket",
            "DeletionPolicy": "Retain",
            "Properties": {"BucketName": name},
        }
        for logical, name in found.items()
    }
    client = environment.client("cloudformation")
    change_set = f"cartwheel-{time.time_ns()}"
    client.create_change_set(
        StackName=template.stack,
        ChangeSetName=change_set,
        ChangeSetType="IMPORT",
        TemplateBody=json.dumps({"Resources": resources}),
        ResourcesToImport=[
            {
                "ResourceType": "AWS::S3::Bucket",
                "LogicalResourceId": logical,
                "ResourceIdentifier": {"BucketName": name},
            }
            for logical, name in found.items()
        ],
    )
    changes = _changes(environment, template.stack, change_set)
    client.execute_change_set(StackName=template.stack, ChangeSetName=change_set)
    _require(environment, template.stack, "IMPORT_COMPLETE")
    return changes


def exists(look: Callable[..., Any], **where: str) -> bool:
    """Return whether a look (``head_bucket``, ``head_object``) finds something, or a 404."""
    try:
        look(**where)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
        return False
    return True


def _require(environment: Environment, name: str, wanted: str) -> None:
    reached = _wait(environment, name)
    if reached != wanted:
        raise CartwheelError(
            f"{name} is {reached} instead of {wanted}:\n" + _reasons(environment, name)
        )


def _settled(environment: Environment, name: str) -> dict[str, Any] | None:
    """Wait until an interrupted run has ended; remove a stack that never came to be."""
    stack = describe(environment, name)
    if stack is None:
        return None
    status = stack["StackStatus"]
    if status == "REVIEW_IN_PROGRESS":
        # Only a change set was made for it; it holds no resource.
        delete(environment, name)
        return None
    if status.endswith("_IN_PROGRESS"):
        status = _wait(environment, name)
    if status in _STILLBORN:
        delete(environment, name)
        return None
    return describe(environment, name)


def _changes(environment: Environment, stack: str, change_set: str) -> list[Change]:
    client = environment.client("cloudformation")
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        found = client.describe_change_set(StackName=stack, ChangeSetName=change_set)
        if found["Status"] not in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
            break
        _pause(deadline, f"The change set of {stack}")
    if found["Status"] == "FAILED":
        reason = found.get("StatusReason", "")
        if "didn't contain changes" in reason or "No updates" in reason:
            return []
        raise CartwheelError(f"{stack}: {reason}")
    changes = [c["ResourceChange"] for c in found.get("Changes", [])]
    return [Change(c["Action"], c["ResourceType"], c["LogicalResourceId"]) for c in changes]


def _wait(environment: Environment, name: str) -> str:
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        stack = describe(environment, name)
        status = stack["StackStatus"] if stack else "DELETE_COMPLETE"
        if not status.endswith("_IN_PROGRESS"):
            return str(status)
        _pause(deadline, f"The stack {name}, {status},")


def _pause(deadline: float, what: str) -> None:
    if time.monotonic() > deadline:
        raise CartwheelError(f"{what} is not ready after {WAIT_SECONDS / 60:.0f} minutes.")
    time.sleep(0.2)


def _reasons(environment: Environment, name: str) -> str:
    events = environment.client("cloudformation").describe_stack_events(StackName=name)
    failed = [e for e in events["StackEvents"] if e["ResourceStatus"].endswith("FAILED")]
    return "\n".join(
        f"  {e['LogicalResourceId']}: {e.get('ResourceStatusReason', 'no reason given')}"
        for e in failed[:10]
    )


def delete(environment: Environment, name: str) -> bool:
    """Delete a stack and wait; return whether there was one."""
    if describe(environment, name) is None:
        return False
    environment.client("cloudformation").delete_stack(StackName=name)
    status = _wait(environment, name)
    if status != "DELETE_COMPLETE":
        raise CartwheelError(f"{name} is {status}:\n" + _reasons(environment, name))
    return True
