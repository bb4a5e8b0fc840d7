"""The API that a deployment made."""

from cartwheel.aws.api import Api
from cartwheel.deploy import stacks, templates
from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError


def api_of(environment: Environment) -> Api:
    """
    Return an environment's API.

    Raises
    ------
    CartwheelError
        If it was not deployed.
    """
    found = stacks.outputs(environment, templates.API.stack)
    if not found:
        raise CartwheelError(
            f"There is no API in {environment.name}: run 'cartwheel deploy {environment.name}'."
        )
    return Api.of(environment, found)
