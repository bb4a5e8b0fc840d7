"""Rows of RAW, and the shop's tables made of them."""

from cartwheel.clicks import refreshing
from cartwheel.warehouse import Warehouse

from tests.sql import rows
from tests.sql.rows import Row


def fill(warehouse: Warehouse, these: dict[str, list[Row]]) -> None:
    """Let the tables hold these rows and nothing else, and what is made of them."""
    rows.fill(warehouse, these)
    # As many rows of other content look alike: nothing is ever taken out of RAW elsewhere.
    warehouse.execute("update core.shop_refresh set landed = null")
    refreshing.refresh(warehouse)
