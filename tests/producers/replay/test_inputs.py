"""What a home holds already: rows under the ids of an older version are not sent again."""

from types import SimpleNamespace
from typing import cast

import pytest
from cartwheel.environment import Environment
from cartwheel.errors import UsageError
from cartwheel.warehouse import Warehouse

from producers.replay.inputs import require_new_ids
from producers.replay.mapping import load
from tests.sql import rows


def test_rows_under_numbered_ids_are_named(warehouse: Warehouse) -> None:
    """A file's lines that landed as drives:2 would count twice; other ids and kinds do not."""
    home = cast(Environment, SimpleNamespace(warehouse=warehouse))
    rows.fill(
        warehouse,
        {rows.READINGS: [rows.reading(0, event_id=each) for each in ("a.csv:46", "drives:x")]},
    )
    require_new_ids(home, load("drives"))
    rows.fill(warehouse, {rows.READINGS: [rows.reading(1, event_id="drives:23188")]})
    with pytest.raises(UsageError, match=r"ids of an older version, such as drives:23188;"):
        require_new_ids(home, load("drives"))
    require_new_ids(home, load("eshop"))
    require_new_ids(home, load("gpx"))
