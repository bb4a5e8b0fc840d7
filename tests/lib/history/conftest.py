"""One migrated database for the tests of a module; each test finds it empty."""

import itertools
from collections.abc import Callable, Iterator

import pytest
from cartwheel.warehouse import Warehouse, migrations

from .oracle import DIMENSIONS_TESTED, clear, make_shelf

_numbers = itertools.count()


@pytest.fixture(scope="module")
def _connection(connection_to: Callable[[str], dict[str, object]]) -> dict[str, object]:
    return connection_to(f"HISTORY_{next(_numbers)}")


@pytest.fixture(scope="module")
def _migrated(_connection: dict[str, object], placeholders: dict[str, str]) -> Iterator[Warehouse]:
    made = Warehouse(_connection)
    migrations.migrate(made, placeholders)
    make_shelf(made)
    yield made
    made.close()


@pytest.fixture
def connection(_connection: dict[str, object]) -> dict[str, object]:
    """Parameters of a connection to the module's database."""
    return _connection


@pytest.fixture
def warehouse(_migrated: Warehouse) -> Warehouse:
    """The module's warehouse, with nothing in the histories and in what they read."""
    for dimension in DIMENSIONS_TESTED.values():
        clear(_migrated, dimension)
    return _migrated
