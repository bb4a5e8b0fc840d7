"""One migrated database for the tests of a module; each test finds it empty."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from cartwheel.local.environment import LoopbackEnvironment
from cartwheel.local.files import Files
from cartwheel.warehouse import Warehouse, migrations

from .oracle import DIMENSIONS_TESTED, clear, make_shelf

_numbers = itertools.count()


@pytest.fixture(scope="module")
def _connection(home: Path) -> dict[str, object]:
    local = LoopbackEnvironment(Files(home))
    return {
        **local.other_connection("local"),
        "database": f"HISTORY_{os.getpid()}_{next(_numbers)}",
    }


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
