"""The HTTP API as anybody on the network meets it: who is let in, and what they are told."""

import base64
import hashlib
import hmac
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import jwt
import pytest
from cartwheel.aws.api import Api, devices, lookups, schema, users
from cartwheel.deploy import templates
from cartwheel.errors import CartwheelError, UsageError
from cartwheel.local.files import Files
from cfnlint.decode.cfn_yaml import loads

from .calls import LINE, WORD, call, click, now, numbers, reading, token_of_device, until

SERVICE = {"operation": "truck_service", "truck_id": "T1", "service": "refuel", "event_id": "api-s"}
ASKED: dict[str, Any] = {
    "POST /clicks": lambda: click(f"api-role-{next(numbers)}"),
    "POST /orders": lambda: LINE,
    "POST /operations": lambda: SERVICE | {"timestamp": now()},
    "POST /telemetry": lambda: reading("T1"),
    "GET /products/P1/clicks": lambda: None,
    "GET /invoices/none": lambda: None,
    "GET /invoices/none/items/P": lambda: None,
    "GET /customers/17850": lambda: None,
    "GET /customers/17850/invoices": lambda: None,
    "GET /trucks": lambda: None,
    "GET /trucks/none": lambda: None,
    "GET /trucks/T1/telemetry": lambda: None,
    "GET /recommendations/products/none": lambda: None,
    "GET /recommendations/people/none": lambda: None,
    "GET /health": lambda: None,
}
OF_CUSTOMERS = {what for what in ASKED if what.startswith(("GET /invoices", "GET /customers"))}
MAY = {
    "engineer": {*ASKED},
    "analyst": {what for what in ASKED if what.startswith("GET")},
    "customer": {"GET /health", *OF_CUSTOMERS},
    "device": {"POST /telemetry", "GET /health"},
}


@pytest.mark.parametrize("role", MAY)
def test_each_role_may_do_what_is_its_own(api: Api, tokens: dict[str, str], role: str) -> None:
    """Engineers everything, analysts read, devices post readings; all else is 403 or 401."""
    for what, body in ASKED.items():
        status, told = call(api, what, tokens[role], body())
        is_missing = status == 404 and told["title"] == "Not found"
        assert (status < 300 or is_missing) == (what in MAY[role]), (what, status, told)
        assert status in (200, 202, 401, 403, 404), (what, told)


def test_nobody_does_anything_without_a_token(api: Api) -> None:
    """Only /health answers those who are not signed in."""
    for what, body in ASKED.items():
        assert call(api, what, "", body())[0] == (200 if what == "GET /health" else 401), what


@pytest.fixture(scope="module")
def forged(api: Api, tokens: dict[str, str], home: Path) -> dict[str, str]:
    """Tokens that must not pass, most of them signed with the pool's own key."""
    header, claims = jwt.get_unverified_header(tokens["engineer"]), _claims(tokens["engineer"])
    key = _key_of(tokens["engineer"], home)
    kid = {"kid": header["kid"]}

    def signed(**changed: Any) -> str:
        return jwt.encode(claims | changed, key, algorithm="RS256", headers=kid)

    assert call(api, "GET /products/P1/clicks", signed())[0] == 200, "the key is the pool's"
    # A clock five minutes behind makes tokens that are good for five minutes less.
    behind = signed(iat=claims["iat"] - 300, exp=time.time() + 60)
    assert call(api, "GET /products/P1/clicks", behind)[0] == 200
    elsewhere = claims["iss"].rsplit("_", 1)[0] + "_Another01"
    parts = tokens["engineer"].split(".")
    return {
        "garbage": "garbage",
        "three parts of garbage": "a.b.c",
        "expired": signed(iat=time.time() - 7200, exp=time.time() - 1),
        "of a clock five minutes ahead": signed(iat=time.time() + 300),
        "of tomorrow": signed(nbf=time.time() + 3600),
        "another pool": signed(iss=elsewhere),
        "another issuer": signed(iss="https://accounts.example"),
        "another audience": signed(aud="another"),
        "no audience": signed(aud=None),
        "another key": jwt.encode(claims, _another_key(), algorithm="RS256", headers=kid),
        "alg none": jwt.encode(claims, None, algorithm="none", headers=kid),
        "public key as secret": _hs256(parts, kid, _public(key)),
        "altered": ".".join((parts[0], _part(claims | {"cognito:groups": ["x"]}), parts[2])),
        "no signature": ".".join((*parts[:2], "")),
    }


