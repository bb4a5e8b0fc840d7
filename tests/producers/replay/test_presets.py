"""The mappings that Cartwheel brings: what each makes of its kind of file."""

import gzip
import json
import os
import zipfile
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from cartwheel.errors import UsageError

from producers.replay import inputs
from producers.replay.check import check, require_whole
from producers.replay.mapping import load, shipped
from producers.replay.translate import messages
from tests.producers.replay.shared import decoded, written

DATA = Path(os.environ.get("CARTWHEEL_DATA", Path(__file__).parents[3] / ".." / "shared" / "data"))
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="CARTWHEEL_DATA names no folder")

DRIVES = (
    "drive,time_utc,gps_lat,gps_long,gps_elevation,gps_sats,gps_hdop,speed_mph,gps_heading_raw,"
    "engine_rpm,cumulative_drive_dist_mi\n"
    "1.0,2019-05-23 20:54:11+00:00,41.25,-95.98,349.8,4.0,2.5,10.0,270.5,,0.5\n"
    "2.0,2019-05-23 20:54:12+00:00,41.26,-95.99,NA,5.0,1.5,0.0,90.0,800.0,1.0\n"
)
ESHOP = (
    "year;month;day;order;country;session ID;page 1 (main category);page 2 (clothing model);"
    "colour;location;model photography;price;price 2;page\n"
    "2008;4;1;1;29;7;1;A13;1;5;1;28;2;1\n"
    "2008;4;1;2;99;7;4;P16;1;6;1;33;2;2\n"
)
RETAIL = (
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
    "C536379,D,Discount,-1,2010-12-01 09:41:00,27.5,14527,United Kingdom\n"
    "A563185,B,Adjust bad debt,1,2011-08-12 14:50:00,-11062.06,,United Kingdom\n"
    "536365,85123A, T-LIGHT £ ,6,2010-12-01 08:26:00,2.55,17850,EIRE\n"
    "536365,85123A, T-LIGHT £ ,6,2010-12-01 08:26:00,2.55,17850,EIRE\n"
)
GPX = """<?xml version="1.0"?>
<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1" xmlns:e="urn:e"><trk><name>Van 7</name>
<trkseg><trkpt lat="48.1" lon="11.5"><ele>520.5</ele><time>2026-03-02T08:00:00Z</time>
<extensions><e:speed>10</e:speed><e:course>90</e:course></extensions></trkpt>
<trkpt lat="48.2" lon="11.5"><time>2026-03-02T08:01:00Z</time></trkpt></trkseg></trk>
<trk><trkseg><trkpt lat="1" lon="2"><time>2026-03-02T08:01:00Z</time></trkpt></trkseg></trk></gpx>
"""
TRACCAR = (
    "id,deviceId,fixTime,deviceTime,valid,latitude,longitude,altitude,speed,course,odometer,"
    "ignition,hours,sat\n"
    "1,42,2026-03-02T08:00:00.000+00:00,,true,48.1,11.5,520,10,90,1234567,true,7200000,9\n"
    "2,42,,2026-03-02T08:01:00.000+00:00,false,0,0,0,0,0,1234600,false,7200000,0\n"
)
J1939 = (
    "TimeStamp,EngineSpeed,WheelBasedVehicleSpeed,EngineCoolantTemperature,BarometricPressure,"
    "TotalVehicleDistance\n"
    "2026-03-02T08:00:00Z,1500,80.5,88,98.5,123456.125\n"
    "2026-03-02T08:00:01Z,8191.875,NA,215,127.5,\n"
)
_PURCHASE = {
    "event_name": "purchase", "event_timestamp": "1772438400000000", "user_pseudo_id": "9.8",
    "event_params": [{"key": "ga_session_id", "value": {"int_value": "77"}}],
    "device": {"category": "mobile", "web_info": {"browser": "Chrome"}},
    "geo": {"country": "Italy"},
    "ecommerce": {"transaction_id": "o1", "purchase_revenue": 25.0},
    "items": [
        {"item_id": "A", "item_name": "Lamp", "price": 10.0, "quantity": "2"},
        {"item_id": "B", "item_name": "Bulb", "price": 5.0, "quantity": "1"},
    ],
}  # fmt: skip
GA4 = [
    _PURCHASE,
    _PURCHASE | {"items": [], "event_timestamp": "1772438401000000"},
    _PURCHASE | {"event_name": "page_view", "items": []},
    _PURCHASE | {"event_name": "scroll", "items": []},
]


