"""What flows, how fresh it is, which alarms are on, and what waits for somebody."""

from datetime import UTC, datetime, timedelta

import pandas as pd

from cartwheel.aws import metrics
from cartwheel.aws.alarms import CLEAR, ON, UNKNOWN, Alarm
from cartwheel.delivery import quarantine
from cartwheel.delivery.measuring import Look
from cartwheel.deploy import templates
from cartwheel.environment import Environment
from cartwheel.events import BY_STREAM, CLICK, KINDS, ORDER_LINE, TELEMETRY, Kind
from cartwheel.finding import Finding, counted
from cartwheel.warehouse.provenance import made_from

LANDED, LOADED, COUNTED, KEPT = (
    "landed in the lake", "loaded into RAW", "counted live", "kept for lookups",
)  # fmt: skip
# What tells of each hop after a stream: a function, or RAW itself.
BESIDE = {
    CLICK: {COUNTED: templates.LIVE_COUNTS.function},
    TELEMETRY: {KEPT: templates.TRUCKS.function},
    ORDER_LINE: {KEPT: templates.INVOICES.function},
}
FUNCTIONS = {
    kind: {LANDED: landing.function} | BESIDE.get(kind, {})
    for landing in templates.LANDING
    for kind in (KINDS[landing.values["Kind"]],)
}
SHOWN = {ON: "on", UNKNOWN: "not known", CLEAR: "clear"}
STATES = list(SHOWN.values())


def flows(
    environment: Environment, minutes: int, now: datetime | None = None
) -> dict[Kind, Finding]:
    """
    Return how many records each hop after a stream took, minute by minute.

    Parameters
    ----------
    minutes
        How far to look back.

    Returns
    -------
    dict
        By kind of event a finding with rows ``minute_at``, ``hop``, ``count_records``: of each
        hop that told anything, every minute of the time, 0 where it told nothing. A record that
        was delivered twice is two.
    """
    until = (now or datetime.now(UTC)).replace(second=0, microsecond=0) + timedelta(minutes=1)
    since = until - timedelta(minutes=minutes)
    loaded = environment.warehouse.query_file("delivery/loaded_rows", since=since)
    grid = pd.date_range(since, until, freq="min", inclusive="left").tz_localize(None)
    found = {}
    for kind, functions in FUNCTIONS.items():
        told = {
            hop: metrics.by_minute(
                environment, "RecordsDelivered", {"FunctionName": function}, since, until
            )
            for hop, function in functions.items()
        }
        hops = {hop: pd.Series(values) for hop, values in told.items() if values}
        of_raw = loaded[loaded["raw_table"] == kind.table]
        if len(of_raw):
            hops[LOADED] = of_raw.set_index("minute_at")["count_rows"]
        rows = pd.concat([_gridded(hop, each, grid) for hop, each in hops.items()] or [_NO_FLOW])
        found[kind] = Finding(_flow_said(kind, rows, minutes), made_from(rows, loaded))
    return found


_NO_FLOW = pd.DataFrame(
    {"minute_at": pd.Series(dtype="datetime64[us]"), "hop": [], "count_records": []}
)


def _gridded(hop: str, counts: pd.Series, grid: pd.DatetimeIndex) -> pd.DataFrame:
    counts.index = pd.DatetimeIndex(counts.index).tz_localize(None)
    numbers = counts.reindex(grid, fill_value=0).to_numpy(dtype="int64")
    return pd.DataFrame({"minute_at": grid, "hop": hop, "count_records": numbers})


def _flow_said(kind: Kind, rows: pd.DataFrame, minutes: int) -> str:
    within = f"in the last {counted(minutes, 'minute')}" if minutes > 1 else "in the last minute"
    if rows.empty:
        return f"{kind.stream}: nothing moved {within}"
    sums = rows.groupby("hop", sort=False)["count_records"].sum()
    told = ", ".join(f"{count:,} {hop}" for hop, count in sums.items())
    return f"{kind.stream}: {told} {within}"


