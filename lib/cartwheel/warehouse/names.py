"""What an environment's objects are called in Snowflake."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Names:
    """
    Names of one environment's objects, so that several share an account.

    Parameters
    ----------
    database
        Of the environment; the other names begin with it.
    """

    database: str

    @property
    def warehouse(self) -> str:
        """The virtual warehouse."""
        return self.database

    @property
    def engineer(self) -> str:
        """The role that deploys and merges."""
        return f"{self.database}_ENGINEER"

    @property
    def analyst(self) -> str:
        """The role that reads."""
        return f"{self.database}_ANALYST"

    @property
    def integration(self) -> str:
        """The storage integration, by which Snowflake reads the lake."""
        return f"{self.database}_LAKE"


def names_of(environment: str) -> Names:
    """Return the names of an environment that shares an account with others."""
    return Names(f"CARTWHEEL_{environment.upper().replace('-', '_')}")
