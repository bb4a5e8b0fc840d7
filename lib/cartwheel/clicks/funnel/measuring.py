"""How far visits, persons or orders come in a funnel, and what they do instead."""

from dataclasses import replace
from functools import cache
from typing import Any

import jinja2
import pandas as pd

from cartwheel.clicks.funnel.definition import Funnel, Step, written
from cartwheel.estimation import differences, intervals
from cartwheel.finding import Finding, counted
from cartwheel.paths import SQL
from cartwheel.timeframe import Interval
from cartwheel.warehouse import Warehouse, sqlfiles
from cartwheel.warehouse.provenance import made_from

UNKNOWN, EMPTY, REST = "unknown", "(empty)", "all others"
_SHOWN_SLICES = 8


@cache
def _template() -> jinja2.Template:
    return sqlfiles.templates(SQL / "queries" / "includes").get_template("funnel.j2")


def _asked(
    warehouse: Warehouse, funnel: Funnel, time: Interval, by: str, *, is_about_leaving: bool
) -> pd.DataFrame:
    told = written(funnel, by)
    text = _template().render(is_about_leaving=is_about_leaving, **told)
    sql, names = sqlfiles.positional(text)
    values: dict[str, Any] = {
        **told["values"], **time._asdict(), "within_seconds": funnel.within_seconds
    }  # fmt: skip
    return warehouse.query(sql, [values[name] for name in names])


def counts(
    warehouse: Warehouse, funnel: Funnel, time: Interval, by: str = "", *, most: int = _SHOWN_SLICES
) -> pd.DataFrame:
    """
    Return how many took each step, all of them and by the values of a column.

    A step that no event of the whole time meets is not one of this source: the others are
    counted without it, and it is told as unknown.

    Parameters
    ----------
    by
        Column whose value at the first step parts them; empty for none.
    most
        Values that are told apart, the most frequent; the others are taken together.

    Returns
    -------
    DataFrame
        Rows, in the funnel's order: ``slice`` (empty for all), ``step_number``, ``step``,
        ``is_known``, ``count_entities``, ``count_first``, ``share`` of those that took the first
        step with ``share_low`` and ``share_high`` (Wilson, 95 %), ``kept`` of those that took the
        step before it that may not be left out, and ``seconds`` (median from the first step on;
        null if nobody came so far).

    Raises
    ------
    UsageError
        If the funnel or the column is not allowed.
    """
    funnel, missing, every = _of_the_source(warehouse, funnel, time)
    parts = [_long(every, funnel, "")]
    if missing:
        parts.append(pd.DataFrame({"slice": "", "step": missing, "is_known": False}))
    wide = every
    if by:
        wide = _asked(warehouse, funnel, time, by, is_about_leaving=False)
        wide = made_from(wide[wide["count_1"] > 0].reset_index(drop=True), wide)
        names = wide["slice"].astype(object).where(wide["slice"].notna(), UNKNOWN)
        names = names.astype(str).replace("", EMPTY)  # an empty name is that of all of them
        shown, rest = wide.head(most), wide.iloc[most:]
        parts += [_long(shown.iloc[[n]], funnel, names[n]) for n in range(len(shown))]
        if len(rest):
            parts.append(_long(rest, funnel, REST))
    rows = pd.concat(parts, ignore_index=True)
    return made_from(rows, wide, every)


def _of_the_source(
    warehouse: Warehouse, funnel: Funnel, time: Interval
) -> tuple[Funnel, list[str], pd.DataFrame]:
    """Return the funnel without steps that no event meets, their names, and the whole's counts."""
    every = _asked(warehouse, funnel, time, "", is_about_leaving=False)
    known = [step for n, step in enumerate(funnel.steps, 1) if every[f"met_{n}"].sum()]
    missing = [step.name for step in funnel.steps if step not in known]
    if not missing or not known:
        return funnel, [], every
    funnel = replace(funnel, steps=_with_ends(known))
    return funnel, missing, _asked(warehouse, funnel, time, "", is_about_leaving=False)


def _with_ends(steps: list[Step]) -> tuple[Step, ...]:
    """Return steps whose first and last may not be left out."""
    last = len(steps) - 1
    return tuple(
        replace(step, is_optional=step.is_optional and n not in (0, last))
        for n, step in enumerate(steps)
    )


def _long(row: pd.DataFrame, funnel: Funnel, name: str) -> pd.DataFrame:
    """Return rows of the query, taken together, as a row a step; of several no median is known."""
    steps = funnel.steps
    taken = [int(row[f"count_{n}"].sum()) for n in range(1, len(steps) + 1)]
    seconds = [
        float(row[f"seconds_{n}"].iloc[0]) if len(row) == 1 and taken[n - 1] else float("nan")
        for n in range(1, len(steps) + 1)
    ]
    before = [0] * len(steps)
    for n in range(1, len(steps)):
        before[n] = n - 1
        while before[n] and steps[before[n]].is_optional:
            before[n] -= 1
    made = pd.DataFrame(
        {
            "slice": name, "step_number": range(1, len(steps) + 1),
            "step": [each.name for each in steps], "count_entities": taken,
            "count_first": taken[0], "seconds": seconds, "is_known": True,
        }
    )  # fmt: skip
    made["share"] = made["count_entities"] / made["count_first"].where(made["count_first"] > 0)
    made["share_low"], made["share_high"] = intervals.wilson(made["share"], made["count_first"])
    of = made["count_entities"].iloc[before].to_numpy()
    made["kept"] = made["count_entities"] / pd.Series(of).where(of > 0)
    made.loc[0, "kept"] = float("nan")
    return made


