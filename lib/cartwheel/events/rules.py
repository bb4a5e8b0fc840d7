"""The rules that a decoded record must keep, and how a broken one is explained."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from cartwheel.events.records import (
    Click,
    DeliveryEvent,
    Operation,
    OrderLine,
    SetAside,
    Telemetry,
)

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
EARLIEST_INVOICE = datetime(1900, 1, 1, tzinfo=UTC)
CLOCK_TOLERANCE = timedelta(minutes=15)
# A shop's local time runs at most 14 hours ahead of UTC.
LARGEST_UTC_OFFSET = timedelta(hours=14)


MISSING = object()  # the value of a field that is not there


def shown(value: Any) -> str:
    """Return a value as a message shows it: at most 120 characters."""
    if value is None:
        return "null"
    try:
        text = repr(value)
    except RecursionError:
        text = "a deeply nested value"
    return text if len(text) <= 120 else text[:117] + "..."


class EventError(ValueError):
    """
    A record is not an event.

    Attributes
    ----------
    field, value, rule
        What did not fit: the dotted name, what stood there or :data:`MISSING`, what is allowed.
    """

    def __init__(self, field: str, value: Any, rule: str) -> None:
        self.field, self.value, self.rule = field, value, rule
        super().__init__(f"{field}: {rule}" + ("" if self.got is None else f", got {self.got}"))

    @property
    def got(self) -> str | None:
        """The value as a message shows it, None if nothing stood there."""
        return None if self.value is MISSING else shown(self.value)


_WIRE_LENGTH = len("2026-11-20T08:00:00.000000")


def to_utc(moment: datetime) -> datetime:
    """Return the instant in UTC; a time without offset is UTC already."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def wire_time(moment: datetime) -> str:
    """Write an instant as the warehouse reads it: UTC, without offset, microseconds."""
    # What follows the microseconds is the offset; to cut it off is faster than to replace it.
    return to_utc(moment).isoformat(timespec="microseconds")[:_WIRE_LENGTH]


def _instant(field: str, moment: datetime) -> datetime:
    try:
        instant = to_utc(moment)
    except OverflowError:
        raise EventError(field, str(moment), "must be a time between 2000 and 9999") from None
    if instant < EARLIEST:
        raise EventError(field, str(moment), "must not be before 2000-01-01")
    return instant


def _check_instant(field: str, moment: datetime, arrived_at: datetime) -> None:
    instant = _instant(field, moment)
    if instant > to_utc(arrived_at) + CLOCK_TOLERANCE:
        raise EventError(field, str(moment), "must not be later than arrival + 15 minutes")


def check_timestamp(event: Click | Telemetry | Operation, arrived_at: datetime) -> None:
    """Refuse a time before 2000 or later than the record itself."""
    _check_instant("timestamp", event.timestamp, arrived_at)


def check_click(event: Click, arrived_at: datetime) -> Click:
    """Refuse a wrong time; a promise that lies before 2000 is set aside."""
    check_timestamp(event, arrived_at)
    if event.promised_at is None:
        return event
    try:
        _instant("promised_at", event.promised_at)
    except EventError as error:
        aside = SetAside(error.field, str(event.promised_at), error.rule)
        return msgspec.structs.replace(
            event, promised_at=None, set_aside=(*(event.set_aside or ()), aside)
        )
    return event


def check_delivery(event: DeliveryEvent) -> None:
    """Refuse a promised window that ends before it begins."""
    begins = _instant("promised_from", event.promised_from)
    if _instant("promised_until", event.promised_until) <= begins:
        raise EventError(
            "promised_until", str(event.promised_until), "must be later than promised_from"
        )


def check_order_line(event: OrderLine, arrived_at: datetime) -> OrderLine:
    """Refuse an invoice with an offset, before 1900, or of the future wherever the shop may be."""
    moment = event.InvoiceDate
    if moment.tzinfo is not None:
        raise EventError("InvoiceDate", str(moment), "must be the shop's local time, no offset")
    if moment.replace(tzinfo=UTC) < EARLIEST_INVOICE:
        raise EventError("InvoiceDate", str(moment), "must not be before 1900-01-01")
    latest = to_utc(arrived_at) + CLOCK_TOLERANCE + LARGEST_UTC_OFFSET
    if moment.replace(tzinfo=UTC) > latest:
        raise EventError("InvoiceDate", str(moment), "must not lie in the future")
    return event