def _key_of(token: str, home: Path) -> bytes:
    """Return the private key that a token was signed with, out of the embedded AWS's state."""
    for path in Files(home).aws_state.rglob("*.pem"):
        key = path.read_bytes()
        try:
            jwt.decode(token, _public(key), ["RS256"], options={"verify_aud": False})
        except jwt.InvalidSignatureError:
            continue
        return key
    raise AssertionError("no key fits")


def _claims(token: str) -> dict[str, Any]:
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return found


def _part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def _hs256(parts: list[str], kid: dict[str, str], secret: bytes) -> str:
    """Sign with HMAC and the public key, as a careless server would verify it."""
    text = f"{_part({'alg': 'HS256', 'typ': 'JWT'} | kid)}.{parts[1]}"
    digest = hmac.new(secret, text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def _another_key() -> Any:
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _public(key: bytes) -> bytes:
    from cryptography.hazmat.primitives import serialization

    public = serialization.load_pem_private_key(key, None).public_key()
    kind = serialization.PublicFormat.SubjectPublicKeyInfo
    return public.public_bytes(serialization.Encoding.PEM, kind)


def test_no_forged_token_passes(api: Api, forged: dict[str, str]) -> None:
    """Expired, of elsewhere, of another audience, unsigned, signed otherwise: 401 each."""
    for name, token in forged.items():
        for what in ("GET /products/P1/clicks", "POST /clicks"):
            status, told = call(api, what, token, ASKED[what]())
            assert (status, told) == (401, {"message": "Unauthorized"}), name


def test_a_real_token_that_has_expired_is_refused(api: Api, tokens: dict[str, str]) -> None:
    """Not one that was made to look old: the pool's own, a second after its end."""
    client = api.pool.create_user_pool_client(
        UserPoolId=api.pool_id, ClientName="short", GenerateSecret=True,
        AllowedOAuthFlows=["client_credentials"], AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthScopes=["cartwheel/telemetry"], AccessTokenValidity=1,
        TokenValidityUnits={"AccessToken": "seconds"},
    )["UserPoolClient"]  # fmt: skip
    secret = devices.Secret("T1", client["ClientId"], client["ClientSecret"])
    token = token_of_device(api, secret)
    time.sleep(max(0.0, _claims(token)["exp"] + 0.1 - time.time()))
    assert call(api, "POST /telemetry", token, reading("T1"))[0] == 401


def test_a_device_posts_for_its_own_truck_alone(api: Api, tokens: dict[str, str]) -> None:
    """A reading of another truck is refused by index, field and value; its own is taken."""
    both = [reading("T1"), reading("T2")]
    status, told = call(api, "POST /telemetry", tokens["device"], both)
    assert (status, told["taken"]) == (202, 1)
    assert told["refused"] == [
        {
            "index": 1, "field": "truck_id", "value": "'T2'",
            "rule": "must be T1, this device's truck",
        }
    ]  # fmt: skip


def test_a_device_that_is_replaced_or_revoked_is_refused_at_once(api: Api) -> None:
    """Both secrets are good while they overlap; then the new one; revoked, none."""
    (old,) = devices.add(api, ["T7"])
    assert list(devices.add(api, ["T7"])) == []
    old_token = token_of_device(api, old)
    new_token = token_of_device(api, devices.rotate(api, "T7", overlap_hours=1))
    for token in (old_token, new_token):
        assert call(api, "POST /telemetry", token, reading("T7"))[0] == 202
    newest = token_of_device(api, devices.rotate(api, "T7", overlap_hours=0))
    for token, status in ((old_token, 403), (new_token, 403), (newest, 202)):
        assert call(api, "POST /telemetry", token, reading("T7"))[0] == status
    assert devices.revoke(api, "T7") == 3
    assert call(api, "POST /telemetry", newest, reading("T7"))[0] == 403
    with pytest.raises(UsageError, match="'T7' has no device"):
        devices.revoke(api, "T7")


def test_what_is_posted_lands_and_is_counted(api: Api, tokens: dict[str, str]) -> None:
    """A product's clicks are in RAW once and in the live counts, however odd its id."""
    product = "a..b %2f+%25\u00e9"
    events = [click(f"api-{n}", product_id=product, product_name="Lamp") for n in range(3)]
    status, told = call(api, "POST /clicks", tokens["engineer"], [*events, {"event_id": "x"}])
    assert (status, told["taken"], told["refused"][0]["index"]) == (202, 3, 3)
    path = f"GET /products/{urllib.parse.quote(product, safe='')}/clicks?minutes=5"
    found = until(lambda: call(api, path, tokens["analyst"])[1], lambda d: d.get("clicks") == 3)
    assert (found["product_id"], found["product_name"]) == (product, "Lamp")
    assert sum(each["clicks"] for each in found["by_minute"]) == 3
    query = "select count(distinct event_id) from raw.click_events where product_id = ?"
    assert until(
        lambda: api.environment.warehouse.scalar(query, (product,)), lambda count: count == 3
    )


def test_a_path_leads_nowhere_else(api: Api, tokens: dict[str, str]) -> None:
    """Dots and slashes in a path are a product's id at most; no other route, no other item."""
    for path in ("/products/..%2f..%2fhealth/clicks", "/products/%2e%2e/clicks"):
        status, told = call(api, f"GET {path}", tokens["analyst"])
        assert (status, told.get("clicks")) in ((200, 0), (404, None)), told
    assert call(api, "GET /products/P1/clicks/x", tokens["analyst"])[0] == 404


def test_bad_requests_are_told_as_problems(api: Api, tokens: dict[str, str]) -> None:
    """Too large, of another type, unreadable, a number out of range: status and reason."""
    engineer = tokens["engineer"]
    for status, what, body, kind in (
        (413, "POST /clicks", b"x" * (6 * 1024 * 1024), "application/json"),
        (413, "POST /clicks", b"x" * (11 * 1024 * 1024), "application/json"),
        (415, "POST /clicks", b"{}", "text/plain"),
        (400, "POST /clicks", b"[1", "application/json"),
        (422, "POST /clicks", b"{}", "application/json"),
        (400, "POST /orders", b"a,b\n1,2\n", "text/csv"),
        (400, "GET /products/P1/clicks?minutes=1441", None, ""),
        (400, "GET /trucks?limit=0", None, ""),
        (400, "GET /trucks?limit=1001", None, ""),
        (400, "GET /trucks?next=!", None, ""),
        (400, "GET /invoices/1?next=", None, ""),
        (400, "GET /trucks/T1/telemetry?since=yesterday", None, ""),
        (400, "GET /trucks/T1/telemetry?since=2026-01-02&until=2026-01-02T00:00:00Z", None, ""),
        (400, "GET /trucks/T1/telemetry?until=0001-01-01T00:00:00%2B14:00", None, ""),
    ):
        assert call(api, what, engineer, body, kind)[0] == status, (what, body and body[:20])


def test_a_user_signs_in_is_reset_and_disabled(api: Api) -> None:
    """The first password is good once, a reset one too; who is disabled stays outside."""
    person, first = users.Person("grace", "analyst", "grace@example.com"), users.password()
    assert users.add(api, person, first) and not users.add(api, person, users.password())
    with pytest.raises(UsageError, match="grace is there already, as analyst"):
        users.add(api, users.Person("grace", "engineer"), first)
    with pytest.raises(CartwheelError, match="do not fit"):
        users.sign_in(api, "grace", "wrong" + WORD, lambda: WORD)
    assert users.sign_in(api, "grace", first, lambda: WORD)
    assert users.sign_in(api, "grace", WORD, lambda: "never asked")
    second = users.reset(api, "grace")
    with pytest.raises(CartwheelError, match="do not fit"):
        users.sign_in(api, "grace", WORD, lambda: WORD)
    assert users.sign_in(api, "grace", second, lambda: WORD)
    (found,) = [user for user in users.listed(api) if user.name == "grace"]
    assert found == users.User("grace", "analyst", "confirmed", "grace@example.com", "")
    users.disable(api, "grace")
    with pytest.raises(CartwheelError, match="do not fit"):
        users.sign_in(api, "grace", WORD, lambda: WORD)
    assert {user.state for user in users.listed(api) if user.name == "grace"} == {"disabled"}
    users.enable(api, "grace")
    assert users.sign_in(api, "grace", WORD, lambda: WORD)
    with pytest.raises(UsageError, match="no user 'nobody'"):
        users.reset(api, "nobody")


def test_a_new_password_that_the_pool_refuses_is_told(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cognito's own words say what it misses; the embedded one takes any."""
    person, first = users.Person("hedy", "analyst"), users.password()
    users.add(api, person, first)

    def refuse(**_: Any) -> None:
        told = {"Error": {"Message": "Password not long enough"}}
        raise api.pool.exceptions.InvalidPasswordException(told, "RespondToAuthChallenge")

    monkeypatch.setattr(api.pool, "respond_to_auth_challenge", refuse)
    with pytest.raises(CartwheelError, match="Password not long enough"):
        users.sign_in(api, "hedy", first, lambda: "short")


def test_a_customer_cannot_become_another(api: Api, tokens: dict[str, str]) -> None:
    """Whose invoices somebody sees is not theirs to write."""
    client = api.pool.describe_user_pool_client(UserPoolId=api.pool_id, ClientId=api.client_id)
    assert client["UserPoolClient"]["WriteAttributes"] == ["email"]
    assert _claims(tokens["customer"])["custom:customer_id"] == "17850"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("ada", "boss"), "no role 'boss'"),
        (("", "analyst"), "needs a name"),
        (("a b", "analyst"), "none of them a space"),
        (("ada", "analyst", "ada"), "no address of mail"),
        (("ada", "customer"), "needs a customer id"),
        (("ada", "analyst", "", "17850"), "nobody else has one"),
        (("a" * 129, "analyst"), "at most 128"),
    ],
)
def test_a_person_that_cannot_be_is_told(words: tuple[str, ...], told: str) -> None:
    """Role, name, address, customer id: which is wrong, and what is allowed."""
    with pytest.raises(UsageError, match=told):
        users.Person(*words)


