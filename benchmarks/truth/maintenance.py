"""
Maintenance: risks and calls against what failed, on trucks and days not learned from.

A hundred trucks' half a year is 26 million readings: they go past the wire, from the sensors
into the page's own query, some weeks at a time.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import sqlglot
from cartwheel.errors import UsageError
from cartwheel.fleet.maintenance import assessment, condition, decision, proof
from cartwheel.fleet.maintenance.decision import Costs
from cartwheel.warehouse.connection import query_text
from numpy.typing import NDArray

from benchmarks.truth.claims import Claim, wilson
from benchmarks.truth.worlds import Values, merged
from producers.simulate.ground import names
from producers.simulate.ground.column_buffers import ColumnBuffer
from producers.simulate.settings import Settings, make
from producers.simulate.trucks import sensors
from producers.simulate.trucks.components import COMPONENTS
from producers.simulate.trucks.workshop import Service
from producers.simulate.truth.store import TruthTables
from producers.simulate.wire.kinds import TRANSMISSION_STATUSES
from producers.simulate.world import World

AREA = "maintenance"
WORLD: Values = {"trucks": 100, "customers": 25_000, "days": 180}
DAYS_AT_ONCE = 30
_COLUMNS = {
    "volts": "battery_voltage", "temperature": "engine_temperature", "oil": "oil_pressure",
    "ambient": "environment_temperature", "rpm": "engine_rpm", "speed": "vehicle_speed",
}  # fmt: skip
AHEAD_DAYS = 7


class _Sensors(World):
    """A world whose readings and repairs are kept as they are; nothing is sent."""

    def __init__(self, settings: Settings, truth: TruthTables) -> None:
        super().__init__(settings, truth)
        self._kept: list[pd.DataFrame] = []
        self._services: list[pd.DataFrame] = []

    @property
    def visits(self) -> pd.DataFrame:
        """What each visit so far cost, by component."""
        done = pd.concat(self._services, ignore_index=True)
        left = done[done["service"] == Service.WORKSHOP_OUT]
        component = np.array(COMPONENTS)[left["component"].astype(int)]
        return pd.DataFrame({"component": component, "cost": left["cost"].to_numpy()})

    def readings(self) -> Iterator[pd.DataFrame]:
        """Let the world run, and yield some weeks of readings at a time."""
        for first in range(0, self.settings.days, DAYS_AT_ONCE):
            self._kept = []
            for day in range(first, min(first + DAYS_AT_ONCE, self.settings.days)):
                for _ in self.day(day):
                    pass
            yield pd.concat(self._kept, ignore_index=True)

    def _post(self, day: int, driven: Any, sold: Any, fate: ColumnBuffer) -> None:
        self._services.append(pd.DataFrame(driven.services.columns()))

    def _post_readings(
        self, day: int, driven: Any, weather: Any, fate: ColumnBuffer, stuck: ColumnBuffer
    ) -> None:
        begin = np.datetime64(self.settings.local_midnight.replace(tzinfo=None), "us")
        for truck, rows in enumerate(driven.readings):
            found = sensors.measure(
                self.settings, self.geography, self.dispatch.fleet, weather, day, truck, rows,
                driven.broken_from[truck], stuck,
            )  # fmt: skip
            seconds: NDArray[np.float64] = found["second"]
            told = {name: found[column] for column, name in _COLUMNS.items()}
            words = np.array(TRANSMISSION_STATUSES)[found["transmission"].astype(np.int64)]
            self._kept.append(
                pd.DataFrame(
                    {
                        "truck_id": names.trucks(np.array([truck]))[0],
                        "event_timestamp": begin + (seconds * 1e6).astype("timedelta64[us]"),
                        "transmission_status": words, "is_misdated": False, "ignition": None,
                        **told,
                    }
                )
            )  # fmt: skip


def _record(settings: Settings) -> tuple[assessment.Record, pd.DataFrame]:
    """Return what the page would know of a world, and what failed in truth."""
    truth, days = TruthTables(), []
    zone = f"Etc/GMT{-settings.logistics.utc_offset_hours:+.0f}"
    query = query_text("fleet/maintenance/days").replace("core.truck_readings", "readings")
    for name, value in (("zone", zone), ("since", "1970-01-01"), ("until", "2200-01-01")):
        query = query.replace(f":{name}", f"'{value}'")
    statement = sqlglot.transpile(query, read="snowflake", write="duckdb")[0]
    world = _Sensors(settings, truth)
    for readings in world.readings():
        connection = duckdb.connect()
        connection.register("readings", readings)
        days.append(connection.sql(statement).df())
        connection.close()
    begin, failed = pd.Timestamp(settings.start), truth.tables()["failures"]
    failed = failed[(failed["cause"] == "wear") & (failed["component"] != "brakes")]
    failed = failed.assign(day=begin + pd.to_timedelta(failed["failed_at"] // 86_400, unit="D"))
    table = condition.table(pd.concat(days, ignore_index=True), failed)
    return assessment.Record(table, world.visits), failed


def claims(seeds: Sequence[int], more: Values) -> list[Claim]:
    """Measure the claims over some seeds."""
    policies, called, foreseen, scores = [], [], [], []
    for seed in seeds:
        settings = make(merged(merged(WORLD, more), {"seed": seed}), "the settings")
        record, failed = _record(settings)
        assessed = assessment.assess(record, Costs())
        if assessed.trial is None or assessed.fitted is None:
            continue
        policies.append(assessed.trial.policies)
        lives = assessed.trial.by_risk
        lives = lives[lives["failed"] & (lives["is_due"] | lives["called"].notna())]
        lives = lives.assign(truck_id=lives["unit"].str.partition(" ")[0])
        called.append(_with_truth(lives, failed))
        foreseen.append(assessed.fitted.predictions.assign(seed=seed))
        scores.append(assessed.fitted.scores)
    if not policies:
        raise UsageError("No world had the failures that risks are learned from; more trucks, days")
    money = pd.concat(policies).groupby("policy")["saved"].sum()
    return [*_money(money, policies), *_calls(pd.concat(called)), *_foreseen(foreseen, scores)]


def _with_truth(lives: pd.DataFrame, failed: pd.DataFrame) -> pd.DataFrame:
    """Add whether a failure showed symptoms; a failure is of the last day of its life's rows."""
    told = failed[["truck_id", "component", "day", "is_silent"]].sort_values("day")
    return pd.merge_asof(
        lives.sort_values("ends"), told, left_on="ends", right_on="day",
        by=["truck_id", "component"], direction="nearest", tolerance=pd.Timedelta(days=3),
    )  # fmt: skip


