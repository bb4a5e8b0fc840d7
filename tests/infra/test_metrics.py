"""The functions tell CloudWatch of each batch, and no batch fails of it."""

import logging
import time
from types import SimpleNamespace
from typing import Any

import metrics
import pytest
from botocore.exceptions import EndpointConnectionError

CONTEXT = SimpleNamespace(function_name="OrderDataProcessor")


class Recorder:
    """Stands for CloudWatch: keeps what it is told, fails if it is away."""

    def __init__(self) -> None:
        self.told: list[list[dict[str, Any]]] = []
        self.is_away = False

    def put_metric_data(self, Namespace: str, MetricData: list[dict[str, Any]]) -> None:
        if self.is_away:
            raise EndpointConnectionError(endpoint_url="https://monitoring")
        assert Namespace == "Cartwheel"
        self.told.append(MetricData)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder = Recorder()
    monkeypatch.setattr(metrics, "cloudwatch", recorder)
    monkeypatch.setattr(metrics, "_kept", metrics._Kept())
    monkeypatch.setenv("METRIC_SECONDS", "15")
    monkeypatch.setattr(metrics.time, "time", lambda: 1_000_000.0)
    return recorder


def batch(*arrived: float) -> dict[str, Any]:
    return {"Records": [{"kinesis": {"approximateArrivalTimestamp": at}} for at in arrived]}


def values(figures: list[dict[str, Any]]) -> dict[str, Any]:
    assert all(
        each["Dimensions"] == [{"Name": "FunctionName", "Value": "OrderDataProcessor"}]
        and each["StorageResolution"] == 1
        for each in figures
    )
    return {
        each["MetricName"]: each.get("Value", tuple(zip(each.get("Values", ()),
                                                        each.get("Counts", ()), strict=True)))
        for each in figures
    }  # fmt: skip


def test_a_batch_tells_its_age_its_records_and_its_share_in_quarantine(told: Recorder) -> None:
    """Three of four records that do not validate are an average of 75 percent."""
    handle = metrics.measured(lambda event, context: {"landed": 1, "quarantined": 3})
    assert handle(batch(999_990.0, 999_970.0), CONTEXT) == {"landed": 1, "quarantined": 3}
    assert values(told.told[0]) == {
        "IteratorAge": 30.0, "RecordsDelivered": 1, "QuarantineRate": ((0, 1), (100, 3)),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("result", "figures"),
    [
        ({"landed": 2, "quarantined": 0}, {"RecordsDelivered": 2, "QuarantineRate": ((0, 2),)}),
        ({"landed": 0, "quarantined": 2}, {"RecordsDelivered": 0, "QuarantineRate": ((100, 2),)}),
        ({"landed": 0, "quarantined": 0}, {"RecordsDelivered": 0}),
        ({"kept": 7}, {"RecordsDelivered": 7}),
    ],
)
def test_a_share_is_told_of_records_alone(
    told: Recorder, result: dict[str, int], figures: dict[str, Any]
) -> None:
    """A function that quarantines nothing tells no share, nor does a batch without records."""
    metrics.measured(lambda event, context: result)(batch(1_000_060.0), CONTEXT)
    # A record of a clock that is ahead has not waited.
    assert values(told.told[0]) == {"IteratorAge": 0.0} | figures


def test_a_batch_that_fails_tells_its_age_and_fails(told: Recorder) -> None:
    """How long the records wait is told at once while they cannot be taken."""

    def fails(event: dict[str, Any], context: Any) -> dict[str, int]:
        raise RuntimeError("away")

    metrics._kept.told_at = 999_999.0  # others have just been told
    with pytest.raises(RuntimeError, match="away"):
        metrics.measured(fails)(batch(999_000.0), CONTEXT)
    assert [values(figures) for figures in told.told] == [{"IteratorAge": 1000.0}]


def test_good_batches_are_told_some_at_a_time_and_bad_ones_at_once(
    told: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Figures wait for the interval's end, each with its own time; none is told twice."""
    results = iter([{"landed": 1, "quarantined": bad} for bad in (0, 0, 0, 1, 0)])
    handle = metrics.measured(lambda event, context: next(results))
    counts = []
    for now in (100.0, 110.0, 115.0, 116.0, 120.0):
        monkeypatch.setattr(time, "time", lambda now=now: now)
        handle(batch(now), CONTEXT)
        counts.append(len(told.told))
    assert counts == [1, 1, 2, 3, 3]
    delivered = [
        [each["Timestamp"] for each in figures if each["MetricName"] == "RecordsDelivered"]
        for figures in told.told
    ]
    assert delivered == [[100.0], [110.0, 115.0], [116.0]]


def test_a_cloudwatch_that_is_away_fails_no_batch(
    told: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged instead."""
    told.is_away = True
    with caplog.at_level(logging.WARNING):
        handle = metrics.measured(lambda event, context: {"landed": 1, "quarantined": 0})
        assert handle(batch(999_999.0), CONTEXT) == {"landed": 1, "quarantined": 0}
    assert "CloudWatch was not told of OrderDataProcessor" in caplog.text


def test_rows_of_the_warehouse_are_no_batch(told: Recorder) -> None:
    """Filling a lookup tells nothing of the stream."""
    assert metrics.measured(lambda event, context: {"kept": 1})({"rows": [1]}, None) == {"kept": 1}
    assert told.told == []
