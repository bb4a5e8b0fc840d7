"""What the tests share: a stack of their own per worker, a fresh warehouse per test."""

import itertools
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cartwheel import history
from cartwheel.clicks import refreshing as shop
from cartwheel.delivery import reconciliation
from cartwheel.deploy import steps
from cartwheel.environment import Environment
from cartwheel.fleet import refreshing as fleet
from cartwheel.local import stack
from cartwheel.local.environment import LoopbackEnvironment
from cartwheel.local.files import Files
from cartwheel.warehouse import Warehouse, migrations

from producers.sender import Sender
from producers.simulate import Settings, messages

ROOT = Path(__file__).parents[1]
PLACEHOLDERS = {
    "lake_bucket": "a-lake",
    "lake_topic_arn": "arn:aws:sns:eu-central-1:000000000000:a-topic",
    "snowflake_role_arn": "arn:aws:iam::000000000000:role/a-role",
    "storage_integration": "CARTWHEEL_LAKE",
    "database": "CARTWHEEL",
    "warehouse": "CARTWHEEL",
    "engineer": "CARTWHEEL_ENGINEER",
    "analyst": "CARTWHEEL_ANALYST",
    "deployer": "SOMEBODY",
    "merge_minutes": "10",
}
_numbers = itertools.count()
sys.path.insert(0, str(ROOT / "infra" / "functions"))


def pytest_configure(config: pytest.Config) -> None:
    """Keep what the tests start away from the user's own embedded environment."""
    config.addinivalue_line("markers", "proof: slow; 'make prove' runs it, 'make test' does not")
    for name in list(os.environ):
        if name.startswith(("AWS_", "SNOWFLAKE_")):
            del os.environ[name]
    # The functions make their clients when they are imported; Lambda names the region.
    os.environ["AWS_DEFAULT_REGION"] = "eu-central-1"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the proofs out, unless they are asked for: the tests have a smaller one of each."""
    if os.environ.get("CARTWHEEL_PROVE"):
        return
    proofs = [item for item in items if item.get_closest_marker("proof")]
    config.hook.pytest_deselected(items=proofs)
    items[:] = [item for item in items if not item.get_closest_marker("proof")]


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A state folder of this worker, with a running stack that is ended at the end."""
    folder = tmp_path_factory.mktemp("home")
    before = os.environ.get("CARTWHEEL_HOME")
    os.environ["CARTWHEEL_HOME"] = str(folder)
    try:
        stack.up(lambda _: None)
        yield folder
    finally:
        stack.down(lambda _: None)
        os.environ.pop("CARTWHEEL_HOME")
        if before is not None:
            os.environ["CARTWHEEL_HOME"] = before


@pytest.fixture(scope="session")
def environment(home: Path) -> Iterator[Environment]:
    """The embedded environment, deployed."""
    made = LoopbackEnvironment(Files(home))
    steps.deploy(made, lambda _: None)
    yield made
    made.close()


@pytest.fixture(scope="session")
def placeholders() -> dict[str, str]:
    """What the SQL files may name, for a warehouse without a lake."""
    return dict(PLACEHOLDERS)


@pytest.fixture(scope="session")
def connection_to(home: Path) -> Callable[[str], dict[str, object]]:
    """Return the parameters of a connection to a database of a name."""
    parameters = LoopbackEnvironment(Files(home)).other_connection("local")
    return lambda database: {**parameters, "database": f"{database}_{os.getpid()}"}


@pytest.fixture
def connection(connection_to: Callable[[str], dict[str, object]]) -> dict[str, object]:
    """Parameters of a connection to a database that no other test uses."""
    return connection_to(f"TEST_{next(_numbers)}")


@pytest.fixture
def warehouse(connection: dict[str, object]) -> Iterator[Warehouse]:
    """A warehouse of its own, with every migration run."""
    made = Warehouse(connection)
    migrations.migrate(made, PLACEHOLDERS)
    yield made
    made.close()


@pytest.fixture(scope="session")
def loaded(environment: Environment) -> Environment:
    """The embedded environment with a small simulated world in it, merged."""
    before = reconciliation.take(environment)
    settings = Settings(trucks=4, customers=300, days=2)
    account = Sender(environment.client("kinesis"), progress=False).send(messages(settings))
    entries = reconciliation.wait_until_balanced(environment, account.sent, 120, before)
    assert all(entry.balanced for entry in entries), reconciliation.as_table(entries)
    history.merge_all(environment.warehouse)
    fleet.refresh(environment.warehouse)
    shop.refresh(environment.warehouse)
    return environment
