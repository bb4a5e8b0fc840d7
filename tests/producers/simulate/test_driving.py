"""Trucks keep the laws of physics, and are slowed by what the settings say."""

from typing import Any

import msgspec
import numpy as np
import pytest

from producers.simulate.ground import geography
from producers.simulate.ground.dtypes import Record
from producers.simulate.ground.randomness import generator
from producers.simulate.settings import Settings
from producers.simulate.trucks import fleet
from producers.simulate.trucks.driving import drive
from producers.simulate.trucks.journey import (
    BROKE,
    EVENTS,
    REFUELS,
    SPELLS,
    THEFTS,
    Event,
    Log,
    Outcome,
    Road,
    Route,
    Standing,
    Theft,
    empty_log,
)
from producers.simulate.trucks.physics import READING, STATE, Rig, Symptoms, severity

from .worlds import perfect, run

NEVER = 1e15


PARTS = ("alternator", "cooling", "lubrication", "transmission")
SOUND = Symptoms(NEVER, 1.0, 1.0, 0.0)


def rig(**changes: Any) -> Rig:
    settings = Settings()
    where = geography.make(settings)
    made = fleet.rig(settings, where, fleet.make(settings, where), 0, 0, 0)
    plain = {"consumption_factor": 1.0, "speed_factor": 1.0, "idle_share": 0.0, "cold_share": 0.0}
    calm = {name: 0.0 for name in made._fields if name.endswith("_per_km")}
    calm |= {"hills": 0.0, "harsh_by_road": np.ones(3)}
    return made._replace(**{**dict.fromkeys(PARTS, SOUND), **plain, **calm, **changes})


def road(factor: float = 1.0, rain: float = 1.0, lights: float = 0.0) -> Road:
    return Road(
        np.array([50.0, 80.0, 95.0]) / 3.6, np.full((3, 96), factor), np.full(24, rain),
        np.full(25, 15.0), lights, 25.0, np.zeros((3, 2)),
    )  # fmt: skip


def route(east: list[float], **changes: Any) -> Route:
    count = len(east)
    made = Route(
        east=np.array(east), north=np.zeros(count), earliest=np.zeros(count),
        service=np.full(count, 300.0), at_home=np.ones(count, np.int64), weight=np.zeros(count),
        departure=6 * 3600, home_by=23 * 3600.0, plan_speed=12.0,
        break_after=1e9, break_takes=0, pump_takes=600,
        refuel_below=0.0, fail_engine=NEVER, fail_odometer=NEVER,
        theft_kind=-1, theft_at=-1, theft_litres=0.0,
    )  # fmt: skip
    return made._replace(**changes)


def full(rig: Rig) -> Record:
    """Return the state of a truck at its depot with a full tank and no air in its tyres."""
    state = np.zeros((), STATE)[()]
    state["litres"] = rig.tank
    return state


def day(rig: Rig, road: Road, route: Route, seed: int = 1) -> tuple[Record, Log]:
    """Drive a day with a reading every second."""
    state = full(rig)
    log = empty_log(len(route.east), interval=1, first=0)
    drive(generator(seed, "test"), rig, road, route, state, log)
    return state, log


def cruising(log: Log, share: float = 0.9) -> float:
    """Return the median of the speeds near the top, km/h: what traffic lets the truck drive."""
    speeds = log.readings["speed"]
    moving = speeds[speeds > 0]
    return float(np.median(moving[moving > share * np.median(moving)]))


@pytest.mark.parametrize("factor", [0.4, 0.62, 0.85])
def test_congestion_slows_by_the_stated_factor(factor: float) -> None:
    """On a free motorway and on a crowded one the cruising speeds are in that ratio, to 2 %."""
    _, free = day(rig(), road(), route([60.0]))
    _, crowded = day(rig(), road(factor), route([60.0]))
    assert cruising(crowded) / cruising(free) == pytest.approx(factor, rel=0.02)


def test_rain_slows_by_the_stated_factor_too() -> None:
    """Rain multiplies what traffic leaves."""
    _, dry = day(rig(), road(0.8), route([60.0]))
    _, wet = day(rig(), road(0.8, rain=0.9), route([60.0]))
    assert cruising(wet) / cruising(dry) == pytest.approx(0.9, rel=0.02)


