"""Who is let in: the holder of the home's own keys, and nobody else on the machine."""

import asyncio
import http.client
import json
import os
import stat
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import boto3
import pytest
import snowflake.connector
from botocore.config import Config
from botocore.exceptions import ClientError
from cartwheel.environment import Environment
from cartwheel.local import access, processes
from cartwheel.local.access import is_public
from cartwheel.local.files import Files
from snowflake.connector.errors import Error, ProgrammingError

# With an endpoint of its own, S3 presigns by the old version 2 unless it is told.
PRESIGNED = Config(signature_version="s3v4", s3={"addressing_style": "path"})
COGNITO = "AWSCognitoIdentityProviderService."


def port(home: Path, service: str) -> int:
    return processes.read_state(Files(home))[service].port


def ask(
    number: int, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b""
) -> tuple[int, dict[str, str], bytes]:
    """Send a request as anybody on the machine can."""
    connection = http.client.HTTPConnection("127.0.0.1", number, timeout=20)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    finally:
        connection.close()


@pytest.fixture(scope="module")
def lake(environment: Environment) -> str:
    environment.client("s3").put_object(
        Bucket=environment.lake_bucket, Key="quarantine/secret.txt", Body=b"the lake"
    )
    return f"/{environment.lake_bucket}/quarantine/secret.txt"


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://evil.example"}, {"Origin": "null"}])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
def test_the_lake_is_closed_to_pages_and_to_the_unsigned(
    home: Path, lake: str, method: str, headers: dict[str, str]
) -> None:
    """Neither read nor written nor asked whether it might be; no page may read the answer."""
    status, answered, body = ask(port(home, "ministack"), method, lake, headers, b"evil")
    assert status == 403 and b"the lake" not in body
    assert not any(name.startswith("access-control-") for name in answered)


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/_ministack/reset", {}),
        ("/_ministack/health", {}),
        ("/_cartwheel/save", {}),
        ("/2015-03-31/functions", {}),
        ("/", {"X-Amz-Target": "Kinesis_20131202.ListStreams"}),
        ("/", {"X-Amz-Target": COGNITO + "AdminCreateUser"}),
        ("/?Action=CreateUser&UserName=evil", {"X-Amz-Target": "x"}),
        ("/oauth2/userInfo", {}),
        ("/a-bucket/.well-known/jwks.json", {}),
        ("/_aws/execute-api/abc/prod/@connections/1", {}),
        ("/_aws/execute-api/abc/prod%0A/@connections/1", {}),
    ],
)
def test_no_service_answers_the_unsigned(home: Path, path: str, headers: dict[str, str]) -> None:
    """Administration, functions, streams, queries: nothing without the key."""
    for method in ("GET", "POST"):
        assert ask(port(home, "ministack"), method, path, headers, b"{}")[0] == 403, method


def test_another_name_for_this_machine_is_refused(home: Path, lake: str) -> None:
    """A page that rebinds its own name to 127.0.0.1 sends that name as Host."""
    for service in ("ministack", "fakesnow"):
        number = port(home, service)
        for host in ("evil.example", f"evil.example:{number}", f"localhost:{number}", "127.0.0.1"):
            assert ask(number, "GET", lake, {"Host": host})[0] == 403


def local_keys(home: Path) -> dict[str, str]:
    keys = Files(home).credentials()
    return {"aws_access_key_id": keys.access_key_id, "aws_secret_access_key": keys.secret}


def client(environment: Environment, service: str, **keys: Any) -> Any:
    return boto3.client(
        service,
        endpoint_url=environment.client("s3").meta.endpoint_url,
        region_name="eu-central-1",
        **{"aws_access_key_id": "x", "aws_secret_access_key": "x", **keys},  # type: ignore[arg-type]
    )


def test_the_key_must_be_the_homes_own(environment: Environment, home: Path) -> None:
    """Any key but the local profile's is refused, so is its id with another secret."""
    keys = Files(home).credentials()
    wrong: list[dict[str, str]] = [
        {},
        {"aws_access_key_id": "local", "aws_secret_access_key": "local"},
        {"aws_access_key_id": keys.access_key_id},
        {"aws_access_key_id": "000000000000"},
        {"aws_secret_access_key": keys.secret},
    ]
    for each in wrong:
        with pytest.raises(ClientError, match="AccessDenied"):
            client(environment, "kinesis", **each).list_streams()
    assert client(environment, "kinesis", **local_keys(home)).list_streams()["StreamNames"]


