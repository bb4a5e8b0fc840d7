"""The embedded alarms follow CloudWatch's documented rules."""

import itertools
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from cartwheel.environment import Environment
from cartwheel.local.alarms import Alarms, folded, state

BEFORE = "(before)"
# The tables of CloudWatch's documentation ("How alarm state is evaluated when data is missing"):
# of 5 periods, the oldest first, 0 within the threshold, X beyond it, - missing; then the state
# if what is missing is treated as missing, ignored, breaching, not breaching.
THREE_OF_THREE = """
0-X-X  OK  OK  OK  OK
0----  OK  OK  OK  OK
-----  INSUFFICIENT_DATA  (before)  ALARM  OK
0XX-X  ALARM  ALARM  ALARM  ALARM
--X--  ALARM  (before)  ALARM  OK
"""
TWO_OF_THREE = """
0-X-X  ALARM  ALARM  ALARM  ALARM
00X0X  ALARM  ALARM  ALARM  ALARM
0-X--  OK  OK  ALARM  OK
----0  OK  OK  ALARM  OK
---X-  ALARM  (before)  ALARM  OK
"""
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")


def rows() -> Iterator[Any]:
    for to_alarm, table in ((3, THREE_OF_THREE), (2, TWO_OF_THREE)):
        for line in table.strip().splitlines():
            points, *states = line.split()
            for treatment, expected in zip(TREATMENTS, states, strict=True):
                yield pytest.param(points, to_alarm, treatment, expected,
                                   id=f"{points} {to_alarm} of 3 {treatment}")  # fmt: skip


def look(points: str, to_alarm: int, treatment: str, periods: int = 3) -> str:
    breaching = [{"0": False, "X": True, "-": None}[each] for each in points]
    return state(breaching, periods, to_alarm, treatment, BEFORE)


@pytest.mark.parametrize(("points", "to_alarm", "treatment", "expected"), list(rows()))
def test_a_state_is_that_of_the_documentation(
    points: str, to_alarm: int, treatment: str, expected: str
) -> None:
    """Each cell of its two tables."""
    assert look(points, to_alarm, treatment) == expected


@pytest.mark.parametrize("points", ["----X", "---X-"])
def test_an_alarm_is_not_premature(points: str) -> None:
    """A lonely breach waits for as many periods as are needed; one that passes is none."""
    assert look(points, 3, "missing") == BEFORE
    assert look("--X-0", 3, "missing") == "OK"


@pytest.mark.parametrize("treatment", TREATMENTS)
def test_one_period_decides_alone(treatment: str) -> None:
    """Of an alarm on one period the newest figure counts, however old in the range."""
    assert [look(each, 1, treatment, 1) for each in ("XX0", "00X", "0X-", "X--")] == [
        "OK", "ALARM", "ALARM", "ALARM",
    ]  # fmt: skip


class Cloudwatch:
    """MiniStack's own module, with alarms and figures of a test alone."""

    def __init__(self, module: Any, account: str, region: str) -> None:
        from ministack.core import responses

        responses._request_account_id.set(account)
        responses._request_region.set(region)
        self.module, self.alarms = module, Alarms(module)
        self.told: list[tuple[str, str, str]] = []

    def alarm(self, name: str, dimensions: dict[str, str], **says: Any) -> None:
        self.module._alarms[name] = {
            "AlarmName": name, "Namespace": "N", "MetricName": "M", "Statistic": "Maximum",
            "Period": 10, "EvaluationPeriods": 1, "Threshold": 5.0, "StateValue": "OK",
            "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": "missing",
            "Dimensions": [{"Name": n, "Value": v} for n, v in dimensions.items()],
        } | says  # fmt: skip

    def figure(self, at: float, value: float, dimensions: dict[str, str]) -> None:
        key = ("N", "M", self.module._dims_key(dimensions))
        self.module._metric_bucket(key).append(
            {"Timestamp": at, "Value": value, "Unit": "None", "Dimensions": dimensions}
        )

    def state(self, name: str, now: float) -> str:
        self.alarms.look(now)
        return str(self.module._alarms[name]["StateValue"])


@pytest.fixture
def cloudwatch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloudwatch]:
    from ministack.services import cloudwatch as module

    made = Cloudwatch(module, "000000000000", "eu-central-1")
    monkeypatch.setattr(
        module,
        "_dispatch_alarm_actions",
        lambda alarm, before, after, reason: made.told.append((before, after, reason)),
    )
    module.reset()
    yield made
    module.reset()


A, B = {"FunctionName": "A"}, {"FunctionName": "B"}


def test_an_alarm_looks_at_its_own_dimensions_in_whole_periods(cloudwatch: Cloudwatch) -> None:
    """Another function's figures, those of the period that runs, and old ones do not count."""
    cloudwatch.alarm("of A", A)
    cloudwatch.figure(1005, 9, B)
    cloudwatch.figure(1003, 1, A)
    cloudwatch.figure(1012, 9, A)
    assert cloudwatch.state("of A", 1019) == "OK"
    assert cloudwatch.state("of A", 1020) == "ALARM"
    assert cloudwatch.state("of A", 1049) == "ALARM"
    assert cloudwatch.state("of A", 1050) == "INSUFFICIENT_DATA"
    (first, second) = cloudwatch.told
    assert first[:2] == ("OK", "ALARM") and second[:2] == ("ALARM", "INSUFFICIENT_DATA")
    assert first[2] == (
        "M, Maximum of 10 s, was none, 1, 9; the threshold is 5 (GreaterThanThreshold)."
    )


