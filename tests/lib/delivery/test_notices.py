"""Who subscribes is told of new files and loads, each once, by stream and filter."""

import itertools
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cartwheel.aws import lake
from cartwheel.delivery import notices
from cartwheel.delivery.notices import DONE, FAILED, NEW
from cartwheel.deploy.stacks import outputs
from cartwheel.deploy.templates import STORAGE
from cartwheel.environment import Environment
from cartwheel.events import ORDER_LINE

from .test_measuring import line, wait_for

_numbers = itertools.count()
Found = dict[tuple[str, str], notices.Notice]


def found(environment: Environment, since: datetime, until: datetime) -> Found:
    return {(one.stream, one.what): one for one in notices.happened(environment, since, until)}


@pytest.fixture
def put(environment: Environment) -> Iterator[Callable[[str, bytes], str]]:
    """Write objects of order lines into the folder of this hour, which go again."""
    keys: list[str] = []

    def write(name: str, body: bytes) -> str:
        keys.append(f"{ORDER_LINE.prefix}{datetime.now(UTC):%Y/%m/%d/%H}/notices-{name}")
        lake.write(environment, keys[-1], body)
        return keys[-1]

    yield write
    for key in keys:
        environment.client("s3").delete_object(Bucket=environment.lake_bucket, Key=key)


def test_files_loads_and_failures_are_told_by_their_time(
    environment: Environment, put: Callable[[str, bytes], str]
) -> None:
    """What happened from the first moment until before the second."""
    time.sleep(1.1)  # S3 tells a time in whole seconds
    since = datetime.now(UTC).replace(microsecond=0)
    names = [put(f"{n}-{time.time_ns()}", line(n) + b"\n" + line(n + 9)) for n in (1, 2)]
    bad = put(f"bad-{time.time_ns()}", b"no JSON")
    later = since + timedelta(hours=1)
    wait_for(
        lambda: (
            {(ORDER_LINE.stream, DONE), (ORDER_LINE.stream, FAILED)}
            <= set(found(environment, since, later))
            and found(environment, since, later)[ORDER_LINE.stream, DONE].files == 2
        )
    )
    told = found(environment, since, later)
    assert told[ORDER_LINE.stream, NEW].files == 3
    done = told[ORDER_LINE.stream, DONE]
    assert (done.files, done.rows) == (len(names), 4)
    failed = told[ORDER_LINE.stream, FAILED]
    assert (failed.files, failed.names) == (1, (bad,))
    before = found(environment, since - timedelta(hours=1), since)
    assert not any(bad in one.names for one in before.values())
    assert found(environment, later, later + timedelta(minutes=5)) == {}


def test_objects_are_looked_for_in_the_folders_of_their_hours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """From the first moment until before the second, over the hours between them."""
    day = datetime(2026, 12, 1, tzinfo=UTC)
    times = ["09:29:59", "09:30:00", "09:59:00", "10:00:00", "10:59:59", "11:00:00"]
    written = [datetime.fromisoformat(f"2026-12-01T{each}+00:00") for each in times]
    asked: list[str] = []

    def objects(_: object, prefix: str) -> list[lake.LakeObject]:
        asked.append(prefix)
        return [lake.LakeObject("k", 1, at) for at in written if prefix.endswith(f"{at:/%H/}")]

    monkeypatch.setattr(lake, "objects", objects)
    since, until = day + timedelta(hours=9.5), day + timedelta(hours=11)
    assert notices._written(None, ORDER_LINE, since, until) == 4  # type: ignore[arg-type]
    assert asked == ["orders/2026/12/01/09/", "orders/2026/12/01/10/"]


class Told:
    """A subscription of the topic, with a filter."""

    def __init__(self, environment: Environment, **wanted: list[str]) -> None:
        name = f"notices-{next(_numbers)}-{time.time_ns()}"
        self.sqs, sns = environment.client("sqs"), environment.client("sns")
        self.topic = outputs(environment, STORAGE.stack)["StorageTopicArn"]
        self.url = self.sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])
        sns.subscribe(
            TopicArn=self.topic, Protocol="sqs", Endpoint=arn["Attributes"]["QueueArn"],
            Attributes={"FilterPolicy": json.dumps(wanted)},
        )  # fmt: skip

    def messages(self) -> list[dict[str, Any]]:
        answer = self.sqs.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=10, WaitTimeSeconds=1
        )
        return [json.loads(json.loads(m["Body"])["Message"]) for m in answer.get("Messages", [])]


def test_each_time_is_told_once_and_to_whom_it_concerns(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next look begins where the last one ended; a filter lets its own through alone."""
    windows = []

    def happened(_: Environment, since: datetime, until: datetime) -> list[notices.Notice]:
        windows.append((since, until))
        return [
            notices.Notice(DONE, "TruckTelemetry", 2, since, until, 30),
            notices.Notice(FAILED, "TruckTelemetry", 1, since, until, names=("x",)),
            notices.Notice(DONE, "ClickDataStream", 1, since, until, 5),
        ]

    monkeypatch.setattr(notices, "happened", happened)
    key = {"Shard_ID": {"S": notices.MARK}}
    environment.client("dynamodb").delete_item(TableName=notices.MARKS, Key=key)
    told = Told(environment, what=["load done"], stream=["TruckTelemetry"])
    now = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
    for minutes in (0, 1, 1, 1000):
        notices.tell_new(environment, told.topic, now + timedelta(minutes=minutes))
    begin = now - timedelta(minutes=1)
    assert windows == [
        (begin - timedelta(minutes=1), begin),
        (begin, now),
        (begin + timedelta(minutes=880), begin + timedelta(minutes=1000)),
    ]
    messages = told.messages()
    assert [(m["what"], m["stream"], m["files"], m["rows"]) for m in messages] == [
        ("load done", "TruckTelemetry", 2, 30)
    ] * 3
    assert messages[0]["until"] == begin.isoformat()
    environment.client("dynamodb").delete_item(TableName=notices.MARKS, Key=key)


def test_what_was_not_told_is_told_the_next_time(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A topic that is away moves no mark."""
    windows = []
    key = {"Shard_ID": {"S": notices.MARK}}
    environment.client("dynamodb").delete_item(TableName=notices.MARKS, Key=key)

    def happened(_: Environment, since: datetime, until: datetime) -> list[notices.Notice]:
        windows.append(since)
        return [notices.Notice(NEW, "TruckTelemetry", 1, since, until)]

    monkeypatch.setattr(notices, "happened", happened)
    now = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
    nowhere = "arn:aws:sns:eu-central-1:000000000000:nowhere"
    with pytest.raises(Exception, match="NotFound"):
        notices.tell_new(environment, nowhere, now)
    topic = outputs(environment, STORAGE.stack)["StorageTopicArn"]
    (notice,) = notices.tell_new(environment, topic, now)
    assert windows[0] == windows[1]
    assert notice.subject == "Cartwheel: TruckTelemetry, new files: 1"
    environment.client("dynamodb").delete_item(TableName=notices.MARKS, Key=key)
