"""From the stream to the warehouse: what is sent adds up, whatever it is."""

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from cartwheel.aws import kinesis, live_counts
from cartwheel.cli.quarantine import quarantine as quarantine_command
from cartwheel.delivery import landing, quarantine, reconciliation
from cartwheel.delivery.reconciliation import Landed
from cartwheel.environment import Environment
from cartwheel.errors import UsageError
from cartwheel.events import CLICK, OPERATION, ORDER_LINE, TELEMETRY
from cartwheel.warehouse.connection import query_text
from click.testing import CliRunner

from producers.message import Message
from producers.sender import Sender

NOW = datetime.now(UTC)
ROOT = Path(__file__).parents[3]


def record(stream: str, key: str, **fields: Any) -> Message:
    return Message(stream, key, json.dumps(fields).encode(), NOW.timestamp())


def telemetry(number: int, **more: Any) -> Message:
    fields = {"event_id": f"p{number}", "truck_id": "P1", "timestamp": "2026-11-01T00:00:00Z"}
    return record(TELEMETRY.stream, "P1", **{**fields, **more})


def click(number: int, **more: Any) -> Message:
    fields = {
        "event_id": f"p{number}",
        "session_id": "s1",
        "event_type": "view",
        "timestamp": "2026-11-01T10:00:30Z",
        "product_id": "A",
    }
    return record(CLICK.stream, "s1", **{**fields, **more})


def send(environment: Environment, messages: list[Message]) -> dict[str, int]:
    return dict(Sender(environment.client("kinesis"), progress=False).send(messages).sent)


def balanced(
    environment: Environment, sent: dict[str, int], before: dict[str, Landed]
) -> dict[str, reconciliation.Entry]:
    entries = reconciliation.wait_until_balanced(environment, sent, 60, before)
    return {entry.stream: entry for entry in entries}


def test_good_and_bad_records_add_up(environment: Environment) -> None:
    """Everything lands or lies in quarantine, whatever kind of bad it is; nothing is missing."""
    before = reconciliation.take(environment)
    truck = "T'1\"; drop table x; -- ü 🚚"
    future = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    good = [
        *(telemetry(n) for n in range(20)),
        telemetry(20, truck_id=truck),
        telemetry(21, timestamp="2026-11-01T02:00:00+02:00"),
        telemetry(22, gps={"latitude": "north", "longitude": 11.5}),
        *(click(n) for n in range(10)),
        click(10, product_id=None),
    ]
    bad = [
        telemetry(30, timestamp="1999-01-01T00:00:00Z"),
        telemetry(31, timestamp=future),
        telemetry(32, truck_id=None),
        Message(TELEMETRY.stream, "P1", b'{"event_id": NaN', NOW.timestamp()),
        Message(TELEMETRY.stream, "P1", b"\xff\xfe", NOW.timestamp()),
        click(33, event_type="zap"),
        click(34, timestamp="soon"),
    ]
    mixed = [m for pair in zip(good, [*bad, *good], strict=False) for m in pair][: len(bad) * 2]
    rest = [m for m in good + bad if m not in mixed]
    sent = send(environment, mixed + rest)
    entries = balanced(environment, sent, before)
    assert all(entry.balanced for entry in entries.values()), entries
    assert entries[TELEMETRY.stream].landed.quarantined == 5
    assert entries[CLICK.stream].landed.quarantined == 2
    assert entries[CLICK.stream].landed.counted == 11
    rows = environment.warehouse.execute(
        "select truck_id, event_timestamp from raw.truck_telemetry where event_id in ('p20', 'p21')"
        " order by event_id"
    )
    assert rows[0][0] == truck
    assert rows[1][1] == datetime(2026, 11, 1)
    aside = landing.set_aside(environment.warehouse)
    assert aside[["field", "count_events", "example"]].values.tolist() == [
        ["gps.latitude", 1, "'north'"]
    ]
    told = {(each.stream, each.reason): each.count for each in quarantine.reasons(environment)}
    assert told[CLICK.stream, "event_type: must be one of view, click, add_to_cart, purchase"] == 1
    assert told[TELEMETRY.stream, "timestamp: must not be before 2000-01-01"] == 1


