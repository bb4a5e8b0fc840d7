"""One migrated database for all tests of the SQL; each case fills it anew."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from cartwheel.local.environment import LoopbackEnvironment
from cartwheel.local.files import Files
from cartwheel.warehouse import Warehouse, migrations


@pytest.fixture(scope="session")
def warehouse(home: Path, placeholders: dict[str, str]) -> Iterator[Warehouse]:
    """A warehouse with every migration run, shared by the tests of the SQL."""
    local = LoopbackEnvironment(Files(home))
    made = Warehouse({**local.other_connection("local"), "database": f"SQL_{os.getpid()}"})
    migrations.migrate(made, placeholders)
    yield made
    made.close()
