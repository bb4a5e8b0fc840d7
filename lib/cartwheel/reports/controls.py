"""Controls of a notebook: a change queries the warehouse anew and redraws in place."""

import html
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import ipywidgets as widgets
import traitlets
from IPython.display import display
from snowflake.connector.errors import Error as SnowflakeError

from cartwheel.charts.renderer import live_only
from cartwheel.display import current
from cartwheel.errors import CartwheelError
from cartwheel.history import as_text
from cartwheel.timeframe import Interval, parse_moment

PRESETS = {"24 h": timedelta(hours=24), "7 days": timedelta(days=7), "All": None}
_OWN = "Own"
_AS_WIDE_AS_IT_IS: dict[str, Any] = {
    "layout": {"width": "auto", "margin": "2px 2px 2px 14px"},
    "style": {"description_width": "auto"},
}


def choices(label: str, options: Sequence[Any], value: Any) -> widgets.Dropdown:
    """Return a list to choose from, of texts or of tuples of texts."""
    shown = [(as_text(one), one) for one in options]
    return widgets.Dropdown(options=shown, value=value, description=label)


class _Picked(widgets.HBox):  # type: ignore[misc]
    """Widgets that stand for one value."""

    value = traitlets.Any()


def time_range(whole: Interval, since: str = "", until: str = "") -> widgets.Widget:
    """
    Return a control for a part of the data's time, on the environment's clock.

    It has presets (the last 24 hours, the last 7 days, all) and two fields for a date and
    time; its value is an :class:`~cartwheel.timeframe.Interval`.

    Parameters
    ----------
    since, until
        Where it begins, as :meth:`~cartwheel.timeframe.Interval.part` reads it.
    """
    begin = whole.part(since, until)
    preset = widgets.ToggleButtons(
        options=[*PRESETS, _OWN], value="All" if begin == whole else _OWN,
        style={"button_width": "auto"},
    )  # fmt: skip
    first, last = (_picker(each, name) for each, name in zip(begin, ("From", "until"), strict=True))
    made = _Picked([preset, first, last, _zone()], value=begin)

    def show(interval: Interval) -> None:
        """Let the fields say what is chosen, without being asked what they say."""
        made.busy = True
        for picker, each in zip((first, last), interval, strict=True):
            picker.value = _minute(current().clock(each))
        made.busy = False
        made.value = interval

    def by_preset(change: Any) -> None:
        if change["new"] != _OWN:
            length = PRESETS[change["new"]]
            show(whole if length is None else whole.last(length))

    def by_hand(_: Any) -> None:
        if made.busy or first.value is None or last.value is None:
            return
        made.busy = True
        preset.value = _OWN
        made.busy = False
        begins, ends = (current().instant(each.value) for each in (first, last))
        if begins < ends:
            made.value = Interval(begins, ends)

    made.busy = False
    preset.observe(by_preset, names="value")
    for picker in (first, last):
        picker.observe(by_hand, names="value")
    return made


def _zone() -> widgets.Label:
    return widgets.Label(current().zone_name, layout={"margin": "2px 12px"})


def _minute(clock: datetime) -> datetime:
    return clock.replace(second=0, microsecond=0)


def _picker(at: datetime, label: str) -> widgets.NaiveDatetimePicker:
    clock = _minute(current().clock(at))
    return widgets.NaiveDatetimePicker(value=clock, description=label, **_AS_WIDE_AS_IT_IS)


def moment(label: str, interval: Interval, text: str = "") -> widgets.Widget:
    """
    Return a control for a moment, on the environment's clock; its value is in UTC.

    Parameters
    ----------
    text
        As a page's parameter says it; empty for the middle of the interval.

    Raises
    ------
    UsageError
        Naming the label, if the text means no moment.
    """
    at = parse_moment(label, text, interval) if text else interval.middle
    clock = current().clock(at)
    picker = widgets.NaiveDatetimePicker(value=clock, description=label, **_AS_WIDE_AS_IT_IS)
    made = _Picked([picker, _zone()], value=at)

    def by_hand(change: Any) -> None:
        if change["new"] is not None:
            made.value = current().instant(change["new"])

    picker.observe(by_hand, names="value")
    return made


def panel(draw: Callable[..., Any], **controls: widgets.Widget) -> None:
    """
    Show controls, and below them what ``draw`` returns for their values.

    Parameters
    ----------
    draw
        Called with the controls' values by name; returns one thing to show, or a list.
        It is shown as an ordinary output, so that a report has it too.
    controls
        Widgets with a ``value``, and buttons, which only ask to draw anew.
    """
    message = widgets.HTML()
    if controls:
        box = widgets.HBox([*controls.values(), message])
        box.layout.flex_flow = "row wrap"
        box.add_class("cw-controls")
        display(box)
    handles = [display(shown, display_id=True) for shown in _drawn(draw, controls)]

    def redraw(_: Any) -> None:
        message.value = "querying …"
        try:
            with live_only():
                for handle, shown in zip(handles, _drawn(draw, controls), strict=True):
                    handle.update(shown)
            message.value = ""
        except (CartwheelError, SnowflakeError) as error:
            # Shown beside the controls: an exception in a callback would only be logged.
            message.value = f'<span class="cw-bad">{html.escape(str(error))}</span>'

    for control in controls.values():
        if isinstance(control, widgets.Button):
            control.on_click(redraw)
        else:
            control.observe(redraw, names="value")


def _drawn(draw: Callable[..., Any], controls: dict[str, widgets.Widget]) -> list[Any]:
    values = {n: c.value for n, c in controls.items() if not isinstance(c, widgets.Button)}
    result = draw(**values)
    return result if isinstance(result, list) else [result]