def test_the_document_names_the_routes_that_there_are() -> None:
    """Routes of template, function and OpenAPI document are the same, and their limits."""
    import api as function

    resources = loads(templates.API.body)["Resources"].values()
    routes = [r["Properties"] for r in resources if r["Type"] == "AWS::ApiGatewayV2::Route"]
    deployed = {str(route["RouteKey"]) for route in routes}
    document = schema.openapi()
    told = {
        f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item
    }
    assert deployed == told == {*function.ROUTES, "GET /health"}
    for what, route in function.ROUTES.items():
        method, path = what.split(" ")
        named = document["paths"][path][method.lower()]["parameters"]
        assert [each["name"] for each in named if each["in"] == "query"] == [*route.query], what
    open_to_all = {str(r["RouteKey"]) for r in routes if r["AuthorizationType"] == "NONE"}
    assert open_to_all == {"GET /health"}
    from api import bodies, callers, counts, items

    assert (bodies.EVENTS, counts.MOST_MINUTES) == (schema.MOST_EVENTS, lookups.MOST_MINUTES)
    limit = lookups.LOOKUPS["/trucks"].query[0][2]
    assert (limit["default"], limit["maximum"]) == (items.LIMIT, items.MOST)
    source = document["paths"]["/orders"]["post"]["parameters"][0]["schema"]
    assert (source["maxLength"], users.ROLES) == (bodies.LONGEST_SOURCE, callers.ROLES)
    names = set(document["components"]["schemas"])
    texts = json.dumps(document).split("#/components/schemas/")[1:]
    assert {text.split('"')[0] for text in texts} <= names
