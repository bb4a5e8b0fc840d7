"""CloudFormation stacks: applied by change set, deleted, looked at."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from cartwheel.deploy.templates import Template
from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError

WAIT_SECONDS = 1800
# CloudFormation refuses whoever asks too often, so a long wait asks ever less often.
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
_THROTTLED = ("Throttling", "ThrottlingException", "RequestLimitExceeded")
_GONE = ("ResourceNotFoundException", "NoSuchBucket", "404")
# A stack that never came to be must be deleted before it can be made again.
_STILLBORN = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED")
# The update failed and so did its rollback, which can be continued.
_HALF_UNDONE = "UPDATE_ROLLBACK_FAILED"
# What is left of an import that failed: of a new stack nothing, of another one all it had.
_IMPORT_UNDONE = "IMPORT_ROLLBACK_COMPLETE"
_IMPORT_STUCK = "IMPORT_ROLLBACK_FAILED"


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
        answer = _asked(environment, "describe_stacks", StackName=name)
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


def tags(environment: Environment, name: str) -> dict[str, str]:
    """Return a stack's tags; empty if there is no such stack."""
    stack = describe(environment, name) or {}
    return {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])}


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
        What was changed: resources, or the outputs or tags alone; empty if nothing had to be.

    Raises
    ------
    CartwheelError
        With CloudFormation's reasons, if the stack could not be brought there.
    """
    client = environment.client("cloudformation")
    stack = _settled(environment, template.stack)
    before = {p["ParameterKey"]: p["ParameterValue"] for p in (stack or {}).get("Parameters", [])}
    given = {**before, **values, **template.values}
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
        Tags=[
            {"Key": "application", "Value": "cartwheel"},
            {"Key": "environment", "Value": environment.name},
        ],
    )
    changes = _changes(environment, template.stack, change_set)
    if changes is None:
        client.delete_change_set(StackName=template.stack, ChangeSetName=change_set)
        if gone := missing(environment, template.stack):
            raise CartwheelError(
                f"{template.stack} should hold {', '.join(gone)}, deleted outside "
                "CloudFormation; deploying does not restore that. Delete the stack "
                f"(aws cloudformation delete-stack --stack-name {template.stack}) and deploy "
                "again. The buckets and their objects stay; streams and tables start empty."
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
    return changes or []


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
    if status == _HALF_UNDONE:
        status = _undo_once_more(environment, name)
    if status == _IMPORT_STUCK:
        raise CartwheelError(
            f"{name} is {status}: an import could not be undone.\n{_reasons(environment, name)}\n"
            "Remove the cause, delete the stack in the console with 'retain' for every resource, "
            "then deploy again: the buckets are taken over with all they hold."
        )
    if status in _STILLBORN or (status == _IMPORT_UNDONE and not _holds(environment, name)):
        delete(environment, name)
        return None
    return describe(environment, name)


def _undo_once_more(environment: Environment, name: str) -> str:
    environment.client("cloudformation").continue_update_rollback(StackName=name)
    status = _wait(environment, name)
    if status == _HALF_UNDONE:
        raise CartwheelError(
            f"{name} is {status}: an update failed and cannot be undone.\n"
            f"{_reasons(environment, name)}\nRemove the cause and deploy again, or let "
            f"'aws cloudformation continue-update-rollback --stack-name {name} "
            "--resources-to-skip …' skip what cannot be undone."
        )
    return status


def _holds(environment: Environment, name: str) -> bool:
    answer = _asked(environment, "list_stack_resources", StackName=name)
    return any(
        resource["ResourceStatus"] != "DELETE_COMPLETE"
        for resource in answer["StackResourceSummaries"]
    )


def _changes(environment: Environment, stack: str, change_set: str) -> list[Change] | None:
    """Return what a change set would do; None if it would do nothing."""
    client = environment.client("cloudformation")
    for _ in _pauses(f"The change set of {stack}"):
        found = _asked(
            environment, "describe_change_set", StackName=stack, ChangeSetName=change_set
        )
        if found["Status"] not in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
            break
    if found["Status"] == "FAILED":
        reason = found.get("StatusReason", "")
        if "didn't contain changes" in reason or "No updates" in reason:
            return None
        client.delete_change_set(StackName=stack, ChangeSetName=change_set)
        raise CartwheelError(f"{stack}: {reason}")
    changes = [c["ResourceChange"] for c in found.get("Changes", [])]
    made = [Change(c["Action"], c["ResourceType"], c["LogicalResourceId"]) for c in changes]
    # Outputs and tags change no resource, so they are in no list.
    return made or [Change("Modify", "outputs or tags of", stack)]


def _wait(environment: Environment, name: str) -> str:
    for _ in _pauses(f"The stack {name}"):
        stack = describe(environment, name)
        status = str(stack["StackStatus"]) if stack else "DELETE_COMPLETE"
        if not status.endswith("_IN_PROGRESS"):
            break
    return status


def _pauses(what: str) -> Iterator[None]:
    """Give one look at a time, with ever longer pauses between them."""
    deadline, pause = time.monotonic() + WAIT_SECONDS, FIRST_PAUSE
    while True:
        yield
        if time.monotonic() > deadline:
            raise CartwheelError(f"{what} is not ready after {WAIT_SECONDS / 60:.0f} minutes.")
        time.sleep(pause)
        pause = min(LONGEST_PAUSE, pause * 1.5)


def _asked(environment: Environment, question: str, **words: str) -> dict[str, Any]:
    """Ask CloudFormation, again when it says that it was asked too often."""
    client = environment.client("cloudformation")
    for _ in _pauses(f"CloudFormation throttles: {question}"):
        try:
            answer: dict[str, Any] = getattr(client, question)(**words)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _THROTTLED:
                raise
        else:
            break
    return answer


def _reasons(environment: Environment, name: str) -> str:
    events = _asked(environment, "describe_stack_events", StackName=name)
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