def test_the_free_speed_is_the_limit() -> None:
    """A driver who keeps to the limit drives it, to 2 %; one who speeds by 10 % is seen to."""
    _, log = day(rig(), road(), route([60.0]))
    assert cruising(log) == pytest.approx(95.0, rel=0.02)
    _, fast = day(rig(speed_factor=1.1), road(), route([60.0]))
    assert cruising(fast) == pytest.approx(104.5, rel=0.02)


@pytest.mark.parametrize("seed", range(5))
def test_the_odometer_is_the_integral_of_the_speed(seed: int) -> None:
    """Second by second, the odometer rises by the speed."""
    _, log = day(rig(brake_per_km=0.05), road(0.9, lights=0.8), route([3.0, -9.0, 20.0]), seed)
    speeds, odometer = log.readings["speed"], log.readings["odometer"]
    assert np.allclose(np.diff(odometer), speeds[1:] / 3600, atol=1e-9)
    assert odometer[-1] == pytest.approx(speeds.sum() / 3600)


def test_the_way_on_the_map_is_the_way_on_the_odometer() -> None:
    """Along the grid the track is as long as the distance driven."""
    _, log = day(rig(), road(lights=0.8), route([3.0, -9.0, 20.0]))
    steps = sum(np.abs(np.diff(log.readings[along])).sum() for along in ("east", "north"))
    assert steps == pytest.approx(log.totals["kilometres"], rel=1e-6)
    assert log.readings["east"][-1] == pytest.approx(0.0, abs=1e-4)


def test_the_tank_falls_by_what_is_burnt_and_rises_at_the_pump() -> None:
    """Litres in the tank are those of the start, plus refuelled, less burnt, at every second."""
    state, log = day(rig(tank=20.0), road(), route([20.0] * 1 + [-25.0, 30.0], refuel_below=0.5))
    refuelled = log.refuels["litres"][: log.counts[REFUELS]]
    assert log.counts[REFUELS] >= 1 and (refuelled > 0).all()
    assert 20.0 + refuelled.sum() - log.totals["burnt"] == pytest.approx(state["litres"])
    falls = np.diff(log.readings["litres"])
    assert (falls > 0).sum() == log.counts[REFUELS]


def test_an_engine_that_is_off_burns_nothing_and_cools() -> None:
    """While the truck is parked nothing is burnt, and the engine comes near the air."""
    _, log = day(rig(), road(), route([10.0]))
    off = log.readings["rpm"] == 0
    assert np.diff(log.readings["litres"])[off[1:] & off[:-1]].max(initial=0.0) == 0.0
    assert log.readings["temperature"][-1] < 20.0 < log.readings["temperature"].max()


def test_parked_time_is_the_same_in_closed_form_and_second_by_second() -> None:
    """A reading a minute sees what a reading a second sees at that time."""
    _, log = day(rig(), road(lights=0.8), route([8.0, -4.0]))
    coarse = empty_log(2, interval=60, first=0)
    drive(generator(1, "test"), rig(), road(lights=0.8), route([8.0, -4.0]), full(rig()), coarse)
    for column in READING.names:
        if column not in ("consumption", "burnt", "idle_burnt"):  # they are those of the interval
            fine = log.readings[column][::60]
            assert np.allclose(coarse.readings[column], fine, rtol=2e-3, atol=0.05), column


def test_a_truck_of_high_consumption_burns_its_factor_more() -> None:
    """On the same road the litres are in the ratio of the consumption factors."""
    _, usual = day(rig(), road(), route([30.0]))
    _, high = day(rig(consumption_factor=1.3), road(), route([30.0]))
    assert high.totals["burnt"] / usual.totals["burnt"] == pytest.approx(1.3)


def test_harsh_brakings_come_as_often_as_the_style_says() -> None:
    """Over many days their number is that of the distance times the rate, within 4 deviations."""
    rate, found, driven = 0.08, 0.0, 0.0
    for seed in range(25):
        _, log = day(rig(brake_per_km=rate), road(), route([25.0, -25.0, 25.0]), seed)
        found, driven = found + log.totals["harsh"], driven + log.totals["kilometres"]
    assert abs(found - rate * driven) < 4 * np.sqrt(rate * driven)


