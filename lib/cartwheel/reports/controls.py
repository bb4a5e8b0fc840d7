"""Controls of a notebook: a change queries the warehouse anew and redraws in place."""

import html
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import ipywidgets as widgets
from IPython.display import display
from snowflake.connector.errors import Error as SnowflakeError

from cartwheel.errors import CartwheelError, UsageError
from cartwheel.history import as_text
from cartwheel.timeframe import Interval

STEPS = 120  # of a slider over time


def choices(label: str, options: Sequence[Any], value: Any) -> widgets.Dropdown:
    """Return a list to choose from, of texts or of tuples of texts."""
    shown = [(as_text(one), one) for one in options]
    return widgets.Dropdown(options=shown, value=value, description=label)


def moment(label: str, interval: Interval, share: float) -> widgets.SelectionSlider:
    """
    Return a slider over an interval, which stands at a share of it and shows its moment.

    Raises
    ------
    UsageError
        If the share is not between 0 and 1.
    """
    if not 0 <= share <= 1:
        raise UsageError(f"{label}: {share} is no share of a time; 0 to 1 is allowed.")
    shares = [number / STEPS for number in range(STEPS + 1)]
    steps = sorted({interval.at(each) for each in [*shares, share]})
    form = "%d %b %H:%M" if interval.length > timedelta(hours=12) else "%H:%M:%S.%f"
    return widgets.SelectionSlider(
        options=[(step.strftime(form)[:12], step) for step in steps],
        value=interval.at(share),
        description=label,
        continuous_update=False,
        layout=widgets.Layout(width="400px"),
    )


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
        display(widgets.HBox([*controls.values(), message]))
    handles = [display(shown, display_id=True) for shown in _drawn(draw, controls)]

    def redraw(_: Any) -> None:
        message.value = "querying …"
        try:
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