@pytest.mark.parametrize("key", ["a b+c/ü%41.json", "plain", "x/../y", "q?a=b&c=d"])
def test_signed_requests_hold_for_any_name(environment: Environment, home: Path, key: str) -> None:
    """Signatures are checked over names with blanks, signs and slashes, too; so are presigned."""
    s3 = environment.client("s3")
    place = {"Bucket": environment.lake_bucket, "Key": f"notes/access/{key}"}
    s3.put_object(**place, Body=b"content")
    assert s3.get_object(**place)["Body"].read() == b"content"
    signing = client(environment, "s3", **local_keys(home), config=PRESIGNED)
    url = signing.generate_presigned_url("get_object", Params=place, ExpiresIn=60)
    with urllib.request.urlopen(url) as answer:
        assert answer.read() == b"content"
    late = signing.generate_presigned_url("get_object", Params=place, ExpiresIn=0)
    for refused in (late, url[:-4] + "0000", url.replace("Expires=60", "Expires=6000")):
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(refused)


def test_a_deployed_api_answers_by_its_own_rules(environment: Environment, home: Path) -> None:
    """Its routes need no signature, and a page may read what the API's own CORS allows."""
    api = environment.client("apigatewayv2")
    made = api.create_api(
        Name="open", ProtocolType="HTTP",
        CorsConfiguration={"AllowOrigins": ["http://shop.example"], "AllowMethods": ["GET"]},
    )  # fmt: skip
    api.create_stage(ApiId=made["ApiId"], StageName="$default", AutoDeploy=True)
    path = f"/_aws/execute-api/{made['ApiId']}/nothing"
    number = port(home, "ministack")
    try:
        status, _, body = ask(number, "GET", path)
        assert status == 404 and b"Not Found" in body
        asked = {"Origin": "http://shop.example", "Access-Control-Request-Method": "GET"}
        _, allowed, _ = ask(number, "OPTIONS", path, asked)
        assert allowed["access-control-allow-origin"] == "http://shop.example"
        _, refused, _ = ask(number, "OPTIONS", path, {**asked, "Origin": "http://evil.example"})
        assert "access-control-allow-origin" not in refused
        assert ask(number, "GET", path, {"Host": "evil.example"})[0] == 403
    finally:
        api.delete_api(ApiId=made["ApiId"])


def test_a_user_pool_takes_its_unsigned_calls(environment: Environment, home: Path) -> None:
    """Sign-up, sign-in and the keys are public, as they are on AWS; administration is not."""
    cognito = environment.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="people")["UserPool"]["Id"]
    app = cognito.create_user_pool_client(UserPoolId=pool, ClientName="page")
    number = port(home, "ministack")
    try:
        sign_up = {
            "ClientId": app["UserPoolClient"]["ClientId"], "Username": "ann",
            "Password": "Correct-Horse-1",
        }  # fmt: skip
        headers = {
            "X-Amz-Target": COGNITO + "SignUp", "Content-Type": "application/x-amz-json-1.1",
            "Origin": "http://shop.example",
        }  # fmt: skip
        assert ask(number, "POST", "/", headers, json.dumps(sign_up).encode())[0] == 200
        status, _, body = ask(number, "GET", f"/{pool}/.well-known/jwks.json")
        assert status == 200 and json.loads(body)["keys"]
        headers["X-Amz-Target"] = COGNITO + "ListUsers"
        listing = json.dumps({"UserPoolId": pool}).encode()
        assert ask(number, "POST", "/", headers, listing)[0] == 403
    finally:
        cognito.delete_user_pool(UserPoolId=pool)


def test_a_public_call_cannot_pass_for_another_services() -> None:
    """What is open is open by its whole path and target."""
    for path in ("/x", "/_aws/execute-api", "/_aws/lambda/x", "/eu-central-1_a/.well-known/x"):
        assert not is_public({"path": path, "method": "GET"}, {})
    assert not is_public({"path": "/", "method": "POST"}, {"x-amz-target": "Lambda.InitiateAuth"})
    assert is_public({"path": "/", "method": "POST"}, {"x-amz-target": COGNITO + "InitiateAuth"})
    assert is_public({"path": "/_aws/execute-api/abc/trucks/a\nline", "method": "GET"}, {})


def login(home: Path, **other: Any) -> Any:
    return snowflake.connector.connect(
        host="127.0.0.1", port=port(home, "fakesnow"), protocol="http", account="fakesnow",
        user="local", database="ACCESS", schema="PUBLIC", login_timeout=10, **other,
    )  # fmt: skip


