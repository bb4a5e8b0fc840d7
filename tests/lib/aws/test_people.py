"""Many people at once: checked before anybody is made, completed by the same again."""

import stat
from pathlib import Path

import pytest
from cartwheel.aws.api import Api, people, users
from cartwheel.aws.api.users import Person
from cartwheel.deploy.api import api_of
from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError, UsageError

WORD = "Twelve345678"


@pytest.fixture(scope="module")
def api(environment: Environment) -> Api:
    return api_of(environment)


def test_people_are_read_by_the_names_of_their_columns(tmp_path: Path) -> None:
    """Columns in any order, those that are not needed left out, spaces around a cell dropped."""
    path = tmp_path / "people.csv"
    path.write_text("\ufeffrole,name,customer_id\nanalyst, ada ,\ncustomer,c1,17850\n")
    assert people.read(path) == [Person("ada", "analyst"), Person("c1", "customer", "", "17850")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "has the columns none; it needs name, role"),
        ("name\nada\n", "has the columns name; it needs name, role"),
        ("name,role,age\nada,analyst,3\n", "age"),
        ("name,role\nada,boss\n", "row 2: There is no role 'boss'"),
        ("name,role\nada\n", "row 2: it has not as many cells"),
        ("name,role\nada,analyst,x\n", "row 2: it has not as many cells"),
        ("name,role\nada,analyst\nbob,analyst\nADA,engineer\n", "more than once: ada"),
        ('name,role\n"ada,analyst\n', "no CSV"),
    ],
)
def test_a_file_that_cannot_be_is_told(tmp_path: Path, text: str, told: str) -> None:
    """Columns, roles, cells, names that are there twice: file, row and what is wrong."""
    path = tmp_path / "people.csv"
    path.write_text(text)
    with pytest.raises(UsageError, match=told) as caught:
        people.read(path)
    assert str(path) in str(caught.value)


def test_an_interrupted_import_is_completed_by_the_same_again(api: Api, tmp_path: Path) -> None:
    """All are made once, each signs in with the password that was noted, old users keep theirs."""
    passwords = tmp_path / "passwords.csv"
    users.add(api, Person("old-one", "analyst"), users.password())
    everybody = [Person("old-one", "analyst")]
    everybody += [Person(f"import-{n}", "analyst") for n in range(4)]
    made = people.add(api, everybody, passwords)
    assert [next(made), next(made), next(made)] == [False, True, True]  # and then it is killed
    del made
    assert list(people.add(api, everybody, passwords)) == [False, False, False, True, True]
    assert stat.S_IMODE(passwords.stat().st_mode) == 0o600
    noted = dict(line.split(",") for line in passwords.read_text().splitlines()[1:])
    assert sorted(noted) == [f"import-{n}" for n in range(4)]
    for name, word in noted.items():
        assert users.sign_in(api, name, word, lambda: WORD)


def test_another_file_is_never_taken_for_passwords(api: Api, tmp_path: Path) -> None:
    """A file that no import wrote stays as it is, and nobody is made."""
    passwords = tmp_path / "mine.csv"
    passwords.write_text("important\n")
    with pytest.raises(CartwheelError, match="holds no passwords of an import"):
        list(people.add(api, [Person("never-made", "analyst")], passwords))
    assert passwords.read_text() == "important\n"
    assert "never-made" not in {user.name for user in users.listed(api)}
