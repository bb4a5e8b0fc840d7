"""A Snowflake connection to 127.0.0.1: no proxy, and no endless wait for a server that is away."""

import contextlib
import time
import urllib.error
import urllib.request
from concurrent.futures import Future
from concurrent.futures import TimeoutError as StillRunning
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from snowflake.connector import SnowflakeConnection
from snowflake.connector.session_manager import ProxySupportAdapter
from snowflake.connector.vendored.requests.exceptions import ConnectionError as Refused

from cartwheel.errors import CartwheelError

LOOK_SECONDS = 5.0
PATIENCE_SECONDS = 30.0
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _is_alive(url: str) -> bool:
    """Return whether anything answers at an address, if only by a refusal."""
    try:
        with _OPENER.open(url, timeout=LOOK_SECONDS):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


class _LoopbackAdapter(ProxySupportAdapter):  # type: ignore[misc]
    """
    Speaks to 127.0.0.1 directly, and gives up when the server is away.

    The connector would try again for minutes, and sends a statement a second time when it
    takes longer than a minute. Here a statement may take as long as it does while the
    server gives signs of life.
    """

    def get_connection_with_tls_context(
        self, request: Any, verify: Any, proxies: Any = None, cert: Any = None
    ) -> Any:
        return super().get_connection_with_tls_context(request, verify, None, cert)

    def request_url(self, request: Any, proxies: Any) -> Any:
        return super().request_url(request, None)

    def send(self, request: Any, *words: Any, **options: Any) -> Any:
        where = f"http://{urlsplit(request.url).netloc}"
        answer: Future[Any] = Future()

        def ask() -> None:
            try:
                patient = {**options, "timeout": None}
                answer.set_result(super(_LoopbackAdapter, self).send(request, *words, **patient))
            except BaseException as error:
                answer.set_exception(error)

        Thread(target=ask, daemon=True, name="snowflake request").start()
        last_sign = time.monotonic()
        while True:
            with contextlib.suppress(StillRunning):
                try:
                    return answer.result(LOOK_SECONDS)
                except Refused as error:
                    raise _away(where, "does not answer") from error
            if _is_alive(where):
                last_sign = time.monotonic()
            elif (silent := time.monotonic() - last_sign) >= PATIENCE_SECONDS:
                raise _away(where, f"has given no sign of life for {silent:.0f} s")


def _away(where: str, how: str) -> CartwheelError:
    return CartwheelError(
        f"The embedded warehouse at {where.removeprefix('http://')} {how}; what was not committed "
        "is undone. Run 'cartwheel up', which starts what does not run, then the same again."
    )


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
            manager.adapter_factory = _LoopbackAdapter
        self._manager = manager
