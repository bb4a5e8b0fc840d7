"""A mapping's rules: what each makes of a cell, and what is said of one that is wrong."""

import json
import math
import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pyarrow
import pyarrow.parquet
import pytest
from cartwheel.errors import UsageError

from producers.replay import units
from producers.replay.mapping import FileRule, Rule, load, shipped
from tests.producers.replay.shared import decoded, mapped, written

TRUCK = '[[event]]\nkind = "telemetry"\ntruck_id = "t"\ntimestamp = "at"\n'


def one(tmp_path: Path, text: str, header: str, row: str, file: str = "") -> Any:
    """Return the one event of a table of one row."""
    path = written(tmp_path / "own.csv", f"{header}\n{row}\n")
    (event,) = decoded(path, mapped(file + text))
    return event


@pytest.mark.parametrize(
    ("field", "unit", "value", "expected"),
    [
        ("vehicle_speed", "mph", 60, 96.56064), ("vehicle_speed", "kn", 10, 18.52),
        ("vehicle_speed", "m/s", 10, 36), ("odometer", "mi", 100, 160.9344),
        ("odometer", "m", 1500, 1.5), ("gps.altitude", "ft", 100, 30.48),
        ("fuel_used", "gal", 10, 37.85411784), ("fuel_used", "imp gal", 10, 45.4609),
        ("engine.oil_pressure", "psi", 50, 344.737864), ("engine.oil_pressure", "bar", 3.5, 350),
        ("engine.temperature", "°F", 212, 100), ("engine.temperature", "K", 373.15, 100),
        ("environment.pressure", "kPa", 100, 1000), ("environment.pressure", "inHg", 30, 1015.9167),
        ("fuel_consumption", "mpg", 10, 23.5214583), ("fuel_consumption", "km/L", 4, 25),
        ("engine_hours", "s", 7200, 2), ("engine.fuel_level", "fraction", 0.5, 50),
        ("engine.battery_voltage", "mV", 12500, 12.5), ("fuel_rate", "gal/h", 1, 3.785411784),
    ],
)  # fmt: skip
def test_a_unit_is_converted_into_the_wires_own(
    tmp_path: Path, field: str, unit: str, value: float, expected: float
) -> None:
    """By the published factors, to six digits."""
    rule = f'{field} = {{ column = "v", unit = "{unit}" }}\n'
    event = one(tmp_path, TRUCK + rule, "t,at,v", f"A,2026-03-02T08:00:00Z,{value}")
    found: Any = event
    for part in field.split("."):
        found = getattr(found, part)
    assert found == pytest.approx(expected, abs=1e-6)


def test_every_unit_that_a_message_offers_can_be_converted() -> None:
    """The field's own unit leaves a value as it is."""
    for field in (*units.SIGNALS, "litres", "weight_kg"):
        assert all(math.isfinite(units.converter(field, u)(1.0)) for u in units.known(field))
        if own := units.unit_of(field):
            assert units.converter(field, own)(7.5) == 7.5


@pytest.mark.parametrize(
    ("rule", "cell", "expected"),
    [
        ("", "2026-03-02 08:00:00", "2026-03-02T08:00:00"),
        ("", "2026-03-02T08:00:00+02:00", "2026-03-02T06:00:00"),
        ("", "1772438400", "2026-03-02T08:00:00"),
        ("", "1772438400123", "2026-03-02T08:00:00.123"),
        (', zone = "Europe/Berlin"', "2026-03-02 08:00", "2026-03-02T07:00:00"),
        (', zone = "Europe/Berlin"', "2026-07-02 08:00", "2026-07-02T06:00:00"),
        (', zone = "Europe/Berlin"', "2026-07-02T08:00Z", "2026-07-02T08:00:00"),
        (', format = "%d.%m.%Y %H:%M"', "02.03.2026 08:00", "2026-03-02T08:00:00"),
        (', format = "s"', "1772438400.5", "2026-03-02T08:00:00.5"),
        (', format = "ms"', "1772438400500", "2026-03-02T08:00:00.5"),
        (', format = "us"', "1772438400000001", "2026-03-02T08:00:00.000001"),
        (', format = "ns"', "1772438400000001999", "2026-03-02T08:00:00.000001"),
        (', plus = "s"', "2026-03-02", "2026-03-02T00:00:07"),
        (', plus = "$row"', "2026-03-02", "2026-03-02T00:00:01"),
    ],
)
def test_a_time_is_an_instant(tmp_path: Path, rule: str, cell: str, expected: str) -> None:
    """By format, by zone, with seconds beside it; what has an offset keeps it."""
    text = f'[[event]]\nkind = "telemetry"\ntruck_id = "t"\ntimestamp = {{ column = "at"{rule} }}\n'
    event = one(tmp_path, text, "t,at,s", f"A,{cell},7")
    assert event.timestamp == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_an_invoice_keeps_the_shops_clock(tmp_path: Path) -> None:
    """A local time stays; an instant is told on the clock of the zone."""
    text = (
        '[[event]]\nkind = "order_line"\nStockCode = "s"\nQuantity = "q"\nUnitPrice = "p"\n'
        'InvoiceDate = { column = "at", zone = "Europe/Berlin" }\n'
    )
    local = one(tmp_path, text, "s,q,p,at", "A,1,2.5,2026-07-02 08:00:00")
    instant = one(tmp_path, text, "s,q,p,at", "A,1,2.5,2026-07-02T08:00:00Z")
    assert local.InvoiceDate == datetime(2026, 7, 2, 8)
    assert instant.InvoiceDate == datetime(2026, 7, 2, 10)


