"""The data's road is told by value: what flows, which alarms are on, what waits."""

import json
import time
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pytest
from cartwheel.aws import kinesis, metrics
from cartwheel.aws.alarms import Alarm
from cartwheel.delivery.measuring import Look, Standing
from cartwheel.delivery.quarantine import Entry, Reason
from cartwheel.environment import Environment
from cartwheel.events import CLICK, OPERATION, ORDER_LINE, TELEMETRY
from cartwheel.operations import overview
from cartwheel.operations.overview import COUNTED, KEPT, LANDED, LOADED

NOW = datetime(2026, 12, 1, 10, 3, 20, tzinfo=UTC)


def minute(number: int) -> datetime:
    return datetime(2026, 12, 1, 10, number, tzinfo=UTC)


class Stub:
    """Stands for an environment: figures by function, rows loaded by minute."""

    def __init__(self, told: dict[str, dict[datetime, float]], loaded: list[tuple[Any, ...]]):
        self.told, self.warehouse, self.asked = told, self, []
        self._loaded = pd.DataFrame(loaded, columns=["raw_table", "minute_at", "count_rows"])

    def query_file(self, name: str, since: datetime) -> pd.DataFrame:
        self.asked.append((name, since))
        return self._loaded


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Any:
    def by_minute(stub: Stub, figure: str, of: dict[str, str], since: Any, until: Any) -> Any:
        assert figure == "RecordsDelivered"
        assert (since, until) == (minute(1), minute(4))
        return stub.told.get(of["FunctionName"], {})

    monkeypatch.setattr(metrics, "by_minute", by_minute)
    return Stub


def counts(rows: pd.DataFrame) -> dict[str, list[int]]:
    return {hop: these["count_records"].tolist() for hop, these in rows.groupby("hop", sort=False)}


def test_each_hop_has_every_minute(stub: Any) -> None:
    """A minute of which a hop told nothing is 0; a hop that told nothing at all is not there."""
    environment = stub(
        {
            "ClickDataProcessor": {minute(1): 5.0, minute(3): 2.0},
            "KinesisToDynamoDBProcessor": {minute(2): 7.0},
            "TelemetryToDynamoDBProcessor": {minute(3): 1.0},
        },
        [
            (CLICK.table, minute(2).replace(tzinfo=None), 6),
            (ORDER_LINE.table, minute(1).replace(tzinfo=None), 1),
        ],
    )
    found = overview.flows(environment, 3, NOW)
    assert environment.asked == [("delivery/loaded_rows", minute(1))]
    assert counts(found[CLICK].rows) == {LANDED: [5, 0, 2], COUNTED: [0, 7, 0], LOADED: [0, 6, 0]}
    assert counts(found[TELEMETRY].rows) == {KEPT: [0, 0, 1]}
    assert counts(found[ORDER_LINE].rows) == {LOADED: [1, 0, 0]}
    assert found[OPERATION].rows.empty
    assert found[CLICK].rows["minute_at"].iloc[0] == pd.Timestamp("2026-12-01 10:01")
    assert found[CLICK].text == (
        "ClickDataStream: 7 landed in the lake, 7 counted live, 6 loaded into RAW in the last "
        "3 minutes"
    )
    assert found[OPERATION].text == "OperationsStream: nothing moved in the last 3 minutes"


def test_what_is_sent_is_seen_on_every_hop(environment: Environment) -> None:
    """On the running stack: three readings land, are kept and are loaded."""

    def sums() -> dict[str, int]:
        rows = overview.flows(environment, 60)[TELEMETRY].rows
        return dict(rows.groupby("hop")["count_records"].sum())

    before = sums()
    records = [
        {
            "Data": json.dumps(
                {
                    "event_id": f"flow-{time.time_ns()}", "truck_id": "T-flow",
                    "timestamp": datetime.now(UTC).isoformat(),
                }
            ).encode(),
            "PartitionKey": "T-flow",
        }
        for _ in range(3)
    ]  # fmt: skip
    kinesis.put(environment, TELEMETRY.stream, records)
    deadline = time.monotonic() + 60
    wanted = dict.fromkeys((LANDED, KEPT, LOADED), 3)
    while (new := {hop: n - before.get(hop, 0) for hop, n in sums().items()}) != wanted:
        assert time.monotonic() < deadline, new
        time.sleep(0.5)


