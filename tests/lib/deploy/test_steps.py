"""A deployment can be repeated, interrupted and undone."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cartwheel import display
from cartwheel.aws import lake
from cartwheel.deploy import destroying, overview, package, stacks, steps, templates
from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError
from cartwheel.local import stack
from cartwheel.local.environment import LoopbackEnvironment


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """A stack of this module's own, not deployed."""
    folder = tmp_path_factory.mktemp("deploy")
    # Named only while it is needed: other fixtures of this worker have homes of their own.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CARTWHEEL_HOME", str(folder))
        files = stack.up(lambda _: None).files
    environment = LoopbackEnvironment(files)
    yield environment
    environment.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CARTWHEEL_HOME", str(folder))
        stack.down(lambda _: None)


class Interruption(Exception):
    """Stands for whatever ends a deployment in the middle."""


@pytest.mark.parametrize("at", ["packages", "delivery", "functions", "trust", "migrations"])
def test_an_interrupted_deployment_is_finished_by_the_next(
    own: Environment, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    """Wherever a deployment breaks off, the next one goes on, and a third changes nothing."""
    destroying.destroy(own, lambda _: None)

    def interrupt(*_: object, **__: object) -> None:
        raise Interruption

    apply = stacks.apply
    with monkeypatch.context() as patch:
        if at == "packages":
            patch.setattr(package, "build", interrupt)
        elif at == "trust":
            patch.setattr(steps, "_integration", interrupt)
        elif at == "migrations":
            patch.setattr(steps.migrations, "migrate", interrupt)
        else:
            wanted = {"delivery": templates.DELIVERY, "functions": templates.FUNCTIONS}[at]
            patch.setattr(
                stacks, "apply", lambda e, t, v: interrupt() if t == wanted else apply(e, t, v)
            )
        with pytest.raises(Interruption):
            steps.deploy(own, lambda _: None)
    steps.deploy(own, lambda _: None)
    said: list[str] = []
    assert not steps.deploy(own, said.append).changed
    assert said[-1] == "Nothing to change: local is as the project says."


def test_a_stack_left_in_review_is_made(own: Environment) -> None:
    """A run that ended between making a change set and executing it is taken up again."""
    destroying.destroy(own, lambda _: None)
    own.client("cloudformation").create_change_set(
        StackName=templates.STREAMS.stack,
        ChangeSetName="left-over",
        ChangeSetType="CREATE",
        TemplateBody=templates.STREAMS.body,
    )
    assert steps.deploy(own, lambda _: None).changed


def test_what_was_made_is_listed_by_kind_and_name(own: Environment) -> None:
    """The overview names every stream, table, bucket, Firehose and function."""
    steps.deploy(own, lambda _: None)
    found = overview.resources(own)
    assert (found["kind"] == "function").sum() == 5
    assert {"ClickDataStream", "ClickStreamData", own.lake_bucket} <= set(found["name"])


def test_destroy_refuses_a_lake_with_data_unless_told(own: Environment) -> None:
    """Data is deleted only on request; then nothing is left, and a new deployment works."""
    steps.deploy(own, lambda _: None)
    destroying.refuse_data(own, delete_data=False)
    lake.write(own, "telemetry-data/x.json", b"{}\n")
    with pytest.raises(CartwheelError, match="--delete-data"):
        destroying.refuse_data(own, delete_data=False)
    destroying.refuse_data(own, delete_data=True)
    destroying.destroy(own, lambda _: None)
    assert own.client("s3").list_buckets()["Buckets"] == []
    assert own.client("kinesis").list_streams()["StreamNames"] == []
    schemas = own.warehouse.query("select schema_name from information_schema.schemata")
    assert not {"RAW", "CORE", "MART", "OPS"} & set(schemas["schema_name"])
    assert steps.deploy(own, lambda _: None).changed


def test_the_role_trusts_the_integrations_principal(own: Environment) -> None:
    """Snowflake's role trusts exactly the principal and external id of the integration."""
    steps.deploy(own, lambda _: None)
    role = own.client("iam").get_role(RoleName="cartwheel-snowflake")["Role"]
    document = role["AssumeRolePolicyDocument"]
    document = json.loads(document) if isinstance(document, str) else document
    (statement,) = document["Statement"]
    assert statement["Effect"] == "Allow"
    assert statement["Principal"] == {"AWS": "arn:aws:iam::000000000000:root"}
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": "embedded"}}


def test_a_missing_integration_says_what_to_run_with_which_values(
    own: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the integration the message holds the SQL of sql/admin, filled in."""
    from snowflake.connector.errors import ProgrammingError

    def missing(warehouse: object) -> dict[str, str]:
        raise ProgrammingError("does not exist")

    monkeypatch.setattr(steps, "_integration", missing)
    with pytest.raises(CartwheelError) as caught:
        steps.deploy(own, lambda _: None)
    assert "create storage integration if not exists CARTWHEEL_LAKE" in str(caught.value)
    assert f"s3://{own.lake_bucket}/" in str(caught.value)
    assert "{{" not in str(caught.value)


def test_the_admin_files_run_when_a_connection_is_given(
    own: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With an admin connection sql/admin runs, and the deployment goes on."""
    from snowflake.connector.errors import ProgrammingError

    answers = iter([ProgrammingError("does not exist"), None])
    integration = steps._integration

    def at_first_missing(warehouse: object) -> dict[str, str]:
        failure = next(answers)
        if failure is not None:
            raise failure
        return integration(own.warehouse)

    monkeypatch.setattr(steps, "_integration", at_first_missing)
    said: list[str] = []
    steps.deploy(own, said.append, admin=own.warehouse)
    assert any("001_account.sql" in line for line in said)


def test_a_parameter_that_no_template_has_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A parameter file of an environment is checked against the templates."""
    (tmp_path / "parameters").mkdir()
    (tmp_path / "parameters" / "dev.json").write_text('{"ShardsCount": "2"}')
    monkeypatch.setattr(steps, "INFRA", tmp_path)
    with pytest.raises(CartwheelError, match=r"dev\.json: no template has a parameter ShardsCount"):
        steps.parameters("dev")
    assert steps.parameters("prod") == {}


def test_what_is_said_of_the_pages_is_no_parameter_of_a_template(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Zone, units and currency are for display; a zone that is unknown stops the deployment."""
    (tmp_path / "parameters").mkdir()
    path = tmp_path / "parameters" / "dev.json"
    path.write_text('{"LoadQueue": "true", "timezone": "Europe/Berlin", "units": "us"}')
    for module in (steps, display):
        monkeypatch.setattr(module, "INFRA", tmp_path)
    assert steps.parameters("dev") == {"LoadQueue": "true"}
    path.write_text('{"timezone": "Berlin"}')
    with pytest.raises(CartwheelError, match=r"dev\.json: timezone: 'Berlin' is unknown"):
        steps.parameters("dev")


def test_what_was_removed_behind_cloudformations_back_is_named(
    environment: Environment, tmp_path: Path
) -> None:
    """'Nothing to change' is not said of a stack whose stream is gone."""
    path = tmp_path / "09-gone.yaml"
    path.write_text(
        'AWSTemplateFormatVersion: "2010-09-09"\nResources:\n  Gone:\n'
        "    Type: AWS::Kinesis::Stream\n    Properties: {Name: Gone, ShardCount: 1}\n"
    )
    template = templates.Template(path)
    assert stacks.apply(environment, template, {})
    assert stacks.apply(environment, template, {}) == []
    environment.client("kinesis").delete_stream(StreamName="Gone")
    with pytest.raises(CartwheelError, match=r"should hold AWS::Kinesis::Stream Gone"):
        stacks.apply(environment, template, {})
    assert stacks.delete(environment, template.stack)
