"""What can be kept of a record is kept; what is not believed is said with its reason."""

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from cartwheel.events import (
    CLICK,
    OPERATION,
    ORDER_LINE,
    TELEMETRY,
    EventError,
    Kind,
    Lineage,
    Telemetry,
    decode,
    row,
)
from cartwheel.events.signals import SIGNALS, narrowed
from cartwheel.events.tolerance import EXTRA_BYTES

from .test_events import CLICKED, LINE, NOW, PRODUCT, READ, SERVICE


def nested(path: str, value: Any) -> dict[str, Any]:
    """Return an object that holds a value at a dotted path."""
    for name in reversed(path.split(".")):
        value = {name: value}
    return value


def read(**says: Any) -> Telemetry:
    """Decode a reading that says more than its ids and its time."""
    return decode(TELEMETRY, json.dumps(READ | says).encode(), NOW)


def at(event: Any, path: str) -> Any:
    for name in path.split("."):
        event = getattr(event, name)
    return event


def aside(event: Any) -> list[tuple[str, str]]:
    """Return field and rule of what an event set aside."""
    return [(each.field, each.rule) for each in event.set_aside or ()]


NOT_AVAILABLE, ERROR = "not available (J1939 0xFF", "error (J1939 0xFE"


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        ("engine.temperature", 1774.96875, NOT_AVAILABLE),
        ("engine.temperature", 1774.97, NOT_AVAILABLE),
        ("engine.temperature", 1000, "must be from -60 to 200"),
        ("engine.temperature", 215, NOT_AVAILABLE),
        ("engine.temperature", 214, ERROR),
        ("engine.rpm", 8191.875, NOT_AVAILABLE),
        ("engine.rpm", 8128, ERROR),
        ("vehicle_speed", 255.99609375, NOT_AVAILABLE),
        ("vehicle_speed", 256, "must be from 0 to 250 km/h"),
        ("gps.speed", 255, NOT_AVAILABLE),
        ("engine.oil_pressure", 1020, NOT_AVAILABLE),
        ("engine.oil_pressure", 1016, ERROR),
        ("health.tire_pressure.rear_left", 1020, NOT_AVAILABLE),
        ("engine.fuel_level", 102, NOT_AVAILABLE),
        ("engine.fuel_level", 101.6, ERROR),
        ("environment.pressure", 1275, NOT_AVAILABLE),
        ("environment.pressure", 9999, "must be from 300 to 1,100 hPa"),
        ("odometer", 21_474_836.475, NOT_AVAILABLE),
        ("odometer", 21_310_000, ERROR),
        ("odometer", 536_870_911.875, NOT_AVAILABLE),
        ("gps.altitude", 5691.875, NOT_AVAILABLE),
        ("gps.latitude", 91, "must be from -90 to 90 degrees"),
        ("engine.rpm", "fast", "must be a number"),
        ("engine.rpm", True, "must be a number"),
        ("engine.rpm", 1e999, "must be finite"),
        ("health.brake_status", ["a"], "Expected `str | null`"),
        ("ignition", "on", "Expected `bool | null`"),
    ],
)
def test_a_broken_or_impossible_value_is_null_and_named(path: str, value: Any, rule: str) -> None:
    """The signal becomes null with field, value and rule; the reading keeps the rest."""
    data = json.dumps(READ | {"odometer": 5.5} | nested(path, value)).replace("Infinity", "1e999")
    if value == 1e999:
        with pytest.raises(EventError, match="out of range"):
            decode(TELEMETRY, data.encode(), NOW)
        return
    event = decode(TELEMETRY, data.encode(), NOW)
    assert at(event, path) is None
    ((field, said),) = aside(event)
    assert field == path and said.startswith(rule), said
    assert event.set_aside[0].value == repr(value)
    assert path == "odometer" or event.odometer == 5.5


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("health.tire_pressure.rear_left", 1017), ("health.tire_pressure.rear_left", 1400),
        ("engine.rpm", 8127), ("engine.rpm", 9000), ("engine.rpm", 10_000),
        ("gps.altitude", 5627), ("gps.altitude", 6000), ("engine.temperature", 200),
        ("engine.oil_pressure", 1000), ("odometer", 10_000_000), ("odometer", 0),
        ("fuel_used", 4_000_000), ("vehicle_speed", 250), ("gps.satellites", 12),
    ],
)  # fmt: skip
def test_what_a_sensor_may_measure_is_kept(path: str, value: float) -> None:
    """Up to the limits, and between the codes, a value stays."""
    event = read(**nested(path, value))
    assert at(event, path) == value and event.set_aside is None


def test_one_impossible_signal_leaves_the_rest_of_its_frame() -> None:
    """A barometer's code takes neither odometer nor position with it."""
    event = read(
        odometer=100.5, gps={"latitude": 48.1, "longitude": 11.5}, environment={"pressure": 1275}
    )
    assert (event.odometer, event.gps.latitude, event.environment.pressure) == (100.5, 48.1, None)


