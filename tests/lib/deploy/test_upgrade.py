"""A home of the layout before this one is taken over: nothing is lost, nothing with data moves."""

import shutil
import urllib.request
from pathlib import Path

import pytest
from cartwheel import history
from cartwheel.delivery import lookups, reconciliation
from cartwheel.deploy import lookups as deployed
from cartwheel.deploy import package, retiring, stacks, steps, templates
from cartwheel.deploy.api import api_of
from cartwheel.deploy.templates import Template
from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError
from cartwheel.paths import SQL
from cartwheel.warehouse import Warehouse, migrations

from producers.sender import Sender
from producers.simulate import Settings, messages

# The templates as they were; their stacks are cartwheel-streams, -storage, -delivery, -functions
# and -operations.
BEFORE = [Template(path) for path in sorted((Path(__file__).parent / "before").glob("*.yaml"))]
HOLDS_DATA = ("AWS::Kinesis::Stream", "AWS::S3::Bucket", "AWS::DynamoDB::Table")


# Migrations that only concern the histories; the views read what the others make.
OF_HISTORIES = ("007_claims_and_locks.sql", "009_fields.sql")


def sql_before(folder: Path, without: tuple[str, ...] = OF_HISTORIES) -> Path:
    """Return the SQL without some migrations, and without the tasks."""
    shutil.copytree(SQL, folder)
    for name in without:
        (folder / "migrations" / name).unlink()
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
        found[f"stream {stream}"] = told["StreamDescriptionSummary"]["StreamCreationTimestamp"]
    for table in environment.client("dynamodb").list_tables()["TableNames"]:
        told = environment.client("dynamodb").describe_table(TableName=table)
        found[f"table {table}"] = told["Table"]["CreationDateTime"]
    return found


def test_a_home_of_the_layout_before_goes_on_with_all_it_holds(
    own: Environment, tmp_path: Path
) -> None:
    """What was sent before, during and after is there once, in live counts and lookups too."""
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
    assert with_data(own).items() >= before.items()
    with urllib.request.urlopen(f"{api_of(own).url}/health", timeout=60) as answer:
        assert answer.status == 200
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
    held = lookups.wait_until_balanced(own, deployed.telemetry_days(own), 120)
    assert all(each.there == each.landed > 0 for each in held), lookups.as_table(held)
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


def test_a_history_merged_by_the_rule_before_is_made_anew_unless_raw_lost_rows_of_it(
    connection: dict[str, object], placeholders: dict[str, str], tmp_path: Path
) -> None:
    """What was told of a product in two rows is one version; what cannot be remade is kept."""
    warehouse = Warehouse(connection)
    migrations.migrate(warehouse, placeholders, sql_before(tmp_path / "sql", OF_HISTORIES[1:]))
    for row, (name, price) in enumerate([("Cup", None), (None, 4.5)], 1):
        warehouse.execute(
            "insert into raw.operations (event_id, operation, event_timestamp, product_id, "
            "product_name, price, stream, shard_id, sequence_number, arrived_at, file_name, "
            "file_row, loaded_at) select ?, 'product_change', '2026-01-01', 'P1', ?, ?, 's', 's', "
            "?, '2026-01-01', 'a', ?, current_timestamp()",
            (f"e{row}", name, price, str(row), row),
        )
    warehouse.execute(
        "insert into core.product (product_id, effective_from, is_current, load_timestamp, price) "
        "select 'P1', '2026-01-01', true, '2026-01-01', 4.5"
    )
    warehouse.execute(
        "insert into core.truck_status (truck_id, effective_from, is_current, load_timestamp) "
        "select 'T1', '2026-01-01', true, '2026-01-01'"
    )
    for name, file in (("PRODUCT", "a"), ("TRUCK_STATUS", "gone")):
        warehouse.execute(
            "insert into core.history_files (history_name, file_name, first_row, last_row, "
            "merge_id, claimed_at) select ?, ?, 1, 2, 'm', current_timestamp()",
            (name, file),
        )
    migrations.migrate(warehouse, placeholders)
    assert warehouse.scalar("select count(*) from core.product") == 0
    history.merge(warehouse, "PRODUCT")
    versions = history.versions(warehouse, "PRODUCT", "P1")
    assert versions[["product_name", "price"]].values.tolist() == [["Cup", 4.5]]
    with pytest.raises(CartwheelError, match="no longer hold all rows of 1 files"):
        history.merge(warehouse, "TRUCK_STATUS")
    assert warehouse.scalar("select count(*) from core.truck_status") == 1
    warehouse.close()


def test_what_landed_before_drivers_and_master_data_stays(
    connection: dict[str, object], placeholders: dict[str, str], tmp_path: Path
) -> None:
    """Operations of before keep their rows; what they could not say is null."""
    warehouse = Warehouse(connection)
    folder = sql_before(tmp_path / "sql", ("010_fleet_master.sql",))
    for view in (
        "core/driver_shifts", "core/driving_events", "core/depot_changes", "core/truck_changes",
        "mart/shifts", "mart/driver_log", "mart/tank_scales", "mart/tank_events",
        "mart/truck_depots",
    ):  # fmt: skip
        (folder / f"{view}.sql").unlink()
    for name in ("raw", "core", "mart"):  # they speak of what is not there yet
        (folder / "comments" / f"{name}.sql").write_text("", encoding="utf-8")
    migrations.migrate(warehouse, placeholders, folder)
    columns = (
        "event_id, operation, event_timestamp, truck_id, service, stream, shard_id, "
        "sequence_number, arrived_at, file_name, file_row, loaded_at"
    )
    warehouse.execute(
        f"insert into raw.operations ({columns}) select 'e1', 'truck_service', '2026-01-01', 'T1', "
        "'in_service', 's', 's', '1', '2026-01-01', 'a', 1, current_timestamp()"
    )
    migrations.migrate(warehouse, placeholders)
    kept = warehouse.execute("select event_id, truck_id, service, driver_id from raw.operations")
    assert kept == [("e1", "T1", "in_service", None)]
    warehouse.execute(
        f"insert into raw.operations ({columns}, depot_id, capacity_kg) select 'e2', 'truck', "
        "'2026-01-02', 'T1', null, 's', 's', '2', '2026-01-02', 'b', 1, current_timestamp(), "
        "'DEPOT-1', 1500"
    )
    history.merge_all(warehouse)
    versions = history.versions(warehouse, "TRUCK", "T1")
    assert versions[["depot_id", "capacity_kg"]].values.tolist() == [["DEPOT-1", 1500.0]]
    assert len(history.versions(warehouse, "TRUCK_STATUS", "T1")) == 1
    warehouse.close()
