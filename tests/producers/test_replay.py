"""Real files become events; what is wrong with a file is said with file, line, field, value."""

import gzip
import json
import os
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cartwheel.errors import UsageError
from cartwheel.events import BY_STREAM, decode

from producers.replay import SOURCES

DATA = Path(os.environ.get("CARTWHEEL_DATA", Path(__file__).parents[2] / ".." / "shared" / "data"))
NOW = datetime(2026, 11, 21, tzinfo=UTC)
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="CARTWHEEL_DATA names no folder")

DRIVES = (
    "drive,time_utc,gps_lat,gps_long,gps_elevation,speed_mph,speed_source,engine_rpm,"
    "cumulative_drive_dist_mi\n"
    "1.0,2019-05-23 20:54:11+00:00,41.25,-95.98,349.8,10.0,gps,,0.5\n"
    "2.0,2019-05-23 20:54:12+00:00,41.26,-95.99,NA,0.0,obd,800.0,1.0\n"
)
ESHOP = (
    "year;month;day;order;country;session ID;page 1 (main category);page 2 (clothing model);"
    "colour;location;model photography;price;price 2;page\n"
    "2008;4;1;1;29;7;1;A13;1;5;1;28;2;1\n"
    "2008;4;1;2;29;7;4;P16;1;6;1;33;2;2\n"
)
RETAIL = (
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
    "C536379,D,Discount,-1,2010-12-01 09:41:00,27.5,14527,United Kingdom\n"
    "A563185,B,Adjust bad debt,1,2011-08-12 14:50:00,-11062.06,,United Kingdom\n"
    "536365,85123A, T-LIGHT £ ,6,2010-12-01 08:26:00,2.55,17850,EIRE\n"
    "536365,85123A, T-LIGHT £ ,6,2010-12-01 08:26:00,2.55,17850,EIRE\n"
)
FILES = {
    "drives": ("nds_data.csv", DRIVES),
    "eshop": ("e-shop clothing 2008.csv", ESHOP),
    "online-retail": ("online_retail.csv", RETAIL),
}


def events(source: str, path: Path) -> list[dict[str, Any]]:
    """Replay a file, see that every record validates, and return the records."""
    made = []
    for sent in SOURCES[source].read(path):
        decode(BY_STREAM[sent.stream], sent.data, NOW)
        made.append(json.loads(sent.data))
    return made


def written(tmp_path: Path, source: str, text: str | None = None) -> Path:
    name, content = FILES[source]
    path = tmp_path / name
    path.write_text(content if text is None else text, encoding="utf-8")
    return path


def test_drives_become_telemetry_in_metric_units(tmp_path: Path) -> None:
    """Mph and miles are converted; a signal that is absent is null; each drive is a truck."""
    first, second = events("drives", written(tmp_path, "drives"))
    assert first["truck_id"] == "drive-01" and second["truck_id"] == "drive-02"
    assert first["vehicle_speed"] == pytest.approx(16.09344)
    assert first["odometer"] == pytest.approx(0.804672)
    assert first["gps"]["speed"] == first["vehicle_speed"] and second["gps"]["speed"] is None
    assert first["engine"]["rpm"] is None and second["engine"]["rpm"] == 800
    assert second["gps"]["altitude"] is None
    assert first["health"] is None and first["fuel_consumption"] is None
    assert first["timestamp"] == "2019-05-23T20:54:11Z"


def test_eshop_becomes_views_in_their_order(tmp_path: Path) -> None:
    """The time is the date at 00:00 UTC plus the order number in seconds; the session stays."""
    first, second = events("eshop", written(tmp_path, "eshop"))
    assert first["timestamp"] == "2008-04-01T00:00:01Z"
    assert second["timestamp"] == "2008-04-01T00:00:02Z"
    assert {first["session_id"], second["session_id"]} == {"7"}
    assert (first["event_type"], first["product_id"], first["page"]) == (
        "view",
        "A13",
        "trousers/1",
    )
    assert first["location"] == "Poland"
    assert first["user_id"] is None and first["device_type"] is None


def test_online_retail_is_sent_as_it_is(tmp_path: Path) -> None:
    """Cancellations, adjustments, blanks and equal lines stay, told apart by their line."""
    made = events("online-retail", written(tmp_path, "online-retail"))
    assert [e["InvoiceNo"] for e in made] == ["C536379", "A563185", "536365", "536365"]
    assert made[1]["UnitPrice"] == -11062.06 and made[1]["CustomerID"] is None
    assert made[2]["Description"] == " T-LIGHT £ "
    assert len({e["event_id"] for e in made}) == 4


def test_a_repeated_replay_makes_the_same_event_ids(tmp_path: Path) -> None:
    """An event's id is its place in the source, so that a repetition is recognised."""
    for source in SOURCES:
        path = written(tmp_path, source)
        assert [e["event_id"] for e in events(source, path)] == [
            e["event_id"] for e in events(source, path)
        ]


