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


@pytest.fixture
def dev(user_files: Path) -> Path:
    """The user's files with a profile and a connection of one environment."""
    (user_files / "config").write_text("[profile dev]\nregion = eu-west-1\n")
    path = user_files / "connections.toml"
    path.write_text('[dev]\naccount = "acme"\nuser = "ana"\n')
    path.chmod(0o600)
    return path


def test_a_variable_never_redirects_a_named_environment(
    dev: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS_ENDPOINT_URL of a shell that works on the laptop leads no other environment there."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:2")
    environment = cartwheel.connect("dev")
    for service in ("s3", "kinesis", "cloudformation", "dynamodb"):
        url = environment.client(service).meta.endpoint_url
        assert url.startswith("https://") and url.endswith("amazonaws.com"), url


def test_an_endpoint_that_the_profile_names_is_used(dev: Path) -> None:
    """A profile may lead a service elsewhere, as to an endpoint inside a VPC."""
    (dev.parent / "config").write_text(
        "[profile dev]\nregion = eu-west-1\nservices = inside\n"
        "[services inside]\nkinesis =\n  endpoint_url = https://vpce-1.kinesis.example\n"
    )
    environment = cartwheel.connect("dev")
    assert environment.client("kinesis").meta.endpoint_url == "https://vpce-1.kinesis.example"
    assert "amazonaws.com" in environment.client("s3").meta.endpoint_url


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("endpoint_url = not a url", "begins with https://"),
        ("region = nowhere moon", "eu-central-1"),
    ],
)
def test_a_mistake_in_a_profile_is_one_sentence(dev: Path, line: str, said: str) -> None:
    """File, profile and value are named before anything is asked of AWS."""
    config = dev.parent / "config"
    config.write_text(f"[profile dev]\nregion = eu-west-1\n{line}\n")
    if line.startswith("region"):
        config.write_text(f"[profile dev]\n{line}\n")
    with pytest.raises(UsageError, match=said) as caught:
        cartwheel.connect("dev")
    assert str(config) in str(caught.value) and "'dev'" in str(caught.value)


def key(passphrase: bytes | None) -> bytes:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase)
        if passphrase
        else serialization.NoEncryption(),
    )


@pytest.mark.parametrize(
    ("line", "content", "said"),
    [
        ('private_key_path = "KEY"', key(None), "connector calls it private_key_file"),
        ('private_key_file = "KEY.none"', None, "cannot be read: No such file"),
        ('private_key_file = "KEY"', b"junk", "is no private key in PEM"),
        ('private_key_file = "KEY"', key(b"right"), "is encrypted: add its passphrase"),
        (
            'private_key_file = "KEY"\nprivate_key_file_pwd = "wrong"',
            key(b"right"),
            "private_key_file_pwd is wrong",
        ),
        (
            'private_key_file = "KEY"\nprivate_key_file_pwd = "needless"',
            key(None),
            "is not encrypted: leave private_key_file_pwd out",
        ),
        ('private_key_file_pwd = "x"', None, "but no private_key_file"),
        ('session_parameters = "TIMEZONE=UTC"', None, "a table is needed"),
        ('session_parameters = { Timezone = "Europe/Berlin" }', None, "counts in UTC"),
        ('username = "ana"', None, "connector calls it user"),
        ("authenticator = 3", None, "authenticator = 3: put it in quotes"),
    ],
)
def test_a_mistake_in_a_connection_is_one_sentence(
    dev: Path, line: str, content: bytes | None, said: str
) -> None:
    """File, connection and field are named before anything connects."""
    path = dev.parent / "key.pem"
    if content:
        path.write_bytes(content)
    dev.write_text(dev.read_text() + line.replace("KEY", str(path)) + "\n")
    with pytest.raises(UsageError, match=said) as caught:
        cartwheel.connect("dev")
    assert str(dev) in str(caught.value) and "[dev]" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("passphrase", [None, b"right"])
def test_a_key_that_fits_is_taken(dev: Path, passphrase: bytes | None) -> None:
    """With its passphrase, or without one if it needs none."""
    path = dev.parent / "key.pem"
    path.write_bytes(key(passphrase))
    lines = f'private_key_file = "{path}"\n'
    if passphrase:
        lines += f'private_key_file_pwd = "{passphrase.decode()}"\n'
    dev.write_text(dev.read_text() + lines)
    assert cartwheel.connect("dev").connection_parameters["private_key_file"] == str(path)


def test_secrets_that_others_can_read_are_warned_of(
    dev: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Mode 0644 warns where there is a secret, and is nobody's business where there is none."""
    dev.chmod(0o644)
    cartwheel.connect("dev")
    assert capsys.readouterr().err == ""
    dev.write_text(dev.read_text() + 'password = "secret"\n')
    cartwheel.connect("dev")
    told = capsys.readouterr().err
    assert f"chmod 600 {dev}" in told and "[dev] holds password" in told and "secret\n" not in told
