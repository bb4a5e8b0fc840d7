"""What Snowflake does and the embedded one does not: deaf pipes, stale streams, slow policies."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cartwheel.deploy import pipes, steps, trust
from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError
from cartwheel.warehouse import Names, Warehouse, migrations
from snowflake.connector.errors import ProgrammingError

TOPIC = "arn:aws:sns:eu-central-1:123456789012:a-topic"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "1",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::123456789001:user/vj4g-a-abcd1234"},
            "Action": ["sns:Subscribe"],
            "Resource": [TOPIC],
        }
    ],
}


class Snowflake:
    """A warehouse that notes what it is told, and answers what it was given to answer."""

    def __init__(self, **answers: Any) -> None:
        self.ran: list[str] = []
        self.answers = answers

    def scalar(self, sql: str, _: Sequence[Any] = ()) -> Any:
        self.ran.append(sql)
        name = "policy" if "iam_policy" in sql else "status"
        return json.dumps(self.answers[name])

    def execute(self, sql: str, _: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        self.ran.append(sql)
        return list(self.answers.get("integration", []))

    def rows(self, sql: str) -> list[dict[str, Any]]:
        self.ran.append(sql)
        return list(self.answers["streams"])


class Topic:
    """An SNS with some subscriptions."""

    def __init__(self, protocols: Iterable[str]) -> None:
        self._protocols = protocols

    def get_paginator(self, _: str) -> "Topic":
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        return [{"Subscriptions": [{"Protocol": each} for each in self._protocols]}]


class Cloud:
    """An environment that is not local, of doubles."""

    name, names = "dev", Names("CARTWHEEL_DEV")

    def __init__(self, warehouse: Any, protocols: Iterable[str] = ("sqs",)) -> None:
        self.warehouse, self._sns = warehouse, Topic(protocols)

    def client(self, _: str) -> Topic:
        return self._sns


INTEGRATION = [
    ("STORAGE_AWS_IAM_USER_ARN", "String", "arn:aws:iam::123456789001:user/abc1-b-self1234"),
    ("STORAGE_AWS_EXTERNAL_ID", "String", "MYACCOUNT_SFCRole=2_a123456/s0aBCDEfGHIJklmNoPq="),
    ("STORAGE_AWS_ROLE_ARN", "String", "arn:aws:iam::000000000000:role/a-role"),
]


def test_the_topic_lets_in_whom_snowflakes_own_policy_names(
    placeholders: dict[str, str],
) -> None:
    """The subscriber is SYSTEM$GET_AWS_SNS_IAM_POLICY's, not the storage integration's user."""
    cloud = Cloud(Snowflake(policy=POLICY, integration=INTEGRATION))
    found = trust.principals(cloud, placeholders)  # type: ignore[arg-type]
    assert found["SnowpipePrincipal"] == "arn:aws:iam::123456789001:user/vj4g-a-abcd1234"
    assert found["SnowflakePrincipal"] == "arn:aws:iam::123456789001:user/abc1-b-self1234"
    assert found["SnowflakeExternalId"] == "MYACCOUNT_SFCRole=2_a123456/s0aBCDEfGHIJklmNoPq="


@pytest.mark.parametrize("principal", ["*", "arn:aws:iam::1:root", "", None])
def test_a_policy_that_would_let_in_everybody_is_refused(
    placeholders: dict[str, str], principal: str | None
) -> None:
    """Only an identity of an account may become the topic's subscriber."""
    policy = {"Statement": [{"Principal": {"AWS": principal}}]}
    cloud = Cloud(Snowflake(policy=policy, integration=INTEGRATION))
    with pytest.raises(CartwheelError, match="names no principal"):
        trust.principals(cloud, placeholders)  # type: ignore[arg-type]


def test_a_connection_without_a_user_cannot_be_let_in(placeholders: dict[str, str]) -> None:
    """Nobody is granted the role by an empty name."""
    with pytest.raises(CartwheelError, match=r"no 'user'.*CARTWHEEL_ENGINEER"):
        trust.run_admin(Snowflake(), {**placeholders, "deployer": ""})  # type: ignore[arg-type]


