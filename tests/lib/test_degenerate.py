"""
Whatever little there is to show, no chart claims more than that, and none breaks.

Every public function of an area's ``charts`` that draws is found by itself; one that has no
entry here fails the test, and so must be given its degenerate inputs.
"""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from cartwheel import history
from cartwheel.charts import theme
from cartwheel.delivery import charts as delivery_chart
from cartwheel.events import CLICK
from cartwheel.finding import Finding
from cartwheel.fleet import drivers, emissions, fuel, health, overview, stops
from cartwheel.fleet.charts import drivers as drivers_chart
from cartwheel.fleet.charts import emissions as emissions_chart
from cartwheel.fleet.charts import fuel as fuel_chart
from cartwheel.fleet.charts import health as health_chart
from cartwheel.fleet.charts import maintenance as parts_chart
from cartwheel.fleet.charts import overview as fleet_chart
from cartwheel.fleet.charts import routes as routes_chart
from cartwheel.fleet.charts import stops as stops_chart
from cartwheel.fleet.emissions import Factors
from cartwheel.fleet.maintenance import assessment, proof, risk
from cartwheel.fleet.maintenance.decision import Trial
from cartwheel.fleet.routes import comparison, travel
from cartwheel.fleet.routes.days import Task
from cartwheel.fleet.routes.planning import Plan
from cartwheel.fleet.routes.timing import Timed
from cartwheel.history import charts as history_chart
from cartwheel.operations import charts as operations_chart
from cartwheel.operations import overview as road
from cartwheel.timeframe import Interval

from tests.lib import degenerate_audiences, degenerate_clicks

AREAS = ("clicks", "fleet")
# Their charts are few and lie in one module; "merged" asks the warehouse itself.
MODULES, ELSEWHERE = ("delivery", "history", "operations"), {"history.merged"}
START = datetime(2026, 3, 2)
# What is never true of one thing, or of nothing.
CLAIMS = re.compile(
    r"\b1 (trucks|visits|products|readings|hours|events|records|rows|versions|keys|files)\b"
    r"|\b1 differences\b|\bnan\b|\bNaT\b|\bNone\b|<NA>|\binf\b"
    r"|unknown visits|\bfell to\b|\b1 [a-z]+ (are|have|use|show)\b",
    re.I,
)
# A comparison of one thing with itself.
COMPARES = re.compile(r"\b(most|best|highest|median|than|times that)\b", re.I)

