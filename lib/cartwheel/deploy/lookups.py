"""The lookups that a deployment made: filled from RAW once, compared with it."""

from collections.abc import Iterator

from cartwheel.delivery import lookups
from cartwheel.deploy import stacks, templates
from cartwheel.environment import Environment

# Where the functions keep how far they are, the deployment keeps what it has filled.
MARKS = "StreamCheckpoints"
TEMPLATES = {lookups.INVOICES: templates.INVOICES, lookups.TRUCKS: templates.TRUCKS}


def telemetry_days(environment: Environment) -> int:
    """Return how many days the moments of trucks are kept for lookups."""
    stack = stacks.describe(environment, templates.TRUCKS.stack) or {}
    given = {p["ParameterKey"]: p["ParameterValue"] for p in stack.get("Parameters", [])}
    return int(given.get("TelemetryDays", templates.TRUCKS.defaults["TelemetryDays"]))


def are_deployed(environment: Environment) -> bool:
    """Return whether an environment has lookups; one of an earlier release has none."""
    return all(stacks.describe(environment, one.stack) for one in TEMPLATES.values())


def fill(environment: Environment, table: str) -> int:
    """
    Fill a lookup, and what is kept with it, from RAW; return how many rows were handed over.

    Raises
    ------
    UsageError
        If there is no such lookup.
    """
    tables = lookups.group(table)
    count = lookups.backfill(environment, tables, telemetry_days(environment))
    environment.client("dynamodb").put_item(
        TableName=MARKS, Item={"Shard_ID": {"S": _mark(tables)}, "Rows": {"N": str(count)}}
    )
    return count


def fill_new(environment: Environment) -> Iterator[str]:
    """Fill the lookups that were never filled; tell which."""
    for tables in TEMPLATES:
        key = {"Shard_ID": {"S": _mark(tables)}}
        found = environment.client("dynamodb").get_item(TableName=MARKS, Key=key)
        if "Item" not in found and (count := fill(environment, tables[0])):
            yield f"filled {' and '.join(tables)} with {count:,} rows of RAW"


def _mark(tables: tuple[str, ...]) -> str:
    return f"filled/{tables[0]}"
