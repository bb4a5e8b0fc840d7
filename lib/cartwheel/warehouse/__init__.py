"""Snowflake: the connection, the files of ``sql/``, the migrations."""

from cartwheel.warehouse.connection import (
    LOCK_SECONDS,
    ConnectionRefused,
    Warehouse,
    bindable,
    identifier,
    is_taken,
)
from cartwheel.warehouse.names import Names, names_of

__all__ = [
    "LOCK_SECONDS",
    "ConnectionRefused",
    "Names",
    "Warehouse",
    "bindable",
    "identifier",
    "is_taken",
    "names_of",
]