def test_packed_files_are_read_too(tmp_path: Path) -> None:
    """A .csv.gz and a .zip with one .csv are read without unpacking."""
    packed = tmp_path / "online_retail.csv.gz"
    packed.write_bytes(gzip.compress(RETAIL.encode()))
    assert len(events("online-retail", packed)) == 4
    with zipfile.ZipFile(tmp_path / "e.zip", "w") as archive:
        archive.writestr("e-shop clothing 2008.csv", ESHOP)
        archive.writestr("description.txt", "about")
    assert len(events("eshop", tmp_path / "e.zip")) == 2


@pytest.mark.parametrize(
    ("source", "old", "new", "said"),
    [
        ("drives", "10.0,gps", "fast,gps", r"line 2, speed_mph: 'fast' is not a number"),
        ("drives", "2019-05-23 20:54:11+00:00", "noon", r"line 2, time_utc: 'noon' is not a time"),
        ("drives", "1.0,2019", ",2019", r"line 2, drive: must not be empty"),
        ("drives", "2019-05-23 20:54:11+00:00", "0001-01-01T00:00:00+23:00", r"line 2, time_utc"),
        ("drives", ",10.0,gps,,0.5", ",10.0", r"line 2: it has 6 cells, the header 9"),
        ("drives", ",0.5\n", ",0.5,1,2\n", r"line 2: it has 11 cells, the header 9"),
        ("eshop", ";29;7;1", ";²;7;1", r"line 2, country: '²'"),
        ("drives", "speed_mph", "speed", r"the column 'speed_mph' is missing"),
        ("eshop", "2008;4;1;1", "2008;4;31;1", r"line 2, year-month-day-order: '2008-4-31-1'"),
        ("eshop", ";29;7;1", ";99;7;1", r"line 2, country: '99' is not a number from 1 to 47"),
        ("online-retail", ",-1,", ",1.5,", r"line 2, Quantity: '1.5' is not a whole number"),
        ("online-retail", ",27.5,", ",inf,", r"line 2, UnitPrice: 'inf' is not a number"),
        ("online-retail", ",27.5,", ",,", r"line 2, UnitPrice: must not be empty"),
        ("online-retail", "2010-12-01 09:41:00", "", r"line 2, InvoiceDate: None is not a time"),
    ],
)
def test_a_wrong_cell_is_named_with_file_line_field_and_value(
    tmp_path: Path, source: str, old: str, new: str, said: str
) -> None:
    """Whatever is wrong with a file, the message says where and what."""
    text = FILES[source][1]
    assert old in text
    path = written(tmp_path, source, text.replace(old, new, 1))
    with pytest.raises(UsageError, match=said) as caught:
        events(source, path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\x02\xff", b"\x1f\x8b broken", b"PK\x03\x04 broken"]
)
def test_a_file_that_is_no_table_is_told(tmp_path: Path, content: bytes) -> None:
    """An empty, binary or damaged file ends in a message that names it."""
    for source, (name, _) in FILES.items():
        for suffix in ("", ".gz", ".zip"):
            path = tmp_path / (name + suffix)
            path.write_bytes(content)
            with pytest.raises(UsageError, match=str(path)):
                events(source, path)


def test_a_missing_file_says_what_is_looked_for_and_where_to_get_it(tmp_path: Path) -> None:
    """The command ends with status 2, without a traceback, before anything is started."""
    done = subprocess.run(
        [sys.executable, "-m", "producers", "replay", "--source", "eshop", "--path", str(tmp_path)],
        capture_output=True,
        text=True,
        env={**os.environ, "CARTWHEEL_HOME": str(tmp_path / "state")},
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 2
    assert "UCI Machine Learning Repository" in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "state").exists()


def test_a_zip_that_cannot_be_unpacked_is_told(tmp_path: Path) -> None:
    """A damaged archive, and one that holds no table, is named."""
    path = tmp_path / "e.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("e-shop clothing 2008.csv", ESHOP)
    whole = path.read_bytes()
    path.write_bytes(whole[:40] + b"\x00" * 40 + whole[80:])
    with pytest.raises(UsageError, match=str(path)):
        events("eshop", path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("description.txt", "about")
    with pytest.raises(UsageError, match=r"holds 0 \.csv files"):
        events("eshop", path)


@pytest.mark.parametrize("speed", ["0", "-1", "fast", "nan", "inf"])
def test_a_speed_that_is_none_is_refused(tmp_path: Path, speed: str) -> None:
    """--speed takes max or a number above zero."""
    words = ["replay", "--source", "drives", "--path", str(tmp_path), "--speed", speed]
    done = subprocess.run(
        [sys.executable, "-m", "producers", *words],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 2 and "'max'" in done.stderr


@needs_data
@pytest.mark.parametrize(
    ("source", "number"), [("drives", 23_187), ("eshop", 165_474), ("online-retail", 541_909)]
)
def test_the_published_files_are_read_whole(source: str, number: int) -> None:
    """Every row of the real files becomes a message that validates."""
    found = SOURCES[source].find(DATA)
    count = 0
    for sent in SOURCES[source].read(found):
        count += 1
        if count % 50 == 0:
            decode(BY_STREAM[sent.stream], sent.data, NOW)
    assert count == number
