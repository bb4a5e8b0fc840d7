"""What can be known of a deployment before it is known, and nothing is changed by asking."""

import io
import sys
import zipfile
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cartwheel.cli.deploy import deploy
from cartwheel.deploy import destroying, rehearsal, steps, trust
from cartwheel.environment import Environment
from cartwheel.warehouse import Warehouse
from click.testing import CliRunner
from snowflake.connector.errors import ProgrammingError

# The embedded AWS has neither of these.
UNASKED = {"Kinesis quota", "Firehose quota"}


def looks(environment: Environment, admin: Any = None) -> dict[str, rehearsal.Look]:
    return {look.what: look for look in rehearsal.rehearse(environment, admin)}


def test_before_the_first_deployment_nothing_is_in_the_way(own: Environment) -> None:
    """Identity, names, packages, connection: what is not there yet is unknown, not a failure."""
    destroying.destroy(own, lambda _: None, aws_only=False)
    found = looks(own)
    assert {what for what, look in found.items() if look.verdict == rehearsal.UNKNOWN} == {
        *UNASKED, "database", "SQL",
    }  # fmt: skip
    assert not [look for look in found.values() if look.verdict == rehearsal.FAILS]
    assert "000000000000" in found["AWS identity"].told
    assert own.client("kinesis").list_streams()["StreamNames"] == []
    assert own.client("cloudformation").describe_stacks()["Stacks"] == []


def test_a_deployed_environment_compiles_every_statement(own: Environment) -> None:
    """Each query, each refreshed table's and each merge is compiled, and none is run."""
    steps.deploy(own, lambda _: None)
    count = "select count(*) from core.history_merges"
    before = own.warehouse.scalar(count)
    found = looks(own)
    assert found["SQL"].verdict == rehearsal.FINE and "statements compile" in found["SQL"].told
    assert own.warehouse.scalar(count) == before
    own.warehouse.execute("alter table raw.click_events rename column device_type to device")
    try:
        look = looks(own)["SQL"]
        assert look.verdict == rehearsal.FAILS and "DEVICE_TYPE" in look.told.upper()
        assert "the table core.kept_clicks" in look.told
    finally:
        own.warehouse.execute("alter table raw.click_events rename column device to device_type")


def test_names_that_are_somebody_elses_are_told(own: Environment) -> None:
    """A name of ours that is taken would fail a deployment halfway: it is told before."""
    destroying.destroy(own, lambda _: None, aws_only=False)
    own.client("kinesis").create_stream(StreamName="TruckTelemetry", ShardCount=1)
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("x.py", "def handle(event, context): pass")
    functions = own.client("lambda")
    functions.create_function(
        FunctionName="OrderDataProcessor", Runtime="python3.11", Handler="x.handle",
        Role="arn:aws:iam::000000000000:role/x", Code={"ZipFile": code.getvalue()},
    )  # fmt: skip
    try:
        look = looks(own)["AWS names"]
        assert look.verdict == rehearsal.FAILS
        assert "stream TruckTelemetry, function OrderDataProcessor" in look.told
    finally:
        own.client("kinesis").delete_stream(StreamName="TruckTelemetry")
        functions.delete_function(FunctionName="OrderDataProcessor")


def test_a_refused_login_is_told_and_the_rest_is_looked_at(
    own: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With an admin connection at hand it is no failure: the role is made by it."""
    wrong = Warehouse({**own.connection_parameters, "password": "wrong"})
    monkeypatch.setitem(own.__dict__, "warehouse", wrong)
    found = looks(own)
    assert found["Snowflake"].verdict == rehearsal.FAILS
    assert "CARTWHEEL_ENGINEER" in found["Snowflake"].told
    assert found["packages"].verdict == rehearsal.FINE
    admin = Warehouse(own.connection_parameters)
    found = looks(own, admin)
    assert found["admin"].verdict == rehearsal.FINE
    assert found["Snowflake"].verdict == rehearsal.UNKNOWN
    assert not [look for look in found.values() if look.verdict == rehearsal.FAILS]
    admin.close()


def test_a_missing_integration_is_in_the_way_unless_an_admin_is_there(
    own: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without ACCOUNTADMIN nobody can make it."""

    def missing(_: object) -> dict[str, str]:
        raise ProgrammingError("does not exist or not authorized")

    monkeypatch.setattr(trust, "integration_of", missing)
    assert looks(own)["integration"].verdict == rehearsal.FAILS
    assert looks(own, own.warehouse)["integration"].verdict == rehearsal.UNKNOWN


class Quotas:
    """Kinesis, Lambda and Service Quotas of an account that is nearly full."""

    def describe_limits(self) -> dict[str, Any]:
        return {"ShardLimit": 20, "OpenShardCount": 17}

    def get_account_settings(self) -> dict[str, Any]:
        return {"AccountLimit": {"UnreservedConcurrentExecutions": 10}}

    def describe_stacks(self, **_: Any) -> dict[str, Any]:
        error = {"Code": "ValidationError", "Message": "Stack x does not exist"}
        raise ClientError({"Error": error}, "DescribeStacks")

    def get_paginator(self, _: str) -> "Quotas":
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        return [{"Quotas": [{"QuotaName": "Rate of Put requests", "Value": 1000.0}]}]


def test_a_quota_that_is_too_small_is_told(own: Environment) -> None:
    """Four streams need four shards; of the rest the numbers are shown."""

    class Full:
        name = own.name

        def client(self, _: str) -> Quotas:
            return Quotas()

    found = {look.what: look for look in rehearsal._quotas(Full())}  # type: ignore[arg-type]
    assert found["Kinesis quota"].verdict == rehearsal.FAILS
    assert found["Kinesis quota"].told == "3 shards are free, 4 are needed"
    assert found["Lambda quota"].verdict == rehearsal.FINE
    assert "Rate of Put requests 1,000" in found["Firehose quota"].told


def test_the_commands_status_says_whether_something_is_in_the_way(
    own: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Status 0 and 1, the number of failures on the last line."""
    steps.deploy(own, lambda _: None)
    monkeypatch.setattr(sys.modules["cartwheel.cli.deploy"], "connect", lambda _: own)
    done = CliRunner().invoke(deploy, ["--check"])
    assert done.exit_code == 0, done.output
    assert "No check failed." in done.output

    def missing(_: object) -> dict[str, str]:
        raise ProgrammingError("does not exist or not authorized")

    monkeypatch.setattr(trust, "integration_of", missing)
    done = CliRunner().invoke(deploy, ["--check"])
    assert done.exit_code == 1 and done.output.endswith("1 check failed.\n")
