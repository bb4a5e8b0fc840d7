"""One migrated database for all tests of the SQL; each case fills it anew."""

from collections.abc import Callable, Iterator

import pytest
from cartwheel.clicks import refreshing as shop
from cartwheel.fleet import refreshing as fleet
from cartwheel.warehouse import Warehouse, migrations, refreshing

REFRESHED = (*fleet.TABLES, *shop.TABLES)


@pytest.fixture(scope="session")
def warehouse(
    connection_to: Callable[[str], dict[str, object]], placeholders: dict[str, str]
) -> Iterator[Warehouse]:
    """A warehouse with every migration run, shared by the tests of the SQL."""
    made = Warehouse(connection_to("SQL"))
    migrations.migrate(made, placeholders)
    # The cases fill RAW: what a refresh keeps as tables is here a view of the same query.
    for table in REFRESHED:
        made.execute(f"drop table {table}")
        made.execute(f"create view {table} as {refreshing.query(table)}")
    yield made
    made.close()
