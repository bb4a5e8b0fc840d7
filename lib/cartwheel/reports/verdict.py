"""Whether the histories hold: the line at the head of every report."""

from typing import NamedTuple

from snowflake.connector.errors import Error as SnowflakeError

from cartwheel import history
from cartwheel.connections import connect


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