TRUCKS = pd.DataFrame(
    {
        "truck_id": ["A", "B", "C"], "read_at": START, "position_at": START,
        "gps_latitude": [48.0, 48.1, 48.2], "gps_longitude": 11.0, "speed_kmh": [0.0, 50.0, 60.0],
        "fuel_level": 50.0, "litres_per_100_km": [20.0, 30.0, 40.0], "distance_km": 100.0,
        "fuel_litres": 30.0, "fuelled_km": 100.0, "fuelled_litres": 30.0,
        "distance_source": "odometer",
        "fuel_source": "counter", "count_left_out": 0.0, "count_misdated": 0,
        "count_readings": 5, "lowest_tire_pressure_kpa": 700.0,
    }
)  # fmt: skip
SERIES = pd.DataFrame(
    {
        "slice_at": pd.date_range(START, periods=3, freq="min"), "latitude": [48.0, 48.1, 48.2],
        "longitude": [11.0, 11.1, 11.2], "speed_kmh": [0.0, 10.0, 20.0],
        "fuel_percent": [50.0, 49.0, 48.0], "engine_celsius": [80.0, 81.0, 82.0],
        "engine_rpm": [0.0, 900.0, 1500.0],
    }
)  # fmt: skip
SIGNALS = pd.DataFrame(
    {
        "truck_id": ["A", "B", "C"], "charging_volts": [28.1, 28.2, 27.0],
        "resting_volts": [25.0, 25.1, 25.2], "oil_kpa": [300.0, 310.0, 100.0],
        "engine_celsius": [88.0, 89.0, 99.0], "lowest_tire_kpa": [700.0, 710.0, 600.0],
    }
)  # fmt: skip
SPELLS = pd.DataFrame(
    {
        "kind": ["trip", "stop", "trip"],
        "began_at": pd.date_range(START, periods=3, freq="h"),
        "ended_at": pd.date_range(START, periods=3, freq="h") + pd.Timedelta("1h"),
        "distance_km": [20.0, None, 30.0], "engine_seconds": [None, 600.0, None],
    }
)  # fmt: skip
TANKS = pd.DataFrame(
    {
        "truck_id": ["A", "B", "C"], "began_at": START, "ended_at": START + timedelta(days=1),
        "distance_km": 100.0, "litres_per_percent": [1.2, 1.3, 1.2], "count_receipts": 3,
        "is_calibrated": [True, False, True], "percent_at_first": 50.0, "percent_left": 40.0,
        "percent_refuelled": [20.0, 0.0, 10.0], "percent_lost": [0.0, 5.0, 0.0],
        "count_refuels": [1, 0, 1], "count_losses": [0, 1, 0],
    }
)  # fmt: skip
FILLED = pd.DataFrame(
    {
        "truck_id": ["A", "B", "A"], "kind": ["refuel", "loss", "receipt"],
        "earliest_at": START, "happened_at": pd.date_range(START, periods=3, freq="h"),
        "percent": [50.0, -5.0, None], "litres": [60.0, -6.0, None],
        "receipt_litres": [61.0, None, 20.0],
    }
)  # fmt: skip
DRIVEN = pd.DataFrame(
    {
        "truck_id": ["T1", "T2", "T1"], "driver_id": ["A", "A", "B"],
        "day": pd.date_range(START, periods=3, freq="D"), "kilometres": [90.0, 80.0, 70.0],
        "hours": 2.0, "count_harsh": [9, 0, 3], "count_speeding": [4, 0, 3],
        "speeding_seconds": 60.0, "count_stops": 9, "count_known_stops": 9,
        "count_idled_stops": [5, 1, 2], "idle_seconds": 600.0, "fuelled_km": 80.0,
        "fuelled_litres": [20.0, 18.0, 17.0],
    }
)  # fmt: skip
EVENTS_AT = pd.DataFrame(
    {
        "truck_id": "T1", "happened_at": pd.date_range(START, periods=3, freq="h"),
        "event_type": ["harsh_brake", "speeding", "harsh_brake"], "speed_kmh": 50.0,
        "seconds": 2.0, "latitude": [48.0, 48.1, 48.2], "longitude": 11.0,
    }
)  # fmt: skip
STATUS = history.resolve("TRUCK_STATUS")
VERSIONS = pd.DataFrame(
    {
        "truck_id": "A", "effective_from": pd.date_range(START, periods=3, freq="h"),
        "effective_to": [START + timedelta(hours=1), START + timedelta(hours=2), pd.NaT],
        "is_current": [False, False, True],
        "load_timestamp": pd.date_range(START, periods=3, freq="h"),
        **{name: ["a", "b", "a"] for name in STATUS.columns},
    }
)  # fmt: skip
CHANGES = pd.DataFrame(
    {
        "product_id": ["P1", "P1", "P2"], "change": "changed",
        "column_name": ["price", "stock_band", "price"], "value_before": "1", "value_after": "2",
        "effective_from": pd.date_range(START, periods=3, freq="h"),
    }
)  # fmt: skip
EVENTS = pd.DataFrame(
    {
        "happened_at": START, "arrived_at": START, "late_by_seconds": [0.0, 0.0, 60.0],
        "verdict": ["new version", "unchanged", "overruled"], "changed": "",
        "version_from": START,
    }
)  # fmt: skip
LATE = pd.DataFrame(
    {"late_by": ["in time", "a minute", "more"], "count_rows": [5, 1, 0],
     "max_seconds": [0.0, 60.0, 0.0]}
)  # fmt: skip
RULES = pd.DataFrame(
    {"history": "PRODUCT", "rule": ["a", "b", "c"], "count_violations": [0, 1, 0], "example": "x"}
)
TASKS = pd.DataFrame(
    {"history": ["PRODUCT", "X", "Y"], "state": ["started", "suspended", "no task"],
     "last_error": None}
)  # fmt: skip
PARTS = pd.DataFrame(
    {
        "unit": ["A battery", "B battery", "C cooling"], "truck_id": ["A", "B", "C"],
        "component": ["battery", "battery", "cooling"], "day": START, "value": [25.0, 24.0, 90.0],
        "usual": [25.5, 25.5, 88.0], "limit": [22.0, 22.0, 120.0], "share": [0.14, 0.43, 0.06],
        "failed": [False, False, True], "probability": [0.01, 0.7, 0.2],
        "worth": [-300.0, 500.0, -100.0],
    }
)  # fmt: skip
BURNT = pd.DataFrame(
    {
        "truck_id": ["A", "B", "C"], "distance_km": [900.0, 1000.0, 1100.0],
        "metered_litres": [150.0, 180.0, 250.0], "tank_litres": [160.0, 190.0, 270.0],
        "idle_hours": [5.0, 6.0, 9.0], "count_delivered": [40, 50, 60], "count_failed": [2, 0, 3],
        "count_weighed": [40, 50, 59], "tonne_km": [20.0, 30.0, 40.0],
    }
)  # fmt: skip
WAYS = pd.DataFrame(
    {"policy": ["risk", "interval", "truth"], "calls": [5, 0, 7], "in_vain": [1, 0, 0],
     "failures": [3, 7, 0], "saved": [3000.0, 0.0, 7000.0]}
)  # fmt: skip
FORESEEN = pd.DataFrame(
    {"unit": ["a", "b", "c"], "probability": [0.1, 0.3, 0.9], "is_failing": [0.0, 0.0, 1.0]}
)
SCORED = pd.DataFrame(
    {"what": ["model", "age", "base rate"], "average_precision": [0.5, 0.1, 0.1],
     "auc": [0.9, 0.6, 0.5], "brier": [0.01, 0.02, 0.02], "skill": [0.5, 0.0, 0.0]}
)  # fmt: skip
FORESEEN_DRIVES = pd.DataFrame(
    {
        "truck_id": "A", "day": pd.date_range(START, periods=3, freq="D"),
        "seconds": [100.0, 200.0, 300.0], "foreseen": [110.0, 190.0, 310.0], "low": 90.0,
        "high": 320.0, "constant": [150.0, 150.0, 200.0], "hourly": [140.0, 150.0, 210.0],
    }
)  # fmt: skip
PLANS = pd.DataFrame(
    {
        "plan": ["Planned", "Driven", "Replanned"], "truck_days": [5, 5, 4], "hours": 40.0,
        "kilometres": [500.0, 520.0, 410.0], "litres": 90.0, "kg_co2e": 290.0, "late": 2.0,
        "money": [900.0, 950.0, 800.0], "low": [850.0, 950.0, 760.0], "high": [930.0, 950.0, 850.0],
    }
)  # fmt: skip
STOPS = pd.DataFrame(
    {
        "truck_id": ["A", "A", "B"], "sequence": [1, 2, 1], "order_id": ["O1", "O2", "O3"],
        "latitude": [48.0, 48.1, 48.2], "longitude": 11.0, "promised_from": START,
        "promised_until": START, "arrives_at": START, "leaves_at": START, "punctual_at": START,
        "late": [0.0, 0.1, 0.2],
    }
)  # fmt: skip
REST = pd.DataFrame({"depot_id": "D1", "order_id": ["O1", "O2", "O3"], "reason": "No room"})
FLOW = pd.DataFrame(
    {"minute_at": pd.date_range(START, periods=3, freq="min"), "hop": road.LANDED,
     "count_records": [1, 0, 5]}
)  # fmt: skip
STANDING = pd.DataFrame(
    {"stream": ["a", "b", "c"], "newest_row_s": [1.0, 130.0, 90_000.0],
     "objects_waiting": [1, 0, 0], "oldest_waits_s": [9.0, None, None],
     "objects_failed": [0, 1, 0], "batches_given_up": [0, 0, 2], "records_in_quarantine": [1, 0, 0]}
)  # fmt: skip
LANDED = pd.DataFrame({"stream": ["a", "b", "c"], "count_events": [1, 5, 0]})
HOURS = pd.Series({"known_hours": 1.0, "moving_hours": 0.5, "moving_speed_kmh": 30.0})
TIME = Interval(START, START + timedelta(hours=1))


