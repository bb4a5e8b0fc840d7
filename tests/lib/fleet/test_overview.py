"""The fleet's overview says what its readings say."""

from datetime import datetime, timedelta

import altair as alt
import pandas as pd
import pytest
from cartwheel.charts import fleet as chart
from cartwheel.charts import theme
from cartwheel.fleet import overview
from cartwheel.warehouse import Warehouse

START = datetime(2026, 1, 1)


@pytest.mark.xfail(reason="to come: shares of time go by time", strict=True)
def test_a_truck_that_was_silent_did_not_move_meanwhile(warehouse: Warehouse) -> None:
    """Two hours at 60 km/h, twenty of silence, two more: it moved in 4 of 24 hours."""
    minutes = [*range(120), *range(1320, 1440)]
    rows = [
        {
            "event_id": f"e{minute}", "truck_id": "T1", "vehicle_speed": 60.0,
            "event_timestamp": START + timedelta(minutes=minute), "stream": "s", "shard_id": "0",
            "sequence_number": f"{minute:060d}", "arrived_at": START, "file_name": "f",
            "file_row": minute, "loaded_at": START,
        }
        for minute in minutes
    ]  # fmt: skip
    warehouse.load_frame(pd.DataFrame(rows), "raw.truck_telemetry")
    time = overview.span(warehouse, "T1")
    alt.theme.enable(theme.NAME)
    title = " ".join(chart.speed(overview.readings(warehouse, "T1", time), "T1").title.text)
    assert "17%" in title or "4 of 24" in title