def test_producers_of_published_shapes_land_unchanged(environment: Environment) -> None:
    """A count of an item, a sale without an id, a click without one: each lands and adds up."""
    before = reconciliation.take(environment)
    client = environment.client("kinesis")
    records = {
        CLICK.stream: [
            {"Item ID": "I-17", "Item Name": "Cup", "Click Count": 3},
            {"user_id": 5, "session_id": "doc4", "event_type": "purchase", "page": "/checkout",
             "product_id": "I-17", "timestamp": NOW.isoformat(), "device_type": "mobile",
             "referrer_url": "google.com", "location": "US", "browser": "Chrome",
             "user_type": "returning"},
        ],
        ORDER_LINE.stream: [
            {"event_time": NOW.isoformat(), "product_id": 17, "quantity": 2, "price": 4.5}
        ] * 2,
    }  # fmt: skip
    for stream, those in records.items():
        for each in those:
            client.put_record(StreamName=stream, Data=json.dumps(each), PartitionKey="p")
    entries = balanced(environment, dict.fromkeys(records, 2), before)
    assert all(entry.balanced for entry in entries.values()), entries
    assert [entries[stream].landed.events for stream in records] == [2, 2]
    counted = environment.client("dynamodb").query(
        TableName="ClickStreamData",
        KeyConditionExpression="Item_ID = :item",
        ExpressionAttributeValues={":item": {"S": "I-17"}},
    )["Items"]
    assert sum(int(item["Click_Counts"]["N"]) for item in counted) == 4
    assert {item["Item_Name"]["S"] for item in counted} <= {"Cup", "-"}
    sold = environment.warehouse.execute(
        "select stock_code, quantity, unit_price, invoice_no from raw.order_lines "
        "where stock_code = '17'"
    )
    assert [tuple(map(str, row)) for row in sold] == [("17", "2", "4.500000", "None")] * 2


def test_a_repeated_event_is_counted_once(environment: Environment) -> None:
    """A producer's repetition lands as a record, and is one event."""
    before = reconciliation.take(environment)
    line = {
        "event_id": "twice", "InvoiceNo": "1", "StockCode": "A", "Description": None,
        "Quantity": 1, "InvoiceDate": "2010-12-01T08:26:00", "UnitPrice": 2.55,
        "CustomerID": None, "Country": "UK",
    }  # fmt: skip
    sent = send(environment, [record(ORDER_LINE.stream, "1", **line) for _ in range(3)])
    landed = balanced(environment, sent, before)[ORDER_LINE.stream].landed
    assert (landed.records, landed.events) == (3, 1)
    once = "select count(*) from core.order_lines where event_id = 'twice'"
    assert environment.warehouse.scalar(once) == 1


def test_operations_land_typed_and_are_counted_once(environment: Environment) -> None:
    """Deliveries, services and changes of products land in one table and show in three views."""
    before = reconciliation.take(environment)
    at = {"timestamp": "2026-11-01T10:00:00Z"}
    promise = {
        "promised_from": "2026-11-01T09:00:00+01:00", "promised_until": "2026-11-01T11:00:00Z",
    }  # fmt: skip
    good = [
        {"operation": "delivery_event", "event_id": "o1", "order_id": "O1", "status": "delivered",
         "latitude": 41.5, **promise, **at},
        {"operation": "truck_service", "event_id": "o2", "truck_id": "T1", "service": "refuel",
         "litres": 80.25, "cost": 84.26, **at},
        {"operation": "product_change", "event_id": "o3", "product_id": "P1", "price": 9.99,
         "stock_band": "low", "withdrawn": True, **at},
    ]  # fmt: skip
    bad = {"operation": "truck_service", "event_id": "o4", "truck_id": "T1", "service": "x", **at}
    records = [record(OPERATION.stream, "k", **fields) for fields in [*good, good[1], bad]]
    entry = balanced(environment, send(environment, records), before)[OPERATION.stream]
    assert entry.balanced
    assert (entry.landed.records, entry.landed.events, entry.landed.quarantined) == (4, 3, 1)
    rows = environment.warehouse.execute
    (delivery,) = rows(
        "select status, promised_from, latitude from core.delivery_events where event_id = 'o1'"
    )
    assert delivery == ("delivered", datetime(2026, 11, 1, 8), 41.5)
    (service,) = rows("select litres, cost from core.truck_services where event_id = 'o2'")
    assert [float(value) for value in service] == [80.25, 84.26]
    (product,) = rows("select price, withdrawn from core.product_changes where event_id = 'o3'")
    assert (float(product[0]), product[1]) == (9.99, True)


