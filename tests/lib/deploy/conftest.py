"""What the tests of the deployment share."""

from collections.abc import Iterator

import pytest
from cartwheel.environment import Environment
from cartwheel.local import stack
from cartwheel.local.environment import LoopbackEnvironment


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """A stack of this module's own, not deployed."""
    folder = tmp_path_factory.mktemp("deploy")
    # Named only while it is needed: other fixtures of this worker have homes of their own.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CARTWHEEL_HOME", str(folder))
        files = stack.up(lambda _: None).files
    environment = LoopbackEnvironment(files)
    yield environment
    environment.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CARTWHEEL_HOME", str(folder))
        stack.down(lambda _: None)