@pytest.mark.parametrize(
    ("rule", "cells", "field", "expected"),
    [
        ('driver_id = { column = ["a", "b"] }', "x,y", "driver_id", "x"),
        ('driver_id = { column = ["a", "b"] }', ",y", "driver_id", "y"),
        ('driver_id = { column = ["a", "b"], join = "-" }', "x,y", "driver_id", "x-y"),
        ('driver_id = { column = ["a", "b"], join = "-" }', "x,", "driver_id", None),
        ('driver_id = { column = "a", format = "D%03d" }', "7.0,", "driver_id", "D007"),
        ('driver_id = { column = "a", format = "D-%s" }', "seven,", "driver_id", "D-seven"),
        ('driver_id = { value = "Ann" }', ",", "driver_id", "Ann"),
        ('ignition = "a"', "ON,", "ignition", True),
        ('ignition = "a"', "0,", "ignition", False),
        ('ignition = { column = "a", words = { driving = true } }', "driving,", "ignition", True),
        ('lamps = { column = "a", split = ";" }', "oil; brake,", "lamps", ("oil", "brake")),
        ('lamps = "a"', "oil,", "lamps", ("oil",)),
        ('odometer = { column = "a", factor = 0.1, offset = 5 }', "100,", "odometer", 15),
        ('odometer = "a"', " 7.50 ,", "odometer", 7.5),
        ('odometer = "a"', " ,", "odometer", None),
        ('odometer = "a"', "n/a,", "odometer", None),
    ],
)
def test_a_rule_makes_a_field(
    tmp_path: Path, rule: str, cells: str, field: str, expected: Any
) -> None:
    """Several columns, constants, words, lists, factors; what is no value is unknown."""
    event = one(tmp_path, f"{TRUCK}{rule}\n", "t,at,a,b", f"A,2026-03-02T08:00:00Z,{cells}")
    assert getattr(event, field) == expected


def test_what_is_no_number_is_set_aside_and_the_row_lands(tmp_path: Path) -> None:
    """An optional cell that cannot be read is null, with the reason."""
    event = one(tmp_path, f'{TRUCK}odometer = "v"\n', "t,at,v", "A,2026-03-02T08:00:00Z,far")
    assert event.odometer is None
    assert [(each.field, each.value) for each in event.set_aside] == [("odometer", "'far'")]


def test_decimal_commas_and_words_for_nothing(tmp_path: Path) -> None:
    """1.234,5 is 1234.5 in a file that says so; its words for nothing are null."""
    file = '[file]\ndelimiter = ";"\ndecimal = ","\nnull = ["k.A."]\nencoding = "cp1252"\n'
    text = "t;at;v\nZürich;2026-03-02;1.234,5\nB;2026-03-02;k.A.\n"
    path = written(tmp_path / "own.csv", text.encode("cp1252"))
    first, second = decoded(path, mapped(f'{file}{TRUCK}odometer = "v"\n'))
    assert (first.truck_id, first.odometer) == ("Zürich", 1234.5)
    assert second.odometer is None and second.set_aside is None


def test_empty_lines_are_skipped_and_ragged_rows_are_told(tmp_path: Path) -> None:
    """A row of another length is an error, unless the mapping says that such rows are right."""
    text = "t,at,v\n\nA,2026-03-02,1,\n,,\nB,2026-03-02\n"
    path = written(tmp_path / "own.csv", text)
    rule = f'{TRUCK}odometer = "v"\n'
    with pytest.raises(UsageError, match=r"own\.csv, line 5: it has 2 cells, the header 3"):
        decoded(path, mapped(rule))
    first, second = decoded(path, mapped(f"[file]\nragged = true\n{rule}"))
    assert (first.odometer, second.odometer) == (1, None)


