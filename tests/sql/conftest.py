"""One migrated database for all tests of the SQL; each case fills it anew."""

from collections.abc import Callable, Iterator

import pytest
from cartwheel.warehouse import Warehouse, migrations


@pytest.fixture(scope="session")
def warehouse(
    connection_to: Callable[[str], dict[str, object]], placeholders: dict[str, str]
) -> Iterator[Warehouse]:
    """A warehouse with every migration run, shared by the tests of the SQL."""
    made = Warehouse(connection_to("SQL"))
    migrations.migrate(made, placeholders)
    yield made
    made.close()