def test_an_integration_of_another_role_is_refused(placeholders: dict[str, str]) -> None:
    """A role that was made anew under another name is told, with what corrects it."""
    cloud = Cloud(Snowflake(policy=POLICY, integration=INTEGRATION))
    values = {**placeholders, "snowflake_role_arn": "arn:aws:iam::000000000000:role/another"}
    with pytest.raises(CartwheelError, match="assumes .*a-role.*--admin-connection"):
        trust.principals(cloud, values)  # type: ignore[arg-type]


def test_a_pipe_that_does_not_run_ends_the_deployment(placeholders: dict[str, str]) -> None:
    """Its state and Snowflake's reason are told."""
    status = {"executionState": "STALLED_STAGE_PERMISSION_ERROR", "error": "Access denied"}
    with pytest.raises(CartwheelError, match=r"raw.click_events_pipe is STALLED.*Access denied"):
        pipes.require_listening(Cloud(Snowflake(status=status)), TOPIC)  # type: ignore[arg-type]


def test_a_topic_without_subscriber_ends_the_deployment() -> None:
    """Running pipes hear nothing if Snowflake's queue did not subscribe."""
    runs = Snowflake(status={"executionState": "RUNNING"})
    pipes.require_listening(Cloud(runs), TOPIC)  # type: ignore[arg-type]
    gone = ClientError({"Error": {"Code": "NotFoundException"}}, "ListSubscriptionsByTopic")

    class Deleted(Topic):
        def paginate(self, **_: Any) -> list[dict[str, Any]]:
            raise gone

    cloud = Cloud(runs)
    cloud._sns = Deleted([])
    with pytest.raises(CartwheelError, match="was deleted outside CloudFormation"):
        pipes.require_listening(cloud, TOPIC)  # type: ignore[arg-type]
    with pytest.raises(CartwheelError, match="Nobody subscribed"):
        pipes.require_listening(Cloud(runs, ["email"]), TOPIC)  # type: ignore[arg-type]


def test_a_stale_stream_is_made_anew_and_no_other() -> None:
    """Streams say only that something came, so that making one anew loses nothing."""
    streams = [
        {"name": "PRODUCT_NEWS_1", "stale": "true"},
        {"name": "TRUCK_STATUS_NEWS_1", "stale": "false"},
        {"name": "SOMEBODYS_OWN", "stale": "true"},
    ]
    warehouse = Snowflake(streams=streams)
    done = pipes.refresh_streams(warehouse)  # type: ignore[arg-type]
    assert done == ["recreated the stale stream core.product_news_1"]
    made = [sql for sql in warehouse.ran if sql.startswith("create")]
    assert made == [
        "create or replace stream core.product_news_1\non table raw.operations\nappend_only = true"
        "\nshow_initial_rows = true"
    ]


def test_every_deployment_resumes_every_task() -> None:
    """Whatever suspended a task, the next deployment lets it run."""
    warehouse = Snowflake()
    pipes.resume_tasks(warehouse)  # type: ignore[arg-type]
    assert warehouse.ran == [
        f"alter task core.{name}_merge resume"
        for name in (
            "depot", "fleet", "product", "shop", "truck", "truck_status", "truck_telemetry_data",
        )
    ]  # fmt: skip