def test_a_part_that_is_no_object_is_set_aside() -> None:
    """Of ``gps: [1, 2]`` nothing can be kept; the reading stays."""
    event = read(gps=[1, 2], odometer=3)
    assert event.gps is None and event.odometer == 3
    assert aside(event) == [("gps", "must be an object")]


def test_unknown_fields_are_kept() -> None:
    """At the top by their name, in a part by their path; they land as they came."""
    event = read(cargo={"kg": 12}, gps={"latitude": 1.5, "fix": 3})
    assert event.extra == {"cargo": {"kg": 12}, "gps.fix": 3} and event.gps.latitude == 1.5
    landed = json.loads(row(TELEMETRY, event, lineage()))
    assert landed["extra"] == event.extra and landed["set_aside"] is None


def test_of_unknown_fields_so_much_is_kept_as_fits_into_a_row() -> None:
    """A megabyte of them neither refuses the record nor makes a row that Firehose refuses."""
    event = read(**{f"f{n}": "x" * 1000 for n in range(900)})
    assert 50 < len(event.extra) < 66
    assert [field for field, _ in aside(event)] == ["extra"]
    assert len(row(TELEMETRY, event, lineage())) < EXTRA_BYTES + 5000


def test_what_a_producer_says_of_extra_and_set_aside_is_its_own() -> None:
    """Only decoding sets these two: a record's are unknown fields."""
    event = read(set_aside=[], extra={"a": 1})
    assert event.set_aside is None and event.extra == {"set_aside": [], "extra": {"a": 1}}


def lineage() -> Lineage:
    return Lineage(stream="s", shard_id="shard-0", sequence_number="42", arrived_at=NOW)


def test_ids_may_be_numbers() -> None:
    """A number where a text is wanted is its text; 7.0 is 7, as a table of floats writes it."""
    event = decode(CLICK, json.dumps(CLICKED | {"user_id": 7, "session_id": 8.0}).encode(), NOW)
    assert (event.user_id, event.session_id, event.set_aside) == ("7", "8", None)
    assert read(truck_id=12).truck_id == "12"


@pytest.mark.parametrize("unit", [1, 1000, 1_000_000])
def test_a_time_may_be_a_number(unit: int) -> None:
    """Seconds, milliseconds or microseconds since 1970 are told apart by their size."""
    event = read(timestamp=1_700_000_000 * unit)
    assert event.timestamp == datetime.fromtimestamp(1_700_000_000, UTC)


def test_a_word_that_is_not_allowed_is_set_aside_where_it_is_optional() -> None:
    """A watch is no device we know: the click stays, and says so."""
    event = decode(CLICK, json.dumps(CLICKED | {"device_type": "watch"}).encode(), NOW)
    assert event.device_type is None
    assert aside(event) == [("device_type", "must be one of mobile, desktop, tablet")]


def test_a_promise_before_2000_is_set_aside() -> None:
    """What was promised is optional: a wrong promise leaves the click."""
    event = decode(
        CLICK, json.dumps(CLICKED | {"promised_at": "1999-12-31T00:00:00"}).encode(), NOW
    )
    assert event.promised_at is None
    assert aside(event) == [("promised_at", "must not be before 2000-01-01")]


@pytest.mark.parametrize(
    ("kind", "record", "field"),
    [
        (OPERATION, SERVICE | {"litres": -1}, "litres"),
        (OPERATION, SERVICE | {"odometer": "far"}, "odometer"),
        (OPERATION, PRODUCT | {"product_name": ""}, "product_name"),
        (ORDER_LINE, LINE | {"Country": ""}, "Country"),
        (CLICK, CLICKED | {"quantity": 0}, "quantity"),
        (CLICK, CLICKED | {"price": float(-1)}, "price"),
    ],
)
def test_every_kind_sets_aside_what_it_can_do_without(
    kind: Kind, record: dict[str, Any], field: str
) -> None:
    """An optional field of whatever kind, broken, is null and named."""
    event = decode(kind, json.dumps(record).encode(), NOW)
    assert getattr(event, field) is None
    assert [f for f, _ in aside(event)] == [field]


def test_a_purchase_need_not_say_its_product() -> None:
    """A shop that tells only an order's total has purchases all the same."""
    says = {"event_type": "purchase", "order_id": "o1", "order_total": 99.5}
    event = decode(CLICK, json.dumps(CLICKED | says).encode(), NOW)
    assert (event.order_total, event.price, event.set_aside) == (99.5, None, None)


