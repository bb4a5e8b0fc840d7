"""The page of the wire format says what decoding does."""

import json
import re
from datetime import UTC, datetime

import pytest
from cartwheel.events import KINDS, decode, schema
from cartwheel.events.signals import SIGNALS
from cartwheel.paths import ROOT

PAGE = (ROOT / "docs" / "wire.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```json\n(.*)\n```", PAGE)
NOW = datetime(2026, 11, 21, tzinfo=UTC)


def kind_of(example: dict[str, object]) -> str:
    if "operation" in example:
        return "operation"
    if "StockCode" in example:
        return "order_line"
    return "telemetry" if "truck_id" in example else "click"


@pytest.mark.parametrize("text", EXAMPLES)
def test_each_example_lands_as_it_is(text: str) -> None:
    """Nothing of an example is refused, set aside or unknown, and its fields are the schema's."""
    example = json.loads(text)
    kind = KINDS[kind_of(example)]
    event = decode(kind, text.encode(), NOW)
    assert event.set_aside is None and event.extra is None
    known = {name for each in schema(kind)["$defs"].values() for name in each["properties"]}
    assert set(example) <= known


def test_every_kind_and_operation_has_an_example() -> None:
    """None is described by words alone."""
    examples = [json.loads(text) for text in EXAMPLES]
    assert {kind_of(each) for each in examples} == set(KINDS)
    operations = {each["operation"] for each in examples if "operation" in each}
    assert operations == {
        "delivery_event", "truck_service", "product_change", "driver_shift", "driving_event",
        "depot", "truck",
    }  # fmt: skip


def test_the_page_s_required_fields_are_those_of_decoding() -> None:
    """Of each kind the table names what no struct can do without."""
    for name, kind in KINDS.items():
        line = next(line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |"))
        made = schema(kind)["$defs"]
        required = [set(made[struct.__name__]["required"]) for struct in kind.structs]
        told = set(re.findall(r"`(\w+)`", line.split("|")[3]))
        common = set.intersection(*required)
        # Clicks and order lines may come without an id.
        expected = common - {"event_id"} if name in ("click", "order_line") else common
        assert told == expected and f"`{kind.stream}`" in line, name


def test_the_page_has_the_limits_of_every_signal() -> None:
    """The table is that of the code, row by row."""
    for name, signal in SIGNALS.items():
        row = f"| `{name}` | {signal.unit} | {signal.low:,.9g} | {signal.high:,.9g} |"
        assert row in PAGE, row


def test_the_schema_tells_limits_and_allows_more_fields() -> None:
    """A limit of the wire is in it; what only decoding sets is not."""
    made = schema(KINDS["telemetry"])["$defs"]
    assert "extra" not in made["Telemetry"]["properties"]
    assert "additionalProperties" not in made["Telemetry"]
    assert made["Gps"]["properties"]["latitude"]["anyOf"][0]["maximum"] == 90
