"""Controls of a notebook: a change queries the warehouse anew and redraws in place."""

import html
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets
from IPython.display import display
from snowflake.connector.errors import Error as SnowflakeError

from cartwheel.errors import CartwheelError


def panel(draw: Callable[..., Any], **controls: widgets.Widget) -> None:
    """
    Show controls, and below them what ``draw`` returns for their values.

    Parameters
    ----------
    draw
        Called with the controls' values by name; returns one thing to show, or a list.
        It is shown as an ordinary output, so that a report has it too.
    controls
        Widgets with a ``value``.
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
        control.observe(redraw, names="value")


def _drawn(draw: Callable[..., Any], controls: dict[str, widgets.Widget]) -> list[Any]:
    result = draw(**{name: control.value for name, control in controls.items()})
    return result if isinstance(result, list) else [result]
