"""A Snowflake connection that uses no proxy, whatever HTTP_PROXY says."""

from typing import Any

from snowflake.connector import SnowflakeConnection
from snowflake.connector.session_manager import ProxySupportAdapter


class _DirectAdapter(ProxySupportAdapter):  # type: ignore[misc]
    def get_connection_with_tls_context(
        self, request: Any, verify: Any, proxies: Any = None, cert: Any = None
    ) -> Any:
        return super().get_connection_with_tls_context(request, verify, None, cert)

    def request_url(self, request: Any, proxies: Any) -> Any:
        return super().request_url(request, None)


class LoopbackConnection(SnowflakeConnection):  # type: ignore[misc]
    """
    The connector's own connection, made to speak to 127.0.0.1 directly.

    Its parameter ``no_proxy`` does not keep the variables HTTP_PROXY and ALL_PROXY from
    being used, so its HTTP adapter is replaced as soon as there is one.
    """

    _manager: Any = None

    @property
    def _session_manager(self) -> Any:
        return self._manager

    @_session_manager.setter
    def _session_manager(self, manager: Any) -> None:
        if manager is not None:
            manager.adapter_factory = _DirectAdapter
        self._manager = manager
