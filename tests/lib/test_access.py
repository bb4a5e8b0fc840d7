"""What 'cartwheel connect --show' tells: enough to connect, and no secret unless asked."""

import re
import subprocess
import sys

from cartwheel import access
from cartwheel.environment import Environment


def test_other_tools_are_told_how_to_connect(environment: Environment) -> None:
    """Host, port and user of both sides; keys and passwords are hidden."""
    text = access.described(environment, secrets=False)
    port = str(environment.connection_parameters["port"])
    assert f"http://127.0.0.1:{port}" in text and environment.profile["endpoint_url"] in text
    for secret in ("password", "aws_secret_access_key"):
        held = {**environment.profile, **environment.connection_parameters}[secret]
        assert held not in text
        assert held in access.described(environment, secrets=True)


def test_what_is_told_works(environment: Environment) -> None:
    """The printed line of the connector, run as it is, reaches the warehouse."""
    text = access.described(environment, secrets=False)
    home = re.search(r"SNOWFLAKE_HOME=(\S+), then", text)
    line = re.search(r"connector [\d.]+: (snowflake\.connector\.connect\(.*\))", text)
    assert home and line
    code = (
        "import snowflake.connector\n"
        f"print({line[1]}.cursor().execute('select count(*) from raw.click_events').fetchone()[0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"SNOWFLAKE_HOME": home[1], "HOME": home[1], "NO_PROXY": "*"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0 and done.stdout.strip().isdecimal(), done.stderr
