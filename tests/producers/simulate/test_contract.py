"""What the world tells beyond its first contract, which it keeps at neutral values."""

import hashlib
from collections import Counter
from typing import Any

import msgspec
import numpy as np
import pandas as pd
import pytest
from cartwheel.events import (
    DepotMaster,
    DriverShift,
    DrivingEvent,
    Telemetry,
    TruckMaster,
    TruckService,
)

from producers.simulate import messages
from producers.simulate.settings import DAY, Settings, make
from producers.simulate.trucks import roster

from .worlds import events, perfect, run, small

NEUTRAL: dict[str, Any] = {
    "drivers": {
        "rota_days": 0, "stand_ins": 0, "harsh_acceleration_per_100km": 0,
        "harsh_corner_per_100km": 0, "harsh_by_road": [1, 1, 1], "shifts_told": 0,
        "events_told": 0, "master_data": False,
    },
    "sensors": {
        "gauge_step": 0, "slosh_minutes": 0, "gauge_spread": 0, "meter_spread": 0,
        "meter_sees_idling": True, "counter_share": 0, "offsets": 0,
    },
    "losses": {
        "receipts_missing": 0, "receipts_wrong": 0, "thefts_per_truck_day": 0,
        "leaks_per_truck_day": 0, "cold_share_per_degree": 0,
    },
    "wear": {
        "silent_share": 0, "symptom_spread": 0, "curve_exponents": [1, 1],
        "false_per_truck_day": 0, "fault_until_repaired": False,
    },
}  # fmt: skip
# Of the streams as the world of the first contract sent them, without ids and nulls.
BEFORE = {
    "ClickDataStream": "6094710f0ed2986e",
    "OperationsStream": "650763208286cb87",
    "TruckTelemetry": "4270ee869d22a9b4",
    "ecommerce_data_stream": "0eac3e42d8cc33a4",
}


def bare(value: Any) -> Any:
    """Leave out ids and what is null."""
    if isinstance(value, dict):
        return {k: bare(v) for k, v in value.items() if v is not None and k != "event_id"}
    return value


def test_neutral_values_send_what_was_sent_before() -> None:
    """With every new rate at zero the streams are those of the first contract, but for the ids."""
    values = {
        "trucks": 6, "customers": 400, "days": 4, "seed": 11, "imperfection": {"malformed": 0.0},
        "fleet": {"battery_days": 3.0, "puncture_km": 300.0, "alternator_hours": 40.0},
    }  # fmt: skip
    found: dict[str, Any] = {}
    for message in messages(make(values | NEUTRAL, "neutral")):
        record = msgspec.json.encode(bare(msgspec.json.decode(message.data)), order="deterministic")
        found.setdefault(message.stream, hashlib.sha256()).update(record + b"\n")
    assert {stream: digest.hexdigest()[:16] for stream, digest in found.items()} == BEFORE


def rota(days: int, **drivers: Any) -> np.ndarray[Any, Any]:
    """Return who drives each of four trucks of one depot on each of some days."""
    settings = make({"trucks": 4, "drivers": drivers}, "a rota")
    people = roster.make(settings, np.zeros(4, np.int64), np.zeros((3, 4)))
    return np.array([roster.on_duty(settings, people, day) for day in range(days)])


def test_drivers_move_on_by_a_truck_and_pairs_stay() -> None:
    """Every seven days, the fixed pair apart; with a rota of 0 each keeps the truck."""
    moved = rota(28, rota_days=7, fixed_pairs=1, stand_ins=0)
    assert moved[::7].tolist() == [[0, 1, 2, 3], [0, 3, 1, 2], [0, 2, 3, 1], [0, 1, 2, 3]]
    assert (moved[:7] == moved[0]).all()
    assert (rota(28, rota_days=0, stand_ins=0) == [0, 1, 2, 3]).all()


def test_a_stand_in_takes_a_truck_for_one_day_in_28() -> None:
    """Never the fixed pair's, never on a Sunday (the world begins on one)."""
    days = rota(56, rota_days=0, fixed_pairs=1, stand_ins=2)
    for stand_in in (4, 5):
        taken = np.argwhere(days == stand_in)
        assert len(taken) == 2 and taken[1, 0] - taken[0, 0] == 28
        assert (taken[:, 1] > 0).all() and (taken[:, 0] % 7 != 0).all()


@pytest.fixture(scope="module")
def busy() -> tuple[Settings, list[Any], dict[str, pd.DataFrame]]:
    """Return a world of many losses, with what it sent."""
    settings = small(
        trucks=10, customers=2500, days=15, imperfection={"malformed": 0.0, "duplicated": 0.0},
        losses={"thefts_per_truck_day": 0.3, "leaks_per_truck_day": 0.05,
                "receipts_missing": 0.2, "receipts_wrong": 0.2},
        fleet={"tank_litres": 60.0, "transmission_km": 3000.0},
    )  # fmt: skip
    _, sent, told = run(settings)
    return settings, sent, told


