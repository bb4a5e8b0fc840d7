"""How an environment shows times, quantities and money."""

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from cartwheel import display
from cartwheel.display import Display
from cartwheel.errors import CartwheelError

CHICAGO = Display(ZoneInfo("America/Chicago"), "us", "USD")


def test_the_clock_follows_the_zone_through_the_year() -> None:
    """Six hours behind in winter, five in summer; back it is the same instant."""
    for utc, local in (
        (datetime(2026, 1, 1, 3), datetime(2025, 12, 31, 21)),
        (datetime(2026, 7, 1, 3), datetime(2026, 6, 30, 22)),
    ):
        assert CHICAGO.clock(utc) == local
        assert CHICAGO.instant(local) == utc
    column = pd.Series(pd.to_datetime(["2026-01-01 03:00", "2026-07-01 03:00", None]))
    found = CHICAGO.clocks(column)
    assert found.tolist()[:2] == [datetime(2025, 12, 31, 21), datetime(2026, 6, 30, 22)]
    assert found.isna().tolist() == [False, False, True]
    aware = column.dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo")
    assert CHICAGO.clocks(aware).equals(found)


def test_an_hour_that_is_told_twice_is_the_first_and_one_left_out_is_the_next() -> None:
    """The clock is set back on 1 November 2026 and forward on 8 March."""
    assert CHICAGO.instant(datetime(2026, 11, 1, 1, 30)) == datetime(2026, 11, 1, 6, 30)
    assert CHICAGO.instant(datetime(2026, 3, 8, 2, 30)) == datetime(2026, 3, 8, 8, 30)


def test_a_zone_is_named_by_its_place() -> None:
    """As people say it, and as SQL does."""
    assert (CHICAGO.zone_name, CHICAGO.zone_key) == ("Chicago time", "America/Chicago")
    assert (Display().zone_name, Display().zone_key) == ("UTC", "UTC")
    assert Display(ZoneInfo("America/New_York")).zone_name == "New York time"


@pytest.mark.parametrize(
    ("quantity", "value", "metric", "us"),
    [
        ("distance", 100.0, "100 km", "62 mi"),
        ("speed", 80.0, "80 km/h", "50 mph"),
        ("volume", 100.0, "100 L", "26 gal"),
        ("consumption", 23.5, "24 L/100 km", "10 gal/100 mi"),
        ("temperature", 100.0, "100 °C", "212 °F"),
        ("pressure", 700.0, "700 kPa", "102 psi"),
    ],
)
def test_a_quantity_has_the_environments_unit(
    quantity: str, value: float, metric: str, us: str
) -> None:
    """A mile is 1.609344 km, a gallon 3.785411784 L, a psi 6.894757 kPa."""
    assert Display().unit(quantity).text(value) == metric
    assert CHICAGO.unit(quantity).text(value) == us


def test_money_has_its_currency() -> None:
    """A sign before it, a code behind it, or nothing if it is not known."""
    assert CHICAGO.money(1234.5) == "$1,234"
    assert Display(currency="CHF").money(1234.0) == "1,234 CHF"
    assert Display().money(1234.0) == "1,234"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(display, "INFRA", tmp_path)
    (tmp_path / "parameters").mkdir()
    return tmp_path / "parameters"


def test_an_environment_without_a_file_is_shown_in_utc(folder: Path) -> None:
    """UTC and metric units, and a currency that is not known."""
    assert display.of_environment("dev") == Display()


def test_the_parameters_file_says_how(folder: Path) -> None:
    """Zone, units and currency; what it does not say stays as it is."""
    text = {"timezone": "Europe/Berlin", "currency": "EUR", "LoadQueue": "true"}
    (folder / "dev.json").write_text(json.dumps(text))
    assert display.of_environment("dev") == Display(ZoneInfo("Europe/Berlin"), "metric", "EUR")


@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [
        ("timezone", "Chicago", "America/Chicago"),
        ("timezone", "/etc/passwd", "America/Chicago"),
        ("timezone", "../x", "America/Chicago"),
        ("units", "imperial", "metric nor us"),
        ("currency", "dollars", "ISO 4217"),
    ],
)
def test_what_no_page_can_show_is_named(folder: Path, field: str, value: str, allowed: str) -> None:
    """File, field and value, and what is allowed."""
    (folder / "dev.json").write_text(json.dumps({field: value}))
    with pytest.raises(CartwheelError, match=rf"dev\.json: {field}: .*{allowed}"):
        display.of_environment("dev")


def test_a_time_of_day_says_its_zone() -> None:
    """With or without an offset it is the same moment."""
    for moment in (datetime(2026, 12, 1, 15, 5), datetime(2026, 12, 1, 15, 5, tzinfo=UTC)):
        assert CHICAGO.time_of_day(moment) == "9:05 Chicago time"
        assert Display().time_of_day(moment) == "15:05 UTC"
