"""
What the lookups share: items are read, told what a batch says, and written if unchanged since.

A record is known in its item by its lineage, so that it counts once however often it comes, and
the order in which records come makes no difference. That is why a lookup can be filled from the
warehouse while its function reads the stream (``cartwheel backfill``), and needs no checkpoint.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from cartwheel.events import Kind, to_utc
from records import decode_batch
from transactions import ACTIONS, ATTEMPTS, Overtaken, commit, pause

VERSION = "Version"
# DynamoDB's numbers begin at 1e-130.
SMALLEST = 1e-120

_serialize, _deserialize = TypeSerializer().serialize, TypeDeserializer().deserialize
Row = dict[str, Any]
Item = dict[str, Any]


class Key(NamedTuple):
    """An item's place: its table and the two parts of its key; ``sort`` is empty without one."""

    table: str
    partition: str
    sort: str = ""


class Items:
    """
    Items of some tables, as read and as they are to be.

    Parameters
    ----------
    names
        Of the key's parts, by table.
    """

    def __init__(self, dynamodb: Any, names: Mapping[str, tuple[str, ...]]) -> None:
        self._dynamodb, self._names = dynamodb, names
        self._found: dict[Key, Item] = {}
        self.changed: dict[Key, Item] = {}

    def read(self, keys: Iterable[Key]) -> None:
        """Read items that were not read yet."""
        left = [key for key in dict.fromkeys(keys) if key not in self._found]
        self._found |= {key: {} for key in left}
        for first in range(0, len(left), ACTIONS):
            asked: dict[str, Any] = {}
            for key in left[first : first + ACTIONS]:
                entry = asked.setdefault(key.table, {"Keys": [], "ConsistentRead": True})
                entry["Keys"].append(self._key(key))
            self._read(asked)

    def _read(self, asked: dict[str, Any]) -> None:
        for attempt in range(ATTEMPTS):
            answer = self._dynamodb.batch_get_item(RequestItems=asked)
            for table, items in answer["Responses"].items():
                for each in items:
                    item = {name: _deserialize(value) for name, value in each.items()}
                    key = Key(table, *(item.pop(name) for name in self._names[table]))
                    self._found[key] = item
            asked = answer.get("UnprocessedKeys") or {}
            if not asked:
                return
            pause(attempt)
        raise RuntimeError(f"DynamoDB left {', '.join(asked)} unread {ATTEMPTS} times")

    def __getitem__(self, key: Key) -> Item:
        """Return an item as it is to be; empty if there is none."""
        return self.changed.get(key, self._found[key])

    def __setitem__(self, key: Key, item: Item) -> None:
        self.changed[key] = item

    def commit(self) -> None:
        """
        Write what was changed, all or nothing.

        Raises
        ------
        Overtaken
            If another wrote one of the items since it was read.
        """
        if self.changed:
            commit(self._dynamodb, [self._put(*each) for each in self.changed.items()])

    def _key(self, key: Key) -> dict[str, Any]:
        return {n: {"S": v} for n, v in zip(self._names[key.table], key[1:], strict=False)}

    def _put(self, key: Key, item: Item) -> dict[str, Any]:
        before = self._found[key].get(VERSION)
        put: dict[str, Any] = {
            "TableName": key.table,
            "Item": self._key(key)
            | {name: _serialize(value) for name, value in item.items() if value is not None}
            | {VERSION: {"N": str((before or 0) + 1)}},
            "ConditionExpression": f"attribute_not_exists({VERSION})",
        }
        if before is not None:
            put["ConditionExpression"] = f"{VERSION} = :before"
            put["ExpressionAttributeValues"] = {":before": {"N": str(before)}}
        return {"Put": put}


def rows_of(kind: Kind, event: dict[str, Any]) -> list[Row]:
    """
    Return the rows of a batch, or those that were handed over to fill the lookup.

    What does not validate is left to the function that lands the stream: it quarantines it.
    """
    if "rows" in event:
        return list(event["rows"])
    good, _ = decode_batch(kind, event)
    return [
        kind.columns(record.event)
        | {
            "sequence_number": record.lineage.sequence_number,
            "shard_id": record.lineage.shard_id,
            "arrived_at": to_utc(record.lineage.arrived_at).replace(tzinfo=None).isoformat(),
        }
        for record in good
    ]


def lineage(row: Row) -> str:
    """Return a text that is greater for the record that wins, as in the warehouse."""
    return f"{row['sequence_number']} {row['shard_id']} {row['event_id']}"


def settle(
    begin: Callable[[], Items], tell: Callable[[Items, list[Row]], None], rows: list[Row], most: int
) -> None:
    """
    Tell rows to their items, in transactions.

    Parameters
    ----------
    begin
        Gives items of which none was read yet.
    tell
        Reads the items that rows are about, and changes them.
    most
        How many rows a transaction usually has room for.
    """
    for first in range(0, len(rows), most):
        _settle(begin, tell, rows[first : first + most])


def _settle(
    begin: Callable[[], Items], tell: Callable[[Items, list[Row]], None], rows: list[Row]
) -> None:
    for attempt in range(ATTEMPTS):
        items = begin()
        tell(items, rows)
        if len(items.changed) > ACTIONS:
            _settle(begin, tell, rows[: len(rows) // 2])
            _settle(begin, tell, rows[len(rows) // 2 :])
            return
        try:
            items.commit()
            return
        except Overtaken:
            pause(attempt)
    raise RuntimeError(f"items were changed by others {ATTEMPTS} times under this batch")


def number(value: float) -> Decimal:
    """Return a number as DynamoDB takes it."""
    return Decimal(repr(value)) if abs(value) >= SMALLEST else Decimal(0)