def test_drives_become_telemetry_in_metric_units(tmp_path: Path) -> None:
    """Mph and miles are converted; a signal that is absent is null; each drive is a truck."""
    first, second = decoded(written(tmp_path / "nds_data.csv", DRIVES), "drives")
    assert (first.truck_id, second.truck_id) == ("drive-01", "drive-02")
    assert first.vehicle_speed == pytest.approx(16.09344)
    assert first.odometer == pytest.approx(0.804672) and first.gps.satellites == 4
    assert first.engine is None and second.engine.rpm == 800
    assert second.gps.altitude is None and first.fuel_consumption is None
    assert first.timestamp == datetime(2019, 5, 23, 20, 54, 11, tzinfo=UTC)


def test_eshop_becomes_views_in_their_order(tmp_path: Path) -> None:
    """The time is the date at 00:00 UTC plus the order in seconds; words become names."""
    first, second = decoded(written(tmp_path / "e-shop.csv", ESHOP), "eshop")
    assert first.timestamp == datetime(2008, 4, 1, 0, 0, 1, tzinfo=UTC)
    assert second.timestamp == datetime(2008, 4, 1, 0, 0, 2, tzinfo=UTC)
    assert (first.session_id, first.event_type, first.product_id) == ("7", "view", "A13")
    assert (first.category, second.category, first.page) == ("trousers", "sale", "page 1")
    assert (first.location, second.location) == ("Poland", "99")


def test_online_retail_is_sent_as_it_is(tmp_path: Path) -> None:
    """Cancellations, adjustments, blanks and equal lines stay."""
    made = decoded(written(tmp_path / "online_retail.csv", RETAIL), "online-retail")
    assert [e.InvoiceNo for e in made] == ["C536379", "A563185", "536365", "536365"]
    assert made[1].UnitPrice == -11062.06 and made[1].CustomerID is None
    assert made[2].Description == " T-LIGHT £ " and made[2].Quantity == 6
    assert made[2].InvoiceDate == datetime(2010, 12, 1, 8, 26)


def test_gpx_points_are_readings(tmp_path: Path) -> None:
    """m/s become km/h; a track's name is the truck, else the source's."""
    first, second, third = decoded(written(tmp_path / "t.gpx", GPX), "gpx", "t.gpx")
    assert (first.truck_id, third.truck_id) == ("Van 7", "t.gpx")
    assert (first.gps.speed, first.gps.heading, first.gps.altitude) == (36, 90, 520.5)
    assert second.gps.speed is None and second.gps.latitude == 48.2
    assert third.gps.longitude == 2


def test_traccar_positions_keep_the_vehicle_where_there_is_no_fix(tmp_path: Path) -> None:
    """Knots, metres and milliseconds are converted; an invalid fix is no place at 0,0."""
    first, second = decoded(written(tmp_path / "positions.csv", TRACCAR), "traccar")
    assert first.gps.speed == pytest.approx(18.52) and first.odometer == 1234.567
    assert first.engine_hours == 2 and first.ignition is True and first.truck_id == "42"
    assert second.gps is None and second.odometer == 1234.6 and second.ignition is False
    assert second.timestamp == datetime(2026, 3, 2, 8, 1, tzinfo=UTC)


def test_j1939_codes_are_no_values(tmp_path: Path) -> None:
    """KPa become hPa; a signal's code for "not available" is set aside, the row lands."""
    first, second = decoded(written(tmp_path / "truck-9.csv", J1939), "j1939", "truck-9.csv")
    assert first.environment.pressure == 985 and first.odometer == 123456.125
    assert (first.vehicle_speed, first.truck_id) == (80.5, "truck-9.csv")
    assert second.engine.rpm is None and second.engine.temperature is None
    assert {each.field for each in second.set_aside} == {
        "engine.rpm", "engine.temperature", "environment.pressure",
    }  # fmt: skip


