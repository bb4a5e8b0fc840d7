"""Cartwheel: the analyst's workbench from the click to the delivery.

The package is lazy, so that the Lambda functions, which need
:mod:`cartwheel.events` alone, load neither boto3 nor the Snowflake connector.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cartwheel.connections import connect
    from cartwheel.delivery.sending import send
    from cartwheel.environment import Environment

__all__ = ["Environment", "connect", "send"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name == "send":
        from cartwheel.delivery.sending import send

        return send
    if name in __all__:
        from cartwheel import connections

        return getattr(connections, name)
    raise AttributeError(f"module 'cartwheel' has no attribute {name!r}")
