"""Many people at once: a CSV file in, a CSV file with their first passwords out."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from cartwheel.aws.api import users
from cartwheel.aws.api.address import Api
from cartwheel.aws.api.users import Person
from cartwheel.errors import CartwheelError, UsageError
from cartwheel.files import write_atomically

COLUMNS = ("name", "role", "email", "customer_id")
NEEDED = ("name", "role")


def read(path: Path) -> list[Person]:
    """
    Read people from a CSV file; all of it is checked before anybody is made.

    Raises
    ------
    UsageError
        Naming file, line, column and value.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is no UTF-8: {error}.") from None
    try:
        rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        columns = list(rows.fieldnames or ())
        if not set(NEEDED) <= set(columns) <= set(COLUMNS):
            raise UsageError(
                f"{path} has the columns {', '.join(columns) or 'none'}; it needs "
                f"{', '.join(NEEDED)}, and may have {', '.join(COLUMNS[len(NEEDED) :])}."
            )
        people = [_person(path, line, row) for line, row in enumerate(rows, 2)]
    except csv.Error as error:
        raise UsageError(f"{path} is no CSV: {error}.") from None
    counted = Counter(person.name.lower() for person in people)
    if twice := [name for name, count in counted.items() if count > 1]:
        raise UsageError(f"{path} names more than once: {', '.join(twice[:5])}.")
    return people


def _person(path: Path, line: int, row: dict[str, str]) -> Person:
    if None in row or None in row.values():
        raise UsageError(f"{path}, row {line}: it has not as many cells as there are columns.")
    try:
        return Person(**{name: value.strip() for name, value in row.items()})
    except UsageError as error:
        raise UsageError(f"{path}, row {line}: {error}") from None


def add(api: Api, people: list[Person], passwords: Path) -> Iterator[bool]:
    """
    Make people, and note the first password of each; give whether each is new.

    The passwords are noted before anybody is made, so that an import that was interrupted is
    completed by the same again, with the same passwords. Whoever was there before keeps theirs.

    Raises
    ------
    CartwheelError
        If the file of passwords is not one that an import wrote.
    """
    noted = _noted(passwords) if passwords.exists() else {}
    there = {user.name.lower() for user in users.listed(api)}
    new = [p.name for p in people if p.name not in noted and p.name.lower() not in there]
    if new:
        noted |= {name: users.password() for name in new}
        _note(passwords, noted)
    for person in people:
        yield users.add(api, person, noted.get(person.name) or users.password())


def _noted(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    if not rows or rows[0] != ["name", "password"] or any(len(row) != 2 for row in rows):
        raise CartwheelError(
            f"{path} is there, but holds no passwords of an import. Name another file."
        )
    return dict(rows[1:])


def _note(path: Path, words: dict[str, str]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([("name", "password"), *words.items()])
    write_atomically(path, text.getvalue())
