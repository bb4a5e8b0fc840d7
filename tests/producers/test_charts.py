"""The charts of the simulated world say what their data say."""

import pandas as pd

from producers import charts as draw

MIDNIGHT = pd.Timestamp("2025-09-01 06:00")


def title(chart: object) -> str:
    return str(chart.title.text)  # type: ignore[attr-defined]


def readings(speeds: list[float]) -> pd.DataFrame:
    at = [MIDNIGHT + pd.Timedelta(hours=n) for n in range(len(speeds))]
    return pd.DataFrame(
        {"truck_id": "T1", "at": at, "speed_kmh": speeds, "fuel_percent": 80.0,
         "temperature": 80.0, "odometer": [float(sum(speeds[: n + 1])) for n in range(len(at))]}
    )  # fmt: skip


def stops(*late: float, cause: str = "congestion") -> pd.DataFrame:
    causes = [cause if seconds > 0 else "" for seconds in late]
    return pd.DataFrame({"late_seconds": late, "cause": causes})


def test_a_day_of_a_truck_counts_its_hours_and_kilometres() -> None:
    """The title says how long and how far it drove, of this day alone."""
    day = readings([0.0] * 6 + [50.0] * 6 + [0.0] * 12 + [90.0] * 24)
    assert title(draw.truck_day(day, "T1", MIDNIGHT)) == "T1 drove for 6.0 hours, 300 km"
    assert "stood still" in title(draw.truck_day(readings([0.0] * 24), "T1", MIDNIGHT))
    assert "stood still" in title(draw.truck_day(day, "T2", MIDNIGHT))


def test_the_delays_name_their_share_and_most_frequent_cause() -> None:
    """Late are those after the window's end; the bars hold every order once."""
    chart = draw.delays(stops(-600, -10, 0.0, 90, 99_999))
    assert title(chart) == "40% of the orders came late, most often: congestion"
    assert chart.data["count"].sum() == 5
    assert (
        chart.data.loc[chart.data["is_late"], "count"].sum() == 3
    )  # on the second is a bar's edge
    assert title(draw.delays(stops(-600.0))) == "0% of the orders came late"
    assert "Nothing was delivered" in title(draw.delays(stops()))


def test_the_steps_are_counted() -> None:
    """The share in the title is that of purchases in views."""
    clicks = pd.DataFrame({"event_type": ["view"] * 40 + ["click"] * 9 + ["purchase"]})
    assert title(draw.steps(clicks)) == "2.5% of the views end in a purchase"
    assert draw.steps(clicks.iloc[:0])


def test_both_sides_of_an_account_are_shown() -> None:
    """The sums stand beside each other, with what they are made of."""
    html = draw.accounts(
        {"start": 100.0, "refuelled": 50.0, "burnt": 30.0, "lost": 5.0, "left": 115.0},
        {"bought": 10, "delivered": 7, "cancelled": 1, "on their way": 2},
    ).data
    assert html.count(">150.0<") == 2 and html.count(">10<") == 2
    assert "= 7 + 1 + 2" in html
