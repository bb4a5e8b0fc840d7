"""The API's function: bodies taken apart by value, partial failures sent again, no text leaks."""

import json
import time
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from cartwheel.events import CLICK, ORDER_LINE

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CSV_HEAD = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"


@pytest.fixture
def request_of() -> Any:
    """Make a request of a body, its type, and the query."""
    from api.requests import Request

    def made(body: bytes, kind: str = "application/json", **query: str) -> Any:
        deadline = time.monotonic() + 5
        return Request("POST /clicks", {}, query, kind, body, {}, NOW, deadline)

    return made


def click(number: int, **more: Any) -> dict[str, Any]:
    return {
        "event_id": f"e{number}", "session_id": "s", "event_type": "view",
        "timestamp": "2026-03-01T11:59:00Z",
    } | more  # fmt: skip


@pytest.mark.parametrize(
    ("body", "kind", "events"),
    [
        (b' {"a": 1}\n', "application/json", [b' {"a": 1}\n']),
        (b'[{"a":1, "a":2}, 7]', "application/json", [b'{"a":1, "a":2}', b"7"]),
        (b'{"a":1}\r\n\n{"b":2}', "application/x-ndjson", [b'{"a":1}', b'{"b":2}']),
    ],
)
def test_events_go_on_as_they_came(
    request_of: Any, body: bytes, kind: str, events: list[bytes]
) -> None:
    """One event, an array, lines: each event's bytes are those that were sent."""
    from api.bodies import events_of

    assert events_of(CLICK, request_of(body, kind)) == events


def test_a_table_of_order_lines_becomes_order_lines(request_of: Any) -> None:
    """UCI's columns; ids of source and place; blanks not said, further columns kept, BOM taken."""
    from api.bodies import events_of

    text = (
        "\ufeff" + CSV_HEAD.strip() + ",Note\n"
        '536365,85123A,"HOLDER, WHITE\nLARGE",-6,12/1/2010 8:26,2.55,17850,United Kingdom,x\n'
        "C1,D,,1,2010-12-01 08:26:00,27.5,,France,\n"
    )
    found = events_of(ORDER_LINE, request_of(text.encode(), "text/csv", source="f", offset="41"))
    assert [json.loads(each) for each in found] == [
        {
            "event_id": "f:41", "InvoiceNo": "536365", "StockCode": "85123A",
            "Description": "HOLDER, WHITE\nLARGE", "Quantity": -6,
            "InvoiceDate": "2010-12-01T08:26:00", "UnitPrice": 2.55, "CustomerID": "17850",
            "Country": "United Kingdom", "Note": "x",
        },
        {
            "event_id": "f:42", "InvoiceNo": "C1", "StockCode": "D", "Quantity": 1,
            "InvoiceDate": "2010-12-01 08:26:00", "UnitPrice": 27.5, "Country": "France",
        },
    ]  # fmt: skip


LINES = (CSV_HEAD + "1,P,,1,2010-12-01 08:26:00,1,,\n").encode()


@pytest.mark.parametrize(
    ("body", "kind", "query", "status", "told"),
    [
        (b"", "application/json", {}, 400, "no event"),
        (b"[]", "application/json", {}, 400, "no event"),
        (b" \n", "application/x-ndjson", {}, 400, "no event"),
        (b"[1", "application/json", {}, 400, "no JSON"),
        (b"[" * 100_000, "application/json", {}, 400, "no JSON"),
        (b"[1" + b",1" * 500 + b"]", "application/json", {}, 413, "501 events of 500"),
        (b"1" * (5 * 1024 * 1024 + 1), "application/json", {}, 413, "5,242,881 bytes"),
        (b"{}", "text/plain", {}, 415, "text/plain"),
        (b"{}", "", {}, 415, "none"),
        (LINES, "text/csv", {}, 400, "source=NAME"),
        (LINES, "text/csv", {"source": "f"}, 400, "offset="),
        (LINES, "text/csv", {"source": "f", "offset": "-1"}, 400, "offset="),
        (LINES, "text/csv", {"source": "f" * 201, "offset": "0"}, 400, "200 characters"),
        (b"a,b\n1,2\n", "text/csv", {"source": "f", "offset": "0"}, 400, "StockCode"),
        (LINES + b"1" + b",1" * 9, "text/csv", {"source": "f", "offset": "0"}, 400, "more cells"),
        (LINES + b'"x', "text/csv", {"source": "f", "offset": "0"}, 400, "no CSV"),
        (LINES + b"\xff", "text/csv", {"source": "f", "offset": "0"}, 400, "no UTF-8"),
    ],
)
def test_a_body_that_cannot_be_read_is_told(
    request_of: Any, body: bytes, kind: str, query: dict[str, str], status: int, told: str
) -> None:
    """Too much, nothing, no JSON, no CSV, another type, rows without a place: which, and why."""
    from api.bodies import events_of
    from api.problems import Problem

    with pytest.raises(Problem, match=told) as caught:
        events_of(ORDER_LINE, request_of(body, kind, **query))
    assert caught.value.status == status


