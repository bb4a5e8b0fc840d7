"""What a truck's day leaves behind: receipts, thefts, shifts, driving events, standing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from producers.simulate.ground.column_buffers import ColumnBuffer
from producers.simulate.ground.dtypes import Record, Records
from producers.simulate.ground.randomness import generator
from producers.simulate.settings import DAY, Settings
from producers.simulate.trucks import ailments, order_book, workshop
from producers.simulate.trucks.components import AGEING, COMPONENTS
from producers.simulate.trucks.journey import (
    EVENTS,
    HOME,
    MAX_EVENTS,
    REFUELS,
    SPELLS,
    THEFTS,
    Log,
    Standing,
    Theft,
)
from producers.simulate.trucks.workshop import Service

Floats = NDArray[np.float64]

STANDS_FROM = 60.0  # seconds: shorter spells are not told
LOADING_SECONDS = 1800
_SMALLEST = 5.0  # litres: no receipt errs down to less


@dataclass
class TruckDay:
    """What the trucks' day left behind: readings per truck, and rows of everything else."""

    readings: list[Records]
    broken_from: list[int]  # second of the day from which the transmission is out, or -1
    orders: ColumnBuffer
    services: ColumnBuffer
    failures: ColumnBuffer
    days: ColumnBuffer
    stops: ColumnBuffer
    events: ColumnBuffer
    shifts: ColumnBuffer
    receipts: ColumnBuffer
    thefts: ColumnBuffer
    leaks: ColumnBuffer
    false_symptoms: ColumnBuffer
    standings: ColumnBuffer


def empty_day() -> TruckDay:
    """Begin a day."""
    return TruckDay(
        [], [], order_book.steps(), workshop.services(), workshop.failures(),
        ColumnBuffer(
            "truck", "driver", "day", "litres_start", "litres_burnt", "litres_idled",
            "litres_refuelled", "litres_stolen", "litres_leaked", "litres_end", "odometer_start",
            "odometer_end", "kilometres", "kilometres_planned", "idle_seconds", "moving_seconds",
            "speeding_seconds", "harsh_brakings", "stops",
            *(f"severity_{name}" for name in COMPONENTS[:AGEING]),
        ),
        ColumnBuffer(
            "truck", "day", "sequence", "order", "planned_arrival", "arrived", "left", "outcome",
            "kilometres", "lost_congestion", "lost_rain", "lost_lights", "service_seconds",
            "break_seconds", "waited_seconds", "promised_until", "late_seconds", "cause",
        ),
        ColumnBuffer(
            "truck", "driver", "at", "kind", "kmh", "magnitude", "seconds", "east", "north", "told",
        ),
        ColumnBuffer("truck", "driver", "since", "until", "told"),
        ColumnBuffer("truck", "at", "litres", "litres_told", "is_missing", "is_wrong"),
        ColumnBuffer("truck", "at", "litres", "kind"), ailments.leaks(), ailments.false_symptoms(),
        ColumnBuffer("truck", "since", "until", "kind", "engine_seconds"),
    )  # fmt: skip


