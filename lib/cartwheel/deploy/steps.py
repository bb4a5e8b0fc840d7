"""
The steps of a deployment, each of which can be run again.

In the cloud they depend on each other: the storage stack makes the role that
Snowflake's storage integration names; the integration then gives the IAM user that the
role must trust; only then can stages and pipes read the lake.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from snowflake.connector.errors import ProgrammingError

from cartwheel import display
from cartwheel.deploy import (
    lookups,
    ownership,
    package,
    pipes,
    retiring,
    stacks,
    templates,
    trust,
)
from cartwheel.deploy.stacks import Change
from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError
from cartwheel.events.signals import SIGNALS, narrowed
from cartwheel.paths import INFRA, SQL
from cartwheel.warehouse import ConnectionRefused, Warehouse, migrations

# Parameters of the SQL: name -> default, the lowest and the highest allowed.
SQL_PARAMETERS = {"MergeMinutes": (10, 1, 1440)}
Say = Callable[[str], None]


@dataclass
class Deployment:
    """What a deployment changed; all empty if it changed nothing."""

    changes: dict[str, list[Change]] = field(default_factory=dict)
    packages: list[str] = field(default_factory=list)
    migrations: list[str] = field(default_factory=list)
    repairs: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Was anything changed?"""
        done = (self.packages, self.migrations, self.repairs, *self.changes.values())
        return any(done)


def deploy(environment: Environment, say: Say, admin: Warehouse | None = None) -> Deployment:
    """
    Bring an environment to what the project's templates, functions and SQL say.

    Parameters
    ----------
    environment
        Where to.
    say
        Told each step and each change.
    admin
        A connection that may use ACCOUNTADMIN, to run ``sql/admin`` with.

    Raises
    ------
    CartwheelError
        If a step fails; when its cause is removed, run the same again.
    """
    with environment.deploying(say):
        return _deploy(environment, say, admin)


def _deploy(environment: Environment, say: Say, admin: Warehouse | None) -> Deployment:
    done = Deployment()
    values = parameters(environment.name)
    target = target_of(environment, values)
    say("1. Check the templates")
    templates.check(region=environment.region)
    ownership.refuse_others_stacks(environment)
    # Checked again in step 5, when the database certainly exists.
    with suppress(ConnectionRefused, ProgrammingError):
        ownership.refuse_others_database(environment)
    say("2. Streams and storage")
    values |= _apply(environment, templates.STREAMS, values, done, say)
    values |= _storage(environment, values, done, say)
    say("3. Functions and alarms")
    values |= {"Runtime": target.runtime, "Architecture": target.architecture}
    values |= _upload(environment, target, values["ArtifactBucketName"], done, say)
    retiring.retire(environment, say)
    for template in (*templates.WITH_FUNCTIONS, templates.ALARMS):
        _apply(environment, template, values, done, say)
    say("4. Snowflake's way to the lake")
    names = placeholders(environment, values)
    if admin is not None:
        for name in trust.run_admin(admin, names):
            say(f"   ran {name}")
        # Its session may have been opened before the database existed.
        environment.warehouse.close()
    values |= trust.principals(environment, names)
    values |= _apply(environment, templates.STORAGE, values, done, say)
    say("5. Warehouse")
    _warehouse(environment, names, done, say)
    say("6. Lookups")
    for each in lookups.fill_new(environment, say):
        done.repairs.append(each)
        say(f"   {each}")
    say(_summary(environment, done, values))
    return done


def _warehouse(environment: Environment, names: dict[str, str], done: Deployment, say: Say) -> None:
    """Run the SQL, and see that what lands will be loaded and merged."""
    warehouse = environment.warehouse
    warehouse.run_file(SQL / "record.sql")
    ownership.record(environment)
    ran = migrations.migrate(warehouse, names)
    done.migrations = ran + migrations.comment(warehouse, anew=bool(ran))
    for each in done.migrations:
        say(f"   {each}")
    done.repairs = pipes.listen(environment, names, ran, say) + pipes.refresh_streams(warehouse)
    for each in done.repairs:
        say(f"   {each}")
    pipes.resume_tasks(warehouse)
    pipes.require_listening(environment, names["lake_topic_arn"])


def target_of(environment: Environment, values: dict[str, str]) -> package.Target:
    """Return what the functions run on: this Python, or what the parameters say."""
    if environment.FUNCTIONS_RUN_HERE:
        return package.here()
    declared = templates.LIVE_COUNTS.defaults
    return package.Target(
        values.get("Runtime", declared["Runtime"]),
        values.get("Architecture", declared["Architecture"]),
    )


def parameters(name: str) -> dict[str, str]:
    """
    Return the parameters that ``infra/parameters/<environment>.json`` sets, if it exists.

    Raises
    ------
    CartwheelError
        If it sets a parameter that no template, SQL file or page has.
    """
    path, values = INFRA / "parameters" / f"{name}.json", display.parameters(name)
    fixed = {p for template in templates.TEMPLATES for p in template.values}
    known = {p for template in templates.TEMPLATES for p in template.parameters} - fixed
    known |= set(SQL_PARAMETERS)
    if unknown := set(values) - known - set(display.NAMES):
        raise CartwheelError(
            f"{path}: there is no parameter {', '.join(sorted(unknown))}; "
            f"there are {', '.join(sorted(known))}, and for the pages {', '.join(display.NAMES)}."
        )
    display.of_environment(name)  # which refuses what no page could show
    for parameter, (_, lowest, highest) in SQL_PARAMETERS.items():
        given = values.get(parameter, str(lowest))
        if not (given.isascii() and given.isdecimal() and lowest <= int(given) <= highest):
            raise CartwheelError(
                f"{path}: {parameter} = {given!r} must be a number from {lowest} to {highest}, "
                "in quotes."
            )
    try:
        narrowed(SIGNALS, values.get("SignalLimits", ""))
    except ValueError as error:
        raise CartwheelError(f"{path}: SignalLimits: {error}.") from None
    for template in templates.TEMPLATES:
        for parameter in template.parameters.keys() & values.keys():
            _check_value(path, parameter, values[parameter], template.parameters[parameter])
    _refuse_forgetting(values, path)
    return {key: value for key, value in values.items() if key in known}


