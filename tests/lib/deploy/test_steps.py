"""A deployment can be repeated, interrupted and undone."""

import json
import queue
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cartwheel import display
from cartwheel.aws import lake
from cartwheel.aws.api import users
from cartwheel.deploy import destroying, overview, package, stacks, steps, templates, trust
from cartwheel.deploy.api import api_of
from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError
from cartwheel.warehouse import Warehouse, names_of, sqlfiles


class Named:
    """An environment under another name, as far as its names go."""

    def __init__(self, environment: Environment, name: str) -> None:
        self.name, self.names = name, names_of(name)
        self.connection_parameters = environment.connection_parameters


def steps_values(environment: Environment) -> dict[str, str]:
    """Return what the storage stack says of itself."""
    return stacks.outputs(environment, templates.STORAGE.stack)


class Interruption(Exception):
    """Stands for whatever ends a deployment in the middle."""


SLOWLY = ("packages", "live counts", "trust", "migrations")


@pytest.mark.parametrize(
    "at", ["landing", "pipes", *(pytest.param(at, marks=pytest.mark.proof) for at in SLOWLY)]
)
def test_an_interrupted_deployment_is_finished_by_the_next(
    own: Environment, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    """Wherever a deployment breaks off, the next one goes on, and a third changes nothing."""
    destroying.destroy(own, lambda _: None, aws_only=False)

    def interrupt(*_: object, **__: object) -> None:
        raise Interruption

    apply = stacks.apply
    with monkeypatch.context() as patch:
        if at == "packages":
            patch.setattr(package, "build", interrupt)
        elif at == "trust":
            patch.setattr(trust, "integration_of", interrupt)
        elif at == "migrations":
            patch.setattr(steps.migrations, "migrate", interrupt)
        elif at == "pipes":
            patch.setattr(steps.pipes, "listen", interrupt)
        else:
            wanted = {"live counts": templates.LIVE_COUNTS, "landing": templates.LANDING[2]}[at]
            patch.setattr(
                stacks, "apply", lambda e, t, v: interrupt() if t == wanted else apply(e, t, v)
            )
        with pytest.raises(Interruption):
            steps.deploy(own, lambda _: None)
    steps.deploy(own, lambda _: None)
    said: list[str] = []
    assert not steps.deploy(own, said.append).changed
    assert said[-1] == "Nothing to change: local is as the project says."


def test_two_deployments_at_once_come_one_after_the_other(
    own: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second says that it waits, does nothing meanwhile, and then goes on."""
    done: list[str] = []
    said: queue.Queue[str] = queue.Queue()
    monkeypatch.setattr(steps, "_deploy", lambda *_: done.append("deployed"))
    monkeypatch.setattr(destroying, "_destroy", lambda *_, **__: done.append("destroyed"))
    with ThreadPoolExecutor(2) as threads:
        with own.deploying(said.put):
            began = [
                threads.submit(steps.deploy, own, said.put),
                threads.submit(destroying.destroy, own, said.put, aws_only=True),
            ]
            assert [said.get(timeout=60) for _ in began] == [
                "Waiting for another deployment to end"
            ] * 2
            assert not done
        for each in began:
            each.result(timeout=60)
    assert sorted(done) == ["deployed", "destroyed"] and said.empty()


def test_a_stack_left_in_review_is_made(own: Environment) -> None:
    """A run that ended between making a change set and executing it is taken up again."""
    destroying.destroy(own, lambda _: None, aws_only=False)
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
    kinds = found["kind"].value_counts()
    assert (kinds["function"], kinds["API"], kinds["user pool"]) == (8, 1, 1)
    assert {"ClickDataStream", "ClickStreamData", own.lake_bucket} <= set(found["name"])


def test_destroy_refuses_data_in_the_lake_or_in_raw_unless_told(own: Environment) -> None:
    """Data is deleted only on request; then nothing is left, and a new deployment works."""
    steps.deploy(own, lambda _: None)
    destroying.refuse_data(own, delete_data=False, aws_only=False)
    users.add(api_of(own), users.Person("ada", "analyst"), users.password())
    with pytest.raises(CartwheelError, match="the user pool with 1 user.*--delete-data"):
        destroying.refuse_data(own, delete_data=False, aws_only=True)
    own.client("cognito-idp").admin_delete_user(UserPoolId=api_of(own).pool_id, Username="ada")
    own.warehouse.execute(
        "insert into raw.order_lines (event_id, invoice_no, stock_code, quantity, invoice_date, "
        "unit_price, country, stream, shard_id, sequence_number, arrived_at, file_name, file_row, "
        "loaded_at) select 'e', 'i', 's', 1, '2026-01-01', 1, 'c', 's', 's', '1', '2026-01-01', "
        "'f', 1, current_timestamp()"
    )
    with pytest.raises(CartwheelError, match="RAW.ORDER_LINES with 1 rows.*--delete-data"):
        destroying.refuse_data(own, delete_data=False, aws_only=False)
    destroying.refuse_data(own, delete_data=False, aws_only=True)
    lake.write(own, "telemetry-data/x.json", b"{}\n")
    with pytest.raises(CartwheelError, match="the lake s3://.*--delete-data --aws-only'"):
        destroying.refuse_data(own, delete_data=False, aws_only=True)
    destroying.refuse_data(own, delete_data=True, aws_only=False)
    destroying.destroy(own, lambda _: None, aws_only=False)
    assert own.client("s3").list_buckets()["Buckets"] == []
    assert own.client("kinesis").list_streams()["StreamNames"] == []
    schemas = own.warehouse.query("select schema_name from information_schema.schemata")
    assert not {"RAW", "CORE", "MART", "OPS"} & set(schemas["schema_name"])
    assert steps.deploy(own, lambda _: None).changed


def test_aws_is_cleaned_although_snowflake_refuses_the_login(
    own: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refusal names --aws-only, which removes what is in AWS and leaves the warehouse."""
    steps.deploy(own, lambda _: None)
    wrong = {**own.connection_parameters, "password": "wrong"}
    own.warehouse.close()
    monkeypatch.setitem(own.__dict__, "warehouse", Warehouse(wrong))
    with pytest.raises(CartwheelError, match="--aws-only"):
        destroying.refuse_data(own, delete_data=False, aws_only=False)
    said: list[str] = []
    destroying.destroy(own, said.append, aws_only=True)
    assert own.client("kinesis").list_streams()["StreamNames"] == []
    assert "the database CARTWHEEL" in said[-1]
    monkeypatch.setitem(own.__dict__, "warehouse", Warehouse(own.connection_parameters))
    assert own.warehouse.scalar("select count(*) from ops.migrations") > 0


def test_objects_that_cannot_be_deleted_are_named(
    own: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S3 answers 200 to a deletion that failed: its errors end the destruction, with their keys."""
    steps.deploy(own, lambda _: None)
    lake.write(own, "telemetry-data/x.json", b"{}\n")
    client = own.client("s3")
    failed = {"Errors": [{"Key": "telemetry-data/x.json", "Code": "AccessDenied"}]}
    with monkeypatch.context() as patch:
        patch.setattr(client, "delete_objects", lambda **_: failed)
        with pytest.raises(CartwheelError, match=r"1 objects of .*x\.json: AccessDenied"):
            destroying.destroy(own, lambda _: None, aws_only=False)
    destroying.destroy(own, lambda _: None, aws_only=False)
    assert client.list_buckets()["Buckets"] == []


def test_the_role_trusts_the_integrations_principal(own: Environment) -> None:
    """Snowflake's role trusts exactly the principal and external id of the integration."""
    steps.deploy(own, lambda _: None)
    role = own.client("iam").get_role(RoleName=f"cartwheel-snowflake-{own.region}")["Role"]
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

    def missing(environment: object) -> dict[str, str]:
        raise ProgrammingError("does not exist")

    monkeypatch.setattr(trust, "integration_of", missing)
    with pytest.raises(CartwheelError) as caught:
        steps.deploy(own, lambda _: None)
    assert "create storage integration if not exists CARTWHEEL_LAKE" in str(caught.value)
    assert f"s3://{own.lake_bucket}/" in str(caught.value)
    assert "{{" not in str(caught.value)


class Listening:
    """A warehouse that takes every statement, and remembers it."""

    def __init__(self) -> None:
        self.ran: list[str] = []

    def run_file(self, path: Path, values: dict[str, str]) -> None:
        text = sqlfiles.fill(path.read_text(), values, path.name)
        self.ran += sqlfiles.statements(text)


def test_the_admin_files_run_whenever_a_connection_is_given(own: Environment) -> None:
    """With an admin connection sql/admin runs, the first time and later: the deployer is let in."""
    for _ in range(2):
        admin, said = Listening(), []
        steps.deploy(own, said.append, admin=admin)
        assert any("001_account.sql" in line for line in said)
        assert 'grant role CARTWHEEL_ENGINEER to user "LOCAL"' in admin.ran
        assert any(sql.startswith("alter storage integration") for sql in admin.ran)


def test_the_admin_files_are_for_this_environment_alone(own: Environment) -> None:
    """No name in them is a constant: those of two environments differ in every object."""
    made = {}
    for name in ("dev", "prod"):
        values = steps.placeholders(Named(own, name), steps_values(own))
        made[name] = trust.admin_sql(values).lower()
    assert "cartwheel_dev" in made["dev"] and "cartwheel_prod" in made["prod"]
    assert made["dev"].replace("cartwheel_dev", "cartwheel_prod") == made["prod"]
    words = re.sub(r"--.*|'[^']*'", "", made["dev"])
    assert set(re.findall(r"cartwheel\w*", words)) == {
        "cartwheel_dev", "cartwheel_dev_engineer", "cartwheel_dev_analyst", "cartwheel_dev_lake",
    }  # fmt: skip


def test_a_parameter_that_no_template_has_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A parameter file of an environment is checked against the templates."""
    (tmp_path / "parameters").mkdir()
    (tmp_path / "parameters" / "dev.json").write_text('{"ShardsCount": "2"}')
    for module in (steps, display):
        monkeypatch.setattr(module, "INFRA", tmp_path)
    with pytest.raises(CartwheelError, match=r"dev\.json: there is no parameter ShardsCount"):
        steps.parameters("dev")
    assert steps.parameters("prod") == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", r"dev\.json is not JSON"),
        ("[]", r"dev\.json: an object"),
        ('{"ShardCount": 2}', r'ShardCount = 2 must be a text.*"ShardCount": "2"'),
        ('{"ShardCount": ["2"]}', r"ShardCount = .* must be a text"),
        ('{"Kind": "click"}', "there is no parameter Kind"),
        ('{"ShardCount": "x"}', "ShardCount = 'x' must be a number from 1 to 100"),
        ('{"ShardCount": "0"}', "ShardCount = '0' must be a number from 1 to 100"),
        ('{"NoncurrentDays": "0"}', "NoncurrentDays = '0' must be a number from 1 on"),
        ('{"LogDays": "31"}', "LogDays = '31' is none of 1, 3, 5"),
        ('{"LoadQueue": "yes"}', "LoadQueue = 'yes' is none of true, false"),
        ('{"MaximumAgeSeconds": "86400"}', "must be below the 86400 seconds of RetentionHours"),
        (
            '{"SignalLimits": "speed=0..9"}',
            "SignalLimits: 'speed=0..9' is no limit; one is written",
        ),
        ('{"SignalLimits": "odometer=5"}', "SignalLimits: 'odometer=5' is no limit"),
        ('{"SignalLimits": "gps.hdop=-1..5"}', "must be a range within 0 to 100"),
        ('{"Runtime": "python2"}', "Runtime = 'python2' is none of python3.11"),
    ],
)
def test_a_parameter_file_that_cannot_be_read_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, said: str
) -> None:
    """File, field and value, and what is allowed."""
    (tmp_path / "parameters").mkdir()
    (tmp_path / "parameters" / "dev.json").write_text(text)
    for module in (steps, display):
        monkeypatch.setattr(module, "INFRA", tmp_path)

    class Cloud:
        FUNCTIONS_RUN_HERE = False

    with pytest.raises(CartwheelError, match=said):
        steps.target_of(Cloud(), steps.parameters("dev"))  # type: ignore[arg-type]


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
