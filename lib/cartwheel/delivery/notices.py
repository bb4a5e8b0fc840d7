"""
Notices of the lake and of RAW: new files, loads done, loads that failed.

Whoever wants them subscribes to the topic, by mail or with a queue, and chooses by a filter on
the attributes ``what`` and ``stream``. They are told of some time at once, by ``cartwheel
measure``: a notice for each kind of event and thing that happened.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cartwheel.aws import lake
from cartwheel.delivery import landing
from cartwheel.environment import Environment
from cartwheel.events import BY_STREAM, Kind

# Beside how far each shard was counted, it is kept how far was told.
MARKS, MARK = "StreamCheckpoints", "told/storage"
NEW, DONE, FAILED = "new files", "load done", "load failed"
# A load tells its beginning, and is seen when it ends: this much later it has ended.
LAG = timedelta(seconds=60)
# What is older when somebody measures again is not told: who was not looking has the pages.
LONGEST = timedelta(hours=2)
NAMED = 10


@dataclass(frozen=True)
class Notice:
    """
    What happened to one kind of event between two moments.

    Parameters
    ----------
    rows
        Of loads that are done; None of the others.
    names
        The first of the files, of loads that failed.
    """

    what: str
    stream: str
    files: int
    since: datetime
    until: datetime
    rows: int | None = None
    names: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """A line for a mail."""
        return f"Cartwheel: {self.stream}, {self.what}: {self.files:,}"

    @property
    def document(self) -> dict[str, Any]:
        """What a queue gets."""
        return {
            "what": self.what,
            "stream": self.stream,
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "files": self.files,
            "rows": self.rows,
            "names": list(self.names),
        }


def tell_new(environment: Environment, topic: str, now: datetime | None = None) -> list[Notice]:
    """
    Tell a topic what happened since it was told last, until a minute ago; return that.

    An interruption may have something told twice, and nothing left out.
    """
    until = (now or datetime.now(UTC)) - LAG
    since = max(_told_until(environment) or until - LAG, until - LONGEST)
    if since >= until:
        return []
    notices = happened(environment, since, until)
    for notice in notices:
        environment.client("sns").publish(
            TopicArn=topic,
            Subject=notice.subject,
            Message=json.dumps(notice.document),
            MessageAttributes={
                "what": {"DataType": "String", "StringValue": notice.what},
                "stream": {"DataType": "String", "StringValue": notice.stream},
            },
        )
    environment.client("dynamodb").put_item(
        TableName=MARKS, Item={"Shard_ID": {"S": MARK}, "Until": {"S": until.isoformat()}}
    )
    return notices


def _told_until(environment: Environment) -> datetime | None:
    found = environment.client("dynamodb").get_item(
        TableName=MARKS, Key={"Shard_ID": {"S": MARK}}, ConsistentRead=True
    )
    return datetime.fromisoformat(found["Item"]["Until"]["S"]) if "Item" in found else None


def happened(environment: Environment, since: datetime, until: datetime) -> list[Notice]:
    """Return what happened from one moment until before another, stream by stream."""
    loads = environment.warehouse.query_file("delivery/loads", since=since, until=until)
    done = {
        row.raw_table: (int(row.count_files), int(row.count_rows)) for row in loads.itertuples()
    }
    failures = landing.load_failures(environment.warehouse)
    at = failures["last_load_time"].map(lambda moment: moment.to_pydatetime().replace(tzinfo=UTC))
    failed = failures["file_name"][(at >= since) & (at < until)].tolist() if len(failures) else []
    notices = []
    for kind in BY_STREAM.values():
        if count := _written(environment, kind, since, until):
            notices.append(Notice(NEW, kind.stream, count, since, until))
        if kind.table in done:
            files, rows = done[kind.table]
            notices.append(Notice(DONE, kind.stream, files, since, until, rows))
        if names := sorted(name for name in failed if name.startswith(kind.prefix)):
            first = tuple(names[:NAMED])
            notices.append(Notice(FAILED, kind.stream, len(names), since, until, names=first))
    return notices


def _written(environment: Environment, kind: Kind, since: datetime, until: datetime) -> int:
    """Count the objects by the folders of their hours."""
    hour, found = since.replace(minute=0, second=0, microsecond=0), 0
    while hour < until:
        objects = lake.objects(environment, f"{kind.prefix}{hour:%Y/%m/%d/%H}/")
        found += sum(since <= each.written_at < until for each in objects)
        hour += timedelta(hours=1)
    return found
