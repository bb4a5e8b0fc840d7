"""
What can be known of a deployment before it: nothing is changed, anywhere.

Each check has a verdict. What this connection may not see, or what does not exist yet, is
*unknown*, which is not a failure: the first deployment creates it.
"""

import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from snowflake.connector.errors import Error as SnowflakeError
from snowflake.connector.errors import ProgrammingError

from cartwheel.deploy import ownership, package, retiring, stacks, steps, templates, trust
from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError
from cartwheel.finding import counted
from cartwheel.history import DIMENSIONS
from cartwheel.history import sql as history_sql
from cartwheel.paths import SQL
from cartwheel.warehouse import ConnectionRefused, Warehouse, refreshing, sqlfiles
from cartwheel.warehouse.connection import query_text

FINE, FAILS, UNKNOWN = "ok", "FAILS", "unknown"
# What Lambda's own runtime brings along.
_RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six.py")
_TABLES = {
    templates.STORAGE: ("ClickStreamData", "StreamCheckpoints"),
    templates.INVOICES: ("Invoices", "Customers"),
    templates.TRUCKS: ("TruckState", "TruckTelemetry"),
    templates.API: ("Devices",),
}
_ERRORS = (CartwheelError, BotoCoreError, ClientError, SnowflakeError)


@dataclass(frozen=True)
class Look:
    """One thing that was looked at."""

    what: str
    verdict: str
    told: str


def rehearse(environment: Environment, admin: Warehouse | None) -> list[Look]:
    """
    Look at everything that a deployment needs.

    Parameters
    ----------
    admin
        A connection that may use ACCOUNTADMIN, if one is at hand.

    Returns
    -------
    list of Look
        In the order of the deployment's steps.
    """
    looks: list[tuple[str, Callable[[], Iterator[Look]]]] = [
        ("parameters", lambda: _parameters(environment)),
        ("templates", lambda: _templates(environment)),
        ("AWS identity", lambda: _identity(environment)),
        ("AWS quotas", lambda: _quotas(environment)),
        ("AWS names", lambda: _collisions(environment)),
        ("packages", lambda: _packages(environment)),
        ("Snowflake", lambda: _snowflake(environment, admin)),
        ("SQL", lambda: _statements(environment)),
    ]
    found = []
    for what, look in looks:
        try:
            found += list(look())
        except _ERRORS as error:
            found.append(Look(what, FAILS, str(getattr(error, "msg", None) or error)))
    return found


def as_table(looks: list[Look]) -> str:
    """Return the looks as text, a line each, with the number of failures at the end."""
    lines = [f"{look.verdict:<8} {look.what:<16} {look.told}" for look in looks]
    count = sum(look.verdict == FAILS for look in looks)
    last = f"{counted(count, 'check')} failed." if count else "No check failed."
    return "\n".join([*lines, "", last])


def _parameters(environment: Environment) -> Iterator[Look]:
    values = steps.parameters(environment.name)
    target = steps.target_of(environment, values)
    given = ", ".join(f"{name} = {value}" for name, value in values.items()) or "all by default"
    yield Look("parameters", FINE, given)
    yield Look("functions", FINE, f"{target.runtime} on {target.architecture}")


def _templates(environment: Environment) -> Iterator[Look]:
    templates.check(region=environment.region)
    client = environment.client("cloudformation")
    for path in dict.fromkeys(template.path for template in templates.TEMPLATES):
        client.validate_template(TemplateBody=path.read_text(encoding="utf-8"))
    yield Look("templates", FINE, f"{len(templates.TEMPLATES)} stacks, linted and validated by AWS")


def _identity(environment: Environment) -> Iterator[Look]:
    caller = environment.client("sts").get_caller_identity()
    told = f"{caller['Arn']} in {environment.region} of account {caller['Account']}"
    yield Look("AWS identity", FINE, told)


def _quotas(environment: Environment) -> Iterator[Look]:
    """Look at the limits, as far as each may be read."""
    yield _shards(environment)
    yield _functions(environment)
    yield _firehose_quota(environment)