def seconds(settings: Settings, event: Any) -> float:
    """Return when an event happened, in seconds since the world's start."""
    return float((event.timestamp - settings.local_midnight).total_seconds())


def test_shifts_say_who_drives_which_truck(busy: Any) -> None:
    """Each shift of the truth is sent as two events, on and off; trucks move within shifts only."""
    settings, sent, told = busy
    found = Counter(
        (e.driver_id, e.truck_id, e.duty, round(seconds(settings, e)))
        for e in events(sent, DriverShift)
    )
    wanted: Counter[Any] = Counter()
    for row in told["shifts"].itertuples():
        wanted[row.driver_id, row.truck_id, "on", round(row.since)] += 1
        wanted[row.driver_id, row.truck_id, "off", round(row.until)] += 1
    late = settings.days * DAY - 2  # on its way as the world ends
    assert {k: n for k, n in wanted.items() if k[3] < late} == {
        k: n for k, n in found.items() if k[3] < late
    }
    shifts = told["shifts"].groupby("truck_id")
    moving = [e for e in events(sent, Telemetry) if e.vehicle_speed]
    assert len(moving) > 1000
    for event in moving[::50]:
        at, own = seconds(settings, event), shifts.get_group(event.truck_id)
        assert ((own["since"] - 60 <= at) & (at <= own["until"] + 60)).any()


def test_driving_events_are_those_of_the_truth(busy: Any) -> None:
    """Kind, truck, speed, magnitude and length of each; none says who drives."""
    settings, sent, told = busy
    truth = told["driving_events"]
    assert set(truth["kind"]) == {
        "harsh_brake", "harsh_acceleration", "harsh_corner", "speeding",
    }  # fmt: skip
    found = {
        (e.truck_id, e.event_type, round(seconds(settings, e)), e.magnitude, e.seconds)
        for e in events(sent, DrivingEvent)
    }
    rows = truth[truth["at"] < settings.days * DAY - 400]
    missing = [
        row for row in rows.itertuples()
        if (row.truck_id, row.kind, round(row.at), round(row.magnitude, 2), row.seconds)
        not in found
    ]  # fmt: skip
    assert not missing and len(rows) > 300
    assert (truth.query("kind == 'speeding'")["seconds"] >= 5).all()
    assert not any(b'"operation":"driving_event"' in m.data and b"driver" in m.data for m in sent)


def test_the_master_data_say_where_trucks_belong(busy: Any) -> None:
    """A depot and a truck each once, with place, hours, capacity and tank."""
    _settings, sent, told = busy
    depots = {e.depot_id: e for e in events(sent, DepotMaster)}
    assert sorted(depots) == ["DEPOT-1", "DEPOT-2"]
    assert (depots["DEPOT-1"].opens, depots["DEPOT-1"].closes) == ("06:00", "23:00")
    trucks = {e.truck_id: e for e in events(sent, TruckMaster)}
    names = told["trucks"].set_index("truck_id")["depot"]
    assert {t: depots[e.depot_id].depot_name for t, e in trucks.items()} == names.to_dict()
    assert {(e.capacity_kg, e.tank_litres) for e in trucks.values()} == {(1500.0, 60.0)}


def test_receipts_are_missing_or_wrong_at_their_rates(busy: Any) -> None:
    """What is missing is not sent, what is wrong differs by 5 to 30 litres, the rest is right."""
    _settings, sent, told = busy
    truth = told["receipts"]
    refuels = [e for e in events(sent, TruckService) if e.service == "refuel"]
    assert len(refuels) == (~truth["is_missing"]).sum() > 60
    assert sorted(round(e.litres, 2) for e in refuels) == sorted(
        truth.loc[~truth["is_missing"], "litres_told"].round(2)
    )
    for column in ("is_missing", "is_wrong"):
        share, deviation = truth[column].mean(), np.sqrt(0.2 * 0.8 / len(truth))
        assert abs(share - 0.2) < 4 * deviation + 0.03  # tiny refuels cannot be told too small
    error = (truth["litres_told"] - truth["litres"]).abs()
    assert error[truth["is_wrong"]].between(5, 30).all()
    assert (error[~truth["is_wrong"] & ~truth["is_missing"]] == 0).all()


