"""Cartwheel: the analyst's workbench from the click to the delivery.

The package is lazy, so that the Lambda functions, which need
:mod:`cartwheel.events` alone, load neither boto3 nor the Snowflake connector.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cartwheel.connections import connect
    from cartwheel.environment import Environment

__all__ = ["Environment", "connect"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name in __all__:
        from cartwheel import connections

        return getattr(connections, name)
    raise AttributeError(f"module 'cartwheel' has no attribute {name!r}")