def _shards(environment: Environment) -> Look:
    what = "Kinesis quota"
    try:
        limits = environment.client("kinesis").describe_limits()
    except ClientError as error:
        return Look(what, UNKNOWN, str(error))
    free = limits["ShardLimit"] - limits["OpenShardCount"]
    is_there = stacks.describe(environment, templates.STREAMS.stack) is not None
    shards = int(steps.parameters(environment.name).get("ShardCount", "1"))
    wanted = 0 if is_there else len(templates.LANDING) * shards
    verdict = FINE if free >= wanted else FAILS
    return Look(what, verdict, f"{free:,} shards are free, {wanted} are needed")


def _functions(environment: Environment) -> Look:
    what, ours = "Lambda quota", len(templates.WITH_FUNCTIONS)
    try:
        account = environment.client("lambda").get_account_settings()["AccountLimit"]
    except ClientError as error:
        return Look(what, UNKNOWN, str(error))
    free = account["UnreservedConcurrentExecutions"]
    verdict = FINE if free >= ours else FAILS
    return Look(what, verdict, f"{free:,} concurrent executions are free, {ours} are needed")


def _firehose_quota(environment: Environment) -> Look:
    try:
        pages = environment.client("service-quotas").get_paginator("list_service_quotas")
        rates = {
            quota["QuotaName"]: quota["Value"]
            for page in pages.paginate(ServiceCode="firehose")
            for quota in page["Quotas"]
        }
    except (ClientError, BotoCoreError) as error:
        return Look("Firehose quota", UNKNOWN, f"{error}; Direct PUT starts at 1 MiB/s or 5 MiB/s")
    named = [f"{name} {value:,.0f}" for name, value in rates.items() if "put" in name.lower()]
    told = ", ".join(named) or "none is named for Direct PUT; it starts at 1 MiB/s or 5 MiB/s"
    return Look("Firehose quota", FINE if named else UNKNOWN, told)


def _collisions(environment: Environment) -> Iterator[Look]:
    """Check that our names are free or in our stacks, and the stacks this environment's."""
    ownership.refuse_others_stacks(environment)
    yield Look("AWS stacks", FINE, "none belongs to another environment")
    taken = []
    if stacks.describe(environment, templates.STREAMS.stack) is None:
        client = environment.client("kinesis")
        pages = client.get_paginator("list_streams").paginate()
        there = {name for page in pages for name in page["StreamNames"]}
        ours = {str(template.values["StreamName"]) for template in templates.LANDING}
        taken += [f"stream {name}" for name in sorted(there & ours)]
    pages = environment.client("dynamodb").get_paginator("list_tables").paginate()
    there = {name for page in pages for name in page["TableNames"]}
    for template, tables in _TABLES.items():
        if stacks.describe(environment, template.stack) is None:
            taken += [f"table {name}" for name in tables if name in there]
    taken += [f"function {name}" for name in _foreign_functions(environment)]
    if taken:
        yield Look("AWS names", FAILS, f"exist, but not in our stacks: {', '.join(taken)}")
    else:
        yield Look("AWS names", FINE, "none of our streams, tables or functions is taken")


def _foreign_functions(environment: Environment) -> Iterator[str]:
    """Give the functions of our names that no stack of ours, of this layout or before, holds."""
    if any(stacks.describe(environment, earlier) for earlier in retiring.WRITERS):
        return
    look_up = environment.client("lambda").get_function
    for template in templates.WITH_FUNCTIONS:
        is_ours = stacks.describe(environment, template.stack) is not None
        if not is_ours and stacks.exists(look_up, FunctionName=template.function):
            yield template.function


def _packages(environment: Environment) -> Iterator[Look]:
    """Build the packages; import them alone, if they are for this very machine."""
    target = steps.target_of(environment, steps.parameters(environment.name))
    built = package.build(target, downloaded=not environment.FUNCTIONS_RUN_HERE)
    if target != package.here() or sys.platform != "linux":
        told = f"built for {target.runtime} on {target.architecture}, cannot be imported here"
        yield Look("packages", UNKNOWN, told)
        return
    for each in built:
        import_alone(each)
    sizes = ", ".join(f"{each.name} {len(each.content) / 1024:,.0f} KiB" for each in built)
    yield Look("packages", FINE, f"imported with nothing but Lambda's own libraries: {sizes}")