def test_a_ga4_purchase_is_an_event_an_item(tmp_path: Path) -> None:
    """Items become purchases of one order; without items its total is told; others are left."""
    text = "\n".join(json.dumps(each) for each in GA4)
    lamp, bulb, whole, page = decoded(written(tmp_path / "events.jsonl", text), "ga4")
    assert [(e.product_id, e.price, e.quantity) for e in (lamp, bulb)] == [
        ("A", 10, 2), ("B", 5, 1),
    ]  # fmt: skip
    assert {e.session_id for e in (lamp, bulb, whole, page)} == {"9.8.77"}
    assert (whole.product_id, whole.order_total, whole.order_id) == (None, 25, "o1")
    assert (page.event_type, page.location, page.browser) == ("view", "Italy", "Chrome")
    assert len({e.event_id for e in (lamp, bulb, whole, page)}) == 4


def test_every_mapping_can_be_loaded() -> None:
    """What is shipped is there by name."""
    assert set(shipped()) == {
        "drives", "eshop", "ga4", "gpx", "j1939", "online-retail", "traccar",
    }  # fmt: skip
    assert all(load(name).events for name in shipped())


def test_packed_files_are_read_too(tmp_path: Path) -> None:
    """A .csv.gz and a .zip with one .csv are read, and are the same source as unpacked."""
    plain = decoded(written(tmp_path / "online_retail.csv", RETAIL), "online-retail")
    packed = written(tmp_path / "online_retail.csv.gz", gzip.compress(RETAIL.encode()))
    assert decoded(packed, "online-retail") == plain
    with zipfile.ZipFile(tmp_path / "e.zip", "w") as archive:
        archive.writestr("e-shop clothing 2008.csv", ESHOP)
        archive.writestr("description.txt", "about")
    assert len(decoded(tmp_path / "e.zip", "eshop")) == 2


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\x02\xff", b"\x1f\x8b broken", b"PK\x03\x04 broken"]
)
def test_a_file_that_is_no_table_is_told(tmp_path: Path, content: bytes) -> None:
    """An empty, binary or damaged file ends in a message that names it."""
    for name in shipped():
        for suffix in (".csv", ".csv.gz", ".zip", ".json", ".jsonl", ".parquet", ".gpx"):
            path = written(tmp_path / f"file{suffix}", content)
            with pytest.raises(UsageError, match=r"file\."):
                require_whole(check([path], load(name), None))


@needs_data
@pytest.mark.proof
def test_online_retail_has_its_control_totals() -> None:
    """All 541,909 lines, their quantities, amounts, invoices and ids."""
    mapping = load("online-retail")
    lines, quantity, amount = 0, 0, Decimal(0)
    ids, invoices = set(), set()
    for sent in messages(inputs.found(mapping, [DATA]), mapping, None):
        said = json.loads(sent.data)
        lines += 1
        quantity += said["Quantity"]
        amount += said["Quantity"] * Decimal(str(said["UnitPrice"]))
        ids.add(said["event_id"])
        invoices.add(said["InvoiceNo"])
    assert (lines, len(ids), quantity, len(invoices)) == (541_909, 541_909, 5_176_450, 25_900)
    assert amount == Decimal("9747747.934")


@needs_data
@pytest.mark.parametrize(("name", "rows"), [("drives", 23_187), ("eshop", 165_474)])
def test_the_published_files_are_taken_whole(name: str, rows: int) -> None:
    """Every row of the real files is an event that the streams take, with an id of its own."""
    mapping = load(name)
    paths = inputs.found(mapping, [DATA])
    ids = Counter(json.loads(m.data)["event_id"] for m in messages(paths, mapping, None))
    assert len(ids) == ids.total() == rows
    if name == "drives":
        require_whole(check(paths, mapping, None))
