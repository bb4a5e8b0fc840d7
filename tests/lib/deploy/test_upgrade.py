"""A home of the layout before this one is taken over: nothing is lost, nothing with data moves."""

import shutil
from pathlib import Path

import pytest
from cartwheel import history
from cartwheel.delivery import reconciliation
from cartwheel.deploy import package, retiring, stacks, steps, templates
from cartwheel.deploy.templates import Template
from cartwheel.environment import Environment
from cartwheel.paths import SQL
from cartwheel.warehouse import Warehouse, migrations

from producers.sender import Sender
from producers.simulate import Settings, messages

# The templates as they were; their stacks are cartwheel-streams, -storage, -delivery, -functions
# and -operations.
BEFORE = [Template(path) for path in sorted((Path(__file__).parent / "before").glob("*.yaml"))]
HOLDS_DATA = ("AWS::Kinesis::Stream", "AWS::S3::Bucket", "AWS::DynamoDB::Table")


def sql_before(folder: Path) -> Path:
    """Return the SQL without the migrations and tasks that came since."""
    shutil.copytree(SQL, folder)
    (folder / "migrations" / "007_claims_and_locks.sql").unlink()
    shutil.rmtree(folder / "generated")
    return folder


def deploy_before(environment: Environment, folder: Path) -> None:
    """Deploy what the layout before this one was."""
    values = dict(steps.parameters(environment.name)) | {"BufferSeconds": "0"}
    for template in BEFORE:
        if template.path.name.startswith("03"):
            values |= steps._upload(
                environment,
                package.here(),
                values["ArtifactBucketName"],
                steps.Deployment(),
                lambda _: None,
            )
        stacks.apply(environment, template, values)
        values |= stacks.outputs(environment, template.stack)
    migrations.migrate(environment.warehouse, steps.placeholders(environment, values), folder)


def with_data(environment: Environment) -> dict[str, object]:
    """Return what holds data, with the moment at which each stream and table was made."""
    client = environment.client("cloudformation")
    found: dict[str, object] = {}
    for name in (templates.STREAMS.stack, templates.STORAGE.stack):
        for each in client.list_stack_resources(StackName=name)["StackResourceSummaries"]:
            if each["ResourceType"] in HOLDS_DATA:
                found[f"{name} {each['LogicalResourceId']}"] = each["PhysicalResourceId"]
    for stream in environment.client("kinesis").list_streams()["StreamNames"]:
        told = environment.client("kinesis").describe_stream_summary(StreamName=stream)
        found[stream] = told["StreamDescriptionSummary"]["StreamCreationTimestamp"]
    for table in environment.client("dynamodb").list_tables()["TableNames"]:
        told = environment.client("dynamodb").describe_table(TableName=table)
        found[table] = told["Table"]["CreationDateTime"]
    return found


def test_a_home_of_the_layout_before_goes_on_with_all_it_holds(
    own: Environment, tmp_path: Path
) -> None:
    """What was sent before, during and after is there once, live counts included."""
    deploy_before(own, sql_before(tmp_path / "sql"))
    sender = own.client("kinesis")
    first = Sender(sender, progress=False).send(messages(Settings(trucks=2, customers=80, days=1)))
    entries = reconciliation.wait_until_balanced(own, first.sent, 120)
    assert all(entry.balanced for entry in entries), reconciliation.as_table(entries)
    before = with_data(own)
    assert len(before) == 4 + 2 + 2 + 4 + 2

    # The upgrade ends after the old functions are gone: nobody reads the streams meanwhile.
    assert retiring.retire(own, lambda _: None)
    during = Sender(sender, progress=False).send(
        messages(Settings(trucks=2, customers=80, days=1, seed=8))
    )
    said: list[str] = []
    steps.deploy(own, said.append)
    assert with_data(own) == before
    for name in (*retiring.WRITERS, retiring.DELIVERY):
        assert stacks.describe(own, name) is None
    assert any("recreated raw.click_events_pipe" in line for line in said)

    after = Sender(sender, progress=False).send(
        messages(Settings(trucks=2, customers=80, days=1, seed=9))
    )
    sent = first.sent + during.sent + after.sent
    entries = reconciliation.wait_until_balanced(own, sent, 120)
    assert all(entry.balanced for entry in entries), reconciliation.as_table(entries)
    assert [entry.missing for entry in entries] == [0] * len(entries)
    assert history.merge(own.warehouse, "TRUCK_TELEMETRY_DATA").made > 0
    assert not steps.deploy(own, lambda _: None).changed


def test_claims_by_name_become_claims_of_the_rows_that_were_there(
    connection: dict[str, object], placeholders: dict[str, str], tmp_path: Path
) -> None:
    """A claimed file's rows stay claimed; what RAW has lost is named by the next merge."""
    warehouse = Warehouse(connection)
    migrations.migrate(warehouse, placeholders, sql_before(tmp_path / "sql"))
    for file, rows in (("a", 3), ("b", 1)):
        for row in range(1, rows + 1):
            warehouse.execute(
                "insert into raw.operations (event_id, operation, event_timestamp, stream, "
                "shard_id, sequence_number, arrived_at, file_name, file_row, loaded_at) "
                "select ?, 'x', '2026-01-01', 's', 's', '1', '2026-01-01', ?, ?, "
                "current_timestamp()",
                (f"{file}{row}", file, row),
            )
    for file in ("a", "gone"):
        warehouse.execute(
            "insert into core.history_files (history_name, file_name, merge_id, claimed_at) "
            "select 'PRODUCT', ?, 'm', current_timestamp()",
            (file,),
        )
    migrations.migrate(warehouse, placeholders)
    runs = warehouse.execute(
        "select file_name, first_row, last_row from core.history_files order by file_name"
    )
    assert runs == [("a", 1, 3), ("gone", 1, 1)]
    with pytest.raises(Exception, match="no longer holds all rows of 1 files"):
        history.merge(warehouse, "PRODUCT")
    warehouse.close()