def test_a_quarantined_record_is_shown_corrected_and_sent_again(environment: Environment) -> None:
    """Its reason and bytes are kept; a corrected record lands; that it was resent is recorded."""
    before = reconciliation.take(environment)
    payload = b'{"event_id": "fix-me", "truck_id": "P1", "timestamp": "never"}'
    sent = send(environment, [Message(TELEMETRY.stream, "P1", payload, NOW.timestamp())])
    balanced(environment, sent, before)
    held = quarantine.entries(environment, TELEMETRY.stream)
    (entry,) = [e for e in held if b"fix-me" in quarantine.show(environment, e.key).original()]
    shown = quarantine.show(environment, entry.key)
    assert shown.original() == payload and shown.reason.startswith("timestamp: ")
    assert not entry.resent
    with pytest.raises(UsageError, match="does not validate: timestamp"):
        quarantine.resend(environment, entry.key, payload)
    quarantine.resend(environment, entry.key, payload.replace(b"never", b"2026-11-01T00:00:00Z"))
    entry_after = balanced(environment, sent, before)[TELEMETRY.stream]
    assert entry_after.balanced and entry_after.landed.events == 1
    (again,) = [e for e in quarantine.entries(environment) if e.key == entry.key]
    assert again.resent


def test_a_whole_reason_is_listed_and_sent_again(environment: Environment) -> None:
    """Records that broke one rule are one line, whatever their values; each is resent once."""
    before = reconciliation.take(environment)
    payloads = [b'{"event_id": "r%d", "truck_id": "P1", "timestamp": %d}' % (n, n) for n in (1, 2)]
    send(environment, [Message(TELEMETRY.stream, "P1", p, NOW.timestamp()) for p in payloads])
    balanced(environment, {TELEMETRY.stream: 2}, before)
    reason = "timestamp: Expected `datetime`"
    (ours,) = [r for r in quarantine.reasons(environment) if r.reason == reason]
    assert (ours.stream, ours.count, ours.count_resent) == (TELEMETRY.stream, 2, 0)
    runner = CliRunner()
    listed = runner.invoke(quarantine_command, ["list", "--by-reason"])
    assert f"2  {ours.stream}  {reason}" in listed.output
    done = runner.invoke(quarantine_command, ["resend", "--reason", reason])
    assert done.output == "Sent 2 records again.\n"
    assert balanced(environment, {TELEMETRY.stream: 2}, before)[TELEMETRY.stream].balanced
    keys = quarantine.with_reason(environment, reason)
    assert len(keys) == 2  # they broke the rule once more, under new numbers
    for words in ([], ["key", "--reason", reason], ["key", "--stream", "x"]):
        refused = runner.invoke(quarantine_command, ["resend", *words])
        assert isinstance(refused.exception, UsageError)
    with pytest.raises(UsageError, match="no reason 'none'"):
        quarantine.with_reason(environment, "none")


def test_quarantine_refuses_what_is_not_there(environment: Environment) -> None:
    """A wrong key or stream is named with what is allowed."""
    with pytest.raises(UsageError, match="quarantine list"):
        quarantine.show(environment, "quarantine/TruckTelemetry/shard/1.json")
    with pytest.raises(UsageError, match="keys begin with"):
        quarantine.show(environment, "telemetry-data/x")
    with pytest.raises(UsageError, match="there are ClickDataStream"):
        quarantine.entries(environment, "Clicks")


def test_the_streams_show_records_rate_lag_and_samples(environment: Environment) -> None:
    """Per shard: how many records, how fast, how far the warehouse is behind; and the newest."""
    before = reconciliation.take(environment)
    since = datetime.now(UTC)
    sent = send(environment, [telemetry(n) for n in range(100, 140)])
    balanced(environment, sent, before)
    found = landing.shards(environment, since)
    row = found[found["stream"] == TELEMETRY.stream].iloc[0]
    assert row["count_records"] == 40 and row["lag_seconds"] == 0
    assert row["holds_since"] <= row["newest_at"]
    assert "at least" not in landing.caption(found, 60)
    cut = landing.shards(environment, since, limit=5)
    assert "at least so many" in landing.caption(cut, 60)
    row = cut[cut["stream"] == TELEMETRY.stream].iloc[0]
    assert row["count_records"] == 5 and row["is_cut"]
    assert pd.isna(row["newest_at"]) and pd.isna(row["lag_seconds"])
    newest = kinesis.newest(environment, TELEMETRY.stream, since, 3)
    assert len(newest) == 3 and '"p139"' in newest["record"][0]
    with pytest.raises(UsageError, match="TruckTelemetry"):
        kinesis.newest(environment, "Trucks", since)


