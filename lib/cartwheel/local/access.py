"""
Who may call the two embedded servers: whoever holds the keys of the user's own files.

A page in the user's browser reaches every port of 127.0.0.1, and so does every other user
of the machine. So a request is refused that a page made (it has an ``Origin``) or that
came by another name than 127.0.0.1 (DNS rebinding), and so is one without the key: AWS
requests are signed (Signature Version 4), Snowflake's log in and then carry a token.

What AWS itself serves to the public is let through by its path: the routes of a deployed
API, which answer by its own CORS and authorizer, and the sign-in calls and keys of a user
pool. As at API Gateway such a request must come whole within half a minute, and be small.
"""

import asyncio
import hmac
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
# How this project's own processes prove themselves where nothing is signed.
KEY_HEADER = "x-cartwheel-key"

_DEPLOYED_API = re.compile(r"/_aws/execute-api/[a-z0-9]+(/(?!.*@connections).*)?", re.DOTALL)
_POOL_KEYS = re.compile(
    r"/[a-z]{2}-[a-z]+-\d_[A-Za-z0-9]+/\.well-known/(jwks\.json|openid-configuration)"
)
_POOL_TOKENS = "/oauth2/token"
# Of a request that is not signed: API Gateway's limits.
PUBLIC_BYTES, PUBLIC_SECONDS = 10 * 1024 * 1024, 30.0
# Cognito's calls that AWS takes without a signature (Cognito API reference).
_POOL_TARGET = "AWSCognitoIdentityProviderService."
_POOL_CALLS = frozenset(
    _POOL_TARGET + name
    for name in (
        "ChangePassword", "ConfirmForgotPassword", "ConfirmSignUp", "DeleteUser",
        "ForgotPassword", "GetTokensFromRefreshToken", "GetUser", "GlobalSignOut",
        "InitiateAuth", "ResendConfirmationCode", "RespondToAuthChallenge", "RevokeToken",
        "SignUp", "UpdateUserAttributes",
    )
)  # fmt: skip

_SIGNED = frozenset(
    ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires",
     "X-Amz-SignedHeaders", "X-Amz-Signature")
)  # fmt: skip
_POOL_HEADERS = frozenset(
    (
        b"accept", b"access-control-request-headers", b"access-control-request-method",
        b"content-length", b"content-type", b"host", b"origin", b"user-agent", b"x-amz-target",
    )
)  # fmt: skip


def headers_of(scope: Scope) -> dict[str, str]:
    """Return a request's headers by lower-case name; one that is repeated is joined by commas."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        found[key] = f"{found[key]},{text}" if key in found else text
    return found


def by_page_or_other_name(headers: Mapping[str, str], port: int) -> str | None:
    """Return why a request cannot be from the user's own tools, None if it can."""
    if headers.get("host") != f"127.0.0.1:{port}":
        return f"only requests to 127.0.0.1:{port} are answered"
    return "requests of web pages are not answered" if "origin" in headers else None


def is_public(scope: Scope, headers: Mapping[str, str]) -> bool:
    """Return whether AWS itself would answer a request without a signature."""
    path = scope["path"]
    if _DEPLOYED_API.fullmatch(path):
        return True
    if scope["method"] == "GET" and _POOL_KEYS.fullmatch(path):
        return True
    if scope["method"] == "POST" and path == _POOL_TOKENS:
        return True
    asked = headers.get("access-control-request-headers", "")
    is_preflight = scope["method"] == "OPTIONS" and "x-amz-target" in asked
    return path == "/" and (is_preflight or headers.get("x-amz-target") in _POOL_CALLS)


def _plain(scope: Scope) -> Scope:
    """Leave a user pool's call nothing by which it could be taken for another service's."""
    if scope["path"] != "/":
        return scope
    kept = [(name, value) for name, value in scope["headers"] if name.lower() in _POOL_HEADERS]
    return {**scope, "headers": kept, "query_string": b""}


def _by_header(scope: Scope) -> Scope:
    """
    Move a presigned request's credential, checked by now, into the header.

    MiniStack checks the query's signature once more, by keys that it does not know.
    """
    pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    signed = dict(pair for pair in pairs if pair[0] in _SIGNED)
    if "X-Amz-Signature" not in signed:
        return scope
    rest = urlencode([pair for pair in pairs if pair[0] not in _SIGNED]).encode()
    header = f"AWS4-HMAC-SHA256 Credential={signed['X-Amz-Credential']}, SignedHeaders=host"
    headers = [*scope["headers"], (b"authorization", f"{header}, Signature=0".encode())]
    return {**scope, "query_string": rest, "headers": headers}