def test_a_table_without_a_header_has_columns_by_the_mapping(tmp_path: Path) -> None:
    """Names for the columns make the first line a row."""
    path = written(tmp_path / "own.tsv", "A\t2026-03-02\t7\n")
    file = '[file]\ncolumns = ["t", "at", "v"]\n'
    (event,) = decoded(path, mapped(f'{file}{TRUCK}odometer = "v"\n'))
    assert (event.truck_id, event.odometer) == ("A", 7)


NESTED = {"data": {"rows": [
    {"v": {"id": 7}, "at": 1772438400, "sig": [{"k": "odo", "x": 5}, {"k": "rpm", "x": 900}]},
    {"v": {"id": 8}, "at": 1772438401, "sig": []},
]}}  # fmt: skip
PATHS = (
    '[[event]]\nkind = "telemetry"\ntruck_id = "v.id"\ntimestamp = "at"\n'
    'odometer = "sig[k=odo].x"\nengine.rpm = "sig[1].x"\n'
)


def test_parts_of_nested_json_are_found_by_their_path(tmp_path: Path) -> None:
    """Parts, places and members by key; an object that lacks one says nothing of it."""
    path = written(tmp_path / "own.json", json.dumps(NESTED, indent=1))
    first, second = decoded(path, mapped(f'[file]\nrecords = "data.rows"\n{PATHS}'))
    assert (first.truck_id, first.odometer, first.engine.rpm) == ("7", 5, 900)
    assert (second.truck_id, second.odometer, second.engine) == ("8", None, None)
    with pytest.raises(UsageError, match="no list at 'data.lines'"):
        decoded(path, mapped(f'[file]\nrecords = "data.lines"\n{PATHS}'))


def test_json_lines_and_parquet_hold_the_same(tmp_path: Path) -> None:
    """The same rows are the same events, whatever they are written in."""
    rows = NESTED["data"]["rows"]
    lines = written(tmp_path / "own.json", "\n".join(json.dumps(row) for row in rows))
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "own.parquet")
    told = [
        [msgspec.structs.replace(event, event_id="") for event in decoded(path, mapped(PATHS))]
        for path in (lines, tmp_path / "own.parquet")
    ]
    assert told[0] == told[1] and len(told[0]) == 2


def test_a_part_of_another_shape_is_set_aside(tmp_path: Path) -> None:
    """Lists and objects where a value should be do not stop their row; they are named."""
    row = {"t": "A", "at": 1772438400, "v": [1], "d": {"x": 1}, "o": True, "l": 7}
    text = (
        f'{TRUCK}odometer = {{ column = "v", unit = "mi" }}\ndriver_id = "d"\n'
        'fuel_used = { column = "o", factor = 2 }\nlamps = { column = "l", split = ";" }\n'
    )
    (event,) = decoded(written(tmp_path / "own.jsonl", json.dumps(row)), mapped(text))
    assert (event.odometer, event.driver_id, event.fuel_used, event.lamps) == (
        None, None, None, ("7",),
    )  # fmt: skip
    assert {each.field for each in event.set_aside} == {"odometer", "driver_id", "fuel_used"}


def test_parquets_own_types_are_taken(tmp_path: Path) -> None:
    """Times to the nanosecond, dates, decimals and booleans."""
    table = pyarrow.table({
        "t": ["A"], "at": pyarrow.array([1772438400000000999], pyarrow.timestamp("ns", "UTC")),
        "v": pyarrow.array([Decimal("7.25")]), "k": [True],
    })  # fmt: skip
    pyarrow.parquet.write_table(table, tmp_path / "own.parquet")
    (event,) = decoded(tmp_path / "own.parquet", mapped(f'{TRUCK}odometer = "v"\nignition = "k"\n'))
    assert event.timestamp == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert (event.odometer, event.ignition) == (7.25, True)


def test_one_message_a_signal(tmp_path: Path) -> None:
    """Rows that name their signal become events by 'when'; others become none."""
    rows = [
        {"name": "speed", "value": 5},
        {"name": "odo", "value": 7},
        {"name": "door", "value": 1},
    ]
    text = (
        '[common]\nkind = "telemetry"\ntruck_id = "$file"\n'
        'timestamp = { value = "2026-03-02T08:00:00Z", plus = "$row" }\n'
        '[[event]]\nwhen = { name = "speed" }\nvehicle_speed = "value"\n'
        '[[event]]\nwhen = { name = ["odo", "odometer"] }\nodometer = "value"\n'
    )
    path = written(tmp_path / "car.jsonl", "\n".join(json.dumps(row) for row in rows))
    first, second = decoded(path, mapped(text), "car.jsonl")
    assert (first.vehicle_speed, first.odometer, first.truck_id) == (5, None, "car.jsonl")
    assert (second.odometer, second.timestamp.second) == (7, 2)