def test_waiting_without_numbers_ends_when_nothing_more_arrives(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was just sent has landed then; a road that is never quiet is said to be so."""
    monkeypatch.setattr(reconciliation, "QUIET_SECONDS", 3.0)
    before = reconciliation.take(environment)[TELEMETRY.stream].records
    send(environment, [telemetry(n) for n in range(500, 520)])
    assert reconciliation.wait_until_quiet(environment, 60)
    assert reconciliation.take(environment)[TELEMETRY.stream].records == before + 20
    assert not reconciliation.wait_until_quiet(environment, 0)


def test_the_live_counts_rank_the_items(environment: Environment) -> None:
    """The most clicked items come first, with what they are called."""
    before = reconciliation.take(environment)
    balanced(environment, send(environment, [click(n) for n in range(600, 603)]), before)
    ranked = live_counts.by_item(environment, 10_000)
    counts = ranked["count_clicks"].tolist()
    assert counts == sorted(counts, reverse=True)
    assert sum(counts) == live_counts.total(environment)
    assert "A" in ranked["item_id"].tolist()
    first = live_counts.by_item(environment, 1)
    assert first.values.tolist() == ranked.head(1).values.tolist()


def test_what_is_missing_is_said() -> None:
    """A stream that does not add up is marked, in the warehouse and in the live counts."""
    lost = reconciliation.Entry(TELEMETRY.stream, 10, Landed(records=8, events=8, quarantined=1))
    assert lost.missing == 1 and not lost.balanced
    uncounted = reconciliation.Entry(CLICK.stream, 8, Landed(records=8, events=8, counted=7))
    assert not uncounted.balanced
    fine = reconciliation.Entry(
        CLICK.stream, 8, Landed(records=7, events=7, quarantined=1, counted=7)
    )
    assert fine.balanced
    unknown = reconciliation.Entry(TELEMETRY.stream, None, Landed(records=8, events=8))
    again = reconciliation.Entry(TELEMETRY.stream, 5, Landed(records=8, events=5))
    assert (again.missing, again.sent_again, again.balanced) == (0, 3, True)
    text = reconciliation.as_table([lost, fine, unknown, again])
    assert "adds up (3 sent again)" in text
    assert "DOES NOT ADD UP" in text and "adds up" in text
    assert "not compared with what was sent" in text


def command(environment: Environment, home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cartwheel", *words],
        capture_output=True,
        text=True,
        env={**os.environ, "CARTWHEEL_HOME": str(home)},
        cwd=ROOT,
    )


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["quarantine", "show", "quarantine/none"], 2, "quarantine list"),
        (["quarantine", "list", "--stream", "Trucks"], 2, "ClickDataStream"),
        (["counts", "ClickDataStream=many"], 2, "STREAM=NUMBER"),
        (["counts", "ClickDataStream=1", "ClickDataStream=2"], 2, "ClickDataStream is given twice"),
        (["history", "merge", ""], 2, "There is no history ''"),
        (["counts", "ClickDataStream=999999999"], 1, "DOES NOT ADD UP"),
        (["counts", "ClickDataStream=999999999"], 1, "ask again with --wait 60"),
        (["deploy", "Prod"], 2, "not the name of an environment"),
        (["reload", "nowhere/"], 2, "clickstream-data/"),
        (["report", "99_none"], 2, "40_fleet"),
        (["report"], 2, "--all"),
        (["report", "40_fleet", "-p", "truck=T1"], 2, "truck_id (str)"),
        (["nonsense"], 2, "No such command"),
    ],
)
def test_misuse_ends_with_its_status_and_a_message(
    environment: Environment, home: Path, words: list[str], status: int, said: str
) -> None:
    """Status 2 for misuse, 1 for failure; a message that helps; never a traceback."""
    done = command(environment, home, *words)
    assert done.returncode == status, done.stderr
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_the_commands_work_on_the_embedded_environment(
    environment: Environment, home: Path
) -> None:
    """list, counts, merge and check succeed as a user calls them."""
    for words in (["quarantine", "list"], ["counts"], ["history", "merge"], ["history", "check"]):
        done = command(environment, home, *words)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
    assert "holds" in done.stdout


def test_the_copy_history_is_asked_for_less_than_a_fortnight() -> None:
    """Snowflake refuses a start that is 14 days ago by the time it reads it."""
    starts = re.findall(
        r"start_time => dateadd\('(\w+)', (-\d+)", query_text("delivery/load_failures")
    )
    assert len(starts) == 4
    assert all(unit == "hour" and 13 * 24 < -int(number) < 14 * 24 for unit, number in starts)
