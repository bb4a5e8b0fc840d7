"""The live counts are compared with RAW, minute by minute of the clicks' own times."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from cartwheel.aws import kinesis, live_counts
from cartwheel.delivery import landing
from cartwheel.environment import Environment
from cartwheel.events import CLICK

from .test_measuring import wait_for

NOW = datetime(2026, 12, 1, 10, 3, 20, tzinfo=UTC)


class Stub:
    """Stands for an environment: what RAW holds of products."""

    def __init__(self, *rows: tuple[str, str, int]) -> None:
        self.warehouse, self.asked = self, []
        self._rows = pd.DataFrame(rows, columns=["product_id", "product_name", "count_clicks"])

    def query_file(self, name: str, since: datetime, until: datetime) -> pd.DataFrame:
        self.asked.append((name, since, until))
        return self._rows


@pytest.mark.parametrize(
    ("rows", "live", "said"),
    [
        ((), {}, "No product was clicked in the 2 minutes before 10:03 UTC"),
        (
            (("A", "Axe", 3),),
            {"A": 3},
            "1 product is counted live as in RAW in the 2 minutes before 10:03 UTC",
        ),
        (
            (("A", "Axe", 3), ("B", "Bed", 1)),
            {"A": 3, "B": 1},
            "2 products are each counted live as in RAW in the 2 minutes before 10:03 UTC",
        ),
        (
            (("A", "Axe", 3), ("B", "Bed", 1)),
            {"A": 3, "B": 0},
            "Of 2 products, 1 is counted live otherwise than in RAW in the 2 minutes before "
            "10:03 UTC",
        ),
    ],
)
def test_what_differs_is_said(
    monkeypatch: pytest.MonkeyPatch, rows: Any, live: dict[str, int], said: str
) -> None:
    """Whole minutes alone are compared: those before the one that runs."""

    def of_last(_: Stub, items: Any, until: datetime, minutes: int) -> dict[str, int]:
        assert (list(items), until, minutes) == (list(live), NOW - timedelta(seconds=80), 2)
        return live

    monkeypatch.setattr(live_counts, "of_last", of_last)
    stub = Stub(*rows)
    found = landing.live_beside_raw(stub, 2, NOW)  # type: ignore[arg-type]
    assert found.text == said
    first, last = NOW - timedelta(seconds=140), NOW - timedelta(seconds=20)
    assert stub.asked == [("delivery/clicked", first, last)]
    assert found.rows["live"].tolist() == list(live.values())
    assert found.rows["in_raw"].tolist() == [count for _, _, count in rows]


def test_clicks_are_counted_live_as_they_land(environment: Environment) -> None:
    """On the running stack: clicks of one minute are the same in DynamoDB and in RAW."""
    product = f"beside-{time.time_ns()}"
    sent = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=1)
    records = [
        {
            "Data": json.dumps(
                {
                    "event_id": f"{product}-{n}", "event_type": "view", "product_id": product,
                    "timestamp": sent.isoformat(), "product_name": "Lamp",
                }
            ).encode(),
            "PartitionKey": product,
        }
        for n in range(3)
    ]  # fmt: skip
    kinesis.put(environment, CLICK.stream, records)

    def ours() -> list[tuple[int, int]]:
        rows = landing.live_beside_raw(environment, 3).rows
        rows = rows[rows["product_id"] == product]
        return list(zip(rows["live"], rows["in_raw"], strict=True))

    wait_for(lambda: ours() == [(3, 3)])