def test_a_row_can_make_several_events(tmp_path: Path) -> None:
    """Each event that a row makes has an id of its own."""
    text = (
        f'{TRUCK}odometer = "v"\n'
        '[[event]]\nkind = "click"\nevent_type = { value = "view" }\ntimestamp = "at"\n'
    )
    path = written(tmp_path / "own.csv", "t,at,v\nA,2026-03-02,1\n")
    first, second = decoded(path, mapped(text))
    assert second.event_id == f"{first.event_id}.2" and second.event_type == "view"


def test_rows_with_and_without_a_value_are_told_apart(tmp_path: Path) -> None:
    """When = { column = true } takes the rows that have one."""
    path = written(tmp_path / "own.csv", "t,at,v\nA,2026-03-02,1\nB,2026-03-02,\n")
    with_value = decoded(path, mapped(f"{TRUCK}when = {{ v = true }}\n"))
    without = decoded(path, mapped(f"{TRUCK}when = {{ v = false }}\n"))
    assert [e.truck_id for e in with_value] == ["A"] and [e.truck_id for e in without] == ["B"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x =", "no TOML"),
        ("x = 1\n" + TRUCK, "'x' is not known"),
        ("", r"must have an \[\[event\]\]"),
        ('[[event]]\nkind = "truck"\n', "kind: 'truck' is none of click, telemetry"),
        (f'{TRUCK}speed = "v"\n', "no field 'speed'"),
        (f'{TRUCK}odometer = {{ unit = "mi" }}\n', "either a column or a value"),
        (f'{TRUCK}odometer = {{ column = "v", value = 1 }}\n', "either a column or a value"),
        (f'{TRUCK}odometer = {{ column = "v", unit = "psi" }}\n', "'psi' cannot be turned into km"),
        (f'{TRUCK}driver_id = {{ column = "v", unit = "mi" }}\n', "the field has no unit"),
        (f'{TRUCK}odometer = {{ column = "v", units = "mi" }}\n', "unknown field `units`"),
        (f'{TRUCK}driver_id = {{ column = "v", format = "%d %d" }}\n', "format: '%d %d' is none"),
        ('[[event]]\nkind="click"\ntimestamp = { column = "a", zone = "Mars" }\n', "no time zone"),
        ("[file]\nformat = 3\n" + TRUCK, "Expected `str"),
        ("[file]\nformat = 'xls'\n" + TRUCK, "no format 'xls'"),
        ("[file]\ndelimiter = ';;'\n" + TRUCK, "must be one character"),
        ("[file]\nencoding = 'utf-99'\n" + TRUCK, "unknown encoding"),
        (f'{TRUCK}odometer = "w"\n', "no column 'w'; there are t, at, v"),
        (f'{TRUCK}when = "v"\n', "when: must be a table"),
        (f'{TRUCK}each = "v"\n', "a table has no lists"),
    ],
)
def test_a_wrong_mapping_is_told(tmp_path: Path, text: str, said: str) -> None:
    """The file, the event, the field and what is allowed."""
    path = written(tmp_path / "own.csv", "t,at,v\nA,2026-03-02,1\n")
    with pytest.raises(UsageError, match=said):
        decoded(path, mapped(text))


def test_a_doubled_column_is_told(tmp_path: Path) -> None:
    """Which of two columns of one name is meant nobody knows."""
    path = written(tmp_path / "own.csv", "t,at,t\nA,2026-03-02,1\n")
    with pytest.raises(UsageError, match="the column 't' is there 2 times"):
        decoded(path, mapped(TRUCK))


def test_a_mapping_that_is_not_there_is_told(tmp_path: Path) -> None:
    """By name and by file."""
    with pytest.raises(UsageError, match="no mapping 'obd'; there are drives"):
        load("obd")
    with pytest.raises(UsageError, match=r"none\.toml cannot be read"):
        load(str(tmp_path / "none.toml"))


def test_the_mappings_of_the_docs_can_be_loaded() -> None:
    """What docs/own-data.md shows is a mapping, and no key of a field is left out there."""
    page = (Path(__file__).parents[3] / "docs" / "own-data.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", page, re.S)
    kinds = [mapped(block).events[0].kind.name for block in blocks]
    assert kinds == ["telemetry", "click", "telemetry"]
    for struct in (Rule, FileRule):
        assert all(f"`{name}`" in page for name in struct.__struct_fields__)
    assert all(f"| `{name}` |" in page for name in shipped())