def _moved(rows: pd.DataFrame) -> Any:
    known = rows["speed_kmh"].notna().any()
    told = HOURS if known and len(rows) > 1 else HOURS * float("nan")
    return overview.moved(told, overview.broken_at_gaps(rows, "speed_kmh"), "A", TIME)


def _driven(days: pd.DataFrame) -> drivers.Log:
    cells = days[["driver_id", "kilometres"]].assign(
        clock_hour=8, quarter=1, highest_kmh=50.0, count_brakes=days["count_harsh"],
        count_accelerations=0, count_corners=0, count_speeding=days["count_speeding"],
    )  # fmt: skip
    return drivers.Log(days, cells)


def _fitted(scored: pd.DataFrame, foreseen: pd.DataFrame) -> Any:
    scored = scored.assign(what=SCORED["what"].head(len(scored)).to_numpy())
    is_known = len(scored) > 0 and len(foreseen) > 0
    fitted = risk.Fitted(
        risk.Columns("unit", "day", "failed", "truck_id", {}), 21.0, None,  # type: ignore[arg-type]
        scored.astype({"skill": float}), foreseen.astype({"probability": float}).dropna(),
    )  # fmt: skip
    return assessment.Assessment(PARTS, fitted if is_known else None, None, 12)


def _tried(ways: pd.DataFrame) -> Any:
    ways = ways.assign(policy=WAYS["policy"].head(len(ways)).to_numpy())
    trial = Trial(ways.astype({"saved": float}), ways) if len(ways) == len(WAYS) else None
    return assessment.Assessment(PARTS, None, trial, 12)


