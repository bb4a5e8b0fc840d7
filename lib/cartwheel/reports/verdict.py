"""Whether the histories hold: the line at the head of the reports that read them."""

import functools
import html
import re
from typing import Any, NamedTuple

from snowflake.connector.errors import Error as SnowflakeError

from cartwheel import history
from cartwheel.connections import connect
from cartwheel.paths import SQL


class Verdict(NamedTuple):
    """What the rules of the histories say, in a sentence."""

    holds: bool
    text: str


def on_histories(environment: str) -> Verdict:
    """Check every history of an environment; one that cannot be checked does not hold."""
    connected = connect(environment)
    try:
        checked = history.check_all(connected.warehouse)
    except SnowflakeError as error:
        return Verdict(False, f"The histories could not be checked: {error.msg}")
    finally:
        connected.close()
    broken = checked[checked["count_violations"] > 0]
    if broken.empty:
        return Verdict(True, f"The histories hold: all {len(checked)} rules were checked")
    names = ", ".join(broken["history"].unique())
    return Verdict(
        False,
        f"{len(broken)} of {len(checked)} rules broken, of {names}: see 'cartwheel history check'",
    )


def of_page(notebook: Any, environment: str) -> Verdict | None:
    """Return the verdict if an executed notebook shows anything of a history, else None."""
    return on_histories(environment) if reads_histories(notebook) else None


def reads_histories(notebook: Any) -> bool:
    """Does a cell, or the SQL behind a chart or table, name a history or a view of one?"""
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        shown = [output.get("data", {}).get("text/html", "") for output in cell.outputs]
        sql = [
            html.unescape(text)
            for each in shown
            for text in re.findall(r'<details class="cw-sql">.*?</details>', each, re.DOTALL)
        ]
        if any(_of_history().search(text) for text in (cell.source, *sql)):
            return True
    return False


@functools.cache
def _of_history() -> re.Pattern[str]:
    """Return what finds the names of the histories, and of the views that are made of them."""
    names = {f"core.{name.lower()}" for name in history.DIMENSIONS}
    views = {
        f"{path.parent.name}.{path.stem}": path.read_text(encoding="utf-8").lower()
        for folder in ("core", "mart")
        for path in (SQL / folder).glob("*.sql")
    }
    grew = True
    while grew:
        found = {view for view, text in views.items() if _named(names).search(text)}
        grew = not found <= names
        names |= found
    return _named(names)


def _named(names: set[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(names)))})\b", re.IGNORECASE)
