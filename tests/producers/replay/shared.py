"""What the tests of the replay share: a file written, its events read."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cartwheel.events import decode

from producers.replay.mapping import Mapping, load, parse
from producers.replay.translate import Made, translated

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def written(path: Path, content: str | bytes) -> Path:
    """Write a file, and return its path."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def mapped(text: str) -> Mapping:
    """Return the mapping of a TOML text."""
    return parse("own.toml", text)


def decoded(path: Path, mapping: Mapping | str, source: str = "s") -> list[Any]:
    """Return the events of a file as the streams' functions decode them."""
    whole = load(mapping) if isinstance(mapping, str) else mapping
    return [
        decode(made.kind, made.message.data, NOW)
        for made in translated(path, whole, source)
        if isinstance(made, Made)
    ]
