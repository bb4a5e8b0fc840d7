"""An environment is a name; local never leaves 127.0.0.1, whatever the variables say."""

import os
import subprocess
import sys
from pathlib import Path

import cartwheel
import pytest
from cartwheel.errors import CartwheelError, UsageError
from cartwheel.local.environment import LoopbackEnvironment
from cartwheel.local.files import Files

HOSTILE = {
    "AWS_PROFILE": "prod",
    "AWS_DEFAULT_PROFILE": "prod",
    "AWS_ACCESS_KEY_ID": "AKIAHOSTILE",
    "AWS_SECRET_ACCESS_KEY": "hostile",
    "AWS_SESSION_TOKEN": "hostile",
    "AWS_REGION": "us-west-2",
    "AWS_DEFAULT_REGION": "us-west-2",
    "AWS_ENDPOINT_URL": "https://example.com",
    "AWS_ENDPOINT_URL_KINESIS": "https://kinesis.example.com",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_CONFIG_FILE": "/nowhere/config",
    "AWS_SHARED_CREDENTIALS_FILE": "/nowhere/credentials",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_CA_BUNDLE": "/nowhere/ca.pem",
    "SNOWFLAKE_HOME": "/nowhere",
    "SNOWFLAKE_ACCOUNT": "hostile",
    "SNOWFLAKE_HOST": "hostile.snowflakecomputing.com",
    "SNOWFLAKE_USER": "hostile",
    "SNOWFLAKE_PASSWORD": "hostile",
    "SNOWFLAKE_DEFAULT_CONNECTION_NAME": "prod",
    "SNOWFLAKE_CONNECTIONS": '{"local": {"host": "hostile.snowflakecomputing.com"}}',
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "http_proxy": "http://127.0.0.1:9",
    "https_proxy": "http://127.0.0.1:9",
    "ALL_PROXY": "http://127.0.0.1:9",
}


def test_local_stays_local_under_hostile_variables(home: Path) -> None:
    """With every variable pointing elsewhere, local talks to 127.0.0.1, and works."""
    code = (
        "import cartwheel; e = cartwheel.connect('local');"
        "print(e.client('kinesis').meta.endpoint_url, e.client('s3').meta.endpoint_url, e.region);"
        "print(e.client('sts').get_caller_identity()['Account'], e.warehouse.scalar('select 42'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **HOSTILE, "CARTWHEEL_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    endpoints, answers = done.stdout.splitlines()
    kinesis, s3, region = endpoints.split()
    assert kinesis.startswith("http://127.0.0.1:") and s3 == kinesis
    assert region == "eu-central-1"
    assert answers == "000000000000 42"


def copied(home: Path, folder: Path) -> Files:
    """Return another home with a copy of the configuration of this one."""
    there, here = Files(folder), Files(home)
    for source, target in (
        (here.aws_config, there.aws_config),
        (here.connections, there.connections),
    ):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
    return there


@pytest.mark.parametrize(
    "url", ["https://kinesis.eu-central-1.amazonaws.com", "", "http://10.0.0.1"]
)
def test_local_refuses_an_endpoint_that_is_not_loopback(
    home: Path, tmp_path: Path, url: str
) -> None:
    """A config of the local profile that names another host is refused, not followed."""
    files = copied(home, tmp_path)
    text = files.aws_config.read_text().splitlines()
    lines = [line for line in text if not line.startswith("endpoint_url")]
    files.aws_config.write_text("\n".join([*lines, f"endpoint_url = {url}" if url else ""]))
    with pytest.raises(CartwheelError, match=r"127\.0\.0\.1 only"):
        LoopbackEnvironment(files)


def test_local_refuses_a_warehouse_that_is_not_loopback(home: Path, tmp_path: Path) -> None:
    """A connection of local that names another host is refused, not followed."""
    files = copied(home, tmp_path)
    text = files.connections.read_text()
    files.connections.write_text(
        text.replace('host = "127.0.0.1"', 'host = "acme.snowflakecomputing.com"')
    )
    with pytest.raises(CartwheelError, match="acme"):
        LoopbackEnvironment(files)


@pytest.fixture
def user_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own AWS config and connections.toml, both without any entry."""
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("SNOWFLAKE_HOME", str(tmp_path))
    (tmp_path / "config").write_text("[profile other]\nregion = eu-west-1\n")
    return tmp_path


@pytest.mark.parametrize("name", ["Prod", "prod env", "../prod", "p" * 40, "1"])
def test_a_name_that_cannot_be_one_is_refused(name: str) -> None:
    """An environment's name is a plain word."""
    with pytest.raises(UsageError, match="not the name of an environment"):
        cartwheel.connect(name)


def test_a_missing_profile_names_the_file_and_what_to_add(user_files: Path) -> None:
    """Without a profile the message says where to add which section."""
    with pytest.raises(UsageError) as caught:
        cartwheel.connect("dev")
    assert str(user_files / "config") in str(caught.value)
    assert "[profile dev]" in str(caught.value)


def test_a_profile_without_region_is_told(user_files: Path) -> None:
    """Without a region the message says which line to add."""
    (user_files / "config").write_text("[profile dev]\n")
    with pytest.raises(UsageError, match="region = "):
        cartwheel.connect("dev")


def test_a_missing_connection_names_the_file_and_what_to_add(user_files: Path) -> None:
    """Without a connection the message says where to add which table."""
    (user_files / "config").write_text("[profile dev]\nregion = eu-west-1\n")
    with pytest.raises(UsageError) as caught:
        cartwheel.connect("dev")
    assert str(user_files / "connections.toml") in str(caught.value)
    (user_files / "connections.toml").write_text('[other]\naccount = "a"\n')
    with pytest.raises(UsageError, match=r"\[dev\]"):
        cartwheel.connect("dev")
    (user_files / "connections.toml").write_text("[dev\n")
    with pytest.raises(CartwheelError, match="not valid TOML"):
        cartwheel.connect("dev")


def test_a_cloud_environment_is_the_users_profile_and_connection(user_files: Path) -> None:
    """A cloud name resolves by the ecosystem's own files, and nothing is contacted yet."""
    (user_files / "config").write_text("[profile dev]\nregion = eu-west-1\n")
    (user_files / "connections.toml").write_text('[dev]\naccount = "acme"\nuser = "ana"\n')
    environment = cartwheel.connect("dev")
    assert (environment.name, environment.region) == ("dev", "eu-west-1")
    assert environment.session.profile_name == "dev"


def test_the_variable_names_the_default(user_files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a name, CARTWHEEL_ENV says which environment."""
    monkeypatch.setenv("CARTWHEEL_ENV", "staging")
    with pytest.raises(UsageError, match="'staging'"):
        cartwheel.connect()
