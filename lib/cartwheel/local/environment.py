"""The environment ``local``: whatever else is configured, it talks to 127.0.0.1 only."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlsplit

from cartwheel.environment import LOCAL, Environment
from cartwheel.errors import CartwheelError
from cartwheel.local.connection import LoopbackConnection
from cartwheel.local.files import DATABASE, Files, held
from cartwheel.warehouse import Names, Warehouse

DEPLOYMENT_SECONDS = 1800.0


class LoopbackEnvironment(Environment):
    """
    The embedded AWS and Snowflake of a home.

    Parameters
    ----------
    files
        Of the home: its configuration names the endpoints.

    Raises
    ------
    CartwheelError
        If an endpoint is not on 127.0.0.1.
    """

    # Who does not answer within half a minute in all has been halted.
    ATTEMPTS = 2
    # An explicit empty mapping keeps HTTP(S)_PROXY away from the loopback.
    CLIENT_OPTIONS: ClassVar[dict[str, Any]] = {
        "proxies": {}, "connect_timeout": 5, "read_timeout": 15,
    }  # fmt: skip

    FUNCTIONS_RUN_HERE = True
    SHARD_PAUSE = 0.0

    def __init__(self, files: Files) -> None:
        super().__init__(LOCAL, files.aws_config, files.connections)
        self._files = files
        _refuse_beyond_loopback("endpoint_url", self.profile.get("endpoint_url"))
        _refuse_beyond_loopback("host", f"http://{self.connection_parameters.get('host')}")

    @property
    def names(self) -> Names:
        """What its objects are called: it shares its Snowflake with no other environment."""
        return Names(DATABASE)

    def deploying(self, say: Callable[[str], None]) -> AbstractContextManager[None]:
        """Wait until nobody else deploys or destroys, and keep others from it meanwhile."""
        return held(
            self._files.run / "deploying",
            "'cartwheel deploy' or 'destroy'",
            DEPLOYMENT_SECONDS,
            lambda: say("Waiting for another deployment to end"),
        )

    def client(self, service: str) -> Any:
        """Return the boto3 client of a service, made once."""
        client = super().client(service)
        _refuse_beyond_loopback("endpoint", client.meta.endpoint_url)
        return client

    def api_url(self, api_id: str) -> str:
        """Return the address of an HTTP API, without a slash at its end."""
        return f"{self.profile['endpoint_url']}/_aws/execute-api/{api_id}"

    def token_url(self, domain: str) -> str:
        """Return where a user pool's clients get their tokens."""
        return f"{self.profile['endpoint_url']}/oauth2/token"

    @cached_property
    def warehouse(self) -> Warehouse:
        """The Snowflake connection, opened at the first use."""
        return Warehouse(self.connection_parameters, LoopbackConnection)


def _refuse_beyond_loopback(field: str, url: str | None) -> None:
    host = urlsplit(url or "").hostname
    if host != "127.0.0.1":
        raise CartwheelError(
            f"The environment {LOCAL!r} talks to 127.0.0.1 only, but its {field} is {url!r}. "
            "Run 'cartwheel down' and 'cartwheel up' to write its configuration anew."
        )