def _emitted(rows: pd.DataFrame) -> Any:
    return emissions.emitted(rows, Factors())


def _called(parts: pd.DataFrame) -> Any:
    return assessment.calls(_fitted(SCORED, FORESEEN)._replace(risks=parts))


def _record(parts: pd.DataFrame) -> Any:
    return assessment.Record(parts.astype({"share": float, "value": float}), PARTS)


def _foreseen(tried: pd.DataFrame) -> Any:
    names = ["seconds", "foreseen", "low", "high", "constant", "hourly"]
    tried = tried.astype(dict.fromkeys(names, float)).dropna()
    known = travel.Travel(None, tried) if len(tried) else None  # type: ignore[arg-type]
    return travel.trusted(known, DRIVES_NONE)


def _day(stops: pd.DataFrame, plans: pd.DataFrame = PLANS, rest: pd.DataFrame = REST) -> Any:
    stops = stops.astype({"late": float, "latitude": float, "longitude": float})
    times = ["promised_from", "promised_until", "arrives_at", "leaves_at", "punctual_at"]
    stops = stops.astype(dict.fromkeys(times, "datetime64[us]"))
    trucks = pd.DataFrame({"truck_id": stops["truck_id"].unique(), "kilometres": 9.0})
    timed = Timed(stops.dropna(subset=["latitude"]), trucks, np.zeros(1), np.zeros(1))
    home = Task("D1", 48.0, 11.0, START, START, stops, trucks, np.ones(1))
    whole = plans.set_index("plan").reindex(PLANS["plan"]).reset_index()
    return comparison.Day(home, Plan(timed, rest), whole.astype({"money": float}))


def _beside(plans: pd.DataFrame) -> Any:
    plans = plans.assign(plan=PLANS["plan"].head(len(plans)).to_numpy())
    days = [_day(STOPS, plans, REST.head(0))] if len(plans) else []
    return comparison.totals(days, ON_BOARD)


def _road_tiles(standing: pd.DataFrame) -> Any:
    counts = ["objects_waiting", "objects_failed", "batches_given_up", "records_in_quarantine"]
    standing = standing.astype({"oldest_waits_s": float, "newest_row_s": float})
    standing = standing.fillna(dict.fromkeys(counts, 0))
    found = Finding(road._standing_said(standing, 0), standing)
    flow = {CLICK: Finding("", FLOW.head(len(standing)))}
    return operations_chart.tiles(flow, road.alarms([]), found, len(standing))


