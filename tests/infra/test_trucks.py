"""The lookup of trucks holds what each field was told last, in any order of its records."""

import json
import os
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from cartwheel.environment import Environment

from .lookup_tables import ARRIVED, batch, empty, items, tables

KEYS = {"TRUCK_STATE": ("Truck_ID",), "TRUCK_TELEMETRY": ("Truck_ID", "Timestamp")}
DAY = 86_400


@pytest.fixture
def kept(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The function, on tables of its own."""
    import trucks

    with tables(environment, **KEYS) as names:
        for variable, name in names.items():
            monkeypatch.setenv(variable, name)
        monkeypatch.setenv("DAYS", "30")
        monkeypatch.setattr(trucks, "dynamodb", environment.client("dynamodb"))
        yield trucks


def found(environment: Environment, variable: str) -> dict[tuple[str, ...], dict[str, Any]]:
    return {
        tuple(item[part] for part in KEYS[variable]): json.loads(item["Reading"])
        if "Reading" in item
        else {name: value for name, value in item.items() if name[0].islower()}
        for item in items(environment, os.environ[variable])
    }


def reading(minute: int, truck: str = "T1", event: str = "e", **says: Any) -> dict[str, Any]:
    return {
        "event_id": event, "truck_id": truck, "timestamp": f"2026-11-20T10:{minute:02d}:00Z",
    } | says  # fmt: skip


def at(minute: int) -> str:
    return f"2026-11-20T10:{minute:02d}:00.000000"


def test_frames_of_a_moment_are_one_reading_and_the_state_carries_on(
    kept: Any, environment: Environment
) -> None:
    """Of one time each field is the greatest record's that says it; a truck keeps what it told."""
    records = [
        reading(1, engine={"rpm": 900.0, "fuel_level": 80.0}),
        reading(1, event="f", gps={"latitude": 41.5, "longitude": -87.0}),
        reading(1, event="g", engine={"rpm": 950.0}),
        reading(2, vehicle_speed=50.0, ignition=True, lamps=["oil"]),
        reading(2, "T2"),
    ]
    assert kept.handle(batch(records), None) == {"kept": 5}
    first = {
        "engine_rpm": 950, "fuel_level": 80, "gps_latitude": 41.5, "gps_longitude": -87,
    }  # fmt: skip
    second = {"vehicle_speed": 50, "ignition": True, "lamps": ["oil"]}
    assert found(environment, "TRUCK_TELEMETRY") == {
        ("T1", at(1)): first, ("T1", at(2)): second, ("T2", at(2)): {},
    }  # fmt: skip
    assert found(environment, "TRUCK_STATE") == {
        ("T1",): first | second | {"timestamp": at(2)}, ("T2",): {"timestamp": at(2)},
    }  # fmt: skip


def _several(seed: int) -> list[dict[str, Any]]:
    chance = random.Random(seed)
    return [
        reading(
            chance.randrange(40),
            chance.choice(["T1", "T2"]),
            f"e{number}",
            **chance.choice(
                [
                    {"vehicle_speed": float(number)},
                    {"engine": {"rpm": 100.0 + number, "fuel_level": 1e-200}},
                    {"odometer": 10.0 + number, "ignition": number % 2 == 0},
                    {},
                ]
            ),
        )
        for number in range(160)
    ]


COLUMNS = {
    "vehicle_speed": "vehicle_speed", "odometer": "odometer_reading", "ignition": "ignition",
    "rpm": "engine_rpm", "fuel_level": "fuel_level",
}  # fmt: skip


def _oracle(records: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return what each truck was told last: by time, then by place in the stream."""
    states: dict[str, dict[str, Any]] = {}
    ordered = sorted(enumerate(records), key=lambda pair: (pair[1]["timestamp"], pair[0]))
    for _, record in ordered:
        state = states.setdefault(record["truck_id"], {})
        said = {**record, **record.get("engine", {})}
        state |= {COLUMNS[name]: value for name, value in said.items() if name in COLUMNS}
        state["timestamp"] = record["timestamp"][:-1] + ".000000"
    for state in states.values():
        state["fuel_level"] = 0  # what is smaller than DynamoDB's numbers is none
    return states


@pytest.mark.parametrize("seed", [1, 2])
def test_any_order_and_any_repetition_give_the_same(
    kept: Any, environment: Environment, seed: int
) -> None:
    """Whole, or in shifted and repeated parts in any order: the state is what was told last."""
    records, chance = _several(seed), random.Random(seed)
    kept.handle(batch(records), None)
    expected = [items(environment, os.environ[variable]) for variable in KEYS]
    states = {key[0]: state for key, state in found(environment, "TRUCK_STATE").items()}
    assert states == _oracle(records)
    for variable, parts in KEYS.items():
        empty(kept.dynamodb, os.environ[variable], parts)
    numbered = list(enumerate(records, 1))
    for _ in range(4):
        chance.shuffle(numbered)
        part = numbered[: chance.randrange(20, 120)]
        kept.handle(batch([r for _, r in part], [n for n, _ in part]), None)
    kept.handle(batch([r for _, r in numbered], [n for n, _ in numbered]), None)
    assert [_sorted(items(environment, os.environ[v])) for v in KEYS] == [
        _sorted(each) for each in expected
    ]


def _sorted(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for item in found:
        item["Told"] = {by: sorted(names.split()) for by, names in item["Told"].items()}
    return sorted(found, key=lambda item: (item["Truck_ID"], item.get("Timestamp", "")))


def test_a_moment_goes_thirty_days_after_its_last_record_arrived(
    kept: Any, environment: Environment
) -> None:
    """By arrival, not by event: what is replayed of long ago can be looked up for a while."""
    kept.handle(batch([reading(1)]), None)
    (item,) = items(environment, os.environ["TRUCK_TELEMETRY"])
    assert item["Expires_At"] == int(ARRIVED) + 30 * DAY
    later = batch([reading(1)], [2])
    later["Records"][0]["kinesis"]["approximateArrivalTimestamp"] = ARRIVED + 2 * DAY
    kept.handle(later, None)
    kept.handle(batch([reading(1)], [3]), None)
    (item,) = items(environment, os.environ["TRUCK_TELEMETRY"])
    assert item["Expires_At"] == int(ARRIVED) + 32 * DAY


def test_a_list_that_no_item_has_room_for_is_left_out(kept: Any, environment: Environment) -> None:
    """A hundred readings with very long lists are kept without them, all else with them."""
    long = [f"{'P' * 250}{number}" for number in range(40)]
    records = [reading(n % 60, f"T{n}", lamps=long, trouble_codes=["P1"]) for n in range(120)]
    kept.handle(batch(records), None)
    states = found(environment, "TRUCK_STATE").values()
    assert len(states) == 120
    assert all(s["trouble_codes"] == ["P1"] and "lamps" not in s for s in states)


def test_rows_of_the_warehouse_are_kept_as_those_of_the_stream(
    kept: Any, environment: Environment
) -> None:
    """Rows that are handed over first, or after, leave the same items."""
    from lookups import rows_of

    whole = batch(_several(3))
    rows = rows_of(kept.TELEMETRY, whole)
    assert rows[0]["arrived_at"] == datetime.fromtimestamp(ARRIVED, UTC).isoformat()[:-6]
    kept.handle({"rows": rows[60:]}, None)
    kept.handle(batch(_several(3)), None)
    expected = [_sorted(items(environment, os.environ[v])) for v in KEYS]
    kept.handle({"rows": rows}, None)
    assert [_sorted(items(environment, os.environ[v])) for v in KEYS] == expected


def test_what_does_not_validate_is_left_to_the_lake_writer(kept: Any) -> None:
    """It quarantines such records; here they are passed over."""
    assert kept.handle(batch([{"truck_id": "T1"}, reading(1)]), None) == {"kept": 1}