def alarms(found: list[Alarm]) -> Finding:
    """
    Say which alarms are on.

    Returns
    -------
    Finding
        Rows: ``alarm``, ``state``, ``since`` (UTC), ``about``, ``reason`` of those that are not
        clear, those that are on first.
    """
    rows = pd.DataFrame(
        [
            (one.name, SHOWN[one.state], one.since.astimezone(UTC).replace(tzinfo=None),
             one.about, one.reason)
            for one in found
        ],
        columns=["alarm", "state", "since", "about", "reason"],
    )  # fmt: skip
    on, unknown = ((rows["state"] == SHOWN[each]).sum() for each in (ON, UNKNOWN))
    rows = rows[rows["state"] != SHOWN[CLEAR]]
    rows = rows.sort_values("state", key=lambda s: s.map(STATES.index), kind="stable")
    return Finding(_alarms_said(len(found), int(on), int(unknown)), rows.reset_index(drop=True))


def _alarms_said(count: int, on: int, unknown: int) -> str:
    if not count:
        return "This environment has no alarms: deploy it"
    if on:
        said = f"{on:,} of {counted(count, 'alarm')} {'is' if on == 1 else 'are'} on"
    elif unknown == count:
        said = "Whether an alarm should be on is not known"
    else:
        said = "No alarm is on"
    if unknown and unknown < count:
        said += f"; of {unknown:,} it is not known, since nobody told their figures"
    return said


def standing(look: Look, kept: list[quarantine.Entry]) -> Finding:
    """
    Say what of each kind of event is on its way, and what waits for somebody.

    Parameters
    ----------
    kept
        What is in quarantine.

    Returns
    -------
    Finding
        Rows: ``stream``, ``newest_row_s`` (seconds since RAW's newest row arrived, null without
        a row), ``objects_waiting``, ``oldest_waits_s``, ``objects_failed``, ``batches_given_up``,
        ``records_in_quarantine`` (without those that were resent).
    """
    invalid = {
        stream: sum(one.stream == stream and not one.resent for one in kept) for stream in BY_STREAM
    }
    rows = pd.DataFrame(
        {
            "stream": [each.kind.stream for each in look.kinds],
            "newest_row_s": pd.Series([each.age for each in look.kinds], dtype="float64"),
            "objects_waiting": [each.waiting for each in look.kinds],
            "oldest_waits_s": pd.Series(
                [each.delay if each.waiting else None for each in look.kinds], dtype="float64"
            ),
            "objects_failed": [each.failed for each in look.kinds],
            "batches_given_up": [each.dead_letters for each in look.kinds],
            "records_in_quarantine": [invalid[each.kind.stream] for each in look.kinds],
        }
    )
    return Finding(_standing_said(rows, look.unreadable), rows)


def _standing_said(rows: pd.DataFrame, unreadable: int) -> str:
    """Name what needs somebody; what waits for its load alone does not yet."""
    nouns = {
        "objects_failed": ("object", "not loaded"),
        "batches_given_up": ("batch", "given up"),
        "records_in_quarantine": ("record", "in quarantine"),
    }
    waiting = []
    for column, (noun, what) in nouns.items():
        streams = rows["stream"][rows[column] > 0].tolist()
        if streams:
            where = streams[0] if len(streams) == 1 else f"{len(streams)} streams"
            waiting.append(f"{_plural(int(rows[column].sum()), noun)} {what} ({where})")
    if unreadable:
        waiting.append(f"{_plural(unreadable, 'batch')} given up that cannot be read")
    on_its_way = int(rows["objects_waiting"].sum())
    if not waiting:
        if on_its_way:
            return f"{counted(on_its_way, 'object')} on the way to RAW; nothing waits for somebody"
        return "All that landed is loaded, and nothing waits for somebody"
    return f"For somebody to look at: {', '.join(waiting)}"


def _plural(count: int, noun: str) -> str:
    return f"{count:,} batches" if noun == "batch" and count != 1 else counted(count, noun)


def in_quarantine(found: list[quarantine.Reason]) -> Finding:
    """
    Say what is in quarantine.

    Returns
    -------
    Finding
        Rows: ``stream``, ``reason``, ``records``, ``resent``, ``example``, the most first.
    """
    rows = pd.DataFrame(
        [(one.stream, one.reason, one.count, one.count_resent, one.example) for one in found],
        columns=["stream", "reason", "records", "resent", "example"],
    )
    count = int(rows["records"].sum())
    if not count:
        return Finding("Nothing is in quarantine", rows)
    return Finding(f"In quarantine: {counted(count, 'record')}, by reason", rows)
