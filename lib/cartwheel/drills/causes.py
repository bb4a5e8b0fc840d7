"""What is broken in the alarms' drill, and how it is mended."""

import base64
import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from snowflake.connector.errors import Error as SnowflakeError

from cartwheel import history
from cartwheel.aws import kinesis, lake, metrics
from cartwheel.delivery import batches, quarantine
from cartwheel.deploy.templates import API, INVOICES, LANDING, LIVE_COUNTS, TRUCKS
from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError
from cartwheel.events import BY_STREAM, CLICK, ORDER_LINE, TELEMETRY, Kind

# Of each stream that a function is broken on, the variable that then names nothing.
NOWHERE = "cartwheel-drill-nowhere"
BROKEN = {
    **{template.function: "DELIVERY_STREAM" for template in LANDING},
    LIVE_COUNTS.function: "CHECKPOINT_TABLE",
    INVOICES.function: "INVOICES",
    TRUCKS.function: "TRUCK_STATE",
}
STREAM_ALARMS = ("fails", "behind")
GARBAGE = 20
LANDING_SECONDS = 60.0
DEAD_LETTER = batches.PREFIX + "drill/shardId-000000000000/2026/01/01/drill"
BAD_OBJECT = ORDER_LINE.prefix + "drill/not-json.gz"


@dataclass(frozen=True)
class Cause:
    """What lets alarms fire: told in a few words, begun and ended."""

    told: str
    alarms: tuple[str, ...]
    begin: Callable[[], object]
    end: Callable[[], object] = lambda: None


@dataclass
class Broken:
    """
    An environment that is broken on purpose.

    Parameters
    ----------
    halt, go_on
        Stop whoever loads what lands, and let it go on.
    """

    environment: Environment
    halt: Callable[[], None]
    go_on: Callable[[], None]
    _variables: dict[str, dict[str, str]] = field(default_factory=dict)

    def causes(self) -> list[Cause]:
        """Return the causes, in the order in which they can begin beside each other."""
        landing = [template.function for template in LANDING]
        return [
            Cause(
                f"{GARBAGE} records that do not validate on each stream",
                tuple(f"cartwheel-{name}-quarantines" for name in landing),
                self._send_garbage,
            ),
            Cause(
                "the loader is halted",
                tuple(f"cartwheel-{name}-loads-late" for name in landing),
                self._halt_loads,
                self.go_on,
            ),
            Cause(
                "an object that is no JSON",
                ("cartwheel-loads-fail",),
                lambda: lake.write(self.environment, BAD_OBJECT, b"no JSON"),
                self._remove_bad_object,
            ),
            Cause(
                "what a function writes to is away",
                tuple(f"cartwheel-{name}-{what}" for name in BROKEN for what in STREAM_ALARMS),
                self._break_functions,
                lambda: self._mend(*BROKEN),
            ),
            Cause(
                "a table that the API reads is away",
                (f"cartwheel-{API.function}-fails",),
                self._ask_broken_api,
                lambda: self._mend(API.function),
            ),
            Cause(
                "a batch that was given up",
                ("cartwheel-dead-letters",),
                self._give_up,
                lambda: quarantine.resend(self.environment, DEAD_LETTER),
            ),
            Cause(
                "a table that a merge writes is away",
                ("cartwheel-merges-fail",),
                self._break_merge,
                self._mend_merge,
            ),
        ]  # fmt: skip

    def _send(self, payload: Callable[[str, int], bytes], count: int) -> None:
        for stream in BY_STREAM:
            records = [
                {"Data": payload(stream, number), "PartitionKey": f"drill-{number}"}
                for number in range(count)
            ]
            kinesis.put(self.environment, stream, records)

    def _send_garbage(self) -> None:
        self._send(lambda stream, number: b"drill", GARBAGE)

    def _halt_loads(self) -> None:
        self.halt()
        self._send(event, 1)

    def _remove_bad_object(self) -> None:
        bucket = self.environment.lake_bucket
        self.environment.client("s3").delete_object(Bucket=bucket, Key=BAD_OBJECT)

    def _break_functions(self) -> None:
        self._wait_until_landed()
        for name, variable in BROKEN.items():
            self._break(name, variable)
        self._send(event, 1)

    def _wait_until_landed(self) -> None:
        """Wait for what the halted loads are to be late with, before nothing lands any more."""
        deadline = time.monotonic() + LANDING_SECONDS
        while not all(self._landed_today(kind) for kind in BY_STREAM.values()):
            if time.monotonic() > deadline:
                raise CartwheelError(f"Nothing landed within {LANDING_SECONDS:.0f} s.")
            time.sleep(0.5)

    def _landed_today(self, kind: Kind) -> bool:
        return bool(lake.objects(self.environment, f"{kind.prefix}{datetime.now(UTC):%Y/%m/%d}/"))

    def _break(self, function: str, variable: str) -> None:
        client = self.environment.client("lambda")
        found = client.get_function_configuration(FunctionName=function)
        self._variables[function] = found["Environment"]["Variables"]
        self._give_variables(function, self._variables[function] | {variable: NOWHERE})

    def _give_variables(self, function: str, variables: dict[str, str]) -> None:
        self.environment.client("lambda").update_function_configuration(
            FunctionName=function, Environment={"Variables": variables}
        )

    def _mend(self, *functions: str) -> None:
        """Mend functions, as far as they were broken."""
        for name in self._variables.keys() & set(functions):
            self._give_variables(name, self._variables.pop(name))

    def _ask_broken_api(self) -> None:
        self._break(API.function, "TRUCK_STATE")
        claims = {"cognito:groups": "[engineer]", "username": "drill", "token_use": "id"}
        event = {
            "version": "2.0", "routeKey": "GET /trucks", "rawPath": "/trucks", "headers": {},
            "requestContext": {"authorizer": {"jwt": {"claims": claims}}, "timeEpoch": 0},
        }  # fmt: skip
        self.environment.client("lambda").invoke(
            FunctionName=API.function, Payload=json.dumps(event).encode()
        )

    def _give_up(self) -> None:
        # The embedded Lambda gives nothing up, so what AWS would write is written.
        document = dead_letter(event(TELEMETRY.stream, 99))
        lake.write(self.environment, DEAD_LETTER, json.dumps(document).encode())

    def _break_merge(self) -> None:
        warehouse = self.environment.warehouse
        warehouse.execute("alter table core.history_files rename to core.history_files_away")
        with suppress(SnowflakeError), metrics.told(self.environment, "merge truck_status"):
            history.merge(warehouse, "truck_status")

    def _mend_merge(self) -> None:
        warehouse = self.environment.warehouse
        warehouse.execute("alter table core.history_files_away rename to core.history_files")
        with metrics.told(self.environment, "merge truck_status"):
            history.merge(warehouse, "truck_status")