DRIVES_NONE = pd.DataFrame(
    {
        name: pd.Series(dtype=float)
        for name in (
            "latitude_from",
            "longitude_from",
            "latitude_to",
            "longitude_to",
            "distance_km",
        )
    }
).assign(began_at=pd.Series(dtype="datetime64[us]"), ended_at=pd.Series(dtype="datetime64[us]"))
ON_BOARD = comparison.Record(STOPS)
Draw = Callable[[pd.DataFrame], Any]
DRAWN: dict[str, tuple[pd.DataFrame, Draw]] = {
    **degenerate_audiences.DRAWN,
    **degenerate_clicks.DRAWN,
    "fleet.overview.tiles": (TRUCKS, fleet_chart.tiles),
    "fleet.overview.positions": (
        TRUCKS, lambda f: fleet_chart.positions(overview.positions(f), "A", SERIES),
    ),
    "fleet.overview.speed": (SERIES, lambda f: fleet_chart.speed(_moved(f))),
    "fleet.overview.tank": (SERIES, lambda f: fleet_chart.tank(overview.tank(f, "A"))),
    "fleet.overview.engine": (SERIES, lambda f: fleet_chart.engine(overview.engine(f, "A"))),
    "fleet.fuel.consumption": (
        TRUCKS, lambda f: fuel_chart.consumption(fuel.consumption(f), "A"),
    ),
    "fleet.stops.spells": (SPELLS, lambda f: stops_chart.spells(stops.driven(f, "A"))),
    "fleet.fuel.ledger": (TANKS, lambda f: fuel_chart.ledger(fuel.accounted(f))),
    "fleet.fuel.losses": (FILLED, lambda f: fuel_chart.losses(fuel.losses(f))),
    "fleet.fuel.receipts": (FILLED, lambda f: fuel_chart.receipts(fuel.receipts(f))),
    "fleet.fuel.odd": (FILLED, lambda f: fuel_chart.odd(fuel.receipts(f))),
    "fleet.drivers.known": (DRIVEN, lambda f: drivers_chart.known(drivers.known(_driven(f)))),
    "fleet.drivers.events": (
        DRIVEN, lambda f: drivers_chart.events(drivers.harsh(_driven(f)), "A"),
    ),
    "fleet.drivers.idling": (
        DRIVEN, lambda f: drivers_chart.idling(drivers.idling(_driven(f)), "A"),
    ),
    "fleet.drivers.fuel": (DRIVEN, lambda f: drivers_chart.fuel(drivers.fuel(_driven(f)), "A")),
    "fleet.drivers.places": (EVENTS_AT, lambda f: drivers_chart.places(f, "A")),
    "fleet.drivers.coaching": (
        DRIVEN, lambda f: drivers_chart.coaching(drivers.coaching(_driven(f))),
    ),
    "fleet.emissions.trucks": (BURNT, lambda f: emissions_chart.trucks(_emitted(f))),
    "fleet.emissions.intensities": (BURNT, lambda f: emissions_chart.intensities(_emitted(f))),
    "fleet.emissions.causes": (
        BURNT, lambda f: emissions_chart.causes(emissions.causes(_emitted(f), Factors())),
    ),
    "fleet.maintenance.conditions": (
        PARTS, lambda f: parts_chart.conditions(assessment.conditions(_record(f)), "A"),
    ),
    "fleet.maintenance.history": (
        PARTS, lambda f: parts_chart.history(assessment.history(_record(f), "A", "battery")),
    ),
    "fleet.maintenance.calls": (PARTS, lambda f: parts_chart.calls(_called(f))),
    "fleet.maintenance.saved": (WAYS, lambda f: parts_chart.saved(proof.saved(_tried(f)))),
    "fleet.maintenance.trusted": (
        FORESEEN, lambda f: parts_chart.trusted(proof.trusted(_fitted(SCORED, f))),
    ),
    "fleet.maintenance.scores": (
        SCORED, lambda f: parts_chart.scores(proof.scores(_fitted(f, FORESEEN))),
    ),
    "fleet.routes.trusted": (
        FORESEEN_DRIVES, lambda f: routes_chart.trusted(_foreseen(f)),
    ),
    "fleet.routes.money": (PLANS, lambda f: routes_chart.money(_beside(f))),
    "fleet.routes.totals": (PLANS, lambda f: routes_chart.totals(_beside(f))),
    "fleet.routes.plan": (
        STOPS, lambda f: routes_chart.plan(comparison.routes(_day(f), ON_BOARD), _day(f)),
    ),
    "fleet.routes.timetable": (
        STOPS, lambda f: routes_chart.timetable(comparison.routes(_day(f), ON_BOARD)),
    ),
    "fleet.routes.left_out": (
        REST, lambda f: routes_chart.left_out(comparison.left_out([_day(STOPS, rest=f)])),
    ),
    "fleet.health.strip": (SIGNALS, lambda f: health_chart.strip(health.compared(f))),
    "history.lanes": (VERSIONS, lambda f: history_chart.lanes(STATUS, "A", f, START)),
    "history.beside": (
        VERSIONS, lambda f: history_chart.beside(f, f.head(0), "A", START, START),
    ),
    "history.changes": (CHANGES, lambda f: history_chart.changes(f, "PRODUCT", START, START)),
    "history.explained": (EVENTS, lambda f: history_chart.explained(f, "TRUCK_STATUS", "A")),
    "history.lateness": (LATE, lambda f: history_chart.lateness(f.fillna(0), "PRODUCT")),
    "history.rules": (RULES, history_chart.rules),
    "history.tasks": (TASKS, history_chart.tasks),
    "operations.flow": (
        FLOW, lambda f: operations_chart.flow(Finding(road._flow_said(CLICK, f, 1), f)),
    ),
    "operations.tiles": (STANDING, _road_tiles),
    "delivery.landed": (LANDED, lambda f: delivery_chart.landed(f, {"a": 1})),
}  # fmt: skip
COUNTS = re.compile(
    "^count_|_id$|^day$|^event_type$|^kind$|^product$|^device$|^step|_at$|^effective_|^load_|^is_|^history$|^rule$"
    "|^unit$|^component$|^failed$|^policy$|^what$|^example$|^state$|^stream$|^verdict$|^late_by|^plan$|^sequence$|^slice$|^place$|^hop$|^method$|^instead$|^arm$|^estimand$|^segment$|^column$|^last$|^cause$|^change|^column_name$"
)


