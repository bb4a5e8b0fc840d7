"""The tanks' accounts, losses and receipts, by value."""

import math
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from cartwheel.fleet import fuel

START = datetime(2026, 3, 2)


def tank(truck: str = "T1", **says: Any) -> dict[str, Any]:
    """Return a row of the ledger's query: 50 % at first, 40 % left, 2 L a percent."""
    return {
        "truck_id": truck, "began_at": START, "ended_at": START + timedelta(days=1),
        "distance_km": 100.0, "litres_per_percent": 2.0, "count_receipts": 3,
        "is_calibrated": True, "percent_at_first": 50.0, "percent_left": 40.0,
        "percent_refuelled": 0.0, "percent_lost": 0.0, "count_refuels": 0, "count_losses": 0,
        **says,
    }  # fmt: skip


def seen(kind: str, percent: float | None, litres: float | None, receipt: float | None = None,
         truck: str = "T1") -> dict[str, Any]:  # fmt: skip
    """Return a row of the events' query."""
    return {
        "truck_id": truck, "kind": kind, "earliest_at": START, "happened_at": START,
        "percent": percent, "litres": litres, "receipt_litres": receipt,
    }  # fmt: skip


def test_what_is_used_is_what_is_missing_at_the_end() -> None:
    """100 + 60 = 64 used + 16 lost + 80 left, on 100 km."""
    row = tank(percent_refuelled=30.0, percent_lost=8.0, count_refuels=1, count_losses=1)
    found = fuel.accounted(pd.DataFrame([row]))
    account = found.rows.iloc[0]
    names = ["at_first", "refuelled", "used", "lost", "left", "litres_per_100_km"]
    assert account[names].tolist() == [100.0, 60.0, 64.0, 16.0, 80.0, 64.0]
    # Two levels of 0.2 %, two changes of 0.35 %, at 2 L a percent, and 0.4 % of what was used.
    off = 1.2815515655446004 * math.sqrt(4 * (2 * 0.04 + 2 * 0.1225) + (0.004 * 64) ** 2)
    assert account["high"] - account["used"] == pytest.approx(off)
    assert account["used"] - account["low"] == pytest.approx(off)
    assert found.text == "1 truck used 64 L and filled in 60 L; 16 L left at once"


def test_a_gauge_that_no_receipt_has_checked_is_less_sure() -> None:
    """Without receipts 2 % of what was used are added to the uncertainty."""
    rows = pd.DataFrame([tank(), tank("T2", is_calibrated=False, percent_left=0.0)])
    found = fuel.accounted(rows).rows.set_index("truck_id")
    width = found["high"] - found["low"]
    assert width["T2"] > 2 * width["T1"]
    assert found.index.tolist() == ["T2", "T1"]  # who used most first


def test_unknown_is_not_zero() -> None:
    """Without a scale there are no litres; without kilometres there is no rate."""
    rows = pd.DataFrame(
        [tank(litres_per_percent=None, is_calibrated=None), tank("T2", distance_km=0.0)]
    )
    found = fuel.accounted(rows)
    by_truck = found.rows.set_index("truck_id")
    assert math.isnan(by_truck.loc["T1", "used"]) and by_truck.loc["T2", "used"] == 20.0
    assert math.isnan(by_truck.loc["T2", "litres_per_100_km"])
    assert found.text == "1 truck used 20 L and filled in 0 L"
    nobody = fuel.accounted(rows.head(1))
    assert nobody.text == "No receipt and no tank size says how many litres a percent is"
    assert fuel.accounted(rows.head(0)).text == "No tank's level is known while a truck stood"


def test_losses_are_told_with_the_largest_first() -> None:
    """In litres where they are known, else in percent; refuels are none."""
    rows = [seen("loss", -5.0, -10.0), seen("loss", -9.0, -18.0, truck="T2"), seen("refuel", 50, 9)]
    found = fuel.losses(pd.DataFrame(rows))
    assert found.text == "Fuel left the tanks at once 2 times: 18 L from T2"
    assert found.rows["litres"].tolist() == [18.0, 10.0]
    single = fuel.losses(pd.DataFrame([seen("loss", -5.0, None)]))
    assert single.text == "Fuel left the tanks at once: 5 % from T1"
    assert fuel.losses(pd.DataFrame(rows[2:])).text == "No fuel is seen to have left a tank at once"


def test_a_receipt_fits_within_what_a_gauge_can_tell() -> None:
    """3 L off is allowed, more is wrong; none, and one for nothing, are named."""
    rows = pd.DataFrame(
        [
            seen("refuel", 40.0, 80.0, 83.0), seen("refuel", 40.0, 80.0, 83.25),
            seen("refuel", 40.0, 80.0, 76.0), seen("refuel", 40.0, 80.0),
            seen("receipt", None, None, 40.0), seen("refuel", 40.0, None, 80.0),
            seen("loss", -5.0, -10.0),
        ]
    )  # fmt: skip
    found = fuel.receipts(rows)
    assert found.rows["verdict"].tolist() == [
        "fits", "wrong", "wrong", "no receipt", "nothing reached the tank", "unknown",
    ]  # fmt: skip
    assert found.rows["off"].tolist()[:3] == [3.0, 3.25, -4.0]
    assert found.text == "6 refuels: 3 with a receipt that does not fit, 1 without a receipt"
    large = pd.DataFrame([seen("refuel", 90.0, 400.0, 410.0), seen("refuel", 90.0, 400.0, 413.0)])
    assert fuel.receipts(large).rows["verdict"].tolist() == ["fits", "wrong"]
