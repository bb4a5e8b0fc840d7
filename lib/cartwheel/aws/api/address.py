"""Where an environment's API is, and the user pool of those who may call it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cartwheel.environment import Environment

SCOPE = "cartwheel/telemetry"
DEVICES = "Devices"


@dataclass(frozen=True)
class Api:
    """
    The API of an environment and its user pool.

    Parameters
    ----------
    url
        Its address, without a slash at its end.
    token_url
        Where a device gets its token, by its client's id and secret.
    pool_id, client_id
        The user pool, and the app client that people sign in with.
    """

    environment: Environment
    url: str
    token_url: str
    pool_id: str
    client_id: str

    @classmethod
    def of(cls, environment: Environment, outputs: Mapping[str, str]) -> "Api":
        """Return the API that the outputs of its stack name."""
        return cls(
            environment,
            environment.api_url(outputs["ApiId"]),
            environment.token_url(outputs["SignInDomain"]),
            outputs["UserPoolId"],
            outputs["PeopleClientId"],
        )

    @property
    def pool(self) -> Any:
        """The boto3 client of Cognito's user pools."""
        return self.environment.client("cognito-idp")
