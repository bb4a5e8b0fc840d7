"""What the functions that write to DynamoDB share: one transaction, tried again if it may pass."""

import random
import time
from typing import Any

# A transaction takes 100 actions.
ACTIONS = 100
ATTEMPTS = 8
# Reasons of TransactWriteItems that pass by themselves; a throttled one is no throttled request,
# so the client itself does not try it again.
PASSING = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}


class Overtaken(Exception):
    """What was read has changed since: it must be read again."""


def commit(dynamodb: Any, actions: list[dict[str, Any]]) -> None:
    """
    Do all actions or none; what conflicts with another transaction or is throttled is tried again.

    Raises
    ------
    Overtaken
        If the condition of an action does not hold.
    """
    for attempt in range(ATTEMPTS):
        try:
            dynamodb.transact_write_items(TransactItems=actions)
            return
        except dynamodb.exceptions.TransactionCanceledException as error:
            reasons = {r.get("Code") for r in error.response.get("CancellationReasons", [])}
            if "ConditionalCheckFailed" in reasons:
                raise Overtaken from error
            if not reasons & PASSING or attempt == ATTEMPTS - 1:
                raise
            pause(attempt)


def pause(attempt: int) -> None:
    """Wait with full jitter: up to 50 ms at first, twice as long each time."""
    time.sleep(random.uniform(0, 0.05 * 2**attempt))