@pytest.mark.parametrize(
    ("comparison", "states"),
    [
        ("GreaterThanThreshold", "OK OK ALARM"),
        ("GreaterThanOrEqualToThreshold", "OK ALARM ALARM"),
        ("LessThanThreshold", "ALARM OK OK"),
        ("LessThanOrEqualToThreshold", "ALARM ALARM OK"),
    ],
)
def test_a_threshold_is_compared_as_the_alarm_says(
    cloudwatch: Cloudwatch, comparison: str, states: str
) -> None:
    """Below, at and above it."""
    cloudwatch.alarm("a", A, ComparisonOperator=comparison)
    found = []
    for now, value in ((1000, 4), (1010, 5), (1020, 6)):
        cloudwatch.figure(now, value, A)
        found.append(cloudwatch.state("a", now + 10))
    assert " ".join(found) == states


@pytest.mark.parametrize(
    ("statistic", "says"), [("Average", "ALARM"), ("Minimum", "OK"), ("Sum", "ALARM")]
)
def test_a_statistic_is_that_of_the_alarm(
    cloudwatch: Cloudwatch, statistic: str, says: str
) -> None:
    """Of 4 and 7, against a threshold of 5."""
    cloudwatch.alarm("a", A, Statistic=statistic)
    cloudwatch.figure(1000, 4, A)
    cloudwatch.figure(1001, 7, A)
    assert cloudwatch.state("a", 1010) == says


def test_what_is_not_known_here_keeps_its_state(cloudwatch: Cloudwatch) -> None:
    """An alarm on metric math or an anomaly stops no other alarm."""
    cloudwatch.alarm("anomaly", A, ComparisonOperator="GreaterThanUpperThreshold")
    cloudwatch.alarm("math", A, MetricName=None)
    cloudwatch.alarm("plain", A)
    cloudwatch.figure(1000, 9, A)
    assert cloudwatch.state("plain", 1010) == "ALARM"
    assert cloudwatch.state("anomaly", 1010) == cloudwatch.state("math", 1010) == "OK"


_numbers = itertools.count()


def test_an_alarm_tells_its_topic(environment: Environment) -> None:
    """On the running stack: a figure beyond the threshold becomes a notice on a queue."""
    name = f"test-alarm-{next(_numbers)}"
    sns, sqs = environment.client("sns"), environment.client("sqs")
    topic = sns.create_topic(Name=name)["TopicArn"]
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn["QueueArn"])
    client = environment.client("cloudwatch")
    client.put_metric_alarm(
        AlarmName=name, Namespace=name, MetricName="M", Statistic="Maximum", Period=10,
        EvaluationPeriods=1, Threshold=5, ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[topic], Dimensions=[{"Name": "Of", "Value": "A"}],
    )  # fmt: skip
    for of, value in (("A", 6.0), ("B", 1.0)):
        dimensions = [{"Name": "Of", "Value": of}]
        data = [{"MetricName": "M", "Value": value, "Dimensions": dimensions}]
        client.put_metric_data(Namespace=name, MetricData=data)
    deadline, messages = time.monotonic() + 60, []
    while not messages and time.monotonic() < deadline:
        answer = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=2)
        messages = answer.get("Messages", [])
    notice = json.loads(json.loads(messages[0]["Body"])["Message"])
    assert (notice["AlarmName"], notice["NewStateValue"]) == (name, "ALARM")
    client.delete_alarms(AlarmNames=[name])
    sns.delete_topic(TopicArn=topic)
    sqs.delete_queue(QueueUrl=queue)


def test_old_figures_are_kept_by_the_minute_with_the_same_statistics(
    cloudwatch: Cloudwatch,
) -> None:
    """Sums, extremes and counts stay; what is young, alone, or of another unit stays apart."""
    module = cloudwatch.module

    def point(at: float, value: float, count: float = 1, unit: str = "Count") -> dict[str, Any]:
        return {"Timestamp": at, "Value": value, "Count": count, "Unit": unit, "Dimensions": {}}

    points = [
        point(600, 1), point(610, 5, 3), point(659.9, 2), point(660, 7), point(725, 8, unit="None"),
        point(726, 9), point(721, 1), point(780, 4), point(780, 6),
    ]  # fmt: skip
    kept = folded(points, module, 780)
    assert [each["Timestamp"] for each in kept] == [600, 660, 720, 725, 780, 780]
    assert module._calc_stats(kept[:1]) == module._calc_stats(points[:3]) == {
        "SampleCount": 5, "Sum": 18, "Average": 3.6, "Minimum": 1, "Maximum": 5,
    }  # fmt: skip
    assert module._calc_stats(kept) == module._calc_stats(points)
    again = folded(kept, module, 10_000)
    assert [each["Timestamp"] for each in again] == [600, 660, 720, 725, 780]
    assert module._calc_stats(again) == module._calc_stats(points)
    assert folded([], module, 0) == []