def test_a_table_is_for_orders_alone(request_of: Any) -> None:
    """Only order lines have a form as a table."""
    from api.bodies import events_of
    from api.problems import Problem

    with pytest.raises(Problem, match="allowed: application/json, application/x-ndjson"):
        events_of(CLICK, request_of(LINES, "text/csv", source="f", offset="0"))


class Stream:
    """A Kinesis that refuses some of the records, the first times that it sees them."""

    def __init__(self, *refusals: int) -> None:
        self.requests: list[list[bytes]] = []
        self._refusals = dict(enumerate(refusals))

    def put_records(self, StreamName: str, Records: list[dict[str, Any]]) -> dict[str, Any]:
        refused = self._refusals.get(len(self.requests), 0)
        self.requests.append([record["Data"] for record in Records])
        answers: list[dict[str, str]] = [{"SequenceNumber": "1"} for _ in Records]
        for place in range(refused):
            answers[place] = {"ErrorCode": "ProvisionedThroughputExceededException"}
        return {"Records": answers}


def test_what_the_stream_did_not_take_is_sent_again(
    request_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of four records two are refused, then one: each goes again, none that was taken does."""
    from api import posting
    from api.callers import Caller

    stream = Stream(2, 1)
    monkeypatch.setattr(posting, "kinesis", stream)
    body = json.dumps([click(number) for number in range(4)]).encode()
    told = posting.post(CLICK, request_of(body), Caller(frozenset({"engineer"})))
    assert told == {"taken": 4, "refused": [], "set_aside": []}
    sent = [[json.loads(data)["event_id"] for data in request] for request in stream.requests]
    assert sent == [["e0", "e1", "e2", "e3"], ["e0", "e1"], ["e0"]]


def test_a_stream_that_stays_busy_is_told_before_the_gateway_gives_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """503, how many were taken, and that the same may be sent again."""
    from api import posting
    from api.problems import Problem

    monkeypatch.setattr(posting, "kinesis", Stream(1, *[1] * 10_000))
    records = [{"Data": b"a", "PartitionKey": "k"}, {"Data": b"b", "PartitionKey": "k"}]
    with pytest.raises(Problem, match="1 of 2 events were taken") as caught:
        posting.put("ClickDataStream", records, time.monotonic() + 0.2)
    answer = caught.value.answer()
    assert (answer["statusCode"], answer["headers"]["retry-after"]) == (503, "1")


def test_a_request_is_cut_where_the_stream_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six records of 1,000,000 bytes are two requests: one takes 5 MiB, keys included."""
    from api import posting

    stream = Stream()
    monkeypatch.setattr(posting, "kinesis", stream)
    records = [{"Data": b"x" * 1_000_000, "PartitionKey": str(n)} for n in range(6)]
    posting.put("ClickDataStream", records, time.monotonic() + 5)
    assert [len(request) for request in stream.requests] == [5, 1]


def test_an_event_larger_than_a_record_is_refused_alone(
    request_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """1 MiB is a record's limit; the others of the request are taken."""
    from api import posting
    from api.callers import Caller

    monkeypatch.setattr(posting, "kinesis", Stream())
    body = json.dumps([click(0, more="x" * 1_048_576), click(1)]).encode()
    told = posting.post(CLICK, request_of(body), Caller(frozenset({"engineer"})))
    assert told["taken"] == 1
    assert [(r["index"], r["field"], r["rule"]) for r in told["refused"]] == [
        (0, "record", "must be at most 1 MiB")
    ]


def test_what_nobody_expected_shows_no_text_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error inside is a 500 that names neither file nor cause; the log has it."""
    import api

    def broken(*_: Any) -> Any:
        raise RuntimeError("secret words")

    told: list[Any] = []
    monkeypatch.setattr(api, "asked", broken)
    monkeypatch.setattr(api.metrics, "put", lambda *words: told.append(words))
    answer = api.handle({"routeKey": "GET /health"}, SimpleNamespace(function_name="CartwheelApi"))
    failure = {"MetricName": "ServerErrors", "Value": 1, "Unit": "Count"}
    assert told == [("CartwheelApi", [failure])]
    assert answer["statusCode"] == 500 and "secret" not in answer["body"]
    assert json.loads(answer["body"])["title"] == "The request failed"


@pytest.mark.parametrize(
    ("groups", "roles"),
    [
        ("[engineer analyst]", {"engineer", "analyst"}),
        ("[engineer, analyst]", {"engineer", "analyst"}),
        ("analyst", {"analyst"}),
        ("[]", set()),
        ("[engineers device xanalyst]", set()),
    ],
)
def test_a_persons_groups_are_their_roles(groups: str, roles: set[str]) -> None:
    """As API Gateway writes a list; a group that is no role of people gives none."""
    from api.callers import caller

    who = caller({"token_use": "id", "cognito:groups": groups})
    assert (who.roles, who.truck_id) == (roles, None)


def test_a_persons_access_token_is_no_devices() -> None:
    """An access token without the scope of telemetry opens nothing."""
    from api.callers import caller
    from api.problems import Problem

    claims = {"token_use": "access", "scope": "aws.cognito.signin.user.admin", "client_id": "x"}
    with pytest.raises(Problem, match="ID token"):
        caller(claims)
