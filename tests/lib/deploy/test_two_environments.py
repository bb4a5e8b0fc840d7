"""Environments beside each other: in one Snowflake account, in one AWS account."""

from pathlib import Path

import pytest
from cartwheel.deploy import destroying, ownership, steps
from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError, UsageError

CONNECTION = """
[{name}]
host = "{host}"
port = {port}
protocol = "http"
account = "fakesnow"
user = "local"
password = "{password}"
schema = "PUBLIC"
"""


@pytest.fixture
def clouds(
    own: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Environment]:
    """Two environments that are not local, in two regions, with one Snowflake account."""
    profile, snowflake = own.profile, own.connection_parameters
    config, connections = tmp_path / "config", tmp_path / "connections.toml"
    regions = {"dev": "eu-central-1", "prod": "us-east-1"}
    config.write_text(
        "".join(
            f"[profile {name}]\nregion = {region}\nendpoint_url = {profile['endpoint_url']}\n"
            f"aws_access_key_id = {profile['aws_access_key_id']}\n"
            f"aws_secret_access_key = {profile['aws_secret_access_key']}\n"
            for name, region in regions.items()
        )
    )
    connections.write_text("".join(CONNECTION.format(name=name, **snowflake) for name in regions))
    connections.chmod(0o600)
    monkeypatch.setattr(steps, "parameters", lambda _: {"LoadQueue": "true"})
    return {name: Environment(name, config, connections) for name in regions}


def tables(environment: Environment) -> set[str]:
    rows = environment.warehouse.execute(
        "select lower(table_schema || '.' || table_name) from information_schema.tables "
        "where table_schema in ('RAW', 'CORE', 'MART', 'OPS')"
    )
    return {str(row[0]) for row in rows}


def test_two_environments_in_one_snowflake_account_do_not_know_each_other(
    clouds: dict[str, Environment],
) -> None:
    """Each has its own database and migrations; destroying one leaves the other whole."""
    dev, prod = clouds["dev"], clouds["prod"]
    ran = steps.deploy(prod, lambda _: None).migrations
    assert steps.deploy(dev, lambda _: None).migrations == ran
    assert dev.lake_bucket != prod.lake_bucket
    before = tables(prod)
    assert "raw.click_events" in before and tables(dev) == before
    homes = [
        each.warehouse.execute("select environment, region, lake_bucket from ops.deployment")
        for each in (dev, prod)
    ]
    assert homes == [
        [("dev", "eu-central-1", dev.lake_bucket)],
        [("prod", "us-east-1", prod.lake_bucket)],
    ]
    destroying.destroy(dev, lambda _: None, aws_only=False)
    assert tables(dev) == set()
    assert tables(prod) == before
    assert not steps.deploy(prod, lambda _: None).changed
    destroying.destroy(prod, lambda _: None, aws_only=False)


def test_a_database_of_another_lake_is_refused_before_anything_changes(
    clouds: dict[str, Environment], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A profile that leads elsewhere than at the last deployment is refused by name."""
    dev, prod = clouds["dev"], clouds["prod"]
    steps.deploy(dev, lambda _: None)
    elsewhere = Environment("dev", prod.aws_config, prod.connections)
    elsewhere.session = prod.session
    with pytest.raises(CartwheelError, match="belongs to the environment 'dev'.*us-east-1"):
        steps.deploy(elsewhere, lambda _: None)
    assert prod.client("kinesis").list_streams()["StreamNames"] == []
    destroying.destroy(dev, lambda _: None, aws_only=False)


def test_another_environments_stacks_are_refused(clouds: dict[str, Environment]) -> None:
    """An account and region hold one environment: a second one is told whose they are."""
    dev, prod = clouds["dev"], clouds["prod"]
    steps.deploy(dev, lambda _: None)
    other = Environment("prod", dev.aws_config, dev.connections)
    other.session = dev.session
    with pytest.raises(CartwheelError, match="belongs to the environment 'dev'"):
        steps.deploy(other, lambda _: None)
    with pytest.raises(CartwheelError, match="belongs to the environment 'dev'"):
        ownership.refuse_others_stacks(other)
    assert prod.names.database == "CARTWHEEL_PROD"
    destroying.destroy(dev, lambda _: None, aws_only=False)


def test_a_connection_to_another_database_is_refused(
    clouds: dict[str, Environment], tmp_path: Path
) -> None:
    """A database line that is not the environment's own is named with what it must say."""
    dev = clouds["dev"]
    path = tmp_path / "connections.toml"
    path.write_text(path.read_text().replace("[dev]", '[dev]\ndatabase = "CARTWHEEL"'))
    with pytest.raises(UsageError, match='database = "CARTWHEEL_DEV"'):
        Environment("dev", dev.aws_config, path)
