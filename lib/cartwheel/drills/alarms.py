"""Let every alarm fire by its real cause and clear, and receive the notices."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from cartwheel.aws import metrics
from cartwheel.aws.alarms import CLEAR, ON, alarms
from cartwheel.delivery import measuring
from cartwheel.drills.causes import Cause
from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError
from cartwheel.printing import aligned

QUEUE = "cartwheel-drill"
MEASURE_SECONDS = 4.0
LONGEST_SECONDS = 600.0
Say = Callable[[str], None]


@dataclass
class Drilled:
    """An alarm's drill: seconds until its notices came, None if they did not."""

    alarm: str
    cause: str
    fired: float | None = None
    cleared: float | None = None


@dataclass
class _Notices:
    """The alarms' topic, received on a queue."""

    environment: Environment
    url: str = ""
    seen: list[tuple[str, str]] = field(default_factory=list)

    def begin(self, topic: str) -> None:
        sqs = self.environment.client("sqs")
        self.url = sqs.create_queue(QueueName=QUEUE)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])
        self.environment.client("sns").subscribe(
            TopicArn=topic, Protocol="sqs", Endpoint=arn["Attributes"]["QueueArn"]
        )

    def receive(self) -> None:
        """Take what has come within a second."""
        sqs = self.environment.client("sqs")
        found = sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        for message in found.get("Messages", []):
            notice = json.loads(json.loads(message["Body"])["Message"])
            self.seen.append((notice["AlarmName"], notice["NewStateValue"]))
            sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])


def run(
    environment: Environment, again: Callable[[], Environment], causes: list[Cause], say: Say
) -> list[Drilled]:
    """
    Begin each cause, wait for its alarms' notices, end it, and wait for those again.

    Parameters
    ----------
    again
        Gives the same environment with connections of its own, to measure beside the drill.
    causes
        In the order of their beginning; between them they name every alarm once.

    Returns
    -------
    list of Drilled
        One an alarm.

    Raises
    ------
    CartwheelError
        If an alarm of the environment has no cause, or a cause no such alarm.
    """
    watched = alarms(environment)
    _require_causes([each.name for each in watched], causes)
    notices = _Notices(environment)
    (topic,) = {topic for each in watched for topic in each.topics}
    notices.begin(topic)
    drilled = {name: Drilled(name, each.told) for each in causes for name in each.alarms}
    over = threading.Event()
    measuring_thread = threading.Thread(target=_measure, args=(again, over, say))
    measuring_thread.start()
    try:
        _drill(notices, causes, drilled, say)
    finally:
        over.set()
        measuring_thread.join()
    return list(drilled.values())


def _require_causes(names: list[str], causes: list[Cause]) -> None:
    named = [name for each in causes for name in each.alarms]
    if sorted(named) != sorted(names):
        raise CartwheelError(
            f"Every alarm needs one drill. Alarms: {', '.join(sorted(names))}. "
            f"Drilled: {', '.join(sorted(named))}."
        )


def _measure(again: Callable[[], Environment], over: threading.Event, say: Say) -> None:
    """Do what a scheduler does with ``cartwheel measure``."""
    own = again()
    try:
        while not over.wait(MEASURE_SECONDS):
            try:
                metrics.put(own, list(measuring.figures(measuring.look(own))))
            except Exception as error:  # the drill goes on; an alarm that needs it will be missed
                say(f"not measured: {error}")
    finally:
        own.close()


def _drill(notices: _Notices, causes: list[Cause], drilled: dict[str, Drilled], say: Say) -> None:
    begun: dict[str, float] = {}
    ended: dict[str, float] = {}
    try:
        for cause in causes:
            say(f"begin: {cause.told}")
            begun[cause.told] = time.monotonic()
            cause.begin()
        deadline = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < deadline and len(ended) < len(causes):
            _note(notices, drilled, begun, ended)
            for cause in causes:
                fired = all(drilled[name].fired is not None for name in cause.alarms)
                if fired and cause.told not in ended:
                    say(f"end:   {cause.told}")
                    ended[cause.told] = time.monotonic()
                    cause.end()
    finally:
        # What did not fire is ended too: nothing may stay broken.
        for cause in causes:
            if cause.told in begun and cause.told not in ended:
                ended[cause.told] = time.monotonic()
                cause.end()
    deadline = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < deadline and any(
        each.fired is not None and each.cleared is None for each in drilled.values()
    ):
        _note(notices, drilled, begun, ended)


def _note(
    notices: _Notices,
    drilled: dict[str, Drilled],
    begun: dict[str, float],
    ended: dict[str, float],
) -> None:
    """Note which alarms have told that they fired, and which that they cleared."""
    notices.receive()
    now = time.monotonic()
    for name, state in notices.seen:
        each = drilled.get(name)
        if each is None:
            continue
        if state == ON and each.cause in begun:
            each.fired = each.fired or now - begun[each.cause]
            each.cleared = None  # it had cleared for a moment alone
        if state == CLEAR and each.fired is not None:
            each.cleared = max(0.0, now - ended.get(each.cause, now))
    notices.seen.clear()


def as_table(drilled: list[Drilled]) -> str:
    """Return the drills as a text table, seconds from cause to notice."""
    heads = ("alarm", "cause", "fired after", "cleared after")
    lines = [heads] + [
        (each.alarm, each.cause, _seconds(each.fired), _seconds(each.cleared)) for each in drilled
    ]
    return aligned(lines, right=(2, 3))


def _seconds(value: float | None) -> str:
    return "NEVER" if value is None else f"{value:,.0f} s"
