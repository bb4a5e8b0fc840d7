"""Settings are typed and checked, and nonsense is refused by name."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from cartwheel.errors import UsageError

from producers.simulate import Settings
from producers.simulate.settings import make, read

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"trucks": 0}, "trucks: .*>= 1, got 0"),
        ({"losses": {"theft_litres": [9, 3]}}, r"losses\.theft_litres: the lower end comes first"),
        ({"wear": {"curve_exponents": [4, 1]}}, r"wear\.curve_exponents: the lower .*\(4, 1\)"),
        ({"drivers": {"harsh_by_road": [3, 1]}}, r"drivers\.harsh_by_road: .*length"),
        ({"trucks": 1001}, "trucks: .*<= 1000"),
        ({"days": 366}, "days"),
        ({"customers": "many"}, "customers: .*'many'"),
        ({"lorries": 4}, "settings: .*unknown field `lorries`"),
        ({"funnel": {"cart_bass": 1}}, "funnel: .*cart_bass"),
        ({"funnel": {"cart_base": 99}}, r"funnel\.cart_base: .*got 99"),
        ({"funnel": {"cart_base": float("nan")}}, r"funnel\.cart_base"),
        ({"fleet": {"rolling": float("inf")}}, r"fleet\.rolling"),
        ({"imperfection": {"dropout": 1.5}}, r"imperfection\.dropout: .*got 1\.5"),
        ({"imperfection": {"malformed": -0.1}}, r"imperfection\.malformed"),
        ({"logistics": {"windows": [[9, 8]]}}, r"logistics\.windows: must begin before"),
        ({"logistics": {"windows": [[20, 24]]}}, r"logistics\.windows: must end by"),
        ({"logistics": {"windows": []}}, r"logistics\.windows"),
        ({"commerce": {"hours": [1, 2]}}, r"commerce\.hours: .*length"),
        ({"commerce": {"hours": [0] * 24}}, r"commerce\.hours: must not be zero"),
        ({"start": "1999-12-31"}, "start: must not be before"),
        ({"start": "9999-12-31"}, "start: must not be before 2000-01-02 nor after 2099"),
        ({"logistics": {"windows": [[18, 20], [8, 10]]}}, r"logistics\.windows: must be in the"),
        ({"logistics": {"plan_speed_kmh": 5e-324}}, r"logistics\.plan_speed_kmh: .*>= 5"),
        ({"fleet": {"symptom_share": 1e-200}}, r"fleet\.symptom_share"),
        ({"trucks": 1000, "interval_seconds": 1}, "trucks, interval_seconds: make 86,400,000"),
        (
            {"customers": 1_000_000, "commerce": {"sessions_per_customer_day": 50}},
            "customers, commerce: make up to",
        ),
        ({"start": "soon"}, "start: .*'soon'"),
        ({"interval_seconds": 7}, "interval_seconds: must divide an hour"),
    ],
)
def test_a_nonsense_value_is_refused_by_name(values: dict[str, Any], named: str) -> None:
    """The message names the source, the setting and its value, and where all are listed."""
    with pytest.raises(UsageError, match=f"world.toml: {named}"):
        make(values, "world.toml")


def test_a_file_sets_what_it_names_and_leaves_the_rest(tmp_path: Path) -> None:
    """TOML values are taken over; what is not named keeps its default."""
    file = tmp_path / "world.toml"
    file.write_text("trucks = 9\nstart = 2024-03-01\n[fleet]\nhigh_consumption_share = 0.5\n")
    settings = make(read(file), str(file))
    assert (settings.trucks, settings.fleet.high_consumption_share) == (9, 0.5)
    assert settings.start.isoformat() == "2024-03-01"
    assert settings.customers == Settings().customers


@pytest.mark.parametrize("content", [b"trucks = [", b"\xff\xfe", b"trucks 3"])
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, content: bytes) -> None:
    """A broken file is refused, not half-read."""
    file = tmp_path / "world.toml"
    file.write_bytes(content)
    with pytest.raises(UsageError, match="world.toml is not TOML"):
        read(file)


def test_a_world_has_a_name_that_its_length_does_not_change() -> None:
    """More days are the same world; any other setting is another one."""
    assert make({"days": 3}, "x").world_id == make({"days": 30}, "x").world_id
    others = [{"seed": 8}, {"trucks": 4}, {"funnel": {"cart_base": -1.0}}]
    assert len({make(o, "x").world_id for o in [{}, *others]}) == 4


def test_every_setting_is_documented() -> None:
    """docs/world.md names each setting, and its default as the code has it."""
    text = (ROOT / "docs" / "world.md").read_text(encoding="utf-8")
    missing = []
    for group, value in msgspec.to_builtins(Settings()).items():
        fields = value.items() if isinstance(value, dict) else [(group, value)]
        for name, default in fields:
            shown = f"{default:g}" if isinstance(default, float) else None
            row = next((r for r in text.splitlines() if f"`{name}`" in r and r[0] == "|"), "")
            if not row or (shown is not None and shown not in row.replace(",", "")):
                missing.append(f"{name} = {default}")
    assert not missing