def test_a_truck_that_breaks_down_is_towed_home() -> None:
    """Where its component fails it stops; the odometer stands, the place moves to the depot."""
    _, whole = day(rig(), road(), route([40.0]))
    half = float(whole.totals["moving_seconds"] / 3)
    state, log = day(rig(), road(), route([40.0], fail_engine=half))
    assert log.counts[BROKE] > 0 and state["engine_seconds"] == pytest.approx(half, abs=2)
    assert state["odometer"] < whole.totals["kilometres"] / 2
    after = log.readings[int(log.counts[BROKE]) + 1 :]
    assert not after["moving"].any() and np.ptp(after["odometer"]) == 0
    assert (state["east"], state["north"]) == (0.0, 0.0)
    assert log.visits["outcome"][0] == Outcome.OPEN  # it was not reached


def test_whoever_speeds_or_idles_more_is_worse_off() -> None:
    """A truck that keeps its engine on at stops burns more than one that does not."""
    _, off = day(rig(), road(), route([5.0] * 4))
    _, on = day(rig(idle_share=1.0), road(), route([5.0] * 4))
    idled = rig().idle_litres * 4 * 300
    assert on.totals["burnt"] - off.totals["burnt"] == pytest.approx(idled, rel=0.05)


@pytest.mark.parametrize(
    ("kind", "rate"),
    [(Event.HARSH_ACCELERATION, "acceleration_per_km"), (Event.HARSH_CORNER, "corner_per_km")],
)
def test_the_other_harsh_events_come_by_their_rates_too(kind: Event, rate: str) -> None:
    """Three times as often where the road's factor is 3, within 4 deviations; nothing else is."""
    for factor in (1.0, 3.0):
        found, driven = 0, 0.0
        own = rig(**{rate: 0.2}, harsh_by_road=np.array([factor] * 3), speeding_from=9.0)
        for seed in range(12):
            _, log = day(own, road(lights=0.5), route([2.0, -2.0, 2.0, -2.0, 2.0] * 3), seed)
            events = log.events[: log.counts[EVENTS]]
            assert set(events["kind"]) <= {kind}
            found, driven = found + len(events), driven + log.totals["kilometres"]
        wanted = 0.2 * factor * driven
        assert abs(found - wanted) < 4 * np.sqrt(wanted)


def test_speeding_is_a_spell_above_the_share_of_the_limit() -> None:
    """Seconds above, highest speed and place are those of the readings a second."""
    _, log = day(rig(speed_factor=1.06, speeding_from=1.08), road(), route([60.0]))
    fast = log.readings["speed"] / 95.0 > 1.08
    events = log.events[: log.counts[EVENTS]]
    motorway = events[events["kmh"] > 95]
    assert len(motorway) > 5
    for event in motorway:
        begin, length = int(event["second"]), int(event["seconds"])
        assert fast[begin : begin + length].all() and length >= 5
        top = log.readings["speed"][begin : begin + length].max()
        assert event["kmh"] == pytest.approx(top)
        assert event["magnitude"] == pytest.approx(top - 95.0)


def test_spells_of_standing_are_those_without_speed() -> None:
    """Whoever adds up the parts of standing gets the seconds without speed, kind by kind."""
    _, log = day(
        rig(idle_share=1.0), road(lights=0.8),
        route([3.0, -9.0, 20.0], earliest=np.array([0.0, 30_000.0, 0.0]),
              break_after=60.0, break_takes=900),
    )  # fmt: skip
    parts = log.spells[: log.counts[SPELLS]]
    seconds = np.zeros(86_400, bool)
    for part in parts:
        seconds[int(part["since"]) : int(part["until"])] = True
    assert (seconds == (log.readings["speed"] == 0)).all()
    length = parts["until"] - parts["since"]
    spent = {kind: length[parts["kind"] == kind].sum() for kind in Standing}
    assert spent[Standing.SERVICE] == 900 and spent[Standing.BREAK] == 900
    assert spent[Standing.WAIT] == log.visits["waited_seconds"].sum() > 0
    assert spent[Standing.LIGHT] == log.totals["lost_lights"] > 0
    assert spent[Standing.FUEL] == spent[Standing.BREAKDOWN] == 0
    running = (log.readings["rpm"] > 0) & (log.readings["speed"] == 0)
    assert parts["running"].sum() == running.sum()


