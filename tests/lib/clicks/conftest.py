"""A migrated warehouse that each test fills with rows of RAW."""

from collections.abc import Callable, Iterator

import pytest
from cartwheel.warehouse import Warehouse, migrations


@pytest.fixture(scope="session")
def shop(
    connection_to: Callable[[str], dict[str, object]], placeholders: dict[str, str]
) -> Iterator[Warehouse]:
    """A warehouse with every migration run, shared by the tests of this folder."""
    made = Warehouse(connection_to("SHOP"))
    migrations.migrate(made, placeholders)
    yield made
    made.close()
