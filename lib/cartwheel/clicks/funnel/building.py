"""A builder of funnels for a notebook: widgets that make a definition."""

from typing import Any

import ipywidgets as widgets
import traitlets

from cartwheel.clicks.funnel.definition import (
    ORDERS,
    STANDARD,
    UNITS,
    VISITORS,
    Funnel,
    Step,
)

_WIDE = {"layout": {"width": "380px"}}
_TIMES = {
    "any time": None,
    "10 minutes": 600.0,
    "1 hour": 3600.0,
    "1 day": 86_400.0,
    "7 days": 604_800.0,
}


class Builder(widgets.VBox):  # type: ignore[misc]
    """
    Rows of steps that can be added and left out; its ``value`` is the :class:`Funnel`.

    Parameters
    ----------
    funnel
        What it shows first.
    """

    value = traitlets.Any()

    def __init__(self, funnel: Funnel = STANDARD) -> None:
        self._unit = widgets.Dropdown(options=list(UNITS), value=funnel.unit, description="Of a")
        self._order = widgets.Dropdown(
            options=list(ORDERS), value=funnel.order, description="Order"
        )
        near = funnel.within_seconds if funnel.within_seconds in _TIMES.values() else None
        self._within = widgets.Dropdown(
            options=list(_TIMES.items()), value=near, description="Within"
        )
        self._exclude = widgets.Text(
            value=funnel.exclude, description="Without", placeholder="such as page = 'home'",
            continuous_update=False, **_WIDE,
        )  # fmt: skip
        self._visitors = widgets.Dropdown(
            options=list(VISITORS), value=funnel.visitors, description="Visitors"
        )
        self._add = widgets.Button(description="Add a step")
        self._show = widgets.Button(description="Show the funnel", button_style="primary")
        self._rows = widgets.VBox([self._row(step) for step in funnel.steps])
        super().__init__(
            [
                self._rows,
                widgets.HBox([self._add, self._show]),
                widgets.HBox(
                    [self._unit, self._order, self._within, self._exclude, self._visitors]
                ),
            ]
        )
        self._add.on_click(lambda _: self._append())
        self._show.on_click(lambda _: self._take())
        self.value = funnel

    def _row(self, step: Step) -> widgets.HBox:
        remove = widgets.Button(description="Remove", layout={"width": "90px"})
        row = widgets.HBox(
            [
                widgets.Text(value=step.name, placeholder="Name", layout={"width": "160px"}),
                widgets.Text(value=step.where, placeholder="such as event_type = 'view'", **_WIDE),
                widgets.Checkbox(value=step.is_optional, description="optional", indent=False),
                remove,
            ]
        )
        remove.on_click(lambda _: self._without(row))
        return row

    def _append(self) -> None:
        self._rows.children = (*self._rows.children, self._row(Step("", "")))

    def _without(self, row: widgets.HBox) -> None:
        self._rows.children = tuple(each for each in self._rows.children if each is not row)

    def _take(self) -> None:
        self.value = Funnel(
            tuple(_step(row, n) for n, row in enumerate(self._rows.children, 1)),
            self._unit.value, self._order.value, self._within.value, self._exclude.value,
            self._visitors.value,
        )  # fmt: skip


def _step(row: Any, number: int) -> Step:
    name, where, is_optional, _ = row.children
    return Step(name.value or f"Step {number}", where.value, is_optional.value)