def import_alone(built: package.Package) -> None:
    """
    Import a package with nothing on the path but Lambda's own libraries.

    Raises
    ------
    CartwheelError
        With what Python said.
    """
    site = Path(boto3.__file__).parents[1]
    with tempfile.TemporaryDirectory() as name:
        runtime, code = Path(name) / "runtime", Path(name) / "code"
        runtime.mkdir()
        for library in _RUNTIME:
            (runtime / library).symlink_to(site / library)
        zipfile.ZipFile(BytesIO(built.content)).extractall(code)
        script = (
            f"import sys; sys.path[:0] = [{str(code)!r}, {str(runtime)!r}];"
            f"import {built.name}, cartwheel.events, msgspec;"
            f"assert callable({built.name}.handle);"
            f"assert all(m.__file__.startswith({str(code)!r}) for m in"
            f" ({built.name}, cartwheel.events, msgspec)), sys.path"
        )
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", script],
            capture_output=True,
            text=True,
            check=False,
            env={"AWS_DEFAULT_REGION": "eu-central-1"},
        )
    if done.returncode:
        raise CartwheelError(f"The package {built.name} cannot be imported: {done.stderr.strip()}")


def _snowflake(environment: Environment, admin: Warehouse | None) -> Iterator[Look]:
    """Look at the connection, its role, the database, the integration."""
    if admin is not None:
        user = admin.scalar("select current_user()")
        admin.execute("use role accountadmin")
        yield Look("admin", FINE, f"{user} may use ACCOUNTADMIN")
    names = environment.names
    try:
        row = environment.warehouse.execute("select current_user(), current_role()")[0]
    except CartwheelError as error:
        verdict = FAILS if admin is None else UNKNOWN
        yield Look("Snowflake", verdict, f"{error} sql/admin creates the role {names.engineer}.")
        return
    yield Look("Snowflake", FINE, f"{row[0]} as {row[1]} in {names.database}")
    try:
        ownership.refuse_others_database(environment)
        yield Look("database", FINE, f"{names.database} belongs to no other environment")
    except ProgrammingError:
        yield Look("database", UNKNOWN, f"nothing was deployed to {names.database} yet")
    try:
        trust.integration_of(environment)
        yield Look("integration", FINE, f"{names.integration} is there")
    except ProgrammingError as error:
        verdict = FAILS if admin is None else UNKNOWN
        yield Look("integration", verdict, f"{names.integration}: {error.msg}")


def _statements(environment: Environment) -> Iterator[Look]:
    """Let Snowflake compile each query, each refreshed table's and each merge, and run none."""
    warehouse = environment.warehouse
    try:
        warehouse.execute("select count(*) from ops.migrations")
    except (ProgrammingError, ConnectionRefused):
        yield Look("SQL", UNKNOWN, "not compiled: there are no tables yet")
        return
    texts = {
        name: statement
        for path in sorted((SQL / "queries").rglob("*.sql"))
        for name in [str(path.relative_to(SQL / "queries").with_suffix(""))]
        for statement in sqlfiles.statements(query_text(name))
    }
    kept = refreshing.FOLDER.glob("*/*.sql")
    tables = sorted(f"{path.parent.name}.{path.stem}" for path in kept)
    texts |= {f"the table {table}": refreshing.query(table) for table in tables}
    for dimension in DIMENSIONS.values():
        merged = enumerate(history_sql.statements("merge", dimension), 1)
        texts |= {f"merge of {dimension.name}, {n}": statement for n, statement in merged}
    refused = []
    for name, statement in texts.items():
        text, binds = sqlfiles.positional(statement)
        try:
            warehouse.compiled(text, [None] * len(binds))
        except ProgrammingError as error:
            refused.append(f"{name}: {str(error.msg).splitlines()[0]}")
    if refused:
        more = f" and {len(refused) - 3} more" if len(refused) > 3 else ""
        yield Look("SQL", FAILS, "; ".join(refused[:3]) + more)
    else:
        yield Look("SQL", FINE, f"{len(texts)} statements compile")