def test_the_warehouse_wants_the_homes_password(home: Path) -> None:
    """Another user or password is told so at once; a token that was never given is none."""
    for password in ("local", "", "wrong"):
        with pytest.raises(Error, match="Incorrect username or password|Password is empty"):
            login(home, password=password)
    number = port(home, "fakesnow")
    body = json.dumps({"sqlText": "select 1"}).encode()
    query = "/queries/v1/query-request?requestId=1"
    for headers in ({}, {"Authorization": 'Snowflake Token="guessed"'}):
        assert ask(number, "POST", query, headers, body)[0] == 401
    assert ask(number, "POST", query, {"Origin": "http://evil.example"}, body)[0] == 403
    assert ask(number, "PUT", "/fs_bucket/a/b/c/evil.json", {}, b"{}")[0] == 403
    assert ask(number, "GET", "/_cartwheel/health")[0] == 403


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_text('{path}')",
        "select * from read_csv('{path}')",
        "select * from read_blob('{path}')",
        "select * from glob('{folder}/*')",
        "select * from '{path}'",
        "select * from sniff_csv('{path}')",
        "select * from query('select 1')",
        "attach '{folder}/evil.db' as evil",
        "copy (select 1) to '{folder}/evil.csv'",
        "copy into '{folder}/evil.csv' from (select 1)",
        "install httpfs",
        "load httpfs",
        "export database '{folder}/evil'",
        "pragma database_list",
        "set enable_external_access = true",
    ],
)
def test_sql_of_the_wire_reaches_no_file_of_the_machine(
    home: Path, tmp_path: Path, sql: str
) -> None:
    """DuckDB's own ways to files are not Snowflake's: refused, and nothing is written."""
    path = tmp_path / "private.txt"
    path.write_text("a secret")
    with login(home, password=Files(home).credentials().password) as connection:
        text = sql.format(path=path, folder=tmp_path)
        try:
            rows = connection.cursor().execute(text).fetchall()
        except (ProgrammingError, Error):
            rows = []
        assert "a secret" not in str(rows)
        with pytest.raises(Error):
            connection.cursor().execute(f"select * from read_text('{path}')").fetchall()
    assert [each.name for each in tmp_path.iterdir()] == ["private.txt"]


def test_the_home_and_every_file_in_it_are_their_owners_alone(
    environment: Environment, home: Path
) -> None:
    """No other user of the machine reads a key, a log, a state or an object."""
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    for path in home.rglob("*"):
        if path.exists() and not path.is_symlink():
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_the_keys_are_random_and_stand_in_no_log(home: Path, tmp_path: Path) -> None:
    """Two homes have other keys; none is printed."""
    keys = Files(home).credentials()
    other = Files(tmp_path).credentials()
    assert {keys.secret, keys.password, keys.access_key_id}.isdisjoint(
        {other.secret, other.password, other.access_key_id}
    )
    done = subprocess.run(
        [sys.executable, "-m", "cartwheel", "status"],
        env={**os.environ, "CARTWHEEL_HOME": str(home)}, capture_output=True, text=True,
    )  # fmt: skip
    for text in (done.stdout, *(p.read_text(errors="replace") for p in Files(home).logs.glob("*"))):
        assert keys.secret not in text and keys.password not in text


def asked_of_an_api(monkeypatch: pytest.MonkeyPatch, messages: list[dict[str, Any]]) -> int:
    """Send a request to a deployed API whose body comes in parts; return the answer's status."""
    answered: list[dict[str, Any]] = []

    async def app(scope: access.Scope, receive: access.Receive, send: access.Send) -> None:
        body = await access.read_body(receive)
        await access.answer(send, 200, {"bytes": str(len(body))})

    async def receive() -> dict[str, Any]:
        if not messages:
            await asyncio.sleep(3600)
        return messages.pop(0)

    async def send(message: dict[str, Any]) -> None:
        answered.append(message)

    monkeypatch.setattr(access, "PUBLIC_SECONDS", 0.2)
    monkeypatch.setattr(access, "PUBLIC_BYTES", 10)
    server = access.SignedRequests(app, 1, "key", "secret")
    scope = {
        "type": "http", "method": "POST", "path": "/_aws/execute-api/abc/clicks",
        "headers": [(b"host", b"127.0.0.1:1")], "query_string": b"",
    }  # fmt: skip
    asyncio.run(server(scope, receive, send))
    return int(answered[0]["status"])


def part(body: bytes, more: bool) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_public_request_comes_whole_in_time_and_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A body in parts is taken; one that stalls is 408, one that is too large 413."""
    assert asked_of_an_api(monkeypatch, [part(b"12345", True), part(b"67890", False)]) == 200
    assert asked_of_an_api(monkeypatch, [part(b"12345", True)]) == 408
    assert asked_of_an_api(monkeypatch, [part(b"12345", True), part(b"678901", True)]) == 413


def test_only_the_sign_in_of_devices_is_public(home: Path) -> None:
    """A client's token is had by its secret alone; no other path of OAuth is open."""
    number = port(home, "ministack")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    grant = b"grant_type=client_credentials&client_id=x&client_secret=y"
    status, _, body = ask(number, "POST", "/oauth2/token", form, grant)
    assert status == 400 and b"access_token" not in body
    for method, path in (("GET", "/oauth2/token"), ("POST", "/oauth2/tokens"), ("POST", "/login")):
        assert ask(number, method, path, form, grant)[0] == 403
