"""CloudWatch is told figures, and how queries fare; the queries do not suffer from it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from cartwheel.aws import metrics
from cartwheel.aws.metrics import Figure
from cartwheel.environment import Environment


def values(environment: Environment, name: str, **of: str) -> list[float]:
    now = datetime.now(UTC)
    found = environment.client("cloudwatch").get_metric_statistics(
        Namespace=metrics.NAMESPACE, MetricName=name, Period=60, Statistics=["Maximum"],
        StartTime=now - timedelta(minutes=5), EndTime=now + timedelta(minutes=1),
        Dimensions=[{"Name": n, "Value": v} for n, v in of.items()],
    )  # fmt: skip
    return [point["Maximum"] for point in found["Datapoints"]]


def test_figures_are_told_by_what_they_are_of(environment: Environment) -> None:
    """More than one request takes, each under its own dimension."""
    figures = [
        Figure("TestDelay", float(n), "Seconds", {"Of": str(n)}) for n in range(metrics.AT_ONCE + 2)
    ]
    metrics.put(environment, figures)
    for n in (0, metrics.AT_ONCE - 1, metrics.AT_ONCE, metrics.AT_ONCE + 1):
        assert values(environment, "TestDelay", Of=str(n)) == [float(n)]


class Recorder:
    """Stands for an environment's CloudWatch."""

    def __init__(self, *, is_away: bool = False) -> None:
        self.told: dict[str, tuple[float, list[dict[str, str]]]] = {}
        self.is_away = is_away

    def client(self, service: str) -> "Recorder":
        assert service == "cloudwatch"
        return self

    def put_metric_data(self, Namespace: str, MetricData: list[dict[str, Any]]) -> None:
        if self.is_away:
            raise EndpointConnectionError(endpoint_url="https://monitoring")
        self.told |= {
            each["MetricName"]: (each["Value"], each["Dimensions"]) for each in MetricData
        }


def test_a_query_that_succeeds_tells_its_time() -> None:
    """And that none failed."""
    recorder = Recorder()
    with metrics.told(recorder, "merge x"):  # type: ignore[arg-type]
        pass
    seconds, of = recorder.told["QuerySeconds"]
    assert 0 <= seconds < 10
    assert of == [{"Name": "Query", "Value": "merge x"}]
    assert recorder.told["QueryFailures"] == (0, [])


def test_a_query_that_fails_is_told_and_fails() -> None:
    """Its error goes on to whoever asked."""
    recorder = Recorder()
    with pytest.raises(ValueError, match="wrong"), metrics.told(recorder, "x"):  # type: ignore[arg-type]
        raise ValueError("wrong")
    assert recorder.told["QueryFailures"] == (1, [])


def test_a_query_stands_whether_or_not_cloudwatch_hears_of_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Who asked is warned."""
    with metrics.told(Recorder(is_away=True), "merge x"):  # type: ignore[arg-type]
        pass
    assert capsys.readouterr().err.startswith("Warning: CloudWatch was not told of 'merge x': ")
