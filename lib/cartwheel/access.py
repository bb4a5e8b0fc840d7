"""How other tools reach an environment: boto3, the connector, SQLAlchemy, DBeaver."""

from importlib.metadata import version
from typing import Any

from cartwheel.environment import Environment

HIDDEN = "(hidden; --secrets shows it)"
_SECRETS = ("password", "token", "private_key", "passcode", "secret")
SQLALCHEMY = "2.1.0"  # of snowflake-sqlalchemy: tried with the connector that is locked


def described(environment: Environment, *, secrets: bool) -> str:
    """
    Return host, port, user and the lines to connect with, of AWS and of Snowflake.

    Parameters
    ----------
    secrets
        Show passwords and keys.
    """
    return "\n\n".join(
        (
            f"Environment {environment.name}",
            _aws(environment, secrets=secrets),
            _snowflake(environment, secrets=secrets),
        )
    )


def _shown(values: dict[str, Any], *, secrets: bool) -> list[str]:
    width = max((len(name) for name in values), default=0)
    lines = []
    for name, value in values.items():
        is_secret = any(word in name for word in _SECRETS) and not secrets
        lines.append(f"  {name:<{width}}  {HIDDEN if is_secret else value}")
    return lines


def _aws(environment: Environment, *, secrets: bool) -> str:
    names = ("region", "endpoint_url", "aws_access_key_id", "aws_secret_access_key")
    values = {name: environment.profile[name] for name in names if name in environment.profile}
    where = f"AWS_CONFIG_FILE={environment.aws_config} " if environment.aws_config else ""
    return "\n".join(
        (
            f"AWS: profile {environment.name}",
            *_shown(values, secrets=secrets),
            f"  boto3 {version('boto3')}, and the AWS CLI: {where}AWS_PROFILE={environment.name}",
        )
    )


def _snowflake(environment: Environment, *, secrets: bool) -> str:
    values = environment.connection_parameters
    host = values.get("host") or f"{values.get('account')}.snowflakecomputing.com"
    scheme = values.get("protocol", "https")
    url = f"{scheme}://{host}" + (f":{values['port']}" if "port" in values else "")
    ssl = "&ssl=off" if scheme == "http" else ""
    jdbc = (
        f"jdbc:snowflake://{url.partition('://')[2]}/?account={values.get('account')}"
        f"&db={values.get('database')}{ssl}"
    )
    name = environment.name
    return "\n".join(
        (
            f"Snowflake: connection {name} at {url}",
            *_shown(values, secrets=secrets),
            f"  SNOWFLAKE_HOME={environment.connections.parent}, then",
            f"  connector {version('snowflake-connector-python')}: "
            f'snowflake.connector.connect(connection_name="{name}")',
            f"  snowflake-sqlalchemy {SQLALCHEMY}: "
            f'create_engine("snowflake://", connect_args={{"connection_name": "{name}"}})',
            f"  DBeaver, by Snowflake's JDBC driver (not tried): {jdbc}",
        )
    )