def _check_value(path: Path, name: str, value: str, declared: dict[str, Any]) -> None:
    """See that a value is what a template allows, before the first stack is touched."""
    allowed = [str(each) for each in declared.get("AllowedValues", [])]
    if allowed and value not in allowed:
        raise CartwheelError(f"{path}: {name} = {value!r} is none of {', '.join(allowed)}.")
    if declared["Type"] != "Number":
        return
    lowest, highest = declared.get("MinValue", 0), declared.get("MaxValue")
    is_number = value.isascii() and value.isdecimal()
    if not is_number or int(value) < lowest or (highest is not None and int(value) > highest):
        until = f" to {highest}" if highest is not None else " on"
        raise CartwheelError(f"{path}: {name} = {value!r} must be a number from {lowest}{until}.")


def _refuse_forgetting(values: dict[str, str], path: Path) -> None:
    """See that a failing batch is given up, and kept, before its stream forgets it."""
    age, hours = (
        int(values.get(name, template.defaults[name]))
        for name, template in (
            ("MaximumAgeSeconds", templates.LIVE_COUNTS),
            ("RetentionHours", templates.STREAMS),
        )
    )
    if age >= hours * 3600:
        raise CartwheelError(
            f"{path}: MaximumAgeSeconds = {age} must be below the {hours * 3600} seconds of "
            f"RetentionHours = {hours}: records that fail would expire unseen."
        )


def placeholders(environment: Environment, values: dict[str, str]) -> dict[str, str]:
    """Return what the SQL files may name: the environment's names, and the stacks' outputs."""
    names = environment.names
    return {
        "lake_bucket": values["LakeBucketName"],
        "lake_topic_arn": values["LakeTopicArn"],
        "snowflake_role_arn": values["SnowflakeRoleArn"],
        "storage_integration": names.integration,
        "database": names.database,
        "warehouse": names.warehouse,
        "engineer": names.engineer,
        "analyst": names.analyst,
        "deployer": str(environment.connection_parameters.get("user", "")).upper(),
        "merge_minutes": values.get("MergeMinutes", str(SQL_PARAMETERS["MergeMinutes"][0])),
    }


def _storage(
    environment: Environment, values: dict[str, str], done: Deployment, say: Say
) -> dict[str, str]:
    """Apply the storage stack; buckets that outlived an earlier one are taken over."""
    buckets = {
        "LakeBucket": environment.lake_bucket,
        "ArtifactBucket": environment.artifact_bucket,
    }
    _tell(done, templates.STORAGE, stacks.adopt(environment, templates.STORAGE, buckets), say)
    return _apply(environment, templates.STORAGE, values, done, say)


def _tell(done: Deployment, template: templates.Template, changes: list[Change], say: Say) -> None:
    done.changes[template.stack] = [*done.changes.get(template.stack, []), *changes]
    for change in changes:
        say(f"   {template.stack}: {change}")


def _apply(
    environment: Environment,
    template: templates.Template,
    values: dict[str, str],
    done: Deployment,
    say: Say,
) -> dict[str, str]:
    _tell(done, template, stacks.apply(environment, template, values), say)
    return stacks.outputs(environment, template.stack)


def _upload(
    environment: Environment, target: package.Target, bucket: str, done: Deployment, say: Say
) -> dict[str, str]:
    """Upload the packages, and see that they are there before a stack names them."""
    client = environment.client("s3")
    keys = {}
    for built in package.build(target, downloaded=not environment.FUNCTIONS_RUN_HERE):
        if not stacks.exists(client.head_object, Bucket=bucket, Key=built.key):
            client.put_object(Bucket=bucket, Key=built.key, Body=built.content)
            if not stacks.exists(client.head_object, Bucket=bucket, Key=built.key):
                raise CartwheelError(f"s3://{bucket}/{built.key} was uploaded, but is not there.")
            done.packages.append(built.key)
            say(f"   uploaded {built.key} ({len(built.content) / 1024:,.0f} KiB)")
        keys[built.name] = built.key
    return {
        "LiveCountsKey": keys["live_counts"],
        "LakeWriterKey": keys["lake_writer"],
        "InvoicesKey": keys["invoices"],
        "TrucksKey": keys["trucks"],
        "ApiKey": keys["api"],
    }


def _summary(environment: Environment, done: Deployment, values: dict[str, str]) -> str:
    if not done.changed:
        return f"Nothing to change: {environment.name} is as the project says."
    count = sum(len(changes) for changes in done.changes.values())
    return (
        f"Deployed to {environment.name} ({environment.region}): {count} changes in "
        f"{len(done.changes)} stacks, {len(done.packages)} packages, "
        f"{len(done.migrations)} SQL files. Lake: s3://{values['LakeBucketName']}."
    )
