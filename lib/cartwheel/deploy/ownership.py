"""Which environment owns the stacks and the database: none touches another's."""

from cartwheel.deploy import stacks, templates
from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError

_HOME = ("environment", "account", "region", "lake_bucket")
_RECORDED = "select environment, account, region, lake_bucket from ops.deployment"


def refuse_others_stacks(environment: Environment) -> None:
    """
    See that the stacks of this account and region are this environment's, if there are any.

    Raises
    ------
    CartwheelError
        Naming the environment that they belong to.
    """
    for template in (templates.STREAMS, templates.STORAGE):
        owner = stacks.tags(environment, template.stack).get("environment")
        if owner not in (None, environment.name):
            raise CartwheelError(
                f"The stack {template.stack} in {environment.region} of account "
                f"{environment.account} belongs to the environment {owner!r}. An account and "
                "region hold one environment: give the profile "
                f"[{environment.name}] another region or account."
            )


def refuse_others_database(environment: Environment) -> None:
    """
    See that the database was filled from this environment's lake, if it was filled at all.

    Raises
    ------
    CartwheelError
        Naming what differs.
    """
    here = _here(environment)
    for row in environment.warehouse.execute(_RECORDED):
        there = dict(zip(_HOME, row, strict=True))
        if there != here:
            raise CartwheelError(
                f"The database {environment.names.database} belongs to "
                f"{_told(there)}; this is {_told(here)}. Deploying here would mix two lakes in one "
                "warehouse. Correct the profile or the connection, or take another name for the "
                "environment."
            )


def record(environment: Environment) -> None:
    """Record in the warehouse which environment, account, region and bucket it belongs to."""
    refuse_others_database(environment)
    if not environment.warehouse.execute(_RECORDED):
        here = _here(environment)
        environment.warehouse.execute(
            "insert into ops.deployment (environment, account, region, lake_bucket, recorded_at) "
            "select ?, ?, ?, ?, current_timestamp()",
            [here[name] for name in _HOME],
        )


def _here(environment: Environment) -> dict[str, str]:
    values = (environment.name, environment.account, environment.region, environment.lake_bucket)
    return dict(zip(_HOME, values, strict=True))


def _told(home: dict[str, str]) -> str:
    return (
        f"the environment {home['environment']!r} (account {home['account']}, "
        f"{home['region']}, s3://{home['lake_bucket']})"
    )
