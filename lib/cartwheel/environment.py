"""An environment is a name: it resolves to an AWS profile and a Snowflake connection."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import boto3
import botocore.session
from botocore.config import Config
from botocore.configprovider import ConfiguredEndpointProvider
from botocore.exceptions import ConfigParseError, ProfileNotFound

from cartwheel.display import Display, of_environment
from cartwheel.errors import CartwheelError, UsageError
from cartwheel.warehouse import Names, Warehouse, names_of, parameters

LOCAL = "local"
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d+")


class Environment:
    """
    One AWS session and one Snowflake connection that belong together.

    Parameters
    ----------
    name
        Name of the AWS profile and of the Snowflake connection.
    aws_config
        The AWS config file, or None for the user's own.
    connections
        The ``connections.toml``.
    """

    # How often a request is sent in all, and what else the clients are given.
    ATTEMPTS = 4
    CLIENT_OPTIONS: ClassVar[dict[str, Any]] = {}
    # Whether the functions run in this Python, so that its own libraries are theirs.
    FUNCTIONS_RUN_HERE: ClassVar[bool] = False
    # Between two reads of a shard, which its functions read too: five a second are allowed in all.
    SHARD_PAUSE: ClassVar[float] = 1.0

    def __init__(self, name: str, aws_config: Path | None, connections: Path) -> None:
        self.name = name
        self.aws_config, self.connections = aws_config, connections
        self.profile = _profile(name, aws_config)
        self.connection_parameters = parameters.of_own_names(
            parameters.read(name, connections, self.names), self.names, name, connections
        )
        self.session = _session(name, aws_config)
        self._clients: dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"Environment({self.name!r}, region={self.region!r})"

    def deploying(self, say: Callable[[str], None]) -> AbstractContextManager[None]:
        """Return what keeps others from deploying; CloudFormation lets one change a stack."""
        return nullcontext()

    @property
    def names(self) -> Names:
        """What its objects are called in Snowflake."""
        return names_of(self.name)

    @cached_property
    def display(self) -> Display:
        """How its pages show times, quantities and money."""
        return of_environment(self.name)

    @property
    def region(self) -> str:
        """The AWS region of the profile."""
        return str(self.session.region_name)

    def client(self, service: str) -> Any:
        """
        Return the boto3 client of a service, made once.

        The endpoint and region of the profile are handed over explicitly, since
        ``AWS_*`` variables would otherwise win over them: a named environment never
        leads elsewhere than its profile says.
        """
        if service not in self._clients:
            endpoint = self._endpoint(service)
            config = Config(
                retries={"mode": "standard", "total_max_attempts": self.ATTEMPTS},
                s3={"addressing_style": "path"} if self.profile.get("endpoint_url") else None,
                ignore_configured_endpoint_urls=True,
                max_pool_connections=32,
                **self.CLIENT_OPTIONS,
            )
            self._clients[service] = self.session.client(
                service,  # type: ignore[call-overload]
                endpoint_url=endpoint,
                region_name=self.region,
                config=config,
            )
        return self._clients[service]

    def _endpoint(self, service: str) -> str | None:
        """Return the endpoint of a service that the profile names, None for AWS's own."""
        core = _botocore(self.name, self.aws_config)
        found = ConfiguredEndpointProvider(core.full_config, self.profile, service, environ={})
        endpoint: str | None = found.provide()
        return endpoint

    @cached_property
    def warehouse(self) -> Warehouse:
        """The Snowflake connection, opened at the first use."""
        return Warehouse(self.connection_parameters)

    @cached_property
    def account(self) -> str:
        """The AWS account's number."""
        return str(self.client("sts").get_caller_identity()["Account"])

    @property
    def lake_bucket(self) -> str:
        """Name of the lake's bucket: it carries account and region, as names are global."""
        return f"cartwheel-lake-{self.account}-{self.region}"

    @property
    def artifact_bucket(self) -> str:
        """Name of the bucket with the functions' packages."""
        return f"cartwheel-artifacts-{self.account}-{self.region}"

    def api_url(self, api_id: str) -> str:
        """Return the address of an HTTP API, without a slash at its end."""
        return f"https://{api_id}.execute-api.{self.region}.amazonaws.com"

    def token_url(self, domain: str) -> str:
        """Return where a user pool's clients get their tokens."""
        return f"https://{domain}.auth.{self.region}.amazoncognito.com/oauth2/token"

    def other_connection(self, name: str) -> dict[str, Any]:
        """Return another connection of the same ``connections.toml``."""
        return parameters.read(name, self.connections, None)

    def close(self) -> None:
        """Close the connections that were opened."""
        if "warehouse" in self.__dict__:
            self.warehouse.close()
        for client in self._clients.values():
            client.close()


def _botocore(name: str | None, aws_config: Path | None) -> botocore.session.Session:
    session = botocore.session.Session(profile=name)
    if aws_config is not None:
        session.set_config_variable("config_file", str(aws_config))
        session.set_config_variable("credentials_file", str(aws_config))
    return session


def _profile(name: str, aws_config: Path | None) -> dict[str, Any]:
    session = _botocore(None, aws_config)
    where = session.get_config_variable("config_file")
    try:
        profile = _botocore(name, aws_config).get_scoped_config()
    except (ConfigParseError, UnicodeDecodeError) as error:
        raise CartwheelError(f"{where} is not an AWS config file: {error}. Correct it.") from None
    except ProfileNotFound:
        raise UsageError(
            f"The environment {name!r} is unknown: there is no profile of that name in {where}. "
            f"Use 'local', or add a section [profile {name}] with region and credentials "
            f"(aws configure --profile {name})."
        ) from None
    if not profile.get("region"):
        raise UsageError(
            f"The profile {name!r} in {where} names no region: add a line such as "
            "'region = eu-central-1' to it."
        )
    endpoint = profile.get("endpoint_url", "")
    if endpoint and not endpoint.startswith(("http://", "https://")):
        raise UsageError(
            f"The profile {name!r} in {where} has endpoint_url = {endpoint!r}: an address that "
            "begins with https:// is needed, or no such line."
        )
    if not _REGION.fullmatch(profile["region"]):
        raise UsageError(
            f"The profile {name!r} in {where} has region = {profile['region']!r}: a name such as "
            "eu-central-1 is needed."
        )
    return dict(profile)


def _session(name: str, aws_config: Path | None) -> boto3.Session:
    core = _botocore(name, aws_config)
    region = core.get_scoped_config()["region"]
    return boto3.Session(botocore_session=core, region_name=region)