def degenerate(full: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield what little there may be of a table: its name, and the rows."""
    yield "one row", full.head(1)
    yield "two rows", full.head(2)
    constant = {name: [full[name].iloc[0]] * len(full) for name in full if "_id" not in str(name)}
    yield "constants", full.assign(**constant)
    measured = [name for name in full if not COUNTS.search(str(name))]
    yield "all null", full.assign(**dict.fromkeys(measured))
    yield "one row, all null", full.head(1).assign(**dict.fromkeys(measured))
    counts = [n for n in full if str(n).startswith("count_") and "readings" not in str(n)]
    later = [name for name in counts if name != "count_sessions"]
    yield "nothing counted", full.assign(**dict.fromkeys(later, 0))
    if len(full) > 1:
        yield "none", full.head(0)


def charts() -> set[str]:
    """Return every function of an area's charts that draws."""
    found = set()
    for area in MODULES:
        loaded = importlib.import_module(f"cartwheel.{area}.charts")
        for name, thing in inspect.getmembers(loaded, inspect.isfunction):
            if thing.__module__ == loaded.__name__ and not name.startswith("_"):
                found.add(f"{area}.{name}")
    for area in AREAS:
        package = importlib.import_module(f"cartwheel.{area}.charts")
        for module in pkgutil.iter_modules(package.__path__):
            loaded = importlib.import_module(f"{package.__name__}.{module.name}")
            for name, thing in inspect.getmembers(loaded, inspect.isfunction):
                if thing.__module__ == loaded.__name__ and not name.startswith("_"):
                    found.add(f"{area}.{module.name}.{name}")
    return found


def text_of(drawn: Any) -> str:
    """Return what a chart claims: its title, or the text of tiles."""
    if hasattr(drawn, "to_dict"):
        return str(drawn.to_dict()["title"]["text"])
    return re.sub("<[^>]+>", " ", drawn.data)


def test_every_chart_is_drawn_of_degenerate_inputs() -> None:
    """A chart that comes later is found, and must be given its inputs."""
    assert charts() == set(DRAWN) | ELSEWHERE


@pytest.mark.parametrize("name", DRAWN)
def test_no_chart_claims_what_its_rows_do_not_carry(name: str) -> None:
    """Of one row, constants, nulls and nothing no title compares, counts wrongly or breaks."""
    theme.alt.theme.enable(theme.NAME)
    full, draw = DRAWN[name]
    for what, rows in degenerate(full):
        text = text_of(draw(rows))
        assert text.strip() and not CLAIMS.search(text), f"{what}: {text}"
        if what.startswith("one row") and "tiles" not in name:
            assert not COMPARES.search(text), f"{what}: {text}"