def alarm(name: str, state: str) -> Alarm:
    since = datetime(2026, 12, 1, 11, 0, tzinfo=UTC).astimezone(tz=None)
    return Alarm(name, state, since, f"why {name}", f"about {name}", ())


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ("", "This environment has no alarms: deploy it"),
        ("O", "No alarm is on"),
        ("A", "1 of 1 alarm is on"),
        ("OAA", "2 of 3 alarms are on"),
        ("I", "Whether an alarm should be on is not known"),
        ("OIO", "No alarm is on; of 1 it is not known, since nobody told their figures"),
        ("IAO", "1 of 3 alarms is on; of 1 it is not known, since nobody told their figures"),
    ],
)
def test_alarms_that_are_on_or_unknown_are_named(states: str, said: str) -> None:
    """Those that are on come first; those that are clear are counted alone."""
    names = {"O": "OK", "A": "ALARM", "I": "INSUFFICIENT_DATA"}
    found = overview.alarms([alarm(f"{n}{s}", names[s]) for n, s in enumerate(states)])
    assert found.text == said
    shown = [f"{n}{s}" for s in "AI" for n, each in enumerate(states) if each == s]
    assert found.rows["alarm"].tolist() == shown
    if shown:
        first = found.rows.iloc[0]
        assert first["since"] == pd.Timestamp("2026-12-01 11:00")
        assert (first["about"], first["reason"]) == (f"about {shown[0]}", f"why {shown[0]}")


def standing(kind: Any, **says: Any) -> Standing:
    usual = {"created": 0, "waiting": 0, "delay": 0.0, "failed": 0, "dead_letters": 0, "age": 5.0}
    return Standing(kind, **usual | says)


def entry(stream: str, resent: bool) -> Entry:
    return Entry("k", stream, "s", "1", resent)


def test_what_waits_for_somebody_is_named_by_its_stream() -> None:
    """What waits for its load alone needs nobody; a resent record does not wait."""
    found = overview.standing(
        Look(
            [
                standing(CLICK, waiting=2, delay=12.5),
                standing(TELEMETRY, failed=1, age=None),
                standing(ORDER_LINE, dead_letters=2),
                standing(OPERATION, dead_letters=1),
            ],
            unreadable=1,
        ),
        [entry(CLICK.stream, False), entry(CLICK.stream, False), entry(ORDER_LINE.stream, True)],
    )
    assert found.text == (
        "For somebody to look at: 1 object not loaded (TruckTelemetry), 3 batches given up "
        "(2 streams), 2 records in quarantine (ClickDataStream), 1 batch given up that cannot be "
        "read"
    )
    rows = found.rows.astype(object).where(found.rows.notna(), None)
    assert rows.to_numpy().tolist() == [
        ["ClickDataStream", 5.0, 2, 12.5, 0, 0, 2],
        ["TruckTelemetry", None, 0, None, 1, 0, 0],
        ["ecommerce_data_stream", 5.0, 0, None, 0, 2, 0],
        ["OperationsStream", 5.0, 0, None, 0, 1, 0],
    ]


@pytest.mark.parametrize(
    ("waiting", "said"),
    [
        (0, "All that landed is loaded, and nothing waits for somebody"),
        (1, "1 object on the way to RAW; nothing waits for somebody"),
        (3, "3 objects on the way to RAW; nothing waits for somebody"),
    ],
)
def test_nothing_to_look_at_is_said(waiting: int, said: str) -> None:
    """On the way is not lost."""
    assert overview.standing(Look([standing(CLICK, waiting=waiting)]), []).text == said


def test_what_is_in_quarantine_is_counted() -> None:
    """By reason; nothing is said to be nothing."""
    found = overview.in_quarantine(
        [Reason("s", "why", 3, 1, "example", ()), Reason("t", "other", 1, 0, "x", ())]
    )
    assert found.text == "In quarantine: 4 records, by reason"
    assert found.rows.iloc[0].tolist() == ["s", "why", 3, 1, "example"]
    none = overview.in_quarantine([])
    assert none.text == "Nothing is in quarantine"
    assert none.rows.empty
