"""The lookup of invoices and customers is exact in any order, however often a line comes."""

import os
import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from cartwheel.environment import Environment

from .lookup_tables import batch, empty, items, tables

Found = Callable[[str], dict[tuple[str, str], dict[str, Any]]]
KEYS = {"INVOICES": ("InvoiceNo", "StockCode_Line"), "CUSTOMERS": ("CustomerID", "Part")}


@pytest.fixture
def kept(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The function, on tables of its own."""
    import invoices

    with tables(environment, **KEYS) as names:
        for variable, name in names.items():
            monkeypatch.setenv(variable, name)
        monkeypatch.setattr(invoices, "dynamodb", environment.client("dynamodb"))
        yield invoices


@pytest.fixture
def found(kept: Any, environment: Environment) -> Found:
    """Items of a table by the parts of their keys."""
    return lambda variable: {
        (item[KEYS[variable][0]], item[KEYS[variable][1]]): item
        for item in items(environment, os.environ[variable])
    }


def line(number: int, invoice: str | None = "I1", **says: Any) -> dict[str, Any]:
    return {
        "event_id": f"e{number}", "InvoiceNo": invoice, "StockCode": "P", "Quantity": 1,
        "InvoiceDate": f"2010-12-01T08:{number % 60:02d}:00", "UnitPrice": 2.5,
    } | says  # fmt: skip


def sums(item: dict[str, Any]) -> tuple[Any, ...]:
    return (
        int(item["lines"]), item["net_amount"], item["first_invoice_date"][11:16],
        item["last_invoice_date"][11:16], item.get("customer_id"), item.get("country"),
    )  # fmt: skip


LINES = [
    line(1, CustomerID="C1", Country="France", Quantity=6, UnitPrice=2.55),
    line(2, CustomerID="C1", Country="France", Description="LAMP"),
    line(3, CustomerID="C1", Country="France", Description="LAMP"),
    line(4, "I2", CustomerID="C1", Country="Spain", StockCode="Q#"),
    line(5, "C3", CustomerID="C1", Country="France", Quantity=-6, UnitPrice=2.55),
    line(6, "I4"),
    line(7, None, CustomerID="C1"),
    line(8, "I1", CustomerID="C2", Country="France"),
]


def test_lines_are_kept_and_summed_by_invoice_and_customer(kept: Any, found: Found) -> None:
    """Equal lines are two; cancellations net out; without an invoice nothing, without a customer
    the invoice alone.
    """
    assert kept.handle(batch(LINES), None) == {"kept": 7}
    invoices, customers = found("INVOICES"), found("CUSTOMERS")
    assert {key: sums(item) for key, item in invoices.items() if key[1] == "-"} == {
        ("I1", "-"): (4, Decimal("22.8"), "08:01", "08:08", "C2", "France"),
        ("I2", "-"): (1, Decimal("2.5"), "08:04", "08:04", "C1", "Spain"),
        ("C3", "-"): (1, Decimal("-15.3"), "08:05", "08:05", "C1", "France"),
        ("I4", "-"): (1, Decimal("2.5"), "08:06", "08:06", None, None),
    }
    assert {key: sums(item) for key, item in customers.items()} == {
        ("C1", "-"): (5, Decimal("7.5"), "08:01", "08:05", "C1", "France"),
        ("C1", "invoice I1"): (3, Decimal("20.3"), "08:01", "08:03", "C1", "France"),
        ("C1", "invoice I2"): (1, Decimal("2.5"), "08:04", "08:04", "C1", "Spain"),
        ("C1", "invoice C3"): (1, Decimal("-15.3"), "08:05", "08:05", "C1", "France"),
        ("C2", "-"): (1, Decimal("2.5"), "08:08", "08:08", "C2", "France"),
        ("C2", "invoice I1"): (1, Decimal("2.5"), "08:08", "08:08", "C2", "France"),
    }
    lines = [item for key, item in invoices.items() if key[1] != "-"]
    assert len(lines) == 7
    (first,) = [item for item in lines if item["quantity"] == 6]
    assert {name: value for name, value in first.items() if name[0].islower()} == {
        "stock_code": "P", "quantity": 6, "unit_price": Decimal("2.55"),
        "invoice_date": "2010-12-01T08:01:00.000000", "customer_id": "C1", "country": "France",
    }  # fmt: skip


def _several(seed: int) -> list[dict[str, Any]]:
    chance = random.Random(seed)
    return [
        line(
            number,
            f"I{chance.randrange(12)}",
            CustomerID=chance.choice(["C1", "C2", "C3", None]),
            Quantity=chance.randrange(-3, 9),
            UnitPrice=chance.choice([0.1, 2.55, 1e-200, 0.0]),
        )
        for number in range(200)
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_any_order_and_any_repetition_give_the_same(kept: Any, found: Found, seed: int) -> None:
    """Whole, in shifted and repeated parts, in any order: the tables are those of one batch."""
    lines, chance = _several(seed), random.Random(seed)
    kept.handle(batch(lines), None)
    expected = found("INVOICES"), found("CUSTOMERS")
    for item in (*expected[0].values(), *expected[1].values()):
        assert item.get("lines", 1) > 0
    for variable, parts in KEYS.items():
        empty(kept.dynamodb, os.environ[variable], parts)
    numbered = list(enumerate(lines, 1))
    for _ in range(4):
        chance.shuffle(numbered)
        part = numbered[: chance.randrange(20, 150)]
        kept.handle(batch([r for _, r in part], [n for n, _ in part]), None)
    kept.handle(batch([r for _, r in numbered], [n for n, _ in numbered]), None)
    assert (found("INVOICES"), found("CUSTOMERS")) == expected


def test_what_an_event_says_last_holds(kept: Any, found: Found) -> None:
    """A line that is told again otherwise leaves its old sums, of another customer too."""
    told = [
        line(1, CustomerID="C1", Quantity=9),
        line(2, CustomerID="C1"),
        line(1, CustomerID="C2", Quantity=4),
    ]
    for order in ((0, 1, 2), (2, 0, 1)):
        kept.handle(batch([told[n] for n in order], [n + 1 for n in order]), None)
        customers = {key: sums(item)[:2] for key, item in found("CUSTOMERS").items()}
        assert customers == {
            ("C1", "-"): (1, Decimal("2.5")), ("C1", "invoice I1"): (1, Decimal("2.5")),
            ("C2", "-"): (1, Decimal("10")), ("C2", "invoice I1"): (1, Decimal("10")),
        }  # fmt: skip
        assert sums(found("INVOICES")["I1", "-"])[:2] == (2, Decimal("12.5"))


@pytest.mark.parametrize("is_written", [False, True])
@pytest.mark.parametrize("fails_at", [1, 2, 3])
def test_a_failure_between_two_transactions_loses_and_doubles_nothing(
    kept: Any, found: Found, monkeypatch: pytest.MonkeyPatch, fails_at: int, is_written: bool
) -> None:
    """A batch that fails half-way, even after its write was done, is finished by its retry."""
    import lookups

    lines = [line(number, CustomerID="C1") for number in range(200)]
    commit, calls = lookups.commit, iter(range(1, 100))

    def failing(*words: Any) -> None:
        is_last = next(calls) == fails_at
        if is_written or not is_last:
            commit(*words)
        if is_last:
            raise ConnectionError("DynamoDB is away")

    with monkeypatch.context() as broken:
        broken.setattr(lookups, "commit", failing)
        with pytest.raises(ConnectionError):
            kept.handle(batch(lines), None)
    kept.handle(batch(lines), None)
    assert sums(found("CUSTOMERS")["C1", "-"])[:2] == (200, Decimal("500"))


def test_a_run_that_was_overtaken_reads_again(
    kept: Any, found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two runs that change the same sums at once both count."""
    import lookups

    commit, others = lookups.commit, [line(n, CustomerID="C1") for n in range(50, 60)]

    def overtaken(*words: Any) -> None:
        if others:
            these, others[:] = list(others), []
            kept.handle(batch(these, list(range(100, 110))), None)
        commit(*words)

    monkeypatch.setattr(lookups, "commit", overtaken)
    kept.handle(batch([line(n, CustomerID="C1") for n in range(10)]), None)
    assert sums(found("CUSTOMERS")["C1", "-"])[:2] == (20, Decimal("50"))


def test_many_customers_in_one_batch_are_split_into_transactions(kept: Any, found: Found) -> None:
    """Lines that each have an invoice and a customer of their own take more room."""
    lines = [line(number, f"I{number}", CustomerID=f"C{number}") for number in range(90)]
    kept.handle(batch(lines), None)
    assert len(found("CUSTOMERS")) == 180
    assert len(found("INVOICES")) == 180


def test_the_longest_ids_and_odd_ones_have_a_key(kept: Any, found: Found) -> None:
    """Ids of 256 characters of four bytes, and such as look like our own keys, stay apart."""
    import keys

    long = "\U0001f6d2" * 256
    codes = [long, long[:-1] + "x", "-", "#", "invoice I1", "P#"]
    lines = [
        line(0, long, StockCode=code, CustomerID=long) | {"event_id": f"{long[:-2]}{number}"}
        for number, code in enumerate(codes)
    ]
    kept.handle(batch(lines), None)
    invoices = found("INVOICES")
    assert sums(invoices[long, "-"])[0] == len(codes)
    assert {item["stock_code"] for key, item in invoices.items() if key[1] != "-"} == set(codes)
    assert set(found("CUSTOMERS")) == {(long, "-"), (long, keys.of_invoice(long))}


def test_rows_of_the_warehouse_are_kept_as_those_of_the_stream(kept: Any, found: Found) -> None:
    """A row that is handed over changes nothing that the stream told, and adds what it lacks."""
    from lookups import rows_of

    whole = batch(LINES)
    rows = rows_of(kept.ORDER_LINE, whole)
    kept.handle(batch(LINES[:4]), None)
    kept.handle({"rows": rows}, None)
    expected = found("INVOICES"), found("CUSTOMERS")
    kept.handle(whole, None)
    assert (found("INVOICES"), found("CUSTOMERS")) == expected
    assert sums(expected[1]["C1", "-"])[:2] == (5, Decimal("7.5"))
