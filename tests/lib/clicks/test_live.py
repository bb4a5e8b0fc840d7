"""What is clicked now is told by the live counts, and nothing more is claimed."""

from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pytest
from cartwheel.aws import live_counts
from cartwheel.clicks import live
from cartwheel.environment import Environment

NOW = datetime(2031, 3, 2, 12, 30, 20, tzinfo=UTC)
SHOWN = pd.DataFrame({"product_id": ["L1", "L2", "L3"], "product": ["Lamp", "Desk", "Chair"]})


@pytest.fixture
def counted(environment: Environment) -> Any:
    """Keep counts of minutes: of an item, at a time, how many."""
    client, keys = environment.client("dynamodb"), []

    def keep(*minutes: tuple[str, str, int]) -> None:
        for item, minute, count in minutes:
            key = {"Item_ID": {"S": item}, "Timestamp": {"S": f"2031-03-02T{minute}:00Z"}}
            keys.append(key)
            told = {"Item_Name": {"S": "-"}, "Click_Counts": {"N": str(count)}}
            client.put_item(TableName=live_counts.COUNTS, Item=key | told)

    yield keep
    for key in keys:
        client.delete_item(TableName=live_counts.COUNTS, Key=key)


def test_the_last_hour_is_sixty_minutes_up_to_this_one(
    environment: Environment, counted: Any
) -> None:
    """The minute before them is not counted, nor the next one, nor another product."""
    counted(("L1", "11:30", 50), ("L1", "11:31", 2), ("L1", "12:30", 3), ("L1", "12:31", 70))
    counted(("L2", "12:00", 7), ("other", "12:00", 99))
    found = live.last_hour(environment, SHOWN, NOW)
    assert found.rows.to_dict("list") == {"product": ["Desk", "Lamp"], "clicks": [7, 5]}
    assert found.text == (
        "In the hour up to 12:30 UTC, Desk is clicked most of the 3 most viewed: 7 clicks"
    )


def test_ties_and_nothing_are_told_as_they_are(environment: Environment, counted: Any) -> None:
    """Nobody leads where two are equal; without a click there is no row."""
    none = live.last_hour(environment, SHOWN, NOW)
    assert none.rows.empty
    assert none.text == (
        "No click on any of the 3 most viewed products in the hour up to 12:30 UTC"
    )
    counted(("L1", "12:00", 1), ("L3", "12:10", 1))
    assert live.last_hour(environment, SHOWN, NOW).text == (
        "In the hour up to 12:30 UTC, 2 products are each clicked most of the 3 most viewed: "
        "1 click"
    )
    nobody = live.last_hour(environment, SHOWN[:0], NOW)
    assert nobody.rows.empty and nobody.text.startswith("No product was seen")