@pytest.mark.parametrize(
    ("kind", "at", "second"), [(Theft.NIGHT, 10_000, 10_000), (Theft.STOP, 1, None)]
)
def test_a_theft_takes_litres_at_its_time(kind: Theft, at: int, second: int | None) -> None:
    """At night in that second, at a stop as it is left; never more than there is."""
    plot = {"theft_kind": kind.value, "theft_at": at, "theft_litres": 12.0}
    state, log = day(rig(), road(), route([5.0, -5.0], **plot))
    assert log.counts[THEFTS] == 1
    when = second if second is not None else int(log.visits["left"][1])
    fall = log.readings["litres"][when - 1] - log.readings["litres"][when + 1]
    assert fall == pytest.approx(12.0, abs=0.01)
    assert rig().tank - log.totals["burnt"] - 12.0 == pytest.approx(state["litres"])
    _, log = day(rig(tank=6.0), road(), route([2.0], **{**plot, "theft_at": 0}))
    assert 0 < log.thefts["litres"][0] < 6.0


def test_a_thief_at_the_pump_comes_after_the_tank_was_filled() -> None:
    """The receipt says what was filled in; minutes later the tank falls."""
    own = route([20.0, -25.0], refuel_below=0.9, theft_kind=Theft.FUELLING.value, theft_litres=9.0)
    _, log = day(rig(tank=60.0), road(), own)
    filled, taken = log.refuels[0], log.thefts[0]
    assert taken["second"] - filled["second"] == 240 and taken["litres"] == 9.0
    assert log.readings["litres"][int(filled["second"]) + 60] == pytest.approx(0.97 * 60, abs=0.1)


def test_cold_and_leaks_cost_fuel() -> None:
    """15 °C is five degrees too cold: 2 % more is burnt; a leak runs all day."""
    _, usual = day(rig(), road(), route([30.0]))
    _, cold = day(rig(cold_share=0.004), road(), route([30.0]))
    assert cold.totals["burnt"] / usual.totals["burnt"] == pytest.approx(1.02)
    state, leaky = day(rig(leak=2.4 / 86_400), road(), route([30.0]))
    assert leaky.totals["leaked"] == pytest.approx(2.4)
    left = rig().tank - leaky.totals["burnt"] - 2.4
    assert state["litres"] == pytest.approx(left)


def test_symptoms_follow_their_curve_or_hide() -> None:
    """Half-way to the failure a curve of exponent 3 shows an eighth; a silent part shows none."""
    assert severity(90.0, Symptoms(100.0, 20.0, 3.0, 0.0)) == pytest.approx(0.125)
    assert severity(100.0, Symptoms(100.0, 20.0, 3.0, 0.0)) == 1.0
    assert severity(99.9, Symptoms(100.0, 1e-9, 1.0, 0.0)) == 0.0
    assert severity(10.0, Symptoms(100.0, 20.0, 3.0, 0.4)) == 0.4


@pytest.mark.parametrize("component", ["alternator", "cooling", "lubrication"])
def test_a_component_shows_its_failure_before_it_comes(component: str) -> None:
    """Beside a sound truck on the same road, the signal drifts to its bad side, and further."""
    columns = {
        "alternator": ("volts", -1, 1.5),
        "cooling": ("temperature", 1, 10),
        "lubrication": ("oil", -1, 60),
    }
    column, side, clear = columns[component]
    ended, sound = day(rig(), road(), route([40.0]))
    life = float(ended["engine_seconds"]) * 1.01
    ending = Symptoms(life, life, 1.0, 0.0)
    _, failing = day(rig(**{component: ending}), road(), route([40.0]))
    warm = sound.readings["rpm"] > 1000
    worse = side * (failing.readings[column][warm] - sound.readings[column][warm])
    assert (worse >= -1e-9).all()
    assert np.median(worse[-120:]) > clear > np.median(worse[:120])


def test_a_world_at_one_second_adds_up() -> None:
    """With a reading a second on the wire, speed sums up to the odometer of the stream."""
    settings = msgspec.structs.replace(perfect(days=2, trucks=3), interval_seconds=1)
    _, everything, told = run(settings)
    trucks: dict[str, list[tuple[str, float, float]]] = {}
    for message in everything:
        if message.stream == "TruckTelemetry" and b'"vehicle_speed":0.0,' not in message.data:
            e = msgspec.json.decode(message.data)
            row = (e["timestamp"], e["vehicle_speed"], e["odometer"])
            trucks.setdefault(e["truck_id"], []).append(row)
    for rows in trucks.values():
        rows.sort()
        driven = rows[-1][2] - rows[0][2]
        assert sum(r[1] for r in rows[1:]) / 3600 == pytest.approx(driven, abs=0.05, rel=2e-3)
    assert told["truck_days"]["kilometres"].sum() > 50
