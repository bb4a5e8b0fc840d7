"""Records are decoded, checked and turned into rows; an error names field, value and rule."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from cartwheel import events
from cartwheel.events import (
    CLICK,
    KINDS,
    OPERATION,
    ORDER_LINE,
    TELEMETRY,
    EventError,
    Lineage,
    decode,
    row,
)
from cartwheel.events.rules import MISSING

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
CLICKED = {
    "event_id": "e1",
    "session_id": "s1",
    "event_type": "view",
    "timestamp": "2026-11-21T11:00:00Z",
}
READ = {"event_id": "e1", "truck_id": "T1", "timestamp": "2026-11-21T11:00:00Z"}
LINE = {
    "event_id": "e1",
    "InvoiceNo": "C536379",
    "StockCode": "D",
    "Description": None,
    "Quantity": -1,
    "InvoiceDate": "2010-12-01T09:41:00",
    "UnitPrice": 27.5,
    "CustomerID": None,
    "Country": "United Kingdom",
}

DELIVERY = {
    "operation": "delivery_event",
    "event_id": "e1",
    "order_id": "O1",
    "status": "out",
    "timestamp": "2026-11-21T11:00:00Z",
    "promised_from": "2026-11-21T10:00:00Z",
    "promised_until": "2026-11-21T12:00:00Z",
}
SERVICE = {
    "operation": "truck_service",
    "event_id": "e1",
    "truck_id": "T1",
    "service": "refuel",
    "timestamp": "2026-11-21T11:00:00Z",
}
PRODUCT = {
    "operation": "product_change",
    "event_id": "e1",
    "product_id": "P1",
    "price": 9.99,
    "stock_band": "low",
    "timestamp": "2026-11-21T11:00:00Z",
}


def lineage(number: str = "42") -> Lineage:
    return Lineage(stream="s", shard_id="shard-0", sequence_number=number, arrived_at=NOW)


def decoded(kind: events.Kind, record: dict[str, object]) -> dict[str, object]:
    event = decode(kind, json.dumps(record).encode(), NOW)
    return json.loads(row(kind, event, lineage()))


@pytest.mark.parametrize(
    ("kind", "record", "field", "said"),
    [
        (CLICK, CLICKED | {"event_type": "zap"}, "event_type", "view, click, add_to_cart"),
        (CLICK, CLICKED | {"timestamp": "1999-12-31T23:59:59Z"}, "timestamp", "before 2000"),
        (CLICK, CLICKED | {"timestamp": "2026-11-21T12:15:01Z"}, "timestamp", "15 minutes"),
        (CLICK, CLICKED | {"timestamp": "yesterday"}, "timestamp", "'yesterday'"),
        (CLICK, CLICKED | {"timestamp": "0001-01-01T00:00:00+10:00"}, "timestamp", "2000"),
        (CLICK, {k: v for k, v in CLICKED.items() if k != "event_id"}, "event_id", "missing"),
        (OPERATION, DELIVERY | {"operation": "party"}, "operation", "truck_service"),
        (OPERATION, {"event_id": "e1"}, "operation", "delivery_event, truck_service"),
        (OPERATION, DELIVERY | {"status": "lost"}, "status", "loaded, out, delivered, failed"),
        (
            OPERATION,
            DELIVERY | {"promised_until": "2026-11-21T10:00:00Z"},
            "promised_until",
            "later than promised_from",
        ),
        (OPERATION, DELIVERY | {"promised_from": "1999-01-01T00:00:00Z"}, "promised_from", "2000"),
        (OPERATION, DELIVERY | {"timestamp": "2026-11-21T13:00:00Z"}, "timestamp", "15 minutes"),
        (OPERATION, SERVICE | {"service": "paint"}, "service", "refuel, workshop_in"),
        (OPERATION, PRODUCT | {"stock_band": "some"}, "stock_band", "in_stock, low, out"),
        (OPERATION, {k: v for k, v in PRODUCT.items() if k != "price"}, "price", "missing"),
        (TELEMETRY, READ | {"truck_id": ""}, "truck_id", "length"),
        (TELEMETRY, READ | {"truck_id": True}, "truck_id", "got `bool`"),
        (TELEMETRY, READ | {"truck_id": None}, "truck_id", "null"),
        (TELEMETRY, READ | {"timestamp": 12}, "timestamp", "12"),
        (ORDER_LINE, LINE | {"InvoiceDate": "2010-12-01T09:41:00+01:00"}, "InvoiceDate", "offset"),
        (ORDER_LINE, LINE | {"InvoiceDate": "2026-11-23T09:41:00"}, "InvoiceDate", "future"),
        (ORDER_LINE, LINE | {"InvoiceDate": "1899-12-31T23:59:59"}, "InvoiceDate", "1900-01-01"),
        (ORDER_LINE, LINE | {"Quantity": 1.5}, "Quantity", "1.5"),
    ],
)
def test_an_error_names_field_value_and_rule(
    kind: events.Kind, record: dict[str, object], field: str, said: str
) -> None:
    """What does not fit is named by its field, with what stood there and what is allowed."""
    with pytest.raises(EventError) as caught:
        decode(kind, json.dumps(record).encode(), NOW)
    assert caught.value.field == field
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [b"", b"NaN", b"[1]", b"null", b"\xff\xfe\x00", b"[" * 100_000, b'{"event_id": NaN}', b"{} {}"],
)
def test_bytes_that_are_no_json_object_are_refused(data: bytes) -> None:
    """Nothing but one JSON object is a record, and nothing else raises anything else."""
    for kind in KINDS.values():
        with pytest.raises(EventError):
            decode(kind, data, NOW)


def test_nesting_of_any_depth_is_set_aside_or_refused() -> None:
    """Also at a depth that still decodes, but no longer prints; nothing else is raised."""
    for depth in (10, 900, *range(960, 1010), 5000):
        value = b"[" * depth + b"]" * depth
        for name in (b"page", b"unknown"):
            data = json.dumps(CLICKED).encode()[:-1] + b', "%s": ' % name + value + b"}"
            try:
                event = decode(CLICK, data, NOW)
            except EventError:
                continue
            assert event.page is None
            assert row(CLICK, event, lineage())


def test_a_time_is_written_as_utc_without_offset() -> None:
    """An offset is taken into account, and a time without one is UTC."""
    offset = decoded(CLICK, CLICKED | {"timestamp": "2026-11-21T12:30:00.25+02:00"})
    assert offset["event_timestamp"] == "2026-11-21T10:30:00.250000"
    naive = decoded(CLICK, CLICKED | {"timestamp": "2026-11-21T10:30:00"})
    assert naive["event_timestamp"] == "2026-11-21T10:30:00.000000"


def test_an_order_line_keeps_the_shops_local_time_however_old() -> None:
    """Order lines are history: their date is local, old, and unchanged."""
    assert decoded(ORDER_LINE, LINE)["invoice_date"] == "2010-12-01T09:41:00.000000"
    old = decoded(ORDER_LINE, LINE | {"InvoiceDate": "1995-01-01T00:00:00"})
    assert old["invoice_date"] == "1995-01-01T00:00:00.000000"
    ahead = (NOW + timedelta(hours=13)).replace(tzinfo=None).isoformat()
    assert decoded(ORDER_LINE, LINE | {"InvoiceDate": ahead})


def test_a_row_carries_its_lineage_with_a_padded_sequence_number() -> None:
    """Sequence numbers are padded to 60 digits, so that they compare as text."""
    landed = json.loads(
        row(TELEMETRY, decode(TELEMETRY, json.dumps(READ).encode(), NOW), lineage("9" * 56))
    )
    assert landed["sequence_number"] == "0000" + "9" * 56
    assert landed["arrived_at"] == "2026-11-21T12:00:00.000000"
    assert (landed["stream"], landed["shard_id"]) == ("s", "shard-0")


def test_the_columns_of_a_row_are_those_the_pipe_reads() -> None:
    """Every column that a row can have is read by the COPY of its pipe, and the reverse."""
    import re

    from cartwheel.paths import SQL

    text = (SQL / "migrations" / "008_any_feed.sql").read_text()
    full = {
        CLICK: CLICKED,
        ORDER_LINE: LINE,
        TELEMETRY: READ
        | {
            "gps": {},
            "engine": {},
            "health": {"tire_pressure": {}},
            "environment": {},
        },
    }
    for kind, record in full.items():
        name = kind.table.lower()
        definition = text.split(f"copy into {name} (")[1].split(";")[0]
        read = set(re.findall(r"\$1:(\w+)::", definition))
        assert set(decoded(kind, record)) == read
    read = set(re.findall(r"\$1:(\w+)::", text.split("copy into raw.operations (")[1]))
    landed = [decoded(OPERATION, record) for record in (DELIVERY, SERVICE, PRODUCT)]
    assert set().union(*landed) == read


def test_an_operation_goes_by_what_it_is_about() -> None:
    """Its place in the stream is that of its order, truck or product."""
    for record, subject in ((DELIVERY, "O1"), (SERVICE, "T1"), (PRODUCT, "P1")):
        assert decode(OPERATION, json.dumps(record).encode(), NOW).subject == subject


def test_text_with_quotes_and_unicode_survives() -> None:
    """A truck's name may hold quotes and any letters; it is data and stays as it is."""
    name = "T'1\"; drop table x; -- ü 🚚"
    assert decoded(TELEMETRY, READ | {"truck_id": name})["truck_id"] == name


def test_encoding_and_decoding_an_event_changes_nothing() -> None:
    """What a producer encodes is what a function decodes."""
    event = events.Telemetry(
        event_id="e", truck_id="T", timestamp=NOW, gps=events.Gps(latitude=1.5)
    )
    assert decode(TELEMETRY, events.encode(event), NOW) == event
    assert msgspec.json.decode(events.encode(event))["vehicle_speed"] is None


def test_importing_events_loads_neither_boto3_nor_the_connector() -> None:
    """The Lambda functions' zip stays small: events need msgspec alone."""
    code = (
        "import sys, cartwheel.events; print({'boto3', 'snowflake', 'pandas'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_what_is_missing_is_told_from_what_is_null() -> None:
    """A message names null as JSON does, and of a field that is not there shows no value."""
    assert str(EventError("truck_id", None, "must be text")) == "truck_id: must be text, got null"
    assert str(EventError("truck_id", MISSING, "is missing")) == "truck_id: is missing"
