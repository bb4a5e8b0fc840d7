"""
Batches that Lambda gave up on: the failure destination of the event source mappings.

Lambda writes one to ``aws/lambda/<mapping>/<shard>/<yyyy>/<mm>/<dd>/<time>-<id>`` when its
records are older than the maximum age. The document is described in
https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html: the records
themselves are in ``payload``, a JSON text in the JSON.
"""

import base64
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from botocore.exceptions import ClientError

from cartwheel.aws import lake
from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError, UsageError
from cartwheel.events import BY_STREAM, SEQUENCE_DIGITS

PREFIX = "aws/lambda/"
RESENT_PREFIX = "quarantine-resent/" + PREFIX
COUNTER = "KinesisToDynamoDBProcessor"
LOOKUPS = ("OrdersToDynamoDBProcessor", "TelemetryToDynamoDBProcessor")


class _Request(msgspec.Struct):
    functionArn: str
    condition: str


class _Info(msgspec.Struct):
    shardId: str
    startSequenceNumber: str
    endSequenceNumber: str
    batchSize: int
    streamArn: str


class _Document(msgspec.Struct):
    requestContext: _Request
    KinesisBatchInfo: _Info
    timestamp: str
    payload: str


class _Kinesis(msgspec.Struct):
    data: str
    partitionKey: Annotated[str, msgspec.Meta(min_length=1)]


class _Record(msgspec.Struct):
    kinesis: _Kinesis


class _Payload(msgspec.Struct):
    Records: Annotated[list[_Record], msgspec.Meta(min_length=1)]


@dataclass(frozen=True)
class Batch:
    """A batch that was given up; ``first`` and ``last`` are sequence numbers of 60 digits."""

    key: str
    stream: str
    function: str
    shard_id: str
    first: str
    last: str
    count: int
    reason: str
    given_up_at: str
    resent: bool

    @property
    def was_for_counting(self) -> bool:
        """Did the live counts miss it?"""
        return self.function == COUNTER

    @property
    def was_for_lookups(self) -> bool:
        """Did a lookup miss it? The others missed the lake."""
        return self.function in LOOKUPS


def entries(environment: Environment, stream: str | None = None) -> list[Batch]:
    """Return the batches that were given up, of one stream or of all."""
    keys = [item.key for item in lake.objects(environment, PREFIX)]
    resent = {item.key for item in lake.objects(environment, RESENT_PREFIX)} if keys else set()
    found = [_entry(environment, key, RESENT_PREFIX + key[len(PREFIX) :] in resent) for key in keys]
    return [batch for batch in found if stream in (None, batch.stream)]


def _entry(environment: Environment, key: str, resent: bool) -> Batch:
    """Return a batch; what cannot be read is one without records, its reason saying so."""
    try:
        return _batch(environment, key, resent)
    except CartwheelError as error:
        return Batch(key, "", "", "", "", "", 0, f"unreadable: {error}", "", resent)


def _document(environment: Environment, key: str) -> _Document:
    content = kept(environment, key)
    try:
        return msgspec.json.decode(content, type=_Document)
    except msgspec.DecodeError as error:
        raise CartwheelError(
            f"{key} is no batch that Lambda gave up on: {error}. Move it out of {PREFIX}."
        ) from None


def kept(environment: Environment, key: str) -> bytes:
    """
    Return an object that a failure left in the lake.

    Raises
    ------
    UsageError
        If there is none of that key.
    """
    try:
        return lake.read(environment, key)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("NoSuchKey", "404"):
            raise
        raise UsageError(
            f"There is no object {key!r}; 'cartwheel quarantine list' shows the keys."
        ) from None


def _batch(environment: Environment, key: str, resent: bool) -> Batch:
    document = _document(environment, key)
    info, request = document.KinesisBatchInfo, document.requestContext
    return Batch(
        key,
        info.streamArn.rpartition("/")[2],
        request.functionArn.partition(":function:")[2].partition(":")[0],
        info.shardId,
        info.startSequenceNumber.zfill(SEQUENCE_DIGITS),
        info.endSequenceNumber.zfill(SEQUENCE_DIGITS),
        info.batchSize,
        request.condition,
        document.timestamp,
        resent,
    )


def show(environment: Environment, key: str) -> Batch:
    """Return one batch."""
    is_resent = bool(lake.objects(environment, RESENT_PREFIX + key[len(PREFIX) :]))
    return _batch(environment, key, is_resent)


def records(environment: Environment, key: str) -> list[dict[str, Any]]:
    """
    Return a batch's records as PutRecords takes them.

    Raises
    ------
    CartwheelError
        If its stream is none of ours.
    """
    document = _document(environment, key)
    stream = document.KinesisBatchInfo.streamArn.rpartition("/")[2]
    if stream not in BY_STREAM:
        raise CartwheelError(f"{key} is of the stream {stream}, which is not one of ours.")
    try:
        payload = msgspec.json.decode(document.payload, type=_Payload)
        found = [
            {
                "Data": base64.b64decode(one.kinesis.data, validate=True),
                "PartitionKey": one.kinesis.partitionKey,
            }
            for one in payload.Records
        ]
    except (msgspec.DecodeError, ValueError) as error:
        raise CartwheelError(
            f"The payload of {key} holds no records of Kinesis: {error}. Nothing was sent."
        ) from None
    if len(found) != document.KinesisBatchInfo.batchSize:
        raise CartwheelError(
            f"The payload of {key} holds {len(found):,} records, but its batchSize is "
            f"{document.KinesisBatchInfo.batchSize:,}. Nothing was sent."
        )
    return found


def landed(environment: Environment, batch: Batch) -> int:
    """Return how many records of a batch are in RAW."""
    if batch.stream not in BY_STREAM:
        return 0
    return int(
        environment.warehouse.scalar(
            f"select count(distinct sequence_number) from {BY_STREAM[batch.stream].table} "
            "where shard_id = ? and sequence_number between ? and ?",
            (batch.shard_id, batch.first, batch.last),
        )
    )
