"""Events of one's own are checked whole, then sent to their stream."""

import json
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from cartwheel.aws import kinesis
from cartwheel.delivery.sending import send
from cartwheel.errors import UsageError

READ = {"event_id": "a", "truck_id": 7, "timestamp": "2026-03-02T08:00:00Z"}
ENVIRONMENT: Any = SimpleNamespace(name="local")


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, dict[str, Any]]]:
    """What was put on a stream: stream, partition key and record."""
    found: list[tuple[str, str, dict[str, Any]]] = []

    def put(_: Any, stream: str, records: list[dict[str, Any]]) -> None:
        found.extend((stream, r["PartitionKey"], json.loads(r["Data"])) for r in records)

    monkeypatch.setattr(kinesis, "put", put)
    return found


def test_dicts_go_to_the_stream_that_their_fields_tell(sent: list[Any]) -> None:
    """A reading, a click, an order line and an operation, each by its own fields."""
    click = {"event_type": "view", "timestamp": "2026-03-02T08:00:00Z", "session_id": "s"}
    line = {"StockCode": "P", "Quantity": 1, "InvoiceDate": "2026-03-02T08:00:00", "UnitPrice": 2}
    service = READ | {"operation": "truck_service", "service": "refuel"}
    for event in (READ, click, line, service):
        assert send(ENVIRONMENT, [event]) == 1
    assert [(stream, key) for stream, key, _ in sent] == [
        ("TruckTelemetry", "7"), ("ClickDataStream", "s"), ("ecommerce_data_stream", "event 0"),
        ("OperationsStream", "7"),
    ]  # fmt: skip


def test_a_frame_s_dotted_columns_are_parts_and_nothing_is_no_value(sent: list[Any]) -> None:
    """NaN and NaT are not sent, times are ISO 8601, numbers stay numbers."""
    frame = pd.DataFrame(
        {
            "event_id": ["a", "b"], "truck_id": [1, 2],
            "timestamp": pd.to_datetime(["2026-03-02 08:00", "2026-03-02 08:01"], utc=True),
            "engine.rpm": [900.0, None], "health.tire_pressure.front_left": [None, 800.0],
        }
    )  # fmt: skip
    assert send(ENVIRONMENT, frame) == 2
    assert [record for _, _, record in sent] == [
        {"event_id": "a", "truck_id": 1, "timestamp": "2026-03-02T08:00:00+00:00",
         "engine": {"rpm": 900.0}},
        {"event_id": "b", "truck_id": 2, "timestamp": "2026-03-02T08:01:00+00:00",
         "health": {"tire_pressure": {"front_left": 800.0}}},
    ]  # fmt: skip


def test_one_wrong_event_stops_all_before_the_first_is_sent(sent: list[Any]) -> None:
    """The message names its place, field, value and rule."""
    with pytest.raises(UsageError, match=r"Event 1 is no telemetry: timestamp: .*'soon'. Nothing"):
        send(ENVIRONMENT, [READ, READ | {"timestamp": "soon"}])
    with pytest.raises(UsageError, match="no kind 'truck'; there are click"):
        send(ENVIRONMENT, [READ], "truck")
    with pytest.raises(UsageError, match="Event 0 has"):
        send(ENVIRONMENT, [READ | {"note": "x" * 1024 * 1024}])
    with pytest.raises(UsageError, match="Event 0 is no JSON"):
        send(ENVIRONMENT, [READ | {"note": object()}])
    assert not sent


def test_nothing_is_nothing(sent: list[Any]) -> None:
    """No event, no request."""
    assert send(ENVIRONMENT, []) == 0 and not sent
