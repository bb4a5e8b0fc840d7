"""Simulated worlds in a warehouse of their own, beside what is really so in them."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
import pandas as pd
import pytest
from cartwheel import history
from cartwheel.clicks import refreshing as shop
from cartwheel.events import BY_STREAM, Click, EventError, Lineage, decode, row
from cartwheel.fleet import refreshing as fleet
from cartwheel.warehouse import Warehouse, migrations

from producers.simulate import messages
from producers.simulate.settings import make
from producers.simulate.truth.store import TruthTables

TABLES = {
    "ClickDataStream": "raw.click_events",
    "TruckTelemetry": "raw.truck_telemetry",
    "ecommerce_data_stream": "raw.order_lines",
    "OperationsStream": "raw.operations",
}
SEEDS = (3, 27)


@dataclass(frozen=True)
class World:
    """What landed of a world, the events that were sent, each once, and the truth."""

    warehouse: Warehouse
    clicks: list[Click]
    truth: dict[str, pd.DataFrame]
    start: pd.Timestamp


@pytest.fixture(scope="session", params=SEEDS, ids=lambda seed: f"seed {seed}")
def world(
    request: pytest.FixtureRequest,
    connection_to: Callable[[str], dict[str, object]],
    placeholders: dict[str, str],
) -> Iterator[World]:
    """Three days of four trucks and 400 customers, with all faults on the way."""
    settings = make({"trucks": 4, "customers": 400, "days": 3, "seed": request.param}, "a test")
    warehouse = Warehouse(connection_to(f"TRUTH_{request.param}"))
    migrations.migrate(warehouse, placeholders)
    truth, clicks = TruthTables(), dict[str, Click]()
    rows: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for number, message in enumerate(messages(settings, truth)):
        kind = BY_STREAM[message.stream]
        arrived = datetime.fromtimestamp(message.at, UTC)
        lineage = Lineage(
            stream=message.stream, shard_id="s", sequence_number=str(number).zfill(60),
            arrived_at=arrived,
        )  # fmt: skip
        try:
            event = decode(kind, message.data, arrived)
        except EventError:
            continue  # it would be in quarantine
        if isinstance(event, Click):
            clicks.setdefault(event.event_id, event)
        landed = msgspec.json.decode(row(kind, event, lineage))
        more = {"file_name": "f", "file_row": number, "loaded_at": arrived}
        rows[message.stream].append({**landed, **more})
    for stream, table in TABLES.items():
        warehouse.load_frame(_frame(rows[stream]), table)
    history.merge_all(warehouse)
    fleet.refresh(warehouse)
    shop.refresh(warehouse)
    start = pd.Timestamp(settings.local_midnight).tz_localize(None)
    yield World(warehouse, list(clicks.values()), truth.tables(), start)
    warehouse.close()


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows)
    for name in frame:
        if str(name).endswith(("_at", "_timestamp", "_date", "_from", "_until")):
            frame[name] = pd.to_datetime(frame[name], utc=True, format="ISO8601").dt.tz_localize(
                None
            )
    return frame