def test_the_tank_pays_for_thefts_and_leaks(busy: Any) -> None:
    """Litres are conserved a truck-day; thefts of all three kinds are what the days lost."""
    _, _, told = busy
    days, thefts = told["truck_days"], told["thefts"]
    gone = days["litres_burnt"] + days["litres_stolen"] + days["litres_leaked"]
    left = days["litres_start"] + days["litres_refuelled"] - gone
    assert np.allclose(left, days["litres_end"])
    assert set(thefts["kind"]) == {"night", "stop", "fuelling"}
    assert thefts["litres"].between(0, 60).all() and (thefts["litres"] > 3).mean() > 0.9
    assert days["litres_stolen"].sum() == pytest.approx(thefts["litres"].sum())
    leaks = told["leaks"]
    assert leaks["litres_per_day"].between(0.5, 3).all()
    first = leaks.iloc[0]
    leaky = days[(days["truck_id"] == first["truck_id"]) & (days["day"] * DAY == first["since"])]
    assert leaky["litres_leaked"].item() == pytest.approx(first["litres_per_day"], rel=1e-6)
    assert (days["litres_leaked"] == 0).any()


def test_a_broken_transmission_reports_its_fault_until_it_is_repaired(busy: Any) -> None:
    """From the breakdown to the end of the visit, and not a minute longer."""
    settings, sent, told = busy
    broken = told["failures"].query("component == 'transmission'")
    row = broken[broken["workshop_out"] < (settings.days - 1) * DAY].iloc[0]
    readings = [
        (seconds(settings, e), e.health.transmission_status)
        for e in events(sent, Telemetry) if e.truck_id == row["truck_id"]
    ]  # fmt: skip
    said = dict(sorted(readings))
    inside = {s for at, s in said.items() if row["failed_at"] + 60 < at < row["workshop_out"] - 10}
    after = [s for at, s in said.items()
             if row["workshop_out"] + 10 < at < row["workshop_out"] + 7200]  # fmt: skip
    assert inside == {"fault"} and "fault" not in after and len(after) > 60


def test_the_gauge_has_steps_and_a_scale_of_its_own() -> None:
    """Without noise a parked truck's gauge shows the litres times its scale, in steps of 0.4 %."""
    settings = perfect(days=1)
    world, sent, told = run(settings)
    scales = world.dispatch.fleet.units.gauge_scale
    assert len(set(scales.tolist())) == 4
    for number, scale in enumerate(scales):
        first = next(e for e in events(sent, Telemetry) if e.truck_id == f"T{number + 1:04}")
        litres = told["truck_days"].query("truck_id == @first.truck_id")["litres_start"].item()
        true = litres / settings.fleet.tank_litres * 100 * scale
        assert first.engine.fuel_level == pytest.approx(np.rint(true / 0.4) * 0.4, abs=0.006)
        assert round(first.engine.fuel_level / 0.4, 6) == round(first.engine.fuel_level / 0.4)


def test_the_meter_misses_idling_and_the_counter_counts_the_flow() -> None:
    """The counter rises by what the rate says, in half litres, and only some trucks have one."""
    settings = perfect(days=2, seed=9, sensors={"counter_share": 0.5})
    world, sent, told = run(settings)
    units, days = world.dispatch.fleet.units, told["truck_days"]
    has = dict(zip([f"T{n + 1:04}" for n in range(4)], units.has_counter.tolist(), strict=True))
    assert 0 < sum(has.values()) < 4
    for truck, counts in has.items():
        own = [e for e in events(sent, Telemetry) if e.truck_id == truck]
        if not counts:
            assert {e.fuel_used for e in own} == {None}
            continue
        used = own[-1].fuel_used - own[0].fuel_used
        rated = sum(e.fuel_rate for e in own[1:]) / 60
        day = days[days["truck_id"] == truck]
        moving = (day["litres_burnt"] - day["litres_idled"]).sum()
        assert used == pytest.approx(rated, abs=0.7)
        assert used == pytest.approx(moving * units.meter_scale[int(truck[1:]) - 1], abs=0.7)


def test_waves_in_the_tank_last() -> None:
    """Neighbouring readings of a driving truck's tank err together, without memory they do not."""
    for minutes, low, high in ((3.0, 0.35, 0.9), (0.0, -0.2, 0.2)):
        settings = small(days=2, sensors={"slosh_minutes": minutes, "gauge_step": 0})
        _, sent, _ = run(settings)
        own = [e for e in events(sent, Telemetry) if e.truck_id == "T0001" and e.vehicle_speed]
        level = np.array([np.nan if e.engine is None or e.engine.fuel_level is None
                          else e.engine.fuel_level for e in own])  # fmt: skip
        change = np.diff(level)
        change = change[np.abs(change) < 6]
        # Neighbouring differences of white noise correlate by -0.5, of lasting waves by more.
        found = 1 + 2 * np.corrcoef(change[1:], change[:-1])[0, 1]
        assert low < found < high, minutes