@pytest.mark.parametrize(
    ("kind", "record", "expected"),
    [
        (
            CLICK,
            {"Item ID": 17, "Item Name": "Cup", "Click Count": 3},
            {"product_id": "17", "product_name": "Cup", "click_count": 3, "event_type": "click",
             "event_timestamp": "2026-11-21T12:00:00.000000", "session_id": None},
        ),
        (
            CLICK,
            {"Item_ID": "I1", "Item_Name": "Cup", "Click_Counts": 1,
             "Timestamp": "2026-11-21T11:00:00"},
            {"product_id": "I1", "extra": {"Timestamp": "2026-11-21T11:00:00"}},
        ),
        (
            ORDER_LINE,
            {"event_time": "2026-11-21T10:00:00Z", "product_id": 5, "quantity": 2, "price": 9.5},
            {"stock_code": "5", "quantity": 2, "unit_price": 9.5, "invoice_no": None,
             "invoice_date": "2026-11-21T10:00:00.000000", "country": None},
        ),
        (
            CLICK,
            {"user_id": "u1", "session_id": "s1", "event_type": "purchase", "page": "/checkout",
             "product_id": "p1", "timestamp": "2026-11-21 10:00:00", "device_type": "mobile",
             "referrer_url": "google.com", "location": "US", "browser": "Chrome",
             "user_type": "new"},
            {"user_id": "u1", "event_type": "purchase", "referrer_url": "google.com"},
        ),
    ],
)  # fmt: skip
def test_the_shapes_of_published_producers_land(
    kind: Kind, record: dict[str, Any], expected: dict[str, Any]
) -> None:
    """Without an id of their own their id is shard and sequence number."""
    event = decode(kind, json.dumps(record).encode(), NOW, "shard-0:42")
    landed = json.loads(row(kind, event, lineage()))
    assert landed["event_id"] == "shard-0:42" and landed["set_aside"] is None
    assert {name: landed[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xf3\x89\x9a\xc2\x0a", "aggregate of the Kinesis Producer Library"),
        (b'{"event_id": "\\ud800"}', "half of a surrogate pair"),
        (b'{"event_id": "a", "truck_id": "T", "truck_id": "U", '
         b'"timestamp": "2026-11-21T11:00:00Z"}', "truck_id: is there twice"),
    ],
)  # fmt: skip
def test_a_reason_names_what_a_record_is(data: bytes, said: str) -> None:
    """Aggregates, half characters and doubled fields are called what they are."""
    with pytest.raises(EventError, match=said):
        decode(TELEMETRY, data, NOW)


def test_a_doubled_optional_field_is_set_aside_where_the_record_is_looked_at_again() -> None:
    """Which of two values is meant nobody can tell."""
    data = json.dumps(READ | {"zip": 1}).encode()[:-1] + b', "odometer": 5, "odometer": 6}'
    event = decode(TELEMETRY, data, NOW)
    assert event.odometer is None and aside(event)[0][0] == "odometer"


def test_every_signal_is_a_field_of_the_wire_and_every_number_of_a_truck_a_signal() -> None:
    """No limit is written for a field that there is not, and no number is without limits."""

    def numbers(struct: type[msgspec.Struct], path: str = "") -> set[str]:
        found = set()
        for field in msgspec.structs.fields(struct):
            text = str(field.type)
            inner = re.search(r"records\.(\w+)", text)
            place = f"{path}{field.name}"
            if field.name in ("extra", "set_aside"):
                continue
            if inner:
                from cartwheel.events import records

                found |= numbers(getattr(records, inner[1]), f"{place}.")
            elif "float" in text or "int" in text:
                found.add(place)
        return found

    assert numbers(Telemetry) == set(SIGNALS)


def test_an_environment_narrows_the_limits_of_its_signals() -> None:
    """What is beyond is set aside with the narrower rule; what is within stays."""
    code = (
        "import sys; from datetime import UTC, datetime; from cartwheel.events import *\n"
        "for speed in (130, 131):\n"
        '    data = b\'{"event_id":"e","truck_id":"T","timestamp":"2026-03-02T08:00:00Z",\''
        "b'\"vehicle_speed\":%d}' % speed\n"
        "    event = decode(TELEMETRY, data, datetime.now(UTC))\n"
        "    print(event.vehicle_speed, [each.rule for each in event.set_aside or ()])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={**os.environ, "SIGNAL_LIMITS": "vehicle_speed=0..130; engine.rpm=0..3000"},
    )  # fmt: skip
    assert done.stdout == "130.0 []\nNone ['must be from 0 to 130 km/h']\n"


@pytest.mark.parametrize(
    "told", ["vehicle_speed=0..251", "speed=0..9", "odometer=9..9", "odometer"]
)
def test_limits_can_only_be_narrowed(told: str) -> None:
    """A range that is not within the signal's own, or of no signal, is refused."""
    with pytest.raises(ValueError, match=told):
        narrowed(SIGNALS, told)
