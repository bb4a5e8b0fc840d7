"""``producers replay`` and ``producers mapping``: what they say, and when they send nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cartwheel.errors import UsageError

from producers.replay import inputs
from producers.replay.check import check, require_whole
from producers.replay.guess import guess
from producers.replay.told import report
from tests.producers.replay.shared import decoded, mapped, written

TRUCK = '[[event]]\nkind = "telemetry"\ntruck_id = "t"\ntimestamp = "at"\n'
PINGS = mapped(f'{TRUCK}vehicle_speed = "v"\nodometer = "o"\nengine.temperature = "c"\n')
GOOD = "".join(f"A,2026-03-02 08:00:{n:02d},{n},7,{255 if n < 20 else 90}\n" for n in range(40))


def run(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "producers", *words], capture_output=True, text=True,
        env={**os.environ, "CARTWHEEL_HOME": str(tmp_path / "state")},
        cwd=Path(__file__).parents[3],
    )  # fmt: skip


def test_a_dry_run_tells_what_would_be_sent(tmp_path: Path) -> None:
    """Rows, events, spans, shares of null, constants, codes, pages; nothing is started."""
    path = written(tmp_path / "own.csv", f"t,at,v,o,c\n{GOOD}")
    found = report(check([path], PINGS, None, with_values=True), PINGS)
    assert "40 rows" in found and "40 events, 2026-03-02 08:00 to 2026-03-02 08:00 UTC" in found
    assert "1 truck\n" in found
    assert "always 7" in found and "0 to 39 km/h" in found
    assert "20 set aside: must be from -60 to 200 °C" in found and " 50.0%" in found
    assert "distance by odometer; fuel unknown" in found and "engine temperature" in found
    assert "50_clicks    empty: no clicks" in found


def test_a_dry_run_warns_of_readings_without_a_signal(tmp_path: Path) -> None:
    """A truck and a time alone fill no page."""
    path = written(tmp_path / "own.csv", "t,at\nA,2026-03-02 08:00:00\n")
    told = mapped(TRUCK)
    found = report(check([path], told, None, with_values=True), told)
    assert "1 event, " in found and "none says a signal: a truck and a time alone" in found


def test_another_encoding_is_asked_for(tmp_path: Path) -> None:
    """The message says where the mapping names it."""
    path = tmp_path / "own.csv"
    path.write_bytes("t,at,v,o,c\nMüller,2026-03-02 08:00:00,1,2,3\n".encode("latin-1"))
    with pytest.raises(UsageError, match=r"own\.csv cannot be read: .*encoding = \"latin-1\""):
        check([path], PINGS, None)


def test_codes_for_no_value_are_suspected(tmp_path: Path) -> None:
    """A value such as 255 that is an end of its signal and frequent is named."""
    rows = "".join(f"A,2026-03-02 08:00:{n:02d},1,{255 if n < 20 else n}\n" for n in range(40))
    path = written(tmp_path / "own.csv", f"t,at,v,o\n{rows}")
    told = mapped(f'{TRUCK}odometer = "o"\n')
    found = report(check([path], told, None, with_values=True), told)
    assert "255 in 20 of 40: a code for no value?" in found


def test_refused_rows_are_grouped_by_reason_and_nothing_is_sent(tmp_path: Path) -> None:
    """File, line, field and value of the first of each reason."""
    bad = "".join(f"A,noon,{n},7,90\n" for n in range(3)) + ",2026-03-02,1,7,90\n"
    path = written(tmp_path / "own.csv", f"t,at,v,o,c\n{GOOD}{bad}")
    checked = check([path], PINGS, None, with_values=True)
    with pytest.raises(UsageError) as caught:
        require_whole(checked)
    said = str(caught.value)
    assert "4 of 44 rows would be refused" in said and "3 like" in said
    assert "own.csv, line 42: timestamp" in said and "'noon'" in said
    assert "own.csv, line 45: truck_id: is required, and missing" in said
    assert "refused                4" in report(checked, PINGS)


def test_rows_of_no_event_are_told(tmp_path: Path) -> None:
    """A 'when' that takes no row at all is a mistake."""
    path = written(tmp_path / "own.csv", f"t,at,v,o,c\n{GOOD}")
    none = mapped(f'{TRUCK}when = {{ t = "B" }}\n')
    with pytest.raises(UsageError, match="No row is one of the mapping's events"):
        require_whole(check([path], none, None))
    with pytest.raises(UsageError, match="there is no row"):
        check([written(tmp_path / "empty.csv", "t,at,v,o,c\n")], PINGS, None)


def test_a_folder_is_searched_for_the_mappings_files(tmp_path: Path) -> None:
    """By the patterns that a mapping names; of none, and of a missing file, it is told."""
    told = mapped(f'files = ["p*.csv"]\norigin = "the depot"\n{TRUCK}')
    (tmp_path / "deep").mkdir()
    files = [written(tmp_path / "deep" / "p2.csv", ""), written(tmp_path / "p1.csv", "")]
    written(tmp_path / "other.csv", "")
    assert inputs.found(told, [tmp_path]) == files
    with pytest.raises(UsageError, match=r"holds no p\*\.csv\. Get it from the depot"):
        inputs.found(told, [_empty(tmp_path)])
    with pytest.raises(UsageError, match="does not exist. Get it from the depot"):
        inputs.found(told, [tmp_path / "none.csv"])
    with pytest.raises(UsageError, match="is a folder: name the files"):
        inputs.found(mapped(TRUCK), [tmp_path])


def _empty(tmp_path: Path) -> Path:
    folder = tmp_path / "empty"
    folder.mkdir()
    return folder


def test_a_missing_file_ends_with_status_2_before_anything_is_started(tmp_path: Path) -> None:
    """What is looked for, and where to get it."""
    done = run(tmp_path, "replay", "--mapping", "eshop", str(tmp_path))
    assert done.returncode == 2
    assert "UCI Machine Learning Repository" in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "state").exists()


def test_a_dry_run_ends_with_status_1_if_rows_would_be_refused(tmp_path: Path) -> None:
    """Names with an escape sequence reach the terminal escaped."""
    own = written(tmp_path / "own.toml", TRUCK)
    good = written(tmp_path / "good.csv", "t,at\nA,2026-03-02\n")
    bad = written(tmp_path / "bad.csv", "t,at\nA,\x1b[2Jnoon\n")
    done = run(tmp_path, "replay", "-m", str(own), "--dry-run", str(good))
    assert done.returncode == 0 and "1 row" in done.stdout
    done = run(tmp_path, "replay", "-m", str(own), "--dry-run", str(bad))
    assert done.returncode == 1 and "refused" in done.stdout and "\x1b" not in done.stdout
    done = run(tmp_path, "replay", "-m", str(own), str(bad))
    assert done.returncode == 2 and "\x1b" not in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("speed", ["0", "-1", "fast", "nan", "inf"])
def test_a_speed_that_is_none_is_refused(tmp_path: Path, speed: str) -> None:
    """--speed takes max or a number above zero."""
    done = run(tmp_path, "replay", "-m", "drives", str(tmp_path), "--speed", speed)
    assert done.returncode == 2 and "'max'" in done.stderr


GUESSED = {
    "pings.csv": (
        "Vehicle ID;GPS Time;Lat;Lon;Speed (mph);Odometer km;Cell ID\n"
        "V1;02.03.2026 08:00:00;48.1;11.5;60;1000;a\n"
    ),
    "clicks.csv": (
        "visitor,event,ts,item id,url\n"
        "v1,addtocart,1772438400,A,/p/a\nv1,transaction,1772438460,A,/p/a\n"
    ),
    "lines.csv": "order_id,sku,qty,order date,unit price\n7,A,2,02/13/2026 08:00,2.5\n",
    "signals.jsonl": (
        '{"name":"engine_speed","value":900,"timestamp":1772438400.5}\n'
        '{"name":"door","value":1,"timestamp":1772438401}\n'
    ),
    "historian.csv": "Unit,when,signal,reading\nU1,1772438400,Engine RPM,900\nU1,1772438400,x,1\n",
}


@pytest.mark.parametrize("name", GUESSED)
def test_a_guess_is_a_mapping_that_works(tmp_path: Path, name: str) -> None:
    """Delimiter, times, units and words are told from the file's own."""
    path = written(tmp_path / name, GUESSED[name])
    text = guess(path)
    first, *more = decoded(path, mapped(text), name)
    told = {
        "pings.csv": ("V1", 8, 96.56064, 1000),
        "clicks.csv": ("add_to_cart", 8, "A", "/p/a"),
        "lines.csv": ("7", 8, 2, 2.5),
        "signals.jsonl": ("signals.jsonl", 8, 900, None),
        "historian.csv": ("U1", 8, 900, None),
    }[name]
    found = {
        "pings.csv": lambda e: (e.truck_id, e.timestamp.hour, e.vehicle_speed, e.odometer),
        "clicks.csv": lambda e: (e.event_type, e.timestamp.hour, e.product_id, e.page),
        "lines.csv": lambda e: (e.InvoiceNo, e.InvoiceDate.hour, e.Quantity, e.UnitPrice),
        "signals.jsonl": lambda e: (e.truck_id, e.timestamp.hour, e.engine.rpm, e.odometer),
        "historian.csv": lambda e: (e.truck_id, e.timestamp.hour, e.engine.rpm, e.odometer),
    }[name]
    assert found(first) == told
    if name == "clicks.csv":
        assert [event.event_type for event in more] == ["purchase"]
    if name == "pings.csv":
        assert '"Cell ID"' in text.partition("# Not used")[2]


def test_a_file_that_cannot_be_guessed_says_what_to_do(tmp_path: Path) -> None:
    """The columns are named, and where mappings are described."""
    path = written(tmp_path / "own.csv", "a,b\n1,2\n")
    with pytest.raises(UsageError, match=r"docs/own-data\.md shows\. The columns are a, b"):
        guess(path)
