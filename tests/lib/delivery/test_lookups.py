"""The lookups are compared with the warehouse, and filled from it."""

import pytest
from cartwheel.aws import lookups as stored
from cartwheel.delivery import lookups
from cartwheel.deploy import lookups as deployed
from cartwheel.deploy import steps
from cartwheel.environment import Environment
from cartwheel.errors import UsageError

SECONDS = 120


def empty(environment: Environment) -> None:
    """Let the lookups forget all they hold."""
    client = environment.client("dynamodb")
    for table in lookups.GROUPS:
        parts = [
            k["AttributeName"] for k in client.describe_table(TableName=table)["Table"]["KeySchema"]
        ]
        for page in client.get_paginator("scan").paginate(TableName=table):
            deletes = [{"DeleteRequest": {"Key": {n: i[n] for n in parts}}} for i in page["Items"]]
            for first in range(0, len(deletes), 25):
                client.batch_write_item(RequestItems={table: deletes[first : first + 25]})


def test_a_lookup_that_lost_what_it_held_is_filled_from_the_warehouse(
    loaded: Environment,
) -> None:
    """Emptied, it does not add up; filled, it does; a deployment fills what never was, once."""
    days = deployed.telemetry_days(loaded)
    # Tests of the loader write lines into the lake past the stream, which no function sees.
    deployed.fill(loaded, "Invoices", lambda _: None)
    found = lookups.wait_until_balanced(loaded, days, SECONDS)
    assert all(each.balanced for each in found), lookups.as_table(found)
    before = [each.there for each in found]
    assert [each.table for each in found] == list(lookups.GROUPS) and min(before) > 0
    empty(loaded)
    found = lookups.held(loaded, days)
    assert [(each.there, each.balanced) for each in found] == [(0, False)] * 4
    handed: list[int] = []
    assert deployed.fill(loaded, "TruckTelemetry", handed.append) == sum(handed) >= before[3]
    marks = loaded.client("dynamodb")
    marks.delete_item(TableName="StreamCheckpoints", Key={"Shard_ID": {"S": "filled/Invoices"}})
    told: list[str] = []
    steps.deploy(loaded, told.append)
    assert [line.split(" with ")[0] for line in told if "filled" in line] == [
        "   filled Invoices and Customers"
    ]
    found = lookups.held(loaded, days)
    assert [each.there for each in found] == before, lookups.as_table(found)
    assert deployed.fill_new(loaded, told.append) == []


@pytest.mark.parametrize(
    ("there", "streamed", "landed", "agree", "verdict"),
    [
        (5, 5, 5, True, "adds up"),
        (0, 0, 0, True, "adds up"),
        (5, 5, 9, True, "adds up but for 4 loaded past the stream: 'cartwheel backfill'"),
        (5, 5, 9, False, "adds up but for 4 loaded past the stream: 'cartwheel backfill'"),
        (4, 5, 5, True, "DOES NOT ADD UP; 'cartwheel backfill Invoices' fills it from RAW"),
        (6, 5, 5, True, "DOES NOT ADD UP; 'cartwheel backfill Invoices' fills it from RAW"),
        (5, 5, 5, False, "DOES NOT ADD UP; 'cartwheel backfill Invoices' fills it from RAW"),
    ],
)
def test_what_a_lookup_holds_is_told(
    there: int, streamed: int, landed: int, agree: bool, verdict: str
) -> None:
    """All that was streamed must be there; what was loaded past the stream may lack."""
    held = lookups.Held("Invoices", "lines", there, streamed, landed, agree)
    assert held.verdict == verdict
    assert held.balanced == ("DOES NOT" not in verdict)


def test_a_lookup_that_does_not_exist_is_told() -> None:
    """With the names of those that do; what sums up others is called alike on both sides."""
    import keys

    assert stored.SUMMARY == keys.SUMMARY
    with pytest.raises(UsageError, match="no lookup 'Orders'; there are Invoices, Customers"):
        lookups.group("Orders")
