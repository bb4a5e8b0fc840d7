"""
The steps of a deployment, each of which can be run again.

In the cloud they depend on each other: the storage stack makes the role that
Snowflake's storage integration names; the integration then tells whom that role must
trust; only then can stages and pipes read the lake.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from snowflake.connector.errors import ProgrammingError

from cartwheel import display
from cartwheel.deploy import package, stacks, templates
from cartwheel.deploy.stacks import Change
from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError
from cartwheel.paths import INFRA, SQL
from cartwheel.warehouse import Warehouse, migrations, sqlfiles

INTEGRATION = "CARTWHEEL_LAKE"
Say = Callable[[str], None]


@dataclass
class Deployment:
    """What a deployment changed; all empty if it changed nothing."""

    changes: dict[str, list[Change]] = field(default_factory=dict)
    packages: list[str] = field(default_factory=list)
    migrations: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Was anything changed?"""
        return bool(any(self.changes.values()) or self.packages or self.migrations)


def deploy(
    environment: Environment,
    say: Say,
    target: package.Target | None = None,
    admin: Warehouse | None = None,
) -> Deployment:
    """
    Bring an environment to what the project's templates, functions and SQL say.

    Parameters
    ----------
    environment
        Where to.
    say
        Told each step and each change.
    target
        Runtime and processor of the functions; by default those of this Python.
    admin
        A connection that may use ACCOUNTADMIN, to run ``sql/admin`` if the storage
        integration does not exist yet.

    Raises
    ------
    CartwheelError
        If a step fails; when its cause is removed, run the same again.
    """
    target = target or package.here()
    done = Deployment()
    values = parameters(environment.name)
    say("1. Check the templates")
    templates.check(region=environment.region)
    say("2. Streams and storage")
    values |= _apply(environment, templates.STREAMS, values, done, say)
    values |= _storage(environment, values, done, say)
    say("3. Functions")
    values |= {"Runtime": target.runtime, "Architecture": target.architecture}
    values |= _upload(environment, target, values["ArtifactBucketName"], done, say)
    for template in (templates.DELIVERY, templates.FUNCTIONS, templates.OPERATIONS):
        values |= _apply(environment, template, values, done, say)
    say("4. Snowflake storage integration")
    values |= _trust(environment, values, done, say, admin)
    say("5. Warehouse")
    ran = migrations.migrate(environment.warehouse, placeholders(values))
    done.migrations = ran + migrations.comment(environment.warehouse, anew=bool(ran))
    for each in done.migrations:
        say(f"   {each}")
    say(_summary(environment, done, values))
    return done


def parameters(name: str) -> dict[str, str]:
    """Return the parameters that ``infra/parameters/<environment>.json`` sets, if it exists."""
    path = INFRA / "parameters" / f"{name}.json"
    if not path.exists():
        return {}
    known = {p for template in templates.TEMPLATES for p in template.parameters}
    values: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    if unknown := set(values) - known - set(display.NAMES):
        raise CartwheelError(
            f"{path}: no template has a parameter {', '.join(sorted(unknown))}; "
            f"there are {', '.join(sorted(known))}, and for the pages {', '.join(display.NAMES)}."
        )
    display.of_environment(name)  # which refuses what no page could show
    return {key: value for key, value in values.items() if key in known}


def placeholders(values: dict[str, str]) -> dict[str, str]:
    """Return what the SQL files may name, from the stacks' outputs."""
    return {
        "lake_bucket": values["LakeBucketName"],
        "lake_topic_arn": values["LakeTopicArn"],
        "snowflake_role_arn": values["SnowflakeRoleArn"],
        "storage_integration": INTEGRATION,
    }


def _storage(
    environment: Environment, values: dict[str, str], done: Deployment, say: Say
) -> dict[str, str]:
    """Apply the storage stack; buckets that outlived an earlier one are taken over."""
    suffix = f"{environment.account}-{environment.region}"
    buckets = {
        "LakeBucket": environment.lake_bucket,
        "ArtifactBucket": f"cartwheel-artifacts-{suffix}",
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
    for built in package.build(target):
        if not stacks.exists(client.head_object, Bucket=bucket, Key=built.key):
            client.put_object(Bucket=bucket, Key=built.key, Body=built.content)
            if not stacks.exists(client.head_object, Bucket=bucket, Key=built.key):
                raise CartwheelError(f"s3://{bucket}/{built.key} was uploaded, but is not there.")
            done.packages.append(built.key)
            say(f"   uploaded {built.key} ({len(built.content) / 1024:,.0f} KiB)")
        keys[built.name] = built.key
    return {"LiveCountsKey": keys["live_counts"], "LakeWriterKey": keys["lake_writer"]}


def _trust(
    environment: Environment,
    values: dict[str, str],
    done: Deployment,
    say: Say,
    admin: Warehouse | None,
) -> dict[str, str]:
    """Let the role trust the principal and external id of the storage integration."""
    try:
        integration = _integration(environment.warehouse)
    except (ProgrammingError, CartwheelError):
        # The integration is not there yet, or not even the role that may see it.
        if admin is None:
            raise CartwheelError(_missing_integration(environment, values)) from None
        for path in sorted((SQL / "admin").glob("*.sql")):
            admin.run_file(path, placeholders(values))
            say(f"   ran {path.name}")
        # Its session was opened before the database existed.
        environment.warehouse.close()
        integration = _integration(environment.warehouse)
    trusted = {
        "SnowflakePrincipal": integration["STORAGE_AWS_IAM_USER_ARN"],
        "SnowflakeExternalId": integration["STORAGE_AWS_EXTERNAL_ID"],
    }
    return _apply(environment, templates.STORAGE, {**values, **trusted}, done, say)


def _integration(warehouse: Warehouse) -> dict[str, str]:
    rows = warehouse.execute(f"desc integration {INTEGRATION}")
    return {str(row[0]): str(row[2]) for row in rows}


def _missing_integration(environment: Environment, values: dict[str, str]) -> str:
    texts = [
        sqlfiles.fill(path.read_text(encoding="utf-8"), placeholders(values), path.name)
        for path in sorted((SQL / "admin").glob("*.sql"))
    ]
    return (
        f"Snowflake has no storage integration {INTEGRATION} that this connection may use. Either "
        f"run 'cartwheel deploy {environment.name} --admin-connection NAME' with a connection "
        "that may use ACCOUNTADMIN, or have the following run once, then deploy again:\n\n"
        + "\n".join(texts)
    )


def _summary(environment: Environment, done: Deployment, values: dict[str, str]) -> str:
    if not done.changed:
        return f"Nothing to change: {environment.name} is as the project says."
    count = sum(len(changes) for changes in done.changes.values())
    return (
        f"Deployed to {environment.name} ({environment.region}): {count} changes in "
        f"{len(done.changes)} stacks, {len(done.packages)} packages, "
        f"{len(done.migrations)} SQL files. Lake: s3://{values['LakeBucketName']}."
    )
