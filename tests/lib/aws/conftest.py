"""The API, and a token of each role; shared by the tests of a worker."""

from collections.abc import Iterator

import pytest
from cartwheel.aws.api import Api, devices, users
from cartwheel.deploy.api import api_of
from cartwheel.environment import Environment

from .calls import WORD, token_of_device


@pytest.fixture(scope="session")
def api(environment: Environment) -> Api:
    return api_of(environment)


@pytest.fixture(scope="session")
def tokens(api: Api) -> Iterator[dict[str, str]]:
    """A token of each role; ``device`` is that of the truck T1's."""
    found = {}
    for role in users.ROLES:
        person = users.Person(f"the-{role}", role, customer_id="17850" * (role == "customer"))
        temporary = users.password()
        assert users.add(api, person, temporary)
        found[role] = users.sign_in(api, person.name, temporary, lambda: WORD)
    (secret,) = devices.add(api, ["T1"])
    found["device"] = token_of_device(api, secret)
    yield found
    devices.revoke(api, "T1")
