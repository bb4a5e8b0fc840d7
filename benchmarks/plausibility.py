"""
The simulated world beside reality: how trucks drive, how visitors look around.

``python -m benchmarks.plausibility`` prints the numbers of docs/world.md and draws
docs/world-drives.png. CARTWHEEL_DATA names the folder of the real files.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import altair as alt
import msgspec
import numpy as np
import pandas as pd
import vl_convert
from cartwheel.charts import theme

from producers.replay import inputs
from producers.replay.mapping import load
from producers.replay.translate import messages as replayed
from producers.simulate import Settings, messages
from producers.simulate.groups import Imperfection
from producers.simulate.settings import make

DOCS = Path(__file__).parents[1] / "docs"
PAUSE_SECONDS = 180  # a longer stand ends a drive
STANDING = 1.0  # km/h
SHOWN = ("speed, km/h", "acceleration, m/s²")


def main() -> None:
    """Compare, print and draw."""
    folder = Path(os.environ.get("CARTWHEEL_DATA", "../shared/data"))
    if not folder.is_dir():
        sys.exit(f"{folder} is no folder: set CARTWHEEL_DATA to the folder of the real files.")
    real, made = _real_drives(folder), _simulated_drives()
    print("| drives | real | simulated |\n|---|---|---|")
    for name, numbers in _driving(real).items():
        print(f"| {name} | {numbers} | {_driving(made)[name]} |")
    visits, sessions = _real_visits(folder), _simulated_visits()
    print("\n| visits | real | simulated |\n|---|---|---|")
    for name, numbers in _looking(visits).items():
        print(f"| {name} | {numbers} | {_looking(sessions)[name]} |")
    _draw(real, made)


def _real_drives(folder: Path) -> pd.DataFrame:
    mapping = load("drives")
    rows = []
    for message in replayed(inputs.found(mapping, [folder]), mapping, None):
        event = msgspec.json.decode(message.data)
        rows.append((event["truck_id"], message.at, event.get("vehicle_speed")))
    return _drives(rows)


def _simulated_drives() -> pd.DataFrame:
    """Return three days of ten trucks, at a reading a second and without faults."""
    settings = make({"trucks": 10, "customers": 2500, "days": 3, "interval_seconds": 1}, "here")
    settings = msgspec.structs.replace(settings, imperfection=Imperfection().scaled(0))
    rows = []
    for message in messages(settings):
        if message.stream != "TruckTelemetry" or b'"rpm":0,' in message.data:
            continue
        event = msgspec.json.decode(message.data)
        rows.append((event["truck_id"], round(message.at), event["vehicle_speed"]))
    return _drives(rows)


def _drives(rows: Sequence[tuple[str, float, float]]) -> pd.DataFrame:
    """Return speed and acceleration a second, with the drive that each belongs to."""
    frame = pd.DataFrame(rows, columns=["truck", "at", "speed"]).sort_values(["truck", "at"])
    gap = frame.groupby("truck")["at"].diff().fillna(np.inf)
    standing = frame["speed"] < STANDING
    run = (standing != standing.shift()).cumsum()
    long = standing & (frame.groupby(run)["at"].transform(np.ptp) > PAUSE_SECONDS)
    frame = frame.assign(
        drive=((gap > PAUSE_SECONDS) | (long & ~long.shift(fill_value=False))).cumsum()
    )
    frame = frame[~long]
    step = frame.groupby("drive")["at"].diff()
    change = frame.groupby("drive")["speed"].diff() / 3.6 / step
    return frame.assign(acceleration=change.where(step.between(0.5, 1.5)))


def _driving(frame: pd.DataFrame) -> dict[str, str]:
    moving = frame[frame["speed"] >= STANDING]
    speeds = moving["speed"].quantile([0.1, 0.5, 0.9])
    pushes = frame["acceleration"].dropna()
    rolling = pushes[(frame["speed"] >= STANDING).reindex(pushes.index)]
    return {
        "seconds": f"{len(frame):,}",
        "moving speed, km/h: 10 %, median, 90 %": ", ".join(f"{s:.0f}" for s in speeds),
        "share of the time standing": f"{(frame['speed'] < STANDING).mean():.0%}",
        "acceleration, m/s²: 5 %, 95 %": ", ".join(
            f"{a:.2f}" for a in rolling.quantile([0.05, 0.95])
        ),
        "acceleration's standard deviation, m/s²": f"{rolling.std():.2f}",
        "seconds braking harder than 3 m/s², per 100 km": (
            f"{(pushes < -3).sum() / (frame['speed'].sum() / 3600) * 100:.1f}"
        ),
    }


def _real_visits(folder: Path) -> pd.Series:
    mapping = load("eshop")
    counts: dict[str, int] = {}
    for message in replayed(inputs.found(mapping, [folder]), mapping, None):
        counts[message.partition_key] = counts.get(message.partition_key, 0) + 1
    return pd.Series(counts)


def _simulated_visits() -> pd.Series:
    counts: dict[str, int] = {}
    for message in messages(Settings()):
        if message.stream == "ClickDataStream" and b'"event_type":"view"' in message.data:
            counts[message.partition_key] = counts.get(message.partition_key, 0) + 1
    return pd.Series(counts)


def _looking(views: pd.Series) -> dict[str, str]:
    return {
        "sessions": f"{len(views):,}",
        "views a session: mean": f"{views.mean():.1f}",
        "views a session: median, 90 %, 99 %": ", ".join(
            f"{v:.0f}" for v in views.quantile([0.5, 0.9, 0.99])
        ),
        "sessions of a single view": f"{(views == 1).mean():.0%}",
    }


def _draw(real: pd.DataFrame, made: pd.DataFrame) -> None:
    parts = []
    for who, frame in (("real drives", real), ("simulated", made)):
        moving = frame[frame["speed"] >= STANDING]
        parts.append(_shares(who, SHOWN[0], moving["speed"], np.arange(0, 125, 5)))
        rolling = moving["acceleration"].dropna().clip(-3.99, 3.99)
        parts.append(_shares(who, SHOWN[1], rolling, np.arange(-4, 4.01, 0.25)))
    alt.theme.enable(theme.NAME)
    panels = [_panel(pd.concat(parts), name) for name in SHOWN]
    title = alt.Title(
        "Simulated trucks keep to a few speeds, real cars drive all; both use the pedals alike",
        subtitle=(
            "Share of the moving seconds. Orange: 28 real drives by car around Omaha; blue: ten "
            "simulated trucks, three days"
        ),
    )
    chart = alt.hconcat(*panels, spacing=40).properties(title=title)
    spec = chart.to_dict()
    spec["background"] = theme.CARD
    (DOCS / "world-drives.png").write_bytes(vl_convert.vegalite_to_png(spec, scale=2))


def _shares(who: str, name: str, values: pd.Series, edges: np.ndarray) -> pd.DataFrame:
    counts, _ = np.histogram(values, edges)
    middle = (edges[:-1] + edges[1:]) / 2
    return pd.DataFrame({"who": who, "name": name, "x": middle, "share": counts / counts.sum()})


def _panel(frame: pd.DataFrame, name: str) -> Any:
    return (
        alt.Chart(frame[frame["name"] == name])
        .mark_line(interpolate="monotone", strokeWidth=2.2)
        .encode(
            x=alt.X("x:Q", title=name),
            y=alt.Y("share:Q", title="share of the time", axis=alt.Axis(format="%")),
            color=alt.Color("who:N", legend=None).scale(
                domain=["real drives", "simulated"], range=[theme.ORANGE, theme.BLUE]
            ),
        )
        .properties(width=380, height=230)
    )


if __name__ == "__main__":
    main()
