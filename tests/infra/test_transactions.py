"""A transaction is tried again while it may pass, and no longer."""

from types import SimpleNamespace
from typing import Any

import pytest
import transactions
from transactions import ATTEMPTS, Overtaken


class Canceled(Exception):
    """As DynamoDB's client raises it."""

    def __init__(self, *codes: str) -> None:
        super().__init__(*codes)
        self.response = {"CancellationReasons": [{"Code": code} for code in codes]}


class Table:
    """Stands for DynamoDB: refuses transactions for the reasons that it is given."""

    def __init__(self, *refusals: tuple[str, ...]) -> None:
        self.exceptions = SimpleNamespace(TransactionCanceledException=Canceled)
        self.refusals, self.calls = list(refusals), 0

    def transact_write_items(self, TransactItems: list[Any]) -> None:
        self.calls += 1
        if self.refusals:
            raise Canceled(*self.refusals.pop(0))


@pytest.fixture(autouse=True)
def paused(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    attempts: list[int] = []
    monkeypatch.setattr(transactions, "pause", attempts.append)
    return attempts


@pytest.mark.parametrize(
    "reason", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]
)
def test_what_passes_by_itself_is_tried_again(reason: str, paused: list[int]) -> None:
    """With a pause after each refusal, until it is taken."""
    table = Table(("None", reason), (reason, "None"))
    transactions.commit(table, [{}])
    assert (table.calls, paused) == (3, [0, 1])


def test_what_does_not_pass_is_told() -> None:
    """After the last attempt the batch fails, and comes again."""
    table = Table(*[("ThrottlingError",)] * ATTEMPTS)
    with pytest.raises(Canceled):
        transactions.commit(table, [{}])
    assert table.calls == ATTEMPTS


def test_what_cannot_pass_is_told_at_once(paused: list[int]) -> None:
    """An item that DynamoDB does not take is refused a second time too."""
    table = Table(("ValidationError", "None"))
    with pytest.raises(Canceled):
        transactions.commit(table, [{}])
    assert (table.calls, paused) == (1, [])


def test_a_condition_that_does_not_hold_is_read_again() -> None:
    """Also if another action was throttled: the throttle passes, the condition does not."""
    table = Table(("ThrottlingError", "ConditionalCheckFailed"))
    with pytest.raises(Overtaken):
        transactions.commit(table, [{}])
    assert table.calls == 1
