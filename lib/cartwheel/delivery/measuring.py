"""
What is told of the data's road beside what the functions tell of themselves.

Of the lake and the warehouse nobody but an onlooker can say how far behind they are: who has
stopped tells nothing. So ``cartwheel measure`` looks from outside, in every environment alike.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from cartwheel.aws import lake
from cartwheel.aws.metrics import Figure
from cartwheel.delivery import batches, landing
from cartwheel.environment import Environment
from cartwheel.events import BY_STREAM, Kind

# Firehose writes into a folder an hour. What has waited longer is long known to be late.
HOURS = 3
MINUTE = timedelta(minutes=1)


def figures(environment: Environment, now: datetime | None = None) -> list[Figure]:
    """
    Look at lake and warehouse once.

    Returns
    -------
    list of Figure
        Of each landing prefix ``ObjectsCreated`` (in the last minute) and ``LoadDelay`` (seconds
        that its oldest object has waited for its load, 0 if none waits); of each table of RAW
        with rows ``Freshness`` (seconds since its newest row arrived); ``DeadLetters`` (batches
        that were given up and not sent again); ``LoadsFailed`` (objects that could not be loaded,
        lie in the lake and are not in RAW).
    """
    now = now or datetime.now(UTC)
    failed = _failed(environment)
    return [
        *_lake(environment, now, failed),
        *_freshness(environment, now),
        Figure("DeadLetters", _dead_letters(environment), "Count"),
        Figure("LoadsFailed", len(failed), "Count"),
    ]


def _lake(environment: Environment, now: datetime, failed: set[str]) -> Iterator[Figure]:
    hours = [now - timedelta(hours=back) for back in reversed(range(HOURS))]
    since = hours[0].replace(minute=0, second=0, microsecond=0)
    found = {
        kind.prefix: [
            each
            for hour in hours
            for each in lake.objects(environment, f"{kind.prefix}{hour:%Y/%m/%d/%H}/")
        ]
        for kind in _kinds()
    }
    # Asked after the lake, so that what is loaded in between does not seem to wait.
    loaded = environment.warehouse.query_file("delivery/loaded_files", since=since)
    known = failed | set(loaded["file_name"])
    for prefix, objects in found.items():
        waiting = [each.written_at for each in objects if each.key not in known]
        new = sum(now - MINUTE < each.written_at <= now for each in objects)
        delay = max(0.0, (now - min(waiting)).total_seconds()) if waiting else 0.0
        of = {"Prefix": prefix.rstrip("/")}
        yield Figure("ObjectsCreated", new, "Count", of)
        yield Figure("LoadDelay", delay, "Seconds", of)


def _freshness(environment: Environment, now: datetime) -> Iterator[Figure]:
    for row in environment.warehouse.query_file("delivery/freshness").itertuples():
        arrived = row.last_arrived_at
        if arrived is None or arrived != arrived:  # NaT: nothing has landed
            continue
        age = (now - arrived.to_pydatetime().replace(tzinfo=UTC)).total_seconds()
        yield Figure("Freshness", max(0.0, age), "Seconds", {"Table": row.raw_table})


def _dead_letters(environment: Environment) -> int:
    return sum(not batch.resent for batch in batches.entries(environment))


def _failed(environment: Environment) -> set[str]:
    """Return the objects that could not be loaded and still are in the lake alone."""
    names = set(landing.load_failures(environment.warehouse)["file_name"])
    return {name for name in names if _lies(environment, name) and not _held(environment, name)}


def _lies(environment: Environment, name: str) -> bool:
    return any(each.key == name for each in lake.objects(environment, name))


def _held(environment: Environment, name: str) -> bool:
    tables = [kind.table for kind in _kinds() if name.startswith(kind.prefix)]
    return any(
        environment.warehouse.scalar(f"select count(*) from {table} where file_name = ?", (name,))
        for table in tables
    )


def _kinds() -> list[Kind]:
    return list(BY_STREAM.values())