def _money(money: "pd.Series[float]", policies: list[pd.DataFrame]) -> list[Claim]:
    count = int(sum(each.set_index("policy")["calls"]["truth"] for each in policies))
    ratio = money["risk"] / money["interval"] if money["interval"] > 0 else float("inf")
    return [
        Claim(AREA, "share of the oracle's saving", 0.6, money["risk"] / money["truth"], count),
        Claim(AREA, "times the best fixed interval's saving", 3, ratio, count),
    ]


def _calls(called: pd.DataFrame) -> list[Claim]:
    shown = called[~called["is_silent"].fillna(True).astype(bool)]
    early = shown["days_early"] >= AHEAD_DAYS
    wasted = called["share_wasted"].dropna()
    return [
        Claim(
            AREA, "failures with symptoms called a week ahead", 0.5, float(early.mean()),
            len(shown), interval=wilson(int(early.sum()), len(shown)),
        ),
        Claim(
            AREA, "life wasted by a call, mean share", 0.1, float(wasted.mean()), len(wasted),
            is_at_most=True,
        ),
    ]  # fmt: skip


def _foreseen(foreseen: list[pd.DataFrame], scores: list[pd.DataFrame]) -> list[Claim]:
    rows = pd.concat(foreseen)
    rows = rows.assign(unit=rows["seed"].astype(str) + rows["unit"])
    known = rows.dropna(subset=["is_failing"])
    base = known["is_failing"].mean()
    error = ((known["probability"] - known["is_failing"]) ** 2).mean()
    fits = proof.fits(proof.calibration(rows))
    found = {what: np.mean([s.set_index("what")["average_precision"][what] for s in scores])
             for what in ("model", "condition", "age")}  # fmt: skip
    within, slope = f"within {decision.HORIZON_DAYS} days", proof.slope(rows)
    count = len(known)
    return [
        Claim(AREA, f"Brier skill, {within}", 0.3, 1 - error / (base * (1 - base)), count),
        Claim(AREA, "calibration slope", 0.8, slope, count),
        Claim(AREA, "calibration slope", 1.25, slope, count, is_at_most=True),
        Claim(AREA, "tenths of risk beside what happened", 0, int((~fits).sum()), len(fits),
              is_at_most=True),
        Claim(AREA, "average precision over the condition's", 1,
              found["model"] / found["condition"], count),
        Claim(AREA, "average precision over the age's", 1, found["model"] / found["age"], count),
    ]  # fmt: skip
