"""The HTTP API: where it is, who may call it, and what it says."""

from cartwheel.aws.api.address import Api

__all__ = ["Api"]
