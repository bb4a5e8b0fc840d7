"""What Snowflake needs of AWS: a role that trusts it, a topic that it may subscribe to."""

import json
import re
from collections.abc import Mapping

from snowflake.connector.errors import ProgrammingError

from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError
from cartwheel.paths import SQL
from cartwheel.warehouse import ConnectionRefused, Warehouse, sqlfiles

_PRINCIPAL = re.compile(r"arn:aws[\w-]*:(iam|sts)::\d{12}:[\w+=,.@/-]+")
_POLICY = "select system$get_aws_sns_iam_policy('{{ lake_topic_arn }}')"


def run_admin(admin: Warehouse, placeholders: Mapping[str, str]) -> list[str]:
    """
    Run what needs ACCOUNTADMIN, which repeats well; return the names of the files.

    Raises
    ------
    CartwheelError
        If the environment's connection names no user to grant the engineer role to.
    """
    if not placeholders["deployer"]:
        raise CartwheelError(
            "The environment's connection has no 'user' to grant the role to: "
            f"{placeholders['engineer']}: add the line to connections.toml."
        )
    paths = sorted((SQL / "admin").glob("*.sql"))
    for path in paths:
        admin.run_file(path, placeholders)
    return [path.name for path in paths]


def principals(environment: Environment, placeholders: Mapping[str, str]) -> dict[str, str]:
    """
    Return whom the role and the topic must let in, as parameters of the storage stack.

    Raises
    ------
    CartwheelError
        If there is no storage integration that this connection may use, or if it assumes
        another role; with what to run.
    """
    try:
        integration = integration_of(environment)
    except (ProgrammingError, ConnectionRefused) as error:
        # The integration is not there yet, or not even the role that may see it.
        raise CartwheelError(_missing(environment, placeholders, error)) from None
    role = integration.get("STORAGE_AWS_ROLE_ARN", placeholders["snowflake_role_arn"])
    if role != placeholders["snowflake_role_arn"]:
        raise CartwheelError(
            f"The storage integration {environment.names.integration} assumes {role}, but the "
            f"role of this environment is {placeholders['snowflake_role_arn']}. Run 'cartwheel "
            f"deploy {environment.name} --admin-connection NAME' with a connection that may use "
            "ACCOUNTADMIN: it corrects the integration."
        )
    return {
        "SnowflakePrincipal": integration["STORAGE_AWS_IAM_USER_ARN"],
        "SnowflakeExternalId": integration["STORAGE_AWS_EXTERNAL_ID"],
        "SnowpipePrincipal": _subscriber(environment.warehouse, placeholders),
    }


def integration_of(environment: Environment) -> dict[str, str]:
    """Return the properties of the storage integration."""
    rows = environment.warehouse.execute(f"desc integration {environment.names.integration}")
    return {str(row[0]): str(row[2]) for row in rows}


def _subscriber(warehouse: Warehouse, placeholders: Mapping[str, str]) -> str:
    """Return the principal that Snowflake's own policy for the topic names."""
    policy = str(warehouse.scalar(sqlfiles.fill(_POLICY, placeholders, "the topic's policy")))
    try:
        (statement,) = json.loads(policy)["Statement"]
        principal = str(statement["Principal"]["AWS"])
    except (ValueError, KeyError, TypeError):
        principal = ""
    if not _PRINCIPAL.fullmatch(principal):
        raise CartwheelError(
            "SYSTEM$GET_AWS_SNS_IAM_POLICY names no principal to allow on the topic; "
            f"its answer was: {policy[:500]}"
        )
    return principal


def admin_sql(placeholders: Mapping[str, str]) -> str:
    """Return what needs ACCOUNTADMIN, filled in."""
    return "\n".join(
        sqlfiles.fill(path.read_text(encoding="utf-8"), placeholders, path.name)
        for path in sorted((SQL / "admin").glob("*.sql"))
    )


def _missing(environment: Environment, placeholders: Mapping[str, str], error: Exception) -> str:
    reason = str(getattr(error, "msg", None) or error).strip().rstrip(".")
    return (
        f"Snowflake has no storage integration {environment.names.integration} that this "
        f"connection may use ({reason}). Either run 'cartwheel deploy {environment.name} "
        "--admin-connection NAME' with a connection that may use ACCOUNTADMIN, or have the "
        "following run, then deploy again:\n\n" + admin_sql(placeholders)
    )