class SignedRequests:
    """
    Lets signed requests through to an AWS server, and those that need no signature.

    Parameters
    ----------
    app
        The server.
    port
        Its port of 127.0.0.1.
    key_id, secret
        The access key of the local profile; the functions sign with the account's number
        and the same secret.
    """

    def __init__(self, app: Application, port: int, key_id: str, secret: str) -> None:
        self._app, self._port = app, port
        self._key_id, self._secret = key_id, secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = headers_of(scope)
        open_to_all = scope["type"] == "http" and is_public(scope, headers)
        refusal = by_page_or_other_name(headers, self._port)
        if open_to_all and headers.get("host") == f"127.0.0.1:{self._port}":
            await self._public(scope, receive, send)
            return
        if scope["type"] != "http":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        body = b"" if refusal else await read_body(receive)
        refusal = refusal or self._unsigned(scope, headers, body)
        if refusal:
            await refuse(send, refusal)
            return
        await self._app(_by_header(scope), replay(body, receive), without_cors(send))

    async def _public(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(PUBLIC_SECONDS):
                body = await read_body(receive, PUBLIC_BYTES)
        except TimeoutError:
            await answer(send, 408, {"message": "Request Timeout"})
        except _TooLarge:
            await answer(send, 413, {"message": "Request Too Long"})
        else:
            await self._app(_plain(scope), replay(body, receive), send)

    def _unsigned(self, scope: Scope, headers: Mapping[str, str], body: bytes) -> str | None:
        """Return why a request's signature does not hold, None if it does."""
        from ministack.core import sigv4

        if hmac.compare_digest(headers.get(KEY_HEADER, ""), self._secret):
            return None
        query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        presigned = "X-Amz-Signature" in query
        signature = (
            sigv4.parse_query_signature(query)
            if presigned
            else sigv4.parse_header_signature(headers)
        )
        advice = "use the profile 'local' of the AWS config that 'cartwheel up' wrote"
        if not isinstance(signature, sigv4.HeaderSignature):
            return f"the request is not signed: {advice}"
        if signature.access_key_id not in (self._key_id, "000000000000"):
            return f"the access key is not this environment's: {advice}"
        if presigned:
            expires = query.get("X-Amz-Expires", ["0"])[0]
            is_late = _expired(sigv4, signature.amz_date, expires)
        else:
            is_late = bool(sigv4.request_time_failure(signature))
        failure = is_late or sigv4.header_signature_failure(
            signature,
            self._secret,
            scope["method"],
            (scope.get("raw_path") or scope["path"].encode()).decode("latin-1"),
            query,
            headers,
            body,
            presigned=presigned,
        )
        return f"the signature does not hold: {advice}" if failure else None


def _expired(sigv4: Any, amz_date: str, expires: str) -> bool:
    try:
        return bool(sigv4.presigned_request_is_expired(amz_date, expires))
    except ValueError:
        return True


class _TooLarge(Exception):
    """A body is larger than its reader takes."""


async def read_body(receive: Receive, most: int | None = None) -> bytes:
    """Return a request's whole body, if it has at most so many bytes."""
    parts, size = [], 0
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if most is not None and size > most:
            raise _TooLarge
        if message["type"] != "http.request" or not message.get("more_body"):
            return b"".join(parts)


def replay(body: bytes, receive: Receive) -> Receive:
    """Return a receiver that gives a body that was read already, then what comes after it."""
    given = False

    async def again() -> dict[str, Any]:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def without_cors(send: Send) -> Send:
    """Return a sender that lets no page read an answer."""

    async def wrapped(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            kept = [
                (name, value)
                for name, value in message["headers"]
                if not name.lower().startswith(b"access-control-")
            ]
            message = {**message, "headers": kept}
        await send(message)

    return wrapped


async def refuse(send: Send, reason: str) -> None:
    """Answer that a request is refused, and why, in the form that the AWS SDKs read."""
    told = {"__type": "AccessDeniedException", "message": reason}
    await answer(send, 403, told, (b"x-amzn-errortype", b"AccessDenied"))


async def answer(
    send: Send, status: int, told: dict[str, str], *headers: tuple[bytes, bytes]
) -> None:
    """Answer a request with a JSON document."""
    kind = (b"content-type", b"application/json")
    await send({"type": "http.response.start", "status": status, "headers": [kind, *headers]})
    await send({"type": "http.response.body", "body": json.dumps(told).encode()})
