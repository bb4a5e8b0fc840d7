"""What the HTTP API answers of invoices, customers, trucks and recommendations, and to whom."""

import urllib.parse
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cartwheel.aws import recommendations
from cartwheel.aws.api import Api

from .calls import LINE, call, reading, until

# An article whose name is full of what means something in a path; a slash is encoded twice.
ODD = "A B %2f+/.."


def _lines(customer: str, invoice: str, count: int, **more: Any) -> list[dict[str, Any]]:
    return [
        LINE | {
            "event_id": f"api-{customer}-{invoice}-{number}", "InvoiceNo": invoice,
            "CustomerID": customer, "Country": "France",
        } | more
        for number in range(count)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def ordered(api: Api, tokens: dict[str, str]) -> None:
    """Invoices of the customer 17850 and of another; one that both share, one cancelled."""
    lines = [
        *_lines("17850", "api-1", 3),
        *_lines("17850", "api-1", 1, StockCode=ODD, event_id="x1"),
        *_lines("17850", "api-2", 1, Quantity=-1, event_id="x2"), *_lines("other", "api-3", 2),
        *_lines("17850", "api-4", 1), *_lines("other", "api-4", 1),
    ]  # fmt: skip
    status, told = call(api, "POST /orders", tokens["engineer"], lines)
    assert (status, told["taken"]) == (202, 9)
    for invoice, count in (("api-1", 4), ("api-2", 1), ("api-3", 2), ("api-4", 2)):
        until(
            lambda invoice=invoice: call(api, f"GET /invoices/{invoice}", tokens["analyst"])[1],
            lambda told, count=count: told.get("lines") == count,
        )


def test_an_invoice_is_looked_up_by_page_and_article(
    api: Api, tokens: dict[str, str], ordered: None
) -> None:
    """Sums and lines; two lines a page until there are no more; an article with an odd name."""
    found: list[dict[str, Any]] = []
    after = ""
    while True:
        path = f"GET /invoices/api-1?limit=2{after and '&next=' + after}"
        status, told = call(api, path, tokens["analyst"])
        assert (status, told["lines"], told["net_amount"]) == (200, 4, 6)
        found += told["items"]
        if (after := told["next"]) is None:
            break
        assert len(told["items"]) == 2
    assert sorted(each["stock_code"] for each in found) == [ODD, "P", "P", "P"]
    article = urllib.parse.quote(ODD.replace("/", "%2F"), safe="")
    status, told = call(api, f"GET /invoices/api-1/items/{article}", tokens["analyst"])
    assert (status, told["stock_code"], told["next"]) == (200, ODD, None)
    assert told["items"] == [
        {
            "stock_code": ODD, "quantity": 1, "unit_price": 1.5, "customer_id": "17850",
            "invoice_date": "2010-12-01T08:26:00.000000", "country": "France",
        }
    ]  # fmt: skip
    assert call(api, "GET /invoices/api-1/items/A", tokens["analyst"])[0] == 404


def test_a_customer_sees_what_is_the_own_alone(
    api: Api, tokens: dict[str, str], ordered: None
) -> None:
    """Of a shared invoice the own part; of others' nothing, not even that it is there."""
    customer = tokens["customer"]
    status, told = call(api, "GET /invoices/api-4", customer)
    assert (status, told["lines"], told["net_amount"], len(told["items"])) == (200, 1, 1.5, 1)
    for path in ("/invoices/api-3", "/invoices/api-3/items/P"):
        others, none = call(api, f"GET {path}", customer), call(api, "GET /invoices/no", customer)
        assert others[0] == none[0] == 404
        assert others[1]["detail"].split(" with ")[0].replace("api-3", "no") in none[1]["detail"]
    for path in ("/customers/other", "/customers/other/invoices", "/customers/%2e%2eother"):
        assert call(api, f"GET {path}", customer)[0] == 403, path
    # Whatever a token says, it leads to no place of another partition.
    page = call(api, "GET /customers/other/invoices?limit=1", tokens["analyst"])[1]
    told = call(api, f"GET /customers/17850/invoices?next={page['next']}", customer)[1]
    assert {each.get("customer_id") for each in told["items"]} <= {"17850"}


def test_a_customer_is_summed_up_net_of_cancellations(
    api: Api, tokens: dict[str, str], ordered: None
) -> None:
    """Six lines of 1.5, one of them taken back; invoices from the greatest number down."""
    told = call(api, "GET /customers/17850", tokens["customer"])[1]
    assert (told["lines"], told["net_amount"], told["country"]) == (6, 6, "France")
    told = call(api, "GET /customers/17850/invoices", tokens["customer"])[1]
    assert [(each["invoice_no"], each["net_amount"]) for each in told["items"]] == [
        ("api-4", 1.5), ("api-2", -1.5), ("api-1", 6),
    ]  # fmt: skip


def test_a_truck_and_its_readings_are_looked_up(api: Api, tokens: dict[str, str]) -> None:
    """The state field by field, readings from one moment to before another, by page."""
    moment = datetime.now(UTC).replace(microsecond=0)
    times = [moment - timedelta(minutes=n) for n in (3, 2, 1)]
    readings = [
        reading("T9") | {"timestamp": each.isoformat(), "vehicle_speed": 10.0 * number}
        for number, each in enumerate(times)
    ] + [{"event_id": "t9", "truck_id": "T9", "timestamp": times[1].isoformat(), "odometer": 7.5}]
    assert call(api, "POST /telemetry", tokens["engineer"], readings)[1]["taken"] == 4
    state = until(
        lambda: call(api, "GET /trucks/T9", tokens["analyst"])[1],
        lambda told: told.get("vehicle_speed") == 20 and "odometer_reading" in told,
    )
    wire = [each.strftime("%Y-%m-%dT%H:%M:%S.000000Z") for each in times]
    assert state == {
        "truck_id": "T9", "timestamp": wire[2], "vehicle_speed": 20, "odometer_reading": 7.5,
    }  # fmt: skip
    path = f"/trucks/T9/telemetry?since={wire[0]}&until={urllib.parse.quote(times[2].isoformat())}"
    first = call(api, f"GET {path}&limit=1", tokens["analyst"])[1]
    assert first["items"] == [{"timestamp": wire[0], "vehicle_speed": 0}]
    rest = call(api, f"GET {path}&next={first['next']}", tokens["analyst"])[1]
    assert rest["items"] == [{"timestamp": wire[1], "vehicle_speed": 10, "odometer_reading": 7.5}]
    assert rest["next"] is None
    assert len(call(api, "GET /trucks/T9/telemetry", tokens["analyst"])[1]["items"]) == 3
    every: list[str] = []
    after = ""
    while after is not None:
        told = call(api, f"GET /trucks?limit=1{after and '&next=' + after}", tokens["analyst"])[1]
        every += [each["truck_id"] for each in told["items"]]
        after = told["next"]
    assert "T9" in every and len(every) == len(set(every))


def test_recommendations_are_published_and_replaced(api: Api, tokens: dict[str, str]) -> None:
    """A list by product and by person; one that is not in the next edition is gone."""
    built = {"made_at": "2026-03-01T00:00:00Z", "valid_until": "2026-03-02T00:00:00Z"}
    one = {"product_id": "P2", "product_name": None, "because_of": None, "reason": "viewed with"}
    lists = [{"Subject": s, "items": [one]} | built for s in ("product a b", "person U1")]
    assert recommendations.publish(api.environment, lists, "1") == 2
    status, told = call(api, "GET /recommendations/products/a%20b", tokens["analyst"])
    assert (status, told) == (200, {"product_id": "a b", "items": [one]} | built)
    assert call(api, "GET /recommendations/people/U1", tokens["analyst"])[1]["person_id"] == "U1"
    recommendations.publish(api.environment, lists[:1], "2")
    assert call(api, "GET /recommendations/products/a%20b", tokens["analyst"])[0] == 200
    assert call(api, "GET /recommendations/people/U1", tokens["analyst"])[0] == 404