def path(rows: pd.DataFrame, unit: str = "visit") -> Finding:
    """
    Say how many come through the funnel, and where most are lost.

    Parameters
    ----------
    rows
        Of :func:`counts`.
    """
    whole = rows[rows["slice"] == ""]
    missing = whole.loc[~whole["is_known"].astype(bool), "step"].tolist()
    whole = made_from(whole[whole["is_known"].astype(bool)].reset_index(drop=True), rows)
    counted_by = ["count_entities", "count_first", "step_number"]
    whole[counted_by] = whole[counted_by].astype("int64")
    found = _said(whole, unit)
    if missing and len(found.rows):
        return Finding(f"{found.text}; no event of this source is {' or '.join(missing)}", whole)
    return found


def _said(whole: pd.DataFrame, unit: str) -> Finding:
    """Say it of the steps that the source has."""
    if whole.empty:
        return Finding("A funnel without steps", whole)
    first, last = whole["count_entities"].iloc[0], whole.iloc[-1]
    if not first or pd.isna(last["share"]):
        return Finding(f"No {unit} took the first step: {whole['step'].iloc[0]}", whole.head(0))
    if len(whole) == 1:
        return Finding(f"{counted(first, unit)} took the step {whole['step'].iloc[0]}", whole)
    text = (
        f"{last['share']:.1%} of the {unit}s that begin come to {last['step']} "
        f"({last['share_low']:.1%} to {last['share_high']:.1%})"
    )
    kept = whole["kept"].iloc[1:].dropna()
    if len(kept) > 1 and kept.min() < 1 and first > 1:
        worst = int(kept.idxmin())
        text += f"; fewest go on to {whole['step'].iloc[worst]}: {kept.min():.0%}"
    return Finding(text, whole)


def compared(rows: pd.DataFrame, by: str, unit: str = "visit") -> Finding:
    """
    Say whether the shares that come through differ between the values of a column.

    Returns
    -------
    Finding
        Rows: the last step of each value, the highest share first, with ``difference``, ``low``
        and ``high`` to all others together (95 % over all the comparisons) and ``is_seen``.
    """
    ends = rows[(rows["slice"] != "") & (rows["step_number"] == rows["step_number"].max())]
    ends = made_from(ends.sort_values("share", ascending=False, ignore_index=True), rows)
    ends = made_from(ends[ends["count_first"] > 0].dropna(subset=["share"]), rows)
    taken, begun = ends["count_entities"].sum(), ends["count_first"].sum()
    found = [
        differences.of_shares(
            int(one), int(count), int(taken - one), int(begun - count), max(1, len(ends))
        )
        for one, count in zip(ends["count_entities"], ends["count_first"], strict=True)
    ]
    ends = ends.assign(
        difference=[each.value for each in found], low=[each.low for each in found],
        high=[each.high for each in found], is_seen=[each.is_seen for each in found],
    )  # fmt: skip
    if not by:
        return Finding("No column is chosen to compare by", ends.head(0))
    if len(ends) < 2:
        return Finding(f"There is nothing to compare by {by}", ends.head(0))
    seen = ends[ends["is_seen"]]
    if seen.empty:
        return Finding(f"No difference between the {len(ends)} values of {by} can be seen", ends)
    top = seen.iloc[0] if seen["difference"].iloc[0] > 0 else seen.iloc[-1]
    word = "above" if top["difference"] > 0 else "below"
    return Finding(
        f"{top['slice']}: {top['share']:.1%} of the {unit}s come through, "
        f"{abs(100 * top['difference']):.1f} percentage points {word} the others",
        ends,
    )


def instead(warehouse: Warehouse, funnel: Funnel, time: Interval) -> Finding:
    """
    Say what those did next that took a step and not the next one.

    Returns
    -------
    Finding
        Rows: ``step`` (the last one taken), ``instead`` (the kind of the next event, or
        ``nothing more``), ``count_entities``, ``share`` of those that stopped there.
    """
    funnel, _, _ = _of_the_source(warehouse, funnel, time)
    if len(funnel.steps) < 2:
        return Finding("With one step nobody goes elsewhere", pd.DataFrame())
    rows = _asked(warehouse, funnel, time, "", is_about_leaving=True)
    return went(rows.assign(step=[funnel.steps[int(n) - 1].name for n in rows["step_number"]]))


def went(rows: pd.DataFrame) -> Finding:
    """Say where most went; rows of the query with ``step``."""
    rows = made_from(rows[rows["count_entities"] > 0], rows)
    if rows.empty:
        return Finding("Nobody stops between two steps", rows)
    total = rows.groupby("step_number")["count_entities"].transform("sum")
    shown = made_from(rows.assign(share=rows["count_entities"] / total), rows)
    top = shown.loc[shown["count_entities"].idxmax()]
    what = "do nothing more" if top["instead"] == "nothing more" else f"go on with {top['instead']}"
    return Finding(f"Of those that stop after {top['step']}, {top['share']:.0%} {what}", shown)
