"""The commands of the API: what they print, and what they say of a misuse."""

import json
from pathlib import Path

import pytest
from cartwheel.cli import main
from cartwheel.environment import Environment
from click.testing import CliRunner, Result

WORD = "Twelve345678"


def run(*words: str, **variables: str) -> Result:
    """Run a command, as outside of a terminal."""
    return CliRunner().invoke(main, words, env=variables)


def test_a_user_is_made_and_gets_a_token(environment: Environment) -> None:
    """The printed password signs in once; the chosen one from then on."""
    made = run("users", "add", "cli-ada", "--role", "analyst")
    assert made.exit_code == 0
    first = made.stdout.strip()
    token = run("token", "cli-ada", CARTWHEEL_PASSWORD=first, CARTWHEEL_NEW_PASSWORD=WORD)
    assert token.exit_code == 0 and token.stdout.count(".") == 2
    assert run("token", "cli-ada", CARTWHEEL_PASSWORD=WORD).exit_code == 0
    again = run("users", "add", "cli-ada", "--role", "analyst")
    assert (again.exit_code, again.stdout) == (0, "") and "nothing was changed" in again.stderr
    assert "cli-ada  analyst  confirmed" in run("users", "list").stdout
    assert run("users", "disable", "cli-ada").exit_code == 0
    assert run("token", "cli-ada", CARTWHEEL_PASSWORD=WORD).exit_code == 1
    assert run("users", "enable", "cli-ada").exit_code == 0
    reset = run("users", "reset", "cli-ada")
    assert run("token", "cli-ada", CARTWHEEL_PASSWORD=reset.stdout.strip()).exit_code == 2


def test_people_are_imported(environment: Environment, tmp_path: Path) -> None:
    """How many were made, how many were there, and where the passwords are."""
    people, passwords = tmp_path / "people.csv", tmp_path / "passwords.csv"
    people.write_text("name,role\ncli-1,analyst\ncli-2,engineer\n")
    for told in ("2 users made, 0 there", "0 users made, 2 there"):
        done = run("users", "import", str(people), "--passwords", str(passwords))
        assert done.exit_code == 0 and told in done.stdout and str(passwords) in done.stdout


def test_devices_are_printed_as_a_table(environment: Environment) -> None:
    """Ids and secrets as CSV, once; a second one by rotation; none once revoked."""
    made = run("devices", "add", "cli-T1", "cli-T2", "cli-T1")
    head, *rows = made.stdout.splitlines()
    assert head == "truck_id,client_id,client_secret"
    assert [row.split(",")[0] for row in rows] == ["cli-T1", "cli-T2"]
    assert "0 devices made; 2 trucks had one" in run("devices", "add", "cli-T1", "cli-T2").stderr
    assert run("devices", "rotate", "cli-T1").stdout.splitlines()[1].startswith("cli-T1,")
    listed = [line for line in run("devices", "list").stdout.splitlines() if "cli-T1" in line]
    assert len(listed) == 2 and "until" in listed[0] and "until" not in listed[1]
    assert "2 devices of cli-T1 revoked" in run("devices", "revoke", "cli-T1").stderr
    assert run("devices", "revoke", "cli-T1").exit_code == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("users", "add", "x", "--role", "boss"), "there are engineer, analyst, customer"),
        (("users", "reset", "nobody"), "no user 'nobody'"),
        (("token", "x"), "set the variable CARTWHEEL_PASSWORD"),
        (("devices", "rotate", "no-truck"), "'no-truck' has no device"),
    ],
)
def test_a_misuse_is_told_in_one_line(
    environment: Environment, words: tuple[str, ...], told: str
) -> None:
    """Status 2 and a sentence, no traceback."""
    done = run(*words)
    assert done.exit_code == 2 and told in done.stderr and len(done.stderr.splitlines()) == 1


def test_where_the_api_is_and_what_it_says(environment: Environment) -> None:
    """Two addresses of this machine; a document of OpenAPI 3.1."""
    shown = run("api", "show").stdout
    assert shown.count("http://127.0.0.1:") == 2
    assert json.loads(run("api", "schema").stdout)["openapi"] == "3.1.0"
