"""
After the migrations: pipes that listen, streams that are fresh, tasks that run.

A pipe gets no notifications once its topic was deleted, even if a new topic has the same
name. So the topic of each pipe is recorded, and a pipe of another topic is recreated.
"""

import json
import re
from collections.abc import Callable, Mapping

from botocore.exceptions import ClientError

from cartwheel.aws import lake
from cartwheel.delivery import reloading
from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError
from cartwheel.paths import SQL
from cartwheel.warehouse import Warehouse, sqlfiles

_PIPE = re.compile(r"create (?:or replace )?pipe (?:if not exists )?(raw\.\w+)", re.I)
_STREAM = re.compile(r"create stream if not exists (core\.\w+)", re.I)
_TASK = re.compile(r"create or replace task (core\.\w+)", re.I)
Say = Callable[[str], None]


def _made_by(pattern: re.Pattern[str], folder: str) -> dict[str, tuple[str, str]]:
    """Return what the files of a folder make: name -> the last file and its statement."""
    found = {}
    for path in sorted((SQL / folder).glob("*.sql")):
        for statement in sqlfiles.statements(path.read_text(encoding="utf-8")):
            if match := pattern.match(statement):
                found[match[1].lower()] = (f"{folder}/{path.name}", statement)
    return found


def listen(
    environment: Environment, placeholders: Mapping[str, str], ran: list[str], say: Say
) -> list[str]:
    """
    Let each pipe listen to the lake's topic and load what had landed before it could.

    Parameters
    ----------
    ran
        The migrations that ran just now, whose pipes have the right topic already.

    Returns
    -------
    list of str
        What was done.
    """
    warehouse, topic = environment.warehouse, placeholders["lake_topic_arn"]
    known = dict(warehouse.execute("select pipe_name, topic_arn from ops.pipes"))
    done = []
    for name, (file, statement) in _made_by(_PIPE, "migrations").items():
        has_run = f"ran {file}" in ran
        if known.get(name) == topic:
            continue
        if name in known and has_run:
            done += _load_missed(environment, name, statement, say)
        elif has_run:
            warehouse.execute(f"alter pipe {name} refresh")
            done.append(f"refreshed {name}")
        else:
            filled = sqlfiles.fill(statement, placeholders, file)
            warehouse.execute(_PIPE.sub(r"create or replace pipe \1", filled, count=1))
            done.append(f"recreated {name}, since the topic has changed")
            done += _load_missed(environment, name, statement, say)
        _record(warehouse, name, topic)
    return done


def _load_missed(environment: Environment, name: str, statement: str, say: Say) -> list[str]:
    """Load what RAW lacks of a recreated pipe's files: the pipe forgot what it loaded."""
    done: list[str] = []
    prefix = reloading.prefix_of(statement)
    if lake.objects(environment, prefix):
        missed = reloading.reload(environment, prefix, say=say)
        done.append(f"loaded {len(missed.loaded):,} files that {name} had missed")
        if missed.failed:
            done.append(f"{len(missed.failed):,} files of {prefix} failed to load; see page 03")
    return done


def _record(warehouse: Warehouse, name: str, topic: str) -> None:
    with warehouse.transaction():
        warehouse.execute("delete from ops.pipes where pipe_name = ?", (name,))
        warehouse.execute(
            "insert into ops.pipes (pipe_name, topic_arn, refreshed_at) "
            "select ?, ?, current_timestamp()",
            (name, topic),
        )


def require_listening(environment: Environment, topic: str) -> None:
    """
    See that every pipe runs and that somebody subscribed to the topic.

    Raises
    ------
    CartwheelError
        Naming each pipe that does not run, or the topic.
    """
    silent = []
    for name in _made_by(_PIPE, "migrations"):
        status = json.loads(environment.warehouse.scalar(f"select system$pipe_status('{name}')"))
        if status.get("executionState") != "RUNNING":
            reason = status.get("error") or status.get("fault") or "no reason given"
            silent.append(f"{name} is {status.get('executionState')} ({reason})")
    if silent:
        raise CartwheelError(
            "These pipes do not load: " + "; ".join(silent) + ". Resume a paused pipe with "
            "'alter pipe NAME set pipe_execution_paused = false'; otherwise remove the cause and "
            "deploy again. Then load what landed meanwhile: 'cartwheel reload PREFIX'."
        )
    pages = environment.client("sns").get_paginator("list_subscriptions_by_topic")
    try:
        subscribed = [s for page in pages.paginate(TopicArn=topic) for s in page["Subscriptions"]]
    except ClientError as error:
        if "NotFound" not in error.response["Error"]["Code"]:
            raise
        raise CartwheelError(
            f"The topic {topic} was deleted outside CloudFormation, so nothing that lands is "
            "loaded. docs/cloud.md, 'When something fails', says how to get another one."
        ) from None
    if not any(each["Protocol"] == "sqs" for each in subscribed):
        raise CartwheelError(
            f"Nobody subscribed to {topic}, so nothing that lands would be loaded. Deploy again; "
            "if that does not help, the topic's policy does not allow Snowflake to subscribe."
        )


def refresh_streams(warehouse: Warehouse) -> list[str]:
    """Recreate stale streams: they only trigger tasks; claims decide what is new."""
    stale = {
        f"core.{row['name']}".lower()
        for row in warehouse.rows("show streams in schema core")
        if str(row["stale"]).lower() == "true"
    }
    done = []
    for name, (_, statement) in _made_by(_STREAM, "generated").items():
        if name in stale:
            warehouse.execute(_STREAM.sub(r"create or replace stream \1", statement, count=1))
            done.append(f"recreated the stale stream {name}")
    return done


def resume_tasks(warehouse: Warehouse) -> None:
    """Resume the tasks: whatever suspended one, a deployment lets it run again."""
    for name in _made_by(_TASK, "generated"):
        warehouse.execute(f"alter task {name} resume")
