"""Snowflake: the connection, the files of ``sql/``, the migrations."""

from cartwheel.warehouse.connection import LOCK_SECONDS, Warehouse, bindable, identifier

__all__ = ["LOCK_SECONDS", "Warehouse", "bindable", "identifier"]
