"""Which files of a folder the demo takes."""

from pathlib import Path

import pytest
from cartwheel.errors import UsageError

from producers.demo import _inputs
from tests.producers.replay.shared import written

OWN = 'files = ["pings*.csv"]\n[[event]]\nkind = "telemetry"\ntruck_id = "t"\ntimestamp = "at"\n'
GPX = (
    '<gpx><trk><trkseg><trkpt lat="1" lon="2"><time>2026-03-02T08:00:00Z</time></trkpt>'
    "</trkseg></trk></gpx>"
)


def test_a_folders_own_mappings_and_those_that_ship_take_their_files(tmp_path: Path) -> None:
    """Each file goes by the mapping that names it; others are told and left out."""
    deep = tmp_path / "deep"
    deep.mkdir()
    written(deep / "own.toml", OWN)
    written(deep / "pings-1.csv", "t,at\nA,2026-03-02\n")
    written(tmp_path / "pings-2.csv", "t,at\nA,2026-03-02\n")  # beside no mapping that names it
    written(tmp_path / "way.gpx", GPX)
    said: list[str] = []
    found = {
        Path(name).name: [message.partition_key for message in records]
        for name, records in _inputs(tmp_path, said.append, progress=False)
    }
    assert found == {"own.toml": ["A"], "gpx": ["way.gpx"]}
    assert [line for line in said if line.startswith("Left out")] == [
        f"Left out: {tmp_path / 'pings-2.csv'}, which no mapping names"
    ]


def test_a_folder_without_files_for_a_mapping_is_told(tmp_path: Path) -> None:
    """What to do is said; a file with a broken row stops before anything is deployed."""
    with pytest.raises(UsageError, match="holds no file that a mapping is for"):
        list(_inputs(tmp_path, lambda line: None, progress=False))
    written(tmp_path / "own.toml", OWN)
    written(tmp_path / "pings.csv", "t,at\nA,noon\n")
    with pytest.raises(UsageError, match=r"pings\.csv, line 2: timestamp"):
        list(_inputs(tmp_path, lambda line: None, progress=False))