def test_a_pipe_follows_its_topic_and_loads_what_it_missed(
    own: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A topic under another name: the pipe is made anew with it, once, and missed files load."""
    steps.deploy(own, lambda _: None)
    own.warehouse.execute("update ops.pipes set topic_arn = 'arn:old'")
    said: list[str] = []
    values = steps.placeholders(own, outputs(own))
    assert len(pipes.listen(own, values, [], said.append)) == 4
    assert pipes.listen(own, values, [], said.append) == []
    topics = own.warehouse.execute("select distinct topic_arn from ops.pipes")
    assert topics == [(values["lake_topic_arn"],)]


def outputs(environment: Environment) -> dict[str, str]:
    from cartwheel.deploy import stacks, templates

    return stacks.outputs(environment, templates.STORAGE.stack)


def test_a_pipe_made_just_now_looks_for_what_had_landed_before(
    connection: dict[str, object], placeholders: dict[str, str]
) -> None:
    """Files that landed before the pipe existed are loaded by a refresh, asked for once."""
    warehouse = Warehouse(connection)
    ran = migrations.migrate(warehouse, placeholders)
    cloud = Cloud(warehouse)
    done = pipes.listen(cloud, placeholders, ran, lambda _: None)  # type: ignore[arg-type]
    names = ("click_events", "truck_telemetry", "order_lines", "operations")
    assert done == [f"refreshed raw.{name}_pipe" for name in names]
    assert pipes.listen(cloud, placeholders, [], lambda _: None) == []  # type: ignore[arg-type]
    warehouse.close()


class Settling(Warehouse):
    """A Snowflake to which AWS does not yet let its pipes subscribe."""

    refusals = 3

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        if sql.startswith("create pipe") and self.refusals:
            self.refusals -= 1
            raise ProgrammingError(
                'Pipe Notifications bind failure "Could not subscribe: not authorized to perform: '
                'SNS:Subscribe"'
            )
        return super().execute(sql, parameters)


def test_a_pipe_is_made_when_aws_has_settled(
    connection: dict[str, object], placeholders: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A policy of AWS takes its time: the migration is tried again, and ran once in the end."""
    pauses: list[float] = []
    monkeypatch.setattr(migrations.time, "sleep", pauses.append)
    warehouse = Settling(connection)
    ran = migrations.migrate(warehouse, placeholders)
    assert len(pauses) == 3 and ran.count("ran migrations/003_pipes.sql") == 1
    warehouse.close()


def test_a_migration_that_is_wrong_is_not_tried_again(
    connection: dict[str, object], placeholders: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what AWS is late with is worth waiting for."""
    monkeypatch.setattr(migrations.time, "sleep", lambda _: pytest.fail("waited"))
    warehouse = Warehouse(connection)

    def wrong(sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        if sql.startswith("create pipe"):
            raise ProgrammingError("syntax error")
        return Warehouse.execute(warehouse, sql, parameters)

    monkeypatch.setattr(warehouse, "execute", wrong)
    with pytest.raises(CartwheelError, match="syntax error"):
        migrations.migrate(warehouse, placeholders)
    warehouse.close()


def test_views_are_made_anew_after_a_migration(
    connection: dict[str, object], placeholders: dict[str, str], tmp_path: Path
) -> None:
    """Snowflake's views keep the columns that 'select *' had: a migration's new ones need them."""
    import shutil

    from cartwheel.paths import SQL

    warehouse = Warehouse(connection)
    folder = tmp_path / "sql"
    shutil.copytree(SQL, folder)
    migrations.migrate(warehouse, placeholders, folder)
    assert migrations.migrate(warehouse, placeholders, folder) == []
    (folder / "migrations" / "900_more.sql").write_text("create schema if not exists more;\n")
    ran = migrations.migrate(warehouse, placeholders, folder)
    views = [f"{kind}/{p.name}" for kind in ("core", "mart") for p in (SQL / kind).glob("*.sql")]
    assert {f"ran {view}" for view in views} <= set(ran)
    warehouse.close()


def test_another_interval_makes_the_tasks_anew(
    connection: dict[str, object], placeholders: dict[str, str]
) -> None:
    """A parameter's new value reaches the SQL that names it, and no other file."""
    warehouse = Warehouse(connection)
    migrations.migrate(warehouse, placeholders)
    ran = migrations.migrate(warehouse, {**placeholders, "merge_minutes": "30"})
    assert [name.partition("/")[0] for name in ran] == ["ran generated"] * 7
    warehouse.close()


@pytest.mark.parametrize("given", ["0", "1441", "ten", "-5", "１０"])
def test_an_interval_outside_of_a_day_is_refused(
    given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MergeMinutes is a number from 1 to 1440; the message names file, value and range."""
    from cartwheel import display

    (tmp_path / "parameters").mkdir()
    (tmp_path / "parameters" / "dev.json").write_text(json.dumps({"MergeMinutes": given}))
    for module in (steps, display):
        monkeypatch.setattr(module, "INFRA", tmp_path)
    with pytest.raises(CartwheelError, match=r"dev\.json: MergeMinutes = .* from 1 to 1440"):
        steps.parameters("dev")
