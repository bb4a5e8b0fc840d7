"""The lookups that a deployment made: filled from RAW once, compared with it."""

from collections.abc import Callable

from cartwheel.delivery import lookups
from cartwheel.deploy import stacks, templates
from cartwheel.environment import Environment

# Where the functions keep how far they are, the deployment keeps what it has filled.
MARKS = "StreamCheckpoints"
TOLD_ROWS = 20_000
TEMPLATES = {lookups.INVOICES: templates.INVOICES, lookups.TRUCKS: templates.TRUCKS}


def telemetry_days(environment: Environment) -> int:
    """Return how many days the moments of trucks are kept for lookups."""
    stack = stacks.describe(environment, templates.TRUCKS.stack) or {}
    given = {p["ParameterKey"]: p["ParameterValue"] for p in stack.get("Parameters", [])}
    return int(given.get("TelemetryDays", templates.TRUCKS.defaults["TelemetryDays"]))


def are_deployed(environment: Environment) -> bool:
    """Return whether an environment has lookups; one of an earlier release has none."""
    return all(stacks.describe(environment, one.stack) for one in TEMPLATES.values())


def fill(environment: Environment, table: str, tell: Callable[[int], None]) -> int:
    """
    Fill a lookup, and what is kept with it, from all of RAW; return how many rows it took.

    Parameters
    ----------
    tell
        Told how many more rows are kept, from time to time.

    Raises
    ------
    UsageError
        If there is no such lookup.
    """
    return _fill(environment, lookups.group(table), tell, with_loaded=True)


def fill_new(environment: Environment, say: Callable[[str], None]) -> list[str]:
    """
    Fill the lookups that were never filled with what came by the streams; return what was done.

    What was loaded past the streams is left to :func:`fill`: it may be a thousand times as much.
    """
    done = []
    for tables in TEMPLATES:
        key = {"Shard_ID": {"S": _mark(tables)}}
        if "Item" in environment.client("dynamodb").get_item(TableName=MARKS, Key=key):
            continue
        count = _fill(environment, tables, _teller(say), with_loaded=False)
        if count:
            done.append(f"filled {' and '.join(tables)} with {count:,} rows of RAW")
    return done


def _teller(say: Callable[[str], None]) -> Callable[[int], None]:
    """Return what says how far it is, once for so many rows."""
    count = 0

    def tell(more: int) -> None:
        nonlocal count
        if count // TOLD_ROWS < (count := count + more) // TOLD_ROWS:
            say(f"   {count:,} rows so far")

    return tell


def _fill(
    environment: Environment,
    tables: tuple[str, ...],
    tell: Callable[[int], None],
    *,
    with_loaded: bool,
) -> int:
    days = telemetry_days(environment)
    count = lookups.backfill(environment, tables, days, tell, with_loaded=with_loaded)
    environment.client("dynamodb").put_item(
        TableName=MARKS, Item={"Shard_ID": {"S": _mark(tables)}, "Rows": {"N": str(count)}}
    )
    return count


def _mark(tables: tuple[str, ...]) -> str:
    return f"filled/{tables[0]}"