def event(stream: str, number: int) -> bytes:
    """Return an event that validates."""
    now = datetime.now(UTC)
    says: dict[str, Any] = {"event_id": f"drill-{now:%H%M%S%f}-{number}"}
    moment = now.isoformat()
    if stream == CLICK.stream:
        says |= {"event_type": "view", "product_id": "drill", "timestamp": moment}
    elif stream == TELEMETRY.stream:
        says |= {"truck_id": "drill", "timestamp": moment}
    elif stream == ORDER_LINE.stream:
        says |= {
            "InvoiceNo": "drill", "StockCode": "drill", "Quantity": 1,
            "InvoiceDate": f"{now:%Y-%m-%dT%H:%M:%S}", "UnitPrice": 1.0,
        }  # fmt: skip
    else:
        says |= {
            "operation": "truck_service", "truck_id": "drill", "service": "refuel",
            "timestamp": moment,
        }  # fmt: skip
    return json.dumps(says).encode()


def dead_letter(payload: bytes) -> dict[str, Any]:
    """Return what Lambda writes of a batch of one reading that it gives up."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    account = "arn:aws:{}:eu-central-1:000000000000:"
    record = {
        "eventID": "shardId-000000000000:1",
        "kinesis": {
            "partitionKey": "drill", "sequenceNumber": "1", "approximateArrivalTimestamp": 0.0,
            "data": base64.b64encode(payload).decode(),
        },
    }  # fmt: skip
    return {
        "requestContext": {
            "functionArn": account.format("lambda") + "function:TruckDataProcessor",
            "condition": "RecordAgeExceeded",
        },
        "version": "1.0",
        "timestamp": now,
        "KinesisBatchInfo": {
            "shardId": "shardId-000000000000", "startSequenceNumber": "1",
            "endSequenceNumber": "1", "batchSize": 1,
            "streamArn": account.format("kinesis") + f"stream/{TELEMETRY.stream}",
        },
        "payload": json.dumps({"Records": [record]}),
    }  # fmt: skip