class Diary:
    """Writes the days of a fleet's trucks down; remembers who stands over midnight."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._standing: dict[int, tuple[float, Floats, float]] = {}

    def write(
        self, day: int, truck: int, driver: int, log: Log, out: bool, result: TruckDay
    ) -> None:
        """
        Take down what a truck's log says.

        Parameters
        ----------
        out
            Whether it was to leave the depot: there is a shift.
        """
        rng = generator(self._settings.seed, "diary", truck, day)
        told = self._settings.drivers
        if out:
            begins = self._settings.logistics.departure_hour * 3600 - LOADING_SECONDS
            result.shifts.add(
                truck=truck, driver=driver, since=day * DAY + begins,
                until=day * DAY + int(log.counts[HOME]), told=rng.random() < told.shifts_told,
            )  # fmt: skip
        events = log.events[: min(int(log.counts[EVENTS]), MAX_EVENTS)]
        if len(events):
            result.events.add(
                truck=truck, driver=driver, at=day * DAY + events["second"],
                kind=events["kind"].astype(np.int64), kmh=events["kmh"],
                magnitude=events["magnitude"], seconds=events["seconds"], east=events["east"],
                north=events["north"], told=rng.random(len(events)) < told.events_told,
            )  # fmt: skip
        if log.counts[THEFTS]:
            row = log.thefts[0]
            result.thefts.add(
                truck=truck, at=day * DAY + row["second"], litres=row["litres"],
                kind=Theft.words()[int(row["kind"])],
            )  # fmt: skip
        self._receipts(rng, day, truck, log, result)
        self._stand(day, truck, log, result)

    def _receipts(
        self, rng: np.random.Generator, day: int, truck: int, log: Log, result: TruckDay
    ) -> None:
        losses, price = self._settings.losses, self._settings.fleet.diesel_price
        for refuel in log.refuels[: int(log.counts[REFUELS])]:
            missing, wrong, sign = rng.random(3)
            at, litres = day * DAY + float(refuel["second"]), float(refuel["litres"])
            is_missing, is_wrong = missing < losses.receipts_missing, wrong < losses.receipts_wrong
            error = float(rng.uniform(*losses.receipt_error_litres)) * (1 if sign < 0.5 else -1)
            is_wrong = is_wrong and litres + error > _SMALLEST
            told = litres + error if is_wrong else litres
            result.receipts.add(
                truck=truck, at=at, litres=litres, litres_told=np.nan if is_missing else told,
                is_missing=is_missing, is_wrong=is_wrong and not is_missing,
            )  # fmt: skip
            if not is_missing:
                result.services.add(
                    truck=truck, at=at, service=Service.REFUEL, component=-1, litres=told,
                    cost=round(told * price, 2), odometer=refuel["odometer"],
                )  # fmt: skip

    def _stand(self, day: int, truck: int, log: Log, result: TruckDay) -> None:
        """Put parts of a spell together; what goes on over midnight is told when it ends."""
        parts = log.spells[: min(int(log.counts[SPELLS]), MAX_EVENTS)]
        if not len(parts):
            return
        first = np.r_[True, parts["since"][1:] != parts["until"][:-1]]
        spell = np.cumsum(first) - 1
        seconds = np.zeros((int(spell[-1]) + 1, len(Standing)))
        kind = parts["kind"].astype(np.int64)
        np.add.at(seconds, (spell, kind), parts["until"] - parts["since"])
        running = np.bincount(spell, parts["running"])
        since = day * DAY + parts["since"][first]
        until = day * DAY + parts["until"][np.r_[first[1:], True]]
        held = self._standing.pop(truck, None)
        if held is not None and since[0] == day * DAY:
            since[0] = held[0]
            seconds[0] += held[1]
            running[0] += held[2]
        if until[-1] == (day + 1) * DAY:
            self._standing[truck] = (float(since[-1]), seconds[-1], float(running[-1]))
            since, until, seconds, running = since[:-1], until[:-1], seconds[:-1], running[:-1]
        long = until - since >= STANDS_FROM
        if long.any():
            words = np.array(Standing.words())
            result.standings.add(
                truck=truck, since=since[long], until=until[long],
                kind=words[np.argmax(seconds[long], axis=1)], engine_seconds=running[long],
            )  # fmt: skip


def totals(before: Record, after: Record, log: Log, planned: float, stops: int) -> dict[str, float]:
    """Return a truck's day in numbers."""
    totals = log.totals
    return {
        "litres_start": before["litres"],
        "litres_burnt": totals["burnt"],
        "litres_idled": totals["idle_burnt"],
        "litres_refuelled": float(log.refuels["litres"][: log.counts[REFUELS]].sum()),
        "litres_stolen": totals["stolen"],
        "litres_leaked": totals["leaked"],
        "litres_end": after["litres"],
        "odometer_start": before["odometer"],
        "odometer_end": after["odometer"],
        "kilometres": totals["kilometres"],
        "kilometres_planned": planned,
        "idle_seconds": totals["idle_seconds"],
        "moving_seconds": totals["moving_seconds"],
        "speeding_seconds": totals["speeding_seconds"],
        "harsh_brakings": totals["harsh"],
        "stops": stops,
    }
