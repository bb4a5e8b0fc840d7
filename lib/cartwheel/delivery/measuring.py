"""
How lake and warehouse stand, as seen from outside.

Of these nobody but an onlooker can say how far behind they are: who has stopped tells nothing.
So ``cartwheel measure`` looks, in every environment alike, and tells CloudWatch.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from cartwheel.aws import lake
from cartwheel.aws.metrics import Figure
from cartwheel.delivery import batches, landing
from cartwheel.environment import Environment
from cartwheel.events import BY_STREAM, Kind

# Firehose writes into a folder an hour. What has waited longer is long known to be late.
HOURS = 3
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Standing:
    """
    How one kind of event stands.

    Parameters
    ----------
    created
        Objects of the last minute.
    waiting, delay
        Objects of the last hours that are neither loaded nor failed, and the seconds that the
        oldest of them has waited, 0 if none waits.
    failed
        Objects that could not be loaded, lie in the lake and are not in RAW.
    dead_letters
        Batches of its stream that were given up and not sent again.
    age
        Seconds since RAW's newest row arrived; None if there is no row.
    """

    kind: Kind
    created: int
    waiting: int
    delay: float
    failed: int
    dead_letters: int
    age: float | None


class Look(NamedTuple):
    """Each kind of event, and how many batches were given up that nobody can read."""

    kinds: list[Standing]
    unreadable: int = 0


def look(environment: Environment, now: datetime | None = None) -> Look:
    """Look at each kind of event once, in the order of their streams."""
    now = now or datetime.now(UTC)
    failed, given_up = _failed(environment), _given_up(environment)
    hours = [now - timedelta(hours=back) for back in reversed(range(HOURS))]
    objects = {
        kind.name: [
            each
            for hour in hours
            for each in lake.objects(environment, f"{kind.prefix}{hour:%Y/%m/%d/%H}/")
        ]
        for kind in BY_STREAM.values()
    }
    # Asked after the lake, so that what is loaded in between does not seem to wait.
    since = hours[0].replace(minute=0, second=0, microsecond=0)
    loaded = environment.warehouse.query_file("delivery/loaded_files", since=since)
    known, ages = failed | set(loaded["file_name"]), _ages(environment, now)
    found = []
    for kind in BY_STREAM.values():
        waiting = [each.written_at for each in objects[kind.name] if each.key not in known]
        found.append(
            Standing(
                kind,
                sum(now - MINUTE < each.written_at <= now for each in objects[kind.name]),
                len(waiting),
                max(0.0, (now - min(waiting)).total_seconds()) if waiting else 0.0,
                sum(name.startswith(kind.prefix) for name in failed),
                given_up[kind.stream],
                ages.get(kind.table),
            )
        )
    return Look(found, given_up.total() - sum(each.dead_letters for each in found))


def figures(found: Look) -> Iterator[Figure]:
    """Give what CloudWatch is told: the figures of ``docs/runbook.md``."""
    for each in found.kinds:
        of = {"Prefix": each.kind.prefix.rstrip("/")}
        yield Figure("ObjectsCreated", each.created, "Count", of)
        yield Figure("LoadDelay", each.delay, "Seconds", of)
        if each.age is not None:
            yield Figure("Freshness", each.age, "Seconds", {"Table": each.kind.table})
    dead = found.unreadable + sum(each.dead_letters for each in found.kinds)
    yield Figure("DeadLetters", dead, "Count")
    yield Figure("LoadsFailed", sum(each.failed for each in found.kinds), "Count")


def _ages(environment: Environment, now: datetime) -> dict[str, float]:
    newest = environment.warehouse.query_file("delivery/freshness").dropna()
    return {
        table: max(0.0, (now - arrived.replace(tzinfo=UTC)).total_seconds())
        for table, arrived in zip(newest["raw_table"], newest["last_arrived_at"], strict=True)
    }


def _given_up(environment: Environment) -> Counter[str]:
    return Counter(each.stream for each in batches.entries(environment) if not each.resent)


def _failed(environment: Environment) -> set[str]:
    """Return the objects that could not be loaded and still are in the lake alone."""
    names = set(landing.load_failures(environment.warehouse)["file_name"])
    return {name for name in names if _lies(environment, name) and not _held(environment, name)}


def _lies(environment: Environment, name: str) -> bool:
    return any(each.key == name for each in lake.objects(environment, name))


def _held(environment: Environment, name: str) -> bool:
    tables = [kind.table for kind in BY_STREAM.values() if name.startswith(kind.prefix)]
    return any(
        environment.warehouse.scalar(f"select count(*) from {table} where file_name = ?", (name,))
        for table in tables
    )
